"""What delivery promises about order and waiting: whoever is waited for waits for nobody else."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.delivery import Patience
from bot.delivery.pace import Pace
from bot.desk import LEASE
from bot.ports import Job, NotSent, Sent
from bot.storage import outbox
from bot.storage.engine import Connection
from bot.storage.outbox import Draft
from bot.streams import target
from policies.effects import Call, Card, Place, Post
from tests.bot.stage import CASEY, QUICK, SAM, START, Stage, build


class Seconds:
    """Machine seconds, moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def paced(url: str) -> AsyncIterator[Stage]:
    """A stage that keeps Slack's pace: one message a second into one channel, after a burst of four."""
    stage = await build(url, patience=replace(QUICK, rate=1.0))
    await stage.machinery.start()
    yield stage
    await stage.machinery.stop()
    await stage.database.close()


def _words(slot: str, lane: str, place: str = "support") -> Post:
    return Post(slot=slot, to=Place(kind=place), text=slot, lane=lane)  # type: ignore[arg-type]  # our own words


async def _put(stage: Stage, ticket: int, *effects: Post) -> None:
    def put(conn: Connection) -> None:
        for effect in effects:
            aim = replace(target(effect, ticket), stream=effect.slot)
            outbox.put(conn, Draft(effect.slot, ticket, effect, aim), stage.clock.now())

    await stage.database.write(put)
    stage.machinery.wake()


async def test_a_thousand_internal_words_delay_no_call_no_escalation_and_no_first_response(
    paced: Stage,
) -> None:
    """They have their turns for the next quarter of an hour; what is waited for goes past them within a moment."""
    number = await paced.escalated()
    await _put(paced, number, *(_words(f"digest:{index}", "internal") for index in range(1000)))
    await paced.slack.until(lambda: [job for job in paced.slack.jobs if job.key.startswith("digest")])
    await paced.writes("A second one", actor=replace(CASEY, user="U0CHRIS001"))
    begun = asyncio.get_running_loop().time()

    paced.clock.move(11)
    await paced.presses("call_now", number, SAM)
    await _put(paced, number, _words("escalation", "escalation"))
    await paced.slack.until(lambda: [job for job in paced.slack.jobs if job.key == "escalation"])
    await paced.slack.until(lambda: [job for job in paced.slack.jobs if ":first_response" in _slot(job)])
    took = asyncio.get_running_loop().time() - begun

    assert len(paced.phone.of(Call)) == 1
    assert took < 5.0
    assert len([job for job in paced.slack.jobs if job.key.startswith("digest")]) < 20


def _slot(job: Job) -> str:
    return job.effect.slot if isinstance(job.effect, Post) else ""


def test_what_is_urgent_waits_only_for_what_is_urgent() -> None:
    seconds = Seconds()
    pace = Pace(seconds, rate=1.0, burst=2)

    turns = [pace.turn("C", number, urgent=False) for number in range(5)]
    urgent = [pace.turn("C", number, urgent=True) for number in range(10, 14)]

    assert turns == [0, 0, 1, 2, 3]
    assert urgent == [0, 0, 1, 2]
    assert pace.turn("C", 20, urgent=False) == 8, "and what is not urgent waits for both"
    assert pace.turn("D", 30, urgent=False) == 0


def test_a_429_holds_its_method_in_its_place_and_a_word_about_the_account_all_of_the_method() -> None:
    seconds = Seconds()
    pace = Pace(seconds, rate=1.0, burst=2)

    pace.hold("chat.update", "C", 7)
    pace.hold("chat.update", "C", 3)
    pace.hold("calls", "", 5)

    assert pace.held("chat.update", "C") == 7, "a shorter word takes nothing back"
    assert pace.held("chat.update", "D") == pace.held("chat.postMessage", "C") == 0
    assert pace.held("calls", "+12025550121") == 5
    assert pace.held("messages", "+12025550121") == 0
    seconds.now = 7.0
    assert pace.held("chat.update", "C") == 0


async def test_cards_that_may_not_be_changed_for_a_while_do_not_hold_words_in_the_same_channel(
    running: Stage,
) -> None:
    """A 429 of chat.update says nothing of chat.postMessage."""
    number = (await running.writes()).ticket or 0
    await running.settled()
    running.slack.answers = {"card": [NotSent("ratelimited", retry_after=60, scope="chat.update:C0SUPPORT1")]}
    await running.presses("claim", number, SAM)
    await running.slack.until(lambda: len(running.slack.of(Card)) == 2)
    await _put(running, number, _words("words", "internal"))

    await running.slack.until(lambda: [job for job in running.slack.jobs if job.key == "words"])


