"""Answers `/frontdoor incident`."""

from handlers.slack.commands_incident import EXAMPLE, ToIncident
from handlers.slack.door import Door
from handlers.slack.forms import FORMS
from handlers.slack.modals import Modals
from handlers.slack.parse import Origin
from handlers.slack.tools import Tools
from policies.events.incident import FormIncident


class TypedIncident:
    """Hands the wish over, or shows the form that lists the open requests."""

    def __init__(self, tools: Tools, door: Door, modals: Modals) -> None:
        self._tools, self._door, self._modals = tools, door, modals

    async def answer(self, wanted: ToIncident, origin: Origin, key: str) -> str:
        """The words of the answer; empty when the form is shown instead."""
        found = [await self._tools.board.by_ref(ref) for ref in wanted.refs]
        tickets = [ticket for ticket in found if ticket is not None]
        if len(tickets) < len(found):
            missing = next(ref for ref, ticket in zip(wanted.refs, found, strict=True) if ticket is None)
            return f"There is no {missing.upper()}. {EXAMPLE}"
        leader, *others = tickets
        if not others:
            await self._modals.open(origin, FORMS["incident"], self._modals.by_id(leader.id), key=key)
            return ""
        event = FormIncident(
            key=key,
            at=self._tools.clock.now(),
            actor=origin.actor,
            ticket=leader.id,
            members=tuple(other.id for other in others),
            title=wanted.title,
        )
        return (await self._door.ask(event)).said
