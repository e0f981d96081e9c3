"""What people do in Slack's conversations, what can be read of them, and the switches of the Slack side."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import web

from sandbox.control.interact_routes import Hands
from sandbox.control.posted import Refused, Timed, posted, wanted
from sandbox.slack import Slack
from sandbox.slack.errors import Refused as SlackRefused
from sandbox.wire import WireLog

Given = dict[str, Any]
Work = Callable[[Given], Awaitable[Given]]


class World(Timed, Protocol):
    """What these routes need of the sandbox."""

    slack: Slack
    wire: WireLog

    def reset(self) -> None:
        """A fresh world."""
        ...


def add_routes(app: web.Application, sandbox: World) -> None:
    """Serve the Slack part of /_control."""
    talk, hands, switches = Talk(sandbox), Hands(sandbox), Switches(sandbox)
    for name, work in {**talk.works(), **hands.works(), **switches.works()}.items():
        app.router.add_post(f"/_control/{name}", posted(sandbox, in_words(work)))
    app.router.add_get("/_control/messages/{channel}", talk.read)
    app.router.add_get("/_control/views/{user}", hands.views)


def in_words(work: Work) -> Work:
    """The same work; what Slack's side refuses becomes a refusal of the control API."""

    async def worded(given: Given) -> Given:
        try:
            return await work(given)
        except SlackRefused as refused:
            raise Refused(str(refused)) from refused

    return worded


class Talk:
    """Messages, reactions, membership, topics."""

    def __init__(self, sandbox: World) -> None:
        self._slack = sandbox.slack

    def works(self) -> dict[str, Work]:
        """Route names and what they do."""
        return {
            "message": self.message,
            "edit-message": self.edit,
            "delete-message": self.delete,
            "reaction": self.react,
            "join": self.join,
            "leave": self.leave,
            "topic": self.topic,
            "channel": self.channel,
        }

    async def message(self, given: Given) -> Given:
        """{user, channel, text, thread_ts?, files?, blocks?, subtype?} -> {message}."""
        more = {key: given[key] for key in ("thread_ts", "files", "blocks", "subtype") if given.get(key)}
        message = self._slack.people.message(
            wanted(given, "user"), wanted(given, "channel"), str(given.get("text") or ""), **more
        )
        return {"message": self._slack.shapes.message(message) | {"channel": message.channel}}

    async def edit(self, given: Given) -> Given:
        """{user, channel, ts, text} -> {message}."""
        place = wanted(given, "channel"), wanted(given, "ts")
        message = self._slack.people.edit(wanted(given, "user"), *place, wanted(given, "text"))
        return {"message": self._slack.shapes.message(message) | {"channel": message.channel}}

    async def delete(self, given: Given) -> Given:
        """{user, channel, ts}."""
        self._slack.people.delete(wanted(given, "user"), wanted(given, "channel"), wanted(given, "ts"))
        return {}

    async def react(self, given: Given) -> Given:
        """{user, channel, ts, name, remove?}."""
        self._slack.people.react(
            wanted(given, "user"),
            wanted(given, "channel"),
            wanted(given, "ts"),
            wanted(given, "name"),
            remove=bool(given.get("remove")),
        )
        return {}

    async def join(self, given: Given) -> Given:
        """{user, channel}; the bot too can be made to join."""
        self._slack.people.membership(wanted(given, "user"), wanted(given, "channel"), joins=True)
        return {}

    async def leave(self, given: Given) -> Given:
        """{user, channel}."""
        self._slack.people.membership(wanted(given, "user"), wanted(given, "channel"), joins=False)
        return {}

    async def topic(self, given: Given) -> Given:
        """{user, channel, text}."""
        self._slack.people.topic(
            wanted(given, "user"), wanted(given, "channel"), str(given.get("text") or "")
        )
        return {}

    async def channel(self, given: Given) -> Given:
        """{user, channel, act: archive|unarchive|rename|share|change-id, value?}."""
        place = wanted(given, "user"), wanted(given, "channel")
        self._slack.people.channel(*place, wanted(given, "act"), str(given.get("value") or ""))
        return {}

    async def read(self, request: web.Request) -> web.Response:
        """GET messages/{channel or user}?as= -> {messages}, oldest first."""
        try:
            messages = self._slack.messages(request.match_info["channel"], request.query.get("as", ""))
        except SlackRefused as refused:
            return web.json_response({"ok": False, "error": str(refused)}, status=400)
        return web.json_response({"ok": True, "messages": messages})


class Switches:
    """How the sandbox's Slack behaves."""

    def __init__(self, sandbox: World) -> None:
        self._sandbox, self._slack = sandbox, sandbox.slack

    def works(self) -> dict[str, Work]:
        """Route names and what they do."""
        return {
            "limits": self.limits,
            "connect": self.connect,
            "sockets": self.sockets,
            "app": self.app,
            "reset": self.reset,
        }

    def _note(self, kind: str, summary: str, given: Given) -> None:
        self._sandbox.wire.record("control", "person", kind, summary, request=given)

    async def limits(self, given: Given) -> Given:
        """{rate_limits: bool}."""
        self._slack.limits.enabled = bool(given.get("rate_limits"))
        self._note("limits", f"Rate limits are {'on' if self._slack.limits.enabled else 'off'}", given)
        return {"rate_limits": self._slack.limits.enabled}

    async def connect(self, given: Given) -> Given:
        """{request_url}: signed HTTP to that address from now on; empty goes back to Socket Mode."""
        url = str(given.get("request_url") or "")
        await self._slack.http.connect(url)
        self._note("connect", f"Slack delivers {'to ' + url if url else 'over Socket Mode'}", given)
        return {"request_url": url}

    async def sockets(self, given: Given) -> Given:
        """{act: drop|deaf|refresh|warning|link_disabled}: what becomes of the open connections."""
        act = wanted(given, "act")
        if act not in ("drop", "deaf", "refresh", "warning", "link_disabled"):
            raise Refused("act is drop, deaf, refresh, warning or link_disabled")
        self._note("sockets", f"The connections of the bot: {act}", given)
        if act == "drop":
            self._slack.sockets.drop()
        elif act == "deaf":
            self._slack.sockets.deafen()
        else:
            await self._slack.sockets.refresh("refresh_requested" if act == "refresh" else act)
        return {}

    async def app(self, given: Given) -> Given:
        """{scopes?: [...], events?: [...]}: what the app was granted and subscribed to -> both."""
        app = self._slack.world.app
        for name in ("scopes", "events"):
            if isinstance(given.get(name), list):
                setattr(app, name, {str(item) for item in given[name]})
        self._note("app", "The app has other scopes or events", given)
        return {"scopes": sorted(app.scopes), "events": sorted(app.events)}

    async def reset(self, given: Given) -> Given:
        """{}: a fresh world; bots stay connected, the log begins anew."""
        self._sandbox.reset()
        self._note("reset", "A fresh world", given)
        return {}
