"""A Twilio of a few lines that keeps every request and misbehaves as told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.test_utils import TestServer
from multidict import MultiDict

from tests.handlers.phone.stage import ACCOUNT, LEE, OURS, START, sid

BASE = f"/2010-04-01/Accounts/{ACCOUNT}"


@dataclass(frozen=True)
class Request:
    """A request as it came over the wire."""

    method: str
    path: str
    query: MultiDict[str]
    form: MultiDict[str]
    raw: bytes
    headers: dict[str, str]


@dataclass
class FakeTwilio:
    """`faults` are taken one by one: an HTTP answer, "hang", "drop" or "accept-and-drop"; then it works."""

    url: str = ""
    faults: list[Any] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    now: datetime = START

    def add_call(self, status: str = "queued", after: timedelta = timedelta(0), to: str = LEE) -> str:
        """A call that the account already has."""
        return self._add(self.calls, "CA", to, status, after)

    def _add(self, into: list[dict[str, Any]], kind: str, to: str, status: str, after: timedelta) -> str:
        number = len(into) + 1
        made = sid(number).replace("CA", kind)
        created = format_datetime((self.now + after).replace(microsecond=0))
        into.append({"sid": made, "to": to, "from": OURS, "status": status, "date_created": created})
        return made

    def asked(self) -> list[str]:
        """Method and last part of the path of every request."""
        return [f"{one.method} {one.path.removeprefix(BASE)}" for one in self.requests]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        form = MultiDict((key, str(value)) for key, value in (await request.post()).items())
        query = MultiDict(request.query)
        self.requests.append(Request(request.method, request.path, query, form, raw, dict(request.headers)))
        fault = self.faults.pop(0) if self.faults else None
        if fault == "hang":
            await asyncio.Event().wait()
        done = None if fault not in (None, "accept-and-drop", "accept-and-500") else self.do(request, form)
        if fault in ("drop", "accept-and-drop"):
            assert request.transport is not None
            request.transport.abort()
        if fault == "accept-and-500":
            return web.json_response({"code": 20500, "message": "Internal", "status": 500}, status=500)
        if isinstance(fault, dict):
            return web.Response(**fault)
        return done or web.Response(status=500)

    def do(self, request: web.Request, form: MultiDict[str]) -> web.Response:
        """What a healthy Twilio does."""
        kind = "calls" if "/Calls" in request.path else "messages"
        rows = self.calls if kind == "calls" else self.texts
        if request.path.endswith((f"/{kind.title()}.json",)):
            if request.method == "GET":
                found = [row for row in reversed(rows) if row["to"] == request.query.get("To")]
                size, page = int(request.query["PageSize"]), int(request.query.get("Page", 0))
                part, more = found[page * size :][:size], len(found) > (page + 1) * size
                after = {**request.query, "Page": str(page + 1)}
                uri = f"{request.path}?{urlencode(after)}" if more else None
                return web.json_response({kind: part, "page": page, "page_size": size, "next_page_uri": uri})
            self._add(rows, "CA" if kind == "calls" else "SM", form["To"], "queued", timedelta(0))
            rows[-1]["body"] = form.get("Body")
            return web.json_response(rows[-1], status=201)
        row = next(row for row in rows if row["sid"] in request.path)
        row["status"] = form.get("Status", row["status"])
        return web.json_response(row)


def refused(code: int, status: int = 400, **headers: str) -> dict[str, Any]:
    """Twilio's way to say no."""
    body = f'{{"code": {code}, "message": "To {LEE} is refused", "more_info": "", "status": {status}}}'
    return {"text": body, "status": status, "content_type": "application/json", "headers": headers}


@asynccontextmanager
async def fake_twilio() -> AsyncIterator[FakeTwilio]:
    """The fake, served on loopback."""
    fake = FakeTwilio()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.serve)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(access_log=None, shutdown_timeout=0.1)
    fake.url = f"http://127.0.0.1:{server.port}"
    try:
        yield fake
    finally:
        await server.close()
