"""Events that fail are kept, tried again, and at last shown to people, who have them tried again when the fault is mended."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot import desk as desks
from bot import transaction
from bot.desk import NotStored
from bot.storage.engine import StoreFailed
from policies.effects import Post
from policies.events import AnyEvent, Pressed
from tests.bot.stage import CASEY, LEE, SAM, Stage


class Broken:
    """A release with a fault: whatever is `wrong` raises."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wrong: Callable[[AnyEvent], bool] = lambda _: False
        whole = transaction.decide

        def decide(event: AnyEvent, *rest: Any) -> Any:
            if self.wrong(event):
                raise LookupError("a step that is broken on purpose")
            return whole(event, *rest)

        monkeypatch.setattr(transaction, "decide", decide)
        monkeypatch.setattr(desks, "RETRIES", (timedelta(0),) * 3)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Broken:
    """Every retry is due at once."""
    return Broken(monkeypatch)


async def _until_shown(stage: Stage) -> None:
    """Let it fail until nothing tries it again."""
    for _ in desks.RETRIES:
        assert await stage.machinery.desk.retry_failed() == 1
    assert await stage.machinery.desk.retry_failed() == 0


def _shown(stage: Stage) -> list[tuple[str, str]]:
    """What people were shown: the words, and what the button would have tried again."""
    return [
        (job.effect.text.partition(" from ")[0], button.value)
        for job in stage.slack.done
        if isinstance(job.effect, Post)
        for button in job.effect.buttons
        if button.verb == "try_again"
    ]


async def _presses_again(stage: Stage, letter: str, actor: Any = SAM) -> tuple[bool, str]:
    outcome = await stage.do(
        Pressed(key=stage.key(), at=stage.clock.now(), actor=actor, verb="try_again", subject=letter)
    )
    return outcome.accepted, outcome.said


async def test_what_failed_for_good_is_shown_and_goes_through_once_the_fault_is_mended(
    running: Stage, broken: Broken
) -> None:
    """As if it had come in time, with honest words for having come late."""
    stage = running
    broken.wrong = lambda event: event.kind == "message_posted"
    assert not (await stage.writes("It is broken")).accepted
    await _until_shown(stage)
    await stage.settled()
    assert _shown(stage) == [(":warning: A message in <#C0RETAIL01>", "m0")]
    (letter,) = await stage.machinery.board.letters()
    assert (letter.key, letter.tries, letter.waits) == ("m0", 4, True)

    stage.clock.move(1800)
    broken.wrong = lambda _: False
    accepted, said = await _presses_again(stage, "m0")
    assert (accepted, said[:23]) == (True, "It is tried again now. ")
    assert await stage.machinery.desk.retry_failed() == 1
    assert await stage.machinery.board.letters() == []
    ticket = await stage.machinery.board.ticket(1)
    assert ticket is not None
    assert (ticket.opened_at, ticket.late) == (stage.clock.now() - timedelta(minutes=30), True)
    await stage.settled()
    answers = [job.effect.text for job in stage.slack.done if isinstance(job.effect, Post) and job.ticket]
    assert answers[0].startswith("We were not able to answer earlier; your message was not lost.")


async def test_a_press_that_fails_again_is_answered_in_the_channel_again(
    running: Stage, broken: Broken
) -> None:
    stage = running
    broken.wrong = lambda event: event.kind == "message_posted"
    await stage.writes("It is broken")
    await _until_shown(stage)
    assert (await _presses_again(stage, "m0"))[0]
    assert await stage.machinery.desk.retry_failed() == 1
    await stage.settled()
    assert len(_shown(stage)) == 2


async def test_nobody_but_support_has_anything_tried_again(stage: Stage, broken: Broken) -> None:
    broken.wrong = lambda event: event.kind == "message_posted"
    await stage.writes("It is broken")
    await _until_shown(stage)
    for actor in (LEE, CASEY):
        accepted, said = await _presses_again(stage, "m0", actor)
        assert (accepted, said) == (
            False,
            "Only support or the support lead may have this tried again. Nothing was changed.",
        )
    assert await stage.machinery.desk.retry_failed() == 0


async def test_what_has_succeeded_meanwhile_is_not_done_twice(stage: Stage) -> None:
    await stage.writes("It is broken")
    assert (await _presses_again(stage, "m0"))[0]
    assert await stage.machinery.desk.retry_failed() == 0
    assert [one.ref for one in await stage.machinery.board.open_tickets()] == ["SUP-1"]


async def test_that_something_failed_may_itself_not_be_tellable_without_a_circle(
    stage: Stage, broken: Broken
) -> None:
    """The log and the figure still say it."""
    broken.wrong = lambda _: True
    await stage.writes("It is broken")
    for _ in range(10):
        await stage.machinery.desk.retry_failed()
    assert [(one.key, one.waits) for one in await stage.machinery.board.letters()] == [
        ("letter:4:m0", True),
        ("m0", True),
    ]
    assert (await stage.machinery.board.counts()).dead_letters == 2


async def test_a_delivery_that_nobody_could_read_is_kept_once_and_read_when_it_can_be(
    running: Stage, broken: Broken
) -> None:
    stage, read = running, list[str]()

    async def replay(raw: str) -> None:
        if broken.wrong(None):  # type: ignore[arg-type]  # any reading
            raise KeyError(raw)
        read.append(raw)

    stage.machinery.desk.replay = replay
    broken.wrong = lambda event: event is None
    for _ in range(2):
        await stage.machinery.desk.keep_delivery("Ev1", "{odd}", KeyError("ts"), stage.clock.now())
    (letter,) = await stage.machinery.board.letters()
    assert (letter.key, letter.tries) == ("raw:Ev1", 2)
    while await stage.machinery.desk.retry_failed():
        pass
    broken.wrong = lambda _: False
    await stage.settled()
    assert await _presses_again(stage, "raw:Ev1")
    await stage.machinery.desk.retry_failed()
    assert read == ["{odd}"]
    assert await stage.machinery.board.letters() == []


async def test_what_cannot_be_kept_is_not_taken(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack gets no acknowledgement then, and brings it again."""

    async def full(_work: object) -> object:
        raise StoreFailed("the disk is full")

    monkeypatch.setattr(stage.database, "write", full)
    with pytest.raises(NotStored):
        await stage.machinery.desk.keep_delivery("Ev1", "{}", KeyError("ts"), stage.clock.now())
