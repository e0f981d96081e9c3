"""The saved world of a demo: time, Slack, telephones and the wire log in one JSON file beside the bot's database."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sandbox.clock import Clock
from sandbox.phone import Phone
from sandbox.saving import Unreadable, made, plain
from sandbox.slack import Slack, keeping
from sandbox.wire import Entry, WireLog

VERSION = 1


class World(Protocol):
    """What is saved of the sandbox."""

    clock: Clock
    wire: WireLog
    phone: Phone
    slack: Slack


@dataclass(frozen=True, slots=True)
class Saved:
    """The content of the file."""

    version: int
    now: datetime
    entries: list[Entry] = field(default_factory=list)
    phone: dict[str, Any] = field(default_factory=dict)
    slack: dict[str, Any] = field(default_factory=dict)


def save(sandbox: World, path: Path) -> None:
    """Write the world; a crash while writing leaves the file before it."""
    world = Saved(
        VERSION, sandbox.clock.now(), sandbox.wire.entries, sandbox.phone.dump(), keeping.dump(sandbox.slack)
    )
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(json.dumps(plain(world)), encoding="utf-8")
    unfinished.replace(path)


def load(sandbox: World, path: Path) -> None:
    """Take up the world in `path`; its time goes on where it stood. Raises Unreadable, OSError when there is none."""
    try:
        saved = made(Saved, json.loads(path.read_text(encoding="utf-8")))
    except json.JSONDecodeError as error:
        raise Unreadable(f"{path}: {error}") from error
    if saved.version != VERSION:
        raise Unreadable(f"{path} is of version {saved.version}")
    sandbox.clock.reset(saved.now)
    sandbox.wire.entries[:] = saved.entries
    sandbox.phone.load(saved.phone)
    keeping.load(sandbox.slack, saved.slack)
    sandbox.wire.touch()
