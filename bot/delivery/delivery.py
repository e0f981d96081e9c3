"""The loop that turns rows of the outbox into messages, calls and records."""

import asyncio
import contextlib
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.clock import Clock
from bot.delivery.pace import NEW_MESSAGE, Pace, method_of, place_of
from bot.delivery.patience import BACKGROUND, CALLS, Patience
from bot.delivery.settling import Settlement, Settling
from bot.delivery.taking import Hands, Taken, doubt, take, take_all
from bot.delivery.together import Together
from bot.desk import LEASE, Desk, NotStored
from bot.emission import Leased
from bot.in_force import InForce
from bot.metrics import Metrics
from bot.ports import Job, NotSent, Sender, Sent, TooEarly, Unknown
from bot.storage import leases, outbox, tickets
from bot.storage.engine import Database, StoreFailed
from bot.storage.outbox import Lease
from bot.transaction import Transaction
from policies.effects import Recheck

log = structlog.get_logger(__name__)
POLL = 1.0
"""Machine seconds after which the outbox is looked at even if nobody asked."""
SOON = timedelta(seconds=5)
"""What may be sent within this is still in hand, for whoever waits until nothing is."""
TOGETHER = 50
"""How many outcomes one transaction stores at most: what somebody waits for does not wait long behind them."""
Outcome = tuple[Leased, Settlement]
STORE_TRIES = 8
"""How often an outcome is stored again when the database fails; then the lease runs out, and it is looked up."""


