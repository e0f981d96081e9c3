"""The life of an effect: leased before any byte leaves, settled by the attempt that has the lease.

`retry_at`, `lease_until` and `unknown_at` are machine time: no skipped hour of a rehearsal shortens a wait for a provider.
Statements are built once: building one costs more than running it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Update,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
    update,
)

from bot.storage.hot import run
from bot.storage.outbox import OPEN, OVER, PENDING, UNKNOWN_OR_SENDING, Entry, Lease, entry_of
from bot.storage.tables import outbox
from bot.storage.times import maybe_micros, maybe_moment, micros

log = structlog.get_logger(__name__)
_SENDING = outbox.c.state == literal_column("'sending'")
_UNKNOWN = outbox.c.state == literal_column("'unknown'")
_MACHINE: BindParameter[int] = bindparam("machine")
_NOW: BindParameter[int] = bindparam("now")


def _may_be_leased() -> list[ColumnElement[bool]]:
    earlier, engaged, ringing = outbox.alias("earlier"), outbox.alias("engaged"), outbox.alias("ringing")
    return [
        PENDING,
        or_(outbox.c.retry_at.is_(None), outbox.c.retry_at <= _MACHINE),
        ~exists().where(
            earlier.c.stream == outbox.c.stream,
            earlier.c.id < outbox.c.id,
            earlier.c.state.in_(
                [literal_column(f"'{state}'") for state in ("pending", "sending", "unknown")]
            ),
        ),
        or_(  # at most one call of ours to a number at a time
            outbox.c.kind != "call",
            ~exists().where(engaged.c.number == outbox.c.number, engaged.c.live_until > _NOW),
        ),
        or_(  # a call is hung up once its id is known
            outbox.c.kind != "hang_up",
            ~exists().where(
                ringing.c.token == outbox.c.token,
                ringing.c.token != literal_column("''"),
                ringing.c.kind == "call",
                ringing.c.state.in_([literal_column("'sending'"), literal_column("'unknown'")]),
            ),
        ),
    ]


_MAY_BE_LOOKED_UP = (_UNKNOWN, UNKNOWN_OR_SENDING, outbox.c.retry_at <= _MACHINE)
_READY = (
    select(outbox)
    .where(*_may_be_leased(), outbox.c.lane >= bindparam("first"), outbox.c.lane <= bindparam("last"))
    .order_by(outbox.c.lane, outbox.c.id)
    .limit(bindparam("most"))
)
_TO_LOOK_UP = (
    select(outbox).where(*_MAY_BE_LOOKED_UP).order_by(outbox.c.lane, outbox.c.id).limit(bindparam("most"))
)
_EXPIRED = select(outbox).where(_SENDING, UNKNOWN_OR_SENDING, outbox.c.lease_until < _MACHINE)
_ORPHANED = select(outbox).where(_SENDING, UNKNOWN_OR_SENDING, outbox.c.owner != bindparam("mine"))
_READ_ANEW = (
    update(outbox)
    .where(_UNKNOWN, UNKNOWN_OR_SENDING, outbox.c.owner != "", outbox.c.owner != bindparam("mine"))
    .values(owner="", lease_until=None, retry_at=_MACHINE)
)
_UNDER_WAY: tuple[Select[Any], ...] = (
    select(outbox.c.id).where(_SENDING, UNKNOWN_OR_SENDING).limit(1),
    select(outbox.c.id).where(*_may_be_leased()).limit(1),
    select(outbox.c.id).where(*_MAY_BE_LOOKED_UP).limit(1),
)
_SOONEST = func.min(outbox.c.retry_at).label("soonest")
_RETRIES = union_all(  # one index each: what merely waits is not passed over
    select(_SOONEST).where(PENDING, outbox.c.retry_at > _MACHINE),
    select(_SOONEST).where(_UNKNOWN, UNKNOWN_OR_SENDING, outbox.c.retry_at > _MACHINE),
).subquery()
_NEXT_RETRY = select(func.min(_RETRIES.c.soonest))
_STAND_READY = (
    update(outbox)
    .where(outbox.c.ticket == bindparam("of"), PENDING, outbox.c.reason == bindparam("because"))
    .values(retry_at=None)
)


def _fenced(condition: ColumnElement[bool], **values: Any) -> Update:  # noqa: ANN401 -- columns are of many types
    """Changes a row only while it is in the hands of this attempt: a slow worker's late word changes nothing."""
    fence = (outbox.c.id == bindparam("row"), outbox.c.attempt == bindparam("fence"), condition)
    return update(outbox).where(*fence).values(**values)


