"""What only PostgreSQL knows: the database itself killed, and a replica that stands still past its lease beside another."""

import random
import signal
import threading
import time
from collections import Counter
from dataclasses import replace

from sandbox.environment import LOOPBACK, free_port
from tests.reliability.judge import judge
from tests.reliability.rig import ForkedBot, Rig, wait_for
from tests.reliability.scenes import Scene
from tests.reliability.steps import Result, go_on, raise_curtain
from tests.reliability.stores import PostgresqlStore

LEASE_AND_SETTLING = 90.0
"""Seconds of the bot's time in which another replica has ended what a stopped one had in hand."""


def database_killed(rig: Rig, scene: Scene, seed: int, usual: Counter[str]) -> Result:
    """At a random moment of a scene the database is gone, and comes back; the bot goes on by itself."""
    assert isinstance(rig.store, PostgresqlStore)
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
    raise_curtain(rig, scene)
    pause = dice.uniform(0.0, 0.1)
    acting = threading.Thread(target=scene.moment, args=(rig.stage,))
    acting.start()
    time.sleep(pause)
    rig.store.crash()
    acting.join()
    go_on(rig)
    happened = Counter(rig.stage.happened())
    return Result(
        name=f"database-{scene.name}:{rig.store.name}:{seed}",
        kills=1,
        verdict=judge(rig.stage, rig.store),
        missing=tuple((usual - happened).elements()),
        extra=tuple((happened - usual).elements()),
    )


def stopped(rig: Rig, scene: Scene, step: int, usual: Counter[str]) -> Result | None:
    """One of two replicas stands still at that step until the other has taken its work over, and then goes on."""
    raise_curtain(rig, scene, dies_at=step, stops=True)
    other = _second(rig.bot)
    other.start()
    try:
        assert rig.bot.child is not None
        rig.bot.child.signal(signal.SIGUSR1)
        acting = threading.Thread(target=scene.moment, args=(rig.stage,))
        acting.start()
        wait_for(lambda: not acting.is_alive() or rig.bot.stands_still())
        still = rig.bot.stands_still()
        if still:
            _taken_over(rig)
            rig.bot.child.signal(signal.SIGCONT)
        acting.join()
        if not still:
            return None
        go_on(rig)
    finally:
        other.kill()
    happened = Counter(rig.stage.happened())
    return Result(
        name=f"stopped-{scene.name}:{rig.store.name}:{step}",
        kills=1,
        verdict=judge(rig.stage, rig.store),
        missing=tuple((usual - happened).elements()),
        extra=tuple((happened - usual).elements()),
    )


def _second(bot: ForkedBot) -> ForkedBot:
    environment = bot.environment | {"FRONTDOOR_LISTEN": f"{LOOPBACK}:{free_port()}"}
    return replace(bot, environment=environment, child=None, dies_at=0, stops=False)


def _taken_over(rig: Rig) -> None:
    """Past the lease, and until the other one has nothing in hand; bounded, for it may wait for the one that stands."""
    begun = time.monotonic()
    longest = LEASE_AND_SETTLING / rig.bot.speed
    while time.monotonic() < begun + longest:
        if time.monotonic() > begun + longest / 2 and not rig.unfinished():
            return
        time.sleep(0.05)
