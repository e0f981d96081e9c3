"""Shares trials out among worker processes and gathers their results."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.journeys.driver import HOME, Json
from tests.reliability.judge import Verdict
from tests.reliability.steps import Result


@dataclass
class Gathered:
    """What came of many trials. `broken` are trials that could not be judged, with why."""

    results: list[Result] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)

    @property
    def kills(self) -> int:
        """How often a process was killed."""
        return sum(result.kills for result in self.results)

    @property
    def bad(self) -> list[Result]:
        """Trials in which something was lost, doubled or silent."""
        return [result for result in self.results if not result.good]


def run(
    names: Iterable[str],
    *,
    workers: int,
    seconds: float,
    heard: Callable[[Result], None] = lambda result: None,
) -> Gathered:
    """Carry the names out, none begun after `seconds`. A moment that was over before its step ends its kind."""
    shares = _Shares(names, time.monotonic() + seconds, heard)
    threads = [threading.Thread(target=shares.work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return shares.gathered


class _Shares:
    def __init__(self, names: Iterable[str], until: float, heard: Callable[[Result], None]) -> None:
        self.gathered = Gathered()
        self._until, self._heard = until, heard
        self._over: set[str] = set()
        self._waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        for name in names:
            self._waiting.put(name)

    def work(self) -> None:
        """One worker, until nothing is left for it."""
        with _started() as process:
            assert process.stdin is not None
            while (name := self._next()) is not None:
                process.stdin.write(f"{name}\n")
                process.stdin.flush()
                if not self._carried_out(name, process):
                    self.gathered.broken[name] = "the worker ended"
                    break
            process.stdin.close()

    def _next(self) -> str | None:
        while time.monotonic() < self._until:
            try:
                name = self._waiting.get_nowait()
            except queue.Empty:
                return None
            if name.rpartition(":")[0] not in self._over:
                return name
        return None

    def _carried_out(self, name: str, process: subprocess.Popen[str]) -> bool:
        """Hear what becomes of it; False when the worker is gone."""
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            if "done" in said:
                return True
            self._take(name, said)
        return False

    def _take(self, name: str, said: Json) -> None:
        if "over" in said:
            self._over.add(name.rpartition(":")[0])
        elif "broken" in said:
            self.gathered.broken[name] = said["why"]
        else:
            result = Result(**said | {"verdict": Verdict(**said["verdict"])})
            self.gathered.results.append(result)
            self._heard(result)


def _started() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.worker"],
        cwd=HOME,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