_LEASE = _fenced(
    PENDING,
    state="sending",
    attempt=outbox.c.attempt + 1,
    owner=bindparam("by"),
    lease_until=bindparam("until"),
    retry_at=None,
    first_at=func.coalesce(outbox.c.first_at, _NOW),
)
_LEASE_LOOK_UP = _fenced(
    _UNKNOWN, owner=bindparam("by"), lease_until=bindparam("until"), retry_at=bindparam("until")
)
_SENT = _fenced(
    UNKNOWN_OR_SENDING,
    state="sent",
    external_id=bindparam("sid"),
    ended_at=_NOW,
    reason="",
    live_until=case((outbox.c.live_until == OVER, OVER), else_=bindparam("live", type_=BigInteger)),
)
_WAITING: dict[str, Any] = {
    "state": "pending",
    "owner": "",
    "lease_until": None,
    "unknown_at": None,
    "retry_at": bindparam("then"),
    "reason": bindparam("because"),
}
_AGAIN = _fenced(UNKNOWN_OR_SENDING, **_WAITING)
_PUT_OFF = _fenced(
    UNKNOWN_OR_SENDING, **_WAITING, put_off=outbox.c.put_off + 1
)  # its number is never given again
_DOUBT = _fenced(
    UNKNOWN_OR_SENDING,
    state="unknown",
    owner="",
    lease_until=None,
    unknown_at=func.coalesce(outbox.c.unknown_at, _MACHINE),
    retry_at=bindparam("then"),
    reason=bindparam("because"),
)
_END = _fenced(UNKNOWN_OR_SENDING, state=bindparam("how"), ended_at=_NOW, reason=bindparam("because"))
_CANCEL = _fenced(OPEN, state="cancelled", ended_at=_NOW, reason=bindparam("because"))
_SET_ASIDE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"), OPEN)
    .values(retry_at=bindparam("then"), reason=bindparam("because"))
)
_PARK = (
    update(outbox).where(outbox.c.id == bindparam("row")).values(state="gave_up", reason=bindparam("because"))
)


def ready(conn: Connection, machine: datetime, now: datetime, lanes: range, limit: int) -> list[Entry]:
    """Effects of these lanes that may be leased, most urgent first; at most one of each stream."""
    if limit <= 0:
        return []
    values = {
        "machine": micros(machine),
        "now": micros(now),
        "first": lanes[0],
        "last": lanes[-1],
        "most": limit,
    }
    return _entries(conn, _READY, values)


def entry(conn: Connection, row: int) -> Entry:
    """The effect in this row, whatever became of it."""
    return entry_of(conn.execute(select(outbox).where(outbox.c.id == row)).one())


def to_look_up(conn: Connection, machine: datetime, limit: int) -> list[Entry]:
    """Effects of unknown outcome whose settling is over and which nobody is looking up."""
    return _entries(conn, _TO_LOOK_UP, {"machine": micros(machine), "most": limit})


def expired(conn: Connection, machine: datetime) -> list[Entry]:
    """Leased effects whose lease ran out without a word: whoever had them is gone."""
    return _entries(conn, _EXPIRED, {"machine": micros(machine)})


def orphaned(conn: Connection, owner: str) -> list[Entry]:
    """Leased effects of any other owner: for the start of a process that is alone with its database."""
    return _entries(conn, _ORPHANED, {"mine": owner})


