"""HTTP mode, where nobody tells us that Slack has given up on us: what never came is read back, what comes hours late is dated right."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from handlers.slack.room import LOOK_BACK
from tests.bot.stage import CASEY, RETAIL, START
from tests.handlers.slack.stage import Json, message
from tests.handlers.slack.wired import Wired, until

Brings = Callable[[Json], Awaitable[int]]
SORRY = "We were not able to answer earlier; your message was not lost. We have your message. Your reference is *SUP-1*. "


async def _looks(wired: Wired, after: float) -> int:
    """The watch looks so many machine seconds after the last reading; how often it has asked for the channel's history."""
    before = wired.wire().count("conversations.history")
    wired.room._looked = wired.stage.clock.monotonic() - after
    await wired.room._look()
    await wired.room.catch_up.settled(20)
    return wired.wire().count("conversations.history") - before


async def _requests(wired: Wired) -> list[tuple[str, datetime, bool, list[str]]]:
    """Every open request: when it began, whether that was late, and the client's words in it."""
    return [
        (one.ref, one.opened_at, one.late, [said.text for said in one.messages if said.side == "client"])
        for one in await wired.stage.machinery.board.open_tickets()
    ]


async def _answer(wired: Wired) -> str:
    """The one thing that the client was told."""
    await until(wired.said)
    (ours,) = [one for one in wired.sandbox.slack.messages(RETAIL, "") if one.get("bot_id")]
    return str(ours["text"])


async def test_what_slack_never_delivered_is_read_back_at_the_next_look_once(
    wired: Wired, brings: Brings
) -> None:
    """Not before ten minutes are over; and neither a further look nor the delivery itself doubles it."""
    asked = {"user": CASEY.user, "channel": RETAIL, "text": "It is down"}
    ts = (await wired.do("message", **asked))["message"]["ts"]
    wired.stage.clock.move(LOOK_BACK)
    assert (await _looks(wired, LOOK_BACK - 60), await _requests(wired)) == (0, [])

    assert await _looks(wired, LOOK_BACK + 1) == 1
    once = [("SUP-1", START, True, ["It is down"])]
    assert await _requests(wired) == once
    assert (await _answer(wired)).startswith(SORRY)

    assert await _looks(wired, LOOK_BACK + 1) == 1
    assert await brings(message("It is down", ts=ts, event_ts=ts)) == 200
    assert await _requests(wired) == once
    assert len(wired.said()) == 1


async def test_what_slack_delivers_hours_late_begins_when_it_was_written_and_the_answer_says_so(
    wired: Wired, brings: Brings
) -> None:
    ts = (await wired.do("message", user=CASEY.user, channel=RETAIL, text="It is down"))["message"]["ts"]
    wired.stage.clock.move(3 * 3600)

    assert await brings(message("It is down", ts=ts, event_ts=ts)) == 200

    assert await _requests(wired) == [("SUP-1", START, True, ["It is down"])]
    assert (await _answer(wired)).startswith(SORRY)
