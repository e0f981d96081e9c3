"""WA-1 to WA-3: the original is kept, and somebody is asked until it is reverted, whatever becomes of the request."""

from dataclasses import replace
from datetime import datetime, timedelta

from policies import events as e
from policies.decision import Decision, Refused
from policies.effects import Call, Invitation, Post, Reminder
from policies.events.terms import Carried, SetSeverity
from policies.ticket import Stage
from tests.policies.cast import CLIENT, TERMS, staff
from tests.policies.play import Play, assigned, claimed

DAY = timedelta(days=1)


def record(play: Play, original: str = "Queue A", *, days: float | None = 1) -> Decision | Refused:
    event = e.Workaround(
        key=play.key(),
        at=play.now,
        actor=staff("devi"),
        what="Queue B",
        original=original,
        revert_at=None if days is None else play.now + timedelta(days=days),
    )
    return play.do(event, play.ticket)


def test_without_the_original_the_form_is_not_accepted() -> None:
    refused = record(assigned(), " ")
    assert isinstance(refused, Refused)
    assert [name for name, _ in refused.fields] == ["original"]


def test_a_revert_in_the_past_is_named() -> None:
    refused = record(assigned(), days=-1)
    assert isinstance(refused, Refused)
    assert [name for name, _ in refused.fields] == ["revert_at"]


def test_only_what_is_with_development_has_workarounds() -> None:
    assert isinstance(record(claimed()), Refused)


def carry(
    play: Play, why: str = "The fix comes on Friday", *, by: str = "devi", **said: str | datetime | None
) -> Decision | Refused:
    carried = Carried(number=1, **said)  # type: ignore[arg-type]  # by name
    event = e.CarryWorkaround(key=play.key(), at=play.now, actor=staff(by), carried=carried, why=why)
    return play.do(event, play.ticket)


def close(play: Play, *carried: Carried, by: str = "sol") -> Decision | Refused:
    event = e.CloseCarried(key=play.key(), at=play.now, actor=staff(by), carried=carried)
    return play.do(event, play.ticket)


def asked(play: Play) -> list[str]:
    """What was asked about workarounds, in order."""
    words = play.words("escalation_thread")
    return [text for text in words if "this workaround" in text]


def resolved_with(*, days: float | None) -> Play:
    """Resolved, told to the client and confirmed, with a live workaround."""
    play = assigned()
    record(play, days=days)
    play.resolve()
    play.relay(1)
    play.press("solved", CLIENT)
    return play


def invited(decision: Decision | Refused) -> list[str]:
    """Who gets something for the calendar."""
    assert isinstance(decision, Decision)
    return [effect.person for effect in decision.effects if isinstance(effect, Invitation)]


def test_author_and_lead_are_invited_and_only_when_there_is_a_moment() -> None:
    answer = record(assigned())
    assert invited(answer) == ["UDEVI", "ULEE"]
    assert isinstance(answer, Decision)
    assert Reminder(number=1) in answer.effects
    assert invited(record(assigned(), days=None)) == []


def test_the_author_is_asked_on_the_day_and_the_lead_too_a_day_later_and_nobody_is_rung() -> None:
    play = resolved_with(days=1)
    rung = len([effect for effect in play.said if isinstance(effect, Call)])
    play.wait(days=3, hours=1)
    assert asked(play) == [
        "<@UDEVI> is this workaround reverted? Queue B",
        "<@UDEVI> <@ULEE> is this workaround reverted? Queue B",
        "<@UDEVI> <@ULEE> is this workaround reverted? Queue B",
    ]
    assert len([effect for effect in play.said if isinstance(effect, Call)]) == rung
    answer = play.press("reverted", staff("devi"), subject="1")
    assert invited(answer) == ["UDEVI", "ULEE"]
    assert ("revert", "1") not in [(kind, subject) for _, _, kind, subject in play.due()]


def test_while_the_author_is_away_the_lead_is_asked_at_once() -> None:
    play = resolved_with(days=1)
    play.leave("devi", days=9)
    play.wait(days=1, hours=1)
    assert asked(play) == ["<@UDEVI> <@ULEE> is this workaround reverted? Queue B"]


def test_who_made_it_confirms_the_revert_even_when_somebody_else_has_the_request() -> None:
    play = assigned()
    record(play)
    play.assign("dana")
    assert isinstance(play.press("reverted", staff("devi"), subject="1"), Decision)


