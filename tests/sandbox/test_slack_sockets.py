"""Socket Mode against the official client: delivery, acknowledgement, redelivery, reconnection."""

import asyncio
from datetime import timedelta
from typing import Any

from aiohttp import WSMsgType

from sandbox.slack.delivery import KEPT
from sandbox.slack.sockets import MAX_CONNECTIONS
from tests.sandbox.slack_stage import APP_TOKEN, BOT, CASEY, GENERAL, RETAIL, SAM, SUPPORT, Stage


def listening(stage: Stage) -> tuple[Any, list[dict[str, Any]]]:
    """An app that keeps the bodies of all events."""
    app, bodies = stage.app(), []

    @app.event({"type": "message"})
    async def keep(body: dict[str, Any]) -> None:
        bodies.append(body)

    return app, bodies


async def raw(stage: Stage) -> Any:
    """A bare connection that acknowledges nothing by itself, past its hello."""
    answer = await stage.client(APP_TOKEN).apps_connections_open(app_token=APP_TOKEN)
    socket = await stage.http.ws_connect(answer["url"])
    hello = await socket.receive_json()
    assert hello["type"] == "hello"
    return socket


async def test_a_clients_message_arrives_as_slack_sends_it(stage: Stage) -> None:
    """The wrapper names the installation, the event names the writer's own workspace."""
    app, bodies = listening(stage)
    await stage.connect(app)

    message = await stage.say(CASEY, RETAIL, "Printing <fails> & nothing helps")
    await stage.settle()

    (body,) = bodies
    event = body["event"]
    assert body["team_id"] == "T0FRONTDSK"
    assert body["is_ext_shared_channel"] is True
    assert body["authorizations"][0]["user_id"] == BOT
    assert event["text"] == "Printing &lt;fails&gt; &amp; nothing helps"
    assert (event["ts"], event["channel"], event["channel_type"]) == (message["ts"], RETAIL, "channel")
    assert (event["team"], event["user_team"], event["source_team"]) == ("T0RETAIL01",) * 3
    assert event["blocks"][0]["type"] == "rich_text"


async def test_the_bot_hears_its_own_messages_but_bolt_skips_them(stage: Stage) -> None:
    """Slack tells an app of its own posts; with bot_id and without a subtype."""
    app, bodies = listening(stage)
    await stage.connect(app)

    await stage.web.chat_postMessage(channel=SUPPORT, text="Good morning")
    await stage.settle()

    sent = [e for e in (await stage.get("log"))["entries"] if e["direction"] == "out"]
    assert [e["request"]["event"]["bot_id"] for e in sent] == ["B0FRONTBOT"]
    assert "subtype" not in sent[0]["request"]["event"]
    assert sent[0]["response"]["acked"] is True
    assert bodies == []


async def test_a_channel_without_the_bot_is_silent(stage: Stage) -> None:
    """No membership, no events."""
    app, bodies = listening(stage)
    await stage.connect(app)

    await stage.say(SAM, GENERAL, "Lunch?")
    await stage.settle()

    assert bodies == []


async def test_what_is_not_acknowledged_comes_again(stage: Stage) -> None:
    """The same event in a new envelope, with attempt and reason."""
    stage.slack.sockets.ack_seconds = 0.05
    socket = await raw(stage)

    await stage.say(CASEY, RETAIL, "Hello")
    first, second = await socket.receive_json(), await socket.receive_json()
    await socket.send_json({"envelope_id": second["envelope_id"]})
    await stage.settle()

    assert (first["retry_attempt"], second["retry_attempt"]) == (0, 1)
    assert second["retry_reason"] == "timeout"
    assert first["envelope_id"] != second["envelope_id"]
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    await socket.close()


