"""What a workspace consists of: people, channels, messages, files. Plain state; the shapes stand in `shapes`."""

from dataclasses import dataclass, field

from sandbox.slack.errors import Json


@dataclass(slots=True)
class User:
    """A person or a bot. `tz` is an IANA zone."""

    id: str
    name: str
    real_name: str
    team: str
    tz: str
    bot_id: str = ""
    app_id: str = ""

    @property
    def is_bot(self) -> bool:
        """Whether an app speaks through this account."""
        return bool(self.bot_id)


@dataclass(slots=True)
class File:
    """An uploaded file; its bytes stay in memory."""

    id: str
    name: str
    title: str
    mimetype: str
    user: str
    created: int
    content: bytes = b""
    channels: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Message:
    """A message as it stands now. `ephemeral_to` names the only reader of one that is not kept.

    `earlier` are the blocks it had before it was changed: a screen may still show them when somebody clicks.
    """

    ts: str
    channel: str
    user: str
    text: str
    team: str
    thread_ts: str = ""
    subtype: str = ""
    broadcast: bool = False
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    metadata: Json = field(default_factory=dict)
    bot_id: str = ""
    app_id: str = ""
    client_msg_id: str = ""
    edited: Json = field(default_factory=dict)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    extra: Json = field(default_factory=dict)
    ephemeral_to: str = ""
    state: dict[str, Json] = field(default_factory=dict)
    earlier: list[Json] = field(default_factory=list)

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread below another message."""
        return bool(self.thread_ts) and self.thread_ts != self.ts


@dataclass(slots=True, kw_only=True)
class Channel:
    """A conversation. `clients` are the other workspaces it is shared with; `im_user` is set in a direct message."""

    id: str
    name: str
    creator: str
    created: int
    members: list[str] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)
    topic: str = ""
    purpose: str = ""
    is_private: bool = False
    is_archived: bool = False
    im_user: str = ""
    messages: list[Message] = field(default_factory=list)
    ephemerals: list[Message] = field(default_factory=list)
    pins: list[str] = field(default_factory=list)

    @property
    def is_im(self) -> bool:
        """Whether it is a direct message with the bot."""
        return bool(self.im_user)

    @property
    def type(self) -> str:
        """Slack's word in `channel_type`."""
        if self.is_im:
            return "im"
        return "group" if self.is_private else "channel"

    def find(self, ts: str) -> Message | None:
        """The message with this timestamp, replies included, ephemerals not."""
        return next((message for message in reversed(self.messages) if message.ts == ts), None)

    def find_ephemeral(self, ts: str) -> Message | None:
        """The ephemeral message with this timestamp."""
        return next((message for message in self.ephemerals if message.ts == ts), None)

    def replies(self, ts: str) -> list[Message]:
        """The replies below the message with this timestamp, oldest first."""
        return [message for message in self.messages if message.thread_ts == ts and message.ts != ts]
