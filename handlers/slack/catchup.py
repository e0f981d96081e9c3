"""IN-6: what Slack had to say while we did not listen is read back, and goes through the door as if it had just come."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot.desk import NotStored
from bot.ending import end
from bot.ports import Unknown
from bot.storage.engine import StoreFailed
from handlers.slack import parse
from handlers.slack.parse import Json
from handlers.slack.reading import Reading, Unreadable
from handlers.slack.tools import Tools
from policies.events import BOT, Actor, AnyEvent, CaughtUp, MessageDeleted, MessagePosted, Missed
from policies.ticket import Message, Ticket

log = structlog.get_logger(__name__)

KEEP = timedelta(seconds=30)
"""How often it is kept that we listen: a kill costs the reading of half a minute more."""
MARGIN = timedelta(minutes=2)
"""How far before the gap a reading begins: a dead connection is noticed after forty seconds, and Slack's clock is not ours."""
_WAITS = (1.0, 5.0, 15.0, 60.0)
"""Machine seconds before a reading that failed is tried again; the last for all further times."""


@dataclass(slots=True, kw_only=True)
class Found:
    """What a reading brought: messages by channel and ts, and the words that we know of and did not find."""

    messages: dict[tuple[str, str], Json] = field(default_factory=dict)
    gone: list[Message] = field(default_factory=list)