async def test_after_three_retries_it_is_lost(stage: Stage) -> None:
    """Slack gives up, and the log says so."""
    stage.slack.sockets.ack_seconds = 0.01
    stage.slack.delivery.pauses = (0, 0, 0, 0)
    socket = await raw(stage)

    await stage.say(CASEY, RETAIL, "Hello")
    attempts = [(await socket.receive_json())["retry_attempt"] for _ in range(4)]
    await stage.settle()

    last = (await stage.get("log"))["entries"][-1]
    assert attempts == [0, 1, 2, 3]
    assert last["ok"] is False
    assert last["summary"].startswith("Lost:")
    await socket.close()


async def test_what_nobody_heard_waits_for_a_connection(stage: Stage) -> None:
    """Events of a short absence are delivered again, and nobody waits for them meanwhile."""
    await stage.say(CASEY, RETAIL, "Anybody there?")
    await asyncio.sleep(0)
    assert stage.slack.busy() == []
    app, bodies = listening(stage)

    await stage.connect(app)
    await stage.settle()

    assert [body["event"]["text"] for body in bodies] == ["Anybody there?"]


async def test_what_nobody_heard_for_too_long_is_lost(stage: Stage) -> None:
    """As in Slack the app has to read it back from the history."""
    await stage.say(CASEY, RETAIL, "Anybody there?")
    stage.sandbox.clock.advance_to(stage.sandbox.clock.now() + KEPT + timedelta(seconds=1))
    app, bodies = listening(stage)

    await stage.connect(app)
    await stage.settle()

    history = await stage.web.conversations_history(channel=RETAIL)
    assert bodies == []
    assert [message["text"] for message in history["messages"]] == ["Anybody there?"]


async def test_several_connections_take_turns(stage: Stage) -> None:
    """Each envelope goes to one of them; an acknowledgement counts on either."""
    one, two = await raw(stage), await raw(stage)

    await stage.say(CASEY, RETAIL, "first")
    await stage.say(CASEY, RETAIL, "second")
    there = [await one.receive_json(), await two.receive_json()]
    for envelope in there:
        await one.send_json({"envelope_id": envelope["envelope_id"]})
    await stage.settle()

    assert {envelope["payload"]["event"]["text"] for envelope in there} == {"first", "second"}
    assert await stage.kinds("out") == ["event_callback/message"] * 2
    await one.close()
    await two.close()


async def test_a_refresh_loses_nothing(stage: Stage) -> None:
    """The client connects anew before the old connection closes."""
    app, bodies = listening(stage)
    await stage.connect(app)

    await stage.post("sockets", act="refresh")
    await stage.say(CASEY, RETAIL, "Still there?")
    await stage.settle()

    assert [body["event"]["text"] for body in bodies] == ["Still there?"]


async def test_a_dropped_connection_brings_the_event_again(stage: Stage) -> None:
    """The unacknowledged event comes over the next connection, as a retry."""
    socket = await raw(stage)
    await stage.say(CASEY, RETAIL, "Hello")
    first = await socket.receive_json()

    await stage.post("sockets", act="drop")
    assert (await socket.receive()).type in (WSMsgType.CLOSED, WSMsgType.CLOSE, WSMsgType.ERROR)
    await socket.close()
    again = await raw(stage)
    second = await again.receive_json()
    await again.send_json({"envelope_id": second["envelope_id"]})
    await stage.settle()

    assert second["payload"]["event_id"] == first["payload"]["event_id"]
    assert second["retry_attempt"] == 1
    await again.close()


async def test_a_deaf_connection_stays_open_without_a_frame_until_the_app_connects_anew(stage: Stage) -> None:
    """What is written meanwhile is not acknowledged; what is written after comes over the new one alone."""
    stage.slack.sockets.ack_seconds = 0.05
    stage.slack.delivery.pauses = (0,)
    deaf = await raw(stage)
    await stage.post("sockets", act="deaf")
    await stage.post("sockets", act="refresh")
    await stage.say(CASEY, RETAIL, "Hello")
    await stage.settle()
    last = (await stage.get("log"))["entries"][-1]
    assert (last["ok"], last["summary"][:5], stage.slack.sockets.count) == (False, "Lost:", 1)

    fresh = await raw(stage)
    assert (await deaf.receive()).type in (WSMsgType.CLOSED, WSMsgType.CLOSE, WSMsgType.ERROR)
    stage.slack.sockets.ack_seconds = 5.0
    for words in ("one", "two"):
        await stage.say(CASEY, RETAIL, words)
        envelope = await fresh.receive_json()
        await fresh.send_json({"envelope_id": envelope["envelope_id"]})
        assert envelope["payload"]["event"]["text"] == words
    for socket in (deaf, fresh):
        await socket.close()


