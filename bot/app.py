"""The composition root: the only module that knows every concrete class, puts them together, starts and stops them."""

import asyncio
import contextlib
import math
import signal
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import REGISTRY
from pydantic import SecretStr

from bot import mark, memory, roster
from bot.clock import Clock, LinkedClock, SystemClock
from bot.delivery import Patience
from bot.desk import NotStored
from bot.ending import end
from bot.feeds import Feeds
from bot.in_force import InForce
from bot.machinery import Machinery
from bot.mark import HighWaterMark
from bot.no_telephone import NoTelephone
from bot.opening import CannotRun, Overtaken, open_database, problems_in_words
from bot.ports import Sender
from bot.reloading import Reloading
from bot.roster import Office
from bot.settings import TWILIO, Misconfigured, Settings, strangers
from bot.shared_clock import SharedClock
from bot.storage.engine import Database, StoreFailed
from bot.storage.postgresql import PostgresqlDatabase
from bot.watchdog import Watchdog
from handlers.phone.room import PhoneRoom
from handlers.records.room import RecordsRoom
from handlers.slack.room import SlackAccess, SlackRoom
from handlers.web.ping import Ping
from handlers.web.server import WebServer

if TYPE_CHECKING:
    from bot.doctor import Check, Finding
    from bot.manifest import Surface

NAME = "frontdoor"
CLOCK_PATIENCE = 10.0
"""Seconds in which a sandbox has to tell the time."""
DRAIN = 10.0
"""Seconds that what can be sent has at the end; what is left goes out at the next start."""
AGAIN = 0.5
"""Machine seconds until a database that failed is asked again."""
CATCH_UP = 5.0
"""Machine seconds for which skipped time waits for what is being read back of Slack."""
SILENT_WATCH = 10.0
"""Seconds without a look at the clocks after which we are not ready."""

OVERTAKEN = "The data belong to a newer Frontdoor now: start that one."

log = structlog.get_logger(__name__)


