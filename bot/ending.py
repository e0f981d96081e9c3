"""How a task that runs beside the rest is brought to its end."""

import asyncio
from typing import Any

AGAIN = 0.02
"""Machine seconds after which a task that goes on is cancelled once more."""


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel them until they have ended; what each of them ended with is left to be asked for.

    Once is not enough: a task in the middle of a commit gets its result, not the word that it is to end, and goes on.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN)
