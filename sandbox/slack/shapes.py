"""State rendered in Slack's JSON shapes."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sandbox.slack.errors import Json
from sandbox.slack.model import Channel, File, Message, User
from sandbox.slack.world import World

NO_OFFSET = timedelta()


class Shapes:
    """Renders the world as seen by the installed app. `base_url` is asked anew each time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.base_url = "http://127.0.0.1"

    def profile(self, user: User) -> Json:
        """The profile; mail addresses are those of a stage."""
        first, _, last = user.real_name.partition(" ")
        profile: Json = {
            "real_name": user.real_name,
            "real_name_normalized": user.real_name,
            "display_name": user.real_name,
            "display_name_normalized": user.real_name,
            "first_name": first,
            "last_name": last,
            "title": "",
            "phone": "",
            "status_text": "",
            "status_emoji": "",
            "avatar_hash": "",
            "team": user.team,
        }
        if user.is_bot:
            profile |= {"bot_id": user.bot_id, "api_app_id": user.app_id}
        elif user.team == self.world.app.team_id and "users:read.email" in self.world.app.scopes:
            profile["email"] = f"{user.name}@example.com"
        return profile

    def user(self, user: User) -> Json:
        """As `users.info` gives it; people of other workspaces come with less."""
        offset = self.world.clock.now().astimezone(ZoneInfo(user.tz)).utcoffset() or NO_OFFSET
        shape: Json = {
            "id": user.id,
            "team_id": user.team,
            "name": user.name,
            "deleted": False,
            "real_name": user.real_name,
            "tz": user.tz,
            "tz_label": user.tz,
            "tz_offset": int(offset.total_seconds()),
            "profile": self.profile(user),
            "is_bot": user.is_bot,
            "is_app_user": False,
            "updated": 1760000000,
        }
        if user.team == self.world.app.team_id:
            flags = ("is_admin", "is_owner", "is_primary_owner", "is_restricted", "is_ultra_restricted")
            return shape | dict.fromkeys(flags, False)
        return shape | {"is_stranger": False}

    def channel(self, channel: Channel) -> Json:
        """As `conversations.info` gives it."""
        shape: Json = {
            "id": channel.id,
            "created": channel.created,
            "is_archived": channel.is_archived,
            "is_im": channel.is_im,
            "is_org_shared": False,
            "context_team_id": self.world.app.team_id,
            "updated": channel.created * 1000,
        }
        if channel.is_im:
            return shape | {"user": channel.im_user, "is_user_deleted": False, "priority": 0}
        return shape | self._room(channel)

    def _room(self, channel: Channel) -> Json:
        shared = bool(channel.clients)
        return {
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": not channel.is_private,
            "is_group": channel.is_private,
            "is_mpim": False,
            "is_private": channel.is_private,
            "is_general": channel.name == "general",
            "creator": channel.creator,
            "is_shared": shared,
            "is_ext_shared": shared,
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "pending_connected_team_ids": [],
            "is_frozen": False,
            "shared_team_ids": [self.world.app.team_id, *channel.clients],
            "connected_team_ids": list(channel.clients),
            "conversation_host_id": self.world.app.team_id,
            "is_member": self.world.app.bot_user in channel.members,
            "topic": {"value": channel.topic, "creator": channel.creator, "last_set": channel.created},
            "purpose": {"value": channel.purpose, "creator": channel.creator, "last_set": channel.created},
            "num_members": len(channel.members),
            "previous_names": [],
        }

    def bot_profile(self, user: User) -> Json:
        """What a bot's message says of its bot."""
        return {
            "id": user.bot_id,
            "deleted": False,
            "name": user.real_name,
            "updated": 1760000000,
            "app_id": user.app_id,
            "user_id": user.id,
            "icons": {},
            "team_id": user.team,
        }

    def message(self, message: Message, *, with_metadata: bool = True) -> Json:
        """As history gives it. Without asking for all metadata only its `event_type` is told, as Slack does."""
        shape: Json = {"type": "message"}
        if message.subtype:
            shape["subtype"] = message.subtype
        shape |= {"user": message.user, "text": message.text, "ts": message.ts, "team": message.team}
        shape |= self._optional(message) | self._authorship(message) | self._thread(message) | message.extra
        if message.metadata:
            kept = message.metadata if with_metadata else {"event_type": message.metadata["event_type"]}
            shape["metadata"] = kept
        return shape

    def _optional(self, message: Message) -> Json:
        shape: Json = {}
        for key in ("client_msg_id", "blocks", "attachments", "edited"):
            if value := getattr(message, key):
                shape[key] = value
        if message.files:
            shape["files"] = [self.file(file) for file in message.files]
            shape["upload"] = False
        if message.reactions:
            shape["reactions"] = [
                {"name": name, "users": list(users), "count": len(users)}
                for name, users in message.reactions.items()
            ]
        if message.ts in self.world.channels[message.channel].pins:
            shape["pinned_to"] = [message.channel]
        return shape

    def _authorship(self, message: Message) -> Json:
        user = self.world.users.get(message.user)
        if message.bot_id and user is not None:
            return {
                "bot_id": message.bot_id,
                "app_id": message.app_id,
                "bot_profile": self.bot_profile(user),
            }
        if self.world.channels[message.channel].clients:
            return {"user_team": message.team, "source_team": message.team} | self._user_profile(user)
        return {}

    def _user_profile(self, user: User | None) -> Json:
        if user is None or user.team == self.world.app.team_id:
            return {}
        profile = self.profile(user)
        keys = ("avatar_hash", "first_name", "real_name", "display_name", "team")
        return {"user_profile": {key: profile[key] for key in keys} | {"name": user.name}}

    def _thread(self, message: Message) -> Json:
        channel = self.world.channels[message.channel]
        if message.is_reply:
            parent = channel.find(message.thread_ts)
            return {"thread_ts": message.thread_ts, "parent_user_id": parent.user if parent else ""}
        replies = channel.replies(message.ts)
        if not replies:
            return {"thread_ts": message.thread_ts} if message.thread_ts else {}
        users = list(dict.fromkeys(reply.user for reply in replies))
        return {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "reply_users": users,
            "latest_reply": replies[-1].ts,
            "is_locked": False,
            "subscribed": False,
        }

    def file(self, file: File) -> Json:
        """As `files.info` gives it; `url_private_download` wants the bot's token."""
        team = self.world.app.team_id
        url = f"{self.base_url}/files-pri/{team}-{file.id}"
        return {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title,
            "mimetype": file.mimetype,
            "filetype": file.name.rpartition(".")[2] if "." in file.name else "text",
            "user": file.user,
            "user_team": self.world.users[file.user].team,
            "size": len(file.content),
            "mode": "hosted",
            "is_external": False,
            "is_public": True,
            "url_private": f"{url}/{file.name}",
            "url_private_download": f"{url}/download/{file.name}",
            "permalink": f"{self.base_url}/files/{file.user}/{file.id}/{file.name}",
            "channels": list(file.channels),
            "groups": [],
            "ims": [],
        }

    def permalink(self, message: Message) -> str:
        """The address of a message; replies name their thread, as Slack's do."""
        link = f"{self.base_url}/archives/{message.channel}/p{message.ts.replace('.', '')}"
        if message.is_reply:
            return f"{link}?thread_ts={message.thread_ts}&cid={message.channel}"
        return link
