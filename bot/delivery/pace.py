"""How fast messages go into one place, and who has to wait after a provider said so. Machine seconds."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bot.ports import Posted
from bot.roster import Office
from policies.effects import AnyEffect, Call, Card, HangUp, Home, Place, Post, Remove, Revise, Sms
from policies.ticket import Ticket

_MOST_BUCKETS = 2000
NEW_MESSAGE = "chat.postMessage"
_METHODS: dict[type, str] = {
    Post: NEW_MESSAGE,
    Card: "chat.update",
    Revise: "chat.update",
    Remove: "chat.delete",
    Home: "views.publish",
    Call: "calls",
    HangUp: "calls",
    Sms: "messages",
}


def method_of(effect: AnyEffect, posts: dict[str, Posted]) -> str:
    """The provider's method that an effect asks for: what one 429 holds."""
    if isinstance(effect, Card) and effect.slot not in posts:
        return NEW_MESSAGE
    return _METHODS.get(type(effect), effect.kind)


def place_of(effect: AnyEffect, ticket: Ticket | None, office: Office) -> str:
    """The channel, person or number an effect goes to; empty for what goes nowhere outside."""
    match effect:
        case Post() | Remove() | Revise():
            return _channel(effect.to, ticket, office)
        case Card():
            return office.support_channel if effect.slot == "card:support" else office.escalation_channel
        case Call() | HangUp() | Sms():
            return effect.number
        case _:
            return ""


def _channel(place: Place, ticket: Ticket | None, office: Office) -> str:
    match place.kind:
        case "person":
            return place.person
        case "client_thread":
            return place.channel or (ticket.channel if ticket is not None else "")
        case "support" | "support_thread":
            return office.support_channel
        case _:
            return office.escalation_channel


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Pace:
    """Token buckets for each place, and the methods and places that a provider asked us to leave alone.

    What is urgent waits only for what is urgent, and what is not for everything: a thousand messages that have their
    turns already delay no escalation into the same channel. A short burst above the rate is what that may cost.
    """

    def __init__(self, monotonic: Callable[[], float], rate: float, burst: int) -> None:
        self._monotonic, self._rate, self._burst = monotonic, rate, burst
        self._buckets: dict[tuple[str, bool], _Bucket] = {}
        self._turns: dict[int, float] = {}
        self._held: dict[tuple[str, str], float] = {}

    def turn(self, place: str, effect: int, *, urgent: bool = True) -> float:
        """Seconds until it is this effect's turn at `place`; 0 takes the turn. A turn once given is kept for it."""
        now = self._monotonic()
        turn = self._turns.pop(effect, None)
        if turn is None:
            behind = self._take((place, False), now)
            turn = now + (self._take((place, True), now) if urgent else behind)
        if turn <= now:
            return 0.0
        self._turns[effect] = turn
        return turn - now

    def hold(self, method: str, place: str, seconds: float) -> None:
        """Leave `place` alone with `method` for so long; without a place, everything that needs `method` waits."""
        until = self._monotonic() + seconds
        self._held[method, place] = max(until, self._held.get((method, place), until))

    def held(self, method: str, place: str) -> float:
        """Seconds for which `method` has to leave `place` alone."""
        return max(self._left(method, place), self._left(method, ""))

    def _left(self, method: str, place: str) -> float:
        left = self._held.get((method, place), 0.0) - self._monotonic()
        if left <= 0:
            self._held.pop((method, place), None)
        return max(left, 0.0)

    def _take(self, place: tuple[str, bool], now: float) -> float:
        if math.isinf(self._rate):
            return 0.0
        bucket = self._buckets.setdefault(place, _Bucket(self._burst, now))
        bucket.tokens = min(bucket.tokens + (now - bucket.at) * self._rate, self._burst) - 1
        bucket.at = now
        if len(self._buckets) > _MOST_BUCKETS:
            self._forget(now)
        return max(-bucket.tokens / self._rate, 0.0)

    def _forget(self, now: float) -> None:
        """Full buckets say nothing: only the others are kept."""
        self._buckets = {
            place: bucket
            for place, bucket in self._buckets.items()
            if bucket.tokens + (now - bucket.at) * self._rate < self._burst
        }
