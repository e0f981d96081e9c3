"""How much is on time in a bad network, by the clock on the wall: nothing is sped up, no number of the product is bent.

Only the terms are others (see TERMS), so that five minutes see as much as an afternoon.
"""

import contextlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.delivery import Patience
from policies.effects import LANES
from tests.journeys.driver import BLOCK, CHANNELS, HOME, Json, buttons, call
from tests.reliability.judge import TOKEN, judge, not_done
from tests.reliability.kept import Seen, Span, kept, told
from tests.reliability.load import IN_VAIN, SPOILED
from tests.reliability.rig import Rig, wait_for
from tests.reliability.steps import Result

SECONDS = 300.0
EVERY = 1.5
"""Seconds between two looks of support at its forms; at every other one a client writes. One press in five opens a form."""
LIFE = 60.0
"""Seconds between two kills."""
CALM = 30.0
"""Seconds of good weather in which the last message falls due."""
REST = 120.0
"""Seconds in which what is still in hand may come to an end, in good weather and with time standing still."""
TERMS = {
    'acknowledge = "5 min"': 'acknowledge = "40 s"',
    'grouping = "10 min"': 'grouping = "1 s"',
    'ring = "25 s"': 'ring = "5 s"',
}
"""A telephone that nobody picks up is free again soon: three of them ring often enough to be counted."""
OUTSIDE, INSIDE = Patience().settle.total_seconds(), Patience().inside.total_seconds()
PROMISES = {
    "first responses": (110.0, OUTSIDE),
    "escalations": (60.0, INSIDE),
    "urgent words to our own people": (60.0, INSIDE),
    "calls": (60.0, INSIDE),
}
"""Within how many seconds of its moment each is to be there, and how long it settles."""
SENT = """SELECT id, ticket, stream, slot, key, token, number, lane, created_at FROM outbox
WHERE kind IN ('post', 'call', 'card') ORDER BY id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An effect as the outbox has it; `at` is the machine second of its moment."""

    id: int
    ticket: int | None
    stream: str
    slot: str
    what: str
    number: str
    lane: int
    at: float

    @property
    def promise(self) -> str:
        """Which of the promises it is; empty for what nobody is promised."""
        if self.number:
            return "calls"
        if self.slot.endswith(":first_response"):
            return "first responses"
        if self.lane != LANES.index("escalation") or self.slot.startswith("card:"):
            return ""
        return "escalations" if self.slot.endswith(":escalated") else "urgent words to our own people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """What was seen of it: machine seconds of its end, when the bot was dead, and how far the sandbox's clock is ahead."""

    over: float
    dead: tuple[Span, ...]
    ahead: float
    seen: tuple[Seen, ...]


def on_time(rig: Rig, seed: int) -> Result:
    """Five minutes of requests and escalations with most of the network spoiled and a kill every minute."""
    before = rig.kills
    rig.fresh()
    rig.bot.environment["FRONTDOOR_CONFIG"] = str(_config(rig.stage.data))
    rig.stage.control("clock/rate", rate=1, settle=False)
    ahead = rig.stage.now().timestamp() - time.monotonic()
    with rig.weather(seed=seed, share=SPOILED) as sky:
        rig.bot.hurried = True  # in this weather the connection to Slack alone may take a minute
        rig.bot.start()
        deaths = tuple(_lived_through(rig, random.Random(seed)))  # noqa: S311 - repeatable on purpose
        over = time.monotonic()
        call(sky, {})
        time.sleep(CALM)
        rig.stage.control("clock/rate", rate=0, settle=False)  # the ladder would ring for ever
        with contextlib.suppress(AssertionError):  # what is still in hand then, the verdict says
            wait_for(lambda: not rig.unfinished(), seconds=REST)
        seen = tuple(sorted((_seen(*one) for one in call(sky)["seen"]), key=lambda one: one.begun))
    storm = Storm(over=over, dead=_dead(deaths, seen), ahead=ahead, seen=seen)
    return Result(
        name=f"share:{rig.store.name}:{seed}",
        kills=rig.kills - before,
        verdict=judge(rig.stage, rig.store),
        spoiled=True,
        notes=(*_shares(rig, storm), *not_done(rig.store)),
    )


def _lived_through(rig: Rig, dice: random.Random) -> Iterator[float]:
    """People write, and the bot is killed; the moments of its deaths."""
    begun = killed = time.monotonic()
    while (now := time.monotonic()) < begun + SECONDS:
        _act(rig, dice)
        if now > killed + LIFE:
            yield time.monotonic()
            rig.restart()
            killed = now
        time.sleep(max(now + EVERY - time.monotonic(), 0.0))


