"""IN-5: "production is down" telephones at once, in every stage."""

from collections.abc import Callable

import pytest

from policies.decision import Decision
from tests.policies.cast import CLIENT
from tests.policies.play import Play, acknowledged, assigned, claimed, closed, escalated, resolved


@pytest.mark.parametrize(
    ("stage", "rung"),
    [
        (Play, ["sam"]),
        (claimed, ["sam"]),
        (escalated, ["lee"]),
        (acknowledged, ["sam"]),
        (assigned, ["sam"]),
        (resolved, ["sam"]),
        (closed, ["sam"]),
    ],
)
def test_production_is_down_telephones_at_once_in_every_stage(
    stage: Callable[[], Play], rung: list[str]
) -> None:
    play = stage()
    if not play.tickets:
        play.write()
    play.press("production_down", CLIENT)
    assert play.rung() == rung
    assert play.ticket.production_down
    assert play.ticket.is_open
    assert any("production is down" in text for text in play.words("client_thread"))


def test_production_is_down_between_rounds_does_not_wait_for_the_next_one() -> None:
    play = Play()
    play.write()
    play.wait(minutes=15)
    for _ in range(3):
        play.end_call()
    play.press("production_down", CLIENT)
    assert play.rung() == ["sam", "sky", "sol", "sam"]


def test_production_is_down_pressed_again_claims_no_call_that_is_not_made() -> None:
    play = Play()
    play.write()
    play.press("production_down", CLIENT)
    play.key_press("4")
    again = play.press("production_down", CLIENT)
    assert isinstance(again, Decision)
    assert "being telephoned" not in again.said
    assert play.rung() == ["sam"]
