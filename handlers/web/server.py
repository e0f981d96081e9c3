"""Our own web server: the routes of the rooms, and what an operator asks (alive, ready, figures)."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web
from aiohttp.typedefs import Middleware
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry

from handlers.web.guard import BODY_PATIENCE, AccessLog, add_headers, bounded_bodies
from handlers.web.limiter import Allowance, limited

LINGERING = 2.0
"""Seconds for which somebody whose body is refused may still send it, to read why."""
LARGEST = 1024 * 1024
"""Bytes of a body: Slack's largest events are some hundred kilobytes."""
READY_PATIENCE = 5
"""Seconds that the parts have to say whether they are ready."""
FAREWELL = 5
"""Seconds that requests under way have at the end."""

Ready = Callable[[], Awaitable[dict[str, str]]]
Figures = Callable[[], Awaitable[bytes]]
Ending = Callable[[], bool]

access_log = logging.getLogger("handlers.web.access")


class WebServer:
    """Serves `routes` on `listen` ("host:port", port 0 for any).

    `ready` names each part that is not ready with the reason; empty means that all are. `figures` are as Prometheus reads them.
    Refusals are counted in `registry`; `monotonic` gives machine seconds.
    `ending` tells that the process was found stuck and is to be started again.
    """

    def __init__(  # noqa: PLR0913 - what the composition root has: parts of ours, and what tests set
        self,
        listen: str,
        routes: Sequence[web.RouteDef],
        ready: Ready,
        figures: Figures,
        ending: Ending = lambda: False,
        *,
        body_patience: float = BODY_PATIENCE,
        registry: CollectorRegistry | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        host, _, port = listen.rpartition(":")
        self._host, self._port = host.strip("[]"), int(port)
        self._ready, self._figures, self._ending = ready, figures, ending
        guards = [limited(Allowance(monotonic), registry), bounded_bodies(body_patience, LARGEST)]
        self._runner = web.AppRunner(
            self._app(routes, guards),
            auto_decompress=False,
            access_log_class=AccessLog,
            access_log=access_log,
            shutdown_timeout=FAREWELL,
            lingering_time=LINGERING,
        )

    async def start(self) -> None:
        """Begin to listen. Raises OSError when the place is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()

    async def stop(self) -> None:
        """Take no more requests, let those under way come to their end, close."""
        await self._runner.cleanup()

    @property
    def port(self) -> int:
        """The port that is really listened on, 0 before the start."""
        return int(self._runner.addresses[0][1]) if self._runner.addresses else 0

    def _app(self, routes: Sequence[web.RouteDef], guards: Sequence[Middleware]) -> web.Application:
        app = web.Application(middlewares=guards, client_max_size=LARGEST)
        app.on_response_prepare.append(add_headers)
        app.add_routes(
            [
                web.get("/healthz", self._healthz),
                web.get("/readyz", self._readyz),
                web.get("/metrics", self._metrics),
                *routes,
            ]
        )
        return app

    async def _healthz(self, _request: web.Request) -> web.Response:
        """The process lives and its loop turns: nothing else is asked, so that a slow database restarts nobody."""
        if self._ending():
            return web.Response(status=503, text="stuck, ending\n")
        return web.Response(text="ok\n")

    async def _readyz(self, _request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(READY_PATIENCE):
                missing = await self._ready()
        except TimeoutError:
            missing = {"ready": f"no answer within {READY_PATIENCE} seconds"}
        return web.json_response({"ready": not missing, "missing": missing}, status=503 if missing else 200)

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=await self._figures(), headers={"Content-Type": CONTENT_TYPE_LATEST})
