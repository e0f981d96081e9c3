"""Other terms on what was recorded: people do what they did, the clocks do what the other terms say."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from policies.events.incident import FormIncident
from policies.figures import Figures, figures, total
from policies.people import Absence, Roster
from policies.questions.rehearsal import Setting
from policies.questions.replay import Recorded, Replayed, replay
from policies.terms import Terms
from tests.policies.cast import CLIENT, ROSTER, TERMS, staff
from tests.policies.histories import history
from tests.policies.play import Play, acknowledged, assigned, closed, escalated

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def setting(terms: Terms = TERMS, roster: Roster = ROSTER) -> Setting:
    """Where it is played again."""
    return Setting(roster=roster, terms=terms, zone="Asia/Karachi")


def again(play: Play, terms: Terms = TERMS, roster: Roster = ROSTER) -> Replayed:
    """What the play's request would have been, to where the play stands now."""
    recorded = Recorded(ticket=play.ticket, facts=tuple(play.history[play.ticket.id]), terms=play.terms)
    return replay(recorded, setting(terms, roster), play.now)


def kept(found: Figures) -> dict[str, tuple[int, int]]:
    """Kept, of how many, where there was anything to keep."""
    return {name: (good, of) for name, good, of in found.kept if of}


def late_lead() -> Play:
    """Lee takes four minutes, in development's hours."""
    play = escalated()
    play.wait(minutes=4)
    play.press("acknowledge", staff("lee"))
    return play


def test_a_shorter_window_would_have_rung_three_people() -> None:
    """ES-2 of two minutes instead of five, and the lead acknowledged after four."""
    found = again(late_lead(), replace(TERMS, acknowledge=2 * MINUTE))

    assert found.unlike == ""
    assert kept(found.before)["acknowledgements"] == (1, 1)
    assert kept(found.after)["acknowledgements"] == (0, 1)
    assert (found.before.calls, found.after.calls) == ((), (("bo", 1), ("lee", 1), ("sol", 1)))
    assert [lapse.what for lapse in found.newly] == ["acknowledgement"]
    assert found.no_more == ()


def test_a_longer_window_would_have_spared_the_calls() -> None:
    """The other way round."""
    play = escalated(Play(terms=replace(TERMS, acknowledge=2 * MINUTE)))
    play.wait(minutes=2, seconds=10)
    play.end_call()
    play.wait(seconds=10)
    play.press("acknowledge", staff("lee"))
    found = again(play)

    assert found.before.calls == (("bo", 1), ("lee", 1))
    assert found.after.calls == ()
    assert [lapse.what for lapse in found.no_more] == ["acknowledgement"]
    assert (kept(found.before)["acknowledgements"], kept(found.after)["acknowledgements"]) == ((0, 1), (1, 1))


def test_another_rota_would_have_rung_somebody_else() -> None:
    """Lee away: the backup first."""
    play = escalated()
    play.wait(minutes=5, seconds=10)
    play.press("acknowledge", staff("lee"))
    away = Absence(person="lee", start=play.now - HOUR, end=play.now + HOUR)
    found = again(play, roster=replace(ROSTER, absences=(away,)))

    assert (found.before.calls, found.after.calls) == ((("lee", 1),), (("bo", 1),))


def test_updates_and_targets_are_counted_under_both_terms() -> None:
    """UP-1 of thirty minutes kept, of ten minutes not; a response target of one minute missed."""
    play = acknowledged()
    play.wait(minutes=6)
    play.assign()
    play.wait(minutes=20)
    play.update(None)
    quick = replace(TERMS.severities["S2"], response=replace(TERMS.severities["S1"].response, length=MINUTE))
    terms = replace(TERMS, first_update=10 * MINUTE, severities={**TERMS.severities, "S2": quick})
    found = again(play, terms)

    assert kept(found.before) == {
        "first responses": (1, 1),
        "acknowledgements": (1, 1),
        "updates": (1, 1),
        "response targets": (1, 1),
    }
    assert kept(found.after) == {
        "first responses": (1, 1),
        "acknowledgements": (1, 1),
        "updates": (0, 1),
        "response targets": (0, 1),
    }
    assert [lapse.what for lapse in found.newly] == ["response target", "first update"]


def test_a_key_pressed_on_a_call_that_never_was_is_not_pressed() -> None:
    """The mend is honest: nothing follows from it."""
    play = assigned()
    play.wait(minutes=31)
    play.key_press("4")
    play.wait(minutes=1)
    play.update(None)
    found = again(play, replace(TERMS, first_update=2 * HOUR))

    assert found.unlike == ""
    assert (kept(found.before)["updates"], kept(found.after)["updates"]) == ((0, 1), (1, 1))


