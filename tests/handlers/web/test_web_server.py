"""The web server: what an operator asks, and what a stranger gets."""

import asyncio
import contextlib
import gzip
import io
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from handlers.web import server as module
from handlers.web.limiter import BURST
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


async def test_a_process_that_was_found_stuck_is_not_alive(start: Start, http: aiohttp.ClientSession) -> None:
    """Its end was asked for: whoever supervises it need not wait."""
    base = await start(ending=lambda: True)

    async with http.get(f"{base}/healthz") as alive:
        assert (alive.status, await alive.text()) == (503, "stuck, ending\n")


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
    answer = await _raw(base, b"Content-Length: 100\r\n\r\nx")

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


# ---------------------------------------------------------------- strangers
SIGNED = {"X-Signed": "yes"}


async def guarded(request: web.Request) -> web.Response:
    """Stands for a webhook: what is not signed is refused."""
    if "X-Signed" not in request.headers:
        raise web.HTTPForbidden(text="403: Forbidden")
    return web.Response(text="done")


class Seconds:
    """Machine seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_a_flood_of_forged_requests_holds_up_no_real_one(http: aiohttp.ClientSession) -> None:
    """Forged ones are told to come later once they are too many; real ones in their midst are all answered."""
    registry = CollectorRegistry()
    seconds = Seconds()
    server = WebServer(
        "127.0.0.1:0",
        [web.post("/hook", guarded)],
        all_ready,
        some_figures,
        registry=registry,
        monotonic=seconds,
    )
    await server.start()
    hook = f"http://127.0.0.1:{server.port}/hook"

    async def send(headers: dict[str, str]) -> tuple[int, str]:
        async with http.post(hook, data=b"x", headers=headers) as answer:
            return answer.status, answer.headers.get("Retry-After", "")

    sent = [SIGNED if number % 20 == 0 else {} for number in range(2000)]
    answers = await asyncio.gather(*map(send, sent))
    seconds.now += 2
    later = [await send({}) for _ in range(3)]
    await server.stop()

    real = [answer for headers, answer in zip(sent, answers, strict=True) if headers]
    forged = [answer for headers, answer in zip(sent, answers, strict=True) if not headers]
    assert Counter(real) == {(200, ""): 100}
    assert Counter(forged) == {(403, ""): BURST, (429, "1"): 1900 - BURST}
    assert later == [(403, ""), (403, ""), (429, "1")]
    assert registry.get_sample_value("frontdoor_requests_refused_total", {"status": "403"}) == BURST + 2
    assert registry.get_sample_value("frontdoor_requests_refused_total", {"status": "429"}) == 1901 - BURST


async def test_health_is_answered_in_a_flood_and_a_flood_fills_no_log(
    start: Start, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "handlers.web.access")
    base = await start(monotonic=Seconds())

    for _ in range(BURST + 20):
        async with http.get(f"{base}/wp-login.php"):
            pass
    async with http.get(f"{base}/healthz") as alive, http.get(f"{base}/metrics") as figures:
        assert (alive.status, figures.status) == (200, 200)

    assert sum("(unknown) 404" in line for line in caplog.messages) == BURST
    assert not any(" 429 " in line for line in caplog.messages)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/echo/t", 405), ("DELETE", "/healthz", 405), ("POST", "/metrics", 405), ("POST", "/", 404)],
)
async def test_what_is_not_served_is_refused_in_a_word(
    start: Start, http: aiohttp.ClientSession, method: str, path: str, status: int
) -> None:
    base = await start()

    async with http.request(method, base + path) as answer:
        assert (answer.status, (await answer.text())[:5]) == (status, f"{status}: ")


async def test_a_body_that_says_it_is_huge_is_refused_before_it_is_read(start: Start) -> None:
    """Ten megabytes are announced and none is sent: nobody waits for them, or has room made for them."""
    answer = await _raw(await start(), b"Content-Length: 10485760\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in answer.lower()


async def test_a_body_in_pieces_is_given_up_as_soon_as_it_is_too_large(
    start: Start, http: aiohttp.ClientSession
) -> None:
    """No length is said: ten megabytes come in pieces, and no more than one is ever held."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(160):
            yield b"x" * 65536

    base = await start()
    with contextlib.suppress(aiohttp.ClientError):  # the server may hang up while we still send
        async with http.post(f"{base}/echo/t", data=pieces()) as answer:
            assert answer.status == 413


async def test_a_compressed_body_is_refused_unread(start: Start, http: aiohttp.ClientSession) -> None:
    """A kilobyte could be a gigabyte, and nobody who signs compresses."""
    base = await start()
    packed = gzip.compress(b"x" * 1000)

    async with http.post(f"{base}/echo/t", data=packed, headers={"Content-Encoding": "gzip"}) as answer:
        assert answer.status == 415


async def _raw(base: str, rest: bytes) -> bytes:
    """Everything that is answered to a request written by hand, to the end of the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
    writer.write(b"POST /echo/t HTTP/1.1\r\nHost: a\r\n" + rest)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer
