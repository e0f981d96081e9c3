"""The registers are read from the database: what outlives its request, and what the morning reminds of."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot import cli_registers
from policies.effects import Invitation, Post, Reminder
from policies.events import Actor, ChangeRequest, CloseCarried, Relay, Resolve, Workaround
from policies.events.terms import Carried
from policies.people import Vendor
from policies.ticket import Stage as Standing
from tests.bot.stage import EXAMPLE, LEE, SAM, START, HandClock, Stage, build, migrated

DEVI = Actor(user="U0DEVI0001")
SOL = Actor(user="U0SOL00001")
DAY = timedelta(days=1)


async def _left_behind(stage: Stage) -> int:
    """A closed request with a live workaround until tomorrow."""
    number = await stage.escalated()
    await stage.presses("acknowledge", number, LEE)
    await stage.assigns(number, "devi")
    common = {"at": START, "ticket": number}
    for event in (
        Workaround(key="1", actor=DEVI, what="Queue B", original="Queue A", **common),  # type: ignore[arg-type]  # by name
        Resolve(key="2", actor=DEVI, text="Fixed", **common),  # type: ignore[arg-type]  # by name
        Relay(key="3", actor=SAM, update=1, **common),  # type: ignore[arg-type]  # by name
        CloseCarried(key="4", actor=SOL, carried=(Carried(number=1, until=START + DAY),), **common),  # type: ignore[arg-type]  # by name
    ):
        outcome = await stage.do(event)
        assert outcome.accepted, outcome.said
    return number


async def test_what_is_carried_is_found_by_its_clock_also_when_its_request_is_closed(stage: Stage) -> None:
    number = await _left_behind(stage)

    (found,) = await stage.machinery.board.carrying()
    assert (found.id, found.stage) == (number, Standing.CLOSED)
    await stage.presses("reverted", number, DEVI, subject="1")
    assert await stage.machinery.board.carrying() == ()


async def test_author_and_lead_get_the_invitation_and_what_takes_it_back(running: Stage) -> None:
    """Each is sent with the request as it is then, and the calendar's file is written anew."""
    number = await _left_behind(running)
    await running.settled()
    await running.presses("reverted", number, DEVI, subject="1")
    await running.settled()

    told = [
        (job.effect.person, job.ticket.live_workarounds == ())
        for job in running.slack.done
        if isinstance(job.effect, Invitation) and job.ticket
    ]
    assert sorted(told) == [
        ("U0DEVI0001", False),
        ("U0DEVI0001", True),
        ("U0LEE00001", False),
        ("U0LEE00001", True),
    ]
    assert len([job for job in running.records.done if isinstance(job.effect, Reminder)]) == 2


async def test_a_morning_reminds_support_of_a_check_in_once(tmp_path: Path) -> None:
    """By the clock of the house, at nine in the zone of the desk."""
    just_before = datetime(2026, 11, 19, 3, 59, tzinfo=UTC)
    stage = await build(migrated(tmp_path), clock=HandClock(just_before), keeps_house=True)
    tomorrow = Vendor(
        key="hosting", name="Example Hosting", contact="support@hosting.example", check_in=date(2026, 11, 20)
    )
    office = stage.in_force.office
    stage.in_force.office = replace(office, roster=replace(office.roster, vendors=(tomorrow,)))
    try:
        await stage.machinery.start()
        await stage.passes(600)
        said = [job.effect.text for job in stage.slack.done if isinstance(job.effect, Post)]
    finally:
        await stage.machinery.stop()
        await stage.database.close()

    assert [text for text in said if "check-in" in text] == [
        ":factory: The check-in with Example Hosting is tomorrow. Contact: support@hosting.example."
    ]


async def test_new_work_is_counted_by_its_kind(stage: Stage) -> None:
    number = (await stage.writes()).ticket
    event = ChangeRequest(key="1", at=START, actor=SAM, ticket=number, work="capacity")
    for _ in range(2):
        await stage.do(event)

    counted = stage.machinery.metrics.registry.get_sample_value
    assert counted("frontdoor_new_work_total", {"kind": "capacity"}) == 1.0


def test_the_command_line_reads_the_registers_beside_a_bot(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An empty database has empty registers, and says so in words."""
    environment = {"DATABASE_URL": migrated(tmp_path), "FRONTDOOR_CONFIG": str(EXAMPLE)}
    for name, value in (environment | {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}).items():
        monkeypatch.setenv(name, value)
    cli_registers.workarounds()
    cli_registers.workarounds(every=True)
    cli_registers.boundary()
    cli_registers.slips()
    assert capsys.readouterr().out.splitlines() == [
        "No workaround is live.",
        "There was no workaround yet.",
        "There was no request.",
        "No estimate was given.",
    ]
