"""Slack's way out: posts, cards, homes, revisions and removals, each sent once and found again when the outcome is not known."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import Job, NotSent, Posted, Sent, TooEarly, Unknown
from handlers.slack import below, blocks, cards, direct, home, mine
from handlers.slack.blocks import Json
from handlers.slack.cards import Rendered
from handlers.slack.client import REFUSED, once
from handlers.slack.invitations import Invitations
from handlers.slack.links import Links
from handlers.slack.names import Desk
from handlers.slack.tools import Tools
from policies.effects import Card, Home, Invitation, Place, Post, Remove, Revise
from policies.people import Person
from policies.ticket import Ticket

EVENT_TYPE = "frontdoor_effect"
"""Marks our messages in their metadata, beside the opaque key of the effect."""
_BACK = timedelta(minutes=10)
"""How far before the first attempt a reading begins: Slack's clock is not ours."""
_FOR_ITS_CARD = timedelta(seconds=5)
_PAGES = 50
_BOUND = 10
MEND = "install the app in the workspace again and copy its Bot User OAuth Token to SLACK_BOT_TOKEN"

log = structlog.get_logger(__name__)


class SlackSender:
    """Carries out effects of Slack. Never retries: delivery decides."""

    kinds: frozenset[str] = frozenset({"post", "remove", "revise", "card", "home", "invitation"})

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._direct: dict[str, str] = {}
        self._links = Links(tools.client)
        self._invitations = Invitations(tools)
        self._refused: dict[str, str] = {}

    @property
    def refused(self) -> str:
        """Slack's word for why it does nothing for us at present, whatever is asked; empty while it does."""
        return next(iter(self._refused.values()), "")

    async def send(self, job: Job) -> Sent:
        """Do it once, within ten seconds. Raises NotSent, Unknown or TooEarly."""
        kind = job.effect.kind
        try:
            async with asyncio.timeout(_BOUND):
                sent = await self._carry_out(job)
        except TimeoutError as error:
            raise Unknown(f"{kind}: no answer in {_BOUND} seconds") from error
        except NotSent as refusal:
            self._note(kind, refusal.reason)
            raise
        self._accepted(kind)
        return sent

    def _accepted(self, kind: str) -> None:
        """The token works; a scope may still be missing for what else there is."""
        if self._refused:
            self._refused.pop(kind, None)
            self._refused = {k: why for k, why in self._refused.items() if why.startswith("missing_scope")}

    def _note(self, kind: str, reason: str) -> None:
        """Effects wait until the token works again: nothing of theirs is wrong."""
        if reason.partition(":")[0] not in REFUSED:
            return
        if kind not in self._refused:
            log.error("slack.refused", reason=reason, mend=MEND)
        self._refused[kind] = reason

    async def _carry_out(self, job: Job) -> Sent:
        match job.effect:
            case Post() as post:
                return await self._post(job, post)
            case Card() as card:
                return await self._card(job, card)
            case Remove() as remove:
                return await self._remove(job, remove)
            case Revise() as revise:
                return await self._revise(job, revise)
            case Home() as effect:
                return await self._home(effect)
            case Invitation() as invitation:
                return await self._invite(job, invitation)
        raise NotSent(f"Slack cannot carry out {job.effect.kind}.")

    async def look_up(self, job: Job) -> Sent | None:
        """Read back the place where it would be, and find it by its key. Raises Unknown when the reading failed.

        None for what can simply be done again: updates, removals, homes.
        """
        if isinstance(job.effect, Post):
            channel, thread = await self._place(job, job.effect.to)
            slot = job.effect.slot
        elif isinstance(job.effect, Card) and job.effect.slot not in job.posts:
            channel, thread, slot = self._card_channel(job.effect), "", job.effect.slot
        elif isinstance(job.effect, Invitation):
            channel, thread, slot = await self._direct_channel(job.effect.person), "", ""
        else:
            return None
        since = min(job.first_at, self._tools.clock.now()) - _BACK
        if isinstance(job.effect, Invitation):
            return await self._invited(job, job.effect, channel, since)
        there = [
            str(message["ts"])
            async for message in self._messages(channel, thread, since)
            if _key_of(message) == job.key
        ]
        if not there:
            return None
        first, *doubles = sorted(there, key=float)
        for ts in doubles:
            await self._take_back(channel, ts, job.key)
        return Sent(external_id=first, posted=(Posted(slot=slot, channel=channel, ts=first),))

    async def _invite(self, job: Job, effect: Invitation) -> Sent:
        """As a file; where the app was never allowed to send files, as words."""
        channel = await self._direct_channel(effect.person)
        try:
            return await self._invitations.upload(job, effect, channel)
        except NotSent as refusal:
            if not refusal.reason.startswith("missing_scope"):
                raise
        words = self._invitations.words(job, effect, file=False)
        return Sent(external_id=await self._say(job, channel, "", words, []))

    async def _invited(self, job: Job, effect: Invitation, channel: str, since: datetime) -> Sent | None:
        async for message in self._messages(channel, "", since):
            if self._invitations.sent(job, effect, message) or _key_of(message) == job.key:
                return Sent(external_id=str(message["ts"]))
        return None

    async def _take_back(self, channel: str, ts: str, key: str) -> None:
        """Remove a double of ours: an attempt that was given up landed after all. Raises Unknown when that fails."""
        try:
            await once(self._tools.client.chat_delete(channel=channel, ts=ts), f"chat.delete:{channel}")
        except NotSent as refusal:
            if refusal.reason != "message_not_found":
                words = f"taking back a double: {refusal.reason}"
                raise Unknown(words, retry_after=refusal.retry_after or 0.0) from refusal
        log.warning("slack.double_taken_back", key=key)

    async def _post(self, job: Job, post: Post) -> Sent:
        channel, thread = await self._place(job, post.to)
        ticket = job.ticket.id if job.ticket else None
        text = await self._text(job, post)
        rows = blocks.actions(post.buttons, ticket)
        body = [*blocks.sections(text), *rows] if rows else []
        ts = await self._say(job, channel, thread, text, body)
        return Sent(external_id=ts, posted=(Posted(slot=post.slot, channel=channel, ts=ts),))

    async def _text(self, job: Job, post: Post) -> str:
        """The words, and with them the way to the card where they do not stand beneath it."""
        match post.to.kind:
            case "person":
                return await self._letter(job, post)
            case "support" | "escalation" as channel if job.ticket is not None:
                link = await self._links.to(job.posts.get(f"card:{channel}"))
                return direct.linked(post.text, job.ticket, link)
        return post.text

    async def _letter(self, job: Job, post: Post) -> str:
        """A direct message says what it is about: its reader sees no card beside it.

        It waits a moment for the card that it leads to, and goes without the link rather than late. Raises TooEarly.
        """
        if job.ticket is None:
            return post.text
        desk = await self._desk(job.ticket)
        slot = direct.slot(job.ticket, post.to.person, desk)
        if slot not in job.posts and self._tools.clock.now() < job.first_at + _FOR_ITS_CARD:
            raise TooEarly(slot)
        office = self._tools.office
        channel = office.support_channel if slot == "card:support" else office.escalation_channel
        link = await self._links.to(job.posts.get(slot))
        return direct.letter(post.text, post.to.person, job.ticket, desk, link=link, channel=channel)

    async def _desk(self, ticket: Ticket | None) -> Desk:
        context = await self._tools.board.context(ticket)
        return Desk(roster=context.roster, zone=context.zone, terms=context.terms)

    async def _say(self, job: Job, channel: str, thread: str, text: str, body: list[Json]) -> str:
        answer = await once(
            self._tools.client.chat_postMessage(
                channel=channel,
                thread_ts=thread or None,
                text=text,
                blocks=body or None,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": job.key}},
                unfurl_links=False,
                unfurl_media=False,
                link_names=False,
            ),
            f"chat.postMessage:{channel}",
        )
        return str(answer["ts"])

    async def _card(self, job: Job, card: Card) -> Sent:
        if job.ticket is None:
            raise NotSent("A card without a ticket.")
        drawn = await self._drawn(job, card)
        there = job.posts.get(card.slot)
        if there is not None and there.digest == drawn.digest:
            return Sent(external_id=there.ts)
        if there is not None and await self._changed(there, drawn):
            return Sent(external_id=there.ts, posted=(_filled(card, there.channel, there.ts, drawn),))
        channel = self._card_channel(card)
        ts = await self._say(job, channel, "", drawn.text, drawn.blocks)
        return Sent(external_id=ts, posted=(_filled(card, channel, ts, drawn),))

    async def _drawn(self, job: Job, card: Card) -> Rendered:
        ticket = job.ticket
        if ticket is None:
            raise NotSent("A card without a ticket.")
        desk = await self._desk(ticket)
        return cards.support(ticket, desk) if card.slot == "card:support" else cards.escalation(ticket, desk)

    async def _changed(self, there: Posted, drawn: Rendered) -> bool:
        """Update the card where it is; False when somebody deleted it."""
        call = self._tools.client.chat_update(
            channel=there.channel, ts=there.ts, text=drawn.text, blocks=drawn.blocks, link_names=False
        )
        try:
            await once(call, f"chat.update:{there.channel}")
        except NotSent as refusal:
            if refusal.reason == "message_not_found":
                return False
            raise
        return True

    def _card_channel(self, card: Card) -> str:
        office = self._tools.office
        return office.support_channel if card.slot == "card:support" else office.escalation_channel

    async def _remove(self, job: Job, remove: Remove) -> Sent:
        there = job.posts.get(remove.slot)
        if there is None:
            return Sent(removed=(remove.slot,))
        try:
            await once(
                self._tools.client.chat_delete(channel=there.channel, ts=there.ts),
                f"chat.delete:{there.channel}",
            )
        except NotSent as refusal:
            if refusal.reason != "message_not_found":
                raise
        return Sent(external_id=there.ts, removed=(remove.slot,))

    async def _revise(self, job: Job, revise: Revise) -> Sent:
        there, text = job.posts.get(revise.slot), revise.text
        if revise.below:
            channel, _ = await self._place(job, revise.to)
            there, text = await below.stands(self._tools.board, revise, channel)
        if there is None:
            return Sent()
        call = self._tools.client.chat_update(
            channel=there.channel,
            ts=there.ts,
            text=text,
            blocks=[
                *blocks.sections(text),
                *blocks.actions(revise.buttons, job.ticket.id if job.ticket else None),
            ],
            link_names=False,
        )
        try:
            await once(call, f"chat.update:{there.channel}")
        except NotSent as refusal:
            if refusal.reason != "message_not_found":
                raise
        return Sent(external_id=there.ts)

    async def _home(self, effect: Home) -> Sent:
        view = await self.home_of(effect.user)
        await once(
            self._tools.client.views_publish(user_id=effect.user, view=view), f"views.publish:{effect.user}"
        )
        return Sent()

    async def home_of(self, user: str) -> Json:
        """What the Home of this Slack user shows now; a stranger's shows nothing of ours."""
        desk = await self._desk(None)
        person = desk.roster.by_slack.get(user)
        if person is None:
            return home.outside()
        present = desk.roster.on_duty(person, self._tools.clock.now())
        tickets = await mine.queue(self._tools, person, desk.roster)
        links = await asyncio.gather(*(self._thread_of(ticket, person) for ticket in tickets[: home.SHOWN]))
        return home.staff(person, tickets, desk, present=present, links=links)

    async def _thread_of(self, ticket: Ticket, person: Person) -> str:
        posts = await self._tools.board.posts(ticket.id)
        return await self._links.to(posts.get(f"card:{home.side(ticket, person)}"))

    async def _place(self, job: Job, place: Place) -> tuple[str, str]:
        """Channel and thread. Raises TooEarly while the card that a thread hangs on is not there."""
        match place.kind:
            case "client_thread":
                return _client_thread(job, place)
            case "support" | "escalation":
                office = self._tools.office
                return (office.support_channel if place.kind == "support" else office.escalation_channel), ""
            case "support_thread" | "escalation_thread":
                return _below(job, f"card:{place.kind.removesuffix('_thread')}")
            case "person":
                return await self._direct_channel(place.person), ""

    async def _direct_channel(self, user: str) -> str:
        """Where somebody is written to directly. Raises NotSent: opening it twice is opening it once, and nothing is said yet."""
        if user not in self._direct:
            try:
                answer = await once(
                    self._tools.client.conversations_open(users=user), f"conversations.open:{user}"
                )
            except Unknown as error:
                raise NotSent(str(error), retry_after=0.0) from error
            self._direct[user] = str(answer["channel"]["id"])
        return self._direct[user]

    async def _messages(self, channel: str, thread: str, since: datetime) -> AsyncIterator[dict[str, Any]]:
        """Everything in a channel or thread since a moment."""
        cursor = ""
        for _ in range(_PAGES):
            more: dict[str, Any] = {
                "oldest": f"{since.timestamp():.6f}",
                "limit": 200,
                "include_all_metadata": True,
            }
            if cursor:
                more["cursor"] = cursor
            if thread:
                call = self._tools.client.conversations_replies(channel=channel, ts=thread, **more)
            else:
                call = self._tools.client.conversations_history(channel=channel, **more)
            answer = await _reading(call, channel)
            for message in answer.get("messages") or ():
                yield message
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
        raise Unknown("reading back: there is more than can be read")


