"""The cast and the props of these tests: an office, tickets, and a desk and a board that do as they are told."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.desk import NotStored, Outcome
from bot.in_force import InForce
from bot.ports import Posted
from bot.roster import Office
from bot.storage.engine import StoreFailed
from bot.storage.inbox import Failed
from bot.storage.said import Said
from handlers.slack.forms import FORMS
from handlers.slack.forms.form import common
from handlers.slack.parse import submission
from handlers.slack.room import SlackAccess, SlackRoom
from policies.decision import Context
from policies.events import AnyEvent, Block
from policies.people import Client, Person, Product, Role, Roster
from policies.terms import Terms
from policies.ticket import Message, Stage, Ticket

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
TEAM, BOT = "T0FRONTDSK", "U0FRONTBOT"
CASEY, SAM, LEE, DEVI = "U0CASEY001", "U0SAM00001", "U0LEE00001", "U0DEVI0001"
RETAIL, SUPPORT, ESCALATIONS = "C0RETAIL01", "C0SUPPORT1", "C0ESCALATE"
Json = dict[str, Any]


def person(key: str, name: str, slack: str, *roles: Role) -> Person:
    """One of us, in Karachi."""
    return Person(key=key, name=name, slack=slack, roles=frozenset(roles), zone="Asia/Karachi")


ROSTER = Roster(
    people=(
        person("sam", "Sam Support", SAM, Role.SUPPORT),
        person("sol", "Sol Supportlead", "U0SOL00001", Role.SUPPORT_LEAD),
        person("lee", "Lee Lead", LEE, Role.LEAD),
        person("bo", "Bo Backup", "U0BO000001", Role.BACKUP),
        person("devi", "Devi Developer", DEVI, Role.DEVELOPER),
        person("dana", "Dana Developer", "U0DANA0001", Role.DEVELOPER),
    ),
    clients=(
        Client(
            key="retail",
            name="Example Retail",
            channels=(RETAIL,),
            zone="Europe/London",
            teams=("T0RETAIL01",),
            products=(Product(name="Retail POS", url="https://pos.retail.example"),),
            branches=("Harbour", "Market"),
        ),
    ),
)
OFFICE = Office(
    zone="Asia/Karachi",
    ref_prefix="SUP-",
    support_channel=SUPPORT,
    escalation_channel=ESCALATIONS,
    roster=ROSTER,
    default_terms=Terms(),
)
CONTEXT = Context(now=NOW, roster=ROSTER, terms=Terms(), zone="Asia/Karachi")
BLOCK = Block(
    saas_name="Retail POS",
    saas_url="https://pos.retail.example",
    branch="Harbour",
    branch_env="Production",
    device_type="Printer",
    build_version="Unknown",
    issue_platform="Windows",
    issue_detail="Receipts do not print since this morning.",
)


def ticket(stage: Stage = Stage.NEW, *, text: str = "Printing fails", **more: Any) -> Ticket:
    """A request of Casey's."""
    words = Message(channel=RETAIL, ts="1.1", at=NOW, author=CASEY, side="client", text=text)
    first = Ticket(
        id=12,
        ref="SUP-12",
        client="retail",
        channel=RETAIL,
        thread="1.1",
        author=CASEY,
        opened_at=NOW,
        stage=stage,
        messages=(words,),
    )
    return replace(first, **more)


def escalated(**more: Any) -> Ticket:
    """The same, escalated: Lee has until five past."""
    due = NOW + timedelta(minutes=5)
    return ticket(
        Stage.ESCALATED,
        **{"owner": "sam", "lead": "lee", "block": BLOCK, "escalated_at": NOW, "acknowledge_at": due} | more,
    )


