"""The state of the workspace and how to find one's way in it."""

from sandbox import cast
from sandbox.clock import Clock
from sandbox.slack.app import App
from sandbox.slack.errors import Refused, SlackError
from sandbox.slack.ids import Ids
from sandbox.slack.model import Channel, File, Message, User


class World:
    """People, channels and files, seeded with the cast."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.ids = Ids(clock)
        self.app = App()
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.teams = {team.id: team for team in cast.TEAMS}
        self.seed()

    def seed(self) -> None:
        """Forget everything and begin with the cast; how the app is connected stays."""
        self.ids.reset()
        created = self.ids.epoch() - 90 * 86_400
        self.files = {}
        self.users = {
            person.id: User(
                id=person.id,
                name=person.handle,
                real_name=person.name,
                team=person.team,
                tz=person.tz,
                bot_id=person.bot_id,
                app_id=person.app_id,
            )
            for person in cast.PEOPLE
        }
        self.channels = {
            room.id: Channel(
                id=room.id,
                name=room.name,
                creator="U0SOL00001",
                created=created,
                members=list(room.members),
                clients=list(room.clients),
                topic=room.topic,
            )
            for room in cast.ROOMS
        }

    def user(self, user_id: str) -> User:
        """The user, for the Web API: `user_not_found` otherwise."""
        found = self.users.get(user_id)
        if found is None:
            raise SlackError("user_not_found")
        return found

    def person(self, user_id: str) -> User:
        """The user, for the control API: a refusal in words otherwise."""
        found = self.users.get(user_id)
        if found is None:
            raise Refused(f"There is no user {user_id}.")
        return found

    def channel_by(self, name_or_id: str) -> Channel | None:
        """A channel by id or by name with or without `#`; a user id means the direct message with the bot."""
        if name_or_id in self.channels:
            return self.channels[name_or_id]
        if name_or_id in self.users:
            return self.direct(name_or_id)
        name = name_or_id.removeprefix("#")
        return next((channel for channel in self.channels.values() if name and channel.name == name), None)

    def direct(self, user_id: str) -> Channel:
        """The direct message between this user and the bot, opened when there is none yet."""
        channel_id = "D" + user_id[1:]
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(
                id=channel_id,
                name="",
                creator=user_id,
                created=self.ids.epoch(),
                members=[user_id, self.app.bot_user],
                im_user=user_id,
            )
        return self.channels[channel_id]

    def is_external(self, user_id: str) -> bool:
        """Whether the user belongs to a client's workspace."""
        user = self.users.get(user_id)
        return user is not None and user.team != self.app.team_id

    def visible(self, channel: Channel) -> bool:
        """Whether the bot may know of the channel: public ones and those it is in."""
        return not (channel.is_private or channel.is_im) or self.app.bot_user in channel.members

    def locate(self, channel_id: str, ts: str) -> tuple[Channel, Message]:
        """A message, ephemeral or kept, for people; a refusal in words when there is none."""
        channel = self.channel_by(channel_id)
        if channel is None:
            raise Refused(f"There is no channel {channel_id}.")
        message = channel.find(ts) or channel.find_ephemeral(ts)
        if message is None:
            raise Refused(f"There is no message {ts} in {channel.name or channel.id}.")
        return channel, message
