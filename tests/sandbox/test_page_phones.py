"""Telephones ring where everybody sees it, and can be answered with mouse, thumb or keyboard."""

import pytest

from tests.sandbox.page_stage import BOS_NUMBER, LEES_NUMBER, NARROW, bot_on, page_of
from tests.sandbox.slack_stage import Stage

pytestmark = pytest.mark.browser


async def test_a_ringing_telephone_is_loud_and_takes_a_key(stage: Stage, chromium: str) -> None:
    async with bot_on(stage) as bot, page_of(stage, chromium) as page:
        await bot.ring()
        handset = page.get_by_role("article", name="Telephone of Lee Lead")
        await handset.wait_for()
        assert await page.title() == "☎ Lee Lead — Frontdoor sandbox"
        assert await page.locator("#alarm").inner_text() == "Lee Lead’s telephone rings"
        await handset.get_by_role("button", name="Answer Lee").click()
        await handset.get_by_text("Press four.").wait_for()
        await handset.get_by_role("button", name="Key 4").click()
        await handset.get_by_text("You pressed 4.").wait_for()
        assert bot.digits == ["4"]


@pytest.mark.parametrize(("button", "ended"), [("Decline", "busy"), ("Let Lee’s voicemail", "in-progress")])
async def test_it_can_be_declined_or_left_to_the_voicemail(
    stage: Stage, chromium: str, button: str, ended: str
) -> None:
    async with bot_on(stage) as bot, page_of(stage, chromium) as page:
        await bot.ring()
        await (
            page.get_by_role("article", name="Telephone of Lee Lead")
            .get_by_role("button", name=button.replace("’", "'"))
            .click()
        )
        await page.locator(".handset.rings").wait_for(state="detached")
        await stage.settle()
        [call] = (await stage.get("calls"))["calls"]
        assert call["status"] == ended


async def test_a_telephone_can_be_told_what_to_do_by_itself(stage: Stage, chromium: str) -> None:
    async with page_of(stage, chromium) as page:
        await page.get_by_role("button", name="Telephone of Lee Lead").click()
        await page.get_by_role("menuitem", name="Is busy").click()
        await page.get_by_role("button", name="Telephone of Lee Lead, is busy").wait_for()
        assert (await stage.get("state"))["behaviours"] == {LEES_NUMBER: "busy"}


async def test_a_thumb_finds_the_ringing_telephone(stage: Stage, chromium: str) -> None:
    async with bot_on(stage) as bot, page_of(stage, chromium, viewport=NARROW, has_touch=True) as page:
        await bot.ring()
        await page.get_by_role("button", name="Lee Lead’s telephone rings").tap()
        await page.get_by_role("button", name="Answer Lee").tap()
        await page.get_by_role("button", name="Key 5").tap()
        await page.get_by_text("You pressed 5.").wait_for()
        assert bot.digits == ["5"]


async def test_a_text_message_shows_on_the_telephone_it_went_to(stage: Stage, chromium: str) -> None:
    async with bot_on(stage) as bot, page_of(stage, chromium) as page:
        await bot.text("SUP-1 waits for you")
        card = page.get_by_role("article", name="Text message to Lee Lead")
        await card.get_by_text("SUP-1 waits for you").wait_for()
        await card.get_by_role("button", name="Put the text message away").click()
        await card.wait_for(state="detached")


async def test_skipping_time_stops_when_a_telephone_begins_to_ring(stage: Stage, chromium: str) -> None:
    async with bot_on(stage) as bot, page_of(stage, chromium) as page:
        await bot.ring()
        await bot.ring(BOS_NUMBER)  # dialled a second later, as the network dials one call a second
        await page.get_by_role("button", name="Skip 30 minutes").click()
        await page.get_by_text("Bo Backup’s telephone rings: the skip stopped here.").wait_for()
        assert (await stage.get("state"))["now"] < "2026-11-18T09:01:00"
