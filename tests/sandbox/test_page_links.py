"""An address can name a message: opened, it brings that message into sight, in a column of somebody who may see it."""

import pytest
from playwright.async_api import Locator, Page

from tests.sandbox.page_stage import NARROW, column, page_of
from tests.sandbox.slack_stage import CASEY, RETAIL, SAM, SUPPORT, Stage

pytestmark = pytest.mark.browser
LEES_ROOM = "C0ESCALATE"
IN_SIGHT = """node => {
  const box = node.getBoundingClientRect(), list = node.closest(".messages").getBoundingClientRect();
  return box.top >= list.top - 1 && box.bottom <= list.bottom + 1;
}"""


async def long_talk(stage: Stage, channel: str) -> str:
    """The permalink of the first of many messages."""
    first = await stage.say(SAM, channel, "The first of many")
    for number in range(30):
        await stage.say(SAM, channel, f"and number {number}")
    link = (await stage.web.chat_getPermalink(channel=channel, message_ts=first["ts"]))["permalink"]
    return str(link)


def message(page: Page, where: str, words: str) -> Locator:
    """A message in a column."""
    return column(page, where).locator(".message", has_text=words)


async def in_sight(found: Locator) -> bool:
    """Whether all of it is within its list."""
    await found.wait_for()
    return bool(await found.evaluate(IN_SIGHT))


async def test_a_permalink_shows_its_channel_and_brings_the_message_into_sight(
    stage: Stage, chromium: str
) -> None:
    link = await long_talk(stage, SUPPORT)
    async with page_of(stage, chromium) as page:
        assert not await in_sight(message(page, "middle", "The first of many"))
        await column(page, "middle").get_by_label("Which place").select_option(RETAIL)
        await page.goto(link)
        assert await in_sight(message(page, "middle", "The first of many"))
        assert await column(page, "middle").get_by_label("Which place").input_value() == SUPPORT


@pytest.mark.parametrize(
    ("kind", "words"),
    [("mrkdwn", "*<{link}|SUP-1>*: nobody has it"), ("markdown", "**Look:** [SUP-1]({link}) waits")],
)
async def test_a_link_to_a_message_leads_there_within_the_page_as_often_as_it_is_pressed(
    stage: Stage, chromium: str, kind: str, words: str
) -> None:
    link = await long_talk(stage, SUPPORT)
    opened = await stage.web.conversations_open(users="U0LEE00001")
    text = words.format(link=link)
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    block = section if kind == "mrkdwn" else {"type": "markdown", "text": text}
    await stage.web.chat_postMessage(channel=opened["channel"]["id"], text="a letter", blocks=[block])
    async with page_of(stage, chromium) as page:
        await column(page, "right").get_by_label("Which place").select_option("dm")
        for _ in range(2):
            await column(page, "right").get_by_role("link", name="SUP-1").click()
            assert await in_sight(message(page, "middle", "The first of many"))
            await column(page, "middle").locator(".message").last.scroll_into_view_if_needed()


async def test_a_reply_that_is_folded_away_is_unfolded(stage: Stage, chromium: str) -> None:
    parent = await stage.say(SAM, LEES_ROOM, "A card")
    replies = [await stage.say(SAM, LEES_ROOM, f"reply {n}", thread_ts=parent["ts"]) for n in range(6)]
    async with page_of(stage, chromium) as page:
        assert await message(page, "right", "reply 0").count() == 0
        await page.goto(f"{stage.url}/#{LEES_ROOM}/{replies[0]['ts']}")
        assert await in_sight(message(page, "right", "reply 0"))


async def test_on_a_narrow_page_the_right_one_comes_to_the_front(stage: Stage, chromium: str) -> None:
    link = await long_talk(stage, LEES_ROOM)
    async with page_of(stage, chromium, viewport=NARROW) as page:
        await page.goto(link)
        assert await in_sight(message(page, "right", "The first of many"))


async def test_an_address_that_names_nothing_changes_nothing(stage: Stage, chromium: str) -> None:
    await stage.say(CASEY, RETAIL, "Printing fails")
    async with page_of(stage, chromium) as page:
        await page.goto(f"{stage.url}/#C0NOWHERE1/1.000001")
        await page.reload()
        await message(page, "left", "Printing fails").wait_for()
        assert await column(page, "right").get_by_label("Which place").input_value() == LEES_ROOM