class App:
    """One running bot, put together; it lives in `run`. Database and watchdog stay their owner's to close."""

    def __init__(
        self, settings: Settings, in_force: InForce, database: Database, clock: Clock, watchdog: Watchdog
    ) -> None:
        self._settings, self._clock, self._watchdog = settings, clock, watchdog
        self._stop = asyncio.Event()
        self._stalled = self._overtaken = self._serving = self._stopping = False
        self._loops: list[asyncio.Task[None]] = []
        # A sandbox skips hours in a moment, in which our own pacing of messages by the second would only hold it up.
        skips = isinstance(clock, LinkedClock)
        self.machinery = machinery = Machinery(
            database,
            in_force,
            clock,
            patience=Patience(rate=math.inf) if skips else None,
            keeps_house=not skips,
            pulse=watchdog.beat,
        )
        self._mark: HighWaterMark | None = None
        if isinstance(clock, SystemClock):
            self._mark = HighWaterMark(database, clock)
            clock.stepped = machinery.metrics.clock_stepped
        if isinstance(clock, SystemClock | SharedClock):
            machinery.metrics.clock_ahead.set_function(lambda: clock.ahead)
        if isinstance(database, PostgresqlDatabase):
            database.overtaken = self._step_aside
        registry = machinery.metrics.registry
        registry.register(REGISTRY)
        self.slack = SlackRoom(
            machinery.desk,
            machinery.board,
            in_force,
            clock,
            _slack_access(settings),
            machinery.metrics.envelopes.inc,
            skewed=machinery.metrics.slack_skew.set,
        )
        machinery.metrics.silence.set_function(lambda: self.slack.traffic.age)
        self.phone = _phone_room(settings, machinery, in_force, clock) if settings.has_telephone else None
        self.records = RecordsRoom(settings.frontdoor_records_dir, machinery.board, in_force)
        telephone: Sender = self.phone.sender if self.phone else NoTelephone()
        machinery.add(self.slack.sender, self.records, telephone)
        routes = [*self.slack.http_routes(registry), *(self.phone.routes() if self.phone else [])]
        self.web = WebServer(
            settings.frontdoor_listen, routes, self.missing, machinery.figures, self.ending, registry=registry
        )

        self.reloading = Reloading(settings.frontdoor_config, in_force, machinery, database, clock)
        self.feeds = Feeds(in_force, clock)
        self._ping: Ping | None = None
        if settings.frontdoor_ping_url:
            failed = machinery.metrics.ping_failures.inc
            self._ping = ping = Ping(settings.frontdoor_ping_url, self.missing, failed, clock.monotonic)
            machinery.metrics.ping_age.set_function(lambda: ping.age)

    async def run(self) -> None:
        """Start, serve until SIGTERM or SIGINT, finish what is in hand, end. Raises CannotRun and Misconfigured."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self.reloading.wake)
        self._watchdog.on_stall = partial(loop.call_soon_threadsafe, self._give_up)
        try:
            await self._start()
            log.info("started", port=self.web.port, missing=await self.missing())
            await self._stop.wait()
        finally:
            await self._end()
        if self._stalled:
            raise CannotRun("A part of the bot stood still; the log says which. Start the bot again.")
        if self._overtaken:
            raise Overtaken(OVERTAKEN)

    def ending(self) -> bool:
        """Whether the watchdog has asked for the end."""
        return self._stalled

    async def missing(self) -> dict[str, str]:
        """The parts that are not ready, each with the reason."""
        age = self.machinery.watch.tick_age
        found = {
            "process": OVERTAKEN if self._overtaken else "stopping" if self._stopping else "",
            "slack": self.slack.healthy(),
            "clocks": f"not looked at for {age:.0f} seconds" if age > SILENT_WATCH else "",
        }
        try:
            await self.machinery.board.counts()
            found["canary"] = await self.machinery.canary.look()
        except StoreFailed as error:
            found["database"] = str(error)
        return {part: reason for part, reason in found.items() if reason}

    async def _start(self) -> None:
        """Web, office, Slack, telephone, records, loops: in this order, so that whatever arrives finds a place."""
        if isinstance(self._clock, LinkedClock):
            await self._link(self._clock)
        try:
            await self.web.start()
        except OSError as error:
            where = self._settings.frontdoor_listen
            raise CannotRun(
                f"{where} cannot be listened on: {error.strerror}. See FRONTDOOR_LISTEN."
            ) from error
        try:
            await self.reloading.begin()
        except (StoreFailed, NotStored) as error:
            raise CannotRun(f"The database cannot be written: {error}. See DATABASE_URL.") from error
        await self.slack.start()
        if self.phone:
            await self.phone.start()
        await self.records.start()
        memory.settle()
        await self.machinery.start()
        if self._mark:
            self._begin(self._mark.run())
        if self._ping:
            self._begin(self._ping.run())
        self._begin(self.reloading.run())
        self._begin(self.feeds.run())
        self._serving = True

    async def _link(self, clock: LinkedClock) -> None:
        """Follow the sandbox's clock from here on."""
        clock.listeners.append(self.machinery.wake)
        self._begin(clock.run(self._idle))
        try:
            await asyncio.wait_for(clock.ready.wait(), CLOCK_PATIENCE)
        except TimeoutError:
            url = self._settings.frontdoor_clock_url
            mend = "Start the sandbox, or remove FRONTDOOR_CLOCK_URL."
            raise CannotRun(f"The clock at {url} does not answer. {mend}") from None

    async def _idle(self) -> datetime | None:
        """As of the machinery, with every call asked for: time that is skipped outruns the asking by the machine's seconds."""
        while True:
            await self.slack.catch_up.settled(CATCH_UP)
            try:
                await self.reloading.look()
                due = await self.machinery.idle()
                if self.phone is None or not await self.phone.poller.round():
                    return due
            except (StoreFailed, NotStored):  # whoever asks gets the answer when the database is back
                await asyncio.sleep(AGAIN)

    async def _end(self) -> None:
        """Take no more, send what can be sent, finish what is in hand, close; each part bounded by itself."""
        self._stopping = True
        self._watchdog.leave()
        await self.slack.close_intake()
        await self.web.stop()
        if self._serving and not self._overtaken:
            with contextlib.suppress(TimeoutError, StoreFailed):
                await asyncio.wait_for(self.machinery.idle(), DRAIN)
        with contextlib.suppress(TimeoutError):  # what is overtaken can store nothing of what it has in hand
            await asyncio.wait_for(self.machinery.stop(), DRAIN if self._overtaken else None)
        if self.phone:
            await self.phone.stop()
        await self.slack.stop()
        await self.records.stop()
        await end(*self._loops)
        await asyncio.gather(*self._loops, return_exceptions=True)
        if self._mark:
            await self._mark.keep()
        log.info("stopped")

    def _begin(self, loop: Coroutine[Any, Any, None]) -> None:
        self._loops.append(asyncio.get_running_loop().create_task(loop))

    def _give_up(self) -> None:
        """Whoever supervises the process starts it again."""
        self._stalled = True
        self._stop.set()

    def _step_aside(self) -> None:
        """A newer program has taken the data over."""
        if not self._overtaken:
            log.warning("overtaken", reason=OVERTAKEN)
        self._overtaken = True
        self._stop.set()


async def run(settings: Settings) -> None:
    """Run the bot until it is told to stop. Raises Misconfigured and CannotRun."""
    office = roster.load(settings.frontdoor_config)
    for said in (*strangers(), *office.warnings):
        log.warning("settings", note=said)
    if settings.has_telephone:
        office = replace(office, calls_from=settings.twilio_from_number)
    else:
        office = replace(office, telephone=False)
        log.info("no telephone is set up: nobody is rung, Slack alone tells people")
    with Watchdog() as watchdog:  # until the database is closed: that may hang too
        async with open_database(settings.database_url) as database:
            await App(settings, InForce(office), database, await _clock(settings, database), watchdog).run()


