"""Files: the three steps of an upload, the look-up, and the download that wants the bot's token."""

import mimetypes
import secrets
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.slack.acts import Acts
from sandbox.slack.args import Args
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.model import Channel, File, Message
from sandbox.slack.shapes import Shapes
from sandbox.slack.words import sent
from sandbox.slack.world import World


@dataclass(slots=True)
class Ticket:
    """A promised upload; `done` once its bytes are here."""

    file: File
    length: int
    done: bool = False


@dataclass(slots=True)
class Uploads:
    """Uploads under way, by the secret in their address and by file id."""

    world: World
    shapes: Shapes
    acts: Acts
    tickets: dict[str, Ticket] = field(default_factory=dict)

    def begin(self, args: Args) -> Json:
        """files.getUploadURLExternal."""
        name, length = args.need("filename"), args.number("length", 0)
        if length <= 0:
            raise SlackError("invalid_arguments", messages=["[ERROR] must be more than 0: length"])
        file = File(
            id=self.world.ids.new("F"),
            name=name,
            title=name,
            mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
            user=self.world.app.bot_user,
            created=self.world.ids.epoch(),
        )
        secret = secrets.token_hex(16)
        self.tickets[secret] = Ticket(file, length)
        return {"upload_url": f"{self.shapes.base_url}/upload/v1/{secret}", "file_id": file.id}

    async def receive(self, request: web.Request) -> web.Response:
        """The bytes, raw or as the first file of a form."""
        ticket = self.tickets.get(request.match_info["secret"])
        if ticket is None or ticket.done:
            return web.Response(status=404, text="no such upload")
        content = await self._bytes(request)
        if len(content) != ticket.length:
            return web.Response(status=400, text=f"expected {ticket.length} bytes, got {len(content)}")
        ticket.file.content, ticket.done = content, True
        return web.Response(text=f"OK - {len(content)}")

    @staticmethod
    async def _bytes(request: web.Request) -> bytes:
        if request.content_type != "multipart/form-data":
            return await request.read()
        for part in (await request.post()).values():
            if isinstance(part, web.FileField):
                return part.file.read()
        return b""

    def complete(self, args: Args) -> Json:
        """files.completeUploadExternal: the files become visible, in a channel when one is named."""
        given = args.nested("files")
        if not isinstance(given, list) or not given:
            raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: files"])
        files = [self._finished(item) for item in given]
        channel = self._channel(args)
        self.world.files |= {file.id: file for file in files}
        if channel is not None:
            self._share(channel, files, args)
        return {"files": [self.shapes.file(file) for file in files]}

    def _finished(self, item: Json) -> File:
        for ticket in self.tickets.values():
            if ticket.file.id == item.get("id") and ticket.done:
                ticket.file.title = str(item.get("title") or ticket.file.title)
                return ticket.file
        raise SlackError("file_not_found")

    def _channel(self, args: Args) -> Channel | None:
        channel_id = args.text("channel_id") or args.text("channels")
        if not channel_id:
            return None
        channel = self.world.channels.get(channel_id)
        if channel is None or not self.world.visible(channel):
            raise SlackError("channel_not_found")
        if self.world.app.bot_user not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def _share(self, channel: Channel, files: list[File], args: Args) -> None:
        app = self.world.app
        message = Message(
            ts=self.world.ids.ts(),
            channel=channel.id,
            user=app.bot_user,
            text=sent(args.text("initial_comment")),
            team=app.team_id,
            subtype="file_share",
            thread_ts=args.text("thread_ts"),
            files=files,
            bot_id=app.bot_id,
            app_id=app.id,
        )
        self.acts.post(channel, message)

    def info(self, args: Args) -> Json:
        """files.info."""
        file = self.world.files.get(args.text("file"))
        if file is None:
            raise SlackError("file_not_found")
        return {"file": self.shapes.file(file), "comments": []}

    async def download(self, request: web.Request) -> web.Response:
        """url_private and url_private_download; without the token Slack shows its sign-in page."""
        if request.headers.get("Authorization") != f"Bearer {self.world.app.bot_token}":
            return web.Response(
                text="<!DOCTYPE html><title>Sign in | Slack</title>", content_type="text/html"
            )
        file = self.world.files.get(request.match_info["file"].partition("-")[2])
        if file is None:
            return web.Response(status=404)
        return web.Response(body=file.content, content_type=file.mimetype)
