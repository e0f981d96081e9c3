"""Messages that were edited or deleted, be it before we heard of them (IN-4)."""

from dataclasses import replace
from datetime import timedelta

from policies import facts as f
from policies.decision import NOTHING, Context, Decision, Who
from policies.events import MessageDeleted, MessageEdited
from policies.steps.common import to_us
from policies.ticket import ERASED, Ticket
from policies.words import internal as wording

_OVERTAKES = timedelta(hours=2)
"""How much later than its message an edit may come before it: Slack delivers nothing that is older."""


def overtaken(event: MessageEdited | MessageDeleted) -> Decision:
    """An edit or a deletion that came before its message: the message counts as it is now, once.

    One that was written long before has been here, or is none of ours to answer any more.
    """
    posted = event.posted
    return Decision(events=(posted,)) if posted and event.at - posted.at <= _OVERTAKES else NOTHING


def message_edited(event: MessageEdited, ticket: Ticket, who: Who, ctx: Context) -> Decision:
    """IN-4: the record follows the edit; support sees the new words."""
    old = next((m for m in ticket.messages if m.ts == event.ts and m.channel == event.channel), None)
    if old is None or old.text in (event.text, ERASED):
        return NOTHING
    fact = f.Edited(at=event.at, by=who.key, ts=event.ts)
    words = to_us(ticket, f"edited:{event.key}", wording.edited(old.author, event.text))
    shown = (words,) if old.side == "client" and ticket.is_open else ()
    return Decision(facts=(fact,), messages=(replace(old, text=event.text),), effects=shown)


def message_deleted(event: MessageDeleted, ticket: Ticket, who: Who, ctx: Context) -> Decision:
    """IN-4: the words go, the request stays."""
    old = next((m for m in ticket.messages if m.ts == event.ts and m.channel == event.channel), None)
    if old is None or old.deleted:
        return NOTHING
    fact = f.Edited(at=event.at, by=who.key, ts=event.ts, deleted=True)
    words = to_us(ticket, f"deleted:{event.ts}", wording.deleted(old.author))
    shown = (words,) if old.side == "client" and ticket.is_open else ()
    return Decision(facts=(fact,), messages=(replace(old, text="", files=(), deleted=True),), effects=shown)
