"""What is to be done outside: written by the transaction that decided it, carried out by delivery."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, literal_column, select, update

from bot.storage.codec import dump_effect, load_effect
from bot.storage.hot import run, write
from bot.storage.tables import outbox
from bot.storage.times import maybe_micros, maybe_moment, micros, moment
from bot.streams import Target
from policies.effects import LANES, AnyEffect, Call, Post, Settle

PENDING = outbox.c.state == literal_column(
    "'pending'"
)  # spelt out: bound values would hide the partial indices
OPEN = outbox.c.state.in_([literal_column(f"'{state}'") for state in ("pending", "sending", "unknown")])
UNKNOWN_OR_SENDING = outbox.c.state.in_([literal_column("'sending'"), literal_column("'unknown'")])

OVER = 0
"""`live_until` of a call that has ended."""

_OPEN_STREAMS = (
    select(outbox.c.stream).where(outbox.c.stream.in_(bindparam("streams", expanding=True)), OPEN).distinct()
)
_WAITING_TWIN = select(outbox.c.id, outbox.c.lane).where(
    outbox.c.stream == bindparam("stream"),
    outbox.c.kind == bindparam("kind"),
    OPEN,
    PENDING,
)
_WAITING_TWINS = select(outbox.c.stream, outbox.c.kind).where(
    outbox.c.stream.in_(bindparam("streams", expanding=True)), OPEN, PENDING
)
_FEW = 8
"""Up to so many twins are looked for one by one."""
_LIVE = (
    select(outbox.c.number)
    .where(outbox.c.number.in_(bindparam("numbers", expanding=True)), outbox.c.live_until > bindparam("now"))
    .distinct()
)
_CALL = select(outbox).where(
    outbox.c.token == bindparam("token"), outbox.c.token != literal_column("''"), outbox.c.kind == "call"
)
_MANY = 200
"""Calls to one number that are told apart when Twilio's list is read."""
_APPEND = insert(outbox)
_INSERT = _APPEND.returning(outbox.c.id, outbox.c.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who leases, and until when (machine time, aware UTC)."""

    owner: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An effect as it stands in the outbox. `attempt` is the fence: a result counts only for the attempt that made it.

    `put_off` counts how often it was surely not done and taken up later.
    """

    id: int
    key: str
    ticket: int | None
    effect: AnyEffect
    lane: int
    state: str
    attempt: int
    put_off: int
    report: bool
    first_at: datetime
    unknown_at: datetime | None

    @property
    def tries(self) -> int:
        """How often it was perhaps done: attempts without those that surely did nothing."""
        return self.attempt - self.put_off


@dataclass(frozen=True, slots=True)
class Draft:
    """An effect that is to be written; `key` is unique for ever."""

    key: str
    ticket: int | None
    effect: AnyEffect
    target: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """The effect of a call. `sid` is the provider's id, empty while it is not known.

    A test call has no ticket and `says` its words.
    """

    id: int
    ticket: int | None
    person: str
    number: str
    token: str
    state: str
    sid: str
    says: str = ""


def put(conn: Connection, draft: Draft, now: datetime) -> int:
    """Write an effect as pending; the number of its row."""
    return int(run(conn, _INSERT, _row(draft, now, None)).scalar())


def put_all(
    conn: Connection,
    drafts: Sequence[Draft],
    now: datetime,
    lease: Lease | None = None,
    at_once: Collection[str] = (),
) -> list[Entry]:
    """Write effects in their order, together: as pending, or those with the keys `at_once` as leased for their first attempt.

    The leased ones.
    """
    if not drafts:
        return []
    leased = {draft.key: draft for draft in drafts if draft.key in at_once} if lease is not None else {}
    rows = [_row(one, now, lease if one.key in leased else None) for one in drafts]
    if not leased:
        write(conn, _APPEND, rows)
        return []
    found = {row.key: row.id for row in run(conn, _INSERT, rows)}
    return [_first_attempt(draft, found[key], now) for key, draft in leased.items()]


def _first_attempt(draft: Draft, row: int, now: datetime) -> Entry:
    return Entry(
        id=row,
        key=draft.key,
        ticket=draft.ticket,
        effect=draft.effect,
        lane=LANES.index(draft.effect.lane),
        state="sending",
        attempt=1,
        put_off=0,
        report=draft.target.report,
        first_at=now,
        unknown_at=None,
    )


def merge(conn: Connection, draft: Draft, now: datetime) -> bool:
    """Write an effect as pending, unless one that is waiting will do for both; whether it was written."""
    if _merged(conn, draft):
        return False
    put_all(conn, [draft], now)
    return True


def put_refreshes(conn: Connection, refreshes: Sequence[Draft], now: datetime) -> bool:
    """Write effects that are rendered when they are sent and may wait: each without one of its kind that waits already.

    Whether any was written.
    """
    if len(refreshes) > _FEW:
        waiting = {
            (row.stream, row.kind)
            for row in run(conn, _WAITING_TWINS, {"streams": [one.target.stream for one in refreshes]})
        }
        fresh = [one for one in refreshes if (one.target.stream, one.effect.kind) not in waiting]
    else:
        fresh = [one for one in refreshes if not _merged(conn, one)]
    put_all(conn, fresh, now)
    return bool(fresh)


def _row(draft: Draft, now: datetime, lease: Lease | None) -> dict[str, Any]:
    effect, target = draft.effect, draft.target
    return {
        "key": draft.key,
        "ticket": draft.ticket,
        "stream": target.stream,
        "lane": LANES.index(effect.lane),
        "kind": effect.kind,
        "slot": target.slot,
        "person": target.person,
        "number": target.number,
        "token": target.token,
        "report": target.report,
        "body": dump_effect(effect),
        "created_at": micros(now),
        "not_after": maybe_micros(effect.not_after) if isinstance(effect, Post) else None,
        "state": "sending" if lease else "pending",
        "attempt": 1 if lease else 0,
        "put_off": 0,
        "owner": lease.owner if lease else "",
        "lease_until": micros(lease.until) if lease else None,
        "first_at": micros(now) if lease else None,
        "external_id": "",
        "reason": "",
    }


def _merged(conn: Connection, draft: Draft) -> bool:
    """Whether one of its kind waits already; it then waits in the more urgent lane of both."""
    asked = {"stream": draft.target.stream, "kind": draft.effect.kind}
    found, lane = run(conn, _WAITING_TWIN, asked).first(), LANES.index(draft.effect.lane)
    if found is not None and lane < found.lane:
        conn.execute(update(outbox).where(outbox.c.id == found.id).values(lane=lane))
    return found is not None


def stream_of_slot(conn: Connection, ticket: int | None, slot: str) -> str | None:
    """The stream of the last effect that filled `slot`."""
    query = select(outbox.c.stream).where(outbox.c.ticket == ticket, outbox.c.slot == slot)
    return conn.execute(query.order_by(outbox.c.id.desc()).limit(1)).scalar()


def open_streams(conn: Connection, streams: Collection[str]) -> set[str]:
    """Those of several streams in which anything is open."""
    return {row.stream for row in run(conn, _OPEN_STREAMS, {"streams": list(streams)})} if streams else set()


def engaged(conn: Connection, numbers: Collection[str], now: datetime) -> set[str]:
    """Those of several numbers to which a call of ours is under way."""
    if not numbers:
        return set()
    return {row.number for row in run(conn, _LIVE, {"numbers": list(numbers), "now": micros(now)})}


def entry_of(row: Any) -> Entry:  # noqa: ANN401 -- a row
    """An entry from its row."""
    return Entry(
        id=row.id,
        key=row.key,
        ticket=row.ticket,
        effect=load_effect(row.body),
        lane=row.lane,
        state=row.state,
        attempt=row.attempt,
        put_off=row.put_off,
        report=bool(row.report),
        first_at=moment(row.first_at if row.first_at is not None else row.created_at),
        unknown_at=maybe_moment(row.unknown_at),
    )


def call(conn: Connection, token: str) -> CallRow | None:
    """The call with this token, None for a token nobody gave out."""
    row = run(conn, _CALL, {"token": token}).first()
    return _call_row(row) if row is not None else None


def _call_row(row: Any) -> CallRow:  # noqa: ANN401 -- a row
    return CallRow(
        id=row.id,
        ticket=row.ticket,
        person=row.person,
        number=row.number,
        token=row.token,
        state=row.state,
        sid=row.external_id,
        says=_words(row.body) if row.ticket is None else "",
    )


def _words(body: str) -> str:
    effect = load_effect(body)
    return effect.says if isinstance(effect, Call) else ""


def calls_to(conn: Connection, number: str) -> list[CallRow]:
    """Calls to `number` that are in hand or were placed: whose call is whose."""
    calls = select(outbox).where(outbox.c.kind == "call", outbox.c.number == number)
    placed = calls.where(outbox.c.live_until.is_not(None)).order_by(outbox.c.id.desc()).limit(_MANY)
    rows = [*conn.execute(calls.where(UNKNOWN_OR_SENDING)), *conn.execute(placed)]
    return [_call_row(row) for row in rows]


def cancel_waiting_call(conn: Connection, token: str, now: datetime, reason: str) -> bool:
    """Cancel a call of which no byte has left; False when it is too late for that, or there is none."""
    statement = update(outbox).where(outbox.c.token == token, outbox.c.kind == "call", PENDING)
    return conn.execute(statement.values(state="cancelled", ended_at=micros(now), reason=reason)).rowcount > 0


def settle(conn: Connection, ticket: int | None, said: Settle, now: datetime) -> bool:
    """Words that ended without being known to have arrived: taken for sent, or waiting again under their old key."""
    ended = outbox.c.state.in_(["gave_up", "rejected"])
    query = select(func.max(outbox.c.id)).where(
        outbox.c.ticket == ticket, outbox.c.slot == said.slot, outbox.c.kind == "post", ended
    )
    row = conn.execute(query).scalar()
    values: dict[str, Any] = {"state": "sent", "reason": "a person saw it", "ended_at": micros(now)}
    if not said.there:
        values = {"state": "pending", "reason": "a person asked for it", "ended_at": None, "put_off": 0}
        values |= {"retry_at": None, "unknown_at": None, "owner": "", "lease_until": None}
    conn.execute(update(outbox).where(outbox.c.id == row).values(**values))
    return row is not None and not said.there


def call_under_way(conn: Connection, token: str, until: datetime | None) -> None:
    """A call occupies its number until then (the clock's time); None: it is over, even if nobody heard of its beginning."""
    statement = update(outbox).where(outbox.c.token == token, outbox.c.kind == "call")
    conn.execute(statement.values(live_until=OVER if until is None else micros(until)))


def calls_over(conn: Connection, ticket: int, person: str) -> None:
    """No call to a person for this ticket is under way any more."""
    statement = update(outbox).where(
        outbox.c.ticket == ticket, outbox.c.person == person, outbox.c.kind == "call"
    )
    conn.execute(statement.values(live_until=OVER))


def ask_soon(conn: Connection, token: str) -> None:
    """Somebody spoke on a call of which we do not know whether it was placed: look it up now."""
    statement = update(outbox).where(
        outbox.c.token == token, outbox.c.kind == "call", outbox.c.state == "unknown"
    )
    conn.execute(statement.values(retry_at=0))


def next_release(conn: Connection, now: datetime) -> datetime | None:
    """When the next telephone with a call waiting for it is taken to be free again; None when no call waits so."""
    waiting = outbox.alias("waiting")
    query = select(func.min(outbox.c.live_until)).where(
        outbox.c.live_until > micros(now),
        outbox.c.number.in_(
            select(waiting.c.number).where(
                waiting.c.kind == "call", waiting.c.state == literal_column("'pending'")
            )
        ),
    )
    return maybe_moment(conn.execute(query).scalar())


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How much waits in a lane, and since when its oldest does (the clock's time)."""

    lane: str
    waiting: int
    oldest: datetime | None


def depths(conn: Connection) -> Sequence[Depth]:
    """Every lane with what is open in it."""
    query = (
        select(outbox.c.lane, func.count(), func.min(outbox.c.created_at)).where(OPEN).group_by(outbox.c.lane)
    )
    found = {lane: (count, oldest) for lane, count, oldest in conn.execute(query)}
    return [
        Depth(
            lane=name,
            waiting=found.get(index, (0, None))[0],
            oldest=maybe_moment(found.get(index, (0, None))[1]),
        )
        for index, name in enumerate(LANES)
    ]
