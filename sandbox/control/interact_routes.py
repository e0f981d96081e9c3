"""What people do with what the bot puts before them: buttons, commands, shortcuts, modals, the Home tab."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import web

from sandbox.control.posted import Refused, Timed, wanted
from sandbox.slack import Slack
from sandbox.slack.interactions import Click
from sandbox.slack.parcel import Answer

Given = dict[str, Any]
Work = Callable[[Given], Awaitable[Given]]


class World(Timed, Protocol):
    """What these routes need of the sandbox."""

    slack: Slack


def told(answer: Answer | None) -> Given:
    """{acked, ack}: acked is None when nothing had to be sent."""
    if answer is None:
        return {"acked": None, "ack": None}
    return {"acked": answer.acked, "ack": answer.json()}


class Hands:
    """Everything that waits for the bot's acknowledgement, at most three seconds."""

    def __init__(self, sandbox: World) -> None:
        self._sandbox, self._slack = sandbox, sandbox.slack

    def works(self) -> dict[str, Work]:
        """Route names and what they do."""
        return {
            "command": self.command,
            "interact": self.interact,
            "suggest": self.suggest,
            "message-shortcut": self.message_shortcut,
            "shortcut": self.shortcut,
            "submit-view": self.submit,
            "close-view": self.close,
            "open-home": self.open_home,
        }

    async def command(self, given: Given) -> Given:
        """{user, channel, command, text} -> {acked, ack}."""
        user = self._slack.world.person(wanted(given, "user"))
        words = wanted(given, "command"), str(given.get("text") or "")
        return told(await self._slack.commands.run(user, wanted(given, "channel"), *words))

    async def interact(self, given: Given) -> Given:
        """{user, channel, ts, action_id, block_id?, value?, selected?, stale?} or with view_id for modal and Home."""
        user = self._slack.world.person(wanted(given, "user"))
        click = Click(
            wanted(given, "action_id"),
            str(given.get("block_id") or ""),
            given.get("value"),
            given.get("selected"),
            stale=bool(given.get("stale")),
        )
        at = self._slack.interactions
        if given.get("view_id"):
            return told(await at.in_view(user, wanted(given, "view_id"), click))
        return told(await at.in_message(user, wanted(given, "channel"), wanted(given, "ts"), click))

    async def suggest(self, given: Given) -> Given:
        """{user, view_id?, action_id, value} -> {options}: what an external select offers for what was typed."""
        user = self._slack.world.person(wanted(given, "user"))
        view_id, typed = str(given.get("view_id") or ""), str(given.get("value") or "")
        options = await self._slack.interactions.suggest(user, view_id, wanted(given, "action_id"), typed)
        return {"options": options}

    async def message_shortcut(self, given: Given) -> Given:
        """{user, channel, ts, callback_id} -> {acked, ack}."""
        user = self._slack.world.person(wanted(given, "user"))
        place = wanted(given, "channel"), wanted(given, "ts")
        at = self._slack.interactions
        return told(await at.message_shortcut(user, *place, wanted(given, "callback_id")))

    async def shortcut(self, given: Given) -> Given:
        """{user, callback_id} -> {acked, ack}."""
        user = self._slack.world.person(wanted(given, "user"))
        return told(await self._slack.interactions.global_shortcut(user, wanted(given, "callback_id")))

    async def submit(self, given: Given) -> Given:
        """{user, view_id?, values} -> {acked, ack, response_action, errors, view}."""
        user = self._slack.world.person(wanted(given, "user"))
        values = given.get("values") or {}
        if not isinstance(values, dict):
            raise Refused("values is an object: {action_id or block_id: value}")
        return await self._slack.submissions.submit(user, str(given.get("view_id") or ""), values)

    async def close(self, given: Given) -> Given:
        """{user, view_id?} -> {acked, ack}; both null when the bot did not ask to hear of it."""
        user = self._slack.world.person(wanted(given, "user"))
        return told(await self._slack.submissions.close(user, str(given.get("view_id") or "")))

    async def open_home(self, given: Given) -> Given:
        """{user} -> {home}: the Home tab as it stands after the acknowledgement (settled, when asked)."""
        user_id = wanted(given, "user")
        await self._slack.open_home(user_id)
        if given.get("settle"):
            await self._sandbox.timeline.settle()
        return {"home": self._home(user_id)}

    def _home(self, user_id: str) -> Given | None:
        home = self._slack.modals.homes.get(user_id)
        return self._slack.modals.shape(home) if home else None

    async def views(self, request: web.Request) -> web.Response:
        """GET views/{user} -> {stack, home}, the top view last."""
        user_id = request.match_info["user"]
        stack = [self._slack.modals.shape(view) for view in self._slack.modals.stacks.get(user_id, [])]
        return web.json_response({"ok": True, "stack": stack, "home": self._home(user_id)})
