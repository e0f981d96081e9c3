"""PostgreSQL through asyncpg: the same statements; row locks do what the one writer does on SQLite."""

from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.work import StoreFailed, Work, is_store_failure

T = TypeVar("T")
TRIES = 4
_AGAIN = frozenset({"40001", "40P01", "23505"})
"""Serialisation failure, deadlock, and a unique key that another replica took between our look and our write:
the second try sees what the other one did."""


class PostgresqlDatabase:
    """A PostgreSQL database, shared by any number of replicas."""

    dialect = "postgresql"

    def __init__(self, address: str) -> None:
        self._engine = create_async_engine(
            address, pool_size=8, max_overflow=8, pool_pre_ping=True, hide_parameters=True
        )

    async def write(self, work: Work[T]) -> T:
        """See Database.write."""
        for _ in range(TRIES - 1):
            try:
                return await self._write_once(work)
            except DBAPIError as error:
                if _state_of(error) not in _AGAIN:
                    raise
        return await self._write_once(work)

    async def _write_once(self, work: Work[T]) -> T:
        try:
            async with self._engine.begin() as conn:
                return await conn.run_sync(work)
        except Exception as error:
            if is_store_failure(error) and _state_of(error) not in _AGAIN:
                raise StoreFailed(str(error.__cause__ or error)) from error
            raise

    async def read(self, work: Work[T]) -> T:
        """See Database.read."""
        try:
            async with self._engine.connect() as conn:
                await conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                return await conn.run_sync(work)
        except Exception as error:
            if is_store_failure(error):
                raise StoreFailed(str(error.__cause__ or error)) from error
            raise

    async def close(self) -> None:
        """See Database.close."""
        await self._engine.dispose()


def _state_of(error: BaseException) -> str:
    """The SQLSTATE of a database's error, empty for any other."""
    return str(getattr(getattr(error, "orig", None), "sqlstate", ""))