def read_anew(conn: Connection, owner: str, machine: datetime) -> None:
    """What any other owner was looking up can be looked up now, for the same start: a reading leaves nothing in doubt."""
    conn.execute(_READ_ANEW, {"mine": owner, "machine": micros(machine)})


def lease(conn: Connection, entry: Entry, by: Lease, now: datetime) -> bool:
    """Take an effect for one attempt; False when somebody else was quicker. The first attempt dates `first_at`."""
    return _change(conn, _LEASE, entry, by=by.owner, until=micros(by.until), now=micros(now))


def lease_look_up(conn: Connection, entry: Entry, by: Lease) -> bool:
    """Take an effect of unknown outcome for one look; False when somebody else was quicker."""
    return _change(conn, _LEASE_LOOK_UP, entry, by=by.owner, until=micros(by.until))


def sent(
    conn: Connection, entry: Entry, external_id: str, now: datetime, live_until: datetime | None
) -> bool:
    """It is done. An answer that comes after all settles an unknown outcome too.

    `live_until` of a call: until when it occupies its number, unless its end was heard of before its beginning.
    """
    return _change(conn, _SENT, entry, sid=external_id, now=micros(now), live=maybe_micros(live_until))


def again(conn: Connection, entry: Entry, retry_at: datetime, reason: str) -> bool:
    """Perhaps done, and to be done once more at `retry_at`: the next attempt has a number of its own."""
    return _change(conn, _AGAIN, entry, then=micros(retry_at), because=reason)


def put_off(conn: Connection, entry: Entry, retry_at: datetime, reason: str) -> bool:
    """Surely not done: to be taken up at `retry_at`, and this was no try."""
    return _change(conn, _PUT_OFF, entry, then=micros(retry_at), because=reason)


def unknown(conn: Connection, entry: Entry, machine: datetime, retry_at: datetime, reason: str) -> bool:
    """Perhaps done: to be looked up at `retry_at`. `unknown_at` keeps the moment of the first doubt."""
    return _change(conn, _DOUBT, entry, machine=micros(machine), then=micros(retry_at), because=reason)


def end(conn: Connection, entry: Entry, state: str, now: datetime, reason: str) -> bool:
    """It ends without being done: rejected, cancelled or gave_up."""
    if state == "cancelled":
        return _change(conn, _CANCEL, entry, now=micros(now), because=reason)
    return _change(conn, _END, entry, how=state, now=micros(now), because=reason)


def set_aside(conn: Connection, row: int, retry_at: datetime, reason: str) -> None:
    """A row that cannot be dealt with as it is: left alone until `retry_at`, so that the others go on."""
    run(conn, _SET_ASIDE, {"row": row, "then": micros(retry_at), "because": reason})


def stand_ready(conn: Connection, ticket: int, reason: str) -> None:
    """What of a ticket was put off for `reason` need not wait any longer."""
    run(conn, _STAND_READY, {"of": ticket, "because": reason})


def under_way(conn: Connection, machine: datetime, now: datetime) -> bool:
    """Whether anything is leased, or could be leased or looked up by `machine`."""
    values = {"machine": micros(machine), "now": micros(now)}
    return any(run(conn, query, values).first() is not None for query in _UNDER_WAY)


def next_retry(conn: Connection, machine: datetime) -> datetime | None:
    """The machine time after `machine` at which the next effect that waits for one may be taken up."""
    return maybe_moment(run(conn, _NEXT_RETRY, {"machine": micros(machine)}).scalar())


def _entries(conn: Connection, query: Select[Any], values: Mapping[str, object]) -> list[Entry]:
    """What can be read; a row that cannot waits for a program that can, and is reported."""
    found = []
    for row in run(conn, query, values).all():
        try:
            found.append(entry_of(row))
        except ValueError as error:
            log.error("an effect cannot be read", kind=row.kind, key=row.key)
            run(conn, _PARK, {"row": row.id, "because": f"cannot be read: {error}"[:500]})
    return found


def _change(conn: Connection, statement: Update, entry: Entry, **values: object) -> bool:
    return run(conn, statement, {"row": entry.id, "fence": entry.attempt, **values}).rowcount == 1
