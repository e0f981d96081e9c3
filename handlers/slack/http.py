"""Slack over HTTP: the same Bolt app behind one address."""

from collections.abc import Callable, Sequence
from datetime import datetime

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from handlers.slack.signature import fault

PATH = "/slack/events"
"""Events, interactions and commands alike."""


def routes(
    app: AsyncApp, secret: str, wall: Callable[[], datetime], registry: CollectorRegistry | None = None
) -> list[web.RouteDef]:
    """The route for the web server. `secret` is the signing secret, `wall` the machine's time.

    The signature is checked here and not by Bolt, which fails on odd headers with a 500; refusals are counted in `registry`.
    """
    refused = Counter(
        "frontdoor_slack_requests_refused",
        "Requests to Slack's address that are not Slack's, by reason",
        ["reason"],
        registry=registry,
    )

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        if reason := fault(request.headers, body, secret, wall()):
            refused.labels(reason).inc()
            return web.Response(status=401, text="401: This request is not signed by Slack.")
        try:
            headers: dict[str, str | Sequence[str]] = dict(request.headers.items())
            asked = AsyncBoltRequest(body=body.decode(), query=request.query_string, headers=headers)
        except (ValueError, TypeError, AttributeError):
            # Bolt reads the body as it is made: what is no form and no JSON object fails in many ways.
            refused.labels("unreadable").inc()
            return web.Response(status=400, text="400: This request cannot be read.")
        return await to_aiohttp_response(await app.async_dispatch(asked))

    return [web.post(PATH, receive)]
