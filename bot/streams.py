"""Which effects must keep their order, and what else of an effect the outbox can be asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from policies.effects import AnyEffect, Call, HangUp, Place, Post, Sms

BORN_LEASED = frozenset({"call", "first_response", "escalation", "client"})
"""Lanes whose effects the deciding transaction may lease at once: one transaction less until somebody hears of it."""

CANARY = "canary"
"""The slot of the house's canaries, by which the last one is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where an effect goes. Within one `stream` effects are carried out one after the other, in the order of deciding.

    `merges` marks what is rendered from the ticket when it is sent: one waiting at a time is enough.
    """

    stream: str
    slot: str = ""
    person: str = ""
    number: str = ""
    token: str = ""
    report: bool = False
    merges: bool = False


def target(effect: AnyEffect, ticket: int | None) -> Target:
    """The target of an effect of `ticket`; KeyError for a kind that has no stream."""
    return KINDS[effect.kind](effect, ticket)


def _post(effect: Post, ticket: int | None) -> Target:
    return Target(stream=_place(effect.to, ticket), slot=effect.slot, report=effect.report)


def _call(effect: Call, _ticket: int | None) -> Target:
    return Target(
        stream=f"number:{effect.number}", person=effect.person, number=effect.number, token=effect.token
    )


def _hang_up(effect: HangUp, _ticket: int | None) -> Target:
    return Target(stream=f"hang_up:{effect.token}", number=effect.number, token=effect.token)


def _sms(effect: Sms, _ticket: int | None) -> Target:
    return Target(stream=f"sms:{effect.number}", person=effect.person, number=effect.number)


def _place(place: Place, ticket: int | None) -> str:
    match place.kind:
        case "person":
            return f"person:{place.person}:{ticket}"
        case "client_thread" if place.channel:
            return f"client:{place.channel}:{place.thread}"
        case kind:
            return f"{kind}:{ticket}"


KINDS: dict[str, Callable[[Any, int | None], Target]] = {
    "post": _post,
    "remove": lambda effect, ticket: Target(stream=_place(effect.to, ticket), slot=effect.slot),
    "revise": lambda effect, ticket: Target(stream=_place(effect.to, ticket), slot=effect.slot),
    "card": lambda effect, ticket: Target(stream=f"{effect.slot}:{ticket}", slot=effect.slot, merges=True),
    "home": lambda effect, _: Target(stream=f"home:{effect.user}", merges=True),
    "call": _call,
    "hang_up": _hang_up,
    "sms": _sms,
    "sheet": lambda _, ticket: Target(stream=f"sheet:{ticket}", merges=True),
    "echo": lambda _effect, _ticket: Target(stream="echo", slot=CANARY, merges=True),
    "settle": lambda effect, ticket: Target(stream=f"settle:{ticket}", slot=effect.slot),
    "recheck": lambda effect, _: Target(stream=f"recheck:{effect.row}"),
    "tracker": lambda effect, _: Target(stream="tracker", slot=f"tracker:{effect.number}"),
    "invitation": lambda effect, ticket: Target(
        stream=f"invitation:{ticket}:{effect.number}:{effect.person}", merges=True
    ),
    "reminder": lambda effect, ticket: Target(stream=f"reminder:{ticket}", slot=f"reminder:{effect.number}"),
}
"""Kind of effect -> where it goes."""
