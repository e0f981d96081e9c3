"""How updates, and what the client was told of them, change the ticket (UP-1 to UP-4)."""

from datetime import datetime

from policies import facts as f
from policies.changing import changed, replace
from policies.folding.calls import climbing
from policies.ticket import Ticket, Update, Word


def updated(ticket: Ticket, fact: f.Updated) -> Ticket:
    """An update with its promise. While the client still waits for an earlier one, that is what it has to hear of first."""
    update = Update(
        number=fact.number,
        at=fact.at,
        by=fact.by,
        what=fact.what,
        text=fact.text,
        promise=fact.promise,
        warn_at=fact.warn_at,
        neutral_at=fact.neutral_at,
        relay_at=fact.relay_at,
    )
    waits = fact.promise is not None and ticket.word is not None and ticket.word.update
    return replace(
        ticket,
        updates=(*ticket.updates, update),
        update_at=fact.next_at,
        update_which="second_update" if fact.next_at else "",
        promise_at=fact.promise,
        promise_given_at=fact.at if fact.promise else None,
        warn_at=fact.warn_at,
        neutral_at=(ticket.neutral_at if waits else None) or fact.neutral_at,
        heard_at=None,
        ladder=None if climbing(ticket, "update") else ticket.ladder,
    )


def missed(ticket: Ticket, fact: f.UpdateMissed) -> Ticket:
    """An update or a promise lapsed. What the client waits for may be later than what development has promised since."""
    if fact.which != "promise":
        return replace(ticket, update_at=None)
    later = ticket.word is not None and ticket.word.by > fact.at
    return replace(
        ticket,
        updates=changed(ticket.updates, len(ticket.updates), missed=True),
        promise_at=None,
        warn_at=None,
        neutral_at=ticket.neutral_at if later else None,
    )


def relayed(ticket: Ticket, fact: f.Relayed) -> Ticket:
    """The client was told of an update, and of the moment that it promises where the words name it."""
    older = tuple(
        replace(update, relay_at=None) if update.number < fact.number else update for update in ticket.updates
    )
    updates = changed(older, fact.number, relayed=True, sent=fact.text, relay_at=None)
    told = updates[fact.number - 1]
    word = None
    if fact.promised is not None:
        word = Word(by=fact.promised, update=told.number, counts_at=told.warn_at or fact.at)
    ticket = replace(
        ticket,
        updates=updates,
        word=word,
        line=ticket.line or (_line(ticket) if word is not None else ""),
        neutral_at=_ahead(told if word is not None else updates[-1], fact.at),
        grouping_until=fact.grouping_until,
        told_at=fact.at,
        waiting_since=None,
    )
    if fact.silence_at is None:
        return ticket
    return replace(
        ticket, silence_at=fact.silence_at, silence_since=fact.at, silence_sent=0, attention_at=None
    )


def _ahead(update: Update, at: datetime) -> datetime | None:
    """When the client hears of an update's delay by itself: not at all where it was told after people had been warned."""
    return update.neutral_at if update.warn_at is not None and at < update.warn_at else None


def _line(ticket: Ticket) -> str:
    """The one line stands in our own first response; where a person gave it, in a message of its own."""
    first = ticket.response_slot
    return first if first.endswith(":first_response") else f"{ticket.cycle}:promise"


def told(ticket: Ticket, at: datetime) -> Ticket:
    """Somebody of ours wrote to the client: that counts as the word it waits for from the warning on, not before."""
    ticket = replace(ticket, told_at=at, waiting_since=None)
    if ticket.word is None:
        return replace(ticket, neutral_at=ticket.neutral_at if ticket.warn_at is not None else None)
    if at < ticket.word.counts_at:
        return ticket
    newest, word = ticket.updates[-1], ticket.word
    untold = newest.number > word.update if word.update else newest.at > word.counts_at
    return replace(ticket, word=None, neutral_at=_ahead(newest, at) if untold else None)


def told_neutral(ticket: Ticket, fact: f.ClientToldNeutral) -> Ticket:
    """The bot's own sentence names the moment of the next word."""
    return replace(
        ticket,
        neutral_at=None,
        word=Word(by=fact.next_word, counts_at=fact.at, longer=True),
        line=ticket.line or _line(ticket),
        told_at=fact.at,
        waiting_since=None,
    )


def word_missed(ticket: Ticket, fact: f.WordMissed) -> Ticket:
    """The client has heard nothing by the moment it was told."""
    word = replace(ticket.word, late=True) if ticket.word is not None else None
    return replace(ticket, word=word, words_missed=(*ticket.words_missed, fact.due))
