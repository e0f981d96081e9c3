"""Which effects must keep their order, and what else of an effect the outbox can be asked for."""

from dataclasses import dataclass

from policies.effects import (
    AnyEffect,
    Call,
    Card,
    HangUp,
    Home,
    Place,
    Post,
    Reminder,
    Remove,
    SheetRow,
    Sms,
    TrackerEntry,
)

BORN_LEASED = frozenset({"call", "first_response", "escalation", "client"})
"""Lanes whose effects the deciding transaction may lease at once: one transaction less until somebody hears of it."""


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
    """The target of an effect of `ticket`."""
    match effect:
        case Post():
            return Target(stream=_place(effect.to, ticket), slot=effect.slot, report=effect.report)
        case Remove():
            return Target(stream=f"client:{ticket}", slot=effect.slot)
        case Card():
            return Target(stream=f"{effect.slot}:{ticket}", slot=effect.slot, merges=True)
        case Home():
            return Target(stream=f"home:{effect.user}", merges=True)
        case Call():
            return Target(
                stream=f"number:{effect.number}",
                person=effect.person,
                number=effect.number,
                token=effect.token,
            )
        case HangUp():
            return Target(stream=f"hang_up:{effect.token}", number=effect.number, token=effect.token)
        case Sms():
            return Target(stream=f"sms:{effect.number}", person=effect.person, number=effect.number)
        case SheetRow():
            return Target(stream=f"sheet:{ticket}", merges=True)
        case TrackerEntry():
            return Target(stream="tracker", slot=f"tracker:{effect.number}")
        case Reminder():
            return Target(stream=f"reminder:{ticket}", slot=f"reminder:{effect.number}")


def _place(place: Place, ticket: int | None) -> str:
    match place.kind:
        case "person":
            return f"person:{place.person}"
        case "client_thread" if place.channel:
            return f"client:{place.channel}:{place.thread}"
        case kind:
            return f"{kind}:{ticket}"
