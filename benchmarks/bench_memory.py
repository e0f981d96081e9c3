"""Resident memory of the bot: at rest, and with ten thousand open requests, each with its clocks and its card."""

import asyncio
import time

from bots import frontdoor
from stage import Bot

TICKETS = 10_000
WAVE = 100


async def fill(bot: Bot) -> int:
    """Open the requests as fast as the bot acknowledges them; how many were answered."""
    opened = 0
    while opened < TICKETS:
        bot.stage.told = {}
        for _ in range(WAVE):
            bot.stage.tell(time.perf_counter())
        await bot.stage.answered(within=30.0)
        answered = sum(bool(told.answered) for told in bot.stage.told.values())
        assert answered, "no request was answered"
        opened += answered
    return opened


async def main() -> None:
    """Measure, fill, measure again."""
    async with frontdoor() as bot:
        await asyncio.sleep(3.0)
        print(f"at rest: {bot.resident():.0f} MB")
        began = time.perf_counter()
        opened = await fill(bot)
        print(f"{opened} requests opened in {time.perf_counter() - began:.0f} s")
        await asyncio.sleep(5.0)
        print(f"with {opened} open requests: {bot.resident():.0f} MB")


if __name__ == "__main__":
    asyncio.run(main())
