"""The telephone, put together: our account at Twilio, the way out, the way in, and the asking."""

import asyncio
import contextlib

from aiohttp import web
from prometheus_client import CollectorRegistry

from bot.board import Board
from bot.clock import Clock
from bot.desk import Desk
from bot.ending import end
from bot.in_force import InForce
from handlers.phone.client import Account
from handlers.phone.lines import Lines
from handlers.phone.poll import Poller
from handlers.phone.reports import Reports
from handlers.phone.sender import PhoneSender
from handlers.phone.signature import Gate
from handlers.phone.webhook import Webhook


class PhoneRoom:
    """One account at Twilio. Without `public_url` calls speak and are polled, and keys cannot be taken.

    `sender` carries out calls, hang-ups and messages; `old_token` too signs webhooks while
    the account's token is being changed; `registry` counts those that are refused.
    """

    def __init__(  # noqa: PLR0913 - what the composition root has: parts of ours and settings
        self,
        desk: Desk,
        board: Board,
        in_force: InForce,
        clock: Clock,
        *,
        account_sid: str,
        auth_token: str,
        from_number: str,
        api_url: str = "",
        public_url: str = "",
        old_token: str = "",
        registry: CollectorRegistry | None = None,
    ) -> None:
        self.account = Account(account_sid, auth_token, from_number, api_url)
        self.lines = Lines()
        self.sender = PhoneSender(self.account, board, in_force, self.lines, public_url)
        reports = Reports(desk, board, clock, self.lines)
        self.poller = Poller(self.account, board, clock, reports, self.lines, callbacks=bool(public_url))
        tokens = [token for token in (auth_token, old_token) if token]
        gate = Gate(tokens, account_sid, public_url, clock.monotonic, registry)
        webhook = Webhook(
            gate, desk, board, in_force=in_force, clock=clock, reports=reports, public_url=public_url
        )
        self._routes = webhook.routes() if public_url else []
        self._polling: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        """What the web server is to serve for Twilio; nothing without a public address."""
        return self._routes

    async def start(self) -> None:
        """Take up the calls of an earlier process and begin to ask how calls stand."""
        await self.poller.recall()
        self._polling = asyncio.get_running_loop().create_task(self.poller.run())

    async def stop(self) -> None:
        """Stop asking and close the connections."""
        if self._polling is not None:
            await end(self._polling)
            with contextlib.suppress(asyncio.CancelledError):
                await self._polling
        await self.account.close()
