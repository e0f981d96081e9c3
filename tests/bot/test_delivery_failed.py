"""What becomes of words to a client that fail: nobody is left believing that they arrived."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.ports import Job, NotSent, Unknown
from policies.effects import Call, Post, Revise
from policies.events import Reply
from tests.bot.stage import QUICK, SAM, Stage, build


async def _replies(stage: Stage, number: int, words: str = "Please restart it.") -> None:
    event = Reply(key=stage.key(), at=stage.clock.now(), actor=SAM, ticket=number, text=words)
    assert (await stage.do(event)).accepted


async def _rows(stage: Stage, like: str) -> list[tuple[str, int, str]]:
    query = text("SELECT state, attempt, reason FROM outbox WHERE slot LIKE :like ORDER BY id")
    rows = await stage.database.read(lambda conn: conn.execute(query, {"like": like}).all())
    return [(row.state, row.attempt, row.reason) for row in rows]


def _said(stage: Stage, slot: str) -> Sequence[Job]:
    return [job for job in stage.slack.of(Post) if isinstance(job.effect, Post) and slot in job.effect.slot]


async def _claimed(stage: Stage) -> int:
    number = (await stage.writes()).ticket or 0
    await stage.presses("claim", number, SAM)
    await stage.settled()
    return number


async def test_refused_words_are_told_to_support_and_go_out_when_they_are_asked_for(running: Stage) -> None:
    """Slack refuses, support reads why and with what mend, presses the button, and the client reads them."""
    number = await _claimed(running)
    running.slack.answers = {"post": [NotSent("restricted_action")]}
    await _replies(running, number)
    await running.settled()
    (question,) = _said(running, ":undelivered:")
    assert isinstance(question.effect, Post)
    slot = question.effect.buttons[0].value

    assert await _rows(running, slot) == [("rejected", 1, "restricted_action")]
    assert (await running.presses("say_again", number, SAM, subject=slot)).accepted
    await running.settled()

    assert await _rows(running, slot) == [("sent", 2, "")]
    assert len({job.key for job in running.slack.jobs if _slot(job) == slot}) == 1
    assert [job.effect.slot for job in running.slack.of(Revise) if isinstance(job.effect, Revise)] == [
        question.effect.slot
    ]
    refused = await running.presses("say_again", number, SAM, subject=slot)
    assert (refused.accepted, refused.said) == (False, "That has been settled already. Nothing was changed.")


def _slot(job: Job) -> str:
    return job.effect.slot if isinstance(job.effect, Post) else ""


async def test_words_that_stay_uncertain_are_asked_about_and_never_repeated_by_themselves(url: str) -> None:
    """Past the longest doubt a person is asked; "It is there" closes the row, and nothing is sent."""
    stage = await build(url, patience=replace(QUICK, settle=timedelta(0)))
    await stage.machinery.start()
    number = await _claimed(stage)
    stage.slack.answers, stage.slack.found = {"post": [Unknown("timed out")]}, [Unknown("timed out")] * 2
    await _replies(stage, number)
    await stage.slack.until(lambda: stage.slack.looked_up)
    wall = stage.clock.wall
    stage.clock.wall = lambda: wall() + timedelta(minutes=20)  # type: ignore[method-assign]  # the machine's time goes on
    stage.machinery.wake()
    await stage.slack.until(lambda: _said(stage, ":undelivered:"))
    await stage.settled()
    (question,) = _said(stage, ":undelivered:")
    assert isinstance(question.effect, Post)
    slot = question.effect.buttons[0].value
    before = await _rows(stage, slot)
    answer = await stage.presses("it_is_there", number, SAM, subject=slot)
    await stage.settled()
    after = await _rows(stage, slot)
    facts = [fact.kind for fact in await stage.machinery.board.timeline(number)]
    await stage.machinery.stop()
    await stage.database.close()

    assert [button.verb for button in question.effect.buttons] == ["it_is_there", "say_again"]
    assert "Please restart it." in question.effect.text
    assert (before, answer.accepted) == ([("gave_up", 1, "timed out")], True)
    assert after == [("sent", 1, "a person saw it")]
    assert len([job for job in stage.slack.jobs if _slot(job) == slot]) == 1
    assert facts[-2:] == ["undelivered", "delivery_settled"]


def _alarms(stage: Stage) -> list[str]:
    return [
        job.effect.text
        for job in stage.slack.of(Post)
        if isinstance(job.effect, Post) and "Calls cannot be placed" in job.effect.text
    ]


async def test_a_suspended_telephone_account_is_said_once_however_many_calls_fail(running: Stage) -> None:
    """Every rung fails at once and is gone past; support hears the cause one time, and Slack goes on telling people."""
    number = await running.escalated()
    await running.settled()
    words = "the telephone account is closed or suspended, or its balance is used up"
    running.phone.answers = {"call": [NotSent(words, alarm="telephone") for _ in range(9)]}
    await running.presses("call_now", number, SAM)
    await running.passes(400)

    assert len(running.phone.of(Call)) > 3
    (said,) = _alarms(running)
    assert said.startswith(
        f":rotating_light: *Calls cannot be placed:* {words}. Slack goes on telling people."
    )
    over = [fact for fact in await running.machinery.board.timeline(number) if fact.kind == "call_over"]
    assert {fact.reason for fact in over if fact.kind == "call_over"} == {words}


async def test_the_next_day_it_is_said_again(running: Stage) -> None:
    number = await running.escalated()
    await running.settled()
    running.phone.answers = {"call": [NotSent("closed", alarm="telephone") for _ in range(500)]}
    await running.presses("call_now", number, SAM)
    await running.settled()
    assert len(_alarms(running)) == 1
    running.clock.move(24 * 3600)
    running.machinery.wake()
    await running.slack.until(lambda: len(_alarms(running)) == 2)


@pytest.mark.parametrize(("times", "told"), [(2, 0), (4, 1)])
async def test_a_twilio_that_cannot_be_reached_is_tried_again_and_said_when_it_lasts(
    running: Stage, times: int, told: int
) -> None:
    """Twice in vain is the network; from the third time on people are told. The call goes out as soon as it can."""
    number = await running.escalated()
    await running.settled()
    away = NotSent("the telephone service cannot be connected", retry_after=0.02, alarm="telephone")
    running.phone.answers = {"call": [away] * times}
    await running.presses("call_now", number, SAM)
    await running.phone.until(lambda: running.phone.done)
    await running.settled()

    assert len(_alarms(running)) == told
    assert [job.attempt for job in running.phone.of(Call)] == [1] * (times + 1)
