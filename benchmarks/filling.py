"""Requests by the thousand: each kind is played once through the real desk, then its rows are copied with other names and times."""

import asyncio
import itertools
import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import roster
from bot.clock import Clock, SystemClock
from bot.delivery import Patience
from bot.in_force import InForce
from bot.machinery import Machinery
from bot.ports import Job, Posted, Sent
from bot.storage import migrate
from bot.storage.engine import connect
from bot.storage.tables import metadata
from bot.storage.timeline import link
from policies.effects import Call, Card, Post
from policies.events import Actor, AnyEvent, Assign, Block, Escalate, MessagePosted, Pressed

ROOT = Path(__file__).resolve().parent.parent
START = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
"""Wednesday 14:00 in Karachi, inside everybody's working hours: what is decided does not hang on when we measure."""
CHANNEL = "C0RETAIL01"
CASEY = Actor(user="U0CASEY001", team="T0RETAIL01")
SAM, LEE = Actor(user="U0SAM00001"), Actor(user="U0LEE00001")
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
PATIENCE = Patience(rate=float("inf"))
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def bench_clock() -> SystemClock:
    """The machine's clock, set to START."""
    system = SystemClock()
    ahead = START - system.now()
    return SystemClock(wall=lambda: system.now() + ahead)


@dataclass(slots=True)
class DoNothing:
    """A sender to whom everything succeeds at once; `sent` counts by kind and lane."""

    kinds: frozenset[str] = frozenset(
        {"post", "remove", "revise", "card", "home", "call", "hang_up", "sms", "sheet", "tracker", "reminder"}
        | {"echo"}
    )
    sent: dict[str, int] = field(default_factory=dict)
    numbers: Any = field(default_factory=itertools.count)

    async def send(self, job: Job) -> Sent:
        """See Sender.send."""
        effect = job.effect
        self.sent[effect.lane] = self.sent.get(effect.lane, 0) + 1
        if isinstance(effect, Call):
            return Sent(external_id=f"CA{next(self.numbers)}")
        if isinstance(effect, Post | Card):
            place = job.posts.get(effect.slot)
            ts = place.ts if place else f"9.{next(self.numbers)}"
            return Sent(external_id=ts, posted=(Posted(slot=effect.slot, channel="C", ts=ts),))
        return Sent()

    async def look_up(self, job: Job) -> Sent | None:
        """See Sender.look_up: nothing is ever in doubt here."""
        del job
        return None


@dataclass(slots=True, kw_only=True)
class Bench:
    """The machinery over one database, with a sender that does nothing."""

    machinery: Machinery
    sender: DoNothing
    clock: Clock


@asynccontextmanager
async def bench(url: str, clock: Clock) -> AsyncIterator[Bench]:
    """Machinery that is not started yet, and is stopped at the end."""
    database = connect(url)
    machinery = Machinery(
        database, InForce(roster.load(ROOT / "frontdoor.example.toml")), clock, patience=PATIENCE
    )
    sender = DoNothing()
    machinery.add(sender)
    try:
        yield Bench(machinery=machinery, sender=sender, clock=clock)
    finally:
        await machinery.stop()
        await database.close()


