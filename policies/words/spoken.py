"""Every sentence said on the telephone: no client's personal data, nothing that needs reading."""

from policies.facts import Purpose
from policies.ticket import Ticket

_ABOUT: dict[Purpose, str] = {
    "claim": "is waiting for support",
    "check": "may not have had its first response",
    "down": "says that production is down",
    "acknowledge": "is escalated and waits for your acknowledgement",
    "assign": "is acknowledged and waits for a developer",
    "update": "is missing an update",
    "decide": "is proposed as Severity 1 and waits for your decision",
}
_HEARD: frozenset[Purpose] = frozenset({"assign", "update", "decide"})
"""Nothing can be taken on these calls: key 4 means heard, and gives some time (UP-1)."""


def menu(name: str, tickets: tuple[Ticket, ...]) -> str:
    """What the person hears on picking up, and their keys."""
    lines = [_line(ticket) for ticket in tickets[:5]]
    more = f"And {len(tickets) - 5} more." if len(tickets) > 5 else ""
    return (
        f"Hello {name}. This is Frontdoor. {' '.join(lines)} {more} "
        f"Press 4 {_four(tickets)}, 5 to pass on to the next person, star to repeat."
    ).replace("  ", " ")


def _line(ticket: Ticket) -> str:
    purpose = _purpose(ticket)
    down = ", production is down," if ticket.production_down and purpose != "down" else ""
    return f"{spelled(ticket.ref)}{down} {_ABOUT[purpose]}."


def _four(tickets: tuple[Ticket, ...]) -> str:
    """What key 4 does, as the end of a sentence."""
    what = "it" if len(tickets) == 1 else "them"
    if all(_purpose(ticket) in _HEARD for ticket in tickets):
        return f"to say that you have heard {what}"
    return f"to take {what}"


def _purpose(ticket: Ticket) -> Purpose:
    return ticket.ladder.purpose if ticket.ladder is not None else "claim"


def spelled(ref: str) -> str:
    """A reference as a voice reads it well: SUP-12 becomes S U P 12."""
    prefix, _, number = ref.rpartition("-")
    return f"{' '.join(prefix)} {number}".strip()


def taken() -> str:
    """Key 4, after the commit and never before; the same for one request and for all that waited for this person."""
    return "Thank you. That is yours now. You find it in Slack. Goodbye."


def heard(more: str) -> str:
    """Key 4 on a call that asks for no acknowledgement; `more` says how much time it gives."""
    return f"Thank you.{more} Goodbye."


def passed() -> str:
    """After key 5."""
    return "Thank you. We are calling the next person. Goodbye."


def refused(why: str) -> str:
    """What was asked cannot be: the same words as in Slack."""
    return f"{why} Goodbye."


def nothing(taken_by: str = "") -> str:
    """Nobody waits any more for whoever picked up."""
    return f"Thank you. {taken_by} Nothing waits for you any more. Goodbye.".replace("  ", " ")


def unknown_key() -> str:
    """Before the menu again."""
    return "Sorry, that key does nothing."


def wait() -> str:
    """The answer could not be stored yet."""
    return "One moment, please."


def not_recorded() -> str:
    """It could not be stored at all."""
    return "Your answer could not be recorded. We will call you again. Goodbye."


def blind() -> str:
    """What waits cannot be read out, through a fault of ours."""
    return (
        "Hello. This is Frontdoor. Something waits for you, and its details are in Slack. "
        "Press 4 to take it, 5 to pass on to the next person."
    )


def voicemail() -> str:
    """The last words when no key was pressed."""
    return "Nobody pressed a key. We are calling the next person. Please open Slack."


def without_keys(name: str, tickets: tuple[Ticket, ...]) -> str:
    """For a bot without a public address: keys cannot be taken."""
    lines = " ".join(_line(ticket) for ticket in tickets[:5])
    return f"Hello {name}. This is Frontdoor. {lines} Please open Slack and take it there."
