"""UP-1 to UP-4, ES-4: the clocks from assignment to the client's ear."""

from datetime import timedelta

from policies.decision import Refused
from policies.effects import Post
from policies.facts import ClientToldNeutral
from policies.steps.update import promise_moments
from policies.ticket import Stage
from tests.policies.cast import CLIENT, NOON, staff
from tests.policies.play import Play, assigned, resolved

MINUTE = timedelta(minutes=1)


def test_acknowledged_and_not_assigned_is_nudged_after_ten_and_rung_after_twenty_minutes() -> None:
    play = Play()
    play.write()
    play.escalate()
    play.press("acknowledge", staff("lee"))
    play.wait(minutes=10)
    assert any(
        "no developer is assigned yet. In 10 minutes we telephone." in text
        for text in play.words("escalation_thread")
    )
    assert play.rung() == []
    play.wait(minutes=10)
    assert play.rung() == ["lee"]


def test_the_first_update_is_due_in_thirty_minutes_and_missed_it_rings_the_lead() -> None:
    play = assigned()
    play.wait(minutes=29, seconds=59)
    assert play.rung() == []
    play.wait(seconds=1)
    assert play.rung() == ["lee"]


def test_key_four_on_a_call_about_an_update_gives_ten_minutes_and_then_it_rings_again() -> None:
    play = assigned()
    play.wait(minutes=30)
    play.key_press("4")
    assert play.ticket.heard_at == NOON + 40 * MINUTE
    assert play.ticket.acknowledged_by == "lee"
    play.wait(minutes=10)
    assert play.rung() == ["lee", "lee"]


def test_the_second_update_is_due_ninety_minutes_after_the_first() -> None:
    play = assigned()
    play.wait(minutes=20)
    play.update(minutes=300)
    assert play.ticket.update_at == NOON + 110 * MINUTE
    play.wait(minutes=90)
    assert play.rung() == ["lee"]


def test_an_update_ends_the_calling_for_it() -> None:
    play = assigned()
    play.wait(minutes=30)
    play.update(minutes=60)
    assert play.ticket.ladder is None
    play.relay(1)
    play.wait(minutes=40)
    assert play.rung() == ["lee"]


def test_the_second_update_is_a_resolution_or_a_revised_estimate() -> None:
    play = assigned()
    play.update(minutes=None)
    refused = play.update(minutes=None)

    assert isinstance(refused, Refused)
    assert dict(refused.fields) == {
        "promise": "Say until when: a second update is the final resolution or a revised estimate."
    }


def test_reassigning_does_not_restart_the_clock_of_the_first_update() -> None:
    play = assigned()
    play.wait(minutes=12)
    play.assign("dana")
    assert play.ticket.update_at == NOON + 30 * MINUTE


def test_a_reassignment_after_a_lapse_still_wants_an_update() -> None:
    play = assigned()
    play.wait(minutes=30)
    play.press("decline", staff("devi"), note="on the train")
    play.assign("dana")
    assert play.ticket.stage is Stage.ASSIGNED
    play.wait(minutes=10)
    assert play.ticket.ladder is not None
    assert play.ticket.ladder.purpose == "update"


def test_warnings_come_before_an_estimate_expires_and_never_before_it_was_given() -> None:
    share, least = 0.2, 10 * MINUTE

    assert promise_moments(NOON, NOON + 100 * MINUTE, share, least) == (
        NOON + 80 * MINUTE,
        NOON + 90 * MINUTE,
    )
    assert promise_moments(NOON, NOON + 20 * MINUTE, share, least) == (NOON + 10 * MINUTE, NOON + 15 * MINUTE)
    assert promise_moments(NOON, NOON + 6 * MINUTE, share, least) == (NOON, NOON + 3 * MINUTE)
    assert promise_moments(NOON, None, share, least) == (None, None)


def test_nobody_told_the_client_so_the_bot_says_the_neutral_sentence_and_then_the_lead_is_rung() -> None:
    play = assigned()
    play.update(minutes=50)
    play.relay(1)
    play.wait(minutes=44)
    assert any("will it hold?" in text.lower() for text in play.words("escalation_thread"))
    assert not any("longer than we said" in text for text in play.words("client_thread"))
    play.wait(minutes=1)
    assert len([text for text in play.words("client_thread") if "longer than we said" in text]) == 1
    assert play.rung() == []
    play.wait(minutes=5)
    assert play.rung() == ["lee"]


