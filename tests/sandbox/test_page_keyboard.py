"""Everything can be reached without a mouse, and the focus is never lost."""

import pytest
from playwright.async_api import Page

from tests.sandbox.page_stage import bot_on, column, open_form, page_of, write
from tests.sandbox.slack_stage import CASEY, RETAIL, Stage

pytestmark = pytest.mark.browser


async def tabs_to(page: Page, wanted: str, key: str = "Tab") -> None:
    """Press Tab until the wanted place has the focus."""
    for _ in range(60):
        await page.keyboard.press(key)
        if await page.locator(f"{wanted}:focus").count():
            return
    raise AssertionError(f"Tab never came to {wanted}")


async def test_writing_a_form_and_a_telephone_go_by_keyboard(stage: Stage, chromium: str) -> None:
    async with bot_on(stage) as bot, page_of(stage, chromium) as page:
        await tabs_to(page, "[data-column=left] textarea")
        await page.keyboard.type("Printing fails")
        await page.keyboard.press("Enter")
        await column(page, "left").get_by_role("button", name="Fill in").wait_for()
        await tabs_to(page, "[data-action=form]", "Shift+Tab")
        await page.keyboard.press("Enter")
        await page.locator("[data-name=branch]:focus").wait_for()
        await page.keyboard.type("Harbour")
        await tabs_to(page, "select[data-name=kind]")
        await page.keyboard.press("ArrowDown")
        await tabs_to(page, ".modal footer .primary")
        await page.keyboard.press("Enter")
        await column(page, "left").get_by_role("dialog").wait_for(state="detached")
        await page.locator("[data-column=left] textarea:focus").wait_for()
        assert bot.got[0][1]["kind"]["kind"]["selected_option"]["value"] == "till"
        await bot.ring()
        await page.get_by_role("button", name="Answer Lee").wait_for()
        await tabs_to(page, ".handset .answer")
        await page.keyboard.press("Enter")
        await page.locator("[data-digit='4']:focus").wait_for()
        await page.keyboard.press("4")
        await page.get_by_text("You pressed 4.").wait_for()
        assert bot.digits == ["4"]


async def test_escape_closes_a_form_and_gives_the_focus_back(stage: Stage, chromium: str) -> None:
    async with bot_on(stage), page_of(stage, chromium) as page:
        dialog = await open_form(page)
        await page.locator("[data-name=branch]:focus").wait_for()
        await page.keyboard.press("Escape")
        await dialog.wait_for(state="detached")
        await page.locator("[data-column=left] textarea:focus").wait_for()


async def test_the_cast_is_one_stop_and_arrows_lead_on(stage: Stage, chromium: str) -> None:
    async with page_of(stage, chromium) as page:
        await tabs_to(page, "[data-user=U0CASEY001]")
        await page.keyboard.press("ArrowDown")
        await page.locator("[data-user=U0CHRIS001]:focus").wait_for()
        await page.keyboard.press("Enter")
        await page.get_by_role("region", name="Chris Client sees # example-retail").wait_for()


async def test_a_message_s_menu_opens_by_enter_and_closes_by_escape(stage: Stage, chromium: str) -> None:
    async with page_of(stage, chromium) as page:
        await write(page, "left", "Printing fails")
        await column(page, "left").locator(".message").wait_for()
        await column(page, "left").get_by_role("log").focus()
        await page.keyboard.press("ArrowUp")
        await page.keyboard.press("Enter")
        await page.get_by_role("menuitem", name="Reply in thread").wait_for()
        await page.keyboard.press("Escape")
        await page.locator("article.message:focus").wait_for()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
        await column(page, "left").get_by_text("Replying in the thread").wait_for()
        await page.locator("[data-column=left] textarea:focus").wait_for()
        await page.keyboard.type("and the other till too")
        await page.keyboard.press("Enter")
        await column(page, "left").locator(".replies .message").wait_for()


async def test_news_are_said_aloud(stage: Stage, chromium: str) -> None:
    async with page_of(stage, chromium) as page:
        await stage.say(CASEY, RETAIL, "Printing fails")
        await page.locator("#news", has_text="Casey Client in example-retail: Printing fails").wait_for(
            state="attached"
        )
