"""Statements that every event needs, on PostgreSQL: prepared once for each connection and run by asyncpg itself.

The same statements as everywhere, compiled by SQLAlchemy; what it does beside that for each run costs twice as much
processor time as asking the server. A list stands for an array (`= ANY`), so that one text does for every length.

Writes whose answer nobody needs wait for the next statement that does, and go to the server with it or together at the
end (`WITH ... AS (INSERT ...)`): each way there and back is time for which others wait for our locks. No one of them
could tell the difference: they touch one table each, and whatever looks at one of these tables goes behind them.
"""

import re
from collections import namedtuple
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.engine import AdaptedConnection, Dialect
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.sql.base import Executable

from bot.storage.hot import Rows, Values
from bot.storage.tables import metadata

T = TypeVar("T")
_EXPANDING = re.compile(r" IN \(__\[POSTCOMPILE_(\w+)\]\)")
_ROW = re.compile(r"VALUES \((\$\d+::\w+(?:, \$\d+::\w+)*)\)")
_PLACE = re.compile(r"\$(\d+)")
_ARRAYS = "SELECT $1::VARCHAR[], $2::BIGINT[], $3::INTEGER[], $4::BOOLEAN[]"
_DIALECT: Dialect = asyncpg_dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types
_OWN_FAULT: dict[str, type[DBAPIError]] = {"22": DataError, "23": IntegrityError, "42": ProgrammingError}
"""By class of SQLSTATE: what is wrong with our statement or data rather than with the database."""
_STALE = frozenset({"", "0A"})
"""The driver's own, or "cached plan must not change result type": the tables are others than when it was prepared."""


class Compiled:
    """The text for the server, and how its values are taken from the named ones."""

    __slots__ = ("_names", "many", "tables", "text", "writes")

    def __init__(self, statement: Executable, keys: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=_DIALECT, column_keys=list(keys))  # type: ignore[attr-defined]  # every executable clause has it
        text, names = str(compiled), list(compiled.positiontup or ())
        lists = _EXPANDING.findall(text)
        names = [name for name in names if name not in lists]
        for name in lists:
            names.append(name)
            text = text.replace(f" IN (__[POSTCOMPILE_{name}])", f" = ANY (${len(names)})")
        self._names = [(name, compiled.params.get(name)) for name in names]
        self.text = text
        self.many = _ROW.sub(_arrays, text)
        """The same for any number of rows, each value an array; the text itself where there is no such thing."""
        self.tables = frozenset(name for name in metadata.tables if re.search(rf"\b{name}\b", text))
        """Tables that it may touch: those whose names occur in it."""
        self.writes = text.startswith(("INSERT", "UPDATE", "DELETE"))

    def values(self, named: Values) -> list[Any]:
        """The values in their places."""
        return [named.get(name, constant) for name, constant in self._names]

    def columns(self, rows: Sequence[Values]) -> list[list[Any]]:
        """The values of several rows in their places, for `many`."""
        return [[row.get(name, constant) for row in rows] for name, constant in self._names]


def _arrays(found: re.Match[str]) -> str:
    arrays = ", ".join(f"{place}[]" for place in found[1].split(", "))
    return f"SELECT * FROM unnest({arrays})"  # noqa: S608 -- places and types of a text that SQLAlchemy made


@cache
def compiled(statement: Executable, keys: tuple[str, ...]) -> Compiled:
    """The statement for the server, compiled once."""
    return Compiled(statement, keys)