class _HandClock:
    """Moved by hand; machine time goes on by itself."""

    def __init__(self) -> None:
        self._now, self._system = START, SystemClock()

    def now(self) -> datetime:
        return self._now

    def wall(self) -> datetime:
        return self._system.now()

    def monotonic(self) -> float:
        return self._system.monotonic()

    def seconds_until(self, moment: datetime) -> float:
        return 0.0 if moment <= self._now else float("inf")

    def move(self, **lapse: float) -> None:
        self._now += timedelta(**lapse)


Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One request with all its rows, and when the clock runs out that it stands for."""

    kind: str
    ticket: int
    due: datetime
    rows: dict[str, list[Row]]


KINDS = ("first_response", "unclaimed", "acknowledge", "update")
"""A first response to be given, nobody of support, an acknowledgement that lapsed, an update that did not come."""
COPIED = ("tickets", "timeline", "words", "messages", "clocks", "addresses", "posts")


def samples(folder: Path) -> list[Sample]:
    """One request of each kind, played through the desk."""
    path = folder / "samples.sqlite3"
    migrate.upgrade(f"sqlite:///{path}")
    asyncio.run(_play(f"sqlite:///{path}"))
    with closing(sqlite3.connect(path)) as conn:
        conn.row_factory = sqlite3.Row
        return [_sample(conn, number, kind) for number, kind in enumerate(KINDS, 1)]


async def _play(url: str) -> None:
    clock = _HandClock()
    keys = itertools.count()
    async with bench(url, clock) as made:
        machinery = made.machinery
        await machinery.start()

        async def do(make: Callable[..., AnyEvent], ticket: int | None, actor: Actor, **more: Any) -> None:
            event = make(key=f"k{next(keys)}", at=clock.now(), actor=actor, ticket=ticket, **more)
            outcome = await machinery.desk.handle(event)
            assert outcome.accepted, outcome.said
            await machinery.idle()

        for number in (4, 3, 2, 1):
            words = {"channel": CHANNEL, "ts": f"1000000{number}.000100", "thread": None}
            author = Actor(user=f"U0AUTHOR{number}", team=CASEY.team)
            await do(MessagePosted, None, author, text="The printer in the shop does not print", **words)
            if number > 1:
                clock.move(seconds=10)
                machinery.wake()
                await machinery.idle()
            opened = 5 - number
            if number >= 3:
                await do(Pressed, opened, SAM, verb="claim")
                await do(Escalate, opened, SAM, block=BLOCK)
            if number == 4:
                await do(Pressed, opened, LEE, verb="acknowledge")
                await do(Assign, opened, LEE, developer="dana")


def _sample(conn: sqlite3.Connection, number: int, kind: str) -> Sample:
    ticket = len(KINDS) + 1 - number
    due = conn.execute(
        "SELECT due_at FROM clocks WHERE ticket = ? AND kind = ? AND state = 'armed'", (ticket, kind)
    ).fetchone()[0]
    rows = {}
    for name in COPIED:
        column = "id" if name == "tickets" else "ticket"
        found = conn.execute(f"SELECT * FROM {name} WHERE {column} = ? ORDER BY rowid", (ticket,))  # noqa: S608 - our names
        rows[name] = [dict(row) for row in found]
    return Sample(kind=kind, ticket=ticket, due=datetime.fromtimestamp(due / 1e6, UTC), rows=rows)


def fill(path: Path, made: list[Sample], dues: list[datetime]) -> None:
    """One request for each moment of `dues`, of each kind in turn, whose clock runs out then."""
    batch: dict[str, list[Row]] = {name: [] for name in COPIED}
    for index, due in enumerate(dues):
        _copy(made[index % len(made)], index + 1, due, batch)
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA synchronous=OFF")
        for name, rows in batch.items():
            if rows:
                columns = ", ".join(rows[0])
                values = ", ".join(f":{column}" for column in rows[0])
                conn.executemany(f"INSERT INTO {name} ({columns}) VALUES ({values})", rows)  # noqa: S608 - as above
        conn.execute("INSERT INTO counters VALUES ('tickets', ?)", (len(dues),))
        conn.commit()
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _copy(sample: Sample, number: int, due: datetime, batch: dict[str, list[Row]]) -> None:
    shift = due - sample.due
    micros = shift // timedelta(microseconds=1)
    old = sample.rows["tickets"][0]
    names = {
        str(old["ref"]): f"SUP-{number}",
        str(old["author"]): f"U{number:010}",
        str(sample.rows["addresses"][0]["value"]).split(":")[1]: f"{2_000_000_000 + number}.000100",
    }
    pattern = re.compile("|".join(re.escape(name) + r"\b" for name in names))
    moved: dict[str, str] = {}

    def later(found: re.Match[str]) -> str:
        text = found.group()
        if text not in moved:
            moment = datetime.fromisoformat(text) + shift
            moved[text] = moment.isoformat().replace("+00:00", "Z")
        return moved[text]

    before = ""
    for table, rows in sample.rows.items():
        for row in rows:
            copy = {
                column: MOMENT.sub(later, pattern.sub(lambda found: names[found.group()], value))
                if isinstance(value, str)
                else value + micros
                if value is not None and (column == "at" or column.endswith("_at"))
                else value
                for column, value in row.items()
            }
            copy["id" if table == "tickets" else "ticket"] = number
            if table == "clocks":
                del copy["id"]
            if table == "timeline":
                before = copy["hash"] = link(before, copy)
            batch[table].append(copy)
    batch["tickets"][-1]["head"] = before


def history(path: Path, rows: int, already: int = 0) -> None:
    """So many more requests that ended long ago, each with a fired clock and three effects that were sent."""
    after = 10_000_000 + already
    count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA synchronous=OFF")
        for name, values in _ENDED.items():
            nothing = {column.name: "''" for column in metadata.tables[name].columns if not column.nullable}
            row = nothing | values
            query = f"{count} INSERT INTO {name} ({', '.join(row)}) SELECT {', '.join(row.values())} FROM n"  # noqa: S608
            for turn in range(3 if name == "outbox" else 1):
                conn.execute(query, {"rows": rows, "after": after, "turn": turn})
        conn.commit()
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


_LONG_AGO = "1700000000000000 + i"
_ENDED: dict[str, dict[str, str]] = {
    "tickets": {
        "id": ":after + i",
        "ref": "'OLD-' || (:after + i)",
        "seq": "9",
        "client": "'retail'",
        "channel": f"'{CHANNEL}'",
        "author": "'U' || i",
        "stage": "'closed'",
        "is_open": "0",
        "awaits_response": "0",
        "opened_at": _LONG_AGO,
        "updated_at": _LONG_AGO,
    },
    "clocks": {
        "id": ":after + i",
        "ticket": ":after + i",
        "kind": "'unclaimed'",
        "due_at": _LONG_AGO,
        "state": "'fired'",
        "generation": "1",
        "armed_at": _LONG_AGO,
    },
    "outbox": {
        "id": "10 * (:after + i) + :turn",
        "key": "(:after + i) || ':' || :turn || ':0'",
        "ticket": ":after + i",
        "stream": "'client_thread:' || (:after + i)",
        "lane": "1 + :turn",
        "kind": "'post'",
        "report": "0",
        "body": "'{}'",
        "created_at": _LONG_AGO,
        "state": "'sent'",
        "attempt": "1",
        "put_off": "0",
    },
}
