"""A process made to be killed: takes requests in and answers them into a file that stands for the world.

Arguments: database address, file of the world, number of the run, how many requests to take in.
Prints a line for every request that is stored and for every effect that has reached the world.
"""

import asyncio
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.ports import Job, Sent
from policies.effects import Card, Post
from policies.events import Actor
from tests.bot.stage import START, FakeSender, HandClock, build


@dataclass
class WorldSender(FakeSender):
    """Everything it does is a line in a file, with the key of the effect; looking up reads the file."""

    world: Path = field(default_factory=Path)

    async def send(self, job: Job) -> Sent:
        """Do it, say so, and only then answer: in between is where the killer waits."""
        result = self.as_usual(job)
        if isinstance(job.effect, Post) or (
            isinstance(job.effect, Card) and job.effect.slot not in job.posts
        ):
            with self.world.open("a", encoding="utf-8") as file:
                file.write(job.key + "\n")
            _say(f"sent {job.key}")
        await asyncio.sleep(0.002)
        return result

    async def look_up(self, job: Job) -> Sent | None:
        """A complete reading."""
        there = job.key in self.world.read_text(encoding="utf-8").splitlines()
        return self.as_usual(job) if there else None


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main(url: str, world: Path, run: int, requests: int) -> None:
    """Take in, let time pass, wait until nothing is in hand, say so."""
    stage = await build(url, clock=HandClock(START + timedelta(hours=run)))
    stage.machinery.add(WorldSender(frozenset({"post", "remove", "card", "home"}), world=world))
    await stage.machinery.start()
    for number in range(requests):
        person = Actor(user=f"U{run}-{number}", team="T0RETAIL01")
        stage.keys = iter([run * 1000 + number])
        outcome = await stage.writes(actor=person)
        _say(f"stored {outcome.ticket}")
        stage.clock.move(11)
        stage.machinery.wake()
    await stage.settled()
    _say("calm")
    await stage.machinery.stop()
    await stage.database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
