"""Every listener of the Bolt app, thin: parse, one event through the door, acknowledge last."""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.desk import NotStored
from bot.ports import NotSent, Unknown
from bot.storage.engine import StoreFailed
from handlers.slack import commands, parse, surface, why
from handlers.slack.client import once
from handlers.slack.door import Door
from handlers.slack.forms import FORMS
from handlers.slack.forms.form import Form
from handlers.slack.modals import Modals
from handlers.slack.parse import Click, Json
from handlers.slack.sender import SlackSender
from handlers.slack.tools import Tools
from handlers.slack.typed import Typed
from policies.events import AnyEvent, MessagePosted, Pressed

log = structlog.get_logger(__name__)

_ANY = re.compile(".*")
_FOR_CLIENTS = "Please write in the channel that we share with you: every message there is answered."
_STALE = "This button is from an older version and does nothing any more."


class Listeners:
    """What arrives from Slack. `own` is our workspace's id, known after auth.test; `dated` tells a message when we were away."""

    def __init__(self, tools: Tools, door: Door, modals: Modals, typed: Typed, sender: SlackSender) -> None:
        self._tools = tools
        self._door = door
        self._modals = modals
        self._typed = typed
        self._sender = sender
        self.own = ""
        self.dated: Callable[[AnyEvent], AnyEvent] = lambda event: event

    def register(self, app: AsyncApp) -> None:
        """Hang every listener into the app; those that catch all the rest come last."""
        app.event("message")(self.on_message)
        app.event("app_home_opened")(self.on_home)
        app.event("channel_id_changed")(self.on_channel_id_changed)
        app.command(surface.COMMANDS[0])(self.on_command)
        app.shortcut(re.compile("|".join(surface.SHORTCUTS)))(self.on_shortcut)
        app.action(_ANY)(self.on_action)
        app.view(_ANY)(self.on_view)
        app.event(_ANY)(self.on_anything_else)
        app.shortcut(_ANY)(self.on_anything_else)
        app.command(_ANY)(self.on_anything_else)
        app.options(_ANY)(self.on_anything_else)

    async def on_message(self, body: Json, request: AsyncBoltRequest) -> None:
        """A message in a client's channel is an event; elsewhere only a direct message is answered."""
        event = body["event"]
        if event.get("channel_type") == "im":
            await self._help(body, request)
        elif event.get("channel") in self._tools.office.roster.by_channel:
            said = parse.message(body, self.own)
            if said is not None:
                await self._tools.desk.handle(self.dated(said))

    async def keep(self, body: Json, error: Exception) -> bool:
        """Keep a message that we cannot read; whether it is kept. Whatever a person waits for is better pressed again."""
        event = body.get("event") or {}
        if not self.own or event.get("type") != "message" or isinstance(error, NotStored | StoreFailed):
            return False
        raw = json.dumps(body)
        key = str(body.get("event_id") or hashlib.sha256(raw.encode()).hexdigest())
        try:
            await self._tools.desk.keep_delivery(key, raw, error, self._tools.clock.now())
        except NotStored:
            return False
        return True

    async def replay(self, raw: str) -> None:
        """Take a message again that we could not read. Raises whatever is wrong with it."""
        body = json.loads(raw)
        again = AsyncBoltRequest(body=body, mode="socket_mode", headers={"x-slack-retry-num": "1"})
        await self.on_message(body, again)

    async def _help(self, body: Json, request: AsyncBoltRequest) -> None:
        """One answer to a direct message; none to a redelivery of it."""
        said = parse.message(body, self.own)
        if not isinstance(said, MessagePosted) or "x-slack-retry-num" in request.headers:
            return
        ours = said.actor.user in self._tools.office.roster.by_slack
        words = commands.HELP if ours else _FOR_CLIENTS
        await self._quietly(self._tools.client.chat_postMessage(channel=said.channel, text=words))

    async def on_home(self, event: Json) -> None:
        """Somebody looks at the App Home: it is drawn anew."""
        if event.get("tab") == "home":
            view = await self._sender.home_of(event["user"])
            await self._quietly(self._tools.client.views_publish(user_id=event["user"], view=view))

    async def _quietly(self, call: Awaitable[AsyncSlackResponse]) -> None:
        """Something that nobody misses when it fails, and that must not be delivered again because it did."""
        try:
            await once(call, "listener")
        except (NotSent, Unknown) as problem:
            log.warning("slack.not_shown", reason=str(problem))

    async def on_channel_id_changed(self, event: Json) -> None:
        """Sharing a channel can change its id: frontdoor.toml has to follow."""
        old, new = event.get("old_channel_id"), event.get("new_channel_id")
        if old in self._tools.office.roster.by_channel:
            log.error(
                "slack.channel_id_changed", old=old, new=new, mend="write the new id into frontdoor.toml"
            )

    async def on_command(self, body: Json, ack: AsyncAck) -> None:
        """`/frontdoor`."""
        await self._typed.command(body, ack, self.own)

    async def on_shortcut(self, body: Json, ack: AsyncAck) -> None:
        """A message shortcut."""
        await self._typed.shortcut(body, ack, self.own)

    async def on_view(self, body: Json, ack: AsyncAck) -> None:
        """A form was sent."""
        await self._modals.submitted(body, ack, self.own)

    async def on_action(self, body: Json, ack: AsyncAck) -> None:
        """A button: it opens its form, is a wish by itself, or only wants to know why."""
        pressed = parse.click(body, self.own)
        if pressed is not None and pressed.verb == why.VERB:
            await why.show(pressed, self._tools, self._door)
        elif pressed is not None:
            form = FORMS.get(pressed.verb)
            ours = pressed.origin.user in self._tools.office.roster.by_slack
            if form is not None and ours:
                await self._open(pressed, form)
            else:
                await self._wish(pressed, form)
        await ack()

    async def _open(self, pressed: Click, form: Form) -> None:
        find = self._modals.by_id(pressed.ticket)
        await self._modals.open(pressed.origin, form, find, key=pressed.key, subject=pressed.subject)

    async def _wish(self, pressed: Click, form: Form | None) -> None:
        """Through the door; the form of somebody who is none of us is refused there, and recorded."""
        event: AnyEvent | None = parse.wish(pressed, self._tools.clock.now())
        if form is not None:
            event = Pressed(
                key=pressed.key,
                at=self._tools.clock.now(),
                actor=pressed.origin.actor,
                ticket=pressed.ticket,
                verb=form.verb,
            )
        if event is None:
            await self._door.tell(pressed.origin, _STALE)
            return
        await self._door.answer(pressed.origin, await self._door.ask(event), pressed.verb)

    async def on_anything_else(self, ack: AsyncAck) -> None:
        """What nobody waits for is acknowledged: an error would be delivered again."""
        await ack()
