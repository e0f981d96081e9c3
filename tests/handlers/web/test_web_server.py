"""The web server: what an operator asks, and what a stranger gets."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from handlers.web import server as module
from handlers.web.server import LARGEST, WebServer

Start = Callable[..., Awaitable[str]]


async def all_ready() -> dict[str, str]:
    return {}


async def some_figures() -> bytes:
    return b"things_total 3.0\n"


async def echo(request: web.Request) -> web.Response:
    return web.Response(text=f"{len(await request.read())} bytes")


async def broken(_request: web.Request) -> web.Response:
    raise RuntimeError("a secret of the inside")


ROUTES = [web.post("/echo/{token}", echo), web.get("/broken", broken)]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    servers: list[WebServer] = []

    async def begin(ready: Callable[[], Awaitable[dict[str, str]]] = all_ready, **more: object) -> str:
        server = WebServer("127.0.0.1:0", ROUTES, ready, some_figures, **more)  # type: ignore[arg-type]
        servers.append(server)
        await server.start()
        return f"http://127.0.0.1:{server.port}"

    yield begin
    for server in servers:
        await server.stop()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_alive_is_not_ready(start: Start, http: aiohttp.ClientSession) -> None:
    """A process that waits for Slack is alive: nobody restarts it."""

    async def waits() -> dict[str, str]:
        return {"slack": "the socket is not connected"}

    base = await start(waits)

    async with http.get(f"{base}/healthz") as alive:
        assert (alive.status, await alive.text()) == (200, "ok\n")
    async with http.get(f"{base}/readyz") as ready:
        assert ready.status == 503
        assert await ready.json() == {"ready": False, "missing": {"slack": "the socket is not connected"}}


async def test_ready_when_every_part_is(start: Start, http: aiohttp.ClientSession) -> None:
    base = await start()

    async with http.get(f"{base}/readyz") as ready:
        assert (ready.status, await ready.json()) == (200, {"ready": True, "missing": {}})


async def test_parts_that_do_not_answer_are_not_ready(
    start: Start, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks gets an answer even where the database hangs."""

    async def hangs() -> dict[str, str]:
        await asyncio.Event().wait()
        return {}

    monkeypatch.setattr(module, "READY_PATIENCE", 0.01)
    base = await start(hangs)

    async with http.get(f"{base}/readyz") as ready:
        assert (ready.status, list((await ready.json())["missing"])) == (503, ["ready"])


async def test_figures_are_those_handed_in(start: Start, http: aiohttp.ClientSession) -> None:
    base = await start()

    async with http.get(f"{base}/metrics") as figures:
        assert "things_total 3.0" in await figures.text()
        assert figures.headers["Content-Type"].startswith("text/plain")


async def test_unknown_addresses_are_plain_404s(start: Start, http: aiohttp.ClientSession) -> None:
    base = await start()

    async with http.get(f"{base}/nothing/here?token=1") as answer:
        assert (answer.status, await answer.text()) == (404, "404: Not Found")
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/broken"])
async def test_every_answer_forbids_and_names_no_server(
    start: Start, http: aiohttp.ClientSession, path: str
) -> None:
    """Nothing of ours may be framed, sniffed, cached or leaked, whatever the answer is."""
    base = await start()

    async with http.get(base + path) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Server" not in answer.headers
        assert "secret" not in await answer.text()


async def test_what_broke_is_said_to_the_log_alone(
    start: Start, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    base = await start()

    async with http.get(f"{base}/broken") as answer:
        assert answer.status == 500

    assert "a secret of the inside" in caplog.text


async def test_a_huge_body_is_refused(start: Start, http: aiohttp.ClientSession) -> None:
    base = await start()

    async with http.post(f"{base}/echo/t", data=io.BytesIO(b"x" * (LARGEST + 1))) as answer:
        assert answer.status == 413
    async with http.post(f"{base}/echo/t", data=b"x" * 1000) as answer:
        assert (answer.status, await answer.text()) == (200, "1000 bytes")


async def test_a_body_that_drips_is_given_up(start: Start) -> None:
    """A stranger who sends one byte and waits does not keep a handler."""
    base = await start(body_patience=0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
    writer.write(b"POST /echo/t HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx")

    answer = await reader.read()  # to the end of the connection
    writer.close()
    await writer.wait_closed()

    assert answer.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in answer.lower()


async def test_the_access_log_shows_patterns_only(
    start: Start, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    """Tokens and queries never reach the log; neither do the addresses that strangers try."""
    caplog.set_level(logging.INFO, "handlers.web.access")
    base = await start()

    async with http.post(f"{base}/echo/s3cret-token?digits=4", data=b"x"):
        pass
    async with http.get(f"{base}/gu3ss"):
        pass
    await asyncio.sleep(0)

    assert "POST /echo/{token} 200" in caplog.text
    assert "(unknown) 404" in caplog.text
    assert not {"s3cret", "digits", "gu3ss"} & set(caplog.text.replace("-", " ").replace("/", " ").split())


async def test_requests_under_way_come_to_their_end(http: aiohttp.ClientSession) -> None:
    """Stopping waits for whoever is being answered."""
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        inside.set()
        await go_on.wait()
        return web.Response(text="done")

    server = WebServer("127.0.0.1:0", [web.get("/slow", slow)], all_ready, some_figures)
    await server.start()

    async def ask() -> str:
        async with http.get(f"http://127.0.0.1:{server.port}/slow") as answer:
            return await answer.text()

    asking = asyncio.create_task(ask())
    await inside.wait()
    stopping = asyncio.create_task(server.stop())
    while server.port:  # noqa: ASYNC110 - until nothing is listened on any more
        await asyncio.sleep(0)
    go_on.set()

    assert await asking == "done"
    await stopping
