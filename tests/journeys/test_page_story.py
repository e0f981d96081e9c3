"""The story panel from start to end: a newcomer needs nothing but its buttons, and everything really happens."""

import pytest

from tests.journeys.driver import Stage
from tests.journeys.page import opened, sees, telephone

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.timeout(180)]


async def test_the_story_goes_from_the_first_word_to_the_closed_ticket(stage: Stage, chromium: str) -> None:
    async with opened(stage.url, chromium) as page:
        steps = page.locator(".step")
        for place in range(await steps.count()):
            step = steps.nth(place)
            title = await step.locator(".step-title").inner_text()
            await step.get_by_role("button").click()
            await step.get_by_role("img", name="done").wait_for()
            if title.startswith("Nobody acknowledges"):
                await telephone(page, "Lee Lead").get_by_role("button", name="Answer").wait_for()
        await page.get_by_text("That was the whole way.").wait_for()
        await sees(page, "Casey").get_by_text("SUP-1 is closed. Thank you.").wait_for()
    [row] = stage.sheet()
    assert row["Reference"] == "SUP-1"
    assert [call["status"] for call in stage.calls()] == ["no-answer", "completed"]


async def test_a_telephone_rings_within_the_first_five_presses(stage: Stage, chromium: str) -> None:
    async with opened(stage.url, chromium) as page:
        for _ in range(5):
            step = page.locator(".step.next")
            name = await step.get_attribute("data-step")
            await step.get_by_role("button").click()
            await page.locator(f".step.done[data-step={name}]").wait_for()
        await page.get_by_role("button", name="Lee Lead’s telephone rings").wait_for()
    assert [(call["to"], call["status"]) for call in stage.calls()] == [("+12025550121", "ringing")]
