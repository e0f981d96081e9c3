"""How the facts of the telephone change the ticket's ladder."""

from typing import Any

from policies import facts as f
from policies.changing import replace
from policies.ticket import Ladder, Ticket


def climbing(ticket: Ticket, *purposes: f.Purpose) -> bool:
    """Whether the telephone is up for one of `purposes`."""
    return ticket.ladder is not None and ticket.ladder.purpose in purposes


def ladder_started(ticket: Ticket, fact: f.LadderStarted) -> Ticket:
    """The telephone is up; the clock that led to it has done its work. A proposal that it leaves for this has its turn later."""
    decide_at = fact.at if climbing(ticket, "decide") else ticket.decide_at
    ticket = replace(ticket, ladder=Ladder(purpose=fact.purpose), decide_at=decide_at)
    match fact.purpose:
        case "acknowledge":
            return replace(ticket, acknowledge_at=None)
        case "claim" | "down":
            return replace(ticket, unclaimed_at=None)
        case "assign":
            return replace(ticket, assign_nudge_at=None, assign_ring_at=None, heard_at=None)
        case "update":
            return replace(ticket, heard_at=None)
        case "check":
            return replace(ticket, check_at=None)
        case "decide":
            return replace(ticket, decide_at=None)


def called(ticket: Ticket, fact: f.Called) -> Ticket:
    """One more call, in its round."""
    before = ticket.ladder or Ladder(purpose=fact.purpose)
    ladder = Ladder(
        purpose=fact.purpose,
        round=fact.round,
        rung=fact.rung,
        person=fact.person,
        token=fact.token,
        guard_at=fact.guard_at,
        rung_people=before.rung_people | {fact.person},
        rung_before=before.rung_before,
    )
    return replace(ticket, ladder=ladder, calls=ticket.calls + 1)


def on_ladder(ticket: Ticket, **changes: Any) -> Ticket:  # noqa: ANN401 - the fields of a ladder, as `replace` takes them
    """The ticket with other facts of its ladder; as it is when no telephone is up."""
    return ticket if ticket.ladder is None else replace(ticket, ladder=replace(ticket.ladder, **changes))


def call_over(ticket: Ticket, fact: f.CallOver) -> Ticket:
    """Nobody is being rung for the moment."""
    return on_ladder(ticket, person="", token="", guard_at=None)


def heard(ticket: Ticket, fact: f.Heard) -> Ticket:
    """Somebody has heard of it, and has until the moment said."""
    if climbing(ticket, "decide"):
        return replace(ticket, decide_at=fact.until, ladder=None)
    return replace(ticket, heard_at=fact.until, ladder=None)


def round_over(ticket: Ticket, fact: f.RoundOver) -> Ticket:
    """Everybody was tried; the next round has its time."""
    before = ticket.ladder.rung_before | ticket.ladder.rung_people if ticket.ladder else frozenset()
    return on_ladder(
        ticket,
        round=fact.round + 1,
        rung=0,
        person="",
        token="",
        guard_at=None,
        next_round_at=fact.next_at,
        rung_people=frozenset(),
        rung_before=before,
    )
