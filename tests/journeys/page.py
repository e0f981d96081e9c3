"""The page of the sandbox in a real Chromium, for the journeys that are played by clicks alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Locator, Page, async_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PATIENCE = 30_000


@asynccontextmanager
async def opened(url: str, chromium: str) -> AsyncIterator[Page]:
    """The page, ready, and with the bot connected; a complaint in its console fails the test."""
    complaints: list[str] = []
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        await page.goto(url)
        await page.get_by_role("status").filter(has_text="Bot").first.wait_for()
        yield page
        await browser.close()
    assert complaints == [], complaints


def sees(page: Page, name: str) -> Locator:
    """The column of a person on the stage, by first name."""
    return page.get_by_role("region", name=f"{name} ")


async def writes(page: Page, name: str, text: str) -> None:
    """Somebody types into their column and sends."""
    box = sees(page, name).locator(".composer textarea")
    await box.fill(text)
    await box.press("Enter")


async def presses(page: Page, name: str, button: str) -> None:
    """Somebody presses a button of the bot in their column."""
    await sees(page, name).get_by_role("button", name=button, exact=True).last.click()


async def becomes(page: Page, name: str, other: str) -> None:
    """A column is looked at by somebody else from now on."""
    await sees(page, name).get_by_label("Who looks").select_option(label=other)
    await sees(page, other.split(" ", maxsplit=1)[0]).wait_for()


def form(page: Page, name: str) -> Locator:
    """The form before a person, once it is filled."""
    return sees(page, name).get_by_role("dialog")


def telephone(page: Page, name: str) -> Locator:
    """The telephone in the hand of a person."""
    return page.get_by_role("article", name=f"Telephone of {name}")
