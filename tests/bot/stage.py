"""A stage for the machinery: a real database, the real policies, a clock that is moved by hand, senders that obey."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import roster
from bot.delivery import Patience
from bot.in_force import InForce
from bot.machinery import Machinery
from bot.ports import Job, Posted, Sent, TooEarly
from bot.roster import Office
from bot.storage import migrate
from bot.storage.engine import Connection, Database, connect
from bot.transaction import Outcome
from policies.effects import Call, Card, Post
from policies.events import Actor, AnyEvent, Assign, Block, Escalate, GiveUpdate, MessagePosted, Pressed, Verb

START = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
"""Wednesday 14:00 in Karachi: inside everybody's working hours."""
EXAMPLE = Path(__file__).resolve().parents[2] / "frontdoor.example.toml"
RETAIL = "C0RETAIL01"
CASEY = Actor(user="U0CASEY001", team="T0RETAIL01")
SAM = Actor(user="U0SAM00001")
LEE = Actor(user="U0LEE00001")
BLOCK = Block(
    saas_name="Till",
    saas_url="https://till.example.com",
    branch="Main Street",
    branch_env="production",
    device_type="Printer",
    build_version="4.2.0",
    issue_platform="Windows",
    issue_detail="Nothing prints",
)
QUICK = Patience(
    settle=timedelta(milliseconds=40),
    first_retry=timedelta(milliseconds=5),
    rate=float("inf"),
    request=timedelta(seconds=2),
)


