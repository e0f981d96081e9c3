"""Processes of a program that begin at once: forked from one that has imported it already, and otherwise as any other.

Starting Python and importing the bot takes a second of a processor, which is more than most journeys need for all the rest.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parents[2]
WARM = {"bot": ["bot.app"], "sandbox": ["sandbox.command"]}


@dataclass
class Born:
    """A process from a nursery; to be asked as a subprocess.Popen is."""

    nursery: "Nursery"
    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it lives."""
        if self.returncode is None:
            self.returncode = self.nursery.ask(ended=self.pid)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Until it has ended; its exit code."""
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
            time.sleep(0.01)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send it, unless the process is known to be gone."""
        if self.poll() is None:
            os.kill(self.pid, number)


@dataclass
class Nursery:
    """One for each program. It has no threads and no loop, and ends what is left of its children when it is closed."""

    program: str
    process: subprocess.Popen[str] = field(init=False)
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.nursery", self.program],
            cwd=HOME,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, *words: str, environment: dict[str, str], log: Path) -> Born:
        """As `python -m program words ...`, with its output at the end of the log."""
        return Born(self, self.ask(words=words, environment=environment, log=str(log)))

    def ask(self, **wanted: object) -> Any:
        """One request, one answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with self._one_at_a_time:
            self.process.stdin.write(json.dumps(wanted) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        assert answer, f"the nursery of {self.program} has ended"
        return json.loads(answer)

    def close(self) -> None:
        """Nothing is left of it."""
        with self.process:
            pass


@cache
def nursery(program: str) -> Nursery:
    """The one of this run, begun when it is first needed."""
    made = Nursery(program)
    atexit.register(made.close)
    return made


def _serve() -> dict[str, Any] | None:
    """Answer until nobody asks any more; in a child, what it is to become."""
    children: set[int] = set()
    while line := sys.stdin.readline():
        asked = json.loads(line)
        if "ended" in asked:
            answer = _code(asked["ended"])
            children -= {asked["ended"]} if answer is not None else set()
        elif answer := os.fork():
            children.add(answer)
        else:
            return dict(asked)
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()
    for child in children:
        os.kill(child, signal.SIGKILL)
    return None


def _code(child: int) -> int | None:
    pid, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if pid else None


def _become(program: str, asked: dict[str, Any]) -> None:
    """From here on this is `python -m program`; it ends as that does."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for mine, theirs in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(mine, theirs)
    os.close(nothing)
    os.close(log)
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv[1:] = asked["words"]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever runs the tests, and ends us too
    for name in WARM[sys.argv[1]]:
        importlib.import_module(name)
    gc.freeze()  # or every collection in a child would copy what it shares with its parent
    if (becoming := _serve()) is not None:
        _become(sys.argv[1], becoming)
