"""What each Web API method asks for: a scope (any one of those named) and its tier of calls per minute."""

from dataclasses import dataclass

from sandbox.slack.errors import SlackError
from sandbox.slack.model import Channel

HISTORY = {"channel": "channels:history", "group": "groups:history", "im": "im:history"}
READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read"}


@dataclass(frozen=True, slots=True)
class Rule:
    """`scopes`: one of these is enough, none means every token may. `tier`: 0 is Slack's "special"."""

    tier: int
    scopes: tuple[str, ...] = ()


def _any(table: dict[str, str]) -> tuple[str, ...]:
    return (*table.values(), "mpim:history" if table is HISTORY else "mpim:read")


RULES = {
    "api.test": Rule(4),
    "apps.connections.open": Rule(3),
    "auth.test": Rule(0),
    "bots.info": Rule(3, ("users:read",)),
    "chat.delete": Rule(3, ("chat:write",)),
    "chat.getPermalink": Rule(0),
    "chat.postEphemeral": Rule(4, ("chat:write",)),
    "chat.postMessage": Rule(0, ("chat:write",)),
    "chat.update": Rule(3, ("chat:write",)),
    "conversations.history": Rule(3, _any(HISTORY)),
    "conversations.info": Rule(3, _any(READ)),
    "conversations.join": Rule(3, ("channels:join",)),
    "conversations.list": Rule(2, _any(READ)),
    "conversations.members": Rule(4, _any(READ)),
    "conversations.open": Rule(3, ("im:write", "mpim:write", "groups:write", "channels:manage")),
    "conversations.replies": Rule(3, _any(HISTORY)),
    "files.completeUploadExternal": Rule(4, ("files:write",)),
    "files.getUploadURLExternal": Rule(4, ("files:write",)),
    "files.info": Rule(4, ("files:read",)),
    "pins.add": Rule(2, ("pins:write",)),
    "reactions.add": Rule(3, ("reactions:write",)),
    "reactions.get": Rule(3, ("reactions:read",)),
    "reactions.remove": Rule(2, ("reactions:write",)),
    "team.info": Rule(3, ("team:read",)),
    "usergroups.list": Rule(2, ("usergroups:read",)),
    "users.conversations": Rule(3, _any(READ)),
    "users.info": Rule(4, ("users:read",)),
    "users.list": Rule(2, ("users:read",)),
    "views.open": Rule(4),
    "views.publish": Rule(4),
    "views.push": Rule(4),
    "views.update": Rule(4),
}


def check(granted: set[str], wanted: tuple[str, ...]) -> None:
    """`missing_scope` with what is needed and what was provided, unless one of the wanted is granted."""
    if wanted and not granted.intersection(wanted):
        needed, provided = ",".join(wanted), ",".join(sorted(granted))
        raise SlackError("missing_scope", needed=needed, provided=provided)


def check_channel(granted: set[str], table: dict[str, str], channel: Channel) -> None:
    """The scope of the one kind of conversation that is asked for."""
    check(granted, (table[channel.type],))