async def test_a_429_for_one_call_holds_the_next_for_as_long_as_twilio_says(running: Stage) -> None:
    """Twilio counts by account: whoever rings next would only be refused as well. Exactly so long, not longer."""
    number = await running.escalated()
    await running.settled()
    running.phone.answers = {"call": [NotSent("slow down", retry_after=0.4, scope="calls")]}
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await running.presses("call_now", number, SAM)
    await running.phone.until(lambda: len(running.phone.of(Call)) == 2)

    assert 0.4 <= loop.time() - begun < 5


async def test_a_slack_that_hangs_keeps_no_telephone_waiting(url: str) -> None:
    """Every hand for messages is taken; the call has hands of its own."""
    stage = await build(url, patience=replace(QUICK, hands=2, request=timedelta(seconds=20)))
    await stage.machinery.start()
    number = await stage.escalated()
    await stage.settled()
    stage.slack.hold = asyncio.Event()
    await _put(stage, number, *(_words(f"hangs:{index}", "client") for index in range(4)))
    await stage.slack.until(lambda: [job for job in stage.slack.jobs if job.key == "hangs:1"])
    await stage.presses("call_now", number, SAM)

    await stage.phone.until(lambda: stage.phone.of(Call))
    assert [job.key for job in stage.slack.jobs if job.key.startswith("hangs")] == ["hangs:0", "hangs:1"]
    stage.slack.hold.set()
    await stage.machinery.stop()
    await stage.database.close()


def test_a_request_ends_well_before_its_lease() -> None:
    """The longest wait for a hand that an attempt may have behind it is what is left of the lease (P6)."""
    usual = Patience()
    assert timedelta(0) < usual.request + usual.margin <= LEASE / 2


async def test_what_waited_too_long_for_a_hand_is_not_begun_but_leased_anew(url: str) -> None:
    """Born leased, and its lease nearly over when a hand is free: no byte leaves, and it was no attempt (P5, P6)."""
    stage = await build(url, patience=replace(QUICK, hands=1))
    begun: list[tuple[str, int]] = []
    usual = stage.slack.send

    async def send(job: Job) -> Sent:
        begun.append((job.key, job.attempt))
        return await usual(job)

    stage.slack.send = send  # type: ignore[method-assign]  # the test looks from inside
    await stage.machinery.start()
    number = await stage.escalated()
    await stage.settled()
    begun.clear()
    stage.slack.hold = asyncio.Event()
    first, second = (replace(_words(name, "client"), to=Place(kind="person", person=name)) for name in "AB")
    await stage.machinery.desk.transact(
        lambda work: work.emission.emit("born", work.ticket(number), (first, second))
    )
    await stage.slack.until(lambda: begun)
    wall = stage.clock.wall
    stage.clock.wall = lambda: wall() + LEASE - timedelta(seconds=1)  # type: ignore[method-assign]  # a long stall
    stage.slack.hold.set()
    await stage.settled()
    rows = await stage.database.read(
        lambda conn: conn.exec_driver_sql(
            "SELECT key, state, attempt, put_off FROM outbox WHERE key LIKE 'born%' ORDER BY key"
        ).all()
    )
    await stage.machinery.stop()
    await stage.database.close()

    assert [tuple(row) for row in rows] == [("born:0", "sent", 1, 0), ("born:1", "sent", 2, 1)]
    assert begun == [("born:0", 1), ("born:1", 1)]


def test_what_somebody_waits_for_is_tried_again_soon_even_after_many_times() -> None:
    """Slack comes back after an hour: a first response does not wait another minute for its turn."""
    usual = Patience()
    effect = _words("x", "first_response", "client_thread")
    entry = outbox.Entry(
        id=1,
        key="x",
        ticket=1,
        effect=effect,
        lane=1,
        state="sending",
        attempt=1,
        put_off=30,
        report=False,
        first_at=START,
        unknown_at=None,
    )

    assert usual.awaited(entry, 0.0) == 5.0
    assert usual.awaited(replace(entry, lane=5), 0.0) == 60.0
    assert usual.awaited(entry, 30.0) == 30.0
