"""What stands around every handler: headers that forbid, bodies that must arrive in time, a log without secrets."""

import asyncio

from aiohttp import hdrs, web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.typedefs import Handler, Middleware

BODY_PATIENCE = 10
"""Seconds in which the whole body of a request must arrive."""

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Before any answer leaves: our headers in, the server's name and version out."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.popall(hdrs.SERVER, None)


def slow_bodies(patience: float) -> Middleware:
    """A middleware that reads the body before the handler runs, and gives up on one that drips."""

    @web.middleware
    async def read_first(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.can_read_body:
            try:
                async with asyncio.timeout(patience):
                    await request.read()
            except TimeoutError:
                answer = web.Response(status=408, text="408: Request Timeout")
                answer.force_close()
                return answer
        return await handler(request)

    return read_first


def route_of(request: web.BaseRequest) -> str:
    """The pattern of the address, without the tokens and queries that stand in it."""
    resource = request.match_info.route.resource if isinstance(request, web.Request) else None
    return resource.canonical if resource is not None else "(unknown)"


class AccessLog(AbstractAccessLogger):
    """One line a request: method, pattern, status, milliseconds."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write the line; `time` is in seconds."""
        self.logger.info("%s %s %s %.0f ms", request.method, route_of(request), response.status, time * 1000)
