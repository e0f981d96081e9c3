"""The desk and its clocks against a plain model, through random histories of the machine."""

from typing import get_args

from hypothesis import settings

from policies import events as e
from tests.bot.anybody import FORMS
from tests.bot.noticing import QUIET
from tests.bot.replicas import Replicas
from tests.bot.stage import SAM, START

TestReplicas = Replicas.TestCase
TestReplicas.settings = settings(
    max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=QUIET
)

IN_RULES = {
    "CallAnswered", "CallEnded", "ClockFired", "EffectSettled", "FormIncident", "KeyPressed", "MergeInto",
    "MessageDeleted", "MessageEdited", "MessagePosted", "Pressed", "Split",
}  # fmt: skip
FOLLOWING = {
    "Absorb", "JoinIncident", "LeaderAssigned", "LeaderGave", "LeaderGone", "LeaderSent", "MemberDown", "MemberJoined",
    "MemberLeft",
}  # fmt: skip
"""Told by one request to another."""
OF_THE_FILE = {"FileBroken", "FileChanged", "FileTaken", "IntensiveMorning"}
"""Told of frontdoor.toml and of its days, which no request has a part in: tests.bot.test_reloading, test_intensive."""


def test_the_machine_leaves_no_kind_of_event_out() -> None:
    """Whoever adds one adds it there, or says who tells it."""
    common = {"key": "k", "at": START, "actor": SAM, "ticket": 1}
    sent = {type(make(common, START, 5)).__name__ for _, make in FORMS.values()}
    known = {kind.__name__ for kind in get_args(e.AnyEvent)}

    assert sent | IN_RULES | FOLLOWING | OF_THE_FILE == known
    assert len(sent) + len(IN_RULES) + len(FOLLOWING) + len(OF_THE_FILE) == len(known)
