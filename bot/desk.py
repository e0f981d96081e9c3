"""The one door: every event goes through `handle`, in a transaction of its own, whoever brings it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.clock import Clock
from bot.emission import Emission, Leased
from bot.in_force import InForce
from bot.metrics import Metrics
from bot.routing import channel_of
from bot.storage import inbox, meta
from bot.storage.clocks import DueClock
from bot.storage.codec import dump_event, load_event
from bot.storage.engine import Connection, Database, Patient, StoreFailed, T, Work
from bot.storage.inbox import Failed
from bot.storage.ledger import Ledger
from bot.storage.outbox import Lease
from bot.transaction import Outcome, Transaction
from policies.events import BOT, AnyEvent, DeadLetter

__all__ = ["Aftermath", "Desk", "Fired", "NotStored", "Outcome"]

log = structlog.get_logger(__name__)
KEPT = "Something went wrong on our side. What you did is kept and will be tried again; nothing was changed so far."
RETRIES = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10))
"""When an event whose step failed is tried again; after that it waits for a person."""
RAW = "raw:"
"""Begins the key of a kept delivery that did not become an event."""
LEASE = timedelta(seconds=30)
"""How long a lease lasts: a request takes 10 seconds at most, and waits for a place before it."""


class NotStored(Exception):
    """The event could not be stored, and nothing was changed: whoever brought it has to bring it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """What became of clocks that ran out: how many took effect, and which failed (they are armed still)."""

    done: int = 0
    failed: tuple[DueClock, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """Who is told after a commit. `wake`: something waits for delivery. `armed`: the soonest moment that was armed.

    `carry`: urgent effects that the deciding transaction has leased already.
    """

    wake: Callable[[], None]
    armed: Callable[[datetime], None]
    carry: Callable[[Sequence[Leased]], None]


class Desk:
    """Takes events and clocks through the door, one transaction each (clocks: one for a whole batch).

    `owner` is the name under which this process leases; `replay` takes a delivery again that did not become an event.
    """

    def __init__(
        self,
        database: Database,
        in_force: InForce,
        clock: Clock,
        aftermath: Aftermath,
        *,
        owner: str,
        metrics: Metrics,
    ) -> None:
        self._database, self._in_force, self._clock = database, in_force, clock
        self._aftermath, self._owner, self._metrics = aftermath, owner, metrics
        self.replay: Callable[[str], Awaitable[None]] | None = None
        self._in_flight = 0
        self._calm = asyncio.Event()
        self._calm.set()

    @property
    def in_flight(self) -> int:
        """How many events are on their way through."""
        return self._in_flight

    async def handle(self, event: AnyEvent) -> Outcome:
        """Take one event through and answer what became of it.

        A step that fails changes nothing, and the event is kept and tried again. Raises NotStored when it could not be
        stored at all. Cancelling rolls back, unless the commit has begun: then the outcome is returned.
        """
        with self._on_its_way():
            outcome = await self._handle(event)
        self._metrics.event(event.kind, "accepted" if outcome.accepted else "refused")
        if outcome.accepted and not outcome.repeated:
            self._metrics.accepted(event)
        return outcome

    async def handle_clocks(self, due: Sequence[DueClock]) -> Fired:
        """Fire clocks in one transaction; if that fails, one by one, so that a bad ticket hurts only itself.

        Raises NotStored when the database failed.
        """
        if not due:
            return Fired()
        with self._on_its_way():
            try:
                return Fired(done=await self.transact(lambda work: work.fire_all(due)))
            except NotStored:
                raise
            except Exception:
                log.exception("clocks failed together, trying them one by one", clocks=len(due))
            done, failed = 0, []
            for clock in due:
                if await self._fire_alone(clock):
                    done += 1
                else:
                    failed.append(clock)
            return Fired(done=done, failed=tuple(failed))

    async def retry_failed(self) -> int:
        """Take the events again whose retry is due; how many there were. Raises NotStored."""
        wall = self._clock.wall()
        try:
            waiting = await self._database.read(lambda conn: inbox.failed(conn, wall, 20))
        except StoreFailed as error:
            raise NotStored(str(error)) from error
        for failed in waiting:
            if failed.key.startswith(RAW):
                await self._replay(failed)
                continue
            try:
                event = load_event(failed.raw)
            except ValueError:
                log.error("a kept event cannot be read any more and waits for a person", key=failed.key)
                await self._write(partial(inbox.give_up, key=failed.key))
            else:
                await self.handle(event)
        return len(waiting)

    async def heard(self, at: datetime) -> None:
        """Keep that everything of Slack until `at` has been taken in. Raises NotStored."""
        await self._write(partial(meta.move_on, name=meta.HEARD, at=at))

    async def drain(self) -> None:
        """Return when nothing is on its way through."""
        while self._in_flight:
            await self._calm.wait()

    async def _handle(self, event: AnyEvent) -> Outcome:
        try:
            return await self.transact(lambda work: work.handle(event))
        except NotStored:
            self._metrics.event(event.kind, "not_stored")
            raise
        except Exception as error:
            log.exception("a step failed", kind=event.kind, key=event.key, ticket=event.ticket)
            self._metrics.event(event.kind, "failed")
            return await self._keep(event, error)

    async def keep_delivery(self, key: str, raw: str, error: Exception, came: datetime) -> None:
        """Keep a delivery that could not be read, for another try or for a person to see. Raises NotStored.

        `key` is the provider's; `raw` is what `replay` will be given; `came` is when it happened.
        """
        self._metrics.event("delivery", "failed")
        letter = DeadLetter(key="", at=came, actor=BOT, letter=f"{RAW}{key}", what="delivery", came=came)
        await self._fail(raw, error, letter)

    async def _replay(self, failed: Failed) -> None:
        if self.replay is None:
            return  # its room is not there; the retry stays due
        try:
            await self.replay(failed.raw)
        except NotStored:
            raise
        except Exception as error:
            log.exception("a kept delivery could not be read again", key=failed.key)
            await self.keep_delivery(failed.key.removeprefix(RAW), failed.raw, error, failed.at)
        else:
            log.info("a kept delivery was read", key=failed.key)
            await self._write(partial(inbox.store, key=failed.key, answer_body=""))

    async def _keep(self, event: AnyEvent, error: Exception) -> Outcome:
        """Keep an event whose step failed, with its error, for another try or for a person to see."""
        letter = DeadLetter(
            key="",
            at=event.at,
            actor=BOT,
            letter=event.key,
            what=event.kind,
            came=event.at,
            place=channel_of(event),
            ref=f"{self._in_force.office.ref_prefix}{event.ticket}" if event.ticket is not None else "",
        )
        await self._fail(dump_event(event), error, letter)
        return Outcome(accepted=False, said=KEPT, ticket=event.ticket)

    async def _fail(self, raw: str, error: Exception, letter: DeadLetter) -> None:
        """Keep it; after its last retry show it to people, each time anew when they had it tried again."""

        def keep(conn: Connection) -> int:
            tries = inbox.tries(conn, letter.letter)
            retry_at = self._clock.wall() + RETRIES[tries] if tries < len(RETRIES) else None
            words = f"{type(error).__name__}: {error}"
            return inbox.fail(conn, letter.letter, self._clock.now(), raw, words, retry_at)

        tries = await self._write(keep)
        if tries <= len(RETRIES):
            return
        log.error("an event failed for good and waits for a person", kind=letter.what, key=letter.letter)
        if letter.what != letter.kind:  # that one is lost cannot be told: the metric and the log say so
            await self.handle(replace(letter, key=f"letter:{tries}:{letter.letter}", at=self._clock.now()))

    async def _fire_alone(self, clock: DueClock) -> bool:
        try:
            await self.transact(lambda work: work.fire(clock))
        except NotStored:
            raise
        except Exception:
            log.exception("a clock failed", ticket=clock.ticket, clock=clock.kind, subject=clock.subject)
            self._metrics.event("clock_fired", "failed")
            return False
        return True

    async def transact(self, step: Callable[[Transaction], T], *, patient: bool = False) -> T:
        """Run `step` in a transaction; after the commit hand over what was leased, and wake whoever has to do something.

        For machinery that has its own rows to change together with an event. `patient` work stands back for events and
        clocks. Raises NotStored, and whatever `step` raises.
        """

        def work(conn: Connection) -> tuple[T, Transaction]:
            now = self._clock.now()
            lease = Lease(owner=self._owner, until=self._clock.wall() + LEASE)
            emission = Emission(ledger=Ledger(conn, now), lease=lease)
            transaction = Transaction(
                emission=emission, office=self._in_force.office, proposed=self._in_force.proposed
            )
            result = step(transaction)
            emission.flush()
            return result, transaction

        result, transaction = await self._write(Patient(work) if patient else work)
        self._metrics.promises(transaction.slips)
        if transaction.emission.leased:
            self._aftermath.carry(transaction.emission.leased)
        if transaction.emission.waiting:
            self._aftermath.wake()
        if transaction.soonest is not None:
            self._aftermath.armed(transaction.soonest)
        return result

    async def _write(self, work: Work[T]) -> T:
        try:
            return await self._database.write(work)
        except StoreFailed as error:
            log.error("the database could not store an event", reason=str(error))
            raise NotStored(str(error)) from error

    @contextmanager
    def _on_its_way(self) -> Iterator[None]:
        self._in_flight += 1
        self._calm.clear()
        try:
            yield
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._calm.set()
