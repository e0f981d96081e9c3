"""Reading back what was missed: to the end, at Slack's pace, once, and without a word where nothing was missed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import structlog
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.desk import Outcome
from bot.in_force import InForce
from handlers.slack import catchup, reading
from handlers.slack.catchup import CatchUp
from handlers.slack.client import web_client
from handlers.slack.tools import Tools
from policies.events import AnyEvent, CaughtUp, MessageDeleted, MessageEdited, MessagePosted
from tests.handlers.slack.stage import (
    CASEY,
    NOW,
    OFFICE,
    RETAIL,
    TEAM,
    FixedClock,
    Json,
    StubBoard,
    StubDesk,
    ticket,
)


class History:
    """A Slack with a past: pages of `page` messages, newest page first, and answers that were planned for."""

    def __init__(self) -> None:
        self.channels: dict[str, list[Json]] = {RETAIL: []}
        self.replies: dict[str, list[Json]] = {}
        self.page = 15
        self.asked: list[tuple[str, Json]] = []
        self.planned: list[web.Response] = []
        self.look: Callable[[], None] = lambda: None

    def wrote(self, minutes: float, text: str = "It is down", **more: Any) -> Json:
        """Casey wrote so many minutes ago."""
        ts = f"{(NOW - timedelta(minutes=minutes)).timestamp():.6f}"
        shape = {"type": "message", "user": CASEY, "team": "T0RETAIL01", "ts": ts, "text": text}
        self.channels[RETAIL].append(shape | more)
        return self.channels[RETAIL][-1]

    async def answer(self, request: web.Request) -> web.Response:
        """One call."""
        sent = dict(request.query) | dict(await request.post())
        method = request.match_info["method"]
        self.asked.append((method, sent))
        self.look()
        if self.planned:
            return self.planned.pop(0)
        if method == "conversations.replies":
            found = self.replies.get(str(sent["ts"]))
            if found is None:
                return web.json_response({"ok": False, "error": "thread_not_found"})
        else:
            oldest = float(str(sent["oldest"]))
            found = [one for one in self.channels[str(sent["channel"])] if float(one["ts"]) > oldest][::-1]
        start = int(str(sent.get("cursor") or 0))
        shown = found[start : start + self.page]
        more = str(start + self.page) if start + self.page < len(found) else ""
        return web.json_response({"ok": True, "messages": shown, "response_metadata": {"next_cursor": more}})


@pytest.fixture
def past() -> History:
    """A channel in which nobody has written."""
    return History()


@pytest.fixture
async def tools(past: History, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Tools]:
    """Tools that reach that Slack, and no pause between readings."""
    monkeypatch.setattr(reading, "PACE", 0.0)
    monkeypatch.setattr(catchup, "_WAITS", (0.0,))
    app = web.Application()
    app.router.add_route("*", "/api/{method}", past.answer)
    async with TestServer(app) as server, ClientSession() as session:
        client = web_client("xoxb-x", str(server.make_url("/api/")))
        client.session = session
        board = StubBoard(heard=NOW - timedelta(minutes=30))
        desk = StubDesk(answer=Outcome(accepted=True, ticket=12))
        yield Tools(client=client, desk=desk, board=board, in_force=InForce(OFFICE), clock=FixedClock())  # type: ignore[arg-type]  # stubs


async def _caught_up(tools: Tools, **more: Any) -> list[Any]:
    """What was handed over, once all of it has been."""
    catch_up = CatchUp(tools, lambda: TEAM, away=True, **more)
    await catch_up.prepare()
    await catch_up.listening()
    await catch_up.settled(5)
    await catch_up.stop()
    taken: list[Any] = tools.desk.taken  # type: ignore[attr-defined]  # a stub
    return taken


async def test_everything_since_we_listened_is_brought_oldest_first_with_the_keys_of_a_delivery(
    tools: Tools, past: History
) -> None:
    """Page by page to the end, however few Slack shows at once; bots, joins and what is older stay out."""
    past.wrote(40)
    for minutes in range(29, 0, -1):
        past.wrote(minutes, f"number {minutes}")
    past.wrote(0.5, subtype="channel_join")
    past.wrote(0.4, bot_id="B1")
    *posted, summary = await _caught_up(tools)
    assert [event.text for event in posted] == [f"number {minutes}" for minutes in range(29, 0, -1)]
    first = past.channels[RETAIL][1]["ts"]
    assert (posted[0].key, posted[0].at) == (f"msg:{TEAM}:{RETAIL}:{first}", NOW - timedelta(minutes=29))
    assert posted[0].away == (NOW - timedelta(minutes=30), NOW)
    assert isinstance(summary, CaughtUp)
    assert [method for method, _ in past.asked] == ["conversations.history"] * 3
    assert tools.desk.heard_until == NOW  # type: ignore[attr-defined]  # a stub


async def test_a_message_that_no_database_takes_holds_up_none_of_the_others(
    tools: Tools, past: History
) -> None:
    past.wrote(9, "till \x00 shows \ud83d")
    past.wrote(8, "and the printer")
    *posted, _ = await _caught_up(tools)
    assert [event.text for event in posted] == ["till \ufffd shows \ufffd", "and the printer"]


async def test_a_handing_over_that_breaks_is_said_and_begun_again_and_nothing_counts_as_heard_before(
    tools: Tools, past: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it is: a catch-up that ends unseen would lose all that it had not come to."""
    past.wrote(5)
    truly, heard = tools.desk.handle, list[object]()

    async def breaks_once(event: AnyEvent) -> Outcome:
        heard.append(tools.desk.heard_until)  # type: ignore[attr-defined]  # a stub
        if len(heard) == 1:
            raise LookupError("a fault of ours")
        return await truly(event)

    monkeypatch.setattr(tools.desk, "handle", breaks_once)
    with structlog.testing.capture_logs() as said:
        *posted, _ = await _caught_up(tools)
    assert len(posted) == 1
    assert heard == [None] * 3
    assert [line["event"] for line in said if line["log_level"] == "error"] == ["slack.catch_up_failed"]