class HandClock:
    """Stands still until it is moved; machine time goes on by itself."""

    def __init__(self, now: datetime = START) -> None:
        self._now, self._loop = now, asyncio.get_running_loop()
        self._offset = now

    def now(self) -> datetime:
        return self._now

    def wall(self) -> datetime:
        return self._offset + timedelta(seconds=self._loop.time())

    def monotonic(self) -> float:
        return self._loop.time()

    def seconds_until(self, moment: datetime) -> float:
        return 0.0 if moment <= self._now else float("inf")

    def move(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    def move_to(self, moment: datetime) -> None:
        self._now = max(moment, self._now)


Answer = Callable[[Job], Sent]


@dataclass
class FakeSender:
    """Does what it is told, and remembers what it was asked to do."""

    kinds: frozenset[str]
    jobs: list[Job] = field(default_factory=list)
    done: list[Job] = field(default_factory=list)
    looked_up: list[Job] = field(default_factory=list)
    answers: dict[str, list[Sent | Exception]] = field(default_factory=dict)
    found: list[Sent | Exception | None] = field(default_factory=list)
    hold: asyncio.Event | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def send(self, job: Job) -> Sent:
        self.jobs.append(job)
        self.news.set()
        if self.hold is not None:
            await self.hold.wait()
        if planned := self.answers.get(job.effect.kind):
            answer = planned.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        result = self.as_usual(job)
        self.done.append(job)
        return result

    def as_usual(self, job: Job) -> Sent:
        effect = job.effect
        if isinstance(effect, Post):
            if effect.to.kind.endswith("support_thread") and "card:support" not in job.posts:
                raise TooEarly
            if effect.to.kind == "escalation_thread" and "card:escalation" not in job.posts:
                raise TooEarly
            ts = f"1.{next(self.numbers)}"
            return Sent(external_id=ts, posted=(Posted(slot=effect.slot, channel="C", ts=ts),))
        if isinstance(effect, Card):
            place = job.posts.get(effect.slot) or Posted(
                slot=effect.slot, channel="C", ts=f"1.{next(self.numbers)}"
            )
            return Sent(external_id=place.ts, posted=(place,))
        return Sent(external_id=f"CA{next(self.numbers)}" if isinstance(effect, Call) else "")

    async def look_up(self, job: Job) -> Sent | None:
        self.looked_up.append(job)
        self.news.set()
        found = self.found.pop(0) if self.found else None
        if isinstance(found, Exception):
            raise found
        return found

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until what was asked of this sender is as `condition` wants it."""
        async with asyncio.timeout(10):
            while not condition():
                self.news.clear()
                await self.news.wait()

    def of(self, kind: type) -> list[Job]:
        return [job for job in self.jobs if isinstance(job.effect, kind)]


@dataclass
class Stage:
    """The machinery on a database, with what a test needs to drive it."""

    url: str
    database: Database
    clock: HandClock
    office: Office
    in_force: InForce
    machinery: Machinery
    slack: FakeSender
    phone: FakeSender
    records: FakeSender
    keys: Iterator[int] = field(default_factory=itertools.count)

    async def do(self, event: AnyEvent) -> Outcome:
        return await self.machinery.desk.handle(event)

    def key(self) -> str:
        return f"k{next(self.keys)}"

    async def writes(
        self, text: str = "The printer is down", *, actor: Actor = CASEY, thread: str | None = None
    ) -> Outcome:
        number = next(self.keys)
        return await self.do(
            MessagePosted(
                key=f"m{number}",
                at=self.clock.now(),
                actor=actor,
                channel=RETAIL,
                ts=f"{self.clock.now().timestamp():.0f}.{number:06d}",
                thread=thread,
                text=text,
            )
        )

    async def presses(self, verb: Verb, ticket: int, actor: Actor, **more: str) -> Outcome:
        return await self.do(
            Pressed(key=self.key(), at=self.clock.now(), actor=actor, ticket=ticket, verb=verb, **more)
        )

    async def escalates(self, ticket: int, actor: Actor = SAM) -> Outcome:
        return await self.do(
            Escalate(key=self.key(), at=self.clock.now(), actor=actor, ticket=ticket, block=BLOCK)
        )

    async def assigns(self, ticket: int, developer: str, actor: Actor = LEE) -> Outcome:
        return await self.do(
            Assign(key=self.key(), at=self.clock.now(), actor=actor, ticket=ticket, developer=developer)
        )

    async def updates(self, ticket: int, actor: Actor, promise: datetime | None = None) -> Outcome:
        return await self.do(
            GiveUpdate(
                key=self.key(),
                at=self.clock.now(),
                actor=actor,
                ticket=ticket,
                what="preliminary",
                text="Looking",
                promise=promise,
            )
        )

    async def escalated(self) -> int:
        """A request that support has escalated."""
        number = (await self.writes()).ticket
        assert number is not None
        assert (await self.presses("claim", number, SAM)).accepted
        assert (await self.escalates(number)).accepted
        return number

    async def passes(self, seconds: float) -> None:
        """Let time pass as a sandbox does: from one due moment to the next, nothing in hand in between."""
        target = self.clock.now() + timedelta(seconds=seconds)
        while True:
            due = await self.settled()
            if due is None or due > target:
                break
            self.clock.move_to(due)
            self.machinery.wake()
        self.clock.move_to(target)
        self.machinery.wake()
        await self.settled()

    async def settled(self) -> datetime | None:
        async with asyncio.timeout(20):
            return await self.machinery.idle()

    async def look(self, work: Callable[[Connection], object]) -> object:
        return await self.database.read(work)


def migrated(folder: Path) -> str:
    """The address of a new database with its tables."""
    url = f"sqlite:///{folder / 'frontdoor.sqlite3'}"
    migrate.upgrade(url)
    return url


async def build(
    url: str, *, clock: HandClock | None = None, patience: Patience = QUICK, keeps_house: bool = False
) -> Stage:
    """A stage whose loops are not running yet."""
    clock = clock or HandClock()
    office = roster.load(EXAMPLE)
    database = connect(url)
    in_force = InForce(office)
    machinery = Machinery(database, in_force, clock, patience=patience, keeps_house=keeps_house)
    slack = FakeSender(frozenset({"post", "remove", "revise", "card", "home", "invitation"}))
    phone = FakeSender(frozenset({"call", "hang_up", "sms"}))
    records = FakeSender(frozenset({"sheet", "tracker", "reminder"}))
    machinery.add(slack, phone, records)
    return Stage(url, database, clock, office, in_force, machinery, slack, phone, records)
