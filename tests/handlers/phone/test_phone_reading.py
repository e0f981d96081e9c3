"""What is read back from Twilio: completely, nobody else's, and of two for one only the first goes on ringing."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot.ports import Sent, Unknown
from handlers.phone import client as client_module
from tests.handlers.phone.fake_twilio import FakeTwilio, fake_twilio, refused
from tests.handlers.phone.stage import CALL, START, build, call_info, job, sid


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with fake_twilio() as fake:
        yield fake


@pytest.fixture
async def set_up(twilio: FakeTwilio) -> AsyncIterator[Any]:
    """The room beside the fake, and its stubs."""
    room, _, board, _ = build(twilio.url)
    yield SimpleNamespace(room=room, sender=room.sender, board=board)
    await room.account.close()


async def test_an_unanswered_call_is_found_by_its_number_and_time(set_up: Any, twilio: FakeTwilio) -> None:
    """Accepted, then silence: the list has it, and it is adopted instead of dialled again."""
    twilio.faults = ["accept-and-drop"]
    with pytest.raises(Unknown):
        await set_up.sender.send(job())

    assert await set_up.sender.look_up(job()) == Sent(external_id=sid(1))
    assert twilio.asked() == ["POST /Calls.json", "GET /Calls.json"]


@pytest.mark.parametrize(("after", "found"), [(-61, False), (-59, True), (0, True), (40, True)])
async def test_only_calls_since_the_first_attempt_count(
    set_up: Any, twilio: FakeTwilio, after: int, found: bool
) -> None:
    """A minute of grace, because Twilio dates by whole seconds and its own clock."""
    twilio.add_call(after=timedelta(seconds=after))

    assert (await set_up.sender.look_up(job()) is not None) is found


async def test_calls_to_others_and_calls_that_belong_to_others_are_not_adopted(
    set_up: Any, twilio: FakeTwilio
) -> None:
    twilio.add_call(to="+12025550122")
    set_up.room.lines.learn(twilio.add_call(), "11-1", START, CALL.ring)

    assert await set_up.sender.look_up(job()) is None


async def test_of_several_calls_the_live_one_is_adopted(set_up: Any, twilio: FakeTwilio) -> None:
    twilio.add_call("no-answer")
    live = twilio.add_call("ringing")
    twilio.add_call("failed", timedelta(seconds=1))

    assert await set_up.sender.look_up(job()) == Sent(external_id=live)


async def test_what_a_callback_taught_needs_no_list(set_up: Any, twilio: FakeTwilio) -> None:
    set_up.room.lines.learn(sid(9), "12-1", START, CALL.ring)

    assert await set_up.sender.look_up(job()) == Sent(external_id=sid(9))
    assert twilio.requests == []


@pytest.mark.parametrize(
    "fault", ["drop", refused(20003, 401), refused(20429, 429)], ids=["drop", "401", "429"]
)
async def test_a_reading_that_failed_is_no_reading(set_up: Any, twilio: FakeTwilio, fault: Any) -> None:
    """Not found and not known are different things: only the first may ring again."""
    twilio.faults = [fault, fault]

    with pytest.raises(Unknown):
        await set_up.sender.look_up(job())


async def test_a_reading_goes_on_from_page_to_page(set_up: Any, twilio: FakeTwilio) -> None:
    """Ours is the oldest of a hundred and twenty that were placed since, all of them known."""
    ours = twilio.add_call("ringing")
    for _ in range(120):
        set_up.room.lines.learn(twilio.add_call("completed", timedelta(seconds=5)), "11-1", START, CALL.ring)

    assert await set_up.sender.look_up(job()) == Sent(external_id=ours)
    assert len(twilio.requests) == 3


async def test_more_than_can_be_read_is_no_reading(
    set_up: Any, twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the end was not reached, nothing can be said of what is there."""
    monkeypatch.setattr(client_module, "ENOUGH", 60)
    for _ in range(61):
        set_up.room.lines.learn(twilio.add_call("completed", timedelta(seconds=5)), "11-1", START, CALL.ring)

    with pytest.raises(Unknown):
        await set_up.sender.look_up(job())


async def test_what_is_much_older_is_not_read(set_up: Any, twilio: FakeTwilio) -> None:
    """A lead who was rung a thousand times costs one page."""
    for _ in range(200):
        twilio.add_call("completed", timedelta(hours=-1))

    assert await set_up.sender.look_up(job()) is None
    assert len(twilio.requests) == 1


async def test_a_call_that_another_replica_placed_is_not_adopted(set_up: Any, twilio: FakeTwilio) -> None:
    """This process has never heard of it; the database has."""
    set_up.board.others = [call_info(twilio.add_call("ringing"))]

    assert await set_up.sender.look_up(job()) is None


@pytest.mark.parametrize("status", ["queued", "ringing"])
async def test_a_call_that_landed_late_is_hung_up(set_up: Any, twilio: FakeTwilio, status: str) -> None:
    """The second attempt is the one that is known: the other one stops ringing."""
    kept = twilio.add_call("in-progress")
    late = twilio.add_call(status, timedelta(seconds=8))
    set_up.room.lines.learn(kept, "12-1", START, CALL.ring)

    assert await set_up.sender.look_up(replace(job(), attempt=2)) == Sent(external_id=kept)
    assert twilio.asked() == ["GET /Calls.json", f"POST /Calls/{late}.json"]
    assert [row["status"] for row in twilio.calls] == ["in-progress", "canceled"]


async def test_a_double_that_somebody_has_answered_goes_on(set_up: Any, twilio: FakeTwilio) -> None:
    """It carries the same token: whoever talks there can acknowledge."""
    set_up.room.lines.learn(twilio.add_call("ringing"), "12-1", START, CALL.ring)
    twilio.add_call("in-progress", timedelta(seconds=8))

    await set_up.sender.look_up(replace(job(), attempt=2))

    assert twilio.asked() == ["GET /Calls.json"]


async def test_nothing_is_hung_up_while_another_call_to_the_number_is_in_hand(
    set_up: Any, twilio: FakeTwilio
) -> None:
    """What rings beside ours may be that one, its id not being known yet."""
    set_up.room.lines.learn(twilio.add_call("completed"), "12-1", START, CALL.ring)
    twilio.add_call("ringing", timedelta(seconds=8))
    set_up.board.others = [call_info(state="sending")]

    await set_up.sender.look_up(replace(job(), attempt=2))

    assert twilio.asked() == ["GET /Calls.json"]
