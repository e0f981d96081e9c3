"""One sandbox, one database, and bots that are forked, killed and started again."""

import contextlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.driver import HOME, Bot, Stage, call
from tests.reliability.doomed import SPEED, Child, Life, fork
from tests.reliability.stores import Store

PATIENCE = 60.0
"""Machine seconds for anything that has to come about."""
UNFINISHED = "SELECT count(*) FROM outbox WHERE state IN ('sending', 'unknown') OR state = 'pending' AND retry_at IS NOT NULL"


@dataclass
class ForkedBot(Bot):
    """As the journeys' bot, but forked from this process, which has everything imported.

    One that is `hurried` is left alone as soon as it listens, whether Slack has answered it or not.
    """

    child: Child | None = None
    dies_at: int = 0
    from_birth: bool = False
    stops: bool = False
    mutant: str = ""
    speed: float = SPEED
    hurried: bool = False

    def start(self, **more: str) -> None:
        """Start it; it may die before it is ready."""
        life = Life(
            environment=self.environment | more,
            log=self.log,
            dies_at=self.dies_at,
            from_birth=self.from_birth,
            stops=self.stops,
            mutant=self.mutant,
            speed=self.speed,
        )
        self.child = fork(life)
        begun = self.listens if self.hurried else self.ready
        wait_for(lambda: self.dead() or begun(), lambda: f"{self.missing()}\n{self.said()}")

    def listens(self) -> bool:
        """Whether it answers at all."""
        try:
            self._asked()
        except OSError:
            return False
        return True

    def missing(self) -> str:
        """What it says that it lacks."""
        try:
            return self._asked()
        except OSError as error:
            return str(error)

    def _asked(self) -> str:
        try:
            urllib.request.urlopen(f"http://{self.environment['FRONTDOOR_LISTEN']}/readyz", timeout=5).close()
        except urllib.error.HTTPError as answer:
            return answer.read().decode()
        return ""

    def dead(self) -> bool:
        """Whether it has been killed; an end of any other kind is a fault of its own."""
        if self.child is None:
            return True
        gone = self.child.gone()
        assert self.child.status in {None, -signal.SIGKILL}, f"it ended by itself\n{self.said()}"
        return gone

    def alive(self) -> bool:
        """Whether it still answers; one that is just dying is seen to its end."""
        if not self.dead() and self.ready():
            return True
        wait_for(self.dead, self.said)
        return False

    def stands_still(self) -> bool:
        """Whether it was stopped, and lives."""
        return self.child is not None and self.child.stopped()

    def kill(self) -> None:
        """The power goes."""
        if self.child is not None:
            self.child.kill()

    stop = kill


@dataclass
class Rig:
    """The stage of the trials; `bot` is its one bot."""

    stage: Stage
    store: Store
    bot: ForkedBot
    kills: int = 0
    sky: subprocess.Popen[str] | None = None
    proxy: str = ""

    def fresh(self) -> None:
        """A fresh world and an empty database, and nobody at work."""
        self.bot.kill()
        self.store.fresh()
        self.bot.environment["DATABASE_URL"] = self.store.url
        self.bot.dies_at, self.bot.from_birth, self.bot.stops = 0, False, False
        self.stage.control("reset", settle=False)
        self.stage.heard = 0

    @contextlib.contextmanager
    def weather(self, **forecast: float) -> Iterator[str]:
        """From here on the bot reaches its providers through a network of that kind; yields where it is ordered."""
        if self.sky is None:
            command = [sys.executable, "-m", "tests.reliability.weather", self.stage.url]
            self.sky = subprocess.Popen(command, cwd=HOME, stdout=subprocess.PIPE, text=True)
        if not self.proxy:
            assert self.sky.stdout is not None
            self.proxy = self.sky.stdout.readline().strip()
        direct = {name: self.bot.environment[name] for name in ("SLACK_API_URL", "TWILIO_API_URL")}
        self.bot.environment |= {"SLACK_API_URL": f"{self.proxy}/api/", "TWILIO_API_URL": self.proxy}
        call(f"{self.proxy}/_weather", {"speed": self.bot.speed} | forecast)
        try:
            yield f"{self.proxy}/_weather"
        finally:
            self.bot.kill()
            self.bot.environment |= direct
            call(f"{self.proxy}/_weather", {})

    def close(self) -> None:
        """Nothing is left behind."""
        self.bot.kill()
        for process in (self.sky, self.stage.process):
            if process is not None:
                process.terminate()
                process.wait(20)

    def begin(self) -> None:
        """Start the bot and wait until all is quiet."""
        self.bot.start()
        self.settle()

    def restart(self, *, dies_at: int = 0, from_birth: bool = False) -> None:
        """The bot's life ends, and another one begins, with an end of its own or without."""
        self.kills += 1
        self.bot.kill()
        self.bot.dies_at, self.bot.from_birth = dies_at, from_birth
        self.bot.start()

    def revive(self) -> None:
        """Start a bot that is left alone, and wait until all that was left in hand has come to an end."""
        self.restart()
        self.settle()

    def settle(self) -> None:
        """Until nothing is under way: neither on the wire nor in the outbox."""
        end = time.monotonic() + PATIENCE
        while True:
            self.stage.control("clock/settle")
            if not self.unfinished() or not self.bot.alive():
                return
            assert time.monotonic() < end, f"{self.unfinished()} effects stay in hand\n{self.bot.said()}"
            time.sleep(0.02)

    def unfinished(self) -> int:
        """Effects in hand, or waiting for another try."""
        return int(self.store.rows(UNFINISHED)[0][0])


def wait_for(true: Callable[[], bool], why_not: Callable[[], str] = str, seconds: float = PATIENCE) -> None:
    """Machine time passes until it is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"it never came to it\n{why_not()}"
        time.sleep(0.005)


@contextlib.contextmanager
def open_rig(folder: Path, store: Store, *, speed: float = SPEED) -> Iterator[Rig]:
    """Start a sandbox that stands still and limits nothing; no bot yet."""
    env_file = folder / "environment"
    words = ["--port", "0", "--no-bot", "--paused", "--fresh", "--open-limits"]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "sandbox", *words),
            *("--data", str(folder / "world"), "--env-file", str(env_file)),
        ],
        cwd=HOME,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    rig: Rig | None = None
    try:
        wait_for(lambda: env_file.exists() and "SANDBOX_URL" in env_file.read_text())
        environment = dict(line.split("=", 1) for line in env_file.read_text().splitlines())
        bot = ForkedBot(environment, folder / "bot.log", speed=speed)
        stage = Stage(url=environment["SANDBOX_URL"], bot=bot, data=folder, process=process)
        rig = Rig(stage=stage, store=store, bot=bot)
        yield rig
    finally:
        if rig is not None:
            rig.close()
        elif process.poll() is None:
            process.terminate()
            process.wait(20)