async def test_a_ticket_opens_one_connection(stage: Stage) -> None:
    """A used ticket is refused at the handshake."""
    answer = await stage.client(APP_TOKEN).apps_connections_open(app_token=APP_TOKEN)
    async with stage.http.ws_connect(answer["url"]) as socket:
        await socket.receive_json()

    async with stage.http.get(answer["url"].replace("ws:", "http:")) as again:
        assert again.status == 403


async def test_an_eleventh_connection_is_sent_away(stage: Stage) -> None:
    """Ten are allowed."""
    sockets = [await raw(stage) for _ in range(MAX_CONNECTIONS)]
    answer = await stage.client(APP_TOKEN).apps_connections_open(app_token=APP_TOKEN)

    async with stage.http.ws_connect(answer["url"]) as one_more:
        said = await one_more.receive_json()

    assert said["reason"] == "too_many_websockets"
    for socket in sockets:
        await socket.close()


async def test_faults_of_delivery(stage: Stage) -> None:
    """Twice, and in the wrong order, when asked for."""
    app, bodies = listening(stage)
    await stage.connect(app)

    await stage.post("fault", service="slack", method="events_api", mode="duplicate-delivery")
    await stage.say(CASEY, RETAIL, "one")
    await stage.settle()
    await stage.post("fault", service="slack", method="*", mode="reorder")
    await stage.say(CASEY, RETAIL, "two")
    await stage.say(CASEY, RETAIL, "three")
    await stage.settle()

    assert [body["event"]["text"] for body in bodies] == ["one", "one", "three", "two"]


async def test_a_late_delivery_waits_for_sandbox_time(stage: Stage) -> None:
    """The event comes once the clock has passed, with its own old timestamp."""
    app, bodies = listening(stage)
    await stage.connect(app)
    await stage.post("fault", service="slack", method="events_api", mode="late-delivery", delay=90)

    message = await stage.say(CASEY, RETAIL, "Hello")
    await stage.settle()
    assert bodies == []
    stage.sandbox.clock.advance_to(stage.sandbox.clock.now() + timedelta(seconds=91))
    await asyncio.sleep(0)
    await stage.settle()

    assert [body["event"]["ts"] for body in bodies] == [message["ts"]]


async def test_edits_deletions_and_thread_parents(stage: Stage) -> None:
    """Hidden events with what was before; a parent with replies leaves a tombstone."""
    app, bodies = listening(stage)
    await stage.connect(app)
    message = await stage.say(CASEY, RETAIL, "Helo")
    await stage.post("edit-message", user=CASEY, channel=RETAIL, ts=message["ts"], text="Hello")
    other = await stage.say(CASEY, RETAIL, "Oops")
    await stage.post("delete-message", user=CASEY, channel=RETAIL, ts=other["ts"])
    await stage.say(SAM, RETAIL, "Hi", thread_ts=message["ts"])
    await stage.post("delete-message", user=CASEY, channel=RETAIL, ts=message["ts"])
    await stage.settle()

    events = [body["event"] for body in bodies]
    changed, deleted, stone = (event for event in events if event.get("hidden"))
    assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("Hello", "Helo")
    assert changed["message"]["edited"]["user"] == CASEY
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", other["ts"])
    assert (stone["subtype"], stone["message"]["subtype"]) == ("message_changed", "tombstone")
    reply = next(event for event in events if event.get("thread_ts") and not event.get("hidden"))
    assert (reply["thread_ts"], reply["parent_user_id"]) == (message["ts"], CASEY)
