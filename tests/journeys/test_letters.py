"""What failed through a fault of ours waits for a person: listed in Slack, without what people wrote, and tried again from there."""

import json
import sqlite3
import time
from contextlib import closing

from tests.journeys.driver import PATIENCE, Player, Stage
from tests.journeys.telling import CAST, Json, buttons, plainly


def failed_before(stage: Stage) -> None:
    """Sam pressed "I take it" while a fault kept that from being done, and every retry failed."""
    wish = {
        "kind": "pressed",
        "key": "lost",
        "at": stage.now().isoformat(),
        "actor": {"user": CAST["sam"], "team": "T0OURS0001", "ours": True},
        "ticket": 1,
        "verb": "claim",
        "note": "my PIN is 4711",
    }
    row = ("lost", int(stage.now().timestamp() * 1_000_000), json.dumps(wish), "KeyError: 'no 4711'", 4)
    path = stage.bot.environment["DATABASE_URL"].partition(":///")[2]
    with closing(sqlite3.connect(path, timeout=30)) as connection, connection:
        connection.execute("INSERT INTO inbox (key, at, raw, error, tries) VALUES (?, ?, ?, ?, ?)", row)


def listed(stage: Stage, who: Player) -> tuple[list[str], Json]:
    """What `/frontdoor letters` shows to somebody, and the message itself."""
    who.runs("letters")
    message = [one for one in stage.messages("support") if "blocks" in one][-1]
    lines = [block["text"]["text"] for block in message["blocks"] if block["type"] == "section"]
    return [plainly(line) for line in lines], message | {"channel": "C0SUPPORT1"}


def test_what_waits_for_a_person_is_listed_and_tried_again_by_support(stage: Stage) -> None:
    stage.casey.writes("Printing fails at Harbour Street")
    stage.passes(minutes=1)
    failed_before(stage)
    stage.happened()
    found, message = listed(stage, stage.lee)
    assert found == [
        "1 event waits for a person. Each is a fault of ours: have it tried again once the fault is mended.",
        "A button that was pressed about *SUP-1* from Wed 18 Nov 14:01 PKT, tried 4 times: KeyError: 'no …'",
    ]
    assert buttons(message) == ["try_again"]
    stage.lee.presses("try_again", message)
    _, message = listed(stage, stage.sam)
    stage.sam.presses("try_again", message)
    until = time.monotonic() + PATIENCE
    while "Nothing waits for a person." not in listed(stage, stage.sam)[0]:
        assert time.monotonic() < until, "it was not tried again"
        stage.passes(seconds=1)
    stage.passes(seconds=10)
    happened = [line.partition(" ")[2] for line in stage.happened()]
    assert happened == [
        "support, only lee: Only support or the support lead may have this tried again. Nothing was changed.",
        "support, only sam: It is tried again now. If it fails once more, it is said here.",
        "support thread: Sam Support has taken it.",
    ]
