"""What the sheet says of targets: until when each was aimed at, also once it is met."""

from policies.events.terms import SetSeverity
from tests.policies.cast import CLIENT, staff
from tests.policies.play import Play, assigned, resolved


def _set(play: Play, severity: str) -> None:
    event = SetSeverity(key=play.key(), at=play.now, actor=staff("lee"), severity=severity)  # type: ignore[arg-type]  # by name
    play.do(event, play.ticket)


def test_a_target_that_is_met_keeps_the_moment_it_was_aimed_at() -> None:
    play = assigned()
    before = dict(play.ticket.dues)
    assert play.ticket.aim("response") is None
    _set(play, "S1")
    after = dict(play.ticket.dues)
    assert after["response"] == before["response"]
    assert after["resolution"] < before["resolution"]


def test_a_request_that_comes_back_begins_with_targets_of_its_own() -> None:
    play = resolved()
    before = dict(play.ticket.dues)
    assert play.ticket.resolved_at == play.now
    play.relay(1)
    play.wait(minutes=30)
    play.press("still_broken", CLIENT)
    assert play.ticket.resolved_at is None
    assert dict(play.ticket.dues)["response"] > before["response"]
