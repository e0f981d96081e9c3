"""Events that failed, as an operator sees them without Slack: listed beside a running bot, and made due again."""

from collections.abc import Sequence

from bot.keeping import look
from bot.letters import Letter, letter
from bot.opening import CannotRun, problems_in_words
from bot.storage import inbox
from bot.storage.engine import AlreadyRunning, Connection, StoreFailed, connect
from bot.storage.inbox import Failed

SHOWN = 200
"""How many are listed at once."""
ALL = "all"
"""Instead of a key: every one of them."""


async def letters(url: str) -> tuple[Sequence[Letter], int]:
    """The longest waiting, and how many there are. Works beside a running bot. Raises CannotRun and Misconfigured."""

    def work(conn: Connection) -> tuple[Sequence[Failed], int]:
        return inbox.letters(conn, SHOWN), inbox.dead(conn)

    found, number = await look(url, work)
    return [letter(failed) for failed in found], number


async def replay(url: str, key: str) -> int:
    """Make one of them due, or ALL; how many. The next look of a running bot takes them, or the next start.

    On SQLite the bot must not run. Raises CannotRun and Misconfigured.
    """
    await letters(url)  # nothing is made where no database is
    with problems_in_words():
        try:
            database = connect(url)
        except AlreadyRunning as error:
            raise CannotRun(
                'The bot runs, and nobody else may write: press "Try again" in Slack, or stop the bot first.'
            ) from error
        try:
            number = await database.write(lambda conn: inbox.try_again(conn, "" if key == ALL else key))
        except StoreFailed as error:
            raise CannotRun(f"Nothing was changed: {error}.") from error
        finally:
            await database.close()
    if not number and key != ALL:
        raise CannotRun(f"No event that failed has the key {key}.")
    return number