def _placed(
    statement: Executable, values: Values | Sequence[Values]
) -> tuple[Compiled, str | None, Sequence[Any]]:
    """The text with its values in their places; without a text there is one such list for each row."""
    if isinstance(values, Mapping):
        one = compiled(statement, tuple(values))
        return one, one.text, one.values(values)
    each = compiled(statement, tuple(values[0]))
    if each.many != each.text:
        return each, each.many, each.columns(values)
    if len(values) == 1:
        return each, each.text, each.values(values[0])
    return each, None, [each.values(row) for row in values]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement prepared by the server, and what makes a row of its answer."""

    statement: Any
    row: Callable[[Sequence[Any]], Any] | None

    def answer(self, found: Sequence[Any]) -> Rows:
        status = self.statement.get_statusmsg()
        rows = list(map(self.row, found)) if self.row is not None else []
        return Rows(rows, int(status.rpartition(" ")[2]) if status else -1)


class Session:
    """One connection. `begin` before anything else, then `commit` or `roll_back`.

    Raises what SQLAlchemy would: DBAPIError and its kinds, whose `orig` has the SQLSTATE.
    """

    def __init__(self, connection: AdaptedConnection) -> None:
        import asyncpg  # whoever has no PostgreSQL need not have it

        self._connection = connection
        self._driver = connection.driver_connection
        self._errors = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
        self._ready: dict[str, _Ready] = {}
        self._waiting: list[tuple[str, Sequence[Any]]] = []
        self._touched: set[str] = set()

    @property
    def running(self) -> bool:
        """Whether a transaction is under way."""
        return not self._driver.is_closed() and bool(self._driver.is_in_transaction())

    def learn(self) -> None:
        """Have asyncpg ask once for all kinds of arrays that it does not know: it would ask for each when it comes."""
        self._ask(_ARRAYS, lambda: self._driver.prepare(_ARRAYS))

    def begin(self, words: str) -> None:
        """Begin a transaction, with whatever else is in `words`: one way to the server and back."""
        self._ask(words, lambda: self._driver.execute(words))

    def commit(self) -> None:
        """Write what waits, and commit."""
        self.write_waiting()
        done = self._ask("COMMIT", lambda: self._driver.execute("COMMIT"))
        if done != "COMMIT":  # the server says so when a statement had failed and nobody took it for that
            raise DBAPIError("COMMIT", None, RuntimeError(f"the transaction ended with {done}"))

    def roll_back(self) -> None:
        """Undo everything; a connection that cannot is given up, which comes to the same."""
        self.forget_waiting()
        if not self.running:
            return
        try:
            self._ask("ROLLBACK", lambda: self._driver.execute("ROLLBACK"))
        except (DBAPIError, OSError):
            self._driver.terminate()
        except BaseException:
            self._driver.terminate()
            raise

    def ask(self, text: str) -> Sequence[Any]:
        """The rows of a statement without values; nothing waits before it."""
        ready = self._prepared(text)
        return self._ask(text, ready.statement.fetch)

    def run(self, statement: Executable, values: Values | Sequence[Values]) -> Rows:
        """Run a statement whose answer is needed, behind what waits if that concerns it. See `write` for several rows."""
        asked, text, given = _placed(statement, values)
        if text is None:
            return self._run_each(asked, given)
        if self._waiting and asked.writes:
            if self._touched.isdisjoint(asked.tables):
                text, given = self._together(text, given)
            else:
                self.write_waiting()
        elif self._waiting and not self._touched.isdisjoint(asked.tables):
            self.write_waiting()
        return self._run(text, given)

    def write(self, statement: Executable, values: Values | Sequence[Values]) -> None:
        """Write before anybody looks. Several rows are different ones by their key: they may be written as one."""
        wanted, text, given = _placed(statement, values)
        if text is None:
            self._run_each(wanted, given)
            return
        if not self._touched.isdisjoint(wanted.tables):
            self.write_waiting()
        self._waiting.append((text, given))
        self._touched |= wanted.tables

    def write_waiting(self) -> None:
        """Write what waits, in one statement."""
        if self._waiting:
            text, given = self._waiting.pop()
            self._run(*self._together(text, given))

    def forget_waiting(self) -> None:
        """What waits was undone before it was written."""
        self._waiting, self._touched = [], set()

    def _together(self, text: str, given: Sequence[Any]) -> tuple[str, Sequence[Any]]:
        """One statement that writes what waits and does this one."""
        waiting, self._waiting, self._touched = self._waiting, [], set()
        if not waiting:
            return text, given
        values: list[Any] = []
        parts = []
        for part, its in waiting:
            parts.append(_moved(part, len(values)))
            values += its
        return _joined(tuple(parts), _moved(text, len(values))), [*values, *given]

    def _run_each(self, wanted: Compiled, values: Sequence[Any]) -> Rows:
        self.write_waiting()
        ready = self._prepared(wanted.text)
        if ready.row is None:
            self._ask(wanted.text, lambda: ready.statement.executemany(values))
            return Rows([], -1)
        found = self._ask(wanted.text, lambda: ready.statement.fetchmany(values))
        return Rows(list(map(ready.row, found)), len(found))

    def _run(self, text: str, given: Sequence[Any]) -> Rows:
        ready = self._prepared(text)
        return ready.answer(self._ask(text, lambda: ready.statement.fetch(*given)))

    def _prepared(self, text: str) -> _Ready:
        ready = self._ready.get(text)
        if ready is None:
            statement = self._ask(text, lambda: self._driver.prepare(text))
            names = [column.name for column in statement.get_attributes()]
            row = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024 -- columns of the statement
            ready = self._ready[text] = _Ready(statement, row._make if names else None)
        return ready

    def _ask(self, text: str, asked: Callable[[], Awaitable[T]]) -> T:
        try:
            return self._connection.run_async(lambda _driver: asked())
        except self._errors as error:
            kind = str(getattr(error, "sqlstate", ""))[:2]
            if kind in _STALE:
                self._ready = {}
            known = DataError if isinstance(error, ValueError) else _OWN_FAULT.get(kind, DBAPIError)
            raise known(text, None, error, hide_parameters=True) from error


@cache
def _moved(text: str, by: int) -> str:
    """The same text with its values `by` places further on."""
    return _PLACE.sub(lambda found: f"${int(found[1]) + by}", text) if by else text


@cache
def _joined(parts: tuple[str, ...], last: str) -> str:
    return "WITH " + ", ".join(f"w{number} AS ({part})" for number, part in enumerate(parts)) + " " + last
