"""What this room uses of Slack, as data: the manifest is checked against it, and it against the code, both ways."""

EVENTS = ("app_home_opened", "channel_id_changed", "message.channels", "message.groups", "message.im")
"""Subscribed bot events."""

METHODS: dict[str, tuple[str, ...]] = {
    "apps.connections.open": (),
    "auth.test": (),
    "chat.delete": ("chat:write",),
    "chat.getPermalink": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "views.open": (),
    "views.publish": (),
    "views.update": (),
}
"""Web API method -> the bot scopes it needs for the places we use it in; apps.connections.open takes the app token."""

EVENT_SCOPES: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "channel_id_changed": (),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
}
"""Event -> the bot scopes without which Slack does not deliver it."""

COMMANDS = ("/frontdoor",)
SHORTCUTS: dict[str, str] = {"open_request": "Open a request", "escalate_message": "Escalate"}
"""Message shortcuts: callback id -> the name people read."""


def scopes() -> frozenset[str]:
    """Every bot scope that the code of this room needs."""
    needed = {scope for table in (METHODS, EVENT_SCOPES) for row in table.values() for scope in row}
    return frozenset(needed | {"commands"})