def _key_of(message: dict[str, Any]) -> str:
    """The key of the effect that a message came from; empty for everybody else's."""
    metadata = message.get("metadata") or {}
    return str((metadata.get("event_payload") or {}).get("key", ""))


def _client_thread(job: Job, place: Place) -> tuple[str, str]:
    """The thread given, else the ticket's own."""
    ticket = job.ticket
    channel = place.channel or (ticket.channel if ticket else "")
    if not channel:
        raise NotSent("There is no client's thread to write in.")
    return channel, place.thread or (ticket.thread if ticket else "")


def _below(job: Job, slot: str) -> tuple[str, str]:
    """The thread under a card."""
    card = job.posts.get(slot)
    if card is None:
        raise TooEarly(slot)
    return card.channel, card.ts


def _filled(card: Card, channel: str, ts: str, drawn: Rendered) -> Posted:
    return Posted(slot=card.slot, channel=channel, ts=ts, digest=drawn.digest)


async def _reading(call: Awaitable[AsyncSlackResponse], channel: str) -> dict[str, Any]:
    """A page; what cannot be read leaves the outcome unknown."""
    try:
        return await once(call, f"conversations.history:{channel}")
    except NotSent as refusal:
        raise Unknown(f"reading back: {refusal.reason}", retry_after=refusal.retry_after or 0.0) from refusal
