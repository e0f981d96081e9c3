"""What the bot says to our own people about workarounds, vendors and new work."""

from datetime import date, datetime

from policies.markup import inert, moment, quoted
from policies.people import Vendor
from policies.ticket import VendorCase, Workaround


def _for(people: str, words: str) -> str:
    return f"{people} {words}" if people else f"{words[:1].upper()}{words[1:]}"


def recorded(name: str, what: str, original: str, until: datetime | None, zone: str) -> str:
    """WA-1."""
    when = f", to be reverted by {moment(until, zone)}" if until else ". Until when it stays is not said"
    return (
        f":wrench: {inert(name)} recorded a workaround{when}:\n{quoted(what)}\nOriginal:\n{quoted(original)}"
    )


def revert_due(people: str, what: str) -> str:
    """WA-2: asked until somebody confirms."""
    return _for(people, f"is this workaround reverted? {inert(what)}")


def revert_undated(people: str, what: str) -> str:
    """WA-2: asked for a moment until somebody gives one."""
    return _for(people, f"until when does this workaround stay? {inert(what)}")


def carried(name: str, item: Workaround, holder: str, until: datetime, why: str, zone: str) -> str:
    """WA-2: another moment, or other hands."""
    return f"{inert(name)}: {inert(holder)} reverts workaround {item.number} by {moment(until, zone)}. {inert(why)}"


def reverted(name: str, number: int) -> str:
    """WA-2."""
    return f"{inert(name)} confirmed that workaround {number} is reverted."


def left_behind(ref: str, lines: tuple[str, ...]) -> str:
    """WA-3: nothing is left behind without somebody who carries it."""
    return f":wrench: *{ref}* is closed and leaves behind: {'; '.join(lines)}."


def left(item: Workaround, holder: str, until: datetime | None, zone: str) -> str:
    """WA-3: one of them, as part of a sentence."""
    when = f" until {moment(until, zone)}" if until else ""
    return f"workaround {item.number} ({inert(item.what)}), carried by {inert(holder)}{when}"


def invited(ref: str, item: Workaround, zone: str, *, file: bool) -> str:
    """WA-2: with the file for the calendar, or instead of it where the app may send none."""
    what = f":calendar: Workaround {item.number} of *{ref}* ({inert(item.what)})"
    if item.reverted:
        use = " Opened, this file takes the appointment out of your calendar."
        return f"{what} is reverted.{use if file else ''}"
    until = f" by {moment(item.revert_at, zone)}" if item.revert_at else ""
    again = ", a new moment" if item.moved else ""
    use = "Opened, this file puts it into your calendar." if file else "Please put it into your calendar."
    return f"{what} is to be reverted{until}{again}. {use}"


def vendor_asked(name: str, vendor: Vendor, case: VendorCase, zone: str) -> str:
    """VE-1: in the escalation's thread."""
    reference = f" Their reference: {inert(case.reference)}." if case.reference else ""
    promised = f" They promised an answer by {moment(case.answer_at, zone)}." if case.answer_at else ""
    return f":factory: {inert(name)} asked {inert(vendor.name)}.{reference}{promised} They were told:\n{quoted(case.told)}"


def vendor_due(people: str, vendor: str, ref: str, case: VendorCase, zone: str) -> str:
    """VE-1: asked until somebody says what they answered."""
    promised = f" It was promised by {moment(case.answer_at, zone)}." if case.answer_at else ""
    reference = f" Their reference: {inert(case.reference)}." if case.reference else ""
    return _for(people, f"has {inert(vendor)} answered about *{ref}*?{promised}{reference}")


def vendor_answered(name: str, vendor: str, said: str) -> str:
    """VE-1."""
    return f":factory: {inert(vendor)} answered, says {inert(name)}:\n{quoted(said)}"


def check_in(vendor: Vendor, today: date) -> str:
    """VE-1: somebody talks to them on that date."""
    on = "today" if vendor.check_in == today else "tomorrow"
    notices = f" Their notices: {inert(vendor.notices)}." if vendor.notices else ""
    return f":factory: The check-in with {inert(vendor.name)} is {on}. Contact: {inert(vendor.contact)}.{notices}"
