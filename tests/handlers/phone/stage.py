"""The stage of the telephone tests: a desk, a board and a clock of a few lines, a Twilio that misbehaves, and the room itself."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from prometheus_client import CollectorRegistry
from twilio.request_validator import RequestValidator
from yarl import URL

from bot.board import CallInfo
from bot.desk import NotStored
from bot.in_force import InForce
from bot.ports import Job
from bot.storage.engine import StoreFailed
from handlers.phone.room import PhoneRoom
from policies.effects import AnyEffect, Call
from policies.people import Person, Role, Roster
from policies.ticket import Ladder, Ticket

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "sandbox-twilio-token"
OURS = "+12025550100"
LEE = "+12025550121"
PUBLIC = "https://frontdoor.example.test"
START = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
RING = timedelta(seconds=25)

CALL = Call(person="lee", number=LEE, token="12-1", ring=RING)
PEOPLE = tuple(
    Person(key=key, name=name, slack=slack, roles=frozenset({role}), zone="Asia/Karachi", phone=phone)
    for key, name, slack, role, phone in (
        ("lee", "Lee Lead", "U0LEE00001", Role.LEAD, LEE),
        ("bo", "Bo Backup", "U0BO000001", Role.BACKUP, "+12025550122"),
    )
)


class StillClock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()


@dataclass
class Answer:
    """What a desk says."""

    accepted: bool = True
    said: str = ""
    ticket: int | None = None
    fields: tuple[tuple[str, str], ...] = ()
    repeated: bool = False


@dataclass
class StubDesk:
    """Keeps every event; answers the same key with the same answer; cannot store the first `fails` of them."""

    answers: dict[str, Answer] = field(default_factory=dict)
    fails: int = 0
    then: Callable[[Any], None] = lambda event: None
    events: list[Any] = field(default_factory=list)
    inbox: dict[str, Answer] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, event: Any) -> Answer:
        if self.fails:
            self.fails -= 1
            raise NotStored
        if event.key in self.inbox:
            return replace(self.inbox[event.key], repeated=True)
        self.inbox[event.key] = self.answers.get(event.kind, Answer())
        self.events.append(event)
        self.then(event)
        self.news.set()
        return self.inbox[event.key]

    async def heard(self, kind: str) -> Any:
        """The first event of this kind, waited for."""
        while True:
            for event in self.events:
                if event.kind == kind:
                    return event
            self.news.clear()
            await self.news.wait()

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]


def call_info(sid: str = "", state: str = "sent", person: str = "lee") -> CallInfo:
    """A call as the board knows it."""
    return CallInfo(person=person, number=LEE, ticket=12, sid=sid, state=state)


def ticket(number: int = 12, **more: Any) -> Ticket:
    """An escalated ticket that rings Lee."""
    ladder = Ladder(purpose="acknowledge", person="lee", token=f"{number}-1")
    return replace(Ticket(id=number, ref=f"SUP-{number}", ladder=ladder, escalated_at=START), **more)


@dataclass
class StubBoard:
    """One ticket, one call, and who it waits for."""

    ticket_: Ticket = field(default_factory=ticket)
    waiting: dict[str, tuple[Ticket, ...]] = field(default_factory=dict)
    calls: dict[str, Any] = field(default_factory=dict)
    others: list[CallInfo] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    fails: int = 0

    async def ticket(self, _id: int) -> Ticket | None:
        return self.ticket_

    async def open_tickets(self) -> tuple[Ticket, ...]:
        return (self.ticket_,)

    async def waiting_for(self, person: str) -> tuple[Ticket, ...]:
        return self.waiting.get(person, ())

    async def others_on(self, number: str, token: str) -> tuple[CallInfo, ...]:
        return tuple(self.others)

    async def any_known(self, keys: Sequence[str]) -> bool:
        return not self.known.isdisjoint(keys)

    async def call(self, token: str) -> Any:
        if self.fails:
            self.fails -= 1
            raise StoreFailed("the database is away")
        return self.calls.get(token)


def job(effect: AnyEffect = CALL, first_at: datetime = START) -> Job:
    """The effect, leased."""
    return Job(id=1, key="k", attempt=1, effect=effect, ticket=None, posts={}, first_at=first_at)


@dataclass
class Stage:
    """Everything a test touches."""

    room: PhoneRoom
    desk: StubDesk
    board: StubBoard
    registry: CollectorRegistry
    url: str
    web: aiohttp.ClientSession

    async def ask(
        self, path: str, *, forge: Callable[[dict[str, Any]], None] | None = None, **fields: str
    ) -> tuple[int, str]:
        """A webhook as Twilio signs it; `forge` may spoil what is sent afterwards."""
        form = {"AccountSid": ACCOUNT, "CallSid": sid(1), "To": LEE, "FromCity": "", "Digits": "", **fields}
        signature = RequestValidator(TOKEN).compute_signature(PUBLIC + path, form)
        sent = {"path": path, "body": urlencode(form), "headers": {"X-Twilio-Signature": signature}}
        if forge is not None:
            forge(sent)
        sent["headers"].setdefault("Content-Type", "application/x-www-form-urlencoded")
        async with self.web.post(
            URL(self.url + sent["path"], encoded=True), data=sent["body"], headers=sent["headers"]
        ) as answer:
            return answer.status, await answer.text()

    async def says(self, path: str, **fields: str) -> str:
        """The words of the document that a signed webhook is answered with."""
        status, document = await self.ask(path, **fields)
        assert status == 200
        return document


def sid(number: int) -> str:
    """A call's sid."""
    return f"CA{number:032x}"


def build(
    api_url: str, public_url: str = PUBLIC, clock: Any = None, registry: CollectorRegistry | None = None
) -> tuple[PhoneRoom, Any, Any, Any]:
    """A room with its stubs: Lee is being rung about SUP-12."""
    desk, clock = StubDesk(), clock or StillClock()
    board = StubBoard(waiting={"lee": (ticket(),)}, calls={"12-1": call_info(sid(1))})
    office = SimpleNamespace(roster=Roster(people=PEOPLE, clients=()), zone="Asia/Karachi")
    room = PhoneRoom(
        desk,
        board,
        InForce(office),  # type: ignore[arg-type]  # what the room asks of it
        clock,
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        from_number=OURS,
        api_url=api_url,
        public_url=public_url,
        registry=registry,
    )
    return room, desk, board, clock


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    """A room whose webhooks are served on loopback; it cannot reach any Twilio."""
    registry = CollectorRegistry()
    room, desk, board, _ = build("http://127.0.0.1:1", registry=registry)
    app = web.Application()
    app.add_routes(room.routes())
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    try:
        async with aiohttp.ClientSession() as session:
            yield Stage(room, desk, board, registry, f"http://127.0.0.1:{server.port}", session)
    finally:
        await server.close()
        await room.account.close()
