"""What the parts of this room share."""

from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.board import Board
from bot.clock import Clock
from bot.desk import Desk
from bot.in_force import InForce
from bot.roster import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The way to Slack, the way to the desk, what can be read, who there is, and what time it is."""

    client: AsyncWebClient
    desk: Desk
    board: Board
    in_force: InForce
    clock: Clock

    @property
    def office(self) -> Office:
        """The office at this moment: not to be kept."""
        return self.in_force.office
