"""Answers `/frontdoor cover`, `swap` and `verify`."""

import secrets

from handlers.slack.commands_people import CoverBy, Of, SwapOn, VerifyMe
from handlers.slack.door import Door
from handlers.slack.forms import FORMS
from handlers.slack.modals import Modals
from handlers.slack.parse import Origin
from handlers.slack.tools import Tools
from policies.events import AnyEvent
from policies.events.people import AskForCode, GiveCode, SetCover, Swap
from policies.rota import Cover

_NOBODY = "That person is not on the roster of the desk."


class TypedPeople:
    """Hands the wish over, and shows the form for the code."""

    def __init__(self, tools: Tools, door: Door, modals: Modals) -> None:
        self._tools, self._door, self._modals = tools, door, modals

    async def answer(self, wanted: Of, origin: Origin, key: str) -> str:
        """The words of the answer; empty when a form is shown instead."""
        match wanted:
            case CoverBy():
                return await self._cover(wanted, origin, key)
            case SwapOn():
                return await self._swap(wanted, origin, key)
            case VerifyMe(code=""):
                return await self._ring(origin, key)
            case VerifyMe(code=code):
                event = GiveCode(key=key, at=self._tools.clock.now(), actor=origin.actor, code=code)
                return (await self._door.ask(event)).said

    async def _cover(self, wanted: CoverBy, origin: Origin, key: str) -> str:
        person, by = self._key(wanted.person), self._key(wanted.by)
        if not person or (wanted.by and not by):
            return _NOBODY
        cover = Cover(person=person, by=by, start=wanted.start, end=wanted.end)
        return await self._said(
            SetCover(key=key, at=self._tools.clock.now(), actor=origin.actor, cover=cover)
        )

    async def _swap(self, wanted: SwapOn, origin: Origin, key: str) -> str:
        one, other = self._key(wanted.one), self._key(wanted.other)
        if not one or not other:
            return _NOBODY
        event = Swap(
            key=key,
            at=self._tools.clock.now(),
            actor=origin.actor,
            one=one,
            other=other,
            start=wanted.start,
            end=wanted.end,
        )
        return await self._said(event)

    async def _ring(self, origin: Origin, key: str) -> str:
        code = f"{secrets.randbelow(10_000):04d}"
        event = AskForCode(key=key, at=self._tools.clock.now(), actor=origin.actor, code=code)
        outcome = await self._door.ask(event)
        if not outcome.accepted:
            return outcome.said
        await self._modals.open(origin, FORMS["verify"], self._modals.by_id(None), key=f"{key}:form")
        return ""

    async def _said(self, event: AnyEvent) -> str:
        return (await self._door.ask(event)).said or "Recorded."

    def _key(self, user: str) -> str:
        person = self._tools.office.roster.by_slack.get(user)
        return person.key if person is not None else ""
