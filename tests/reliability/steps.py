"""Killed at one step of a moment: afterwards everything has happened exactly as if nothing had."""

import contextlib
import signal
import time
from collections import Counter
from dataclasses import dataclass

from tests.journeys.driver import ControlRefused
from tests.reliability.judge import Verdict, judge
from tests.reliability.rig import Rig
from tests.reliability.scenes import Scene

LIE = 0.3


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a trial went. `name` repeats it; `missing` and `extra` are lines beside those of an undisturbed life.

    `expected`: faults are what it is there to show. `spoiled`: in a bad network an effect may end at the budget of its
    kind, with an alarm. `notes` are figures of its own.
    """

    name: str
    kills: int
    verdict: Verdict
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    expected: bool = False
    spoiled: bool = False
    notes: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Nothing lost, doubled or silent, or no more than was to be shown."""
        faults = self.verdict.faults.keys() - ({"given_up"} if self.spoiled else set())
        return self.expected or not (self.missing or self.extra or faults)


def undisturbed(rig: Rig, scene: Scene) -> Counter[str]:
    """What happens in the moment of a scene, and with the bot started again after it, when nobody is killed."""
    rig.bot.mutant = ""
    raise_curtain(rig, scene)
    scene.moment(rig.stage)
    go_on(rig)
    return Counter(rig.stage.happened())


def killed(rig: Rig, scene: Scene, step: int, usual: Counter[str], mutant: str = "") -> Result | None:
    """Kill at that step of the moment; None when the moment was over before."""
    rig.bot.mutant = mutant
    raise_curtain(rig, scene, dies_at=step)
    assert rig.bot.child is not None
    over = rig.stage.now() + scene.lasts
    rig.bot.child.signal(signal.SIGUSR1)
    with contextlib.suppress(ControlRefused):
        scene.moment(rig.stage)
    rig.settle()
    if rig.bot.alive():
        return None
    rig.revive()
    # The sandbox may have given up waiting for the dead before its clock had arrived.
    rig.stage.passes(seconds=(over - rig.stage.now()).total_seconds())
    go_on(rig)
    happened = Counter(rig.stage.happened())
    return Result(
        name=f"{scene.name}{'+' * bool(mutant)}{mutant}:{rig.store.name}:{step}",
        kills=1,
        verdict=judge(rig.stage, rig.store),
        missing=tuple((usual - happened).elements()),
        extra=tuple((happened - usual).elements()),
    )


def go_on(rig: Rig) -> None:
    """Time passes, so that what was to follow follows."""
    rig.settle()
    rig.stage.passes(minutes=3)
    rig.settle()


def raise_curtain(rig: Rig, scene: Scene, *, dies_at: int = 0, stops: bool = False) -> None:
    """A fresh world and a bot, and what comes before the moment."""
    rig.fresh()
    rig.bot.dies_at, rig.bot.stops = dies_at, stops
    rig.begin()
    scene.before(rig.stage)
    rig.settle()
    if rig.bot.mutant:  # one that lies about being done may have begun only now
        time.sleep(LIE)
        rig.settle()
    rig.stage.happened()
