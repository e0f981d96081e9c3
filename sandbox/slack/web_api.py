"""The Web API over HTTP: token, limits, scopes, faults, the method itself, and one line in the wire log."""

import asyncio
import inspect

from aiohttp import web

from sandbox.faults import Fault, Faults
from sandbox.slack import api_chat, api_conversations, api_files, api_misc, api_people, api_views
from sandbox.slack.args import Args, read
from sandbox.slack.context import Context, Method
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.limits import Limits, RateLimited
from sandbox.slack.parcel import quoted
from sandbox.slack.scopes import RULES, check
from sandbox.wire import WireLog

METHODS: dict[str, Method] = {
    **api_chat.METHODS,
    **api_conversations.METHODS,
    **api_files.METHODS,
    **api_misc.METHODS,
    **api_people.METHODS,
    **api_views.METHODS,
}
HANG_SECONDS = 60.0
APP_LEVEL = frozenset({"apps.connections.open"})
OPEN = frozenset({"api.test"})


class WebApi:
    """Answers /api/{method}. `busy` knows the requests under way."""

    def __init__(self, ctx: Context, limits: Limits, faults: Faults, wire: WireLog) -> None:
        self._ctx, self._limits, self._faults, self._wire = ctx, limits, faults, wire
        self._under_way: dict[int, str] = {}
        self._count = 0
        self._late: set[asyncio.Task[None]] = set()

    def busy(self) -> list[str]:
        """Requests of the bot that are not answered yet."""
        return list(self._under_way.values())

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        name = request.match_info["method"]
        self._count += 1
        key = self._count
        self._under_way[key] = f"slack {name} is being answered"
        try:
            fault = self._faults.take("slack", name)
            return await self._with(fault, name, request)
        finally:
            del self._under_way[key]

    async def _with(self, fault: Fault | None, name: str, request: web.Request) -> web.StreamResponse:
        mode = fault.mode if fault is not None else ""
        args = Args({})
        if mode in ("429", "500-before", "hang") or (fault is not None and fault.error):
            try:
                _, args = await read(request)
            except SlackError:
                args = Args({})
            return await self._instead(fault, name, args, request)
        if fault is not None and mode == "lands-late":
            return await self._later(fault, name, request)
        status, body, headers = await self._call(name, request)
        if mode == "500-after":
            return web.Response(status=500, text="internal error")
        if mode == "hang-after":
            await self._hang(fault, request)
        if mode in ("drop-after", "hang-after") and request.transport is not None:
            request.transport.abort()
        return web.json_response(body, status=status, headers=headers)

    async def _instead(
        self, fault: Fault | None, name: str, args: Args, request: web.Request
    ) -> web.StreamResponse:
        if fault is None:
            raise web.HTTPInternalServerError
        words = f"{name} goes wrong on purpose: {fault.mode}"
        body = {"ok": False, "error": fault.error or "ratelimited"}
        self._wire.record("slack", "in", name, words, request=args.shown(), response=body, ok=False)
        if fault.error:
            return web.json_response(body)
        if fault.mode == "429":
            retry = str(int(fault.retry_after or 1))
            return web.json_response(body, status=429, headers={"Retry-After": retry})
        if fault.mode == "hang":
            await self._hang(fault, request)
        return web.Response(status=500, text="internal error")

    async def _later(self, fault: Fault, name: str, request: web.Request) -> web.StreamResponse:
        """Cut the connection now; do it when nobody expects it any more."""
        await read(request)

        async def land() -> None:
            await asyncio.sleep(fault.delay or 0)
            await self._call(name, request)

        task = asyncio.create_task(land())
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    @staticmethod
    async def _hang(fault: Fault | None, request: web.Request) -> None:
        seconds = (fault.delay if fault is not None else None) or HANG_SECONDS
        for _ in range(int(seconds * 20)):
            if request.transport is None or request.transport.is_closing():
                return
            await asyncio.sleep(0.05)

    async def _call(self, name: str, request: web.Request) -> tuple[int, Json, dict[str, str]]:
        args = Args({})
        headers: dict[str, str] = {}
        status = 200
        try:
            token, args = await read(request)
            body = {"ok": True, **await self._run(name, token, args)}
        except RateLimited as limited:
            status, body = 429, limited.body()
            headers["Retry-After"] = str(limited.retry_after)
        except SlackError as error:
            body = error.body()
        if body.get("error") not in ("not_authed", "invalid_auth"):
            headers |= self._scopes(name)
        self._log(name, args, body)
        return status, body, headers

    def _scopes(self, name: str) -> dict[str, str]:
        if name in APP_LEVEL:
            return {"x-oauth-scopes": "connections:write"}
        accepted = ",".join(RULES[name].scopes) if name in RULES else ""
        granted = ",".join(sorted(self._ctx.world.app.scopes))
        return {"x-oauth-scopes": granted, "x-accepted-oauth-scopes": accepted}

    async def _run(self, name: str, token: str, args: Args) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        self._authenticate(name, token)
        rule = RULES[name]
        self._limits.check(name, rule.tier, args.text("channel"))
        if name not in APP_LEVEL:
            check(self._ctx.world.app.scopes, rule.scopes)
        result = method(self._ctx, args)
        return await result if inspect.isawaitable(result) else result

    def _authenticate(self, name: str, token: str) -> None:
        app = self._ctx.world.app
        if name in OPEN:
            return
        if not token:
            raise SlackError("not_authed")
        if token not in (app.bot_token, app.app_token):
            raise SlackError("invalid_auth")
        if (token == app.app_token) != (name in APP_LEVEL):
            raise SlackError("not_allowed_token_type")

    def _log(self, name: str, args: Args, body: Json) -> None:
        shown = {**body, "url": "(a ticket)"} if name in APP_LEVEL and body["ok"] else body
        summary = self._sentence(name, args)
        if not body["ok"]:
            summary = f"{summary}, refused: {body['error']}"
        self._wire.record(
            "slack", "in", name, summary, request=args.shown(), response=shown, ok=bool(body["ok"])
        )

    def _sentence(self, name: str, args: Args) -> str:
        channel = self._ctx.world.channel_by(args.text("channel")) if args.text("channel") else None
        where = args.text("channel") or "nowhere"
        if channel is not None:
            user = self._ctx.world.users.get(channel.im_user)
            where = f"the talk with {user.real_name}" if user else f"#{channel.name}"
        text = quoted(args.text("text"))
        sentences = {
            "chat.postMessage": f"The bot writes in {where}: {text}",
            "chat.postEphemeral": f"The bot shows one person in {where}: {text}",
            "chat.update": f"The bot changes a message in {where}: {text}",
            "chat.delete": f"The bot deletes a message in {where}",
            "reactions.add": f"The bot reacts with :{args.text('name')}: in {where}",
            "views.open": "The bot opens a modal",
            "views.push": "The bot puts a modal on top",
            "views.update": "The bot changes a modal",
            "views.publish": "The bot draws a Home tab",
        }
        return sentences.get(name, f"The bot calls {name}" + (f" for {where}" if channel else ""))
