"""People at work by the throw of dice, while the bot is killed at random moments, and killed again while it starts."""

import contextlib
import random
import signal
import time
from collections.abc import Callable

from tests.journeys.driver import BLOCK, CHANNELS, PHONES, ControlRefused, Json, Stage, buttons, call
from tests.reliability.judge import judge, not_done
from tests.reliability.rig import Rig
from tests.reliability.steps import Result

ROUNDS = 12
ROUNDS_IN_BAD_WEATHER = 5
HALF, LATE = 0.5, 50.0
"""When requests land late: how many of them, and by how many seconds of the bot's time (it settles for 20)."""
SPOILED = 0.65
"""The share of requests that go wrong in bad weather."""
IN_VAIN = (ControlRefused, AssertionError, LookupError)
"""Nobody was there to hear, or the button has gone: people try, and go on."""


class Crowd:
    """Clients, support and development; each does what somebody could do at that moment."""

    def __init__(self, stage: Stage, dice: random.Random) -> None:
        self._stage, self._dice, self._texts = stage, dice, 0

    def act(self) -> None:
        """One of them does something."""
        acts: dict[Callable[[], None], int] = {
            self.writes: 5,
            self.follows_up: 2,
            self.claims: 4,
            self.escalates: 4,
            self.answers_the_client: 2,
            self.acknowledges: 1,
            self.picks_up: 2,
            self.waits: 5,
        }
        act = self._dice.choices(list(acts), list(acts.values()))[0]
        with contextlib.suppress(*IN_VAIN):
            act()

    def writes(self) -> None:
        name, place = self._dice.choice([("casey", "retail"), ("chris", "retail"), ("cleo", "clinic")])
        getattr(self._stage, name).writes(self._words(), place)

    def follows_up(self) -> None:
        roots = [one["ts"] for one in self._stage.messages("retail") if not one.get("thread_ts")]
        self._stage.casey.replies(self._words(), self._dice.choice(roots))

    def claims(self) -> None:
        card = self._card("support", "claim")
        names = self._dice.sample(["sam", "sky"], self._dice.randint(1, 2))
        for name in names:
            getattr(self._stage, name).presses("claim", card)

    def escalates(self) -> None:
        self._stage.sam.presses("escalate", self._card("support", "escalate"))
        self._stage.sam.fills(**BLOCK)

    def answers_the_client(self) -> None:
        self._stage.sam.presses("reply", self._card("support", "reply"))
        self._stage.sam.fills(text=self._words())

    def acknowledges(self) -> None:
        self._stage.lee.presses("acknowledge", self._card("escalations", "acknowledge"))

    def picks_up(self) -> None:
        numbers = {number: name for name, number in PHONES.items()}
        ringing = [one for one in self._stage.calls() if one["status"] == "ringing"]
        person = getattr(self._stage, numbers[self._dice.choice(ringing)["to"]])
        person.answers()
        person.keys(self._dice.choice("44455*"))

    def waits(self) -> None:
        self._stage.passes(seconds=self._dice.choice([5, 10, 30, 60, 150]))

    def _card(self, place: str, verb: str) -> Json:
        cards = [one for one in self._stage.messages(place) if verb in buttons(one)]
        return self._dice.choice(cards) | {"channel": CHANNELS[place]}

    def _words(self) -> str:
        self._texts += 1
        return f"Number {self._texts}: printing fails since this morning"


def in_bad_weather(rig: Rig, seed: int) -> Result:
    """The same while most requests to Slack and Twilio go wrong; at the end the weather clears."""
    with rig.weather(seed=seed, share=SPOILED) as sky:
        return under_load(
            rig,
            seed,
            kind="weather",
            clears=lambda: call(sky, {"speed": rig.bot.speed}),
            rounds=ROUNDS_IN_BAD_WEATHER,
        )


def under_load(
    rig: Rig,
    seed: int,
    *,
    kind: str = "load",
    rounds: int = ROUNDS,
    clears: Callable[[], object] = lambda: None,
) -> Result:
    """Rounds of acts and kills, then half an hour's rest; a seed repeats what people do and how near death is."""
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
    crowd, before = Crowd(rig.stage, dice), rig.kills
    rig.fresh()
    rig.bot.dies_at = dice.randint(1, 150)
    rig.begin()
    for _ in range(rounds):
        armed = dice.random() < 0.7
        if armed and rig.bot.child is not None:
            rig.bot.child.signal(signal.SIGUSR1)
        for _ in range(dice.randint(1, 3)):
            crowd.act()
        if armed and not rig.bot.alive():
            if dice.random() < 0.3:
                crowd.act()
            _rise(rig, dice)
    rig.restart()
    clears()
    rig.settle()
    rig.stage.passes(minutes=30)
    rig.settle()
    return Result(
        name=f"{kind}:{rig.store.name}:{seed}",
        kills=rig.kills - before,
        verdict=judge(rig.stage, rig.store),
        spoiled=kind == "weather",
        notes=not_done(rig.store),
    )


def _rise(rig: Rig, dice: random.Random) -> None:
    """Started again, and now and then killed while it starts, several times in a row."""
    while dice.random() < 0.3:
        rig.restart(dies_at=dice.randint(1, 400), from_birth=True)
        rig.bot.kill()
    rig.restart(dies_at=dice.randint(1, 150))


def landing_late(rig: Rig, seed: int) -> Result:
    """The stated assumption broken on purpose: what nobody heard of lands half a minute after it had settled."""
    before = rig.kills
    rig.fresh()
    with rig.weather(seed=seed, share=HALF, late=LATE) as sky:
        rig.begin()
        rig.stage.casey.writes("Printing fails since this morning")
        rig.stage.passes(seconds=10)
        rig.restart()
        rig.settle()
        call(sky, {"speed": rig.bot.speed})
        time.sleep(LATE / rig.bot.speed)
        rig.stage.passes(minutes=3)
        rig.settle()
        verdict = judge(rig.stage, rig.store)
    return Result(
        name=f"late:{rig.store.name}:{seed}", kills=rig.kills - before, verdict=verdict, expected=True
    )
