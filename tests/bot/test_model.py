"""The desk and its clocks against a plain model, through random histories of the machine."""

from hypothesis import settings

from tests.bot.noticing import QUIET
from tests.bot.replicas import Replicas

TestReplicas = Replicas.TestCase
TestReplicas.settings = settings(
    max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=QUIET
)
