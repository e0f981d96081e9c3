"""The registers as lines to be read: live workarounds, what was support and what was new work, and vendors. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import get_args

from policies.events.terms import Work
from policies.markup import stamp
from policies.people import Roster, Vendor
from policies.ticket import Ticket, Workaround

Words = Callable[[str], str]
"""How words of people are made harmless where the lines are read."""

WORK: dict[str, str] = {
    "feature": "new feature",
    "beyond_defect": "change beyond a defect",
    "integration": "new integration",
    "capacity": "capacity beyond the design",
    "platform": "third-party platform change",
}
"""TR-4: the kinds of new work, as records name them."""


def workarounds(
    tickets: Iterable[Ticket], roster: Roster, zone: str, now: datetime, words: Words, *, every: bool = False
) -> list[str]:
    """WA-1 to WA-3: each live workaround with what it goes back to, who carries it until when; the most urgent first.

    With `every` also those that are reverted. Moments in `zone` (IANA).
    """
    found = [
        (ticket, item)
        for ticket in tickets
        for item in (ticket.workarounds if every else ticket.live_workarounds)
    ]
    found.sort(key=lambda pair: _urgency(*pair))
    return [line for ticket, item in found for line in _workaround(ticket, item, roster, zone, now, words)]


def _urgency(ticket: Ticket, item: Workaround) -> tuple[bool, bool, float, int]:
    """Live before reverted; what has no end before what has one, the soonest first."""
    at = item.revert_at.timestamp() if item.revert_at else 0.0
    return item.reverted, item.revert_at is not None, at, ticket.id


def _workaround(
    ticket: Ticket, item: Workaround, roster: Roster, zone: str, now: datetime, words: Words
) -> list[str]:
    state = "reverted" if item.reverted else "no end was said"
    if item.revert_at and not item.reverted:
        late = "was to be reverted" if item.revert_at <= now else "to be reverted"
        state = f"{late} {stamp(item.revert_at, zone)}"
    who = f"carried by {roster.names((item.holder,))}"
    if item.holder != item.author:
        who += f", made by {roster.names((item.author,))}"
    if item.lead and item.lead not in {item.holder, item.author}:
        who += f", lead {roster.names((item.lead,))}"
    return [
        f"{ticket.ref} ({ticket.stage}) workaround {item.number}: {state}; {who}",
        f"  made: {words(item.what)}",
        f"  original: {words(item.original)}",
    ]


def boundary(tickets: Iterable[Ticket], roster: Roster, since: datetime | None) -> list[str]:
    """TR-4: for each client the requests that were opened `since`, and how many became new work, by kind."""
    asked: Counter[str] = Counter()
    work: Counter[tuple[str, str]] = Counter()
    for ticket in tickets:
        if ticket.opened_at and (since is None or ticket.opened_at >= since):
            asked[ticket.client] += 1
            if ticket.outcome == "change_request" and ticket.new_work:
                work[ticket.client, ticket.new_work] += 1
    return [_bound(client, asked[client], work, roster) for client in sorted(asked)]


def _bound(client: str, asked: int, work: Counter[tuple[str, str]], roster: Roster) -> str:
    known = roster.client_by_key.get(client)
    kinds = [f"{WORK[kind]} {work[client, kind]}" for kind in get_args(Work) if work[client, kind]]
    new = sum(work[client, kind] for kind in get_args(Work))
    listed = f": {', '.join(kinds)}" if kinds else ""
    plural = "s" if asked != 1 else ""
    return f"{known.name if known else client}: {asked} request{plural}, {new} of them new work{listed}"


def vendors(roster: Roster, waiting: Sequence[Ticket], zone: str, words: Words) -> list[str]:
    """VE-1: whom to contact, what they need to know, what they promise, and who waits for what from them."""
    return [line for vendor in roster.vendors for line in _vendor(vendor, waiting, zone, words)]


def _vendor(vendor: Vendor, waiting: Sequence[Ticket], zone: str, words: Words) -> list[str]:
    told = (
        ("they need to know", vendor.needs),
        ("they promise", vendor.promises),
        ("their notices", vendor.notices),
        ("next check-in", f"{vendor.check_in:%a %d %b %Y}" if vendor.check_in else ""),
        ("concerns", ", ".join(vendor.products)),
    )
    lines = [f"{words(vendor.name)}: {words(vendor.contact)}"]
    lines += [f"  {label}: {words(what)}" for label, what in told if what]
    for ticket in waiting:
        for case in ticket.waiting_vendors:
            if case.vendor == vendor.key:
                reference = f", their reference {words(case.reference)}" if case.reference else ""
                promised = f", answer promised {stamp(case.answer_at, zone)}" if case.answer_at else ""
                lines.append(f"  {ticket.ref} asked {stamp(case.asked_at, zone)}{reference}{promised}")
    return lines
