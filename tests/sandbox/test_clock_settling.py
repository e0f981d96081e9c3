"""Settling waits for everything under way: envelopes, requests, webhooks, bots, whichever sets the next one going."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sandbox.cast import APP_TOKEN, BOT_TOKEN
from tests.sandbox.phone_stage import FRONTDOOR, LEE, SAM, START, Stage, stage


@pytest.fixture
async def on() -> AsyncIterator[Stage]:
    async with stage() as built:
        yield built


class Listener:
    """A bot on Socket Mode that answers each envelope when `may_answer` is set, after doing `work`."""

    def __init__(self, on: Stage) -> None:
        self.on = on
        self.may_answer = asyncio.Event()
        self.came = asyncio.Event()
        self.ready = asyncio.Event()

    async def listen(self) -> None:
        async with aiohttp.ClientSession() as client:
            opened = await self.api(client, "apps.connections.open", APP_TOKEN)
            async with client.ws_connect(opened["url"]) as socket:
                async for message in socket:
                    await self._came(client, socket, json.loads(message.data))

    async def _came(
        self, client: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse, envelope: dict[str, Any]
    ) -> None:
        if envelope["type"] == "hello":
            self.ready.set()
        if "envelope_id" not in envelope:
            return
        self.came.set()
        await self.may_answer.wait()
        event = envelope["payload"]["event"]
        if not event.get("bot_id"):
            await self.api(client, "chat.postMessage", BOT_TOKEN, channel=event["channel"], text="Heard.")
        await socket.send_str(json.dumps({"envelope_id": envelope["envelope_id"]}))

    async def api(
        self, client: aiohttp.ClientSession, method: str, token: str, **given: str
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        async with client.post(f"{self.on.url}/api/{method}", data=given, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
            assert answer["ok"], answer
            return answer


@asynccontextmanager
async def listening(on: Stage) -> AsyncIterator[Listener]:
    listener = Listener(on)
    task = asyncio.create_task(listener.listen())
    await listener.ready.wait()
    try:
        yield listener
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def said(on: Stage) -> list[str]:
    return [message["text"] for message in (await on.see("messages/C0RETAIL01"))["messages"]]


MESSAGE = {"user": "U0CASEY001", "channel": "C0RETAIL01", "text": "Printing fails."}


async def test_it_waits_for_an_envelope_and_for_what_the_bot_did_about_it(on: Stage) -> None:
    async with listening(on) as listener:
        posting = asyncio.create_task(on.do("message", **MESSAGE, settle=True))
        await listener.came.wait()
        assert not posting.done()
        listener.may_answer.set()
        await posting
        assert await said(on) == ["Printing fails.", "Heard."]


async def test_time_does_not_move_while_an_envelope_is_open(on: Stage) -> None:
    async with listening(on) as listener:
        on.sandbox.slack.people.message("U0CASEY001", "C0RETAIL01", "Printing fails.")
        skipping = asyncio.create_task(on.skip(60))
        await listener.came.wait()
        assert on.now == START
        listener.may_answer.set()
        await skipping
        (_first, answer) = (await on.see("messages/C0RETAIL01"))["messages"]
        assert float(answer["ts"]) < START.timestamp() + 1


async def test_it_waits_for_a_webhook_that_rings_the_next_telephone(on: Stage) -> None:
    held = asyncio.Event()

    async def unreached(fields: dict[str, str]) -> web.Response:
        await held.wait()
        if fields["To"] == LEE:
            await on.sdk(lambda client: client.calls.create(to=SAM, from_=FRONTDOOR, **callbacks))
        return web.Response(status=204)

    callbacks = {"url": f"{on.bot.url}/twiml", "status_callback": f"{on.bot.url}/slow", "timeout": 25}
    on.bot.documents["/slow"] = unreached
    await on.sdk(lambda client: client.calls.create(to=LEE, from_=FRONTDOOR, **callbacks))
    skipping = asyncio.create_task(on.skip(60))
    while not on.bot.fields("/slow"):  # noqa: ASYNC110 - until the webhook is there
        await asyncio.sleep(0)
    assert (on.now - START).total_seconds() == 25
    held.set()
    await skipping
    rung = [(call["to"], call["queued_at"][14:]) for call in (await on.see("calls"))["calls"]]
    assert rung == [(LEE, "00:00.000000Z"), (SAM, "00:25.000000Z")]


async def test_a_fault_that_delays_an_event_lets_it_come_at_its_moment(on: Stage) -> None:
    async with listening(on) as listener:
        listener.may_answer.set()
        await on.do("fault", service="slack", method="*", mode="late-delivery", delay=90)
        await on.do("message", **MESSAGE)
        assert await said(on) == ["Printing fails."]
        await on.skip(300)
        late = (await on.see("messages/C0RETAIL01"))["messages"][1]
        assert float(late["ts"]) == pytest.approx(START.timestamp() + 90, abs=0.001)
