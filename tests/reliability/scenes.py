"""Moments in which the bot is killed at every step: what comes before, and what it is doing when it dies."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tests.journeys.driver import BLOCK, Stage


@dataclass(frozen=True)
class Scene:
    """`before` is lived through in peace; in `moment`, which lasts as long as it says, the steps are counted."""

    name: str
    before: Callable[[Stage], None]
    moment: Callable[[Stage], None]
    lasts: timedelta = timedelta(0)


def nothing(stage: Stage) -> None:
    """Nobody has written yet."""


def writes(stage: Stage) -> None:
    """A client writes."""
    stage.casey.writes("Printing fails at Harbour Street since this morning")


def first_response(stage: Stage) -> None:
    """The clock of the first response fires, and it is sent."""
    stage.passes(seconds=10)


def escalated(stage: Stage) -> None:
    """At development; the acknowledgement is due in five minutes."""
    writes(stage)
    stage.passes(seconds=10)
    stage.sam.on_card("claim")
    stage.sam.on_card("escalate")
    stage.sam.fills(**BLOCK)


def lapse(stage: Stage) -> None:
    """Nobody acknowledges: the lead's telephone rings."""
    stage.passes(minutes=5)


SCENES = {
    scene.name: scene
    for scene in (
        Scene("intake", nothing, writes),
        Scene("response", writes, first_response, timedelta(seconds=10)),
        Scene("call", escalated, lapse, timedelta(minutes=5)),
    )
}
