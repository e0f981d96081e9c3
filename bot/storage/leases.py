"""The life of an effect: leased before any byte leaves, settled by the attempt that has the lease.

`retry_at`, `lease_until` and `unknown_at` are machine time: no skipped hour of a rehearsal shortens a wait for a provider.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from bot.storage.outbox import OPEN, PENDING, UNKNOWN_OR_SENDING, Entry, Lease, entry_of
from bot.storage.tables import outbox
from bot.storage.times import maybe_micros, maybe_moment, micros

_UNKNOWN = outbox.c.state == literal_column("'unknown'")


def ready(conn: Connection, machine: datetime, now: datetime, limit: int) -> list[Entry]:
    """Effects that may be leased, most urgent first; at most one of each stream."""
    query = select(outbox).where(*_may_be_leased(machine, now))
    rows = conn.execute(query.order_by(outbox.c.lane, outbox.c.id).limit(limit))
    return [entry_of(row) for row in rows]


def to_look_up(conn: Connection, machine: datetime, limit: int) -> list[Entry]:
    """Effects of unknown outcome whose settling is over and which nobody is looking up."""
    query = (
        select(outbox).where(*_may_be_looked_up(machine)).order_by(outbox.c.lane, outbox.c.id).limit(limit)
    )
    return [entry_of(row) for row in conn.execute(query)]


def lease(conn: Connection, entry: Entry, by: Lease, now: datetime) -> bool:
    """Take an effect for one attempt; False when somebody else was quicker. The first attempt dates `first_at`."""
    values = {
        "state": "sending",
        "attempt": entry.attempt + 1,
        "owner": by.owner,
        "lease_until": micros(by.until),
        "retry_at": None,
        "first_at": func.coalesce(outbox.c.first_at, micros(now)),
    }
    return _change(conn, entry.id, entry.attempt, PENDING, values)


def lease_look_up(conn: Connection, entry: Entry, by: Lease) -> bool:
    """Take an effect of unknown outcome for one look; False when somebody else was quicker."""
    values = {"owner": by.owner, "lease_until": micros(by.until), "retry_at": micros(by.until)}
    return _change(conn, entry.id, entry.attempt, _UNKNOWN, values)


def sent(
    conn: Connection, entry: Entry, external_id: str, now: datetime, live_until: datetime | None
) -> bool:
    """It is done; `live_until` for a call. An answer that comes after all settles an unknown outcome too."""
    values = {
        "state": "sent",
        "external_id": external_id,
        "ended_at": micros(now),
        "live_until": maybe_micros(live_until),
        "reason": "",
    }
    return _settle(conn, entry, values)


def again(conn: Connection, entry: Entry, retry_at: datetime, reason: str) -> bool:
    """Perhaps done, and to be done once more at `retry_at`: the next attempt has a number of its own."""
    return _settle(conn, entry, _waiting(retry_at, reason))


def put_off(conn: Connection, entry: Entry, retry_at: datetime, reason: str) -> bool:
    """Surely not done: to be taken up at `retry_at`, and this was no attempt."""
    counted = {"attempt": outbox.c.attempt - 1, "put_off": outbox.c.put_off + 1}
    return _settle(conn, entry, _waiting(retry_at, reason) | counted)


def unknown(conn: Connection, entry: Entry, machine: datetime, retry_at: datetime, reason: str) -> bool:
    """Perhaps done: to be looked up at `retry_at`. `unknown_at` keeps the moment of the first doubt."""
    values = {
        "state": "unknown",
        "owner": "",
        "lease_until": None,
        "unknown_at": func.coalesce(outbox.c.unknown_at, micros(machine)),
        "retry_at": micros(retry_at),
        "reason": reason,
    }
    return _settle(conn, entry, values)


def end(conn: Connection, entry: Entry, state: str, now: datetime, reason: str) -> bool:
    """It ends without being done: rejected, cancelled or gave_up."""
    condition = OPEN if state == "cancelled" else UNKNOWN_OR_SENDING
    values = {"state": state, "ended_at": micros(now), "reason": reason}
    return _change(conn, entry.id, entry.attempt, condition, values)


def expired(conn: Connection, machine: datetime) -> list[Entry]:
    """Leased effects whose lease ran out without a word: whoever had them is gone."""
    query = select(outbox).where(outbox.c.state == literal_column("'sending'"), UNKNOWN_OR_SENDING)
    return [entry_of(row) for row in conn.execute(query.where(outbox.c.lease_until < micros(machine)))]


def orphaned(conn: Connection, owner: str) -> list[Entry]:
    """Leased effects of any other owner: for the start of a process that is alone with its database."""
    query = select(outbox).where(outbox.c.state == literal_column("'sending'"), UNKNOWN_OR_SENDING)
    return [entry_of(row) for row in conn.execute(query.where(outbox.c.owner != owner))]


def stand_ready(conn: Connection, ticket: int, reason: str) -> None:
    """What of a ticket was put off for `reason` need not wait any longer."""
    statement = update(outbox).where(outbox.c.ticket == ticket, PENDING, outbox.c.reason == reason)
    conn.execute(statement.values(retry_at=None))


def under_way(conn: Connection, machine: datetime, now: datetime) -> bool:
    """Whether anything is leased, or could be leased or looked up by `machine`."""
    queries: tuple[Select[tuple[int]], ...] = (
        select(outbox.c.id).where(outbox.c.state == literal_column("'sending'"), UNKNOWN_OR_SENDING),
        select(outbox.c.id).where(*_may_be_leased(machine, now)),
        select(outbox.c.id).where(*_may_be_looked_up(machine)),
    )
    return any(conn.execute(query.limit(1)).first() is not None for query in queries)


def next_retry(conn: Connection, machine: datetime) -> datetime | None:
    """The machine time after `machine` at which the next effect that waits for one may be taken up."""
    query = select(func.min(outbox.c.retry_at)).where(OPEN, outbox.c.retry_at > micros(machine))
    return maybe_moment(conn.execute(query).scalar())


def _may_be_leased(machine: datetime, now: datetime) -> list[ColumnElement[bool]]:
    earlier, engaged, ringing = outbox.alias("earlier"), outbox.alias("engaged"), outbox.alias("ringing")
    return [
        PENDING,
        or_(outbox.c.retry_at.is_(None), outbox.c.retry_at <= micros(machine)),
        ~exists().where(
            earlier.c.stream == outbox.c.stream,
            earlier.c.id < outbox.c.id,
            earlier.c.state.in_(
                [literal_column(f"'{state}'") for state in ("pending", "sending", "unknown")]
            ),
        ),
        or_(  # at most one call of ours to a number at a time
            outbox.c.kind != "call",
            ~exists().where(engaged.c.number == outbox.c.number, engaged.c.live_until > micros(now)),
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


def _may_be_looked_up(machine: datetime) -> list[ColumnElement[bool]]:
    return [_UNKNOWN, UNKNOWN_OR_SENDING, outbox.c.retry_at <= micros(machine)]


def _waiting(retry_at: datetime, reason: str) -> dict[str, Any]:
    return {
        "state": "pending",
        "owner": "",
        "lease_until": None,
        "unknown_at": None,
        "retry_at": micros(retry_at),
        "reason": reason,
    }


def _settle(conn: Connection, entry: Entry, values: dict[str, Any]) -> bool:
    return _change(conn, entry.id, entry.attempt, UNKNOWN_OR_SENDING, values)


def _change(
    conn: Connection, row_id: int, attempt: int, condition: ColumnElement[bool], values: dict[str, Any]
) -> bool:
    """Change a row only while it is in the hands of `attempt`: a slow worker's late word changes nothing."""
    statement = update(outbox).where(and_(outbox.c.id == row_id, outbox.c.attempt == attempt, condition))
    return conn.execute(statement.values(**values)).rowcount == 1
