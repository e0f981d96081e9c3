"""Opening the database: brought up to date first, and whatever is wrong said in words."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from bot.settings import Misconfigured, Refused, Settings
from bot.storage import migrate
from bot.storage.engine import AlreadyRunning, Database, StoreFailed, connect, sqlite_path

if TYPE_CHECKING:
    from bot.board import Board
    from bot.roster import Office


class CannotRun(Refused):
    """It cannot be done now; the text says why and what mends it."""


class Overtaken(CannotRun):
    """A newer program has taken the data over while this one ran: its supervisor has to start the new one."""

    code = 4


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """The database for a running bot: SQLite is brought up to date first, PostgreSQL by hand. Raises as the others."""
    with problems_in_words():
        if sqlite_path(url) is not None:
            await asyncio.to_thread(migrate.upgrade, url)
        elif not await asyncio.to_thread(migrate.is_usable, url):
            raise CannotRun(
                "The database is not up to date. Run `frontdoor migrate` once, then start the bot again."
            )
        database = connect(url)
    try:
        yield database
    finally:
        await database.close()


def prepare(url: str, say: Callable[[str], None]) -> bool:
    """Bring the database up to date; whether anything was changed. Blocking. Raises Misconfigured and CannotRun.

    `say` hears what is waited for meanwhile.
    """
    with problems_in_words():
        return migrate.upgrade(url, say)


@contextmanager
def problems_in_words() -> Iterator[None]:
    """Whatever is wrong with the database as Misconfigured or CannotRun."""
    try:
        yield
    except (AlreadyRunning, migrate.TooNew) as error:
        raise CannotRun(f"{error}.") from error
    except ValueError as error:
        raise Misconfigured((f"{error}.",)) from error
    except (StoreFailed, OSError) as error:
        raise CannotRun(f"The database cannot be opened: {error}. See DATABASE_URL.") from error


@asynccontextmanager
async def reading(settings: Settings, office: "Office") -> "AsyncIterator[Board]":
    """A board beside a running bot, or without one. Raises Misconfigured and CannotRun."""
    from bot.board import Board
    from bot.clock import SystemClock
    from bot.in_force import InForce

    with problems_in_words():
        database = connect(settings.database_url, alone=False)
    try:
        yield Board(database, InForce(office), SystemClock())
    except StoreFailed as error:
        raise CannotRun(
            f"The database cannot be read: {error}. Run `frontdoor migrate`, or see DATABASE_URL."
        ) from error
    finally:
        await database.close()
