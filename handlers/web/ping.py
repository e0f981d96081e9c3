"""A word to the outside once a minute while everything is ready, so that somebody else alarms when we are silent."""

import asyncio
from collections.abc import Callable

import aiohttp
import structlog
from pydantic import SecretStr

from handlers.web.server import READY_PATIENCE, Ready

log = structlog.get_logger(__name__)
EVERY = 60.0
"""Machine seconds between two pings."""
PATIENCE = aiohttp.ClientTimeout(total=10)


class Ping:
    """Asks for `url` while `ready` names nothing that is missing. The address is a secret: whoever knows it can speak for us.

    `failed` is called for each ping that nobody took; `monotonic` gives machine seconds.
    """

    def __init__(
        self, url: SecretStr, ready: Ready, failed: Callable[[], None], monotonic: Callable[[], float]
    ) -> None:
        self._url, self._ready, self._failed, self._monotonic = url, ready, failed, monotonic
        self._last = monotonic()
        self._failing = False

    @property
    def age(self) -> float:
        """Machine seconds since the last ping that was taken, or since the beginning."""
        return self._monotonic() - self._last

    async def run(self) -> None:
        """Ping until cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(EVERY)

    async def once(self) -> None:
        """One ping, or silence while anything is missing. A failure is logged once, until one is taken again."""
        if not await self._is_ready():
            return
        why = await self._ask()
        if why:
            self._failed()
            if not self._failing:
                log.error("ping.failed", reason=why)
        else:
            self._last = self._monotonic()
            if self._failing:
                log.info("ping.taken_again")
        self._failing = bool(why)

    async def _is_ready(self) -> bool:
        try:
            async with asyncio.timeout(READY_PATIENCE):
                return not await self._ready()
        except TimeoutError:
            return False

    async def _ask(self) -> str:
        """Why it was not taken, without the address; empty when it was."""
        try:
            async with (
                aiohttp.ClientSession(timeout=PATIENCE) as session,
                session.get(self._url.get_secret_value(), allow_redirects=False) as answer,
            ):
                return "" if 200 <= answer.status < 300 else f"it answers {answer.status}"
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return type(error).__name__
