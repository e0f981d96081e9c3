"""The message that asked the client whether it is solved (RS-1): said once in a cycle, and its buttons go when it is answered."""

from policies.effects import Revise
from policies.markup import escape
from policies.steps.common import to_client
from policies.ticket import Stage, Ticket
from policies.words import client as client_words

ANSWER = "answer"
"""The slot of an answer of support's: there is one in a cycle."""


def answer_words(outcome: str, text: str) -> str:
    """TR-1, TR-2: what the client reads when support resolves without development."""
    words = client_words.client_side if outcome == "client_side" else client_words.answered
    return words(escape(text))


def no_more(ticket: Ticket) -> tuple[Revise, ...]:
    """The same words without the buttons, wherever they were said; nothing where nobody waits for a press any more."""
    if ticket.stage is not Stage.RESOLVED or ticket.confirmed_by:
        return ()
    slot, text = _question(ticket)
    posts = to_client(ticket, slot, text) if text else ()
    return tuple(Revise(slot=post.slot, to=post.to, text=post.text) for post in posts)


def _question(ticket: Ticket) -> tuple[str, str]:
    """Slot and words; empty when the client was not asked."""
    if ticket.outcome in {"client_side", "answered"}:
        return ANSWER, answer_words(ticket.outcome, ticket.resolution)
    final = [one for one in ticket.cycle_updates if one.what == "final" and one.relayed]
    return (f"relay:{final[-1].number}", escape(final[-1].sent)) if final else ("", "")
