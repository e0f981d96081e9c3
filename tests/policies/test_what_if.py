"""What would happen: the targets with what made their moments, and who would be rung when."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.clocks import running
from policies.facts import Aim
from policies.hours import Days, Hours, Open, Plain
from policies.people import Absence
from policies.questions.explaining import counts_open, reasons
from policies.questions.what_if import MOST, Answer, Question, answer
from policies.targets import words_for
from policies.terms import Severity
from tests.policies.cast import NOON, ROSTER, TERMS
from tests.policies.play import Play, assigned, escalated
from tests.policies.test_hours import CHRISTMAS, MOMENTS, at, calendars
from tests.policies.test_rehearsal import SETTING

RETAIL = ROSTER.clients[0]
OFFICE = Hours(
    zone="Europe/London",
    windows=CHRISTMAS.windows,
    closed=frozenset({date(2026, 12, 25)}),
    names=((date(2026, 12, 25), "Christmas Day"),),
)
EVE = at("2026-12-24 16:58", "Europe/London")


def asked(moment: datetime, severity: Severity = "S2", **more: object) -> Answer:
    """In London's office hours, of the client in London."""
    setting = replace(SETTING, terms=replace(TERMS, business=OFFICE))
    return answer(replace(Question(client=RETAIL, severity=severity, at=moment), **more), setting)


def lines(found: Answer, story: int = 0, *marks: str) -> list[tuple[str, str, str]]:
    """(time in UTC, rule, words) of a story, of these marks."""
    return [
        (f"{line.at:%d %H:%M:%S}", line.rule, line.words)
        for line in found.stories[story].lines
        if not marks or line.mark in marks
    ]


def test_each_target_says_which_hours_it_counted_and_which_holiday_it_did_not() -> None:
    """Two minutes on Christmas Eve, nothing on the holiday and the weekend, the rest on Monday."""
    found = asked(EVE)

    response = next(one for one in found.promises if one.aim.kind == "response")
    assert response.aim.due_at == at("2026-12-28 12:58", "Europe/London")
    assert [(f"{one.start:%d %H:%M}", f"{one.end:%d %H:%M}", one.counted, one.why) for one in response.segments] == [
        ("24 16:58", "24 17:00", True, "open"),
        ("24 17:00", "25 00:00", False, "outside the hours"),
        ("25 00:00", "26 00:00", False, "holiday: Christmas Day"),
        ("26 00:00", "27 00:00", False, "no hours on Sat"),
        ("27 00:00", "28 00:00", False, "no hours on Sun"),
        ("28 00:00", "28 09:00", False, "outside the hours"),
        ("28 09:00", "28 12:58", True, "open"),
    ]  # fmt: skip


def test_who_is_rung_when_after_the_escalation_and_who_is_skipped_why() -> None:
    """ES-3, ES-5: with the people and absences of that moment."""
    away = Absence(person="lee", start=EVE - timedelta(days=1), end=EVE + timedelta(days=1))
    setting = replace(SETTING, roster=replace(ROSTER, absences=(away,)))
    found = answer(Question(client=RETAIL, severity="S2", at=EVE, length=timedelta(minutes=26)), setting)

    assert found.stories[0].title == "Sam Cast of support takes and escalates it, and nobody else reacts"
    assert lines(found, 0, "person", "call", "skip", "round") == [
        ("24 16:58:00", "IN-1", "The client writes: a request is open."),
        ("24 17:08:00", "IN-5", "Sam Cast takes it."),
        (
            "24 17:08:00",
            "ES-2",
            "Sam Cast escalates. Bo Cast has 15 minutes to acknowledge it, outside development's hours: until Thu 24 Dec 22:23 PKT.",
        ),
        ("24 17:23:00", "ES-5", "Lee Cast is away: not rung."),
        ("24 17:23:00", "ES-3", "Bo Cast is rung (the number is not verified)."),
        ("24 17:23:25", "ES-3", "Sol Cast is rung (the number is not verified)."),
        ("24 17:23:50", "ES-3", "Nobody was reached in round 1. The next one begins Thu 24 Dec 22:25 PKT."),
    ]


def test_nobody_does_anything_and_support_is_telephoned_when_it_is_there() -> None:
    """IN-5: the second story."""
    found = asked(NOON, length=timedelta(minutes=16))

    assert found.stories[1].title == "Nobody does anything"
    assert lines(found, 1, "desk", "call") == [
        ("18 09:10:00", "IN-5", "Nobody has taken it: it is put before support again."),
        ("18 09:15:00", "ES-3", "The telephone is taken up: nobody of support has taken it."),
        ("18 09:15:00", "ES-3", "Sam Cast is rung (the number is not verified)."),
        ("18 09:15:25", "ES-3", "Sky Cast is rung (the number is not verified)."),
        ("18 09:15:50", "ES-3", "Sol Cast is rung (the number is not verified)."),
    ]


def test_what_the_client_reads_is_in_it_and_true_to_the_hour() -> None:
    """IN-2: at three in the morning nobody is promised soon."""
    words = (
        "The client reads: “We have your message. Your reference is SUP-1. Support is back Fri 25 Dec 03:00 GMT. "
        "If production is down, press the button: we will telephone the person on call now.”"
    )
    assert lines(asked(at("2026-12-24 22:00")), 0, "said") == [("24 22:00:10", "IN-2", words)]


