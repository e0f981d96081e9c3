"""Forms on the screen: opened at once as a skeleton, filled from the board, sent to the desk, answered field by field."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError

from bot.desk import Outcome
from bot.storage.engine import StoreFailed
from handlers.slack import parse
from handlers.slack.client import error_of
from handlers.slack.door import Door
from handlers.slack.forms import FORMS
from handlers.slack.forms.form import Faulty, Form, Sheet, common, notice, skeleton, view
from handlers.slack.names import Desk
from handlers.slack.parse import Json, Origin, Submission, fingerprint
from handlers.slack.tools import Tools
from policies.access import identify, may
from policies.events import MergeInto, Pressed
from policies.ticket import Ticket

log = structlog.get_logger(__name__)

UNREADABLE = "Our records cannot be read at the moment. Please try again."
Find = Callable[[], Awaitable[Ticket | str | None]]
"""Finds the ticket of a form once the form is on the screen: words when there is none, None when it needs none."""


class Modals:
    """Opens forms and takes them back."""

    def __init__(self, tools: Tools, door: Door) -> None:
        self._tools = tools
        self._door = door

    def by_id(self, ticket: int | None) -> Find:
        """Finds a ticket by its id."""

        async def find() -> Ticket | str | None:
            if ticket is None:
                return None
            return await self._tools.board.ticket(ticket) or "There is no such request any more."

        return find

    async def open(
        self,
        origin: Origin,
        form: Form,
        find: Find,
        *,
        key: str,
        subject: str = "",
        typed: dict[str, str] | None = None,
    ) -> None:
        """Show the form; `key` makes the refusal unique when this person may not use it."""
        try:
            opened = await self._tools.client.views_open(trigger_id=origin.trigger, view=skeleton(form))
        except SlackApiError as problem:
            log.warning("slack.form_not_opened", form=form.name, reason=error_of(problem))
            await self._door.tell(origin, "Slack did not open the form in time. Please press again.")
            return
        shown = opened["view"]
        try:
            filled = await self._filled(origin, form, find, key, subject, typed or {})
        except StoreFailed:
            filled = notice(form.title, UNREADABLE)
        await self._tools.client.views_update(view_id=shown["id"], hash=shown.get("hash"), view=filled)

    async def _filled(
        self, origin: Origin, form: Form, find: Find, key: str, subject: str, typed: dict[str, str]
    ) -> Json:
        ticket = await find()
        if isinstance(ticket, str):
            return notice(form.title, ticket)
        refused = await self._refused(origin, form, ticket, key)
        if refused:
            return notice(form.title, refused)
        return view(form, await self._sheet(form, origin, ticket, subject, typed), origin)

    async def _refused(self, origin: Origin, form: Form, ticket: Ticket | None, key: str) -> str:
        """A form is not shown to somebody who may not send it; the door says why, and records it."""
        who = identify(origin.actor, self._tools.office.roster, origin.channel)
        if ticket is None or may(who, form.verb, ticket) is None:
            return ""
        outcome = await self._door.ask(
            Pressed(key=key, at=self._tools.clock.now(), actor=origin.actor, ticket=ticket.id, verb=form.verb)
        )
        return outcome.said

    async def _sheet(
        self, form: Form, origin: Origin, ticket: Ticket | None, subject: str, typed: dict[str, str]
    ) -> Sheet:
        context = await self._tools.board.context(ticket)
        return Sheet(
            ticket=ticket,
            context=context,
            desk=Desk(roster=context.roster, zone=context.zone, terms=context.terms),
            viewer=context.roster.by_slack.get(origin.user),
            subject=subject,
            typed=typed,
            others=await self._tools.board.open_tickets() if form.lists else (),
        )

    async def submitted(self, body: Json, ack: AsyncAck, own: str) -> None:
        """A form was sent: preview it, or hand it to the desk and show what is wrong beside the field."""
        sent = parse.submission(body, own)
        form = FORMS.get(sent.verb)
        if form is None:
            await ack()
            return
        outcome = None
        try:
            answer, outcome = await self._taken(sent, form, body["view"])
        except Faulty as faulty:
            answer = {"response_action": "errors", "errors": {faulty.name: faulty.words}}
        except StoreFailed:
            answer = _answer(Outcome(accepted=False, said=UNREADABLE), body["view"], form)
        await ack(**answer)
        if outcome is not None and outcome.accepted and sent.origin.channel:
            await self._door.answer(sent.origin, outcome, form.verb)

    async def _taken(
        self, sent: Submission, form: Form, shown: Json
    ) -> tuple[dict[str, Any], Outcome | None]:
        """What the view does next, and what the desk said; None while it is only previewed."""
        event = form.read(sent, common(sent, self._tools.clock.now()))
        if form.preview is not None and sent.seen != fingerprint(sent.values):
            return {"response_action": "update", "view": await self._preview(sent, form)}, None
        if isinstance(event, MergeInto) and await self._tools.board.ticket(event.target) is None:
            raise Faulty("target", "There is no such request.")
        outcome = await self._door.ask(event)
        if outcome.repeated and not outcome.accepted:
            # The same words were refused before; since then they may have become right.
            outcome = await self._door.ask(replace(event, key=f"{event.key}:{sent.origin.trigger}"))
        return _answer(outcome, shown, form), outcome

    async def _preview(self, sent: Submission, form: Form) -> Json:
        ticket = await self._tools.board.ticket(sent.ticket) if sent.ticket is not None else None
        return view(
            form, await self._sheet(form, sent.origin, ticket, sent.subject, sent.values), sent.origin
        )


def _answer(outcome: Outcome, shown: Json, form: Form) -> dict[str, Any]:
    """What the view does next: it closes, or names each faulty field; a refusal of the whole stands at the first field."""
    if outcome.accepted:
        return {}
    inputs = [block["block_id"] for block in shown["blocks"] if block["type"] == "input"]
    if not inputs:
        return {"response_action": "update", "view": notice(form.title, outcome.said)}
    errors: dict[str, str] = {}
    for name, words in outcome.fields or ((inputs[0], outcome.said),):
        place = name if name in inputs else inputs[0]
        errors[place] = f"{errors[place]} {words}" if place in errors else words
    return {"response_action": "errors", "errors": errors}
