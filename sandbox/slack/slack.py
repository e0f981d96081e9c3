"""The Slack of the sandbox, put together from its parts."""

from dataclasses import asdict
from datetime import datetime

from sandbox.cast import person_of
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.slack.acts import Acts
from sandbox.slack.commands import Commands
from sandbox.slack.context import Context
from sandbox.slack.delivery import Delivery
from sandbox.slack.errors import Json, Refused
from sandbox.slack.events import Events
from sandbox.slack.http_delivery import HttpCarrier
from sandbox.slack.interactions import Interactions
from sandbox.slack.limits import Limits
from sandbox.slack.modals import Modals
from sandbox.slack.model import Channel, User
from sandbox.slack.people import People
from sandbox.slack.responses import Responses
from sandbox.slack.shapes import Shapes
from sandbox.slack.sockets import ACK_SECONDS, Sockets
from sandbox.slack.submissions import Submissions
from sandbox.slack.uploads import Uploads
from sandbox.slack.web_api import WebApi
from sandbox.slack.world import World
from sandbox.wire import WireLog


class Slack:
    """One workspace with one app, its people, channels, messages, views and connections."""

    def __init__(self, clock: Clock, wire: WireLog, faults: Faults) -> None:
        self._wire = wire
        self.world = World(clock)
        self.shapes = Shapes(self.world)
        self.limits = Limits(clock)
        self.sockets = Sockets(self.world.app)
        self.sockets.on_change.append(wire.touch)
        self.http = HttpCarrier(self.world.app)
        self.delivery = Delivery(clock, wire, faults, self.sockets, self.http)
        self.events = Events(self.world, self.shapes, self.delivery.send)
        self.acts = Acts(self.world, self.shapes, self.events)
        self.modals = Modals(self.world, wire.touch)
        self.uploads = Uploads(self.world, self.shapes, self.acts)
        self.people = People(self.world, self.acts, wire)
        self.responses = Responses(self.world, self.shapes, self.acts, wire)
        self.interactions = Interactions(
            self.world, self.shapes, self.modals, self.responses, self.delivery, wire
        )
        self.submissions = Submissions(self.interactions)
        self.commands = Commands(self.world, self.modals, self.responses, self.delivery, wire)
        context = Context(self.world, self.shapes, self.acts, self.modals, self.sockets, self.uploads)
        self.web_api = WebApi(context, self.limits, faults, wire)

    @property
    def base_url(self) -> str:
        """The address that tickets, links and response addresses carry; no slash at the end."""
        return self.shapes.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self.shapes.base_url = url

    def busy(self) -> list[str]:
        """What is unacknowledged or being answered, in words; empty means quiet."""
        return self.delivery.busy() + self.web_api.busy()

    def next_event(self) -> datetime | None:
        """When a delivery delayed on purpose is due, in sandbox time."""
        return self.delivery.next_event()

    def state(self) -> Json:
        """What the page shows of Slack: the workspace, people, channels, open views, the connection, the limits."""
        shown = [channel for channel in self.world.channels.values() if not channel.is_im]
        return {
            "team": asdict(self.world.teams[self.world.app.team_id]),
            "teams": [asdict(team) for team in self.world.teams.values()],
            "users": [self._person(user) for user in self.world.users.values()],
            "channels": [self._channel(channel) for channel in shown],
            "views": {
                user_id: [self.modals.shape(view) | {"errors": view.errors} for view in stack]
                for user_id, stack in self.modals.stacks.items()
            },
            "slack": self.delivery.state(),
            "limits": {"rate_limits": self.limits.enabled},
        }

    def _person(self, user: User) -> Json:
        known = person_of(user.id)
        return {
            "id": user.id,
            "name": user.real_name,
            "handle": user.name,
            "team": user.team,
            "tz": user.tz,
            "role": known.role if known else "",
            "phone": known.phone if known else "",
            "is_bot": user.is_bot,
            "is_external": self.world.is_external(user.id),
            "direct": self._channel(self.world.channels["D" + user.id[1:]])
            if "D" + user.id[1:] in self.world.channels
            else None,
        }

    @staticmethod
    def _channel(channel: Channel) -> Json:
        seen = [*channel.messages, *channel.ephemerals]
        return {
            "id": channel.id,
            "name": channel.name,
            "is_ext_shared": bool(channel.clients),
            "is_im": channel.is_im,
            "is_archived": channel.is_archived,
            "topic": channel.topic,
            "members": list(channel.members),
            "message_count": len(channel.messages),
            "latest_ts": max((message.ts for message in seen), default=""),
        }

    async def open_home(self, user_id: str) -> None:
        """Somebody looks at the Home tab of the app; returns once the app has acknowledged, at most three seconds."""
        user = self.world.person(user_id)
        home = self.modals.homes.get(user.id)
        self._wire.record(
            "slack", "person", "open-home", f"{user.real_name} opens the Home tab", request={"user": user.id}
        )
        parcel = self.events.home_opened(user, self.modals.shape(home) if home else None)
        if parcel is not None:
            await self.delivery.send_and_wait(parcel, ACK_SECONDS)

    def messages(self, channel_id: str, reader: str = "") -> list[Json]:
        """All messages of a channel, oldest first, ephemeral ones too: all of them, or those that `reader` sees."""
        channel = self.world.channel_by(channel_id)
        if channel is None:
            raise Refused(f"There is no channel {channel_id}.")
        ephemerals = [item for item in channel.ephemerals if reader in ("", item.ephemeral_to)]
        shapes = []
        for message in sorted([*channel.messages, *ephemerals], key=lambda message: message.ts):
            more: Json = {"channel": channel.id, "permalink": self.shapes.permalink(message)}
            if message.ephemeral_to:
                more |= {"is_ephemeral": True, "ephemeral_to": message.ephemeral_to}
            shapes.append(self.shapes.message(message) | more)
        return shapes

    def reset(self) -> None:
        """A fresh world with the seeded cast; connections and switches stay."""
        self.delivery.reset()
        self.modals.reset()
        self.responses.reset()
        self.limits.reset()
        self.uploads.tickets.clear()
        self.world.seed()

    async def close(self) -> None:
        """End what still runs and close the connections."""
        await self.delivery.close()
