"""A bad network between the bot and its providers: a proxy on loopback that spoils a share of the requests, by a seed.

Started as `python -m tests.reliability.weather SANDBOX_URL`; prints its own address. It takes its orders under /_weather.
"""

import asyncio
import contextlib
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from urllib.parse import unquote_plus

import aiohttp
from aiohttp import web

LEFT_OUT = frozenset({"host", "content-length", "transfer-encoding", "connection", "content-encoding"})
UNTIL_THEY_GIVE_UP = 30.0
WHOSE = re.compile(r'"event_payload": ?{"key": ?"([^"]+)"|/phone/answer/([^/?&"]+)')
"""The key of a message, or the token of a call."""

Handler = Callable[[], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """`share` of the requests go wrong; `speed` is how fast the bot's time runs; `late` lets them land after so long."""

    seed: int = 0
    share: float = 0.0
    speed: float = 1.0
    late: float = 0.0


class Weather:
    """What happens to each request in turn."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._session: aiohttp.ClientSession | None = None
        self._forecast, self._dice = Forecast(), random.Random(0)  # noqa: S311 - repeatable on purpose
        self._landing: set[asyncio.Task[None]] = set()
        self.counts: Counter[str] = Counter()
        self.seen: list[tuple[float, float, str, str]] = []
        self._modes: dict[str, Callable[[web.Request, bytes], Awaitable[web.StreamResponse]]] = {
            "cut before": self._cut,
            "cut after": self._cut_after,
            "500 before": self._failure,
            "500 after": self._failure_after,
            "silence before": self._silence,
            "silence after": self._silence_after,
            "delay": self._delay,
            "429": self._too_many,
        }

    async def order(self, request: web.Request) -> web.Response:
        """POST a forecast, GET how it was so far."""
        if request.method == "POST":
            self._forecast = Forecast(**await request.json())
            self._dice = random.Random(self._forecast.seed)  # noqa: S311 - as above
            self.counts.clear()
        return web.json_response(
            {"forecast": asdict(self._forecast), "counts": self.counts, "seen": self.seen}
        )

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        """One request, spoiled or not."""
        body = await request.read()
        mode = "fine"
        if self._dice.random() < self._forecast.share:
            mode = self._dice.choice(list(self._modes)) if not self._forecast.late else "late"
        self.counts[mode] += 1
        begun = time.monotonic()
        try:
            if mode == "late":
                return await self._late(request, body)
            return await self._modes.get(mode, self._fine)(request, body)
        finally:
            self.seen.append((begun, time.monotonic(), mode, _whose(body)))

    async def _fine(self, request: web.Request, body: bytes) -> web.StreamResponse:
        if self._session is None:
            self._session = aiohttp.ClientSession(auto_decompress=False)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in LEFT_OUT}
        async with self._session.request(
            request.method, self._target + request.raw_path, data=body or None, headers=headers
        ) as answer:
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in LEFT_OUT}
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)

    async def _cut(self, request: web.Request, _body: bytes) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    async def _cut_after(self, request: web.Request, body: bytes) -> web.StreamResponse:
        await self._fine(request, body)
        return await self._cut(request, body)

    async def _failure(self, _request: web.Request, _body: bytes) -> web.StreamResponse:
        return web.Response(status=503, text="try again")

    async def _failure_after(self, request: web.Request, body: bytes) -> web.StreamResponse:
        await self._fine(request, body)
        return web.Response(status=500, text="internal error")

    async def _silence(self, request: web.Request, body: bytes) -> web.StreamResponse:
        ends = asyncio.get_running_loop().time() + UNTIL_THEY_GIVE_UP / self._forecast.speed
        while asyncio.get_running_loop().time() < ends and request.transport is not None:
            if request.transport.is_closing():
                break
            await asyncio.sleep(0.01)
        return await self._cut(request, body)

    async def _silence_after(self, request: web.Request, body: bytes) -> web.StreamResponse:
        await self._fine(request, body)
        return await self._silence(request, body)

    async def _delay(self, request: web.Request, body: bytes) -> web.StreamResponse:
        await asyncio.sleep(self._dice.uniform(0.2, 5.0) / self._forecast.speed)
        return await self._fine(request, body)

    async def _too_many(self, _request: web.Request, _body: bytes) -> web.StreamResponse:
        body = {"ok": False, "error": "ratelimited", "code": 20429, "message": "Too many requests"}
        return web.json_response(body, status=429, headers={"Retry-After": "1"})

    async def _late(self, request: web.Request, body: bytes) -> web.StreamResponse:
        """Nobody hears of it, and long after it is done all the same."""

        async def land() -> None:
            await asyncio.sleep(self._forecast.late / self._forecast.speed)
            with contextlib.suppress(aiohttp.ClientError):
                await self._fine(request, body)

        task = asyncio.get_running_loop().create_task(land())
        self._landing.add(task)
        task.add_done_callback(self._landing.discard)
        return await self._cut(request, body)

    async def close(self) -> None:
        """Nothing lands any more."""
        for task in self._landing:
            task.cancel()
        if self._session is not None:
            await self._session.close()


def _whose(body: bytes) -> str:
    found = WHOSE.search(unquote_plus(body.decode(errors="replace")))
    return (found[1] or found[2]) if found is not None else ""


async def main(target: str) -> None:
    """Serve until cancelled."""
    weather = Weather(target)
    app = web.Application()
    app.router.add_route("*", "/_weather", weather.order)
    app.router.add_route("*", "/{path:.*}", weather.pass_on)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sys.stdout.write(f"http://127.0.0.1:{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await weather.close()
        await runner.cleanup()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(sys.argv[1]))
