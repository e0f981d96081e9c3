"""Socket Mode against a Slack that behaves like Slack: the whole way there and back, and a connection that is kept."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import pytest
import websockets
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from bot.desk import Outcome
from bot.ports import Job
from handlers.slack import room as slack_room
from handlers.slack import sockets
from handlers.slack.room import SlackRoom
from handlers.slack.sockets import Sockets
from policies.effects import Card
from policies.events import CaughtUp, Escalate, MessagePosted, Pressed, Reply
from sandbox.server import Sandbox, build_app
from tests.handlers.slack.outside import Outside
from tests.handlers.slack.stage import (
    LEE,
    NOW,
    RETAIL,
    SAM,
    SUPPORT,
    FixedClock,
    StubBoard,
    StubDesk,
    escalated,
    room,
    ticket,
)


@pytest.fixture
def quick_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dead connection is known within two seconds instead of forty."""
    monkeypatch.setattr(sockets, "PING", 0.1)
    quick = partial(websockets.connect, ping_timeout=1.5, close_timeout=0.1)
    monkeypatch.setattr(websockets, "connect", quick)


@pytest.fixture
async def linked(desk: StubDesk, board: StubBoard, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Outside]:
    """A sandbox with our room on its socket; the watch looks only when the test does."""
    monkeypatch.setattr(slack_room, "CHECK", 3600)
    sandbox = Sandbox(rate=0)
    sandbox.slack.limits.enabled = False
    async with TestServer(build_app(sandbox)) as server, ClientSession() as http:
        url = str(server.make_url("")).rstrip("/")
        ours = room(desk, board, url, sockets=True)
        await ours.start()
        yield Outside(sandbox, url, http, ours)
        await ours.stop()


async def _card(outside: Outside, slot: Any = "card:support", one: Any = None) -> str:
    job = Job(
        id=1, key="k", attempt=1, effect=Card(slot=slot), ticket=one or ticket(), posts={}, first_at=NOW
    )
    return (await outside.room.sender.send(job)).external_id


async def _until(there: Callable[[], Awaitable[bool]] | Callable[[], bool]) -> None:
    """Wait for something that comes by itself; the test's own time limit is the bound."""
    while True:
        found = there()
        if found if isinstance(found, bool) else await found:
            return
        await asyncio.sleep(0.01)


async def test_a_message_comes_through_the_socket(linked: Outside, desk: StubDesk) -> None:
    assert linked.room.healthy() is None

    await linked.do("message", user="U0CASEY001", channel=RETAIL, text="Printing fails")
    await _until(lambda: bool(desk.taken))

    (event,) = desk.taken
    assert isinstance(event, MessagePosted)
    assert (event.text, event.actor.team, event.actor.ours) == ("Printing fails", "T0RETAIL01", False)


async def test_one_of_us_is_one_of_us_in_a_clients_channel(linked: Outside, desk: StubDesk) -> None:
    await linked.do("message", user=SAM, channel=RETAIL, text="Hello")
    await _until(lambda: bool(desk.taken))

    assert desk.taken[0].actor.ours


async def test_our_own_words_and_other_bots_are_nothing(linked: Outside, desk: StubDesk) -> None:
    await linked.room.client.chat_postMessage(channel=RETAIL, text="We have it.")
    await linked.do("message", user="U0ALERTBOT", channel=RETAIL, text="Disk full")
    await linked.do("message", user="U0CASEY001", channel=RETAIL, text="The last one")
    await _until(lambda: bool(desk.taken))

    assert [getattr(event, "text", "") for event in desk.taken] == ["The last one"]


async def test_a_button_a_form_its_preview_and_its_end(linked: Outside, desk: StubDesk) -> None:
    desk.answer = Outcome(accepted=True, said="Sent to the client.")
    card = await _card(linked)

    await linked.do("interact", user=SAM, channel=SUPPORT, ts=card, action_id="reply")
    preview = await linked.do("submit-view", user=SAM, values={"text": "Please restart the till."})
    assert preview["response_action"] == "update"
    assert desk.taken == []

    done = await linked.do("submit-view", user=SAM, values={})
    assert done["response_action"] is None
    (event,) = desk.taken
    assert isinstance(event, Reply)
    assert (event.ticket, event.text) == (12, "Please restart the till.")


async def test_the_escalation_block_from_click_to_event(linked: Outside, desk: StubDesk) -> None:
    card = await _card(linked)

    await linked.do("interact", user=SAM, channel=SUPPORT, ts=card, action_id="escalate")
    values = {
        "device_type": "Printer",
        "build_version": "Unknown",
        "branch": "Harbour",
        "issue_platform": "Windows",
    }
    done = await linked.do("submit-view", user=SAM, values=values)

    assert done["response_action"] is None
    (event,) = desk.taken
    assert isinstance(event, Escalate)
    assert (event.block.saas_name, event.block.branch, event.block.device_type) == (
        "Retail POS",
        "Harbour",
        "Printer",
    )
    assert event.block.issue_detail == "Printing fails"


async def test_a_field_that_cannot_be_right_is_named_in_the_open_form(
    linked: Outside, desk: StubDesk
) -> None:
    desk.answer = Outcome(accepted=False, said="No.", fields=(("saas_url", "Not a web address."),))
    card = await _card(linked)

    await linked.do("interact", user=SAM, channel=SUPPORT, ts=card, action_id="escalate")
    values = {"device_type": "Printer", "build_version": "1", "branch": "Harbour", "issue_platform": "Web"}
    done = await linked.do("submit-view", user=SAM, values=values | {"saas_url": "nowhere"})

    assert (done["response_action"], done["errors"]) == ("errors", {"saas_url": "Not a web address."})


async def test_the_lead_acknowledges_and_assigns(linked: Outside, desk: StubDesk) -> None:
    card = await _card(linked, "card:escalation", escalated())

    await linked.do("interact", user=LEE, channel="C0ESCALATE", ts=card, action_id="acknowledge")

    (event,) = desk.taken
    assert isinstance(event, Pressed)
    assert (event.verb, event.actor.user) == ("acknowledge", LEE)


async def test_the_command_and_the_home(linked: Outside) -> None:
    said = await linked.do("command", user=SAM, channel=SUPPORT, command="/frontdoor", text="status 12")
    assert "SUP-12" in str(said["ack"])

    await linked.do("open-home", user=SAM)
    await _until(lambda: SAM in linked.sandbox.slack.modals.homes)
    assert "Your desk" in str(linked.sandbox.slack.modals.homes[SAM])


async def test_a_message_that_was_not_stored_comes_again(linked: Outside, desk: StubDesk) -> None:
    desk.fails = True
    await linked.do("message", user="U0CASEY001", channel=RETAIL, text="Printing fails")
    await _until(lambda: linked.room.traffic.count > 0)

    desk.fails = False
    await _until(lambda: bool(desk.taken))


async def test_a_dropped_connection_is_mended_at_the_next_look(linked: Outside, desk: StubDesk) -> None:
    _, watch = _watch(linked.room)
    linked.sandbox.slack.sockets.drop()
    await _until(_down(watch))
    kept = watch._handler

    await watch.check()

    assert watch._handler is kept
    await _hears(linked, desk)


async def test_a_handler_that_stays_down_is_thrown_away(linked: Outside, desk: StubDesk) -> None:
    clock, watch = _watch(linked.room)
    wedged = watch._handler
    await linked.do(
        "fault", service="slack", method="apps.connections.open", mode="ok_false:internal_error", times=1
    )
    linked.sandbox.slack.sockets.drop()
    await _until(_down(watch))
    await watch.check()
    assert "internal_error" in (linked.room.healthy() or "")
    clock.seconds += sockets.DOWN + 1

    await watch.check()

    assert watch._handler is not wedged
    await _hears(linked, desk)


async def _hears(linked: Outside, desk: StubDesk) -> None:
    assert linked.room.healthy() is None
    await linked.do("message", user="U0CASEY001", channel=RETAIL, text="Still there?")
    await _until(lambda: bool(desk.taken))


async def test_a_connection_that_stays_silent_is_replaced(linked: Outside, desk: StubDesk) -> None:
    clock, watch = _watch(linked.room)
    before = watch._handler
    clock.seconds += sockets.SILENT + 1

    await watch.check()

    assert watch._handler is not before
    await _hears(linked, desk)


async def test_a_deaf_connection_is_noticed_by_its_pings_and_what_was_said_meanwhile_is_read_back(
    quick_pings: None, linked: Outside, desk: StubDesk, board: StubBoard
) -> None:
    """It stays open and nothing comes any more: while no new one is to be had, readiness says why."""
    clock, watch = _watch(linked.room)
    board.tickets.clear()
    linked.sandbox.slack.sockets.ack_seconds = 0.05
    linked.sandbox.slack.delivery.pauses = (0,)
    await linked.do("sockets", act="deaf")
    await linked.do("message", user="U0CASEY001", channel=RETAIL, text="Printing fails")
    await _until(_down(watch))
    assert watch._handler is not None
    assert not watch._handler.client.auto_reconnect_enabled, "a connection mended unseen is not read back"
    await linked.fault("apps.connections.open", "ok_false:internal_error")
    await linked.room._look()
    assert linked.room.healthy() == "no connection to Slack: internal_error"
    assert desk.taken == []

    clock.seconds += sockets.RETRY
    await linked.room._look()
    assert linked.room.healthy() is None
    await linked.room.catch_up.settled(20)
    posted, summary = desk.taken
    assert isinstance(posted, MessagePosted)
    assert isinstance(summary, CaughtUp)
    assert (posted.text, posted.away, summary.known) == ("Printing fails", None, True)
    linked.sandbox.slack.sockets.ack_seconds = 5.0
    await linked.do("message", user="U0CASEY001", channel=RETAIL, text="Still there?")
    await _until(lambda: len(desk.taken) > 2)
    assert [getattr(event, "text", "") for event in desk.taken] == ["Printing fails", "", "Still there?"]


@pytest.mark.parametrize(
    ("fault", "reason"), [("ok_false:internal_error", "internal_error"), ("500-before", "no connection")]
)
async def test_a_slack_that_is_away_at_the_start_is_tried_again(
    outside: Outside, desk: StubDesk, fault: str, reason: str
) -> None:
    """Whether it refuses in its own words or a proxy before it answers with a page of HTML."""
    await outside.fault("apps.connections.open", fault)
    ours = room(desk, StubBoard(), outside.url, sockets=True)

    await ours.start()
    assert reason in (ours.healthy() or "")
    clock, watch = _watch(ours)
    await watch.check()
    assert ours.healthy() is not None, "it is not asked again at once"
    clock.seconds += sockets.RETRY
    await watch.check()
    assert ours.healthy() is None
    await ours.stop()


def _watch(ours: SlackRoom) -> tuple[FixedClock, Sockets]:
    watch = ours._sockets
    assert watch is not None
    clock = watch._clock
    assert isinstance(clock, FixedClock)
    return clock, watch


def _down(watch: Sockets) -> Callable[[], Awaitable[bool]]:
    async def down() -> bool:
        assert watch._handler is not None
        return not await watch._handler.client.is_connected()

    return down