def test_a_workaround_without_an_end_is_asked_for_one_every_day() -> None:
    play = resolved_with(days=None)
    play.wait(days=2, hours=1)
    assert asked(play) == [
        "<@UDEVI> until when does this workaround stay? Queue B",
        "<@UDEVI> <@ULEE> until when does this workaround stay? Queue B",
    ]
    assert invited(carry(play, until=play.now + DAY)) == ["UDEVI", "ULEE"]
    play.wait(days=1)
    assert asked(play)[2:] == ["<@UDEVI> is this workaround reverted? Queue B"]


def test_later_needs_a_reason_and_a_moment_that_lies_ahead() -> None:
    play = assigned()
    record(play)
    without = carry(play, " ", until=play.now + DAY)
    past = carry(play, until=play.now - DAY)
    nobody = carry(play, carrier="nora", until=play.now + DAY)
    faulty = [one.fields[0][0] for one in (without, past, nobody) if isinstance(one, Refused)]
    assert faulty == ["why", "until", "carrier"]


def test_a_revert_that_is_put_off_is_asked_about_anew_at_its_new_moment_and_of_its_new_holder() -> None:
    play = resolved_with(days=1)
    assert invited(carry(play, carrier="dana", until=play.now + 3 * DAY)) == ["UDANA", "UDEVI", "ULEE"]
    play.wait(days=2)
    assert asked(play) == []
    play.wait(days=1)
    assert asked(play) == ["<@UDANA> is this workaround reverted? Queue B"]
    assert play.ticket.workarounds[0].moved == 1
    assert isinstance(play.press("reverted", staff("dana"), subject="1"), Decision)


def test_only_who_carries_it_and_the_leads_put_a_revert_off() -> None:
    play = assigned()
    record(play)
    until = play.now + 2 * DAY
    answers = {by: carry(play, by=by, until=until) for by in ("sam", "dana", "devi", "lee")}
    assert [by for by, answer in answers.items() if isinstance(answer, Decision)] == ["devi", "lee"]


def test_closing_says_aloud_who_carries_what_is_left_and_until_when() -> None:
    play = resolved_with(days=1)
    answer = play.press("close", staff("sam"))
    assert isinstance(answer, Decision)
    told = [effect.text for effect in answer.effects if isinstance(effect, Post)][-2:]
    assert (
        ":wrench: *SUP-1* is closed and leaves behind: workaround 1 (Queue B), carried by Devi Cast until"
        in (" ".join(told))
    )
    play.wait(days=1)
    assert asked(play) == ["<@UDEVI> is this workaround reverted? Queue B"]


def test_closing_without_an_end_is_refused_with_the_mend() -> None:
    play = resolved_with(days=None)
    refused = play.press("close", staff("sam"))
    assert isinstance(refused, Refused)
    assert refused.why == (
        "Workaround 1 of SUP-1 is live and has no end. Have it reverted, or press Close on the card and say who "
        "carries it, until when. Nothing was changed."
    )
    by_form = close(play, Carried(number=1, carrier="dana"))
    assert isinstance(by_form, Refused)
    assert [name for name, _ in by_form.fields] == ["until_1"]
    assert isinstance(close(play, Carried(number=1, carrier="dana", until=play.now + DAY)), Decision)
    assert (play.ticket.stage, play.ticket.workarounds[0].holder) == (Stage.CLOSED, "dana")


def test_an_overdue_revert_is_no_end_to_close_with() -> None:
    play = resolved_with(days=1)
    play.wait(days=2)
    refused = play.press("close", staff("sam"))
    assert isinstance(refused, Refused)
    assert "was to be reverted" in refused.why


def test_silence_closes_nothing_that_leaves_a_workaround_without_an_end() -> None:
    play = assigned(Play(terms=replace(TERMS, close_silent=2 * DAY)))
    record(play, days=None)
    play.resolve()
    play.relay(1)
    play.wait(days=5)
    assert play.ticket.stage is Stage.RESOLVED
    carry(play, until=play.now + 30 * DAY)
    play.wait(days=2)
    assert play.ticket.stage is Stage.CLOSED
    assert [text for text in play.words("support_thread") if "leaves behind" in text] != []


def test_the_date_of_the_permanent_fix_survives_a_workaround_and_its_revert() -> None:
    play = assigned()
    fix_at = play.now + 9 * DAY
    event = SetSeverity(key=play.key(), at=play.now, actor=staff("lee"), severity="S3", fix_at=fix_at)
    play.do(event, play.ticket)
    before = [(aim.kind, aim.due_at) for aim in play.ticket.aims if aim.kind == "fix"]
    record(play)
    play.press("reverted", staff("devi"), subject="1")
    assert play.ticket.fix_at == fix_at
    assert (
        [(aim.kind, aim.due_at) for aim in play.ticket.aims if aim.kind == "fix"]
        == before
        == [("fix", fix_at)]
    )
