"""The contract of the journeys: people of the sandbox, its telephones, its clock and its log, over the control API.

Nothing of the product is imported here; the bot runs as a child, as it would anywhere.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tests.journeys.leaks import asked, leaks
from tests.journeys.nursery import HOME, Born, nursery
from tests.journeys.telling import BLOCK, CAST, CHANNELS, KARACHI, PHONES, Json, buttons, told

PATIENCE = 30.0

__all__ = [
    "BLOCK",
    "CAST",
    "CHANNELS",
    "HOME",
    "PHONES",
    "Bot",
    "Json",
    "Player",
    "Stage",
    "buttons",
    "call",
    "open_stage",
]


class ControlRefused(AssertionError):
    """The sandbox says that a person could not have done this."""


def call(url: str, body: Json | None = None) -> Json:
    """One request to the control API: GET without a body, POST with one."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"content-type": "application/json"})  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310 - loopback
            told: Json = json.load(answer)
            return told
    except urllib.error.HTTPError as error:
        raise ControlRefused(error.read().decode()) from error


@dataclass
class Bot:
    """`frontdoor run` as a child process: its lives are born in the nursery and in a Python of its own by turns."""

    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | Born | None = None
    own_python: bool = False

    def start(self, **more: str) -> None:
        """Start it and wait until it says that it is ready."""
        environment = os.environ | self.environment | more | {"PYTHONDONTWRITEBYTECODE": ""}
        if self.own_python:
            with self.log.open("ab") as log:
                command = [sys.executable, "-m", "bot", "run"]
                self.process = subprocess.Popen(command, env=environment, cwd=HOME, stdout=log, stderr=log)
        else:
            self.process = nursery("bot").start("run", environment=environment, log=self.log)
        self.own_python = not self.own_python
        until = time.monotonic() + PATIENCE
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"the bot did not become ready:\n{self.said()}")
            time.sleep(0.05)

    def ready(self) -> bool:
        """Whether /readyz is content."""
        try:
            with urllib.request.urlopen(f"http://{self.environment['FRONTDOOR_LISTEN']}/readyz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def kill(self) -> None:
        """The power goes."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Asked to stop, it does, cleanly."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(40)

    def said(self) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text().splitlines()[-30:]) if self.log.exists() else ""

    def complaints(self) -> list[str]:
        """Lines of its log that an operator would have to look at."""
        lines = self.log.read_text().splitlines()
        return [
            line for line in lines if '"level": "error"' in line or "[error" in line or "Traceback" in line
        ]


@dataclass
class Stage:
    """A sandbox with its clock standing still, and the bot in it."""

    url: str
    bot: Bot
    data: Path
    process: subprocess.Popen[bytes] | Born
    heard: int = 0
    people: dict[str, "Player"] = field(default_factory=dict)

    def __getattr__(self, name: str) -> "Player":
        """One of the cast, by first name."""
        if name in CAST:
            return self.people.setdefault(name, Player(self, name))
        raise AttributeError(name)

    def control(self, path: str, **body: object) -> Json:
        """Do what a person could do, and wait until all that follows has happened."""
        return call(f"{self.url}/_control/{path}", {"settle": True} | body)

    def ask(self, path: str) -> Json:
        """Look."""
        return call(f"{self.url}/_control/{path}")

    def passes(self, **length: float) -> None:
        """Time passes; everything due happens at its own moment."""
        self.control("clock/advance", seconds=timedelta(**length).total_seconds())

    def until(self, clock: str) -> None:
        """Time passes until a moment of today or tomorrow in Karachi."""
        hour, minute = (int(part) for part in clock.split(":"))
        now = self.now().astimezone(KARACHI)
        then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        self.control("clock/advance", to=(then if then > now else then + timedelta(days=1)).isoformat())

    def now(self) -> datetime:
        """The sandbox's time."""
        return datetime.fromisoformat(self.ask("state")["now"])

    def log(self) -> list[Json]:
        """Everything that went over the wire since the last look."""
        entries: list[Json] = self.ask(f"log?since={self.heard}")["entries"]
        self.heard += len(entries)
        return entries

    def happened(self) -> list[str]:
        """What clients, people and telephones saw of the bot since the last look, one line each.

        In order of time; at one instant by place, and in each place in the order in which it appeared: places do not wait
        for each other. Cards and App Homes that are only kept true are left out: see `card`.
        """
        lines = [line for entry in self.log() if (line := told(entry))]
        return sorted(lines, key=lambda line: line.split(": ")[0])

    def nothing_more(self, hours: float = 24) -> None:
        """A day goes by, and nobody hears of the bot."""
        self.happened()
        self.passes(hours=hours)
        assert self.happened() == []

    def messages(self, place: str) -> list[Json]:
        """What stands in a channel, or in the bot's direct messages with somebody."""
        target = CHANNELS.get(place) or CAST[place]
        found: list[Json] = self.ask(f"messages/{target}")["messages"]
        return found

    def said(self, place: str) -> list[str]:
        """The bot's words in a channel, oldest first."""
        return [one["text"] for one in self.messages(place) if one.get("bot_id") == "B0FRONTBOT"]

    def card(self, place: str, ref: str = "SUP-1") -> Json:
        """The card of a request in an internal channel."""
        cards = [
            one
            for one in self.messages(place)
            if one.get("bot_id") and ref in json.dumps(one) and buttons(one)
        ]
        tops = [one for one in cards if not one.get("thread_ts") or one["thread_ts"] == one["ts"]]
        assert tops, f"no card of {ref} in {place}"
        return tops[-1]

    def calls(self) -> list[Json]:
        """Every call there was."""
        found: list[Json] = self.ask("calls")["calls"]
        return found

    def sheet(self) -> list[dict[str, str]]:
        """The Support Issues Sheet, from its CSV."""
        import csv

        files = list((self.data / "records").glob("*.csv"))
        assert len(files) == 1, files
        with files[0].open(newline="", encoding="utf-8-sig") as file:
            return list(csv.DictReader(file))

    def raise_curtain(self, *, http: bool = False) -> None:
        """Start the bot, by socket or by HTTP, and wait until all is quiet."""
        if http:
            self.bot.environment["SLACK_APP_TOKEN"] = ""
        self.bot.start()
        if http:
            self.control("connect", request_url=f"{self.bot.environment['PUBLIC_URL']}/slack/events")
        self.control("clock/settle")

    def timeline(self, ref: str) -> list[Json]:
        """What the bot has on record of a request, through its own command."""
        told = subprocess.run(
            [sys.executable, "-m", "bot", "export", ref],
            env=os.environ | self.bot.environment,
            cwd=HOME,
            capture_output=True,
            check=True,
        )
        facts: list[Json] = json.loads(told.stdout)["timeline"]
        return facts

    def close(self) -> None:
        """Everything ends; and nothing that the bot said while it lived was anybody's secret, number or words."""
        telling = asked(self.bot.environment["FRONTDOOR_LISTEN"])
        words = self._words() if self.process.poll() is None else []
        self.bot.stop()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
        log = self.bot.log.read_text() if self.bot.log.exists() else ""
        assert leaks([log, *telling], self.bot.environment, words) == []

    def _words(self) -> list[str]:
        """What people wrote, wherever they did."""
        messages = [one for place in CHANNELS for one in self.messages(place)]
        return [one["text"] for one in messages if not one.get("bot_id")]


@dataclass
class Player:
    """One of the cast, doing what a person does."""

    stage: Stage
    name: str

    @property
    def id(self) -> str:
        """The Slack id."""
        return CAST[self.name]

    def writes(self, text: str, place: str = "retail", **more: object) -> str:
        """Write in a channel; returns the message's ts."""
        channel = CHANNELS.get(place, place)
        ts: str = self.stage.control("message", user=self.id, channel=channel, text=text, **more)["message"][
            "ts"
        ]
        return ts

    def replies(self, text: str, thread: str, place: str = "retail", **more: object) -> str:
        """Write in a thread."""
        return self.writes(text, place, thread_ts=thread, **more)

    def runs(self, text: str, place: str = "support") -> str:
        """Type /frontdoor ...; returns what is answered."""
        answer = self.stage.control(
            "command", user=self.id, channel=CHANNELS[place], command="/frontdoor", text=text
        )
        return json.dumps(answer["ack"] or {}, ensure_ascii=False)

    def presses(self, action: str, message: Json, **more: object) -> Json:
        """Press a button of a message."""
        return self.stage.control(
            "interact", user=self.id, channel=message["channel"], ts=message["ts"], action_id=action, **more
        )

    def on_card(self, action: str, ref: str = "SUP-1", place: str = "") -> Json:
        """Press a button of a request's card: the support card, or the escalation card if it is there."""
        for where in [place] if place else ["escalations", "support"]:
            cards = [one for one in self.stage.messages(where) if ref in json.dumps(one)]
            for one in reversed(cards):
                if action in buttons(one):
                    return self.presses(action, one | {"channel": CHANNELS[where]})
        raise AssertionError(f"no button {action} for {ref}")

    def fills(self, **values: object) -> Json:
        """Fill the form on top and submit it; with a preview, submit the preview too."""
        answer = self.stage.control("submit-view", user=self.id, values=values)
        if answer.get("response_action") == "update":
            answer = self.stage.control("submit-view", user=self.id, values={})
        return answer

    def tries(self, **values: object) -> Json:
        """Fill the form on top and submit it once."""
        return self.stage.control("submit-view", user=self.id, values=values)

    def view(self) -> Json | None:
        """The form on top."""
        stack = self.stage.ask(f"views/{self.id}")["stack"]
        return stack[-1] if stack else None

    def home(self) -> str:
        """The App Home, as JSON text."""
        return json.dumps(self.stage.control("open-home", user=self.id)["home"], ensure_ascii=False)

    def shown(self) -> list[str]:
        """What only this person sees: ephemeral words."""
        return [
            one["text"]
            for place in CHANNELS
            for one in self.stage.ask(f"messages/{CHANNELS[place]}?as={self.id}")["messages"]
            if one.get("is_ephemeral")
        ]

    def answers(self) -> None:
        """Pick up the telephone."""
        self.stage.control("phone/answer", number=PHONES[self.name])

    def keys(self, digit: str) -> None:
        """Press a key on the telephone."""
        self.stage.control("phone/press", number=PHONES[self.name], digit=digit)

    def hangs_up(self) -> None:
        """Put the telephone down."""
        self.stage.control("phone/hangup", number=PHONES[self.name])

    def phone(self, mode: str) -> None:
        """What the telephone does by itself from now on: ring, busy, voicemail, fail, answer-silent."""
        self.stage.control("phone/behaviour", number=PHONES[self.name], mode=mode)

    def heard(self) -> list[str]:
        """What was spoken on the last call to this person."""
        calls = [one for one in self.stage.calls() if one["to"] == PHONES[self.name]]
        return [line["text"] for line in calls[-1]["transcript"] if line["who"] == "bot"]


def open_stage(data: Path, *, http: bool = False, **bot: str) -> Stage:
    """Start a sandbox that stands still, and the bot in it."""
    env_file = data / "environment"
    process = nursery("sandbox").start(
        *("--port", "0", "--no-bot", "--paused", "--fresh"),
        *("--data", str(data / "world"), "--env-file", str(env_file)),
        environment=dict(os.environ),
        log=Path(os.devnull),
    )
    until = time.monotonic() + PATIENCE
    while not (env_file.exists() and "SANDBOX_URL" in env_file.read_text()):
        assert process.poll() is None, "the sandbox ended"
        assert time.monotonic() < until, "the sandbox did not start"
        time.sleep(0.02)
    environment = dict(line.split("=", 1) for line in env_file.read_text().splitlines())
    stage = Stage(
        url=environment["SANDBOX_URL"],
        bot=Bot(environment | {"FRONTDOOR_LOG_LEVEL": "debug"} | bot, data / "bot.log"),
        data=Path(environment["FRONTDOOR_RECORDS_DIR"]).parent,
        process=process,
    )
    try:
        stage.raise_curtain(http=http)
    except BaseException:
        stage.close()
        raise
    return stage


def assigned(stage: Stage) -> None:
    """Casey wrote at 14:00:00, the bot answered, and Devi has it since 14:00:10."""
    stage.casey.writes("Printing fails at Harbour Street since this morning")
    stage.passes(seconds=10)
    stage.sam.on_card("escalate")
    assert stage.sam.fills(**BLOCK)["response_action"] is None
    stage.lee.on_card("acknowledge")
    stage.lee.on_card("assign")
    stage.lee.fills(developer="devi")
    stage.happened()
