"""What of the Slack side outlives a run: people, conversations, files, open views, Home tabs and switches.

Connections, triggers, response addresses and uploads under way do not: they end with the process, as Slack's do.
"""

from dataclasses import dataclass
from typing import Any

from sandbox.saving import made, plain
from sandbox.slack.app import App
from sandbox.slack.model import Channel, File, Message, User
from sandbox.slack.slack import Slack
from sandbox.slack.views import View


@dataclass(frozen=True, slots=True)
class Kept:
    """The content of the saved state."""

    users: dict[str, User]
    channels: dict[str, Channel]
    files: dict[str, File]
    stacks: dict[str, list[View]]
    homes: dict[str, View]
    app: App
    rate_limits: bool


def dump(slack: Slack) -> dict[str, Any]:
    """The state as JSON can hold it."""
    world, modals = slack.world, slack.modals
    kept = Kept(
        world.users,
        world.channels,
        world.files,
        modals.stacks,
        modals.homes,
        world.app,
        slack.limits.enabled,
    )
    saved: dict[str, Any] = plain(kept)
    return saved


def load(slack: Slack, saved: dict[str, Any]) -> None:
    """Take up what `dump` gave; raises Unreadable when it does not fit."""
    kept, world = made(Kept, saved), slack.world
    world.users, world.channels, world.files = kept.users, kept.channels, kept.files
    for channel in kept.channels.values():
        for message in [*channel.messages, *channel.ephemerals]:
            message.files = _the_same(message, kept.files)
            world.ids.after(message.ts)
    slack.modals.stacks, slack.modals.homes = kept.stacks, kept.homes
    world.app.scopes, world.app.events = kept.app.scopes, kept.app.events
    world.app.request_url = kept.app.request_url
    slack.limits.enabled = kept.rate_limits


def _the_same(message: Message, files: dict[str, File]) -> list[File]:
    """The files of a message as the one object the workspace knows them by."""
    return [files.get(file.id, file) for file in message.files]
