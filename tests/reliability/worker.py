"""Runs trials in a process of its own, one after the other: names come in by lines, results go out as lines of JSON.

Forking needs a process without threads and loops; so does nothing else here have any.
"""

import contextlib
import json
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

from tests.reliability.doomed import SPEED
from tests.reliability.load import in_bad_weather, landing_late, under_load
from tests.reliability.replicas import database_killed, stopped
from tests.reliability.rig import Rig, open_rig
from tests.reliability.scenes import SCENES
from tests.reliability.share import on_time
from tests.reliability.steps import Result, killed, undisturbed
from tests.reliability.stores import PostgresqlStore, SqliteStore

BY_SEED = {"load": under_load, "weather": in_bad_weather, "late": landing_late}
STORES = {"sqlite": SqliteStore, "postgresql": PostgresqlStore}


class Worker:
    """One rig for each kind of database, opened when it is first needed."""

    def __init__(self, folder: Path, held: contextlib.ExitStack) -> None:
        self._folder, self._held = folder, held
        self._rigs: dict[str, Rig] = {}
        self._usual: dict[str, Counter[str]] = {}

    def carry_out(self, name: str) -> Iterator[Result | None]:
        """The results of one name; None at the end of a moment whose steps are counted."""
        kind, database, number = name.split(":")
        if kind == "share":
            yield on_time(self._rig(database, speed=1.0), int(number))
            return
        if kind in BY_SEED:
            yield BY_SEED[kind](self._rig(database), int(number))
            return
        first, _, last = number.partition("-")
        for step in range(int(first), int(last or first) + 1):
            result = self._steps(kind, database, step)
            yield result
            if result is None:
                return

    def _steps(self, kind: str, database: str, step: int) -> Result | None:
        way, _, name = kind.rpartition("-")
        name, _, mutant = name.partition("+")
        rig, scene = self._rig(database), SCENES[name]
        usual = f"{name}:{database}"
        if usual not in self._usual:
            self._usual[usual] = undisturbed(rig, scene)
        if way == "database":
            return database_killed(rig, scene, step, self._usual[usual])
        if way == "stopped":
            return stopped(rig, scene, step, self._usual[usual])
        return killed(rig, scene, step, self._usual[usual], mutant)

    def _rig(self, database: str, speed: float = SPEED) -> Rig:
        name = f"{database} at {speed}"
        if name not in self._rigs:
            place = self._folder / name.replace(" ", "-")
            place.mkdir()
            store = STORES[database](place)
            self._held.callback(store.close)
            self._rigs[name] = self._held.enter_context(open_rig(place, store, speed=speed))
        return self._rigs[name]


def main() -> None:
    """Until there are no more names."""
    tell = partial(print, flush=True)
    with contextlib.ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="reliability-")))
        worker = Worker(folder, held)
        for name in map(str.strip, sys.stdin):
            try:
                for result in worker.carry_out(name):
                    tell(json.dumps(asdict(result) if result else {"over": name}))
            except Exception:  # noqa: BLE001 - a trial that breaks is a result too, and the others go on
                tell(json.dumps({"broken": name, "why": traceback.format_exc()}))
            tell(json.dumps({"done": name}))


if __name__ == "__main__":
    main()
