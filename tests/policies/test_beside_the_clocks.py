"""What is written down beside the clocks: reached by voice, code changes and their path, workarounds with their original."""

from datetime import timedelta

from policies import events as e
from policies.decision import Decision, Refused
from policies.effects import Reminder, TrackerEntry
from policies.ticket import Stage
from tests.policies.cast import CLIENT, staff
from tests.policies.play import Play


def _escalated() -> Play:
    play = Play()
    play.write()
    play.wait(seconds=10)
    play.press("claim", staff("sam"))
    play.escalate()
    return play


def _with_development() -> Play:
    play = _escalated()
    play.press("acknowledge", staff("lee"))
    play.assign()
    return play


def _code_change(play: Play, *, urgent: bool, scope: str) -> Decision | Refused:
    event = e.CodeChange(
        key=play.key(),
        at=play.now,
        actor=staff("devi"),
        summary="Restart the spooler by itself",
        urgent=urgent,
        scope=scope,  # type: ignore[arg-type]  # one of the three words, from a table
    )
    return play.do(event, play.ticket)


def test_reached_by_voice_is_recorded_and_acknowledges_nothing() -> None:
    play = _escalated()
    before = play.due()

    done = play.press("reached_by_voice", staff("sam"), note="Lee is on the way")

    assert isinstance(done, Decision)
    assert (play.ticket.stage, play.due()) == (Stage.ESCALATED, before)
    assert any("by voice" in text for text in play.words("escalation_thread"))


def test_call_now_rings_the_lead_before_the_window_ends() -> None:
    play = _escalated()

    play.press("call_now", staff("sam"))

    assert (play.ticket.ladder is not None and play.ticket.ladder.person, play.ticket.stage) == (
        "lee",
        Stage.ESCALATED,
    )


def test_the_hotfix_path_is_for_everybody_or_for_downtime() -> None:
    refused = _code_change(_with_development(), urgent=True, scope="site")
    for_all = _code_change(_with_development(), urgent=True, scope="all")
    down = _with_development()
    down.press("production_down", CLIENT)
    for_downtime = _code_change(down, urgent=True, scope="site")

    assert isinstance(refused, Refused)
    assert [name for name, _ in refused.fields] == ["scope"]
    assert isinstance(for_all, Decision)
    assert isinstance(for_downtime, Decision)


def test_a_code_change_has_its_tracker_entry_before_anything_can_close() -> None:
    play = _with_development()

    done = _code_change(play, urgent=False, scope="client")

    assert isinstance(done, Decision)
    assert TrackerEntry(number=1) in done.effects
    assert [(one.entry, one.scope) for one in play.ticket.code_changes] == [("CHG-1-1", "client")]


def test_a_workaround_is_kept_with_its_original_or_not_at_all() -> None:
    play = _with_development()

    def record(original: str) -> Decision | Refused:
        event = e.Workaround(
            key=play.key(),
            at=play.now,
            actor=staff("devi"),
            what="Old driver pinned",
            original=original,
            revert_at=play.now + timedelta(hours=3),
        )
        return play.do(event, play.ticket)

    without, done = record("  "), record("Newest driver")

    assert isinstance(without, Refused)
    assert [name for name, _ in without.fields] == ["original"]
    assert isinstance(done, Decision)
    assert Reminder(number=1) in done.effects
    assert [(one.what, one.original) for one in play.ticket.workarounds] == [
        ("Old driver pinned", "Newest driver")
    ]
