"""Events of the Events API: who hears of what, wrapped as Slack wraps them."""

from collections.abc import Callable

from sandbox.slack.errors import Json
from sandbox.slack.ids import Ids
from sandbox.slack.model import Channel, Message, User
from sandbox.slack.parcel import Parcel, quoted
from sandbox.slack.shapes import Shapes
from sandbox.slack.world import World

KINDS = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


class Events:
    """Tells the app what happens where its bot is, as far as it subscribed."""

    def __init__(self, world: World, shapes: Shapes, send: Callable[[Parcel], None]) -> None:
        self._world = world
        self._shapes = shapes
        self._send = send

    def message(self, channel: Channel, message: Message) -> None:
        """A message was written; a mention of the bot is told once more as `app_mention`."""
        shape = self._shapes.message(message)
        if message.files and self._world.is_external(message.user):
            shape["files"] = [self._closed(file.id, file.created) for file in message.files]
        if message.broadcast and (parent := channel.find(message.thread_ts)):
            shape["root"] = self._shapes.message(parent)
        event = shape | {"channel": channel.id, "event_ts": message.ts, "channel_type": channel.type}
        summary = f"{self._who(message.user)} wrote in {self._where(channel)}: {quoted(message.text)}"
        self._emit(KINDS[channel.type], event, channel, summary)
        if f"<@{self._world.app.bot_user}>" in message.text and not channel.is_im and not message.bot_id:
            event = {key: value for key, value in event.items() if key != "channel_type"}
            self._emit("app_mention", event | {"type": "app_mention"}, channel, summary)

    @staticmethod
    def _closed(file_id: str, created: int) -> Json:
        return {
            "id": file_id,
            "created": created,
            "timestamp": created,
            "mode": "file_access",
            "file_access": "check_file_info",
        }

    def changed(self, channel: Channel, now: Json, before: Json) -> None:
        """A message was edited: hidden, with both texts."""
        ts = self._world.ids.ts()
        event = {
            "type": "message",
            "subtype": "message_changed",
            "message": now,
            "previous_message": before,
            "channel": channel.id,
            "hidden": True,
            "ts": ts,
            "event_ts": ts,
            "channel_type": channel.type,
        }
        who, text = self._who(str(now.get("user", ""))), quoted(str(now.get("text", "")))
        summary = f"A message of {who} in {self._where(channel)} changed to: {text}"
        self._emit(KINDS[channel.type], event, channel, summary)

    def deleted(self, channel: Channel, before: Json) -> None:
        """A message was deleted: hidden, with what it was."""
        ts = self._world.ids.ts()
        event = {
            "type": "message",
            "subtype": "message_deleted",
            "previous_message": before,
            "channel": channel.id,
            "hidden": True,
            "deleted_ts": before["ts"],
            "ts": ts,
            "event_ts": ts,
            "channel_type": channel.type,
        }
        who = self._who(str(before.get("user", "")))
        summary = f"A message of {who} in {self._where(channel)} was deleted"
        self._emit(KINDS[channel.type], event, channel, summary)

    def reaction(self, channel: Channel, message: Message, user: User, name: str, *, added: bool) -> None:
        """A reaction came or went."""
        kind = "reaction_added" if added else "reaction_removed"
        event = {
            "type": kind,
            "user": user.id,
            "reaction": name,
            "item": {"type": "message", "channel": channel.id, "ts": message.ts},
            "item_user": message.user,
            "event_ts": self._world.ids.ts(),
        }
        verb = "put" if added else "took back"
        summary = f"{user.real_name} {verb} :{name}: on a message in {self._where(channel)}"
        self._emit(kind, event, channel, summary)

    def membership(self, channel: Channel, user: User, *, joined: bool, inviter: str = "") -> None:
        """Somebody came or went; the app also hears of its own bot."""
        kind = "member_joined_channel" if joined else "member_left_channel"
        event: Json = {
            "type": kind,
            "user": user.id,
            "channel": channel.id,
            "channel_type": "G" if channel.is_private else "C",
            "team": user.team,
            "event_ts": self._world.ids.ts(),
        }
        if inviter:
            event["inviter"] = inviter
        summary = f"{user.real_name} {'joined' if joined else 'left'} {self._where(channel)}"
        self._emit(kind, event, channel, summary, always=user.id == self._world.app.bot_user)

    def about(self, kind: str, channel: Channel, summary: str, more: Json) -> None:
        """Something happened to a channel: archived, renamed, shared, its id changed."""
        event = {"type": kind, "event_ts": self._world.ids.ts()} | more
        self._emit(kind, event, channel, summary)

    def files_shared(self, channel: Channel, message: Message) -> None:
        """Each file of a message, as `file_shared`."""
        for file in message.files:
            event = {
                "type": "file_shared",
                "file_id": file.id,
                "user_id": file.user,
                "file": {"id": file.id},
                "channel_id": channel.id,
                "event_ts": self._world.ids.ts(),
            }
            who = self._who(file.user)
            summary = f"{who} shared {file.name} in {self._where(channel)}"
            self._emit("file_shared", event, channel, summary)

    def home_opened(self, user: User, view: Json | None) -> Parcel | None:
        """Somebody looks at the Home tab: the event to bring, None when the app did not subscribe."""
        channel = self._world.direct(user.id)
        event: Json = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": channel.id,
            "tab": "home",
            "event_ts": self._world.ids.ts(),
        }
        if view is not None:
            event["view"] = view
        if "app_home_opened" not in self._world.app.events:
            return None
        summary = f"{user.real_name} opened the Home tab"
        return Parcel("events_api", "event_callback/app_home_opened", self._wrap(event, channel), summary)

    def _who(self, user_id: str) -> str:
        user = self._world.users.get(user_id)
        return user.real_name if user else user_id or "somebody"

    def _where(self, channel: Channel) -> str:
        return "a direct message" if channel.is_im else f"#{channel.name}"

    def _emit(self, kind: str, event: Json, channel: Channel, summary: str, *, always: bool = False) -> None:
        app = self._world.app
        if kind not in app.events or (app.bot_user not in channel.members and not always):
            return
        name = f"event_callback/{event['type']}"
        self._send(Parcel("events_api", name, self._wrap(event, channel), summary))

    def _wrap(self, event: Json, channel: Channel) -> Json:
        app, ids = self._world.app, self._world.ids
        return {
            "token": app.verification_token,
            "team_id": app.team_id,
            "context_team_id": app.team_id,
            "context_enterprise_id": None,
            "api_app_id": app.id,
            "event": event,
            "type": "event_callback",
            "event_id": Ids.new("Ev"),
            "event_time": ids.epoch(),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": app.team_id,
                    "user_id": app.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": bool(channel.clients),
            "event_context": Ids.new("4-", 24),
        }