def _act(rig: Rig, dice: random.Random) -> None:
    """A client writes now and then; support sends the forms that have opened since, and presses for others."""
    stage = rig.stage
    if dice.random() < 0.5:
        name, place = dice.choice([("casey", "retail"), ("chris", "retail"), ("cleo", "clinic")])
        with contextlib.suppress(*IN_VAIN):
            getattr(stage, name).writes(f"Printing fails, {dice.random()}", place, settle=False)
    if not rig.bot.ready():
        return  # nobody hears a button while Slack has no connection
    for person in (stage.sam, stage.sky, stage.sol):
        with contextlib.suppress(*IN_VAIN):
            stage.control("submit-view", user=person.id, values=BLOCK, settle=False)
        cards = [one for one in stage.messages("support") if "escalate" in buttons(one)]
        if cards:
            with contextlib.suppress(*IN_VAIN):
                card = dice.choice(cards) | {"channel": CHANNELS["support"]}
                person.presses("escalate", card, settle=False)


def _seen(begun: float, ended: float, mode: str, what: str) -> Seen:
    return Seen(begun=begun, ended=ended, mode=mode, what=what)


def _dead(deaths: tuple[float, ...], seen: tuple[Seen, ...]) -> tuple[Span, ...]:
    """From each death until something is asked of the network again."""
    return tuple(
        Span(death, next((one.begun for one in seen if one.begun > death), death)) for death in deaths
    )


def _shares(rig: Rig, storm: Storm) -> tuple[str, ...]:
    """Of each promise: how many were kept in time, and what kept the others."""
    entries: list[Json] = rig.stage.ask("log")["entries"]
    landed = _landed(entries, storm.ahead)
    free = _free(rig.stage.calls(), storm.ahead)
    rows = [
        Wanted(
            id=number,
            ticket=ticket,
            stream=stream,
            slot=slot,
            what=token or key,
            number=telephone,
            lane=lane,
            at=created / 1e6 - storm.ahead,
        )
        for number, ticket, stream, slot, key, token, telephone, lane, created in rig.store.rows(SENT)
    ]
    late: dict[str, list[tuple[float, str]]] = {promise: [] for promise in PROMISES}
    for one in rows:
        if not one.promise or one.what not in landed or one.at > storm.over:
            continue
        since = max([one.at, *(end for end in free.get(one.number, ()) if end < landed[one.what])])
        way = Span(since, max(landed[one.what], since))
        tries = [seen for seen in storm.seen if seen.what in _before(one, rows) and seen.ended > since]
        late[one.promise].append(
            (way.ended - way.begun, told(kept(way, tries, storm.dead, PROMISES[one.promise][1])))
        )
    return tuple(_told(name, some, PROMISES[name][0]) for name, some in late.items())


def _before(one: Wanted, rows: list[Wanted]) -> set[str]:
    """What it cannot overtake, and itself: the same stream, and the card above its thread."""
    card = f"{one.stream.partition('_thread')[0]}"
    return {
        other.what
        for other in rows
        if other.id <= one.id
        and (other.stream == one.stream or (other.ticket == one.ticket and other.slot == f"card:{card}"))
    }


def _landed(entries: list[Json], ahead: float) -> dict[str, float]:
    """The machine second at which each message and each call was first there."""
    found: dict[str, float] = {}
    for one in entries:
        if not one.get("ok"):
            continue
        if one["kind"] == "chat.postMessage":
            what = one["request"].get("metadata", {}).get("event_payload", {}).get("key")
        elif one["kind"] == "calls.create":
            what = TOKEN.findall(one["request"].get("Url", ""))[0]
        else:
            continue
        found.setdefault(what, _second(one["at"]) - ahead)
    return found


def _free(calls: list[Json], ahead: float) -> dict[str, list[float]]:
    """When each telephone had rung to its end: what waits for it waits from then on. Who rings there speaks for it, too."""
    found: dict[str, list[float]] = {}
    for one in calls:
        if one["ended_at"]:
            found.setdefault(one["to"], []).append(_second(one["ended_at"]) - ahead)
    return found


def _told(name: str, lateness: list[tuple[float, str]], bound: float) -> str:
    late = sorted((one for one in lateness if one[0] > bound), reverse=True)
    by_length = sorted(lateness) or [(0.0, "")]
    reasons = "; ".join(f"{seconds:.0f} s ({why})" for seconds, why in late or by_length[-1:])
    within = len(lateness) - len(late)
    median = by_length[len(by_length) // 2][0]
    return (
        f"{name} within {bound:.0f} s of their moment: {within} of {len(lateness)}, "
        f"median {median:.1f} s, worst {reasons}"
    )


def _config(folder: Path) -> Path:
    text = (HOME / "frontdoor.example.toml").read_text(encoding="utf-8")
    for usual, quick in TERMS.items():
        assert usual in text
        text = text.replace(usual, quick)
    path = folder / "frontdoor.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _second(at: str) -> float:
    return datetime.fromisoformat(at).astimezone(UTC).timestamp()