def test_said_late_the_neutral_sentence_names_a_moment_that_lies_ahead() -> None:
    """After a night without the bot: a moment that is over would not even be sent, and the client would hear nothing."""
    play = assigned()
    play.update(minutes=50)
    play.relay(1)
    play.late = True
    play.wait(hours=10)

    (told,) = [fact for fact in play.history[1] if isinstance(fact, ClientToldNeutral)]
    assert told.next_word == play.now + play.terms.first_update
    (said,) = [one for one in play.said if isinstance(one, Post) and "longer than we said" in one.text]
    assert said.not_after == told.next_word


def test_a_word_of_support_within_the_warning_spares_the_neutral_sentence() -> None:
    play = assigned()
    play.update(minutes=50)
    play.wait(minutes=42)
    play.relay(1)
    play.wait(minutes=7)
    assert not any("longer than we said" in text for text in play.words("client_thread"))


def test_an_update_reaches_the_client_only_when_a_person_sent_it() -> None:
    play = assigned()
    play.update(minutes=60, text="The spooler hangs")
    assert not any("spooler" in text for text in play.words("client_thread"))
    play.wait(minutes=10)
    assert any("has not been sent to the client yet" in text for text in play.words("support_thread"))
    play.relay(1)
    assert [text for text in play.words("client_thread") if "spooler" in text]
    assert isinstance(play.relay(1), Refused)


def test_from_resolution_to_closing_the_client_is_told_and_confirms() -> None:
    play = assigned()
    play.update(minutes=60)
    play.relay(1)
    play.resolve(code_change="Restart the spooler after an update")
    assert play.ticket.code_changes[0].entry == "CHG-1-1"
    assert isinstance(play.press("close", staff("sam")), Refused)
    play.relay(2)
    asks = [one for one in play.said if isinstance(one, Post) and one.slot == "1:relay:2"]
    assert [button.verb for button in asks[0].buttons] == ["solved", "still_broken"]
    play.press("solved", CLIENT)
    play.press("close", staff("sam"))
    assert play.ticket.stage is Stage.CLOSED
    assert play.due() == []


def test_an_older_draft_stops_asking_once_a_newer_one_was_sent() -> None:
    play = assigned()
    play.update(60, text="Looking")
    play.wait(minutes=5)
    play.update(30, text="Found it")
    play.relay(2)
    assert not [clock for clock in play.due() if clock[2] == "relay"]
    refused = play.relay(1)
    assert isinstance(refused, Refused)
    assert "newer" in refused.why
    play.resolve()
    play.relay(3)
    play.press("solved", CLIENT)
    play.press("close", staff("sam"))
    assert play.ticket.stage is Stage.CLOSED


def test_a_revised_estimate_has_its_own_clocks_earlier_or_later() -> None:
    for minutes in (30, 300):
        play = assigned()
        play.update(120)
        play.wait(minutes=1)
        play.update(minutes)
        assert play.ticket.promise_at == NOON + (minutes + 1) * MINUTE
        assert play.ticket.warn_at == NOON + (1 + minutes - max(10, minutes / 5)) * MINUTE
        assert [clock[2] for clock in play.due()].count("promise") == 1


def test_a_client_who_was_never_told_an_estimate_is_not_reminded_of_one() -> None:
    play = assigned()
    play.update(minutes=50)
    play.wait(minutes=45)
    (text,) = [text for text in play.words("client_thread") if "next word" in text]
    assert "than we said" not in text


def test_our_own_word_in_the_clients_thread_spares_the_neutral_sentence() -> None:
    play = assigned()
    play.update(minutes=50)
    play.relay(1)
    play.wait(minutes=41)
    play.write("It will be five o'clock, sorry", by=staff("sam"), thread=play.ticket.thread)
    play.wait(minutes=8)
    assert not any("next word" in text for text in play.words("client_thread"))


def test_an_update_is_not_sent_after_closing() -> None:
    play = resolved()
    play.relay(1)
    play.press("close", staff("sol"))
    assert isinstance(play.relay(1), Refused)


def test_a_final_update_resolves() -> None:
    play = assigned()
    play.update(None, final=True)
    assert play.ticket.stage is Stage.RESOLVED
    assert play.due() == [(NOON + 10 * MINUTE, 1, "relay", "1")]


def test_an_estimate_in_the_past_is_named() -> None:
    refused = assigned().update(-5)
    assert isinstance(refused, Refused)
    assert dict(refused.fields) == {"promise": "An estimate lies in the future."}