async def test_limited_to_a_request_a_minute_it_waits_as_long_as_slack_says_and_finishes(
    tools: Tools, past: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await real(0)

    monkeypatch.setattr(reading.asyncio, "sleep", sleep)
    for minutes in range(29, 0, -1):
        past.wrote(minutes)
    past.planned = [web.Response(status=429, headers={"Retry-After": "60"}) for _ in range(3)]
    *posted, _ = await _caught_up(tools)
    assert (len(posted), [wait for wait in waits if wait]) == (29, [60.0, 60.0, 60.0])


async def test_a_reading_that_fails_is_begun_again_and_nothing_counts_as_heard_before(
    tools: Tools, past: History
) -> None:
    past.wrote(5)
    past.planned = [web.Response(status=500), web.Response(status=502)]
    heard: list[object] = []
    past.look = lambda: heard.append(tools.desk.heard_until)  # type: ignore[attr-defined]  # a stub
    *posted, _ = await _caught_up(tools)
    assert len(posted) == 1
    assert heard == [None, None, None]
    assert tools.desk.heard_until == NOW  # type: ignore[attr-defined]  # a stub


@pytest.mark.parametrize("word", ["not_in_channel", "is_archived", "missing_scope", "channel_not_found"])
async def test_a_channel_that_slack_does_not_show_is_named_and_the_end_is_reached(
    tools: Tools, past: History, word: str
) -> None:
    past.planned = [web.json_response({"ok": False, "error": word})]
    (summary,) = await _caught_up(tools)
    assert summary.unread == ((RETAIL, word),)


async def test_edits_and_deletions_of_open_requests_are_noticed_however_old_their_message(
    tools: Tools, past: History
) -> None:
    """One was edited, one is gone, one stands as it stood."""
    old = ticket()
    (first,) = old.messages
    root, same, gone = "1763456000.000100", "1763456001.000100", "1763456002.000100"
    words = tuple(replace(first, ts=ts) for ts in (root, same, gone))
    tools.board.tickets[12] = replace(old, thread=root, messages=words)  # type: ignore[attr-defined]  # a stub
    edited_at = f"{(NOW - timedelta(minutes=10)).timestamp():.6f}"
    shown = {"type": "message", "user": CASEY, "team": "T0RETAIL01"}
    past.replies[root] = [
        shown
        | {"ts": root, "text": "New words", "edited": {"user": CASEY, "ts": edited_at}, "reply_count": 1},
        shown | {"ts": same, "text": "Printing fails", "thread_ts": root},
    ]
    edit, deletion, _ = await _caught_up(tools)
    assert isinstance(edit, MessageEdited)
    assert (edit.ts, edit.text, edit.at) == (root, "New words", NOW - timedelta(minutes=10))
    assert isinstance(deletion, MessageDeleted)
    assert (deletion.ts, deletion.key) == (gone, f"del:{TEAM}:{RETAIL}:{gone}")


@pytest.mark.parametrize(("days", "heard"), [(0.1, True), (6.9, True), (7.1, False)])
async def test_who_comes_back_to_a_request_that_is_over_is_heard_as_long_as_it_is_opened_again(
    tools: Tools, past: History, days: float, heard: bool
) -> None:
    """In its thread, while nobody listened; a thread in which nobody wrote meanwhile is not read."""
    tools.board.tickets.clear()  # type: ignore[attr-defined]  # a stub
    quiet = past.wrote(days * 1440 - 1, "Another one, over too")
    quiet |= {"reply_count": 1, "latest_reply": quiet["ts"]}
    root = past.wrote(days * 1440, "It is down")
    back = past.wrote(5, "It is back", thread_ts=root["ts"])
    past.channels[RETAIL].remove(back)
    root |= {"reply_count": 1, "latest_reply": back["ts"]}
    past.replies[root["ts"]] = [root, back]
    *posted, _ = await _caught_up(tools)
    assert [(event.text, event.thread) for event in posted] == [("It is back", root["ts"])] * heard
    assert [sent["ts"] for method, sent in past.asked if method == "conversations.replies"] == [
        root["ts"]
    ] * heard


async def test_a_message_behind_which_somebody_else_wrote_says_so(tools: Tools, past: History) -> None:
    past.wrote(9, "Where is it?")
    past.wrote(8, "Hello?")
    past.wrote(7, "There.", user="U0SAM00001", team=TEAM)
    *posted, _ = await _caught_up(tools)
    assert [(event.text, event.more) for event in posted if isinstance(event, MessagePosted)] == [
        ("Where is it?", True),
        ("Hello?", True),
        ("There.", False),
    ]


async def test_a_first_start_reads_nothing_and_begins_to_keep_that_it_listens(
    tools: Tools, past: History
) -> None:
    tools.board.heard = None  # type: ignore[attr-defined]  # a stub
    assert await _caught_up(tools) == []
    assert past.asked == []
    assert tools.desk.heard_until == NOW  # type: ignore[attr-defined]  # a stub
