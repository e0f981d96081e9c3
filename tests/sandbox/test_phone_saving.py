"""A demo that is taken up again finds its telephones as they were."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox import world_file
from sandbox.phone.calls import for_page
from sandbox.saving import Unreadable, made, plain
from sandbox.server import Sandbox
from tests.sandbox.phone_stage import LEE, MENU, SAM, Stage, stage


@pytest.fixture
async def on() -> AsyncIterator[Stage]:
    async with stage() as built:
        yield built


@dataclass(frozen=True, slots=True)
class Leaf:
    at: datetime
    raw: bytes = b""


@dataclass(slots=True)
class Tree:
    leaves: dict[str, Leaf]
    pair: tuple[int, str]
    best: Leaf | None = None
    names: set[str] = field(default_factory=set)


def test_dataclasses_come_back_as_they_were() -> None:
    leaf = Leaf(datetime(2026, 11, 18, 9, 0, 0, 1, tzinfo=UTC), b"\x00\xff")
    tree = Tree({"a": leaf}, (1, "x"), leaf, {"b"})
    assert made(Tree, plain(tree)) == tree


def test_what_does_not_fit_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        made(Tree, {"leaves": 5})


async def test_calls_messages_and_time_outlive_a_run(on: Stage, tmp_path: Path) -> None:
    on.bot.documents["/twiml"] = MENU
    await on.do("phone/behaviour", number=SAM, mode="voicemail")
    await on.ring()
    await on.skip(3)
    await on.do("phone/answer", number=LEE)
    file = tmp_path / "world.json"
    world_file.save(on.sandbox, file)
    again = Sandbox(rate=0)
    world_file.load(again, file)
    assert again.clock.now() == on.now
    assert again.phone.state() == on.sandbox.phone.state()
    assert again.phone.next_event() == on.sandbox.phone.next_event()
    assert [entry.kind for entry in again.wire.entries] == [entry.kind for entry in on.sandbox.wire.entries]


async def test_a_call_that_waited_for_the_bots_words_has_ended(on: Stage, tmp_path: Path) -> None:
    await on.ring()
    call = on.sandbox.phone.exchange.at(LEE, "ringing")
    call.status, call.asking = "in-progress", 1
    world_file.save(on.sandbox, tmp_path / "world.json")
    again = Sandbox(rate=0)
    world_file.load(again, tmp_path / "world.json")
    await again.phone.start()
    await again.phone.stop()
    (after,) = again.phone.exchange.calls.values()
    assert for_page(after)["ended_by"] == "network"


async def test_conversations_and_files_outlive_a_run(on: Stage, tmp_path: Path) -> None:
    said = {
        "user": "U0CASEY001",
        "channel": "C0RETAIL01",
        "text": "Printing fails.",
        "files": [{"name": "a.png"}],
    }
    first = (await on.do("message", **said))["message"]
    await on.do("message", **(said | {"thread_ts": first["ts"], "text": "Still.", "files": []}))
    world_file.save(on.sandbox, tmp_path / "world.json")
    again = Sandbox(rate=0)
    world_file.load(again, tmp_path / "world.json")
    again.reached_at(on.sandbox.base_url)
    assert again.slack.messages("C0RETAIL01") == on.sandbox.slack.messages("C0RETAIL01")
    assert again.slack.state()["channels"] == on.sandbox.slack.state()["channels"]
