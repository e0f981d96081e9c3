"""What the desk promises of an incident: all of its requests change in one transaction, or none does."""

from policies.events import OpenRequest, Resolve
from policies.events.incident import FormIncident
from policies.steps.incident import MANY
from policies.ticket import Stage as Standing
from tests.bot.stage import LEE, RETAIL, SAM, Stage


async def _opened(stage: Stage, count: int) -> None:
    for number in range(count):
        event = OpenRequest(
            key=stage.key(), at=stage.clock.now(), actor=SAM, channel=RETAIL, text=f"Down {number}"
        )
        assert (await stage.do(event)).accepted


async def _joined(stage: Stage, *members: int) -> bool:
    event = FormIncident(key=stage.key(), at=stage.clock.now(), actor=SAM, ticket=1, members=members)
    return (await stage.do(event)).accepted


async def test_the_largest_incident_is_formed_and_resolved_in_one_transaction_each(stage: Stage) -> None:
    await _opened(stage, MANY + 2)
    members = tuple(range(2, MANY + 2))
    assert await _joined(stage, *members)
    assert not await _joined(stage, MANY + 2)
    await stage.escalates(1)
    await stage.presses("acknowledge", 1, LEE)
    await stage.assigns(1, "devi")
    event = Resolve(key=stage.key(), at=stage.clock.now(), actor=LEE, ticket=1, text="Mended")
    assert (await stage.do(event)).accepted

    stages = {one.id: one.stage for one in await stage.machinery.board.open_tickets()}
    assert stages == dict.fromkeys((1, *members), Standing.RESOLVED) | {MANY + 2: Standing.CLAIMED}


async def test_where_one_cannot_join_nobody_does(stage: Stage) -> None:
    """And what was said of the others on the way is not said."""
    await _opened(stage, 3)
    await stage.presses("dismiss", 3, SAM)
    assert not await _joined(stage, 2, 3)

    tickets = await stage.machinery.board.open_tickets()
    assert [(one.id, one.led_by, one.members) for one in tickets] == [(1, 0, ()), (2, 0, ())]
