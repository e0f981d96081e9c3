"""The stage of the page's tests: the page in a real Chromium, and a small Bolt bot to try it with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import encode_basic_auth, web
from aiohttp.test_utils import TestServer
from playwright.async_api import ConsoleMessage, Locator, Page, Request, async_playwright
from slack_bolt.async_app import AsyncApp

from tests.sandbox.slack_stage import LEE, Stage, actions, button, field, modal, words

LEES_NUMBER, BOS_NUMBER = "+12025550121", "+12025550122"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
FIELDS = (
    field("branch", {"type": "plain_text_input"}),
    field("address", {"type": "url_text_input", "initial_value": "https://till.example"}),
    field(
        "kind",
        {
            "type": "static_select",
            "options": [{"text": words("Till"), "value": "till"}, {"text": words("Web"), "value": "web"}],
        },
    ),
    field(
        "where",
        {"type": "radio_buttons", "options": [{"text": words("Production"), "value": "production"}]},
        optional=True,
    ),
    field(
        "flags",
        {"type": "checkboxes", "options": [{"text": words("Everybody"), "value": "all"}]},
        optional=True,
    ),
    field("until", {"type": "datetimepicker", "initial_date_time": 1795082400}, optional=True),
    field("day", {"type": "datepicker", "initial_date": "2026-11-18"}, optional=True),
    field("hour", {"type": "timepicker", "initial_time": "15:30"}, optional=True),
    field("many", {"type": "number_input", "is_decimal_allowed": False}, optional=True),
    field("detail", {"type": "plain_text_input", "multiline": True}, optional=True),
)
ASKS_FIRST = {
    "confirm": {
        "title": words("Really?"),
        "text": words("This cannot be undone."),
        "confirm": words("Do it"),
        "deny": words("No"),
    }
}


class EchoBot:
    """Answers every message with a card in its thread; `got` keeps what was pressed and submitted, `digits` the keys."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.app: AsyncApp = stage.app()
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.digits: list[str] = []
        self.phone_url = ""
        self.app.event("message")(self._answer)
        self.app.event("app_home_opened")(self._home)
        self.app.action("form")(self._open)
        self.app.action("deeper")(self._push)
        for name in ("press", "danger"):
            self.app.action(name)(self.note)
        self.app.view("form")(self._form)
        self.app.view("second")(self._second)
        self.app.command("/frontdoor")(self._command)

    async def _answer(self, event: dict[str, Any]) -> None:
        if event.get("bot_id") or event.get("subtype"):
            return
        row = actions(
            button("form", "Fill in"),
            button("press", "Press me", style="primary"),
            button("danger", "Delete", **ASKS_FIRST),
        )
        text = {"type": "section", "text": {"type": "mrkdwn", "text": "We have *your message*."}}
        await self.stage.web.chat_postMessage(
            channel=event["channel"], thread_ts=event["ts"], text="received", blocks=[text, row]
        )

    async def _home(self, event: dict[str, Any]) -> None:
        view = {"type": "home", "blocks": [{"type": "header", "text": words("My queue")}]}
        await self.stage.web.views_publish(user_id=event["user"], view=view)

    async def note(self, ack: Any, body: dict[str, Any]) -> None:
        """Keep what was pressed."""
        self.got.append((body["actions"][0]["action_id"], body))
        await ack()

    async def _open(self, ack: Any, body: dict[str, Any]) -> None:
        view = modal(*FIELDS, actions(button("deeper", "Go deeper"), block_id="more"))
        await self.stage.web.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    async def _push(self, ack: Any, body: dict[str, Any]) -> None:
        self.got.append(("deeper", body))
        view = modal(
            field("words", {"type": "plain_text_input"}), callback_id="second", title=words("Second")
        )
        await self.stage.web.views_push(trigger_id=body["trigger_id"], view=view)
        await ack()

    async def _form(self, ack: Any, body: dict[str, Any]) -> None:
        values = body["view"]["state"]["values"]
        if values["branch"]["branch"]["value"] == "Nowhere":
            await ack(response_action="errors", errors={"branch": "There is no branch Nowhere."})
            return
        self.got.append(("form", values))
        await ack()

    async def _second(self, ack: Any) -> None:
        await ack()

    async def _command(self, ack: Any, command: dict[str, Any]) -> None:
        await ack(f"You asked for {command['text']}.")

    async def ring(self, number: str = LEES_NUMBER) -> None:
        """Telephone somebody."""
        await self._ask_twilio("Calls", To=number, Url=f"{self.phone_url}/voice", Timeout="25")

    async def text(self, words: str) -> None:
        """Send Lee a text message."""
        await self._ask_twilio("Messages", To=LEES_NUMBER, Body=words)

    async def _ask_twilio(self, what: str, **asked: str) -> None:
        sid = "AC00000000000000000000000000000001"
        headers = {"Authorization": encode_basic_auth(sid, "sandbox-twilio-token")}
        address = f"{self.stage.url}/2010-04-01/Accounts/{sid}/{what}.json"
        async with self.stage.http.post(
            address, data={"From": "+12025550100", **asked}, headers=headers
        ) as response:
            assert response.status == 201, await response.text()

    async def voice(self, request: web.Request) -> web.Response:
        """The words of a call."""
        digits = (await request.post()).get("Digits")
        if digits:
            self.digits.append(str(digits))
            said = f"<Response><Say>You pressed {digits}.</Say><Hangup/></Response>"
        else:
            said = '<Response><Gather numDigits="1" timeout="30" action="/voice"><Say>Press four.</Say></Gather></Response>'
        return web.Response(text=said, content_type="text/xml")


