"""The mornings of an intensive period, from what is stored (HC-2, HC-3)."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from bot import house
from bot.storage.engine import Connection
from policies.events.office import IntensiveMorning
from tests.bot.stage import SAM, START, Stage

DAY = timedelta(days=1)


async def _morning(stage: Stage) -> IntensiveMorning:
    """What is due the morning after, for a client that went live today."""
    roster = stage.office.roster
    live = replace(roster.clients[0], live_on=START.date())
    later = replace(roster, clients=(live, *roster.clients[1:]))

    def look(conn: Connection) -> list[IntensiveMorning]:
        return list(house.intensive(conn, stage.office, later, START, START + DAY))

    [event] = await stage.database.read(look)
    return event


async def test_the_morning_after_go_live_counts_the_requests_of_the_day(stage: Stage) -> None:
    """Those of the client alone, as their timelines tell them."""
    number = (await stage.writes()).ticket
    assert number is not None
    await stage.presses("claim", number, SAM)
    await stage.escalates(number)

    event = await _morning(stage)

    assert event.client == "example-retail"
    assert [(one.what, one.day) for one in event.reports] == [("check_in", 2)]
    assert [(case.ref, case.is_open, case.escalated, case.lapsed) for case in event.cases] == [
        ("SUP-1", True, True, 0)
    ]


async def test_support_is_told_once_however_often_the_morning_comes(stage: Stage) -> None:
    event = await _morning(stage)
    for _ in range(2):
        assert (await stage.do(event)).accepted
    told = text("SELECT count(*) FROM outbox WHERE body LIKE '%check in with them%'")

    assert await stage.look(lambda conn: conn.execute(told).scalar()) == 1
