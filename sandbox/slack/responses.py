"""response_url: five answers within thirty minutes to the place where somebody clicked or commanded."""

import secrets
import time
from dataclasses import dataclass

from aiohttp import web

from sandbox.slack.acts import Acts
from sandbox.slack.api_chat import content
from sandbox.slack.args import Args, read
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.model import Channel, Message, User
from sandbox.slack.parcel import quoted
from sandbox.slack.shapes import Shapes
from sandbox.slack.world import World
from sandbox.wire import WireLog

USES = 5
SECONDS = 30 * 60


@dataclass(slots=True)
class Response:
    """One address. `ts` is the message that was clicked, empty for commands; `born` is machine time."""

    channel: str
    user: str
    ts: str
    thread_ts: str
    born: float
    uses: int = 0


class Responses:
    """The addresses given out, and what is said to them."""

    def __init__(self, world: World, shapes: Shapes, acts: Acts, wire: WireLog) -> None:
        self._world, self._shapes, self._acts, self._wire = world, shapes, acts, wire
        self._open: dict[str, Response] = {}

    def address(self, channel: Channel, user: User, message: Message | None = None) -> str:
        """A fresh address for this person and place."""
        secret = secrets.token_hex(16)
        ts = message.ts if message else ""
        thread_ts = message.thread_ts if message else ""
        self._open[secret] = Response(channel.id, user.id, ts, thread_ts, time.monotonic())
        return f"{self._shapes.base_url}/actions/{self._world.app.team_id}/{secret}"

    async def serve(self, request: web.Request) -> web.Response:
        """An answer of the app; no token is needed, the address is the secret."""
        response = self._open.get(request.match_info["secret"])
        args = Args({})
        try:
            _, args = await read(request)
            self.answer(self._spend(response), args)
        except SlackError as error:
            self._log(args, error.body(), ok=False)
            return web.json_response(error.body(), status=404 if error.code.endswith("_url") else 200)
        self._log(args, {"ok": True}, ok=True)
        return web.Response(text="ok")

    @staticmethod
    def _spend(response: Response | None) -> Response:
        if response is None or time.monotonic() - response.born > SECONDS:
            raise SlackError("expired_url")
        if response.uses >= USES:
            raise SlackError("used_url")
        response.uses += 1
        return response

    def _log(self, args: Args, response: Json, *, ok: bool) -> None:
        words = f"The bot answered a click or command: {quoted(args.text('text'))}"
        summary = words if ok else f"{words}, refused: {response['error']}"
        self._wire.record(
            "slack", "in", "response_url", summary, request=args.shown(), response=response, ok=ok
        )

    def answer(self, response: Response, args: Args) -> None:
        """Replace or delete the clicked message, or write a new one, ephemeral unless said otherwise."""
        channel = self._world.channels[response.channel]
        clicked = channel.find(response.ts) or channel.find_ephemeral(response.ts)
        if args.flag("delete_original"):
            if clicked is not None:
                self._acts.delete(channel, clicked)
            return
        parts = content(args, cumulative=False)
        if args.flag("replace_original") and clicked is not None:
            self._acts.edit(channel, clicked, by=clicked.user, flag=not parts["blocks"], **parts)
            return
        self.say(channel, response.user, parts, args)

    def say(self, channel: Channel, user_id: str, parts: Json, args: Args) -> Message:
        """A new message of the bot: for everybody with `in_channel`, else for this person only."""
        app = self._world.app
        for_all = args.text("response_type") == "in_channel"
        message = Message(
            ts=self._world.ids.ts(),
            channel=channel.id,
            user=app.bot_user,
            team=app.team_id,
            bot_id=app.bot_id,
            app_id=app.id,
            thread_ts=args.text("thread_ts"),
            ephemeral_to="" if for_all else user_id,
            **parts,
        )
        return self._acts.post(channel, message)

    def reset(self) -> None:
        """Forget every address."""
        self._open.clear()