class CatchUp:
    """Knows since when we do not surely listen, and makes it good once we do again.

    `own` tells our workspace's id; `away` whether a start means that we were away until then. `listening` is called every
    second while we listen; `doubt` when it turns out that we did not. Everything of Slack until `heard_at` of the database
    has been taken in.
    """

    def __init__(self, tools: Tools, own: Callable[[], str], *, away: bool) -> None:
        self._tools, self._own = tools, own
        self._heard: datetime | None = None
        self._kept: datetime | None = None
        self._asked, self._owed, self._away = False, True, away
        self._task: asyncio.Task[None] | None = None
        self._done = asyncio.Event()
        self._gap: tuple[datetime, datetime] | None = None

    async def prepare(self) -> None:
        """Before anything is delivered: read until when we listened. Raises StoreFailed."""
        if not self._asked:
            self._heard = self._kept = await self._tools.board.heard_at()
            self._asked = True
        if self._owed and self._away and self._heard is not None:
            self._gap = (self._heard, self._tools.clock.now())

    def doubt(self, seconds: float = 0.0, *, away: bool = True) -> None:
        """We have not surely listened for so many seconds; `away` when we know that we did not."""
        self._owed, self._away = True, away
        self._done.clear()
        if self._heard is not None:
            self._heard = min(self._heard, self._tools.clock.now() - timedelta(seconds=seconds))

    async def listening(self, *, sure: bool = True) -> None:
        """We listen now: begin with what is owed, or keep that we do. Raises StoreFailed and NotStored.

        Without being `sure` that whatever Slack has to say reaches us, only a reading proves that we have heard it.
        """
        if self._task is not None and not self._task.done():
            return
        now = self._tools.clock.now()
        if self._owed and self._heard is not None:
            self._owed = False
            self._task = asyncio.create_task(
                self._make_good(self._heard, now, away=self._away), name="catch-up"
            )
            return
        self._owed = False
        self._done.set()
        if not sure and self._heard is not None:
            return
        self._heard = now
        if self._kept is None or now - self._kept >= KEEP:
            await self._tools.desk.heard(now)
            self._kept = now

    def dated(self, event: AnyEvent) -> AnyEvent:
        """A message that could not reach us carries from when to when that was so."""
        if not isinstance(event, MessagePosted) or self._gap is None:
            return event
        since, until = self._gap
        return replace(event, away=self._gap) if since - MARGIN <= event.at < until else event

    async def settled(self, seconds: float) -> None:
        """Return when nothing is owed any more, after so many machine seconds at the latest."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._done.wait(), seconds)

    async def stop(self) -> None:
        """Leave what is not read yet to the next start."""
        task, self._task = self._task, None
        if task is not None:
            await end(task)
            await asyncio.gather(task, return_exceptions=True)

    async def _make_good(self, since: datetime, until: datetime, *, away: bool) -> None:
        """Read and hand over until all of it has been; only then the moment until which we have heard everything moves."""
        go = _Go(self._tools, self._own(), since, until, self.dated)
        wait = iter(_WAITS)
        pause = 0.0
        while True:
            try:
                if await go.round():
                    await go.tell(known=away)
                    await self._tools.desk.heard(until)
                    break
            except (NotStored, StoreFailed) as problem:
                log.warning("slack.catch_up_not_stored", reason=str(problem))
            except Exception:
                # One that ends unseen would lose whatever it had not come to.
                log.exception("slack.catch_up_failed")
            pause = next(wait, pause)
            await asyncio.sleep(pause)
        self._heard = self._kept = until
        if not self._owed:
            self._done.set()


class _Go:
    """One gap being made good: what is still to be read, and what has been handed over."""

    def __init__(
        self,
        tools: Tools,
        own: str,
        since: datetime,
        until: datetime,
        dated: Callable[[AnyEvent], AnyEvent],
    ) -> None:
        self._tools, self._own, self._dated = tools, own, dated
        self._since, self._until = since, until
        self._floor = since - MARGIN
        self._channels = sorted(tools.office.roster.by_channel)
        self._unread: dict[str, str] = {}
        self._brought: dict[str, tuple[MessagePosted, int]] = {}

    async def round(self) -> bool:
        """Read every channel that is still to be read, and hand over what was found, oldest first; whether that was all."""
        found, left = Found(), []
        reading = Reading(self._tools.client)
        tickets = await self._tools.board.open_tickets()
        for channel in self._channels:
            try:
                await self._read(reading, channel, tickets, found)
            except Unreadable as refusal:
                log.error("slack.channel_not_read", channel=channel, reason=refusal.reason)
                self._unread[channel] = refusal.reason
            except Unknown as problem:
                log.warning("slack.reading_failed", channel=channel, reason=str(problem))
                left.append(channel)
        await self._hand_over(self._events(found))
        self._channels = left
        return not left

    async def tell(self, *, known: bool) -> None:
        """One summary, however many of us have read: it has the key of the gap, and names what was late whoever brought it."""
        taken = await self._tools.board.taken_at(list(self._brought))
        missed = tuple(
            Missed(actor=posted.actor, channel=posted.channel, ticket=ticket, at=posted.at, taken=taken[key])
            for key, (posted, ticket) in self._brought.items()
            if key in taken
        )
        event = CaughtUp(
            key=f"caught_up:{self._since.timestamp():.0f}",
            at=self._tools.clock.now(),
            actor=BOT,
            since=self._since,
            until=self._until,
            missed=missed,
            unread=tuple(sorted(self._unread.items())),
            known=known,
        )
        log.info("slack.caught_up", since=self._since, messages=len(missed), unread=len(self._unread))
        await self._tools.desk.handle(event)

    async def _read(self, reading: Reading, channel: str, tickets: Sequence[Ticket], found: Found) -> None:
        """One channel with its threads: those of open requests, and those with words in the gap. All of it or nothing.

        A client may come back to what is over as long as that is opened again.
        """
        client = self._tools.office.roster.by_channel[channel]
        top = await reading.history(channel, self._floor - self._tools.office.terms(client.key).reopen)
        threads = {thread for ticket in tickets for place, thread in _threads(ticket) if place == channel}
        threads |= {one["ts"] for one in top if self._goes_on(one)}
        for ts in sorted(threads):
            top += await reading.thread(channel, ts)
        here = {(channel, one["ts"]): one for one in top if one.get("subtype") != "tombstone"}
        gone = []
        for said in (said for ticket in tickets for said in ticket.messages if said.channel == channel):
            if said.deleted or "." not in said.ts or (channel, said.ts) in here:
                continue
            still = [one for one in await reading.thread(channel, said.ts) if one["ts"] == said.ts]
            if still and still[0].get("subtype") != "tombstone":
                here[channel, said.ts] = still[0]
            else:
                gone.append(said)
        found.messages |= here
        found.gone += gone

    def _goes_on(self, message: Json) -> bool:
        """Whether somebody wrote in its thread in the gap: Slack tells of the newest word there."""
        return (
            bool(message.get("reply_count"))
            and parse.moment(message.get("latest_reply") or message["ts"]) > self._floor
        )

    def _events(self, found: Found) -> list[AnyEvent]:
        """What was found, as events in the order in which it happened."""
        events: list[AnyEvent] = []
        for (channel, ts), message in found.messages.items():
            posted = parse.read_back(message, channel, self._own)
            if posted is not None and parse.moment(ts) > self._floor:
                events.append(posted)
            edited = parse.edit_read_back(message, channel, self._own)
            if edited is not None and edited.at > self._floor:
                events.append(edited)
        events.sort(key=lambda event: event.at)
        return [*_with_more(events), *(self._deletion(said) for said in found.gone)]

    def _deletion(self, said: Message) -> MessageDeleted:
        """When it was deleted is not known: no later than now."""
        return MessageDeleted(
            key=f"del:{self._own}:{said.channel}:{said.ts}",
            at=self._until,
            actor=Actor(user=said.author),
            channel=said.channel,
            ts=said.ts,
        )

    async def _hand_over(self, events: Sequence[AnyEvent]) -> None:
        for event in events:
            outcome = await self._tools.desk.handle(self._dated(event))
            if isinstance(event, MessagePosted) and outcome.ticket is not None:
                self._brought[event.key] = (event, outcome.ticket)


def _threads(ticket: Ticket) -> tuple[tuple[str, str], ...]:
    """Where the client's side of a request is spoken: its own thread, and those merged into it."""
    return tuple(place for place in ((ticket.channel, ticket.thread), *ticket.also) if place[1])


def _with_more(events: Sequence[AnyEvent]) -> list[AnyEvent]:
    """Each message behind which somebody else has written in the same channel says so."""
    others: dict[str, set[str]] = {}
    made: list[AnyEvent] = []
    for event in reversed(events):
        if isinstance(event, MessagePosted):
            behind = others.setdefault(event.channel, set())
            made.append(replace(event, more=bool(behind - {event.actor.user})))
            behind.add(event.actor.user)
        else:
            made.append(event)
    return made[::-1]
