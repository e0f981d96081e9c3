"""Words that did not reach the client: said to support with what mends it, and settled by a person, once."""

import pytest

from policies import events as e
from policies.decision import NOTHING, Decision, Refused
from policies.effects import Post, Revise, Settle
from policies.facts import DeliverySettled, Undelivered
from tests.policies.cast import CLIENT, staff
from tests.policies.play import Play

SLOT = "1:reply:k"


def _failed(play: Play, reason: str = "no answer in time", *, doubt: bool, slot: str = SLOT) -> Decision:
    event = e.EffectSettled(
        key=play.key(),
        at=play.now,
        actor=e.BOT,
        slot=slot,
        sent=False,
        reason=reason,
        doubt=doubt,
        place="C1",
        text="Please restart the *printer*.",
    )
    answer = play.do(event, play.ticket)
    assert isinstance(answer, Decision)
    return answer


def _press(play: Play, verb: e.Verb, who: str = "sam", slot: str = SLOT) -> Decision | Refused:
    event = e.Pressed(key=play.key(), at=play.now, actor=staff(who), verb=verb, subject=slot)
    return play.do(event, play.ticket)


def _question(answer: Decision) -> Post:
    (post,) = [effect for effect in answer.effects if isinstance(effect, Post)]
    return post


def test_what_nobody_can_tell_is_asked_with_the_words_and_their_place() -> None:
    play = Play()
    play.write()
    answer = _failed(play, doubt=True)

    post = _question(answer)
    assert (post.to.kind, post.lane, post.slot) == ("support_thread", "escalation", "1:undelivered:reply.k")
    assert [(button.verb, button.value) for button in post.buttons] == [
        ("it_is_there", SLOT),
        ("say_again", SLOT),
    ]
    _, begin, mend = post.text.splitlines()
    assert begin.startswith("> Please restart the ")
    assert mend == "Please look into <#C1>. Until you say so, they are not sent again."
    assert answer.facts == (
        Undelivered(at=play.now, by="bot", slot=SLOT, doubt=True, reason="no answer in time"),
    )


def test_what_slack_refused_is_said_with_its_mend_and_can_be_sent_again() -> None:
    play = Play()
    play.write()
    post = _question(_failed(play, "restricted_action", doubt=False))

    assert [button.verb for button in post.buttons] == ["say_again"]
    assert "did not reach the client: the workspace does not let the bot write there." in post.text
    assert "Ask an administrator" in post.text


@pytest.mark.parametrize(("verb", "there"), [("it_is_there", True), ("say_again", False)])
def test_the_first_answer_counts_and_a_second_is_refused(verb: e.Verb, there: bool) -> None:
    play = Play()
    play.write()
    _failed(play, doubt=True)
    answer = _press(play, verb)

    assert isinstance(answer, Decision)
    assert answer.facts == (DeliverySettled(at=play.now, by="sam", slot=SLOT, there=there),)
    assert [effect for effect in answer.effects if isinstance(effect, Settle)] == [
        Settle(slot=SLOT, there=there)
    ]
    (revised,) = [effect for effect in answer.effects if isinstance(effect, Revise)]
    assert revised.slot == "1:undelivered:reply.k"
    again = _press(play, "say_again", "sol")
    assert isinstance(again, Refused)
    assert again.why == "That has been settled already. Nothing was changed."


def test_words_that_fail_again_are_asked_for_again() -> None:
    play = Play()
    play.write()
    _failed(play, doubt=True)
    _press(play, "say_again")
    _failed(play, doubt=True)

    assert isinstance(_press(play, "it_is_there"), Decision)


def test_only_support_may_settle_it() -> None:
    play = Play()
    play.write()
    _failed(play, doubt=True)
    event = e.Pressed(key=play.key(), at=play.now, actor=CLIENT, verb="say_again", subject=SLOT)

    assert isinstance(play.do(event, play.ticket), Refused)
    assert isinstance(_press(play, "say_again", "devi"), Refused)


def test_words_that_arrived_are_no_news() -> None:
    play = Play()
    play.write()
    event = e.EffectSettled(key=play.key(), at=play.now, actor=e.BOT, slot=SLOT, sent=True, ts="1.1")

    assert play.do(event, play.ticket) == NOTHING
