"""The telephone side of the sandbox: a Twilio on loopback and the telephones of the cast."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.phone import calls, texts
from sandbox.phone.calls import Call
from sandbox.phone.exchange import Exchange
from sandbox.phone.texts import Text, Texts
from sandbox.phone.ticker import Ticker
from sandbox.phone.webhooks import Webhooks
from sandbox.saving import made, plain
from sandbox.wire import WireLog

__all__ = ["Phone"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What outlives a run."""

    calls: list[Call]
    texts: list[Text]
    behaviour: dict[str, str]
    last_slot: datetime | None


class Phone:
    """The account, its calls and messages, and the telephones they reach."""

    def __init__(self, clock: Clock, wire: WireLog, faults: Faults) -> None:
        self.clock, self.wire, self.faults = clock, wire, faults
        self.webhooks = Webhooks(clock, wire, faults)
        self.exchange = Exchange(clock, wire, self.webhooks)
        self.texts = Texts(clock, wire, self.webhooks, self.exchange.behaviour)
        self._ticker = Ticker(clock, self.next_event, self._fire)
        self._answering: Counter[str] = Counter()
        wire.listeners.append(self._ticker.kick)

    async def start(self) -> None:
        """Begin to follow the clock (needs a running loop).

        A call of a run before that was waiting for the bot's words has lost its connection.
        """
        for call in self.exchange.calls.values():
            if call.live and call.asking:
                self.exchange.end(call, "completed", "network")
        self._ticker.start()

    async def stop(self) -> None:
        """End what is under way and close all connections."""
        await self._ticker.stop()
        await self.webhooks.stop()

    def reset(self) -> None:
        """A fresh world: no calls, no messages, every telephone just rings."""
        self.webhooks.reset()
        self.exchange.reset()
        self.texts.reset()
        self.wire.touch()

    def busy(self) -> list[str]:
        """What is under way right now, in words: requests being answered, webhooks in flight, events due."""
        answering = [f"answering {method} of the bot" for method in self._answering]
        due = ["a telephone event is due"] if self._ticker.due() else []
        return answering + self.webhooks.busy() + due

    def next_event(self) -> datetime | None:
        """When the next timed thing happens (somebody stops ringing, a Gather runs out), in sandbox time."""
        moments = (self.exchange.next_event(), self.texts.next_event(), self.webhooks.next_event())
        return min((moment for moment in moments if moment is not None), default=None)

    def state(self) -> dict[str, Any]:
        """For the page: calls and messages, oldest first, and how each telephone behaves by itself."""
        return {
            "calls": [calls.for_page(call) for call in self.exchange.calls.values()],
            "sms": [texts.for_page(text) for text in self.texts.texts.values()],
            "behaviours": dict(self.exchange.behaviour),
        }

    def dump(self) -> dict[str, Any]:
        """Calls, messages and habits, as JSON can hold them."""
        kept = Kept(
            list(self.exchange.calls.values()),
            list(self.texts.texts.values()),
            self.exchange.behaviour,
            self.exchange.last_slot,
        )
        saved: dict[str, Any] = plain(kept)
        return saved

    def load(self, saved: dict[str, Any]) -> None:
        """Take up what `dump` gave, before `start`; raises Unreadable when it does not fit."""
        kept = made(Kept, saved)
        self.exchange.calls = {call.sid: call for call in kept.calls}
        self.texts.texts = {text.sid: text for text in kept.texts}
        self.exchange.behaviour.update(kept.behaviour)
        self.exchange.last_slot = kept.last_slot

    @contextmanager
    def answering(self, method: str) -> Iterator[None]:
        """A request of the bot is being answered."""
        self._answering[method] += 1
        try:
            yield
        finally:
            self._answering[method] -= 1
            if not self._answering[method]:
                del self._answering[method]

    def _fire(self) -> None:
        self.exchange.fire_due()
        self.texts.fire_due()
        self.webhooks.fire_due()
