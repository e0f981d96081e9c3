"""PostgreSQL through asyncpg: the same statements; row locks do what the one writer does on SQLite.

Every writing transaction begins with two words. The first takes its share of the lock that `frontdoor migrate` takes
whole, so that none of an old program is under way when the tables change; it goes to the server with the BEGIN. The
second reads the epoch of the data, and the time, which is the same for every replica. They have to be two: a statement
sees nothing that was committed after it began, and the first one may have waited.

SQLAlchemy keeps the connections and takes them for ones that commit by themselves; the transactions are ours.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import AdaptedConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.storage.hot import SESSION
from bot.storage.prepared import Session
from bot.storage.tables import SCHEMA_EPOCH
from bot.storage.work import Connection, Outdated, StoreFailed, Work, is_store_failure

T = TypeVar("T")
TRIES = 4
_AGAIN = frozenset({"40001", "40P01", "23505"})
"""Serialisation failure, deadlock, and a unique key that another replica took between our look and our write:
the second try sees what the other one did."""
CONNECTIONS = 12
"""How many connections one process opens at most: more of them only stand in line for the counter. They stay open, for opening
one and preparing its statements costs as much as several requests."""
ENTRANCE = 5085372019827600242
"""The advisory lock of a database that writers share and a migration has alone."""
_ENTER = f"BEGIN; SELECT pg_advisory_xact_lock_shared({ENTRANCE})"
_LOOK = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_STAND = "SELECT value, clock_timestamp() FROM meta WHERE name = 'schema_epoch'"
LIMITS = {
    "application_name": "frontdoor",
    "idle_in_transaction_session_timeout": "5000",
    "lock_timeout": "8000",
    "statement_timeout": "15000",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
"""What the server is told of each connection, in milliseconds and seconds. A replica that stands still in the middle of
a transaction is put out of it before those that wait for its locks give up; one that vanished is noticed."""
NO_ANSWER = 20.0
"""Seconds without an answer after which a connection is given up: a server that vanished says nothing."""
TO_CONNECT = 5.0
"""Seconds that making a connection may take."""


class Timekeeper(Protocol):
    """Who wants to know the database's time."""

    def monotonic(self) -> float:
        """Machine seconds from an arbitrary start."""
        ...

    def heard(self, asked: float, told: datetime, answered: float) -> None:
        """It was `told` at some moment between `asked` and `answered` (both of `monotonic`)."""
        ...


class PostgresqlDatabase:
    """A PostgreSQL database, shared by any number of replicas.

    `overtaken` is called when a newer program has taken the data over: every `write` raises Outdated from then on.
    `timekeeper` hears the database's time with every transaction that writes.
    """

    dialect = "postgresql"

    def __init__(self, address: str) -> None:
        self._engine = create_async_engine(
            address,
            pool_size=CONNECTIONS,
            max_overflow=0,
            hide_parameters=True,
            isolation_level="AUTOCOMMIT",
            connect_args={"server_settings": LIMITS, "command_timeout": NO_ANSWER, "timeout": TO_CONNECT},
        )
        event.listen(self._engine.sync_engine, "connect", _open)
        event.listen(self._engine.sync_engine, "checkout", _refuse_closed)
        event.listen(self._engine.sync_engine, "before_cursor_execute", _write_waiting)
        event.listen(self._engine.sync_engine, "rollback_savepoint", _forget_waiting)
        self.overtaken: Callable[[], None] = lambda: None
        self.timekeeper: Timekeeper | None = None

    async def write(self, work: Work[T]) -> T:
        """See Database.write. Raises Outdated as well."""
        for _ in range(TRIES - 1):
            try:
                return await self._write_once(work)
            except DBAPIError as error:
                if _state_of(error) not in _AGAIN:
                    raise
        return await self._write_once(work)

    async def _write_once(self, work: Work[T]) -> T:
        def entered(conn: Connection) -> T:
            session: Session = conn.info[SESSION]
            try:
                self._enter(session)
                result = work(conn)
                session.commit()
            except BaseException:
                session.roll_back()
                raise
            return result

        try:
            async with self._engine.connect() as conn:
                return await conn.run_sync(entered)
        except Exception as error:
            if is_store_failure(error) and _state_of(error) not in _AGAIN:
                raise StoreFailed(_words(error)) from error
            raise

    def _enter(self, session: Session) -> None:
        session.begin(_ENTER)
        asked = self.timekeeper.monotonic() if self.timekeeper else 0.0
        ((epoch, told),) = session.ask(_STAND)
        if epoch > SCHEMA_EPOCH:
            self.overtaken()
            raise Outdated("the data belong to a newer Frontdoor now: this one stores nothing any more")
        if self.timekeeper:
            self.timekeeper.heard(asked, told, self.timekeeper.monotonic())

    async def read(self, work: Work[T]) -> T:
        """See Database.read."""

        def looking(conn: Connection) -> T:
            session: Session = conn.info[SESSION]
            try:
                session.begin(_LOOK)
                return work(conn)
            finally:
                session.roll_back()

        try:
            async with self._engine.connect() as conn:
                return await conn.run_sync(looking)
        except Exception as error:
            if is_store_failure(error):
                raise StoreFailed(_words(error)) from error
            raise

    async def close(self) -> None:
        """See Database.close."""
        await self._engine.dispose()


def _open(connection: AdaptedConnection, record: ConnectionPoolEntry) -> None:
    record.info[SESSION] = session = Session(connection)
    session.learn()


def _write_waiting(conn: Connection, *_statement: object) -> None:
    """What SQLAlchemy runs itself goes behind everything that was written before it."""
    session: Session = conn.info[SESSION]
    session.write_waiting()


def _forget_waiting(conn: Connection, *_name: object) -> None:
    session: Session = conn.info[SESSION]
    session.forget_waiting()


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401 -- the driver's own
    """A connection that the server has ended is replaced before it is used; asking whether it is costs no round trip."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError("the server has ended this connection")


def _state_of(error: BaseException) -> str:
    """The SQLSTATE of a database's error, empty for any other."""
    return str(getattr(getattr(error, "orig", None), "sqlstate", ""))


def _words(error: BaseException) -> str:
    """What went wrong, on one line and never empty."""
    return " ".join(str(error.__cause__ or error).split()) or type(error).__name__
