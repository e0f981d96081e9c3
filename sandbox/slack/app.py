"""The installed app: its tokens, what it was granted, what it subscribed to, and whether it listens by HTTP."""

from dataclasses import dataclass, field

from sandbox import cast

SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:read",
        "pins:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)

EVENTS = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "channel_archive",
        "channel_id_changed",
        "channel_rename",
        "channel_shared",
        "channel_unarchive",
        "channel_unshared",
        "file_shared",
        "member_joined_channel",
        "member_left_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "reaction_added",
        "reaction_removed",
        "subteam_updated",
    }
)


@dataclass(slots=True)
class App:
    """The one app of the workspace. `request_url` empty means Socket Mode, otherwise signed HTTP to that address."""

    id: str = cast.APP_ID
    team_id: str = cast.TEAM_ID
    bot_user: str = cast.BOT_USER_ID
    bot_id: str = cast.BOT_ID
    bot_token: str = cast.BOT_TOKEN
    app_token: str = cast.APP_TOKEN
    signing_secret: str = cast.SIGNING_SECRET
    verification_token: str = "sandbox-verification"  # noqa: S105 - a stage prop, not a secret
    name: str = "Frontdoor"
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    events: set[str] = field(default_factory=lambda: set(EVENTS))
    request_url: str = ""
