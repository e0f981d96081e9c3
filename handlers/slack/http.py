"""Slack over HTTP: the same Bolt app behind one address."""

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

PATH = "/slack/events"
"""Events, interactions and commands alike."""
_MOST = 1_000_000
"""Bytes of a delivery; Slack's largest are a fraction of it."""


def routes(app: AsyncApp) -> list[web.RouteDef]:
    """The route for the web server."""

    async def receive(request: web.Request) -> web.Response:
        if not request.headers.get("X-Slack-Request-Timestamp", "").isdecimal():
            # Bolt's own check of the signature would fail on it with a 500.
            return web.Response(status=401, text="This request is not signed by Slack.")
        if request.content_length is None or request.content_length > _MOST:
            return web.Response(status=413, text="This request is too large.")
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return [web.post(PATH, receive)]
