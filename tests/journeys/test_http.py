"""The same bot without a socket: Slack delivers signed events over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.driver import Stage, open_stage
from tests.journeys.telling import BLOCK


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A stage whose bot is reached by HTTP."""
    stage = open_stage(tmp_path, http=True)
    try:
        yield stage
        assert stage.bot.complaints() == []
    finally:
        stage.close()


def test_journey_6_over_http(stage: Stage) -> None:
    stage.control("clock/night")
    root = stage.casey.writes("Printing fails at Harbour Street since this morning")
    stage.passes(seconds=10)
    stage.sam.on_card("claim")
    stage.sam.on_card("escalate")
    faulty = stage.sam.tries(**BLOCK | {"saas_url": "the till"})
    assert faulty["response_action"] == "errors"
    assert "web address" in str(faulty["errors"])
    assert stage.sam.fills(**BLOCK)["response_action"] is None
    stage.passes(minutes=15, seconds=30)
    stale = stage.card("escalations") | {"channel": "C0ESCALATE"}
    stage.bo.answers()
    stage.bo.keys("4")
    stage.lee.presses("acknowledge", stale, stale=True)
    assert stage.happened() == [
        "23:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "23:00:10 escalations: card SUP-1 · Example Retail: Escalated, to be acknowledged by Lee Lead.",
        "23:00:10 escalations thread: @lee *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 23:15 PKT, or we telephone.",
        "23:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
        "23:00:10 support thread: Sam Support has taken it.",
        "23:00:10 to lee: *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 23:15 PKT, or we telephone. / > Receipts do not print at one branch since this morning. / [Open the card] in #escalations",
        "23:15:10 calls lee",
        "23:15:10 escalations thread: :telephone_receiver: Calling Lee Lead: the escalation is not acknowledged.",
        "23:15:35 calls bo",
        "23:15:35 escalations thread: :telephone_receiver: Lee Lead did not answer.",
        "23:15:35 escalations thread: :telephone_receiver: Calling Bo Backup: the escalation is not acknowledged.",
        "23:15:40 escalations thread: :telephone_receiver: Bo Backup's telephone was picked up.",
        "23:15:40 escalations thread: :white_check_mark: Bo Backup acknowledged by telephone. Next: assign a developer.",
        "23:15:40 escalations, only lee: SUP-1 is already acknowledged by Bo Backup, Wed 18 Nov 23:15 PKT.",
    ]
    assert "Nothing waits" not in stage.sam.home()
    assert "SUP-1" in stage.sam.runs("mine")
    stage.casey.replies("Is anybody there?", root)
    assert stage.happened() == [
        "23:15:40 escalations thread: @casey writes: / > Is anybody there?",
        "23:15:40 support thread: @casey writes: / > Is anybody there?",
    ]
