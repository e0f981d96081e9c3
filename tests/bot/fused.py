"""A database in which a transaction can be made to die at any place."""

import sqlite3
from typing import Any

from bot.storage.engine import Connection, Database, T, Work

OPCODES = 40
"""How often a fuse is asked: the finer, the more places there are to crash at."""


class Fused:
    """The database of two replicas, in which a transaction can be made to die at any place."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.dialect = database.dialect
        self.fuse: int | None = None

    async def write(self, work: Work[T]) -> T:
        """A transaction that dies when the fuse has burnt down."""
        if self.fuse is None:
            return await self._database.write(work)
        left, self.fuse = self.fuse, None

        def burning(conn: Connection) -> T:
            driver: Any = conn.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            ticks = iter(range(left))
            driver.set_progress_handler(lambda: int(next(ticks, None) is None), OPCODES)
            try:
                return work(conn)
            finally:
                driver.set_progress_handler(None, 0)

        return await self._database.write(burning)

    async def read(self, work: Work[T]) -> T:
        """Looking is safe."""
        return await self._database.read(work)

    async def close(self) -> None:
        """Nothing of its own to close."""
