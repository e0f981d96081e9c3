"""What would happen? Asked of the bot's own command, drawn as a picture, and told in words; by keyboard as well."""

from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from sandbox.child import Child
from sandbox.control.terms_routes import NO_BOT
from sandbox.environment import around, bot_environment
from tests.sandbox.page_stage import NARROW, page_of
from tests.sandbox.slack_stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


async def opened(page: Page) -> Locator:
    """The panel."""
    await page.get_by_role("button", name="What if?").click()
    return page.get_by_role("complementary", name="What would happen?")


async def test_a_question_is_answered_by_the_bots_command_as_a_picture(
    stage: Stage, chromium: str, tmp_path: Path
) -> None:
    """Christmas Eve in London: hours, targets, calls and words, every sign by arrow keys; light and dark, wide and narrow."""
    environment = bot_environment(1, 2, tmp_path)
    stage.sandbox.ask_bot = Child(around(environment), tmp_path / "bot.log").ask
    async with page_of(stage, chromium, color_scheme="dark") as page:
        panel = await opened(page)
        await expect(panel.get_by_label("Client")).to_have_value("example-retail", timeout=30_000)
        await expect(panel.get_by_label("Moment in London")).to_have_value("2026-11-18T09:00")
        await panel.get_by_label("Moment in London").fill("2026-12-24T21:58")
        await panel.get_by_label("Severity").select_option("S1")
        await panel.get_by_role("button", name="Show").click()
        await expect(panel.locator(".of")).to_contain_text(
            "Example Retail, Severity 1, Thu 24 Dec 21:58 London.", timeout=30_000
        )
        bars = panel.locator(".chart-row")
        assert [await bar.get_attribute("aria-label") for bar in await bars.all()] == [
            "support: closed then",
            "development, business: closed then",
            "a developer is to be assigned: 1 hour, due Thu 24 Dec 22:58",
            "it is to be resolved: 4 hours, due Fri 25 Dec 01:58",
            "the client is to hear a word: 1 hour, due Thu 24 Dec 22:58",
        ]
        await panel.locator(".mark").first.focus()
        await page.keyboard.press("ArrowRight")
        await expect(panel.locator(".pointed")).to_contain_text("sets Severity 1")
        calls = panel.locator(".mark.call")
        await calls.first.focus()
        await expect(panel.locator(".pointed")).to_have_text("Thu 24 Dec 22:23:00 · ES-3 Lee Lead is rung.")
        await panel.get_by_role("button", name="1 hour").click()
        assert await calls.count() > 1
        await page.screenshot(path=tmp_path / "dark.png")
        await panel.get_by_role("button", name="Nobody acts").click()
        await expect(panel.locator(".assumed")).to_have_text("Nobody does anything.")
        await page.emulate_media(color_scheme="light")
        await page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # two numbers
        await (
            page.get_by_role("navigation", name="Parts of the page")
            .get_by_role("button", name="What if")
            .click()
        )
        await expect(panel.locator(".chart")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        await page.screenshot(path=tmp_path / "light.png")


async def test_a_sandbox_without_a_bot_says_that_it_cannot_ask(stage: Stage, chromium: str) -> None:
    """Nothing is made up."""
    async with page_of(stage, chromium) as page:
        panel = await opened(page)
        await expect(panel.get_by_role("alert")).to_have_text(NO_BOT)
