"""TR-1 to TR-6 and the merging of IN-3: what support decides, and what rests while the client is asked."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from policies import events as e
from policies.clocks import running
from policies.decision import Decision, Refused
from policies.effects import HangUp, Post, Remove
from policies.events import Actor
from policies.ticket import Stage
from tests.policies.cast import CLIENT, NOON, OTHER_CLIENT, TERMS, staff
from tests.policies.play import Play, acknowledged, assigned, claimed, closed, escalated, resolved

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
CHRIS = Actor(user="UCHRIS", team="T1")


def posts(play: Play, kind: str) -> list[Post]:
    """What was said in places of this kind."""
    return [one for one in play.said if isinstance(one, Post) and one.to.kind == kind]


def two_requests() -> Play:
    """One of Casey and one of Chris, of the same client."""
    play = Play()
    play.write("Printer")
    play.wait(minutes=1)
    play.write("Printer too", by=CHRIS)
    return play


def test_a_second_person_is_told_who_has_it() -> None:
    refused = claimed().press("claim", staff("sky"))
    assert isinstance(refused, Refused)
    assert refused.why == "SUP-1 is already taken by Sam Cast."


def test_a_request_of_somebody_who_is_away_may_be_taken_over() -> None:
    play = claimed()
    play.leave("sam", hours=4)
    play.press("claim", staff("sky"))
    assert play.ticket.owner == "sky"


def test_what_has_ended_is_not_taken() -> None:
    play = Play()
    play.write()
    play.press("dismiss", staff("sam"))
    assert isinstance(play.press("claim", staff("sam")), Refused)


def test_the_client_reads_on_the_same_channel_that_the_application_was_not_at_fault() -> None:
    play = claimed()
    play.answer("client_side", "The cable was loose.")
    assert "The application itself was not at fault." in play.words("client_thread")[-1]
    assert (play.ticket.stage, play.ticket.outcome) == (Stage.RESOLVED, "client_side")


def test_an_answer_asks_the_client_whether_it_is_solved() -> None:
    play = claimed()
    play.answer("answered", "Settings, then Printer.")
    (post,) = [one for one in posts(play, "client_thread") if "Settings" in one.text]
    assert [button.verb for button in post.buttons] == ["solved", "still_broken"]


@pytest.mark.parametrize("how", ["reply", "answer", "change_request"])
def test_the_desk_reads_what_the_client_was_told(how: str) -> None:
    play = claimed()
    match how:
        case "reply":
            play.reply("Turn it <off> & on")
        case "answer":
            play.answer(text="Turn it <off> & on")
        case _:
            wish = e.ChangeRequest(
                key=play.key(), at=play.now, actor=staff("sam"), work="feature", text="Turn it <off> & on"
            )
            play.do(wish, play.ticket)
    last = posts(play, "support_thread")[-1]
    assert last.text.startswith("Sam Cast wrote to the client:\n> ")
    assert "Turn it &lt;off&gt; &amp; on" in last.text
    assert last.lane == "internal"


def test_a_change_request_is_told_kindly_and_asked_to_be_closed_in_true_words() -> None:
    play = claimed()
    play.do(e.ChangeRequest(key=play.key(), at=play.now, actor=staff("sam"), work="feature"), play.ticket)
    play.wait(minutes=30)
    assert "noted it as a change request" in play.words("client_thread")[-1]
    assert "confirmed" not in play.words("support_thread")[-1]
    assert "change request" in play.words("support_thread")[-1]


def test_what_went_to_development_is_no_change_request() -> None:
    play = escalated()
    answer = play.do(
        e.ChangeRequest(key=play.key(), at=play.now, actor=staff("sam"), work="feature"), play.ticket
    )
    assert isinstance(answer, Refused)


def test_dismissing_takes_back_whichever_message_was_the_bots_own() -> None:
    play = Play()
    opened = e.OpenRequest(key=play.key(), at=play.now, actor=staff("sam"), channel="C1", text="A test")
    play.do(opened)
    play.press("dismiss", staff("sam"))
    said = {one.slot for one in play.said if isinstance(one, Post) and one.to.kind == "client_thread"}
    assert said <= {one.slot for one in play.said if isinstance(one, Remove)}


def test_a_word_in_a_dismissed_thread_opens_a_request() -> None:
    play = Play()
    play.write("Lunch?")
    play.press("dismiss", staff("sam"))
    play.write("No, really: it is down", thread=play.ticket.thread)
    assert [ticket.stage for ticket in play.tickets.values()] == [Stage.DISMISSED, Stage.NEW]


# Merging.


def test_a_merged_requests_client_reads_at_once_where_the_answers_will_come() -> None:
    play = two_requests()
    play.merge(1)
    (post,) = [one for one in play.said if isinstance(one, Post) and one.slot == "1:merged"]
    assert post.to.thread == play.tickets[2].thread
    assert "*SUP-1*" in post.text


def test_requests_of_two_clients_are_never_merged() -> None:
    play = Play()
    play.write("Printer")
    play.write("Oven", by=OTHER_CLIENT, channel="C2")
    refused = play.merge(1)
    assert isinstance(refused, Refused)
    assert "another client" in refused.why
    assert [ticket.stage for ticket in play.tickets.values()] == [Stage.NEW, Stage.NEW]


def test_merging_a_request_that_has_absorbed_another_keeps_every_thread() -> None:
    play = two_requests()
    play.merge(1)
    play.wait(minutes=1)
    play.write("Printers!", by=Actor(user="UCORA", team="T1"))
    play.focus = 1
    play.merge(3)
    assert play.tickets[3].also == (("C1", play.tickets[1].thread), ("C1", play.tickets[2].thread))
    assert play.addresses["thread", f"C1:{play.tickets[2].thread}"] == 3


def test_a_message_merged_into_a_request_that_waits_for_its_client_wakes_it() -> None:
    play = claimed()
    play.reply(asks=True)
    play.wait(minutes=20)
    play.write("The one at the till")
    play.merge(1)
    assert play.tickets[1].silence_at is None
    assert play.tickets[1].attention_at is not None


@pytest.mark.parametrize("target", ["itself", "closed", "nothing"])
def test_a_merge_that_cannot_be_changes_nothing(target: str) -> None:
    play = closed()
    play.write("Again", by=CHRIS)
    before = dict(play.tickets)
    assert isinstance(play.merge({"itself": 2, "closed": 1, "nothing": 9}[target]), Refused)
    assert play.tickets == before


def test_a_request_without_a_thread_yet_is_not_merged() -> None:
    play = two_requests()
    play.tickets[2] = replace(play.tickets[2], thread="")
    assert isinstance(play.merge(1), Refused)


def test_production_is_down_in_a_merged_thread_reaches_the_request_it_went_into() -> None:
    play = two_requests()
    play.merge(1)
    play.press("production_down", CHRIS)
    assert play.tickets[1].production_down
    assert play.rung() == ["sam"]


def test_a_message_split_off_is_a_request_of_its_own_and_only_once() -> None:
    play = claimed()
    play.write("And the scanner, too", thread=play.ticket.thread)
    message = play.ticket.messages[-1]
    split = e.Split(key=play.key(), at=play.now, actor=staff("sam"), channel="C1", ts=message.ts)
    play.do(split, play.tickets[1])
    assert [one.stage for one in play.tickets.values()] == [Stage.CLAIMED, Stage.NEW]
    assert any(text.startswith("We have opened *SUP-2* for you") for text in play.words("client_thread"))
    assert isinstance(play.do(replace(split, key="again"), play.tickets[1]), Refused)
    assert isinstance(
        play.do(replace(split, key="root", ts=play.tickets[1].thread), play.tickets[1]), Refused
    )


# TR-6.


@pytest.mark.parametrize("text", ["thanks", "👍", "ok"])
def test_whatever_the_client_answers_wakes_the_clocks_when_the_client_was_asked(text: str) -> None:
    play = claimed()
    play.reply(asks=True)
    play.write(text, thread=play.ticket.thread)
    assert play.ticket.silence_at is None
    assert play.ticket.attention_at is not None


def test_an_automatic_reply_wakes_nothing() -> None:
    play = claimed()
    play.reply(asks=True)
    play.write("Automatic reply: I am on holiday", thread=play.ticket.thread)
    assert play.ticket.silence_at == NOON + DAY


def test_production_is_down_wakes_the_clocks_and_leaves_no_silence_behind() -> None:
    play = claimed()
    play.reply(asks=True)
    play.press("production_down", CLIENT)
    play.key_press("4")
    assert play.ticket.silence_at is None
    assert set(running(play.ticket)) == {("attention", ""), ("target", "response"), ("target", "resolution")}


@pytest.mark.parametrize("stage", [acknowledged, assigned])
def test_a_client_who_was_asked_is_reminded_while_development_works(stage: Callable[[], Play]) -> None:
    """The targets of the severity rest meanwhile; the clocks of the escalation and of updates never do (TR-6)."""
    play = stage()
    play.wait(seconds=10)
    clocks = {key for key in running(play.ticket) if key[0] != "target"}
    play.reply(asks=True)
    assert set(running(play.ticket)) == clocks | {("silence", "")}


def test_a_request_with_development_is_never_closed_by_silence() -> None:
    play = claimed(Play(terms=replace(TERMS, close_silent=2 * DAY)))
    play.reply(asks=True)
    play.escalate()
    play.wait(days=5)
    assert play.ticket.stage is Stage.ESCALATED


def test_a_silent_request_closes_by_itself_only_where_the_terms_say_so() -> None:
    silent, patient = Play(terms=replace(TERMS, close_silent=2 * DAY)), Play()
    for play in (silent, patient):
        claimed(play).reply(asks=True)
        play.wait(days=20)
    assert (silent.ticket.stage, silent.ticket.outcome) == (Stage.CLOSED, "client_silent")
    assert silent.ticket.closed_at == NOON + 2 * DAY
    assert patient.ticket.stage is Stage.CLAIMED


def test_without_reminders_in_the_terms_support_is_asked_to_close() -> None:
    play = claimed(Play(terms=replace(TERMS, silence=())))
    play.reply(asks=True)
    play.wait(days=4)
    assert not any("reminder" in text for text in play.words("client_thread"))
    assert any("Close it" in text for text in play.words("support_thread"))


def test_a_client_who_wrote_after_the_answer_is_not_called_silent() -> None:
    play = claimed()
    play.answer()
    play.write("I do not find that menu", thread=play.ticket.thread)
    play.wait(minutes=30)
    assert "has written since" in play.words("support_thread")[-1]


def test_the_ladder_of_an_untaken_request_ends_when_support_answers() -> None:
    play = Play()
    play.write()
    play.wait(minutes=15)
    answer = play.answer()
    assert isinstance(answer, Decision)
    assert any(isinstance(effect, HangUp) for effect in answer.effects)
    assert play.ticket.ladder is None


def test_closing_a_silent_request_says_so_in_the_sheet() -> None:
    play = claimed()
    play.reply(asks=True)
    play.wait(days=4)
    play.press("close", staff("sam"))
    assert play.ticket.outcome == "client_silent"


def test_a_resolved_request_reminds_only_once_it_was_told() -> None:
    play = resolved()
    play.wait(days=2)
    assert not any("reminder" in text for text in play.words("client_thread"))
    play.relay(1)
    play.wait(days=1)
    assert any("is everything in order now?" in text.lower() for text in play.words("client_thread"))
