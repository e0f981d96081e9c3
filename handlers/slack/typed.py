"""`/frontdoor` and the message shortcuts: what is typed or chosen becomes an answer, a form or an event."""

import re

from slack_bolt.async_app import AsyncAck

from bot.board import PAGE
from bot.letters import letter
from bot.storage.engine import StoreFailed
from handlers.slack import announcing, answers, commands, duty, mine, parse, waiting
from handlers.slack.announcing import Announce
from handlers.slack.commands import (
    Away,
    Escalate,
    Help,
    Letters,
    Mine,
    Mistake,
    New,
    Parsed,
    Rota,
    Status,
    Vendors,
    Workarounds,
)
from handlers.slack.commands_incident import ToIncident
from handlers.slack.commands_people import CoverBy, Of, SwapOn, VerifyMe
from handlers.slack.commands_severity import ToSeverity
from handlers.slack.door import Door
from handlers.slack.forms import FORMS
from handlers.slack.modals import UNREADABLE, Find, Modals
from handlers.slack.names import Desk
from handlers.slack.parse import Chosen, Json, Origin
from handlers.slack.tools import Tools
from handlers.slack.typed_incident import TypedIncident
from handlers.slack.typed_people import TypedPeople
from policies.events import OpenRequest, SetAway
from policies.events.terms import SetSeverity
from policies.people import Absence, Person
from policies.ticket import Stage, Ticket

_STRANGER = "This command is for the people of the desk. Ask the support lead to put you on the roster."
_NO_REQUEST = "No request belongs to this message. Use it on a client's message, or type `/frontdoor escalate` with the reference."