async def _clock(settings: Settings, database: Database) -> Clock:
    if settings.frontdoor_clock_url:
        return LinkedClock(settings.frontdoor_clock_url, NAME)
    with problems_in_words():
        if isinstance(database, PostgresqlDatabase):
            database.timekeeper = clock = SharedClock()
            await database.write(lambda _conn: None)
            return clock
        return await mark.begin(database)


def _slack_access(settings: Settings) -> SlackAccess:
    return SlackAccess(
        bot_token=settings.slack_bot_token.get_secret_value(),
        app_token=_secret(settings.slack_app_token),
        signing_secret=_secret(settings.slack_signing_secret),
        api_url=settings.slack_api_url,
    )


def _phone_room(settings: Settings, machinery: Machinery, in_force: InForce, clock: Clock) -> PhoneRoom:
    return PhoneRoom(
        machinery.desk,
        machinery.board,
        in_force,
        clock,
        account_sid=settings.twilio_account_sid,
        auth_token=_secret(settings.twilio_auth_token),
        from_number=settings.twilio_from_number,
        api_url=_other_twilio(settings),
        public_url=settings.public_url,
        old_token=_secret(settings.twilio_auth_token_old),
        registry=machinery.metrics.registry,
    )


def surface() -> "Surface":
    """What the code uses of Slack, for the check of the manifest."""
    from bot.manifest import Surface
    from handlers.slack import checks
    from handlers.slack import surface as used

    return Surface(
        scopes=used.scopes() | checks.SCOPES,
        events=frozenset(used.EVENTS),
        commands=frozenset(used.COMMANDS),
        shortcuts=dict(used.SHORTCUTS),
    )


async def examine(settings: Settings) -> "tuple[Finding, ...]":
    """Every finding of the doctor."""
    from bot import doctor
    from bot.doctor import Finding
    from bot.doctor_clients import client_findings
    from bot.doctor_people import people_check

    checks: list[tuple[str, Check]] = [
        ("settings", _at_once(doctor.settings_findings(settings))),
        ("database", partial(doctor.database_findings, settings.database_url)),
        ("records", _at_once(doctor.records_findings(settings.frontdoor_records_dir))),
    ]
    office: Office | None = None
    try:
        office = roster.load(settings.frontdoor_config)
    except Misconfigured as error:
        found = [Finding("frontdoor.toml", "fail", said) for said in error.problems]
        checks.append(("frontdoor.toml", _at_once(found)))
    else:
        checks.append(("frontdoor.toml", _at_once(doctor.office_findings(office))))
        checks.append(("clients", _at_once(client_findings(office, SystemClock().now()))))
        checks.append(("coverage", people_check(settings, office, SystemClock())))
    return await doctor.examine([*checks, *_slack_checks(settings, office), *_phone_checks(settings)])


def _slack_checks(settings: Settings, office: Office | None) -> "list[tuple[str, Check]]":
    from handlers.slack.checks import SlackChecks

    channels: dict[str, str] = {}
    if office is not None:
        channels = {office.support_channel: "support", office.escalation_channel: "escalations"}
        channels |= {channel: client.name for channel, client in office.roster.by_channel.items()}
    slack = SlackChecks(
        bot_token=settings.slack_bot_token.get_secret_value(),
        app_token=_secret(settings.slack_app_token),
        api_url=settings.slack_api_url,
        channels=channels,
        needed=surface().scopes,
        now=SystemClock().wall,
    )
    sockets: list[tuple[str, Check]] = [("app token", slack.sockets)] if settings.slack_app_token else []
    return [("bot token", slack.tokens), *sockets, ("channels", slack.membership)]


def _phone_checks(settings: Settings) -> "list[tuple[str, Check]]":
    from bot import doctor
    from handlers.phone.checks import PhoneChecks

    phone = PhoneChecks(
        account_sid=settings.twilio_account_sid,
        auth_token=_secret(settings.twilio_auth_token),
        from_number=settings.twilio_from_number,
        api_url=_other_twilio(settings),
        public_url=settings.public_url,
    )
    checks: list[tuple[str, Check]] = []
    if settings.public_url:
        checks.append(("public address", partial(doctor.public_findings, settings)))
    if settings.has_telephone:
        checks.append(("telephone account", phone.account))
        if settings.public_url:
            checks.append(("telephone webhook", phone.webhook))
    return checks


def _at_once(findings: "Sequence[Finding]") -> "Check":
    async def check() -> "Sequence[Finding]":
        return findings

    return check


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""


def _other_twilio(settings: Settings) -> str:
    return "" if settings.twilio_api_url == TWILIO else settings.twilio_api_url
