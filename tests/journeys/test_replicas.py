"""Two replicas of the bot on one PostgreSQL: whoever of them hears of something, it happens once."""

import asyncio
import os
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.balancer import Balancer
from tests.journeys.driver import Bot, Stage, open_stage
from tests.journeys.nursery import nursery
from tests.journeys.telling import BLOCK

OpenPair = Callable[..., "Pair"]


class Pair:
    """A stage with two replicas behind one address."""

    def __init__(self, data: Path, database: str, *, http: bool) -> None:
        places = [f"127.0.0.1:{port}" for port in free_ports(2)]
        self.balancer = Balancer(places)
        migrate(database)
        shared = {"DATABASE_URL": database, "PUBLIC_URL": self.balancer.address}
        try:
            self.stage = open_stage(data, http=http, FRONTDOOR_LISTEN=places[0], **shared)
        except BaseException:
            self.balancer.close()
            raise
        first = self.stage.bot
        environment = first.environment | {"FRONTDOOR_LISTEN": places[1]}
        second = Bot(environment, data / "second.log", own_python=True)
        self.bots = (first, second)
        try:
            second.start()
            self.stage.control("clock/settle")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        for bot in self.bots:
            bot.stop()
        self.stage.close()
        self.balancer.close()

    def complaints(self) -> list[str]:
        return [line for bot in self.bots for line in bot.complaints()]


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on; taken together, so that no two are the same."""
    takers = [socket.socket() for _ in range(count)]
    for taker in takers:
        taker.bind(("127.0.0.1", 0))
    ports = [taker.getsockname()[1] for taker in takers]
    for taker in takers:
        taker.close()
    return ports


def migrate(database: str) -> None:
    """Make the tables, as an operator does before the first replica."""
    tokens = {"SLACK_BOT_TOKEN": "xoxb-none", "SLACK_APP_TOKEN": "xapp-none"}
    environment = os.environ | tokens | {"DATABASE_URL": database}
    assert nursery("bot").start("migrate", environment=environment, log=Path(os.devnull)).wait(40) == 0


@pytest.fixture
def opened(tmp_path: Path, new_postgresql: Callable[[], str]) -> Iterator[OpenPair]:
    """Opens a pair; at the end nothing of it is left."""
    made: list[Pair] = []

    def make(*, http: bool = False) -> Pair:
        made.append(Pair(tmp_path, new_postgresql(), http=http))
        return made[-1]

    yield make
    for pair in made:
        pair.close()


def escalated_at_night(stage: Stage) -> None:
    stage.control("clock/night")
    stage.casey.writes("Printing fails at Harbour Street since this morning")
    stage.passes(seconds=10)
    stage.sam.on_card("claim")
    stage.sam.on_card("escalate")
    assert stage.sam.fills(**BLOCK)["response_action"] is None


NIGHT = [
    "23:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
    "23:00:10 escalations: card SUP-1 · Example Retail: Escalated, to be acknowledged by Lee Lead.",
    "23:00:10 escalations thread: @lee *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 23:15 PKT, or we telephone.",
    "23:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
    "23:00:10 support thread: Sam Support has taken it.",
    "23:00:10 to lee: *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 23:15 PKT, or we telephone. / > Receipts do not print at one branch since this morning. / [Open the card] in #escalations",
]
CALLED = [
    "23:15:10 calls lee",
    "23:15:10 escalations thread: :telephone_receiver: Calling Lee Lead: the escalation is not acknowledged.",
    "23:15:35 calls bo",
    "23:15:35 escalations thread: :telephone_receiver: Lee Lead did not answer.",
    "23:15:35 escalations thread: :telephone_receiver: Calling Bo Backup: the escalation is not acknowledged.",
]
ACKNOWLEDGED = [
    "23:15:40 escalations thread: :telephone_receiver: Bo Backup's telephone was picked up.",
    "23:15:40 escalations thread: :white_check_mark: Bo Backup acknowledged by telephone. Next: assign a developer.",
]


def test_behind_a_balancer_an_escalation_is_told_and_rung_once(opened: OpenPair) -> None:
    """Slack's deliveries and Twilio's questions come to either of them, in turn, whoever placed the call."""
    pair = opened(http=True)
    stage = pair.stage
    escalated_at_night(stage)
    stage.passes(minutes=15, seconds=30)
    stage.bo.answers()
    stage.bo.keys("4")

    assert stage.happened() == [*NIGHT, *CALLED, *ACKNOWLEDGED]
    assert [(one["to"][-3:], one["status"]) for one in stage.calls()] == [
        ("121", "no-answer"),
        ("122", "completed"),
    ]
    assert stage.bo.heard()[-1] == "Thank you. That is yours now. You find it in Slack. Goodbye."
    phones = Counter(place for place, path in pair.balancer.took if path.startswith("/phone/"))
    assert len(phones) == 2
    assert pair.complaints() == []


def test_many_messages_at_once_are_each_told_once_and_each_client_answered_once(opened: OpenPair) -> None:
    """Slack spreads them over the sockets of both."""
    pair = opened()
    stage = pair.stage
    places = {"casey": "retail", "chris": "retail", "cleo": "clinic"}
    for number in range(12):
        name = list(places)[number % 3]
        getattr(stage, name).writes(f"Till {number} shows an error", places[name], settle=False)
    stage.passes(seconds=11)
    happened = stage.happened()

    cards = sorted(line.split("card ")[1].split(" ")[0] for line in happened if " card " in line)
    answers = sorted(line.split("*")[1] for line in happened if "We have your message" in line)
    told = sorted(line.split(": @")[1] for line in happened if " writes: " in line)
    assert cards == answers == ["SUP-1", "SUP-2", "SUP-3"]
    assert len(told) == len(set(told)) == 9
    assert Counter(line.split(" ")[0] for line in told) == dict.fromkeys(places, 3)
    assert len(happened) == 15
    assert pair.complaints() == []


def test_one_replica_is_killed_and_the_other_goes_on(opened: OpenPair) -> None:
    """While the telephone rings that it may have rung."""
    pair = opened()
    stage = pair.stage
    escalated_at_night(stage)
    stage.passes(minutes=15, seconds=5)
    pair.bots[0].kill()
    stage.control("clock/settle")
    stage.passes(seconds=25)
    stage.bo.answers()
    stage.bo.keys("4")

    assert stage.happened() == [*NIGHT, *CALLED, *ACKNOWLEDGED]
    assert [(one["to"][-3:], one["status"]) for one in stage.calls()] == [
        ("121", "no-answer"),
        ("122", "completed"),
    ]


def test_replicas_of_an_older_program_end_by_themselves_when_a_newer_one_takes_over(opened: OpenPair) -> None:
    """Each says so once, and ends with the code by which a supervisor's log tells it from a crash."""
    asyncpg = pytest.importorskip("asyncpg")
    pair = opened()

    async def migrated_by_a_newer_program() -> None:
        session = await asyncpg.connect(pair.stage.bot.environment["DATABASE_URL"])
        await session.execute("UPDATE meta SET value = value + 1 WHERE name = 'schema_epoch'")
        await session.close()

    asyncio.run(migrated_by_a_newer_program())
    assert [bot.process.wait(40) for bot in pair.bots if bot.process] == [4, 4]
    for bot in pair.bots:
        said = bot.log.read_text().splitlines()
        assert len([line for line in said if '"event": "overtaken"' in line]) == 1
        assert said[-1] == "The data belong to a newer Frontdoor now: start that one."
