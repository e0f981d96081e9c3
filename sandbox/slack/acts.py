"""What can be done in a conversation, whoever does it: the state changes and the app is told."""

from dataclasses import replace

from sandbox.slack.errors import Json
from sandbox.slack.events import Events
from sandbox.slack.model import Channel, Message, User
from sandbox.slack.shapes import Shapes
from sandbox.slack.world import World

EARLIER = 60
"""How many blocks of earlier versions a message keeps for stale clicks."""
TOMBSTONE = "This message was deleted."


class Acts:
    """Writes, edits, deletes, reacts, joins, leaves; no rights are checked here."""

    def __init__(self, world: World, shapes: Shapes, events: Events) -> None:
        self.world = world
        self.shapes = shapes
        self.events = events

    def post(self, channel: Channel, message: Message) -> Message:
        """Append a message (or show an ephemeral one, of which no event tells)."""
        if message.ephemeral_to:
            channel.ephemerals.append(message)
            return message
        channel.messages.append(message)
        for file in message.files:
            if channel.id not in file.channels:
                file.channels.append(channel.id)
        self.events.message(channel, message)
        self.events.files_shared(channel, message)
        return message

    def edit(
        self, channel: Channel, message: Message, *, by: str, flag: bool = True, **changes: object
    ) -> None:
        """Change fields of a message; `flag` shows "(edited)"."""
        before = self.shapes.message(message)
        message.earlier = [*message.blocks, *message.earlier][:EARLIER]
        for name, value in changes.items():
            setattr(message, name, value)
        if flag:
            message.edited = {"user": by, "ts": self.world.ids.ts()}
        if not message.ephemeral_to:
            self.events.changed(channel, self.shapes.message(message), before)

    def delete(self, channel: Channel, message: Message) -> None:
        """Remove a message; one with replies leaves a tombstone behind, as in Slack."""
        if message.ephemeral_to:
            channel.ephemerals.remove(message)
            return
        before = self.shapes.message(message)
        if not channel.replies(message.ts):
            channel.messages.remove(message)
            self.events.deleted(channel, before)
            return
        stone = replace(
            message,
            user="USLACKBOT",
            text=TOMBSTONE,
            subtype="tombstone",
            blocks=[],
            attachments=[],
            files=[],
            metadata={},
            bot_id="",
            app_id="",
            reactions={},
            edited={},
            extra={"hidden": True},
        )
        channel.messages[channel.messages.index(message)] = stone
        self.events.changed(channel, self.shapes.message(stone), before)

    def react(self, channel: Channel, message: Message, user: User, name: str) -> bool:
        """Add a reaction; False when this user's is there already."""
        users = message.reactions.setdefault(name, [])
        if user.id in users:
            return False
        users.append(user.id)
        self.events.reaction(channel, message, user, name, added=True)
        return True

    def unreact(self, channel: Channel, message: Message, user: User, name: str) -> bool:
        """Take a reaction back; False when there is none of this user."""
        users = message.reactions.get(name, [])
        if user.id not in users:
            return False
        users.remove(user.id)
        if not users:
            del message.reactions[name]
        self.events.reaction(channel, message, user, name, added=False)
        return True

    def join(self, channel: Channel, user: User, *, inviter: str = "") -> bool:
        """Become a member; False for one already."""
        if user.id in channel.members:
            return False
        channel.members.append(user.id)
        self.note(channel, user, "channel_join", f"<@{user.id}> has joined the channel")
        self.events.membership(channel, user, joined=True, inviter=inviter)
        return True

    def leave(self, channel: Channel, user: User) -> bool:
        """Stop being a member; False for one who was none."""
        if user.id not in channel.members:
            return False
        self.note(channel, user, "channel_leave", f"<@{user.id}> has left the channel")
        channel.members.remove(user.id)
        self.events.membership(channel, user, joined=False)
        return True

    def topic(self, channel: Channel, user: User, text: str) -> None:
        """Set the topic."""
        channel.topic = text
        self.note(channel, user, "channel_topic", f"<@{user.id}> set the channel topic: {text}", topic=text)

    def purpose(self, channel: Channel, user: User, text: str) -> None:
        """Set the purpose."""
        channel.purpose = text
        words = f"<@{user.id}> set the channel description: {text}"
        self.note(channel, user, "channel_purpose", words, purpose=text)

    def note(self, channel: Channel, user: User, subtype: str, text: str, **more: object) -> Message:
        """A line that Slack itself writes into a channel."""
        if channel.is_private:
            subtype = subtype.replace("channel_", "group_")
        message = Message(
            ts=self.world.ids.ts(),
            channel=channel.id,
            user=user.id,
            text=text,
            team=user.team,
            subtype=subtype,
            extra=dict(more),
        )
        return self.post(channel, message)

    def archive(self, channel: Channel, user: User, *, archived: bool) -> None:
        """Archive or bring back."""
        kind = "channel_archive" if archived else "channel_unarchive"
        words = "archived the channel" if archived else "un-archived the channel"
        self.note(channel, user, kind, f"<@{user.id}> {words}")
        channel.is_archived = archived
        more: Json = {"channel": channel.id, "user": user.id}
        self.events.about(kind, channel, f"{user.real_name} {words} #{channel.name}", more)

    def rename(self, channel: Channel, user: User, name: str) -> None:
        """Give a channel another name."""
        old, channel.name = channel.name, name
        words = f'<@{user.id}> has renamed the channel from "{old}" to "{name}"'
        self.note(channel, user, "channel_name", words, old_name=old, name=name)
        more: Json = {"channel": {"id": channel.id, "name": name, "created": channel.created}}
        self.events.about("channel_rename", channel, f"#{old} is now #{name}", more)

    def change_id(self, channel: Channel, new_id: str) -> None:
        """Give a channel another id, as happens when sharing begins or ends."""
        old = channel.id
        del self.world.channels[old]
        channel.id = new_id
        self.world.channels[new_id] = channel
        for message in (*channel.messages, *channel.ephemerals):
            message.channel = new_id
        more: Json = {"old_channel_id": old, "new_channel_id": new_id}
        self.events.about("channel_id_changed", channel, f"#{channel.name} has a new id: {new_id}", more)
