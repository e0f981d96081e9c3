"""IN-5: "production is down" telephones at once, in every stage."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from policies.decision import Decision
from tests.policies.cast import CLIENT, NOON, staff
from tests.policies.play import Play, acknowledged, assigned, claimed, closed, escalated, resolved

NIGHT = NOON + timedelta(hours=11)


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


def test_a_request_with_production_down_never_stands_still_at_night() -> None:
    play = Play(now=NIGHT)
    play.write()
    play.press("production_down", CLIENT)
    play.press("claim", staff("sam"))
    play.wait(minutes=90)
    assert sum("stood still" in text for text in play.words("support_thread")) == 3


def test_a_settled_outage_lets_support_sleep() -> None:
    play = Play(now=NIGHT)
    play.write()
    play.press("production_down", CLIENT)
    play.press("claim", staff("sam"))
    play.answer()
    play.press("solved", CLIENT)
    play.wait(hours=5)
    assert not any("still open" in text for text in play.words("support_thread"))


def test_pressing_again_says_whether_somebody_has_it_already() -> None:
    play = Play()
    play.write()
    first = play.press("production_down", CLIENT)
    ringing = play.press("production_down", CLIENT)
    play.press("claim", staff("sam"))
    owned = play.press("production_down", CLIENT)
    assert isinstance(first, Decision)
    assert isinstance(ringing, Decision)
    assert isinstance(owned, Decision)
    assert [first.said, ringing.said, owned.said] == [
        "",  # the thread says it, for everybody
        "We know already: our people are being telephoned.",
        "We know already: somebody from support has it.",
    ]
