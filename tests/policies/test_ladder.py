"""ES-2, ES-3, ES-5: who is rung when, exactly."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from policies.decision import Refused
from policies.effects import HangUp, Post
from policies.people import Absence
from policies.ticket import Stage
from tests.policies.cast import NOON, ROSTER, staff
from tests.policies.play import Play, escalated

MINUTE = timedelta(minutes=1)


def test_in_working_hours_the_lead_has_five_minutes_and_outside_fifteen() -> None:
    day, night = escalated(Play()), escalated(Play(now=NOON + timedelta(hours=14)))

    assert day.ticket.acknowledge_at == NOON + 5 * MINUTE
    assert night.ticket.acknowledge_at == NOON + timedelta(hours=14) + 15 * MINUTE


def test_the_window_is_the_one_in_force_at_the_moment_of_escalation() -> None:
    closing = NOON + timedelta(hours=8)

    assert escalated(Play(now=closing - MINUTE)).ticket.acknowledge_at == closing + 4 * MINUTE
    assert escalated(Play(now=closing)).ticket.acknowledge_at == closing + 15 * MINUTE


def test_lead_then_backup_then_support_lead_each_at_once_when_a_call_ends_unreached() -> None:
    play = escalated(Play())
    play.wait(minutes=5)
    assert play.rung() == ["lee"]
    play.end_call("busy")
    assert play.rung() == ["lee", "bo"]
    play.end_call("unconfirmed")
    assert play.rung() == ["lee", "bo", "sol"]


def test_rounds_restart_after_two_then_five_then_every_ten_minutes() -> None:
    play = escalated(Play())
    play.wait(minutes=5)
    starts = []
    for _ in range(5):
        starts.append(play.now)
        for _ in range(3):
            play.end_call()
        assert play.ticket.ladder is not None
        assert play.ticket.ladder.next_round_at is not None
        play.wait(seconds=(play.ticket.ladder.next_round_at - play.now).total_seconds())

    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert gaps == [2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 10 * MINUTE]
    assert play.rung()[:15] == ["lee", "bo", "sol"] * 5


def test_without_a_telephone_each_round_is_one_line_that_names_everybody_of_the_ladder() -> None:
    play = escalated(Play(telephone=False))
    before = len(play.said)
    play.wait(minutes=5)
    play.wait(minutes=2)

    posts = [one.text for one in play.said[before:] if isinstance(one, Post)]
    lines = [text for text in posts if "no telephone is set up" in text]
    assert [line.count("<@") for line in lines] == [3, 3]
    assert play.rung() == []


def test_an_acknowledgement_ends_the_calling_and_hangs_up_the_one_that_rings() -> None:
    play = escalated(Play())
    play.wait(minutes=5)
    play.press("acknowledge", staff("lee"))

    assert [one for one in play.said if isinstance(one, HangUp)] == [
        HangUp(token="1-1", number="+12025550121")
    ]
    assert play.ticket.stage is Stage.ACKNOWLEDGED
    play.wait(minutes=9)
    assert play.rung() == ["lee"]


def test_the_call_on_which_the_key_was_pressed_is_not_hung_up() -> None:
    play = escalated(Play())
    play.wait(minutes=5)
    play.key_press("4")

    assert play.ticket.acknowledged_by == "lee"
    assert not [one for one in play.said if isinstance(one, HangUp)]


def test_key_five_passes_on_to_the_next_person_at_once() -> None:
    play = escalated(Play())
    play.wait(minutes=5)
    play.key_press("5")

    assert play.rung() == ["lee", "bo"]


@pytest.mark.parametrize(("who", "expected"), [("lee", ["bo"]), ("bo", ["sol"])])
def test_passing_on_by_button_before_the_window_ends_rings_the_next_person(
    who: str, expected: list[str]
) -> None:
    play = escalated(Play())
    play.press("pass_on", staff(who))

    assert play.rung() == expected


def test_a_lead_who_is_away_is_skipped_at_once_and_aloud() -> None:
    away = Absence(person="lee", start=NOON - MINUTE, end=NOON + timedelta(days=1))
    play = escalated(Play(roster=replace(ROSTER, absences=(away,))))
    play.wait(minutes=5)

    assert play.ticket.lead == "bo"
    assert play.rung() == ["bo"]
    assert ":fast_forward: Lee Cast is away: skipped." in play.words("escalation_thread")


def test_a_person_without_a_number_is_skipped_and_that_is_said() -> None:
    people = tuple(replace(one, phone=None) if one.key == "lee" else one for one in ROSTER.people)
    play = escalated(Play(roster=replace(ROSTER, people=people)))
    play.wait(minutes=5)

    assert play.rung() == ["bo"]
    assert ":fast_forward: Lee Cast has no telephone number: skipped." in play.words("escalation_thread")


def test_nobody_to_ring_is_said_aloud_and_tried_again() -> None:
    people = tuple(replace(one, phone=None) for one in ROSTER.people)
    play = escalated(Play(roster=replace(ROSTER, people=people)))
    play.wait(minutes=5)

    assert play.rung() == []
    assert any("There is nobody we could telephone" in text for text in play.words("escalation_thread"))
    assert play.ticket.ladder is not None
    assert play.ticket.ladder.next_round_at == NOON + 7 * MINUTE


def test_an_unverified_number_is_rung_and_marked() -> None:
    play = escalated(Play())
    play.wait(minutes=5)

    assert any("Calling Lee Cast (number not verified)" in text for text in play.words("escalation_thread"))


def test_a_call_of_which_nothing_is_heard_counts_as_ended() -> None:
    play = escalated(Play())
    play.wait(minutes=5)
    play.wait(minutes=3, seconds=25)

    assert play.rung() == ["lee", "bo"]


def test_a_late_word_about_an_older_call_changes_nothing() -> None:
    play = escalated(Play())
    play.wait(minutes=5)
    play.end_call()
    before = play.ticket
    result = play.do(replace(_ended("1-1"), key="late"), before)

    assert isinstance(result, Refused)
    assert play.ticket == before


def _ended(token: str):  # noqa: ANN202 - the event's own type says it
    from policies.events import Actor, CallEnded

    return CallEnded(key="x", at=NOON, actor=Actor(via="phone"), token=token, outcome="no_answer")


def test_a_later_click_hears_who_has_it_and_since_when() -> None:
    play = escalated(Play())
    play.wait(minutes=5)
    play.end_call()
    play.key_press("4")
    refused = play.press("acknowledge", staff("lee"))

    assert isinstance(refused, Refused)
    assert refused.why == "SUP-1 is already acknowledged by Bo Cast, Wed 18 Nov 14:05 PKT."


def test_the_support_lead_acknowledges_only_when_rung() -> None:
    play = escalated(Play())
    assert isinstance(play.press("acknowledge", staff("sol")), Refused)
    play.wait(minutes=5)
    play.end_call()
    play.end_call()
    play.press("acknowledge", staff("sol"))

    assert play.ticket.acknowledged_by == "sol"


def test_the_daily_cap_raises_an_alarm_and_silences_nothing() -> None:
    play = escalated(Play(terms=replace(Play().terms, calls_a_day=1)))
    play.wait(minutes=5)
    play.end_call()

    assert play.rung() == ["lee", "bo"]
    assert any("calls were made today" in text for text in play.words("support"))


@pytest.mark.parametrize("gone", [{"lee"}, {"lee", "bo"}, {"sol"}])
def test_a_part_that_nobody_has_is_skipped_in_a_sentence_one_can_read(gone: set[str]) -> None:
    people = tuple(one for one in ROSTER.people if one.key not in gone)
    play = escalated(Play(roster=replace(ROSTER, people=people)))
    play.wait(minutes=5)
    while play.ticket.ladder is not None and play.ticket.ladder.token:
        play.end_call()
    skipped = [text for text in play.words("escalation_thread") if text.endswith("skipped.")]
    assert len(skipped) == len(gone)
    assert all("nobody is" not in text for text in skipped)


def test_the_reason_of_a_failed_call_formats_nothing() -> None:
    play = escalated()
    play.wait(minutes=5)
    ended = replace(_ended("1-1"), reason="<!here> *busy*")
    play.do(ended, play.ticket)
    assert not any("<!here>" in text for text in play.words())