def test_a_night_of_calls_is_three_rounds_and_one_line() -> None:
    """From the fourth round on only what changes is told; nothing is left out of the count."""
    found = asked(NOON, length=timedelta(hours=6))
    told = [words for _, _, words in lines(found, 0, "call")]

    assert [words.partition(" ")[0] for words in told] == [*["Lee", "Bo", "Sol"] * 3, "It"]
    assert told[-1] == "It goes on alike: 29 rounds and 87 calls more, until Wed 18 Nov 19:52 PKT."


def test_what_is_said_every_day_is_said_three_times_and_counted() -> None:
    """Sixty calls a day are no news on the fourth day."""
    told = [
        words for _, _, words in lines(asked(NOON, length=timedelta(days=4)), 0, "desk") if "alarm" in words
    ]

    assert told[:2] == ["60 calls today: support hears an alarm, calling goes on."] * 2
    assert told[2:] == [f"{told[0]} And 2 times more, until Sun 22 Nov 08:36 PKT."]


def test_a_second_person_on_duty_in_the_night_is_told_when_the_calls_change() -> None:
    """An absence that ends between two rounds shows."""
    away = Absence(person="lee", start=NOON, end=NOON + timedelta(hours=2))
    setting = replace(SETTING, roster=replace(ROSTER, absences=(away,)))
    found = answer(Question(client=RETAIL, severity="S2", at=NOON, length=timedelta(hours=4)), setting)

    rung = [(moment, words.partition(" ")[0]) for moment, _, words in lines(found, 0, "call")]
    assert [name for _, name in rung] == [*["Bo", "Sol"] * 3, "It", *["Lee", "Bo", "Sol"] * 3, "It"]
    assert next(moment for moment, name in rung if name == "Lee") >= "18 11:00:00"


def test_severity_1_is_set_at_once_by_somebody_who_may() -> None:
    """An S1 is none by itself; S2 flagged out of hours has its own response."""
    assert lines(asked(EVE, "S1"), 0, "person")[1] == ("24 16:58:00", "SV-3", "Lee Cast sets Severity 1.")
    flagged = asked(EVE, urgent=True)
    assert lines(flagged, 0, "person")[1][2] == "Lee Cast sets Severity 2, flagged out of hours."
    assert next(one.aim for one in flagged.promises if one.aim.kind == "response").amount == "2 hours"


def test_it_looks_until_the_last_target_has_lapsed_and_no_further() -> None:
    """At least two hours, at most a month."""
    found = asked(EVE)
    assert found.until == max(one.aim.due_at for one in found.promises) + timedelta(minutes=1)
    assert lines(found, 1, "missed") == [
        ("28 12:58:00", "SV-1", "A target lapses: a developer is to be assigned."),
        (f"{found.until - timedelta(minutes=1):%d %H:%M:%S}", "SV-1", "A target lapses: it is to be resolved."),
    ]  # fmt: skip
    assert asked(EVE, "S4").until - EVE <= MOST


@settings(max_examples=25, deadline=None)
@given(calendars(), MOMENTS, st.sampled_from(["S1", "S2", "S3", "S4"]))
def test_what_is_explained_is_what_runs(hours: Hours, moment: datetime, severity: Severity) -> None:
    """Each target is due when the ticket's own clocks say, and its stretches end then."""
    setting = replace(SETTING, terms=replace(TERMS, business=hours))
    found = answer(
        Question(client=RETAIL, severity=severity, at=moment, length=timedelta(minutes=1)), setting
    )

    for one in found.promises:
        assert one.segments[-1].end == one.aim.due_at
        assert one.segments[0].start == one.aim.since
        assert one.aim.next_at in {*(when for when, _ in one.aim.warnings), one.aim.due_at}


def test_why_lists_every_running_clock_with_its_due() -> None:
    """Nothing runs that is not explained, nothing is explained that does not run."""
    for desk in (Play(), escalated(), assigned()):
        if not desk.tickets:
            desk.write()
        found = reasons(desk.ticket, desk.terms, "UTC")
        assert {(one.clock.kind, one.clock.subject): one.clock.due for one in found} == running(desk.ticket)
        for one in found:
            until = one.clock.target.due_at if one.clock.target is not None else one.clock.due
            assert not one.segments or one.segments[-1].end == until


def test_a_pause_is_shown_in_the_stretches_of_a_target() -> None:
    """TR-6: from the question to the client's answer."""
    desk = Play()
    desk.write()
    desk.reply(asks=True)
    desk.wait(hours=2)
    desk.write("The one at the till", thread=desk.ticket.thread)
    found = {one.clock.subject: one for one in reasons(desk.ticket, desk.terms, "UTC") if one.clock.target}

    assert [(one.length, one.counted, one.why) for one in found["response"].segments] == [
        (timedelta(hours=2), False, "the client is the one to answer"),
        (timedelta(hours=4), True, "open"),
    ]


@pytest.mark.parametrize(
    ("amount", "open_time"),
    [(Plain(timedelta(hours=1)), False), (Open(timedelta(minutes=30)), True), (Days(1), True)],
)
def test_the_words_of_an_amount_say_which_time_counts(
    amount: Plain | Open | Days, *, open_time: bool
) -> None:
    """The fact keeps the words; they are enough."""
    aim = Aim(kind="response", since=NOON, amount=words_for(amount), due_at=NOON)
    assert counts_open(aim) == open_time
