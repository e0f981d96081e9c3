"""The appointment of a workaround, handed to a person as a file in their direct messages (WA-2)."""

import asyncio
from typing import Any

import aiohttp

from bot.ports import Job, NotSent, Sent
from bot.reverts import Revert, revert_of
from handlers.slack.client import once
from handlers.slack.tools import Tools
from policies.effects import Invitation
from policies.ticket import Ticket, Workaround
from policies.words import register as wording

_AGAIN = 5.0
"""Seconds after which an upload that surely shows nothing yet is begun anew."""


class Invitations:
    """Uploads the .ics. What it says is the workaround as it is at this moment."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def upload(self, job: Job, effect: Invitation, channel: str) -> Sent:
        """The file, with its words, in `channel`. Raises NotSent and Unknown; nothing is seen before the last step."""
        ticket, revert = self._revert(job, effect)
        # Imported when the first one is sent: it would slow every start down.
        from bot.invitation import invitation

        content = await asyncio.to_thread(invitation, revert, self._tools.office.zone)
        client, name = self._tools.client, _name(revert)
        begun = await once(
            client.files_getUploadURLExternal(filename=name, length=len(content)),
            "files.getUploadURLExternal",
        )
        await self._bytes(str(begun["upload_url"]), content)
        done = client.files_completeUploadExternal(
            files=[{"id": str(begun["file_id"]), "title": name}],
            channel_id=channel,
            initial_comment=self.words(job, effect, ticket),
        )
        await once(done, f"files.completeUploadExternal:{channel}")
        return Sent(external_id=str(begun["file_id"]))

    def words(self, job: Job, effect: Invitation, ticket: Ticket | None = None, *, file: bool = True) -> str:
        """What is said with the file, or instead of it."""
        ticket = ticket or self._revert(job, effect)[0]
        item = _item(ticket, effect.number)
        return wording.invited(ticket.ref, item, self._tools.office.zone, file=file)

    def sent(self, job: Job, effect: Invitation, message: dict[str, Any]) -> bool:
        """Whether a message carries the file as it would be sent now."""
        _, revert = self._revert(job, effect)
        return any(file.get("name") == _name(revert) for file in message.get("files") or ())

    async def _bytes(self, url: str, content: bytes) -> None:
        session = self._tools.client.session
        if session is None:
            raise NotSent("Slack is not connected yet", retry_after=_AGAIN)
        try:
            async with session.post(url, data=content) as answer:
                taken = answer.status < 400
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise NotSent(f"the file was not taken: {type(error).__name__}", retry_after=_AGAIN) from error
        if not taken:
            raise NotSent(f"the file was not taken: {answer.status}", retry_after=_AGAIN)

    def _revert(self, job: Job, effect: Invitation) -> tuple[Ticket, Revert]:
        if job.ticket is None:
            raise NotSent("an invitation without a request")
        try:
            revert = revert_of(job.ticket, effect.number, self._tools.office.roster, job.first_at)
        except LookupError as error:
            raise NotSent(str(error)) from error
        if revert is None:
            raise NotSent(f"workaround {effect.number} of {job.ticket.ref} has no end")
        return job.ticket, revert


def _item(ticket: Ticket, number: int) -> Workaround:
    return next(one for one in ticket.workarounds if one.number == number)


def _name(revert: Revert) -> str:
    """Another file for each change, so that it is seen which of them has arrived."""
    return f"{revert.name}-{revert.sequence}.ics"