class Delivery:
    """Leases, sends, settles, looks up. `add` the senders before `run`; the desk hands urgent effects to `carry`."""

    def __init__(
        self,
        database: Database,
        desk: Desk,
        in_force: InForce,
        clock: Clock,
        *,
        owner: str,
        metrics: Metrics,
        patience: Patience | None = None,
    ) -> None:
        self._database, self._desk, self._in_force, self._clock = database, desk, in_force, clock
        self._owner, self._metrics = owner, metrics
        self._patience = patience or Patience()
        self._pace = Pace(clock.monotonic, self._patience.rate, self._patience.burst)
        self._senders: dict[str, Sender] = {}
        self._hands: set[asyncio.Task[None]] = set()
        self._busy: dict[asyncio.Task[None], int] = {}
        self._free = asyncio.Semaphore(self._patience.hands)
        self._telephones = asyncio.Semaphore(self._patience.calls)
        self._behind = asyncio.Semaphore(self._patience.background)
        self._gone_well = Together(self._store_all, TOGETHER)
        self._woken = asyncio.Event()
        self._stopping = False

    def add(self, sender: Sender) -> None:
        """From now on `sender` carries out its kinds."""
        for kind in sender.kinds:
            self._senders[kind] = sender

    def wake(self) -> None:
        """Look again now."""
        self._woken.set()

    def carry(self, leased: Sequence[Leased]) -> None:
        """Carry out what was leased for us by the transaction that decided it."""
        for one in leased:
            self._start(one, look_up=False)

    async def recover(self) -> None:
        """Doubt what other owners had in hand: for the start of a process that is alone with its database."""
        settling = self._settling()

        def take_over(work: Transaction) -> int:
            leases.read_anew(work.conn, self._owner, settling.wall)
            return doubt(work.conn, settling, leases.orphaned(work.conn, self._owner))

        count = await self._desk.transact(take_over)
        if count:
            log.warning("effects were left in hand", count=count)

    async def run(self) -> None:
        """Deliver until cancelled; whatever fails is logged and tried again."""
        while not self._stopping:
            self._woken.clear()
            try:
                wait = await self._turn()
            except (NotStored, StoreFailed) as error:
                log.error("the outbox could not be looked at", reason=str(error))
                wait = POLL
            except Exception:
                log.exception("looking at the outbox failed")
                wait = POLL
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._woken.wait()

    async def under_way(self) -> bool:
        """Whether anything is in hand, or will be within 5 machine seconds."""
        if self._hands:
            return True
        now, soon = self._clock.now(), self._clock.wall() + SOON
        return await self._database.read(lambda conn: leases.under_way(conn, soon, now))

    async def next_release(self) -> datetime | None:
        """When a telephone that a call waits for is taken to be free again (the clock's time); None when none is."""
        now = self._clock.now()
        return await self._database.read(lambda conn: outbox.next_release(conn, now))

    async def drain(self) -> None:
        """Lease nothing more, and return when nothing is in hand."""
        self._stopping = True
        self.wake()
        while self._hands:
            await asyncio.wait(set(self._hands))

    async def _turn(self) -> float:
        """Take what there is to do; machine seconds until there may be more."""
        while (free := self._free_hands()).all > 0:
            settling, lease = self._settling(), self._lease()
            taken = await self._desk.transact(
                partial(take_all, settling=settling, lease=lease, hands=free), patient=True
            )
            if taken.left_behind:
                log.warning("effects were left in hand", count=taken.left_behind)
            await self._begin(taken)
            if not taken.ended:
                return self._until(taken.next_retry)
        return POLL

    def _free_hands(self) -> Hands:
        """How much may be taken up. Whoever has only to store how it went has its hands free already."""
        if self._stopping:
            return Hands(0, 0, 0)
        background = sum(lane in BACKGROUND for lane in self._busy.values())
        calls = sum(lane in CALLS for lane in self._busy.values())
        urgent = len(self._busy) - background - calls
        return Hands(
            calls=self._patience.calls - calls,
            urgent=self._patience.hands - urgent,
            background=self._patience.background - background,
        )

    async def _begin(self, taken: Taken) -> None:
        for leased in taken.to_send:
            self._start(leased, look_up=False)
        for leased in taken.to_look_up:
            self._start(leased, look_up=True)
        for event in taken.events:
            await self._desk.handle(event)

    def _until(self, wall: datetime | None) -> float:
        return POLL if wall is None else min(max((wall - self._clock.wall()).total_seconds(), 0.0), POLL)

    def _start(self, leased: Leased, *, look_up: bool) -> None:
        task = asyncio.create_task(self._in_hand(leased, look_up=look_up))
        self._hands.add(task)
        self._busy[task] = leased.entry.lane
        task.add_done_callback(self._put_down)

    def _put_down(self, task: asyncio.Task[None]) -> None:
        self._hands.discard(task)
        self._busy.pop(task, None)

    async def _in_hand(self, leased: Leased, *, look_up: bool) -> None:
        async with self._hand(leased.entry.lane):
            settlement = await self._deal(leased, look_up=look_up)
        if (task := asyncio.current_task()) is not None:
            self._busy.pop(task, None)
        await self._settle(leased, settlement)

    async def _deal(self, leased: Leased, *, look_up: bool) -> Settlement:
        if isinstance(leased.entry.effect, Recheck):
            return await self._recheck(leased, leased.entry.effect)
        return await (self._look_up(leased) if look_up else self._send(leased))

    def _hand(self, lane: int) -> contextlib.AbstractAsyncContextManager[object]:
        """What is born leased waits here for a free hand, and so does what two transactions took for the same one."""
        if lane in BACKGROUND:
            return self._behind
        return self._telephones if lane in CALLS else self._free

    async def _send(self, leased: Leased) -> Settlement:
        entry, sender = leased.entry, self._senders.get(leased.entry.effect.kind)
        if sender is None:
            return self._settling().over(entry, "rejected", f"nothing here can carry out {entry.effect.kind}")
        if (not_yet := self._not_yet(leased)) is not None:
            return not_yet
        try:
            async with asyncio.timeout(self._patience.request.total_seconds()):
                result = await sender.send(_job(leased))
        except NotSent as error:
            self._heed(leased, error)
            return self._settling().not_sent(
                leased, error, place_of(entry.effect, leased.ticket, self._in_force.office)
            )
        except TooEarly:
            return self._settling().too_early(leased)
        except (Unknown, TimeoutError) as error:
            return self._settling().in_doubt(leased, str(error) or "no answer in time")
        except Exception as error:
            log.exception("a sender failed", kind=entry.effect.kind, key=entry.key)
            return self._settling().in_doubt(leased, f"{type(error).__name__} in the sender")
        return self._settling().sent(leased, result)

    def _not_yet(self, leased: Leased) -> Settlement | None:
        """Why this attempt is not begun now, None when it is: another's turn, or too little left of its lease (P5, P6)."""
        if self._clock.wall() + self._patience.request + self._patience.margin > leased.until:
            return self._settling().later(leased.entry, 0, "its lease was nearly over")
        wait = self._wait(leased)
        return self._settling().later(leased.entry, wait, "it is not its turn yet") if wait > 0 else None

    async def _look_up(self, leased: Leased) -> Settlement:
        entry, sender = leased.entry, self._senders.get(leased.entry.effect.kind)
        begun = self._clock.wall()
        longest = self._patience.reads(begun - (entry.unknown_at or begun))
        try:
            if sender is None:
                raise Unknown("nothing here can look it up")  # noqa: TRY301 -- the same answer as a failed reading
            async with asyncio.timeout(longest.total_seconds()):
                found: Sent | None = await sender.look_up(_job(leased))
        except (Unknown, NotSent, TooEarly, TimeoutError) as error:
            asked = getattr(error, "retry_after", None) or 0.0
            return self._settling().unread(leased, str(error) or "no answer in time", asked)
        except Exception as error:
            log.exception("a reading failed", kind=entry.effect.kind, key=entry.key)
            return self._settling().unread(leased, f"{type(error).__name__} in the reading")
        settling = self._settling()
        return settling.sent(leased, found) if found is not None else settling.not_found(leased, begun)

    async def _recheck(self, leased: Leased, effect: Recheck) -> Settlement:
        """Look for what was sent as it was looked for in doubt: the reading itself takes back what is there twice."""
        entry = await self._database.read(lambda conn: leases.entry(conn, effect.row))
        sender = self._senders.get(entry.effect.kind)
        if sender is None:
            return self._settling().over(leased.entry, "rejected", "nothing here can look it up")
        slot = getattr(entry.effect, "slot", "")
        others = {name: place for name, place in leased.posts.items() if name != slot}
        job = _job(replace(leased, entry=entry, posts=others))
        try:
            async with asyncio.timeout(2 * self._patience.request.total_seconds()):
                found = await sender.look_up(job)
        except (Unknown, NotSent, TooEarly, TimeoutError) as error:
            return self._settling().unchecked(leased, str(error) or "no answer in time")
        return self._settling().sent(leased, found or Sent())

    async def _settle(self, leased: Leased, settlement: Settlement) -> None:
        """Store how it went, with what follows; a database that fails is given time, within the lease."""
        for trial in range(STORE_TRIES):
            try:
                stored, taken = await self._store(leased, settlement)
            except NotStored:
                await asyncio.sleep(self._patience.retry(trial).total_seconds())
                continue
            self._tell(leased, settlement, stored=stored)
            await self._begin(taken)
            if settlement.waits or taken.ended:
                self.wake()
            return
        log.error(
            "an outcome could not be stored: it will be looked up",
            key=leased.entry.key,
            state=settlement.state,
        )

    async def _store(self, leased: Leased, settlement: Settlement) -> tuple[bool, Taken]:
        """What can wait goes together with what else has gone well meanwhile; the rest at once."""
        outcome = (leased, settlement)
        if settlement.can_wait:
            return await self._gone_well.do(outcome)
        (stored,) = await self._store_all([outcome])
        return stored

    async def _store_all(self, outcomes: Sequence[Outcome]) -> Sequence[tuple[bool, Taken]]:
        """One transaction settles these effects, takes their events through the door, and leases what can go next."""
        settling, lease, hands = self._settling(), self._lease(), self._free_hands()
        calls = any(leased.entry.lane in CALLS for leased, _ in outcomes)

        def settle(work: Transaction) -> tuple[list[bool], Taken]:
            if len(outcomes) > 1:  # with one of them in hand it would wait for the next
                tickets.lock(
                    work.conn, {one.entry.ticket for one, _ in outcomes if one.entry.ticket is not None}
                )
            stored = [_settle(work, settlement) for _, settlement in outcomes]
            work.emission.rings |= calls
            return stored, take(work, settling, lease, hands)

        patient = all(settlement.can_wait for _, settlement in outcomes)
        try:
            stored, taken = await self._desk.transact(settle, patient=patient)
        except NotStored:
            raise
        except Exception:
            log.exception("a step failed", states=sorted({settlement.state for _, settlement in outcomes}))
            return [(await self._store_alone(settlement), Taken()) for _, settlement in outcomes]
        return [(one, Taken() if index else taken) for index, one in enumerate(stored)]

    async def _store_alone(self, settlement: Settlement) -> bool:
        """The outcome stands for itself; its events are kept and tried again like any other."""
        stored = await self._desk.transact(
            lambda work: settlement.change(work.conn), patient=settlement.can_wait
        )
        for event in settlement.events if stored else ():
            await self._desk.handle(event)
        return stored

    def _tell(self, leased: Leased, settlement: Settlement, *, stored: bool) -> None:
        kind, state = leased.entry.effect.kind, settlement.state
        self._metrics.effect(kind, state)
        if stored and settlement.event is not None:
            self._metrics.accepted(settlement.event)
        words = {"kind": kind, "key": leased.entry.key, "attempt": leased.entry.attempt, "state": state}
        if not stored:
            log.error("a late outcome: the effect is in other hands", **words)
        elif state in {"rejected", "gave_up"}:
            log.error("an effect was not carried out", reason=settlement.reason, **words)
        elif state in {"unknown", "again"}:
            log.warning("an effect is in doubt", reason=settlement.reason, **words)

    def _wait(self, leased: Leased) -> float:
        """Machine seconds until this may go out: after a provider's word, and at its turn in the place it goes to."""
        entry = leased.entry
        place = place_of(entry.effect, leased.ticket, self._in_force.office)
        method = method_of(entry.effect, leased.posts)
        held = self._pace.held(method, place)
        if held or not place or method != NEW_MESSAGE:
            return held
        return self._pace.turn(place, entry.id, urgent=entry.lane not in BACKGROUND)

    def _heed(self, leased: Leased, error: NotSent) -> None:
        if error.scope and error.retry_after is not None and not math.isinf(error.retry_after):
            place = (
                place_of(leased.entry.effect, leased.ticket, self._in_force.office)
                if ":" in error.scope
                else ""
            )
            method = method_of(leased.entry.effect, leased.posts)
            self._pace.hold(method, place, error.retry_after)

    def _lease(self) -> Lease:
        return Lease(owner=self._owner, until=self._clock.wall() + LEASE)

    def _settling(self) -> Settling:
        return Settling(patience=self._patience, now=self._clock.now(), wall=self._clock.wall())


def _settle(work: Transaction, settlement: Settlement) -> bool:
    """Store an outcome with what follows from it; whether it was still ours to store."""
    stored = settlement.change(work.conn)
    for event in settlement.events if stored else ():
        work.handle(event)
    return stored


def _job(leased: Leased) -> Job:
    entry = leased.entry
    return Job(
        id=entry.id,
        key=entry.key,
        attempt=entry.tries,
        effect=entry.effect,
        ticket=leased.ticket,
        posts=leased.posts,
        first_at=entry.first_at,
    )
