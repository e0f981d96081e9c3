"""WA-1, WA-2: the original is kept, and somebody is asked until it is reverted."""

from datetime import timedelta

from policies import events as e
from policies.decision import Decision, Refused
from policies.effects import Reminder
from tests.policies.cast import NOON, staff
from tests.policies.play import Play, assigned, claimed

DAY = timedelta(days=1)


def record(play: Play, original: str = "Queue A", *, days: float | None = 1) -> Decision | Refused:
    event = e.Workaround(
        key=play.key(),
        at=play.now,
        actor=staff("devi"),
        what="Queue B",
        original=original,
        revert_at=None if days is None else play.now + timedelta(days=days),
    )
    return play.do(event, play.ticket)


def test_without_the_original_the_form_is_not_accepted() -> None:
    refused = record(assigned(), " ")
    assert isinstance(refused, Refused)
    assert [name for name, _ in refused.fields] == ["original"]


def test_a_revert_in_the_past_is_named() -> None:
    refused = record(assigned(), days=-1)
    assert isinstance(refused, Refused)
    assert [name for name, _ in refused.fields] == ["revert_at"]


def test_only_what_is_with_development_has_workarounds() -> None:
    assert isinstance(record(claimed()), Refused)


def test_author_and_lead_are_asked_on_the_day_and_every_day_until_it_is_confirmed() -> None:
    play = assigned()
    answer = record(play)
    assert isinstance(answer, Decision)
    assert Reminder(number=1) in answer.effects
    play.update(60 * 24 * 30)
    play.update(60 * 24 * 30)
    play.wait(days=2)
    asked = [text for text in play.words("escalation_thread") if "is this workaround reverted?" in text]
    assert len(asked) == 2
    assert "<@UDEVI> <@ULEE>" in asked[0]
    play.press("reverted", staff("devi"), subject="1")
    assert ("revert", "1") not in [(kind, subject) for _, _, kind, subject in play.due()]


def test_who_made_it_confirms_the_revert_even_when_somebody_else_has_the_request() -> None:
    play = assigned()
    record(play)
    play.assign("dana")
    assert isinstance(play.press("reverted", staff("devi"), subject="1"), Decision)


def test_a_workaround_without_an_end_sets_no_clock() -> None:
    play = assigned()
    record(play, days=None)
    assert play.ticket.workarounds[0].ask_at is None
    assert play.now == NOON
