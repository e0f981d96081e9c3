"""Running the statements that every event needs.

They are made once and have only named values; a list stands for an expanding one (`IN`). SQLAlchemy spends ten times on
running one of them what SQLite does, and twice what the way to a PostgreSQL does, so its text is compiled once and handed
to the driver (for PostgreSQL see `prepared`); beside a running bot SQLAlchemy runs it. It is the same statement everywhere.
"""

import re
import sqlite3
from collections import namedtuple
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.sql.base import Executable

Values = Mapping[str, Any]
SESSION = "session"
"""Where a connection to PostgreSQL keeps its Session."""


class Answer(Protocol):
    """What came of it: rows whose columns are attributes, or how many were changed."""

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        ...

    def scalar(self) -> Any:  # noqa: ANN401 -- a column's value
        """The first column of the first row, None without a row."""
        ...

    def first(self) -> Any:  # noqa: ANN401 -- a row
        """The first row, None without one."""
        ...

    def all(self) -> Sequence[Any]:
        """Every row."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Session(Protocol):
    """Who runs the statements of one connection: bot.storage.prepared."""

    def run(self, statement: Executable, values: Values | Sequence[Values]) -> Answer:
        """See `run`."""
        ...

    def write(self, statement: Executable, values: Values | Sequence[Values]) -> None:
        """See `write`."""
        ...


class Rows:
    """An answer of the driver, read to its end: see Answer."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: list[Any], rowcount: int) -> None:
        self._rows, self.rowcount = rows, rowcount

    def scalar(self) -> Any:  # noqa: ANN401, D102 -- see Answer
        return self._rows[0][0] if self._rows else None

    def first(self) -> Any:  # noqa: ANN401, D102 -- see Answer
        return self._rows[0] if self._rows else None

    def all(self) -> Sequence[Any]:  # noqa: D102 -- see Answer
        return self._rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)


_EXPANDING = re.compile(r"__\[POSTCOMPILE_(\w+)\]")


def _picker(wanted: Sequence[str], given: Collection[str]) -> Callable[[Values], tuple[Any, ...]] | None:
    """Takes all values at once where every one of them is given; wide rows by the thousand are worth it."""
    if len(wanted) < 2 or not set(wanted) <= set(given):
        return None
    return itemgetter(*wanted)


class _Compiled:
    """The text for the driver, and how its values are taken from the named ones."""

    __slots__ = ("_lists", "_names", "_pick", "_row", "_text", "tells")

    def __init__(self, statement: Executable, keys: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=sqlite_dialect(), column_keys=list(keys))  # type: ignore[attr-defined]  # every executable clause has it
        self._text = str(compiled)
        self._names = [(name, compiled.params.get(name)) for name in compiled.positiontup or ()]
        self._pick = _picker([name for name, _ in self._names], keys)
        self._lists = frozenset(_EXPANDING.findall(self._text))
        self.tells = " RETURNING " in self._text
        self._row: Callable[[Sequence[Any]], Any] | None = None

    def asked(self, named: Values) -> tuple[str, Sequence[Any]]:
        """The text and the values in their places."""
        if not self._lists:
            return self._text, self._values(named)
        lists = {name: _padded(named[name]) for name in self._lists}
        text = _EXPANDING.sub(lambda found: ",".join("?" * len(lists[found[1]])), self._text)
        values: list[Any] = []
        for name, constant in self._names:
            values += lists[name] if name in lists else (named.get(name, constant),)
        return text, values

    def each(self, rows: Sequence[Values]) -> tuple[str, list[Sequence[Any]]]:
        """The text and the values of each run; there are no lists among them."""
        return self._text, [self._values(row) for row in rows]

    def _values(self, named: Values) -> Sequence[Any]:
        if self._pick is not None:
            return self._pick(named)
        return [named.get(name, constant) for name, constant in self._names]

    def rows(self, cursor: sqlite3.Cursor) -> Rows:
        if cursor.description is None:
            return Rows([], cursor.rowcount)
        if self._row is None:
            names = [column[0] for column in cursor.description]
            row = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024 -- columns of the statement
            self._row = row._make
        return Rows(list(map(self._row, cursor.fetchall())), cursor.rowcount)


_PADDED = 256
"""Longer lists stay as they are: they are rare, and a statement may only have so many values."""


def _padded(values: Sequence[Any]) -> Sequence[Any]:
    """As many values as a power of two, the last one repeated: few texts, which the driver then has parsed already."""
    if not values or len(values) > _PADDED:
        return values
    return [*values, *([values[-1]] * ((1 << (len(values) - 1).bit_length()) - len(values)))]


def run(conn: Connection, statement: Executable, values: Values | Sequence[Values]) -> Answer:
    """Run `statement` with named values; a list of them runs it for each."""
    if conn.dialect.driver != "pysqlite":
        session: Session | None = conn.info.get(SESSION)
        return session.run(statement, values) if session is not None else conn.execute(statement, values)
    driver: sqlite3.Connection = conn.connection.driver_connection  # type: ignore[assignment]  # the plain one
    if isinstance(values, Mapping):
        compiled = _compiled(statement, tuple(values))
        return compiled.rows(driver.execute(*compiled.asked(values)))
    compiled = _compiled(statement, tuple(values[0]))
    if not compiled.tells:
        return compiled.rows(driver.executemany(*compiled.each(values)))
    told = [row for one in values for row in compiled.rows(driver.execute(*compiled.asked(one)))]
    return Rows(told, len(told))


def write(conn: Connection, statement: Executable, values: Values | Sequence[Values]) -> None:
    """The same where nobody needs the answer: done before anybody looks. A list has different rows, by their key."""
    session: Session | None = conn.info.get(SESSION) if conn.dialect.driver == "asyncpg" else None
    if session is not None:
        session.write(statement, values)
    else:
        run(conn, statement, values)


@cache
def _compiled(statement: Executable, keys: tuple[str, ...]) -> _Compiled:
    return _Compiled(statement, keys)