class Typed:
    """Answers the command and the shortcuts."""

    def __init__(self, tools: Tools, door: Door, modals: Modals) -> None:
        self._tools = tools
        self._door = door
        self._modals = modals
        self._people = TypedPeople(tools, door, modals)
        self._incident = TypedIncident(tools, door, modals)

    async def command(self, body: Json, ack: AsyncAck, own: str) -> None:
        """Somebody typed `/frontdoor`: the answer is for their eyes only."""
        origin, key = parse.command(body, own)
        person = self._tools.office.roster.by_slack.get(origin.user)
        if person is None:
            await ack(_STRANGER)
            return
        channels = {
            client.key.lower(): client.channels[0]
            for client in self._tools.office.roster.clients
            if client.channels
        }
        wanted = commands.parse(
            body.get("text") or "", now=self._tools.clock.now(), zone=person.zone, channels=channels
        )
        try:
            if isinstance(wanted, Letters):
                await self._letters(person, ack)
                return
            said = await self._answer(wanted, origin, person, key)
        except StoreFailed:
            said = UNREADABLE
        await (ack(said) if said else ack())

    async def _answer(self, wanted: Parsed, origin: Origin, person: Person, key: str) -> str:
        """The words of the answer; empty when a form is shown instead."""
        match wanted:
            case Help():
                return commands.HELP
            case Mistake(said=said):
                return said
            case New(channel=channel, text=text):
                return await self._new(origin, key, channel, text)
            case Escalate(ref=ref):
                await self._modals.open(origin, FORMS["escalate"], self._to_escalate(ref, person), key=key)
                return ""
            case Away():
                return await self._away(wanted, origin, person, key)
            case Mine() | Status() | Rota() | Workarounds() | Vendors():
                return await self._read(wanted, person)
            case CoverBy() | SwapOn() | VerifyMe() | Announce() | ToSeverity() | ToIncident():
                return await self._set(wanted, origin, key)

    async def _read(self, wanted: Mine | Status | Rota | Workarounds | Vendors, person: Person) -> str:
        context = await self._tools.board.context(None)
        desk = Desk(roster=context.roster, zone=context.zone)
        match wanted:
            case Rota():
                return duty.rota(desk, context.terms, self._tools.clock.now(), person.zone)
            case Workarounds():
                return answers.workarounds(
                    await self._tools.board.carrying(), desk, person.zone, self._tools.clock.now()
                )
            case Vendors():
                return answers.vendors(await self._tools.board.open_tickets(), desk, person.zone)
            case Mine():
                return answers.queue(await mine.queue(self._tools, person, desk.roster), desk, person.zone)
            case Status(ref=""):
                return answers.overview(await self._tools.board.open_tickets(), desk, person.zone)
            case Status(ref=ref):
                ticket = await self._tools.board.by_ref(ref)
                return answers.status(ticket, desk, person.zone) if ticket else f"There is no {ref.upper()}."

    async def _letters(self, person: Person, ack: AsyncAck) -> None:
        found = await self._tools.board.letters()
        prefix = self._tools.office.ref_prefix
        words, rows = waiting.shown(
            [letter(one) for one in found], more=len(found) >= PAGE, prefix=prefix, zone=person.zone
        )
        await ack(text=words, blocks=rows)

    async def _new(self, origin: Origin, key: str, channel: str, text: str) -> str:
        if channel and text:
            event = OpenRequest(
                key=key, at=self._tools.clock.now(), actor=origin.actor, channel=channel, text=text
            )
            return (await self._door.ask(event)).said or "Opened."
        typed = {"text": text} if text else {}
        await self._modals.open(
            origin, FORMS["open"], self._modals.by_id(None), key=key, subject=channel, typed=typed
        )
        return ""

    async def _severity(self, wanted: ToSeverity, origin: Origin, key: str) -> str:
        if wanted.severity is None:
            await self._modals.open(origin, FORMS["set_severity"], self._named(wanted.ref), key=key)
            return ""
        ticket = await self._tools.board.by_ref(wanted.ref)
        if ticket is None:
            return f"There is no {wanted.ref.upper()}."
        event = SetSeverity(
            key=key,
            at=self._tools.clock.now(),
            actor=origin.actor,
            ticket=ticket.id,
            severity=wanted.severity,
            urgent=wanted.urgent,
            why=wanted.why,
        )
        return (await self._door.ask(event)).said or "Recorded."

    def _named(self, ref: str) -> Find:
        """The request called `ref`."""

        async def find() -> Ticket | str | None:
            return await self._tools.board.by_ref(ref) or f"There is no {ref.upper()}."

        return find

    async def _away(self, wanted: Away, origin: Origin, person: Person, key: str) -> str:
        who = self._tools.office.roster.by_slack.get(wanted.user) if wanted.user else person
        if who is None:
            return "That person is not on the roster of the desk."
        if wanted.start is None or wanted.end is None:
            await self._modals.open(origin, FORMS["away"], self._modals.by_id(None), key=key)
            return ""
        absence = Absence(person=who.key, start=wanted.start, end=wanted.end)
        event = SetAway(key=key, at=self._tools.clock.now(), actor=origin.actor, absence=absence)
        return (await self._door.ask(event)).said or "Recorded."

    async def _set(self, wanted: Of | Announce | ToSeverity | ToIncident, origin: Origin, key: str) -> str:
        """What changes by the day, the severity of a request, and what it has a cause in common with."""
        if isinstance(wanted, ToIncident):
            return await self._incident.answer(wanted, origin, key)
        if isinstance(wanted, ToSeverity):
            return await self._severity(wanted, origin, key)
        if not isinstance(wanted, Announce):
            return await self._people.answer(wanted, origin, key)
        now, roster = self._tools.clock.now(), self._tools.office.roster
        event = announcing.event(wanted, roster, origin.actor, key, now)
        return event if isinstance(event, str) else (await self._door.ask(event)).said

    def _to_escalate(self, ref: str, person: Person) -> Find:
        """The request named, or the only one this person could escalate."""

        async def find() -> Ticket | str | None:
            if ref:
                return await self._tools.board.by_ref(ref) or f"There is no {ref.upper()}."
            mine = [
                ticket
                for ticket in await self._tools.board.mine(person.key)
                if ticket.stage in {Stage.NEW, Stage.CLAIMED}
            ]
            if len(mine) == 1:
                return mine[0]
            named = ", ".join(ticket.ref for ticket in mine) or "none of them is yours"
            return f"Say which request, like `/frontdoor escalate SUP-12` ({named})."

        return find

    async def shortcut(self, body: Json, ack: AsyncAck, own: str) -> None:
        """A message shortcut."""
        chosen = parse.shortcut(body, own)
        if chosen.callback == "open_request":
            outcome = await self._door.ask(parse.open_from(chosen, self._tools.clock.now()))
            await self._door.tell(chosen.origin, outcome.said or "Opened.")
        elif chosen.callback == "escalate_message":
            await self._modals.open(
                chosen.origin, FORMS["escalate"], self._of_message(chosen), key=f"{chosen.key}:form"
            )
        await ack()

    def _of_message(self, chosen: Chosen) -> Find:
        """The request of a message: by its thread, by itself, by the reference in our own words; opened where there is none."""

        async def find() -> Ticket | str | None:
            found = await self._tools.board.find("thread", f"{chosen.channel}:{chosen.thread}")
            found = found or await self._tools.board.find("message", f"{chosen.channel}:{chosen.ts}")
            if found is not None:
                return await self._tools.board.ticket(found)
            named = re.search(rf"\b{re.escape(self._tools.office.ref_prefix)}\d+\b", chosen.text)
            if named:
                return await self._tools.board.by_ref(named[0])
            if chosen.channel not in self._tools.office.roster.by_channel:
                return _NO_REQUEST
            outcome = await self._door.ask(parse.open_from(chosen, self._tools.clock.now()))
            ticket = await self._tools.board.ticket(outcome.ticket) if outcome.ticket is not None else None
            return ticket or outcome.said or _NO_REQUEST

        return find
