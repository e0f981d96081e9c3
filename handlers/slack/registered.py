"""What outlives the steps of a request, as lines of its cards: live workarounds, and vendors that were asked. Pure."""

from collections.abc import Iterable

from handlers.slack import blocks
from handlers.slack.names import Desk
from policies.markup import escape, inert, moment
from policies.ticket import Ticket, VendorCase, Workaround

_NEWEST = 3
_WORDS = 200


def registered(ticket: Ticket, desk: Desk) -> Iterable[str]:
    """The newest of both."""
    for item in ticket.live_workarounds[-_NEWEST:]:
        yield _workaround(item, desk)
    for case in ticket.vendors[-_NEWEST:]:
        yield _vendor(case, desk, waiting=case in ticket.waiting_vendors)


def _workaround(item: Workaround, desk: Desk) -> str:
    """WA-2: who carries it, until when."""
    until = (
        f", to be reverted {moment(item.revert_at, desk.zone)}" if item.revert_at else ", *without an end*"
    )
    return f"🔧 Workaround {item.number} of {desk.name(item.holder)}{until}: {blocks.cut(inert(item.what), _WORDS)}"


def _vendor(case: VendorCase, desk: Desk, *, waiting: bool) -> str:
    """VE-1: whom to contact, what they need to know, what they promise."""
    vendor = next((one for one in desk.roster.vendors if one.key == case.vendor), None)
    name = vendor.name if vendor else case.vendor
    reference = f" (their reference {inert(case.reference)})" if case.reference else ""
    if not waiting:
        return f"🏭 {escape(name)}{reference}: {blocks.cut(inert(case.said), _WORDS) or 'no answer'}"
    parts = [f"🏭 {escape(name)} was asked {moment(case.asked_at, desk.zone)}{reference}"]
    if case.answer_at:
        parts.append(f"answer promised {moment(case.answer_at, desk.zone)}")
    if vendor:
        labels = (("contact", vendor.contact), ("needs", vendor.needs), ("promises", vendor.promises))
        parts += [f"{label}: {escape(words)}" for label, words in labels if words]
    return " · ".join(blocks.cut(part, _WORDS) for part in parts)
