"""Slash commands: typed in a channel by people of the own workspace, answered for them or for all."""

import re

from sandbox.slack.api_chat import content
from sandbox.slack.args import Args
from sandbox.slack.delivery import Delivery
from sandbox.slack.errors import Json, Refused, SlackError
from sandbox.slack.modals import Modals
from sandbox.slack.model import Channel, User
from sandbox.slack.parcel import Answer, Parcel
from sandbox.slack.responses import Responses
from sandbox.slack.world import World
from sandbox.wire import WireLog

COMMAND = re.compile(r"/[a-z0-9_\-]{1,31}")


class Commands:
    """Sends commands and shows their answers."""

    def __init__(
        self, world: World, modals: Modals, responses: Responses, delivery: Delivery, wire: WireLog
    ) -> None:
        self._world, self._modals, self._responses = world, modals, responses
        self._delivery, self._wire = delivery, wire

    async def run(self, user: User, channel_id: str, command: str, text: str) -> Answer:
        """Run a command; threads and people of other workspaces have none, so there is no way to name a thread."""
        channel = self._world.channel_by(channel_id)
        if channel is None or user.id not in channel.members:
            raise Refused(f"{user.real_name} is not in {channel_id}.")
        if self._world.is_external(user.id):
            raise Refused("Slash commands of an app are not available to people of another workspace.")
        if not COMMAND.fullmatch(command):
            raise Refused(f"{command} is not a valid command.")
        line = f"{command} {text}".rstrip()
        summary = f"{user.real_name} types {line}"
        request: Json = {"user": user.id, "channel": channel.id, "command": command, "text": text}
        self._wire.record("slack", "person", "command", summary, request=request)
        payload = self._payload(user, channel, command, text)
        parcel = Parcel("slash_commands", "slash_commands", payload, summary, answers=True)
        answer = await self._delivery.ask(parcel)
        if answer.acked:
            self._show(user, channel, answer)
        return answer

    def _payload(self, user: User, channel: Channel, command: str, text: str) -> Json:
        app, team = self._world.app, self._world.teams[self._world.app.team_id]
        return {
            "token": app.verification_token,
            "team_id": team.id,
            "team_domain": team.domain,
            "channel_id": channel.id,
            "channel_name": channel.name or "directmessage",
            "user_id": user.id,
            "user_name": user.name,
            "command": command,
            "text": text,
            "api_app_id": app.id,
            "is_enterprise_install": "false",
            "response_url": self._responses.address(channel, user),
            "trigger_id": self._modals.trigger(user),
        }

    def _show(self, user: User, channel: Channel, answer: Answer) -> None:
        body: Json = answer.body if isinstance(answer.body, dict) else {"text": answer.body or ""}
        if not any(body.get(key) for key in ("text", "blocks", "attachments")):
            return
        args = Args(body)
        try:
            self._responses.say(channel, user.id, content(args, cumulative=False), args)
        except SlackError as error:
            raise Refused(f"the answer of the bot is not valid: {error.code}") from error
