"""What became of estimates is counted where operators look."""

from datetime import timedelta

from policies.events import Actor, GiveUpdate, Resolve
from tests.bot.stage import LEE, START, Stage

DEVI = Actor(user="U0DEVI0001")


async def test_an_estimate_that_was_revised_and_one_that_was_kept_are_counted_once_each(stage: Stage) -> None:
    number = await stage.escalated()
    await stage.presses("acknowledge", number, LEE)
    await stage.assigns(number, "devi")
    common = {"at": START, "ticket": number, "actor": DEVI}
    for key, hours in (("1", 1), ("1", 1), ("2", 2)):
        promise = START + timedelta(hours=hours)
        await stage.do(GiveUpdate(key=key, what="estimate", text="Soon", promise=promise, **common))  # type: ignore[arg-type]  # by name
    await stage.do(Resolve(key="3", text="Done", **common))  # type: ignore[arg-type]  # by name

    counted = stage.machinery.metrics.registry.get_sample_value
    results = ("kept", "missed", "revised", "told_late")
    found = {one: counted("frontdoor_estimates_total", {"result": one}) for one in results}
    assert found == {"kept": 1.0, "missed": None, "revised": 1.0, "told_late": None}
