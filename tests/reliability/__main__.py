"""`make reliability`: kills the product a thousand times and prints what became of it.

`python -m tests.reliability NAME ...` repeats single trials, by the names that the table's faults carry.
"""

import argparse
import sys
import time

from tests.reliability.run import Gathered, run
from tests.reliability.steps import Result
from tests.reliability.table import table

CHUNK = 10
LONGEST = {"intake": 180, "response": 200, "call": 200}
"""Up to which step a moment is gone through; what comes later is a bot with nothing in hand."""
SEEDS = {"load": 12, "weather": 4, "late": 3}
CRASHES = 6
STOPS = range(5, 100, 12)


def plan() -> list[str]:
    """Every trial, in the order in which they are begun: a little of each kind first, the long sweeps last."""
    names = ["share:sqlite:1"]
    for database in ("sqlite", "postgresql"):
        names += [
            f"{kind}:{database}:{seed}" for kind, seeds in SEEDS.items() for seed in range(1, seeds + 1)
        ]
    for scene in LONGEST:
        names += [f"database-{scene}:postgresql:{seed}" for seed in range(1, CRASHES + 1)]
        names += [f"stopped-{scene}:postgresql:{step}" for step in STOPS]
    for first in range(1, max(LONGEST.values()), CHUNK):
        names += [
            f"{scene}:{database}:{first}-{first + CHUNK - 1}"
            for database in ("sqlite", "postgresql")
            for scene, last in LONGEST.items()
            if first <= last
        ]
    return names


def main() -> int:
    """The exit status: 1 when anything was lost, doubled, silent or could not be judged, or there were too few kills."""
    given = _options()
    names, begun = given.names or plan(), time.monotonic()
    gathered = run(names, workers=given.workers, seconds=given.minutes * 60, heard=_heard)
    sys.stdout.write(table(gathered.results))
    sys.stdout.write(f"\n{gathered.kills} kills in {time.monotonic() - begun:.0f} seconds\n")
    for name, why in gathered.broken.items():
        sys.stdout.write(f"\nBROKEN {name}\n{why}\n")
    return 1 if gathered.bad or gathered.broken or _too_few(gathered, given) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__)
    parser.add_argument("names", nargs="*", help="single trials to repeat, such as call:sqlite:41")
    parser.add_argument("--workers", type=int, default=4, help="they wait half of their time")
    parser.add_argument("--minutes", type=float, default=16.5, help="after this no further trial is begun")
    parser.add_argument("--kills", type=int, default=1000, help="fewer than this are a failure of the run")
    return parser.parse_args()


def _too_few(gathered: Gathered, given: argparse.Namespace) -> bool:
    return not given.names and gathered.kills < given.kills


def _heard(result: Result) -> None:
    if not result.good:
        words = [f"{name}={count}" for name, count in result.verdict.faults.items()]
        words += [f"missing: {line}" for line in result.missing] + [f"extra: {line}" for line in result.extra]
        sys.stdout.write(f"FAULT {result.name}: {'; '.join(words)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
