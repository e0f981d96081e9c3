"""What was missed and is made good: the summary after downtime, and events that failed and wait for people."""

from datetime import timedelta

import pytest

from policies import events as e
from policies.decide import decide
from policies.decision import NOTHING, Decision, Refused
from policies.effects import Post, Revise
from policies.events import BOT
from tests.policies.cast import CLIENT, staff
from tests.policies.play import Play

MINUTE = timedelta(minutes=1)


def _missed(play: Play, *, late: float, **more: object) -> e.Missed:
    common = {
        "actor": CLIENT,
        "channel": "C1",
        "ticket": 4,
        "at": play.now - late * MINUTE,
        "taken": play.now,
    }
    return e.Missed(**common | more)  # type: ignore[arg-type]  # by name


def _told(
    play: Play, *missed: e.Missed, away: float = 30, unread: tuple[tuple[str, str], ...] = ()
) -> list[str]:
    event = e.CaughtUp(
        key="caught_up:1",
        at=play.now,
        actor=BOT,
        since=play.now - away * MINUTE,
        until=play.now,
        missed=missed,
        unread=unread,
    )
    answer = decide(event, None, play.context())
    assert isinstance(answer, Decision)
    return [line for post in answer.effects if isinstance(post, Post) for line in post.text.splitlines()[1:]]


def test_one_summary_says_what_was_late_for_each_client_and_how_late() -> None:
    play = Play()
    told = _told(
        play,
        _missed(play, late=24),
        _missed(play, late=11, ticket=5),
        _missed(play, late=3, ticket=5),
        _missed(play, late=7, ticket=6, channel="C2", actor=e.Actor(user="UFINN", team="T2")),
    )
    assert told == [
        "• Example Foods &amp; Sons: 1 message (*SUP-6*), up to 7 minutes late.",
        "• Example Retail: 3 messages (*SUP-4*, *SUP-5*), up to 24 minutes late.",
    ]


def test_nothing_is_said_where_nothing_was_missed() -> None:
    """Taken in within the first response's time, written by one of us, or nothing at all."""
    play = Play()
    in_time = _missed(play, late=2)
    ours = _missed(play, late=20, actor=staff("sam"))
    assert _told(play, in_time, ours) == []
    assert _told(play, away=1.5, unread=(("C2", "is_archived"),)) == []


def test_a_channel_that_could_not_be_read_is_named() -> None:
    assert _told(Play(), unread=(("C2", "not_in_channel"),)) == [
        "• :warning: <#C2> could not be read: we are not a member of it. Please look there yourself."
    ]


def test_what_failed_at_every_try_is_shown_with_a_way_to_try_again() -> None:
    play = Play()
    event = e.DeadLetter(
        key="k", at=play.now, actor=BOT, letter="msg:1", what="message_posted", came=play.now, place="C1"
    )
    answer = decide(event, None, play.context())
    assert isinstance(answer, Decision)
    (post,) = answer.effects
    assert isinstance(post, Post)
    assert post.text.startswith(":warning: A message in <#C1> from ")
    assert post.slot == "letter:msg:1"
    assert [(button.verb, button.value) for button in post.buttons] == [("try_again", "msg:1")]


def _settled(answer: Decision | Refused) -> list[tuple[str, str, bool]]:
    """What stands in place of the button under the message that told of it."""
    effects = answer.effects if isinstance(answer, Decision) else ()
    return [(one.slot, one.text, one.below) for one in effects if isinstance(one, Revise) and not one.buttons]


@pytest.mark.parametrize(
    ("who", "letter"), [("sam", "msg:1"), ("sol", "msg:1"), ("devi", None), ("lee", None)]
)
def test_support_has_it_tried_again(who: str, letter: str | None) -> None:
    play = Play()
    event = e.Pressed(key="k", at=play.now, actor=staff(who), verb="try_again", subject="msg:1")
    answer = decide(event, None, play.context())
    assert (answer.again if isinstance(answer, Decision) else None) == letter
    assert _settled(answer) == (
        [("letter:msg:1", f":arrows_counterclockwise: {who.title()} Cast has it tried again.", True)]
        if letter
        else []
    )
    assert isinstance(answer, Decision if letter else Refused)


def _posted(play: Play, **more: object) -> e.MessagePosted:
    common = {
        "key": "msg",
        "at": play.now,
        "actor": CLIENT,
        "channel": "C1",
        "ts": "1.1",
        "text": "It is down",
    }
    return e.MessagePosted(**common | more)  # type: ignore[arg-type]  # by name


def test_an_edit_before_its_message_brings_the_message_along_and_one_of_old_days_does_not() -> None:
    play = Play()
    posted = _posted(play)
    for hours, events in ((1, (posted,)), (3, ())):
        edit = e.MessageEdited(
            key="edit",
            at=play.now + timedelta(hours=hours),
            actor=CLIENT,
            channel="C1",
            ts="1.1",
            text="It is down",
            posted=posted,
        )
        answer = decide(edit, None, play.context())
        assert isinstance(answer, Decision)
        assert answer.events == events


def test_a_message_deleted_before_we_heard_of_it_opens_nothing() -> None:
    play = Play()
    assert decide(_posted(play, gone=True), None, play.context()) == NOTHING


def test_late_with_a_word_of_support_behind_it_the_bot_waits_for_that_word() -> None:
    """A person's answer is the first response; without one the bot's own comes after the short wait."""
    play = Play()
    for more, posts in ((True, 0), (False, 1)):
        answer = decide(_posted(play, at=play.now - 20 * MINUTE, more=more), None, play.context())
        assert isinstance(answer, Decision)
        assert len([effect for effect in answer.effects if isinstance(effect, Post)]) == posts


def test_the_late_first_response_says_when_we_could_not_be_reached_in_the_clients_zone() -> None:
    play = Play()
    away = (play.now - 30 * MINUTE, play.now)
    answer = decide(_posted(play, at=play.now - 20 * MINUTE, away=away), None, play.context())
    assert isinstance(answer, Decision)
    (post,) = (effect for effect in answer.effects if isinstance(effect, Post))
    assert post.text.startswith("We could not be reached between <!date^")
