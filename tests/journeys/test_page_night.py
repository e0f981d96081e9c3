"""Journey 6 by clicks alone: at night nobody acknowledges for fifteen minutes; the lead's telephone rings out, the backup presses 4."""

from datetime import datetime

import pytest
from playwright.async_api import Page

from tests.journeys.driver import PHONES, Stage
from tests.journeys.page import becomes, form, opened, presses, sees, telephone, writes

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.timeout(180)]


async def escalates(page: Page) -> None:
    """Sam fills in what is not known yet, and sends the block."""
    await presses(page, "Sam", "Escalate")
    block = form(page, "Sam")
    await block.get_by_label("SaaS Name", exact=True).select_option("Till")
    await block.get_by_label("SaaS URL").fill("https://till.example-retail.example")
    await block.get_by_label("Device Type").select_option("Printer")
    await block.get_by_label("Build Version").fill("4.2.1")
    await block.get_by_label("Issue Platform").select_option("Windows")
    await block.get_by_role("button", name="Escalate").click()
    await block.wait_for(state="detached")


async def skips(page: Page, words: str, rings: str) -> None:
    """The clock is moved on, and stops when a telephone rings."""
    await page.get_by_role("button", name=words).click()
    await telephone(page, rings).get_by_role("button", name="Answer").wait_for()


async def test_the_backup_acknowledges_at_night(stage: Stage, chromium: str) -> None:
    async with opened(stage.url, chromium) as page:
        await page.get_by_role("button", name="Skip to 23:00 in Karachi").click()
        await page.get_by_role("timer").filter(has_text="23:00:00").wait_for()
        await writes(page, "Casey", "At Harbour Street printing has stopped.")
        await page.get_by_role("button", name="Skip 1 minute").click()
        await sees(page, "Casey").get_by_text("Your reference is SUP-1.").wait_for()
        await presses(page, "Sam", "I take it")
        await sees(page, "Sam").get_by_role("button", name="I take it").wait_for(state="detached")
        await escalates(page)
        await sees(page, "Lee").get_by_role("button", name="Acknowledge").wait_for()
        await skips(page, "Skip 30 minutes", "Lee Lead")
        await skips(page, "Skip 1 minute", "Bo Backup")
        await telephone(page, "Bo Backup").get_by_role("button", name="Answer").click()
        await telephone(page, "Bo Backup").get_by_role("button", name="Key 4").click()
        await sees(page, "Lee").get_by_text("Bo Backup acknowledged by telephone").wait_for()
        await becomes(page, "Lee", "Bo Backup")
        await presses(page, "Bo", "Assign a developer")
        await (
            form(page, "Bo")
            .get_by_label("Developer")
            .select_option(label="Devi Developer (0 open, suggested)")
        )
        await form(page, "Bo").get_by_role("button", name="Assign").click()
        await sees(page, "Bo").get_by_text("With Devi Developer of development").wait_for()
    escalated = when(stage, "view_submission")
    assert [
        (owner(call["to"]), seconds(escalated, call["ringing_at"]), call["status"]) for call in stage.calls()
    ] == [
        ("lee", 15 * 60, "no-answer"),
        ("bo", 15 * 60 + 25, "completed"),
    ]


def owner(number: str) -> str:
    """Whose telephone it is."""
    return next(name for name, phone in PHONES.items() if phone == number)


def when(stage: Stage, kind: str) -> datetime:
    """The moment of the first entry of a kind."""
    return datetime.fromisoformat(next(entry["at"] for entry in stage.log() if entry["kind"] == kind))


def seconds(start: datetime, moment: str) -> float:
    """How long after `start` a moment is."""
    return (datetime.fromisoformat(moment) - start).total_seconds()
