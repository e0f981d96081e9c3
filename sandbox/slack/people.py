"""What the people of the cast do in conversations: the same as in Slack's own client, with its limits."""

import mimetypes
import uuid

from sandbox.slack.acts import Acts
from sandbox.slack.errors import Json, Refused
from sandbox.slack.model import Channel, File, Message, User
from sandbox.slack.parcel import quoted
from sandbox.slack.words import rich_text, typed
from sandbox.slack.world import World
from sandbox.wire import WireLog

MAX_TYPED = 12_000
"""Slack's composer cuts a longer message into a snippet."""


class People:
    """Acts of people, recorded on the wire log as what a person did."""

    def __init__(self, world: World, acts: Acts, wire: WireLog) -> None:
        self._world, self._acts, self._wire = world, acts, wire

    def message(self, user_id: str, channel_id: str, text: str, **more: object) -> Message:
        """Write a message. `more`: thread_ts, files, blocks, subtype. A user id as channel is the talk with the bot."""
        user = self._world.person(user_id)
        channel = self._open(user, channel_id)
        thread_ts = self._thread(channel, str(more.get("thread_ts") or ""))
        stored = typed(text, self._names())
        blocks = more.get("blocks")
        files = self._files(user, more.get("files"))
        self._check(text, files, blocks)
        message = Message(
            ts=self._world.ids.ts(),
            channel=channel.id,
            user=user.id,
            text=stored,
            team=user.team,
            thread_ts=thread_ts,
            subtype=str(more.get("subtype") or ("file_share" if files else "")),
            files=files,
            blocks=list(blocks) if isinstance(blocks, list) else [],
            bot_id=user.bot_id,
            app_id=user.app_id,
        )
        message.broadcast = message.subtype == "thread_broadcast"
        if not user.is_bot:
            message.client_msg_id = str(uuid.uuid4())
            message.blocks = message.blocks or rich_text(stored, self._world.ids.short())
        where = self._where(channel)
        self._record(
            "message", f"{user.real_name} writes in {where}: {quoted(text)}", user, channel, text=text
        )
        return self._acts.post(channel, message)

    @staticmethod
    def _check(text: str, files: list[File], blocks: object) -> None:
        if not text.strip() and not files and not blocks:
            raise Refused("A message needs text, files or blocks.")
        if len(text) > MAX_TYPED:
            raise Refused(f"Slack's composer takes at most {MAX_TYPED} characters.")

    def _names(self) -> dict[str, str]:
        names = {user.real_name: user.id for user in self._world.users.values()}
        return names | {"supportdesk": self._world.app.bot_user}

    def _open(self, user: User, channel_id: str) -> Channel:
        channel = self._world.channel_by(channel_id)
        if channel is not None and channel_id == self._world.app.bot_user:
            channel = self._world.direct(user.id)
        if channel is None:
            raise Refused(f"There is no channel {channel_id}.")
        if user.id not in channel.members:
            raise Refused(f"{user.real_name} is not in {self._where(channel)}.")
        if channel.is_archived:
            raise Refused(f"{self._where(channel)} is archived.")
        return channel

    @staticmethod
    def _where(channel: Channel) -> str:
        return "a direct message" if channel.is_im else f"#{channel.name}"

    @staticmethod
    def _thread(channel: Channel, thread_ts: str) -> str:
        if not thread_ts:
            return ""
        parent = channel.find(thread_ts)
        if parent is None:
            raise Refused(f"There is no message {thread_ts} to reply to.")
        return parent.thread_ts or parent.ts

    def _files(self, user: User, given: object) -> list[File]:
        files: list[File] = []
        for item in given if isinstance(given, list) else []:
            name = str(item.get("name") or "file")
            file = File(
                id=self._world.ids.new("F"),
                name=name,
                title=str(item.get("title") or name),
                mimetype=str(
                    item.get("mimetype") or mimetypes.guess_type(name)[0] or "application/octet-stream"
                ),
                user=user.id,
                created=self._world.ids.epoch(),
                content=str(item.get("content") or "").encode(),
            )
            self._world.files[file.id] = file
            files.append(file)
        return files

    def _record(self, kind: str, summary: str, user: User, channel: Channel, **more: object) -> None:
        request: Json = {"user": user.id, "channel": channel.id, **more}
        self._wire.record("slack", "person", kind, summary, request=request)

    def edit(self, user_id: str, channel_id: str, ts: str, text: str) -> Message:
        """Edit one's own message."""
        user = self._world.person(user_id)
        channel, message = self._own(user, channel_id, ts)
        self._record(
            "edit-message",
            f"{user.real_name} edits a message: {quoted(text)}",
            user,
            channel,
            ts=ts,
            text=text,
        )
        stored = typed(text, self._names())
        blocks = rich_text(stored, self._world.ids.short())
        self._acts.edit(channel, message, by=user.id, text=stored, blocks=blocks)
        return message

    def delete(self, user_id: str, channel_id: str, ts: str) -> None:
        """Delete one's own message."""
        user = self._world.person(user_id)
        channel, message = self._own(user, channel_id, ts)
        words = f"{user.real_name} deletes a message: {quoted(message.text)}"
        self._record("delete-message", words, user, channel, ts=ts)
        self._acts.delete(channel, message)

    def _own(self, user: User, channel_id: str, ts: str) -> tuple[Channel, Message]:
        channel = self._open(user, channel_id)
        _, message = self._world.locate(channel.id, ts)
        if message.user != user.id:
            raise Refused("That message is somebody else's.")
        return channel, message

    def react(self, user_id: str, channel_id: str, ts: str, name: str, *, remove: bool) -> None:
        """Put a reaction on a message or take it back."""
        user = self._world.person(user_id)
        channel = self._open(user, channel_id)
        message = channel.find(ts)
        if message is None:
            raise Refused(f"There is no message {ts} to react to.")
        name = name.strip(":")
        verb = "takes back" if remove else "reacts with"
        self._record("reaction", f"{user.real_name} {verb} :{name}:", user, channel, ts=ts, name=name)
        done = (self._acts.unreact if remove else self._acts.react)(channel, message, user, name)
        if not done:
            raise Refused("no such reaction" if remove else "already reacted")

    def membership(self, user_id: str, channel_id: str, *, joins: bool) -> None:
        """Join or leave a channel; clients only enter channels shared with their workspace."""
        user = self._world.person(user_id)
        channel = self._world.channel_by(channel_id)
        if channel is None or channel.is_im:
            raise Refused(f"There is no channel {channel_id}.")
        if joins and user.team != self._world.app.team_id and user.team not in channel.clients:
            raise Refused(f"#{channel.name} is not shared with {user.real_name}'s workspace.")
        verb = "joins" if joins else "leaves"
        self._record("join" if joins else "leave", f"{user.real_name} {verb} #{channel.name}", user, channel)
        if not (self._acts.join if joins else self._acts.leave)(channel, user):
            raise Refused("already a member" if joins else "not a member")

    def topic(self, user_id: str, channel_id: str, text: str) -> None:
        """Set the topic of a channel."""
        user = self._world.person(user_id)
        channel = self._open(user, channel_id)
        words = f"{user.real_name} sets the topic of {self._where(channel)}: {quoted(text)}"
        self._record("topic", words, user, channel, text=text)
        self._acts.topic(channel, user, text)

    def channel(self, user_id: str, channel_id: str, act: str, value: str) -> None:
        """Archive, bring back, rename, share a channel with another workspace, or give it another id (`change-id`)."""
        user = self._world.person(user_id)
        channel = self._world.channel_by(channel_id)
        if channel is None or channel.is_im:
            raise Refused(f"There is no channel {channel_id}.")
        self._record("channel", f"{user.real_name}: {act} #{channel.name} {value}".rstrip(), user, channel)
        if act in ("archive", "unarchive"):
            self._acts.archive(channel, user, archived=act == "archive")
        elif act == "rename" and value:
            self._acts.rename(channel, user, value)
        elif act == "share" and value in self._world.teams:
            channel.clients = sorted({*channel.clients, value})
        elif act == "change-id" and value and value not in self._world.channels:
            self._acts.change_id(channel, value)
        else:
            raise Refused(
                "act is archive, unarchive, rename, share or change-id (the last three with a value)"
            )
