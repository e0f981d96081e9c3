"""The one line in the client's thread, kept true: received when, where it stands, when the next word comes (UP-3, SV-1)."""

from policies.decision import Context
from policies.effects import AnyEffect, Place, Post, Revise
from policies.steps.common import DOWN, client_zone
from policies.ticket import Stage, Ticket
from policies.words import client as client_words


def line(ticket: Ticket, zone: str) -> str:
    """What it says now, moments in the client's `zone`; empty while nothing has been promised to the client."""
    if not ticket.line or ticket.opened_at is None:
        return ""
    return client_words.line(ticket.ref, ticket.opened_at, f"{_stands(ticket)}{_next(ticket, zone)}", zone)


def _stands(ticket: Ticket) -> str:
    """Where it stands, as far as the client was told: a resolution that waits to be sent on is none yet (UP-4)."""
    match ticket.stage:
        case Stage.CLOSED | Stage.DISMISSED:
            return client_words.LINE_CLOSED
        case Stage.MERGED:
            return client_words.line_joined(ticket.merged_into)
        case Stage.RESOLVED if not ticket.open_updates:
            return _resolved(ticket)
        case _ if ticket.silence_since is not None:
            return client_words.LINE_ASKED
        case _ if not ticket.cycle_updates:
            return client_words.LINE_AGAIN
        case _:
            return client_words.LINE_AT_WORK


def _resolved(ticket: Ticket) -> str:
    if ticket.outcome == "change_request":
        return client_words.LINE_CHANGE_REQUEST
    return client_words.LINE_SOLVED if ticket.confirmed_by else client_words.LINE_TO_CONFIRM


def _next(ticket: Ticket, zone: str) -> str:
    if ticket.word is None:
        return ""
    if ticket.word.late:
        return f" {client_words.line_late(ticket.word.by, zone)}"
    return f" {client_words.line_next(ticket.word.by, zone, longer=ticket.word.longer)}"


def refresh(before: Ticket, after: Ticket, ctx: Context) -> tuple[AnyEffect, ...]:
    """What makes the line true after a decision: nothing where it is. It is edited, so that nobody is notified.

    Our own first response becomes the line. Where there is none, and in threads of requests that were merged into this one,
    it is said once.
    """
    zone = client_zone(after, ctx)
    words = line(after, zone)
    if words == line(before, zone) and before.also == after.also:
        return ()
    places = ((after.channel, after.thread), *after.also)
    there = 1 + len(before.also) if before.line else 0
    return tuple(
        _said(
            after,
            index,
            Place(kind="client_thread", channel=channel, thread=thread),
            words,
            new=index >= there,
        )
        for index, (channel, thread) in enumerate(places if words else ())
    )


def _said(ticket: Ticket, index: int, place: Place, words: str, *, new: bool) -> AnyEffect:
    ours = index == 0 and ticket.line.endswith(":first_response")
    slot = f"{ticket.line}:{index}" if index else ticket.line
    if new and not ours:
        return Post(slot=slot, to=place, text=words, lane="client")
    return Revise(slot=slot, to=place, text=words, buttons=DOWN if ours else (), lane="client")
