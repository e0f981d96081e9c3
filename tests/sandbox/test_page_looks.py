"""The page opens without a complaint, alone on this machine, wide and narrow, light and dark."""

import pytest
from playwright.async_api import Page, expect

from tests.sandbox.page_stage import NARROW, column, page_of, write
from tests.sandbox.slack_stage import CASEY, RETAIL, Stage

pytestmark = pytest.mark.browser
HOSTILE = '<img src=x onerror="document.title=1"> <script>document.title=2</script> <javascript:alert(1)|click me> *<b>bold</b>*'


async def background(page: Page) -> str:
    """The colour behind everything."""
    return str(await page.evaluate("getComputedStyle(document.body).backgroundColor"))


async def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(await page.evaluate("document.documentElement.scrollWidth - innerWidth"))


async def test_it_opens_with_client_support_and_lead_side_by_side(stage: Stage, chromium: str) -> None:
    async with page_of(stage, chromium) as page:
        names = [
            await column(page, name).get_by_label("Who looks").input_value()
            for name in ("left", "middle", "right")
        ]
        assert names == ["U0CASEY001", "U0SAM00001", "U0LEE00001"]
        assert await page.get_by_role("complementary", name="Story").is_visible()
        assert await page.get_by_role("timer").inner_text() == "Wed 18 Nov\n14:00:00\nKarachi"
        assert await page.get_by_role("status").filter(has_text="No bot connected").is_visible()


async def test_what_one_writes_the_others_see(stage: Stage, chromium: str) -> None:
    async with page_of(stage, chromium) as page:
        await column(page, "middle").get_by_label("Which place").select_option(RETAIL)
        await write(page, "left", "Printing *fails* at `till 2` <@U0SAM00001>")
        seen = column(page, "middle").locator(".message")
        await seen.wait_for()
        assert "Printing fails at till 2 @Sam Support" in await seen.inner_text()
        assert await seen.locator("strong", has_text="fails").count() == 1
        assert [message["text"] for message in (await stage.get(f"messages/{RETAIL}"))["messages"]] == [
            "Printing *fails* at `till 2` <@U0SAM00001>"
        ]


async def test_replies_edits_files_and_reactions_are_done_by_hand(stage: Stage, chromium: str) -> None:
    async with page_of(stage, chromium) as page:
        left = column(page, "left")
        await left.get_by_label("Attach a file by name").click()
        await left.get_by_label("Name of the file").fill("till.jpg")
        await left.get_by_label("Name of the file").press("Enter")
        await write(page, "left", "first")
        await left.get_by_text("first", exact=True).wait_for()
        await left.get_by_label("Reply in thread").first.click()
        await left.get_by_label("Leave the thread").wait_for()
        await write(page, "left", "second")
        await left.get_by_text("second", exact=True).first.wait_for()
        await left.get_by_label("Leave the thread").click()
        await left.get_by_label("Message menu").last.click()
        await page.get_by_role("menuitem", name="Edit message").click()
        await expect(left.locator(".composer textarea")).to_have_value("second")
        await write(page, "left", "second, better")
        await left.get_by_text("second, better").first.wait_for()
        await left.get_by_label("Message menu").first.click()
        await page.get_by_role("menuitem", name="React eyes").click()
        await left.locator(".reaction").wait_for()
        parent, reply = (await stage.get(f"messages/{RETAIL}"))["messages"]
        assert (parent["files"][0]["name"], parent["reactions"][0]["name"]) == ("till.jpg", "eyes")
        assert (reply["text"], reply["thread_ts"], "edited" in reply) == (
            "second, better",
            parent["ts"],
            True,
        )


async def test_hostile_text_is_only_text(stage: Stage, chromium: str) -> None:
    async with page_of(stage, chromium) as page:
        blocks = [
            {"type": "section", "text": {"type": "mrkdwn", "text": HOSTILE}},
            {"type": "markdown", "text": HOSTILE},
        ]
        await stage.say(CASEY, RETAIL, HOSTILE)
        await stage.web.chat_postMessage(channel=RETAIL, text=HOSTILE, blocks=blocks)
        await column(page, "left").locator(".message").nth(1).wait_for()
        made = "main img, main script, main b, a[href^='javascript']"
        assert await page.locator(made).count() == 0
        assert await page.title() == "Frontdoor sandbox"


@pytest.mark.parametrize("tab", ["Chat", "Cast", "Phones", "Story", "Wire"])
async def test_at_390_pixels_nothing_runs_out_at_the_side(stage: Stage, chromium: str, tab: str) -> None:
    async with page_of(stage, chromium, viewport=NARROW) as page:
        await stage.say(CASEY, RETAIL, "a_very_long_word_" * 30)
        await page.get_by_role("navigation", name="Parts of the page").get_by_role("button", name=tab).click()
        assert await sideways(page) <= 0
        clipped = "[...document.querySelectorAll('.middle > *')].filter(node => node.getBoundingClientRect().right > innerWidth + 1).length"
        assert await page.evaluate(clipped) == 0


async def test_a_narrow_page_shows_one_of_the_three_at_a_time(stage: Stage, chromium: str) -> None:
    async with page_of(stage, chromium, viewport=NARROW) as page:
        assert await page.locator(".column").count() == 1
        await page.get_by_role("tab", name="Sam").click()
        await column(page, "middle").wait_for()
        assert await page.locator(".column").count() == 1


async def test_dark_follows_the_machine_and_can_be_chosen(stage: Stage, chromium: str) -> None:
    async with page_of(stage, chromium, color_scheme="dark") as page:
        dark = await background(page)
        await page.get_by_role("button", name="Settings").click()
        await page.get_by_role("menuitem", name="Colours: as the machine").click()
        light = await background(page)
        assert (dark, light) == ("rgb(20, 22, 26)", "rgb(244, 243, 239)")
        await page.reload()
        await page.locator(".column").first.wait_for()
        assert await background(page) == light


async def test_the_clock_is_moved_and_stopped_from_the_top(stage: Stage, chromium: str) -> None:
    async with page_of(stage, chromium) as page:
        await page.get_by_role("button", name="Skip 5 minutes").click()
        await page.get_by_role("timer").filter(has_text="14:05:00").wait_for()
        await page.get_by_role("button", name="Skip to 23:00 in Karachi").click()
        await page.get_by_role("timer").filter(has_text="23:00:00").wait_for()
        await page.get_by_role("button", name="run", exact=True).click()
        await page.get_by_role("button", name="pause", exact=True).wait_for()
        assert (await stage.get("state"))["rate"] == 1


async def test_the_wire_shows_requests_and_can_be_filtered(stage: Stage, chromium: str) -> None:
    async with page_of(stage, chromium) as page:
        await stage.say(CASEY, RETAIL, "Printing fails")
        await stage.web.chat_postMessage(channel=RETAIL, text="noted")
        await page.get_by_role("button", name="Wire").click()
        panel = page.get_by_role("complementary", name="Wire log")
        await panel.get_by_label("Kind or words").fill("chat.postMessage")
        await panel.get_by_text("1 of").wait_for()
        await panel.locator(".entry").get_by_role("button").click()
        assert '"text": "noted"' in await panel.locator(".json").first.inner_text()
        await panel.get_by_label("Service").select_option("twilio")
        await panel.get_by_text("0 of").wait_for()
