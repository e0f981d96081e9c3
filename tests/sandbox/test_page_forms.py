"""What a bot puts before people can be pressed, filled in and sent, and comes back with its errors."""

import pytest

from tests.sandbox.page_stage import bot_on, column, open_form, page_of, write
from tests.sandbox.slack_stage import CASEY, SUPPORT, Stage

pytestmark = pytest.mark.browser


async def test_a_form_is_refused_field_by_field_and_then_taken(stage: Stage, chromium: str) -> None:
    async with bot_on(stage) as bot, page_of(stage, chromium) as page:
        dialog = await open_form(page)
        await dialog.get_by_role("button", name="Send").click()
        required = dialog.get_by_text("Please complete this required field.")
        await required.first.wait_for()
        assert await required.count() == 2
        await dialog.get_by_label("branch").fill("Nowhere")
        await dialog.get_by_label("address").fill("not an address")
        await dialog.get_by_label("kind").select_option("till")
        await dialog.get_by_role("button", name="Send").click()
        await dialog.get_by_text("Please enter a valid URL").wait_for()
        await dialog.get_by_label("address").fill("https://till.example")
        await dialog.get_by_role("button", name="Send").click()
        await dialog.get_by_text("There is no branch Nowhere.").wait_for()
        assert await dialog.get_by_label("branch").input_value() == "Nowhere"
        await dialog.get_by_label("branch").fill("Harbour")
        await dialog.get_by_label("Everybody").check()
        await dialog.get_by_label("many").fill("3")
        await dialog.get_by_role("button", name="Send").click()
        await dialog.wait_for(state="detached")
        [(_, values)] = bot.got
        assert values["branch"]["branch"]["value"] == "Harbour"
        assert values["kind"]["kind"]["selected_option"]["value"] == "till"
        assert [option["value"] for option in values["flags"]["flags"]["selected_options"]] == ["all"]
        assert values["until"]["until"]["selected_date_time"] == 1795082400
        assert (values["day"]["day"]["selected_date"], values["hour"]["hour"]["selected_time"]) == (
            "2026-11-18",
            "15:30",
        )
        assert values["many"]["many"]["value"] == "3"


async def test_a_page_loaded_again_still_shows_what_was_sent_and_why_it_came_back(
    stage: Stage, chromium: str
) -> None:
    async with bot_on(stage), page_of(stage, chromium) as page:
        dialog = await open_form(page)
        await dialog.get_by_label("branch").fill("Nowhere")
        await dialog.get_by_label("kind").select_option("web")
        await dialog.get_by_label("Everybody").check()
        await dialog.get_by_role("button", name="Send").click()
        await dialog.get_by_text("There is no branch Nowhere.").wait_for()
        await page.reload()
        await dialog.get_by_text("There is no branch Nowhere.").wait_for()
        assert await dialog.get_by_label("branch").input_value() == "Nowhere"
        assert await dialog.get_by_label("kind").input_value() == "web"
        assert await dialog.get_by_label("Everybody").is_checked()
        assert await dialog.get_by_label("until").input_value() == "2026-11-19T10:00"
        await dialog.get_by_label("branch").fill("Harbour")
        await dialog.get_by_role("button", name="Send").click()
        await dialog.wait_for(state="detached")


async def test_moments_are_shown_in_the_zone_of_the_person(stage: Stage, chromium: str) -> None:
    async with bot_on(stage), page_of(stage, chromium) as page:
        dialog = await open_form(page)
        assert await dialog.get_by_label("until").input_value() == "2026-11-19T10:00"


async def test_what_was_typed_survives_a_view_on_top_and_is_told_along(stage: Stage, chromium: str) -> None:
    async with bot_on(stage) as bot, page_of(stage, chromium) as page:
        dialog = await open_form(page)
        await dialog.get_by_label("branch").fill("Harbour")
        await dialog.get_by_role("button", name="Go deeper").click()
        second = column(page, "left").get_by_role("dialog", name="Second")
        await second.get_by_label("words").fill("more")
        await second.get_by_role("button", name="Send").click()
        await column(page, "left").get_by_role("dialog", name="Form").wait_for()
        assert await dialog.get_by_label("branch").input_value() == "Harbour"
        [(_, body)] = bot.got
        assert body["view"]["state"]["values"]["branch"]["branch"]["value"] == "Harbour"


async def test_a_dangerous_button_asks_first(stage: Stage, chromium: str) -> None:
    async with bot_on(stage) as bot, page_of(stage, chromium) as page:
        await write(page, "left", "Printing fails")
        await column(page, "left").get_by_role("button", name="Delete").click()
        await page.get_by_role("dialog", name="Really?").get_by_role("button", name="No").click()
        await column(page, "left").get_by_role("button", name="Delete").click()
        await page.get_by_role("dialog", name="Really?").get_by_role("button", name="Do it").click()
        await page.get_by_role("dialog", name="Really?").wait_for(state="detached")
        await stage.settle()
        assert [name for name, _ in bot.got] == ["danger"]


async def test_typed_text_and_focus_survive_what_happens_meanwhile(stage: Stage, chromium: str) -> None:
    async with bot_on(stage), page_of(stage, chromium) as page:
        dialog = await open_form(page)
        await dialog.get_by_label("detail").focus()
        await page.keyboard.type("half a sent")
        await column(page, "middle").locator(".composer textarea").fill("a draft")
        await dialog.get_by_label("detail").focus()
        await stage.say("U0SKY00001", SUPPORT, "Meanwhile")
        await column(page, "middle").get_by_text("Meanwhile").wait_for()
        await page.keyboard.type("ence")
        assert await dialog.get_by_label("detail").input_value() == "half a sentence"
        assert await column(page, "middle").locator(".composer textarea").input_value() == "a draft"


async def test_commands_are_answered_and_a_home_is_drawn(stage: Stage, chromium: str) -> None:
    async with bot_on(stage), page_of(stage, chromium) as page:
        await write(page, "middle", "/frontdoor mine")
        await column(page, "middle").get_by_text("You asked for mine.").wait_for()
        assert await column(page, "middle").get_by_text("Only visible to Sam").is_visible()
        await column(page, "middle").get_by_label("Which place").select_option("home")
        await column(page, "middle").get_by_role("heading", name="My queue").wait_for()


async def test_a_refusal_is_said_in_its_own_words(stage: Stage, chromium: str) -> None:
    async with bot_on(stage), page_of(stage, chromium) as page:
        await write(page, "left", "/frontdoor mine")
        await page.get_by_text("not available to people of another workspace").wait_for()
        assert await column(page, "left").locator(".composer textarea").input_value() == "/frontdoor mine"
        assert (await stage.get(f"messages/{CASEY}"))["messages"] == []