@asynccontextmanager
async def bot_on(stage: Stage) -> AsyncIterator[EchoBot]:
    """An echo bot connected to the stage, its telephone words served beside it."""
    bot = EchoBot(stage)
    served = web.Application()
    served.router.add_post("/voice", bot.voice)
    async with TestServer(served) as server:
        bot.phone_url = str(server.make_url("")).rstrip("/")
        await stage.connect(bot.app)
        yield bot


@asynccontextmanager
async def page_of(stage: Stage, chromium: str, **context: Any) -> AsyncIterator[Page]:
    """The page, read and ready. On leaving, a complaint or a request to the outside fails the test; a refusal is neither."""
    complaints: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "400 (Bad Request)" not in message.text:
            complaints.append(f"{message.type}: {message.text}")

    def outside(request: Request) -> None:
        if not request.url.startswith((stage.url, "data:")):
            complaints.append(f"asked the outside: {request.url}")

    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = await (await browser.new_context(**{"viewport": WIDE, **context})).new_page()
        page.set_default_timeout(10_000)
        page.on("console", said)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", outside)
        await page.goto(stage.url)
        await page.locator(".column").first.wait_for()
        yield page
        await browser.close()
    assert complaints == [], complaints


def column(page: Page, name: str) -> Locator:
    """One column of the stage: left (Casey), middle (Sam), right (Lee)."""
    return page.locator(f'[data-column="{name}"]')


async def write(page: Page, name: str, text: str) -> None:
    """Type into a column's composer and send."""
    box = column(page, name).locator(".composer textarea")
    await box.fill(text)
    await box.press("Enter")


async def open_form(page: Page) -> Locator:
    """Casey writes and opens the bot's form; the dialog."""
    await write(page, "left", "Printing fails")
    await column(page, "left").get_by_role("button", name="Fill in").click()
    dialog = column(page, "left").get_by_role("dialog")
    await dialog.wait_for()
    return dialog


__all__ = [
    "BOS_NUMBER",
    "LEE",
    "LEES_NUMBER",
    "NARROW",
    "EchoBot",
    "bot_on",
    "column",
    "open_form",
    "page_of",
    "write",
]
