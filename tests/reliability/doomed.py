"""The bot as `frontdoor run` composes it, in a forked child that lives fast and dies where it is told.

Fast: its loop and its machine time run SPEED times as quickly as the machine, so that every number of the product
(settling 20 s, a lease of 30 s, a request of 10 s) stays what it is, and a trial takes seconds.
"""

import asyncio
import contextlib
import os
import selectors
import signal
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from bot import app, logs, settings
from bot.clock import LinkedClock
from bot.storage.engine import StoreFailed
from tests.reliability.mutants import MUTANTS

SPEED = 10.0
_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Life:
    """How one child lives: `dies_at` is the step after the gun at which it kills itself, 0 never.

    The gun is SIGUSR1, or its birth. With `stops` it stands still there instead, until somebody continues it."""

    environment: dict[str, str]
    log: Path
    dies_at: int = 0
    from_birth: bool = False
    stops: bool = False
    mutant: str = ""
    speed: float = SPEED


@dataclass
class Child:
    """A forked bot."""

    pid: int
    status: int | None = field(default=None)

    def signal(self, number: signal.Signals) -> None:
        """Send it, unless the child is known to be gone."""
        if not self.gone():
            os.kill(self.pid, number)

    def gone(self) -> bool:
        """Whether it has ended."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def stopped(self) -> bool:
        """Whether it stands still."""
        state = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        return state == "T"

    def kill(self) -> None:
        """The power goes."""
        self.signal(signal.SIGKILL)
        self.wait()

    def wait(self) -> int:
        """Until it has ended; its exit code, negative for a signal."""
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.status


class HastySelector(selectors.DefaultSelector):
    """Waits a fraction of what the loop asks for, since the loop's seconds are short ones."""

    speed = SPEED

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout / self.speed if timeout else timeout)


class DoomedLoop(asyncio.SelectorEventLoop):
    """Counts its steps from the starting gun on, and dies before the one it was given."""

    def __init__(self, life: Life) -> None:
        selector = HastySelector()
        selector.speed = life.speed
        self._speed, self._dies_at = life.speed, life.dies_at
        self._end = signal.SIGSTOP if life.stops else signal.SIGKILL
        self.counting, self.steps = life.from_birth, 0
        super().__init__(selector)

    def time(self) -> float:
        return super().time() * self._speed

    def gun(self) -> None:
        self.counting = True

    def _run_once(self) -> None:
        if self.counting:
            self.steps += 1
            if self.steps == self._dies_at:
                os.kill(os.getpid(), self._end)
        super()._run_once()  # type: ignore[misc]  # the one place at which every step begins


class FastClock(LinkedClock):
    """The sandbox's time as usual, and machine time that goes as fast as the loop; the same in every process."""

    speed = SPEED

    def wall(self) -> datetime:
        return _SINCE + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return time.monotonic() * self.speed

    async def run(self, idle: Callable[[], Awaitable[datetime | None]]) -> None:
        """As usual; whoever asks while the database is away gets the answer when it is back."""

        async def patient() -> datetime | None:
            while True:
                with contextlib.suppress(StoreFailed):
                    return await idle()
                await asyncio.sleep(1)

        await super().run(patient)

    def seconds_until(self, moment: datetime) -> float:
        return super().seconds_until(moment) * self.speed


def fork(life: Life) -> Child:
    """Start a child; this process has no loop and no threads, and has imported everything already."""
    pid = os.fork()
    if not pid:
        _live(life)
    return Child(pid)


def _live(life: Life) -> NoReturn:
    status = 1
    try:
        _redirect(life.log)
        status = _run(life)
    except BaseException:  # noqa: BLE001 - the forked half must not go on as its parent
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _run(life: Life) -> int:
    for name in list(os.environ):
        if name.startswith(("SLACK_", "TWILIO_", "FRONTDOOR_", "DATABASE_URL", "PUBLIC_URL")):
            del os.environ[name]
    os.environ.update(life.environment)
    FastClock.speed = life.speed
    app.LinkedClock = FastClock  # type: ignore[misc]
    if life.mutant:
        MUTANTS[life.mutant]()
    read = settings.load()
    logs.configure(read.frontdoor_log_level)
    with asyncio.Runner(loop_factory=lambda: DoomedLoop(life)) as runner:
        loop = runner.get_loop()
        loop.add_signal_handler(signal.SIGUSR1, loop.gun)
        runner.run(app.run(read))
    return 0


def _redirect(log: Path) -> None:
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
