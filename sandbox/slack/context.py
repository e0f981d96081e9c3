"""What a Web API method works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.slack.acts import Acts
from sandbox.slack.args import Args
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.modals import Modals
from sandbox.slack.model import Channel
from sandbox.slack.shapes import Shapes
from sandbox.slack.sockets import Sockets
from sandbox.slack.uploads import Uploads
from sandbox.slack.world import World


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of Slack behind the Web API."""

    world: World
    shapes: Shapes
    acts: Acts
    modals: Modals
    sockets: Sockets
    uploads: Uploads

    def channel(self, args: Args, name: str = "channel") -> Channel:
        """The channel an argument names by id; `channel_not_found` when it is none the bot may see."""
        channel = self.world.channels.get(args.text(name))
        if channel is None or not self.world.visible(channel):
            raise SlackError("channel_not_found")
        return channel

    def joined(self, channel: Channel) -> Channel:
        """The same channel, when the bot is in it; `not_in_channel` otherwise."""
        if self.world.app.bot_user not in channel.members:
            raise SlackError("not_in_channel")
        return channel


Method = Callable[[Context, Args], Json | Awaitable[Json]]
