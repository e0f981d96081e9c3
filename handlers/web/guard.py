"""What stands around every handler: headers that forbid, bodies that are small and in time, a log without secrets."""

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


def bounded_bodies(patience: float, largest: int) -> Middleware:
    """A middleware that reads the body before the handler runs, and gives up on one that drips.

    One that says that it is larger than `largest` bytes is refused before it is read; one that does not say is by the
    server, as soon as it is. Compressed ones are refused: nobody who signs compresses, and a small one can be huge.
    """

    @web.middleware
    async def read_first(request: web.Request, handler: Handler) -> web.StreamResponse:
        if (request.content_length or 0) > largest:
            return _hung_up(413, "413: Request Entity Too Large")
        if hdrs.CONTENT_ENCODING in request.headers:
            return _hung_up(415, "415: Unsupported Media Type")
        if request.can_read_body:
            try:
                async with asyncio.timeout(patience):
                    await request.read()
            except TimeoutError:
                return _hung_up(408, "408: Request Timeout")
        return await handler(request)

    return read_first


def _hung_up(status: int, text: str) -> web.Response:
    """An answer after which the connection is closed: what still comes of the body is not waited for."""
    answer = web.Response(status=status, text=text)
    answer.force_close()
    return answer


def route_of(request: web.BaseRequest) -> str:
    """The pattern of the address, without the tokens and queries that stand in it."""
    resource = request.match_info.route.resource if isinstance(request, web.Request) else None
    return resource.canonical if resource is not None else "(unknown)"


class AccessLog(AbstractAccessLogger):
    """One line a request: method, pattern, status, milliseconds. None for a 429: a flood fills no disk."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write the line; `time` is in seconds."""
        if response.status == 429:
            return
        self.logger.info("%s %s %s %.0f ms", request.method, route_of(request), response.status, time * 1000)
