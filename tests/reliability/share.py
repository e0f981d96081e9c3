"""How much is on time in a bad network, by the clock on the wall: nothing is sped up, no number of the product is bent.

Only the terms are others (see TERMS), so that four minutes see as much as an afternoon.
"""

import contextlib
import random
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.journeys.driver import BLOCK, CHANNELS, HOME, Json, buttons, call
from tests.reliability.judge import judge, not_done
from tests.reliability.load import IN_VAIN, SPOILED
from tests.reliability.rig import Rig, wait_for
from tests.reliability.steps import Result

SECONDS = 240.0
EVERY = 8.0
LIFE = 50.0
"""Seconds between two messages, and between two kills."""
CALM = 30.0
"""Seconds of good weather in which the last message falls due."""
REST = 120.0
"""Seconds in which what is still in hand may come to an end, in good weather and with time standing still."""
TERMS = {'acknowledge = "5 min"': 'acknowledge = "40 s"', 'grouping = "10 min"': 'grouping = "1 s"'}
SENT = "SELECT slot, key, token, created_at, attempt, put_off, reason FROM outbox WHERE state = 'sent'"


def on_time(rig: Rig, seed: int) -> Result:
    """Four minutes of requests and escalations with most of the network spoiled and a kill every minute."""
    dice, before = random.Random(seed), rig.kills  # noqa: S311 - repeatable on purpose
    rig.fresh()
    rig.bot.environment["FRONTDOOR_CONFIG"] = str(_config(rig.stage.data))
    rig.stage.control("clock/rate", rate=1, settle=False)
    with rig.weather(seed=seed, share=SPOILED) as sky:
        rig.bot.start()
        begun = killed = time.monotonic()
        while (now := time.monotonic()) < begun + SECONDS:
            with contextlib.suppress(*IN_VAIN):
                _act(rig, dice)
            if now > killed + LIFE:
                rig.restart()
                killed = now
            time.sleep(EVERY)
        call(sky, {})
        time.sleep(CALM)
        rig.stage.control("clock/rate", rate=0, settle=False)  # the ladder would ring for ever
        with contextlib.suppress(AssertionError):  # what is still in hand then, the verdict says
            wait_for(lambda: not rig.unfinished(), seconds=REST)
        return Result(
            name=f"share:{rig.store.name}:{seed}",
            kills=rig.kills - before,
            verdict=judge(rig.stage, rig.store),
            spoiled=True,
            notes=(*_shares(rig), *not_done(rig.store)),
        )


def _act(rig: Rig, dice: random.Random) -> None:
    stage = rig.stage
    name, place = dice.choice([("casey", "retail"), ("chris", "retail"), ("cleo", "clinic")])
    getattr(stage, name).writes(f"Printing fails, {dice.random()}", place, settle=False)
    cards = [one for one in stage.messages("support") if "escalate" in buttons(one)]
    if cards and dice.random() < 0.5:
        card = cards[0] | {"channel": CHANNELS["support"]}
        stage.sam.presses("escalate", card, settle=False)
        stage.control("submit-view", user=stage.sam.id, values=BLOCK, settle=False)


def _shares(rig: Rig) -> tuple[str, ...]:
    """Of each promise: how many were kept in time, and what kept the others."""
    entries: list[Json] = rig.stage.ask("log")["entries"]
    by_key = {
        one["request"].get("metadata", {}).get("event_payload", {}).get("key"): _micros(one["at"])
        for one in reversed(entries)
        if one["kind"] == "chat.postMessage" and one["ok"]
    }
    by_token = {
        one["request"].get("Url", "").rpartition("/")[2]: _micros(one["at"])
        for one in reversed(entries)
        if one["kind"] == "calls.create" and one["ok"]
    }
    lateness: dict[str, list[tuple[float, str]]] = {"first responses": [], "escalations": [], "calls": []}
    for slot, key, token, created, attempt, put_off, reason in rig.store.rows(SENT):
        why = f"{attempt} attempts, put off {put_off} times{', ' * bool(reason)}{reason}"
        if slot.endswith(":first_response") and key in by_key:
            lateness["first responses"].append(((by_key[key] - created) / 1e6, why))
        elif slot.endswith(":escalated") and key in by_key:
            lateness["escalations"].append(((by_key[key] - created) / 1e6, why))
        elif token in by_token and not slot:
            lateness["calls"].append(((by_token[token] - created) / 1e6, why))
    bounds = {"first responses": 110.0, "escalations": 60.0, "calls": 60.0}
    return tuple(_told(name, some, bounds[name]) for name, some in lateness.items())


def _told(name: str, lateness: list[tuple[float, str]], bound: float) -> str:
    late = sorted((one for one in lateness if one[0] > bound), reverse=True)
    median = sorted(lateness)[len(lateness) // 2][0] if lateness else 0.0
    reasons = "; ".join(f"{seconds:.0f} s ({why})" for seconds, why in late)
    within = len(lateness) - len(late)
    return f"{name} within {bound:.0f} s of their moment: {within} of {len(lateness)}, median {median:.1f} s. {reasons}"


def _config(folder: Path) -> Path:
    text = (HOME / "frontdoor.example.toml").read_text(encoding="utf-8")
    for usual, quick in TERMS.items():
        assert usual in text
        text = text.replace(usual, quick)
    path = folder / "frontdoor.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _micros(at: str) -> float:
    return datetime.fromisoformat(at).astimezone(UTC).timestamp() * 1e6
