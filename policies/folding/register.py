"""How the registers of a request change: its workarounds, the vendors that were asked, and what turned out to be new work."""

from collections.abc import Callable
from typing import Any

from policies import facts as f
from policies.changing import replace
from policies.ticket import Ticket, VendorCase, Workaround


def recorded(ticket: Ticket, fact: f.WorkaroundRecorded) -> Ticket:
    """WA-1."""
    item = Workaround(
        number=fact.number,
        what=fact.what,
        original=fact.original,
        author=fact.author,
        lead=fact.lead,
        revert_at=fact.revert_at,
        ask_at=fact.ask_at or fact.revert_at,
    )
    return replace(ticket, workarounds=(*ticket.workarounds, item))


def carried(ticket: Ticket, fact: f.WorkaroundCarried) -> Ticket:
    """WA-2: it is asked about anew, from the new moment on."""
    return _changed(
        ticket,
        fact.number,
        lambda item: replace(
            item,
            carrier=fact.carrier,
            revert_at=fact.revert_at,
            ask_at=fact.revert_at,
            moved=item.moved + 1,
            asked=0,
        ),
    )


def reverted(ticket: Ticket, fact: f.Reverted) -> Ticket:
    """WA-2: nobody is asked any more."""
    return _changed(ticket, fact.number, lambda item: replace(item, reverted=True, ask_at=None))


def revert_asked(ticket: Ticket, fact: f.Nudged) -> Ticket:
    """WA-2: asked, and to be asked again."""
    return _changed(
        ticket, int(fact.subject), lambda item: replace(item, ask_at=fact.next_at, asked=item.asked + 1)
    )


def _changed(ticket: Ticket, number: int, change: Callable[[Workaround], Workaround]) -> Ticket:
    items = (change(item) if item.number == number else item for item in ticket.workarounds)
    return replace(ticket, workarounds=tuple(items))


def vendor_asked(ticket: Ticket, fact: f.VendorAsked) -> Ticket:
    """VE-1: what counts is what they were asked the last time."""
    case = VendorCase(
        vendor=fact.vendor,
        asked_by=fact.by,
        asked_at=fact.at,
        told=fact.told,
        reference=fact.reference,
        answer_at=fact.answer_at,
        look_at=fact.look_at,
    )
    others = (one for one in ticket.vendors if one.vendor != fact.vendor)
    return replace(ticket, vendors=(*others, case))


def vendor_answered(ticket: Ticket, fact: f.VendorAnswered) -> Ticket:
    """VE-1: nobody looks for an answer any more."""
    return _case(ticket, fact.vendor, lambda case: replace(case, said=fact.said, look_at=None))


def vendor_looked_for(ticket: Ticket, fact: f.Nudged) -> Ticket:
    """VE-1: somebody was asked to look, and will be again."""
    return _case(ticket, fact.subject, lambda case: replace(case, look_at=fact.next_at))


def _case(ticket: Ticket, vendor: str, change: Callable[[VendorCase], VendorCase]) -> Ticket:
    cases = (change(case) if case.vendor == vendor else case for case in ticket.vendors)
    return replace(ticket, vendors=tuple(cases))


def new_work(ticket: Ticket, fact: f.NewWork) -> Ticket:
    """TR-4."""
    return replace(ticket, new_work=fact.work, new_work_at=fact.at)


REGISTER: dict[type, Callable[[Ticket, Any], Ticket]] = {
    f.WorkaroundRecorded: recorded,
    f.WorkaroundCarried: carried,
    f.Reverted: reverted,
    f.VendorAsked: vendor_asked,
    f.VendorAnswered: vendor_answered,
    f.NewWork: new_work,
}
"""Fact -> what it changes."""
