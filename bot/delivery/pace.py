"""How fast messages go into one place, and who has to wait after a provider said so. Machine seconds."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bot.roster import Office
from policies.effects import AnyEffect, Call, Card, HangUp, Place, Post, Remove, Revise, Sms
from policies.ticket import Ticket

_MOST_BUCKETS = 2000


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
    """A token bucket for each place, and the places that a provider asked us to leave alone."""

    def __init__(self, monotonic: Callable[[], float], rate: float, burst: int) -> None:
        self._monotonic, self._rate, self._burst = monotonic, rate, burst
        self._buckets: dict[str, _Bucket] = {}
        self._turns: dict[int, float] = {}
        self._held: dict[tuple[str, str], float] = {}

    def turn(self, place: str, effect: int) -> float:
        """Seconds until it is this effect's turn at `place`; 0 takes the turn. A turn once given is kept for it."""
        now = self._monotonic()
        turn = self._turns.pop(effect, None)
        if turn is None:
            turn = now + self._take(place, now)
        if turn <= now:
            return 0.0
        self._turns[effect] = turn
        return turn - now

    def hold(self, kind: str, place: str, seconds: float) -> None:
        """Leave `place` alone with effects of `kind` for so long."""
        self._held[kind, place] = self._monotonic() + seconds

    def held(self, kind: str, place: str) -> float:
        """Seconds for which effects of `kind` have to leave `place` alone."""
        left = self._held.get((kind, place), 0.0) - self._monotonic()
        if left <= 0:
            self._held.pop((kind, place), None)
        return max(left, 0.0)

    def _take(self, place: str, now: float) -> float:
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
