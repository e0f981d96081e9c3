"""From a client's message to the first response, beside an echo bot, in one run.

Both bots run all the time, each on a stage of its own in this process; only one of them is written to at a time, in turns. What is left
between the two figures is what Frontdoor does and the echo does not: decide, store, lease, post, and keep a card.
"""

import argparse
import asyncio
from dataclasses import dataclass, field

from bots import echo, frontdoor
from figures import milliseconds, percentile, table
from stage import Bot, Told

RATES = {1.0: 10.0, 20.0: 10.0, 100.0: 10.0}
STEPS = (50, 100, 150, 200, 250, 300, 400)
WARM_UP = 60


@dataclass(slots=True)
class Tally:
    """Everything one bot did at one rate, over all turns."""

    told: list[Told] = field(default_factory=list)

    @property
    def first(self) -> list[float]:
        """Seconds from a message to the first answer in its thread."""
        return [told.answered[0] - told.sent for told in self.told if told.answered]

    @property
    def acks(self) -> list[float]:
        """Seconds from an envelope to its acknowledgement."""
        return [told.acked[0] for told in self.told if told.acked]

    @property
    def lost(self) -> int:
        """Messages without an answer."""
        return sum(not told.answered for told in self.told)

    @property
    def doubled(self) -> int:
        """Messages with more than one answer."""
        return sum(len(told.answered) > 1 for told in self.told)

    def row(self, rate: float, who: str) -> list[object]:
        """One line of the table."""
        return [
            f"{rate:g}/s",
            who,
            len(self.told),
            milliseconds(self.first),
            milliseconds(self.acks),
            self.lost,
            self.doubled,
        ]


async def side_by_side(bots: dict[str, Bot], rounds: int) -> None:
    """Turns at each rate, and the difference of the percentiles."""
    rows: list[list[object]] = []
    aims: list[str] = []
    for rate, seconds in RATES.items():
        tallies = {who: Tally() for who in bots}
        for turn in range(rounds):
            for who, bot in bots.items():
                tallies[who].told += await bot.stage.open_loop(rate, seconds, seed=turn)
        rows += [tally.row(rate, who) for who, tally in tallies.items()]
        more = [
            percentile(tallies["frontdoor"].first, at) - percentile(tallies["echo"].first, at)
            for at in (0.5, 0.99)
        ]
        aims.append(
            f"at {rate:g}/s over the echo: p50 {1000 * more[0]:+.1f} ms, p99 {1000 * more[1]:+.1f} ms"
        )
    head = [
        "rate",
        "bot",
        "messages",
        "first response p50 / p99 / max ms",
        "acknowledgement p50 / p99 / max ms",
        "lost",
        "doubled",
    ]
    print(table(head, rows), *aims, sep="\n")


async def saturation(bots: dict[str, Bot]) -> None:
    """The last step at which every message was answered and 99 of 100 within half a second."""
    for who, bot in bots.items():
        kept_up = 0
        for rate in STEPS:
            tally = Tally(await bot.stage.open_loop(rate, 5.0, seed=rate))
            p99 = percentile(tally.first, 0.99)
            print(f"{who} at {rate}/s: p50 / p99 / max {milliseconds(tally.first)} ms, lost {tally.lost}")
            if tally.lost or p99 > 0.5:
                break
            kept_up = rate
        print(f"{who} keeps up with {kept_up} events a second")


async def main() -> None:
    """Start both, warm both up, measure in turns."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    rounds = options.parse_args().rounds
    async with echo() as yardstick, frontdoor() as bot:
        bots = {"echo": yardstick, "frontdoor": bot}
        for one in bots.values():
            await one.stage.open_loop(20.0, WARM_UP / 20, seed=0)
        await side_by_side(bots, rounds)
        await saturation(bots)


if __name__ == "__main__":
    asyncio.run(main())
