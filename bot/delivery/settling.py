"""What follows from how an attempt went: the row's next state, and the event that goes with it. Synchronous."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.delivery.patience import (
    CLIENT_LANES,
    RECHECKS,
    TOO_EARLY_LIMIT,
    Patience,
    is_repeatable,
    longest_doubt,
    resends_unread,
    sends,
)
from bot.emission import Leased
from bot.ports import NotSent, Sent
from bot.storage import clocks, leases, outbox, posts
from bot.storage.engine import Connection
from bot.storage.outbox import Draft, Entry
from bot.streams import target
from bot.transaction import UNHEARD
from policies.effects import Call, Post, Recheck
from policies.events import BOT, AnyEvent, CallEnded, EffectSettled, OutsideFailed

_SECOND = timedelta(seconds=1)
TOO_EARLY = "what it stands on is not there yet"
NOT_YET = "it is not there yet"
QUOTED = 200
"""Characters of words that were not delivered by which a person knows them."""
PASSES = 2
"""So often a telephone service that cannot be reached is tried again before people are told."""
LANDED_LATE = "whether an earlier attempt landed late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """`change` writes the new state and tells whether it still could; `event` follows in the same transaction if so."""

    state: str
    change: Callable[[Connection], bool]
    event: AnyEvent | None = None
    alarm: AnyEvent | None = None
    reason: str = ""

    @property
    def events(self) -> tuple[AnyEvent, ...]:
        """What goes through the door with it."""
        return tuple(event for event in (self.event, self.alarm) if event is not None)

    @property
    def can_wait(self) -> bool:
        """Whether it may be noted after what somebody waits for: a call that failed makes the next telephone ring."""
        return self.state == "sent"

    @property
    def waits(self) -> bool:
        """Whether it is to be taken up again at a moment of its own."""
        return self.state in {"put_off", "again", "unknown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """Judges attempts. `now` is the clock's time, `wall` the machine's."""

    patience: Patience
    now: datetime
    wall: datetime

    def sent(self, leased: Leased, result: Sent) -> Settlement:
        """Done: the places it filled are stored together with it."""
        entry = leased.entry

        def change(conn: Connection) -> bool:
            if not leases.sent(conn, entry, result.external_id, self.now, self._live_until(conn, entry)):
                return False
            if entry.tries > 1 and not is_repeatable(entry.effect, leased.posts):
                self._look_again(conn, entry)
            if entry.ticket is not None and (result.posted or result.removed):
                posts.save(conn, entry.ticket, result.posted)
                posts.forget(conn, entry.ticket, result.removed)
                leases.stand_ready(conn, entry.ticket, TOO_EARLY)
            return True

        ts = next((place.ts for place in result.posted), result.external_id)
        event = self._report(entry, sent=True, ts=ts) if entry.report else None
        return Settlement(state="sent", change=change, event=event)

    def not_sent(self, leased: Leased, error: NotSent, place: str = "") -> Settlement:
        """Surely not done: later, or never. People are told when nothing like it can be done in `place`."""
        if error.retry_after is None:
            settlement = self.over(leased.entry, "rejected", error.reason)
        else:
            asked = error.retry_after
            wait = asked if error.scope else self.patience.awaited(leased.entry, asked)
            settlement = self.later(leased.entry, wait, error.reason)
        return replace(settlement, alarm=self._alarm(leased.entry, error, place))

    def later(self, entry: Entry, seconds: float, reason: str) -> Settlement:
        """Surely not done, and taken up again after so many machine seconds."""
        retry_at = self.wall + seconds * _SECOND
        return Settlement(
            state="put_off", change=lambda conn: leases.put_off(conn, entry, retry_at, reason), reason=reason
        )

    def too_early(self, leased: Leased) -> Settlement:
        """What it stands on is not there: soon again, in the end never."""
        entry = leased.entry
        if entry.put_off >= TOO_EARLY_LIMIT:
            return self.over(entry, "gave_up", TOO_EARLY)
        return self.later(entry, self.patience.too_early(entry.put_off).total_seconds(), TOO_EARLY)

    def in_doubt(self, leased: Leased, reason: str) -> Settlement:
        """Perhaps done: what can be repeated simply is; the rest is looked for soon, and once more when it has settled."""
        entry = leased.entry
        if is_repeatable(entry.effect, leased.posts):
            retry_at = self.wall + self.patience.retry(entry.tries - 1)
            return Settlement(
                state="again", change=lambda conn: leases.again(conn, entry, retry_at, reason), reason=reason
            )
        first_look = min(self.patience.first_look, self.patience.settling(entry))
        return self._unknown(entry, self.wall + first_look, reason)

    def not_found(self, leased: Leased, begun: datetime) -> Settlement:
        """A complete reading, `begun` then (machine time), found nothing: again, within the budget of its kind.

        One that was begun before it had settled proves nothing: it is read once more afterwards.
        """
        entry = leased.entry
        settled = (entry.unknown_at or begun) + self.patience.settling(entry)
        if begun < settled:
            return self._unknown(entry, settled, NOT_YET)
        return self._once_more(entry, "it is not there")

    def unread(self, leased: Leased, reason: str, asked: float = 0.0) -> Settlement:
        """The reading failed: read again later; after the longest doubt it is decided without."""
        entry = leased.entry
        doubt = self.wall - (entry.unknown_at or self.wall)
        if doubt < longest_doubt(entry):
            wait = max(self.patience.again_read(entry, doubt), asked * _SECOND)
            return self._unknown(entry, self.wall + wait, reason)
        if resends_unread(entry):
            return self._once_more(entry, reason)
        return self.over(entry, "gave_up", reason, doubt=True)

    def unchecked(self, leased: Leased, reason: str) -> Settlement:
        """It could not be looked whether an attempt landed late: a few times more, then it is left as it is."""
        entry = leased.entry
        if entry.put_off >= RECHECKS:
            return self.over(entry, "gave_up", reason)
        return self.later(entry, self.patience.recheck(entry.put_off).total_seconds(), reason)

    def over(self, entry: Entry, state: str, reason: str, *, doubt: bool = False) -> Settlement:
        """It ends without being done; a call then counts as ended, and whoever asked for a report gets it."""
        failed = state in {"rejected", "gave_up"} and entry.lane in CLIENT_LANES
        event = (
            self._report(entry, sent=False, reason=reason, doubt=doubt) if failed or entry.report else None
        )
        if isinstance(entry.effect, Call):
            event = CallEnded(
                key=f"unsent:{entry.key}",
                at=self.now,
                actor=BOT,
                ticket=entry.ticket,
                token=entry.effect.token,
                outcome="failed",
                reason=reason,
            )
        return Settlement(
            state=state,
            change=lambda conn: leases.end(conn, entry, state, self.now, reason),
            event=event,
            reason=reason,
        )

    def _alarm(self, entry: Entry, error: NotSent, place: str) -> AnyEvent | None:
        """Once a day for one cause. What passes by itself is no cause the first times."""
        if not error.alarm or (error.alarm == "telephone" and not isinstance(entry.effect, Call)):
            return None
        if error.alarm == "telephone" and error.retry_after is not None and entry.put_off < PASSES:
            return None
        where = place if error.alarm == "channel" else ""
        return OutsideFailed(
            key=f"outside:{error.alarm}:{where}:{error.reason}:{self.now:%Y-%m-%d}",
            at=self.now,
            actor=BOT,
            what=error.alarm,
            place=where,
            reason=error.reason,
        )

    def _once_more(self, entry: Entry, reason: str) -> Settlement:
        if entry.tries >= sends(entry):
            return self.over(entry, "gave_up", reason)
        return Settlement(
            state="again", change=lambda conn: leases.again(conn, entry, self.wall, reason), reason=reason
        )

    def _look_again(self, conn: Connection, entry: Entry) -> None:
        """An earlier attempt was perhaps only late: once all that is under way has landed, its double is taken back."""
        again = Recheck(row=entry.id)
        key = f"{entry.key}:recheck:{entry.attempt}"
        row = outbox.put(conn, Draft(key, entry.ticket, again, target(again, entry.ticket)), self.now)
        leases.set_aside(conn, row, self.wall + self.patience.settle, LANDED_LATE)

    def _unknown(self, entry: Entry, retry_at: datetime, reason: str) -> Settlement:
        return Settlement(
            state="unknown",
            change=lambda conn: leases.unknown(conn, entry, self.wall, retry_at, reason),
            reason=reason,
        )

    def _report(
        self, entry: Entry, *, sent: bool, ts: str = "", reason: str = "", doubt: bool = False
    ) -> AnyEvent | None:
        if not isinstance(entry.effect, Post):
            return None
        return EffectSettled(
            key=f"settled:{entry.key}" + ("" if sent else f":{entry.attempt}"),
            at=self.now,
            actor=BOT,
            ticket=entry.ticket,
            slot=entry.effect.slot,
            sent=sent,
            ts=ts,
            reason=reason,
            doubt=doubt,
            place=entry.effect.to.channel,
            text=entry.effect.text[:QUOTED],
        )

    def _live_until(self, conn: Connection, entry: Entry) -> datetime | None:
        """Until when a call is taken to occupy its number if nothing more is heard of it: the guard its ticket waits for."""
        if not isinstance(entry.effect, Call):
            return None
        due = None
        if entry.ticket is not None:  # a test call has none
            due = clocks.due_of(conn, entry.ticket, "call", entry.effect.person)
        return due or self.now + UNHEARD