def test_who_is_not_in_the_other_roster_makes_it_another_story() -> None:
    """It is said, and left out of the figures."""
    others = replace(ROSTER, people=tuple(one for one in ROSTER.people if one.key != "lee"))

    assert again(late_lead(), roster=others).unlike.startswith(
        "acknowledged by lee could not be played again"
    )


def test_a_merged_request_is_not_compared() -> None:
    """Its other half is another request."""
    play = Play()
    play.write()
    play.write(by=replace(CLIENT, user="UCHRIS"))
    play.focus = 1
    play.merge(2)

    assert again(play).unlike == "it was merged with another request"


def _answered() -> Play:
    play = Play()
    play.write()
    play.wait(minutes=12)
    play.reply(asks=True)
    play.wait(hours=3)
    play.write("The one at the till", thread=play.ticket.thread)
    play.wait(minutes=5)
    play.answer()
    play.wait(minutes=5)
    play.press("solved", CLIENT)
    play.press("close", staff("sam"))
    return play


def _reopened() -> Play:
    play = closed()
    play.wait(hours=2)
    play.write("Again!", thread=play.ticket.thread)
    play.wait(minutes=3)
    play.press("claim", staff("sky"))
    play.escalate(by=staff("sky"))
    play.wait(minutes=20)
    return play


def _resolved() -> Play:
    play = assigned()
    play.wait(minutes=25)
    play.update(60)
    play.relay(1)
    play.wait(minutes=100)
    play.resolve()
    play.relay(2)
    play.press("confirm", staff("sam"))
    play.press("close", staff("sam"))
    return play


def _down() -> Play:
    play = Play()
    play.write()
    play.press("production_down", CLIENT)
    play.wait(seconds=10)
    play.key_press("4", "sam")
    play.wait(minutes=2)
    return play


@pytest.mark.parametrize("made", [late_lead, _answered, _reopened, _resolved, _down, assigned, closed])
def test_under_the_same_terms_it_is_what_it_was(made: Callable[[], Play]) -> None:
    """Every act is played again, and no figure moves but calls, which ring out here."""
    play = made()
    found = again(play)

    assert found.unlike == ""
    assert found.before.kept == found.after.kept
    assert (found.newly, found.no_more) == ((), ())


@pytest.mark.parametrize("seed", [1, 2, 5, 8, 17, 43])
def test_whatever_happened_is_played_again_as_it_was(seed: int) -> None:
    """Random histories, late messages and all: the same figures, or a reason why they cannot be compared."""
    play = history(seed, 30, lambda _play: None)
    for number, ticket in play.tickets.items():
        recorded = Recorded(ticket=ticket, facts=tuple(play.history[number]), terms=play.terms)
        same = replace(setting(play.terms, play.roster), ref=ticket.ref, telephone=play.telephone)
        found = replay(recorded, same, play.now)
        assert found.unlike or found.before.kept == found.after.kept


def test_an_incident_is_not_compared() -> None:
    """What was done for one request was done for another."""
    play = Play()
    play.write()
    play.write(channel="C2", by=replace(CLIENT, user="UFINN", team="T2"))
    play.focus = 1
    play.do(FormIncident(key=play.key(), at=play.now, actor=staff("sol"), members=(2,)), play.ticket)

    assert again(play).unlike == "it was part of an incident"


def test_windows_only_ever_move_figures_one_way() -> None:
    """A window that is longer keeps no fewer, whatever the lead took."""
    for seconds in range(5, 600, 35):
        play = escalated()
        play.wait(seconds=seconds)
        play.press("acknowledge", staff("lee"))
        found = [again(play, replace(TERMS, acknowledge=minutes * MINUTE)).after for minutes in (1, 4, 8)]
        good = [kept(one)["acknowledgements"][0] for one in found]
        calls = [sum(number for _, number in one.calls) for one in found]
        assert good == sorted(good)
        assert calls == sorted(calls, reverse=True)


def test_several_requests_are_added_up() -> None:
    """Kept, promised, calls and lapses."""
    play = late_lead()
    one = figures(play.history[1], replace(TERMS, first_response=MINUTE), play.now)
    both = total([one, one])

    assert kept(both) == {name: (2 * good, 2 * of) for name, (good, of) in kept(one).items()}
