"""An effect in doubt: what landed is found soon, and what is not there is sent again only when it cannot land any more."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.delivery import Patience
from bot.delivery.patience import RECHECKS
from bot.ports import Job, Sent, Unknown
from bot.storage.outbox import Entry
from policies.effects import LANES, AnyEffect, Call, Place, Post, Sms
from tests.bot.stage import QUICK, START, Stage, build

SECOND = timedelta(seconds=1)
LONG = replace(QUICK, settle=30 * SECOND, inside=30 * SECOND, first_look=SECOND / 100)
"""Nothing settles while a test waits."""


@pytest.fixture
async def patient(url: str) -> AsyncIterator[Stage]:
    """Running, with a request whose first response falls due in ten seconds."""
    stage = await build(url, patience=LONG)
    await stage.machinery.start()
    await stage.writes()
    await stage.settled()
    yield stage
    await stage.machinery.stop()
    await stage.database.close()


async def _response(stage: Stage) -> tuple[str, int]:
    """The state of the first response, and how often it was sent."""
    query = text("SELECT state, attempt FROM outbox WHERE slot LIKE '%first_response'")
    row = await stage.database.read(lambda conn: conn.execute(query).one())
    return row.state, row.attempt


async def _falls_due(stage: Stage, *found: Sent | Exception | None) -> None:
    """The answer to the first response is lost; what the readings find is given."""
    stage.slack.answers = {"post": [Unknown("timed out")]}
    stage.slack.found = list(found)
    stage.clock.move(10)
    stage.machinery.wake()
    await stage.slack.until(lambda: len(stage.slack.looked_up) >= len(found))
    await stage.settled()


def _time_goes_on(stage: Stage, seconds: int) -> None:
    wall = stage.clock.wall
    stage.clock.wall = lambda: wall() + timedelta(seconds=seconds)  # type: ignore[method-assign]  # the machine's
    stage.machinery.wake()


async def test_what_landed_is_found_long_before_it_has_settled(patient: Stage) -> None:
    """Whatever waits behind it goes on at once."""
    await _falls_due(patient, Sent(external_id="5.5"))

    assert await _response(patient) == ("sent", 1)


async def test_what_is_not_there_yet_is_sent_again_only_when_it_cannot_land_any_more(patient: Stage) -> None:
    """An early look that finds nothing proves nothing; the one after the settling time does."""
    await _falls_due(patient, None)
    assert await _response(patient) == ("unknown", 1)

    patient.slack.found = [None]
    _time_goes_on(patient, 31)
    await patient.slack.until(lambda: len(patient.slack.looked_up) == 2)
    await patient.settled()
    assert await _response(patient) == ("sent", 2)


async def test_a_reading_that_began_too_early_proves_nothing_however_long_it_took(patient: Stage) -> None:
    """What counts is when it was begun: it may have passed the place before the message came there."""
    found = patient.slack.look_up

    async def slowly(job: Job) -> Sent | None:
        patient.slack.look_up = found  # type: ignore[method-assign]
        _time_goes_on(patient, 31)
        return await found(job)

    patient.slack.look_up = slowly  # type: ignore[method-assign]
    await _falls_due(patient, None, Sent(external_id="5.5"))

    assert await _response(patient) == ("sent", 1)


async def test_an_early_reading_that_fails_is_tried_again_soon(patient: Stage) -> None:
    await _falls_due(patient, Unknown("503"), Unknown("503"), Sent(external_id="5.5"))

    assert await _response(patient) == ("sent", 1)


async def test_what_a_dead_process_was_reading_is_read_at_once(url: str) -> None:
    """A reading leaves nothing in doubt: nobody waits for the end of its lease."""
    first = await build(url, patience=LONG)
    await first.machinery.start()
    await first.writes()
    await first.settled()
    never = asyncio.Event()

    async def hangs(_job: Job) -> Sent | None:
        first.slack.news.set()
        await never.wait()
        return None

    begun = first.slack.looked_up
    first.slack.look_up = lambda job: (begun.append(job), hangs(job))[1]  # type: ignore[method-assign]
    first.slack.answers = {"post": [Unknown("timed out")]}
    first.clock.move(10)
    first.machinery.wake()
    await first.slack.until(lambda: begun)
    for task in asyncio.all_tasks() - {asyncio.current_task()}:  # type: ignore[arg-type]  # a test has a task
        task.cancel()
    await first.database.close()

    second = await build(url, clock=first.clock, patience=LONG)
    second.slack.found = [Sent(external_id="5.5")]
    await second.machinery.start()
    await second.slack.until(lambda: second.slack.looked_up)
    await second.settled()
    state = await _response(second)
    await second.machinery.stop()
    await second.database.close()

    assert state == ("sent", 1)


def _entry(effect: AnyEffect) -> Entry:
    return Entry(
        id=1,
        key="k",
        ticket=None,
        effect=effect,
        lane=LANES.index(effect.lane),
        state="unknown",
        attempt=1,
        put_off=0,
        report=False,
        first_at=START,
        unknown_at=START,
    )


@pytest.mark.parametrize(
    ("effect", "seconds"),
    [
        (Post(slot="s", to=Place(kind="client_thread"), text="Hello", lane="client"), 20),
        (Post(slot="s", to=Place(kind="client_thread"), text="Hello", lane="first_response"), 20),
        (Sms(person="lee", number="+12025550121", text="Hello"), 20),
        (Post(slot="s", to=Place(kind="escalation_thread"), text="Hello", lane="escalation"), 10),
        (Call(person="lee", number="+12025550121", token="1-1", ring=25 * SECOND), 10),
    ],
    ids=lambda value: f"{value.kind}:{value.lane}" if hasattr(value, "kind") else f"{value}",
)
def test_what_cannot_be_taken_back_is_given_longer_to_settle(effect: AnyEffect, seconds: int) -> None:
    assert Patience().settling(_entry(effect)) == seconds * SECOND


def test_readings_are_repeated_quickly_at_first_and_given_more_time_later() -> None:
    """Of the fifty a minute that Slack allows, one effect takes a fifth; a reading of many pages comes to its end."""
    patience, urgent = Patience(), _entry(Call(person="lee", number="+1", token="1-1", ring=SECOND))
    doubt, looks = patience.first_look, 1
    while (doubt := doubt + patience.again_read(urgent, doubt)) < 60 * SECOND:
        looks += 1

    assert 10 <= looks <= 20
    assert patience.reads(SECOND) == 4 * SECOND
    assert patience.reads(600 * SECOND) == 24 * SECOND


def test_a_late_double_is_looked_for_soon_and_for_minutes() -> None:
    """People can read it meanwhile; the last look that fails is not far from the one before."""
    waits = [Patience().recheck(times) for times in range(RECHECKS)]

    assert waits[0] == 5 * SECOND
    assert max(waits) == 60 * SECOND
    assert 4 <= sum(waits, timedelta()).total_seconds() / 60 <= 6
