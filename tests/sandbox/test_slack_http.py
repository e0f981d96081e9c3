"""HTTP mode: signed deliveries that slack_bolt accepts, retries, the challenge, and one address for everything."""

import json
from typing import Any

from aiohttp import web

from tests.sandbox.slack_stage import CASEY, RETAIL, SAM, SUPPORT, Stage, actions, button


class Listener:
    """Answers the challenge, then one status after the other; keeps headers and bodies."""

    def __init__(self, *statuses: int, **headers: str) -> None:
        self.statuses, self.headers = list(statuses), headers
        self.seen: list[tuple[dict[str, str], dict[str, Any]]] = []

    async def answer(self, request: web.Request) -> web.Response:
        """One delivery."""
        body = json.loads(await request.text())
        if body["type"] == "url_verification":
            return web.json_response({"challenge": body["challenge"]})
        self.seen.append(({key.lower(): value for key, value in request.headers.items()}, body))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200, headers=self.headers)


async def test_bolt_hears_everything_over_signed_http(stage: Stage) -> None:
    """Event, command and click come to one address, each as Slack encodes it, and Bolt's check accepts the signature."""
    app, heard = stage.app(), []

    @app.event("message")
    async def message(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    @app.command("/frontdoor")
    async def command(ack: Any, body: dict[str, Any]) -> None:
        heard.append(body["text"])
        await ack("Here you are.")

    @app.action("press")
    async def press(ack: Any, action: dict[str, Any]) -> None:
        heard.append(action["value"])
        await ack()

    await stage.post("connect", request_url=await stage.listen(app))
    await stage.say(CASEY, RETAIL, "Hello")
    await stage.settle()
    await stage.post("command", user=SAM, channel=SUPPORT, command="/frontdoor", text="help")
    posted = await stage.web.chat_postMessage(
        channel=SUPPORT, text="?", blocks=[actions(button("press", value="7"))]
    )
    answer = await stage.post("interact", user=SAM, channel=SUPPORT, ts=posted["ts"], action_id="press")

    assert heard == ["Hello", "help", "7"]
    assert answer["acked"] is True
    assert "Here you are." in await stage.texts(SUPPORT)


async def test_a_wrong_secret_is_noticed(stage: Stage) -> None:
    """The signature is real: Bolt with another secret refuses the very challenge."""
    app = stage.app()
    url = await stage.listen(app)
    stage.slack.world.app.signing_secret = "another"

    status, answer = await stage.try_post("connect", request_url=url)

    assert status == 400
    assert "401" in answer["error"]


async def test_a_failure_is_retried_with_slacks_headers(stage: Stage) -> None:
    """Number and reason of each retry stand in the headers."""
    stage.slack.delivery.pauses = (0, 0, 0, 0)
    listener = Listener(500, 404)
    await stage.post("connect", request_url=await stage.serve(listener.answer))

    await stage.say(CASEY, RETAIL, "Hello")
    await stage.settle()

    retries = [
        (headers.get("x-slack-retry-num"), headers.get("x-slack-retry-reason"))
        for headers, _ in listener.seen
    ]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert len({body["event_id"] for _, body in listener.seen}) == 1


async def test_no_retry_is_honoured(stage: Stage) -> None:
    """x-slack-no-retry ends it."""
    listener = Listener(500, **{"X-Slack-No-Retry": "1"})
    await stage.post("connect", request_url=await stage.serve(listener.answer))

    await stage.say(CASEY, RETAIL, "Hello")
    await stage.settle()

    assert len(listener.seen) == 1


async def test_a_slow_answer_is_a_timeout(stage: Stage) -> None:
    """Slack waits three seconds; here the bound is shortened."""
    stage.slack.delivery.pauses = (0,)
    slow = Listener()
    await stage.post("connect", request_url=await stage.serve(slow.answer))
    stage.slack.http.answer_seconds = 0.000_1

    await stage.say(CASEY, RETAIL, "Hello")
    await stage.settle()

    entries = (await stage.get("log"))["entries"]
    sent = next(entry for entry in entries if entry["kind"] == "event_callback/message")
    assert sent["response"]["reason"] == "http_timeout"


async def test_an_address_that_does_not_answer_the_challenge_is_refused(stage: Stage) -> None:
    """It stays with Socket Mode."""

    async def deaf(_request: web.Request) -> web.Response:
        return web.Response(text="hm?")

    status, _ = await stage.try_post("connect", request_url=await stage.serve(deaf))

    assert status == 400
    assert (await stage.get("state"))["slack"]["mode"] == "socket"