class FixedClock:
    """Stands at NOW; its seconds move only by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        """Always the same moment."""
        return NOW

    def wall(self) -> datetime:
        """The same."""
        return NOW

    def monotonic(self) -> float:
        """Seconds, moved by hand."""
        return self.seconds

    def seconds_until(self, moment: datetime) -> float:
        """Seconds until then."""
        return (moment - NOW).total_seconds()


@dataclass
class StubDesk:
    """Keeps what it is handed, and answers what it is told to."""

    answer: Outcome = field(default_factory=lambda: Outcome(accepted=True))
    fails: bool = False
    hangs: bool = False
    taken: list[AnyEvent] = field(default_factory=list)
    cancelled: int = 0
    heard_until: datetime | None = None
    letters: list[tuple[str, str]] = field(default_factory=list)
    replay: Callable[[str], Awaitable[None]] | None = None

    async def keep_delivery(self, key: str, raw: str, error: Exception, came: datetime) -> None:
        """See Desk.keep_delivery."""
        del error, came
        if self.fails:
            raise NotStored("the disk is full")
        self.letters.append((key, raw))

    async def heard(self, at: datetime) -> None:
        """See Desk.heard."""
        if self.fails:
            raise NotStored("the disk is full")
        self.heard_until = at

    async def handle(self, event: AnyEvent) -> Outcome:
        """See Desk.handle."""
        if self.fails:
            raise NotStored("the disk is full")
        if self.hangs:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
        self.taken.append(event)
        return self.answer


@dataclass
class StubBoard:
    """Shows the tickets it was given."""

    tickets: dict[int, Ticket] = field(default_factory=dict)
    addresses: dict[tuple[str, str], int] = field(default_factory=dict)
    placed: dict[int, dict[str, Posted]] = field(default_factory=dict)
    broken: bool = False
    heard: datetime | None = None
    taken: dict[str, datetime] = field(default_factory=dict)
    failed: list[Failed] = field(default_factory=list)
    spoken: dict[str, Said] = field(default_factory=dict)

    async def heard_at(self) -> datetime | None:
        """See Board.heard_at."""
        self._read()
        return self.heard

    async def taken_at(self, keys: Sequence[str]) -> dict[str, datetime]:
        """See Board.taken_at."""
        return {key: self.taken[key] for key in keys if key in self.taken}

    def _read(self) -> None:
        if self.broken:
            raise StoreFailed("the disk is gone")

    async def ticket(self, number: int) -> Ticket | None:
        """See Board.ticket."""
        self._read()
        return self.tickets.get(number)

    async def by_ref(self, ref: str) -> Ticket | None:
        """See Board.by_ref."""
        self._read()
        return self.tickets.get(int(ref.rpartition("-")[2]))

    async def find(self, kind: str, value: str) -> int | None:
        """See Board.find."""
        self._read()
        return self.addresses.get((kind, value))

    async def open_tickets(self) -> tuple[Ticket, ...]:
        """See Board.open_tickets."""
        self._read()
        return tuple(self.tickets.values())

    async def mine(self, person: str) -> tuple[Ticket, ...]:
        """See Board.mine."""
        self._read()
        return tuple(t for t in self.tickets.values() if person in {t.owner, t.lead, t.developer})

    async def carrying(self) -> tuple[Ticket, ...]:
        """See Board.carrying."""
        self._read()
        return tuple(one for one in self.tickets.values() if one.live_workarounds)

    async def posts(self, number: int) -> dict[str, Posted]:
        """See Board.posts."""
        self._read()
        return self.placed.get(number, {})

    async def said(self, slot: str) -> Said | None:
        """See Board.said."""
        self._read()
        return self.spoken.get(slot)

    async def letters(self) -> Sequence[Failed]:
        """See Board.letters."""
        self._read()
        return self.failed

    async def context(self, ticket: Ticket | None) -> Context:
        """See Board.context."""
        self._read()
        return CONTEXT


def room(desk: Any, board: Any, url: str, *, sockets: bool = False) -> SlackRoom:
    """A room that talks to the Slack at `url`."""
    access = SlackAccess(
        bot_token="xoxb-sandbox-bot",
        app_token="xapp-sandbox-app" if sockets else "",
        signing_secret="sandbox-signing-secret",
        api_url=f"{url}/api/",
    )
    return SlackRoom(desk, board, InForce(OFFICE), FixedClock(), access)


def event_body(event: Json) -> Json:
    """An Events API delivery."""
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": "Ev1",
        "event": event,
        "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
    }


def message(text: str = "Printing fails", **more: Any) -> Json:
    """Casey writes in the client's channel."""
    event = {
        "type": "message",
        "channel": RETAIL,
        "channel_type": "channel",
        "user": CASEY,
        "user_team": "T0RETAIL01",
        "team": "T0RETAIL01",
        "ts": "1763456400.000100",
        "event_ts": "1763456400.000100",
        "text": text,
    }
    return event_body(event | more)


def press(verb: str, value: str = "12:", *, user: str = SAM, team: str = TEAM, **more: Any) -> Json:
    """A button on a card is pressed."""
    body = {
        "type": "block_actions",
        "user": {"id": user, "team_id": team},
        "team": {"id": team},
        "api_app_id": "A0FRONTAPP",
        "trigger_id": "trigger.1",
        "container": {"type": "message", "message_ts": "2.1", "channel_id": SUPPORT},
        "channel": {"id": SUPPORT},
        "message": {"ts": "2.1"},
        "actions": [
            {"type": "button", "action_id": verb, "block_id": "b", "value": value, "action_ts": "3.1"}
        ],
    }
    return body | more


def submit(
    name: str, values: Json, *, view_id: str = "V1", user: str = SAM, meta: Json | None = None
) -> Json:
    """A form is sent. `values` are texts, or states of Slack's own for anything else."""
    states = {
        field: {field: value if isinstance(value, dict) else {"type": "plain_text_input", "value": value}}
        for field, value in values.items()
    }
    view = {
        "id": view_id,
        "type": "modal",
        "callback_id": name,
        "hash": "1.x",
        "private_metadata": json.dumps(meta or {"ticket": 12, "channel": SUPPORT}),
        "state": {"values": states},
        "blocks": [{"type": "input", "block_id": field} for field in values],
    }
    return {
        "type": "view_submission",
        "user": {"id": user, "team_id": TEAM},
        "team": {"id": TEAM},
        "trigger_id": "trigger.2",
        "view": view,
    }


def chosen(value: str) -> Json:
    """The state of a select."""
    return {
        "type": "static_select",
        "selected_option": {"value": value, "text": {"type": "plain_text", "text": value}},
    }


def typed(text: str, *, user: str = SAM) -> Json:
    """`/frontdoor` is typed."""
    return {
        "command": "/frontdoor",
        "text": text,
        "user_id": user,
        "team_id": TEAM,
        "channel_id": SUPPORT,
        "trigger_id": "trigger.3",
    }


def filled(name: str, values: Json, **meta: Any) -> Any:
    """What a form about request 12 becomes when Sam sends it: an event, or words of what is wrong."""
    sent = submission(submit(name, values, meta={"ticket": 12, **meta}), TEAM)
    return FORMS[name].read(sent, common(sent, NOW))
