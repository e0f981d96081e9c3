"""Severities and their targets: what they promise, when people are told, and that nothing is told twice (SV-1 to SV-4)."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import facts as f
from policies.clocks import explain, running
from policies.decision import Decision, Refused
from policies.events.terms import SetSeverity
from policies.hours import Days, Hours, Open, Plain, Window
from policies.people import Role
from policies.targets import response_of, words_for
from policies.terms import HOUR, SEVERITIES, Amount, Severity, Terms
from tests.policies.cast import CLIENT, ROSTER, TERMS, staff
from tests.policies.histories import history
from tests.policies.play import Play, assigned, claimed, escalated, resolved

WEEK = frozenset(range(5))
OFFICE = Hours(
    zone="UTC",
    windows=(Window(days=WEEK, start=time(9), end=time(17)),),
    closed=frozenset({date(2026, 11, 23)}),
)
"""Weekdays from nine to five; Monday the 23rd is a holiday."""
AGREED = replace(TERMS, business=OFFICE)
WEDNESDAY = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def begun(when: datetime = WEDNESDAY, **terms: object) -> Play:
    """A request that Sam took at once, and that nobody is reminded of but for its targets."""
    agreed = replace(AGREED, attention=timedelta(days=300), **terms)  # type: ignore[arg-type]  # by name
    return claimed(Play(terms=agreed, now=when))


def set_to(play: Play, severity: Severity, by: str = "lee", **more: object) -> Decision | Refused:
    """Somebody sets or proposes a severity."""
    event = SetSeverity(key=play.key(), at=play.now, actor=staff(by), severity=severity, **more)  # type: ignore[arg-type]  # by name
    return play.do(event, play.ticket)


def dues(play: Play) -> dict[str, datetime]:
    """Until when what is to be done."""
    return {aim.kind: aim.due_at for aim in play.ticket.live_aims}


def told(play: Play) -> list[str]:
    """What was said of targets, as the names of its slots say, in order."""
    slots = [getattr(effect, "slot", "") for effect in play.said]
    return [":".join(slot.split(":")[2:4]) for slot in slots if ":target:" in slot]


@pytest.mark.parametrize(
    ("severity", "urgent", "when", "response", "resolution"),
    [
        ("S1", False, at(18, 2), at(18, 3), at(18, 6)),
        ("S2", False, at(18, 9), at(18, 13), at(18, 17)),
        ("S2", False, at(18, 15), at(19, 11), at(19, 15)),
        ("S2", True, at(18, 22), at(19, 0), at(19, 17)),
        ("S3", False, at(20, 15), at(24, 15), at(30, 15)),
        ("S4", False, at(20, 15), at(25, 15), None),
    ],
)
def test_the_table_of_severities(
    severity: Severity, urgent: bool, when: datetime, response: datetime, resolution: datetime | None
) -> None:
    """Severity 1 counts day and night, the others in business hours; the weekend and the holiday count for nothing."""
    play = begun(when)
    set_to(play, severity, urgent=urgent)
    assert dues(play) == {"response": response} | ({"resolution": resolution} if resolution else {}) | (
        {"updates": when + HOUR} if severity == "S1" else {}
    )


def test_a_request_has_the_severity_of_the_terms_until_somebody_sets_it() -> None:
    play = begun(default_severity="S3")
    assert (play.ticket.severity, play.ticket.severity_by) == ("S3", "")
    assert dues(play)["response"] == at(18, 17)


def test_a_request_that_is_answered_soon_hears_nothing_of_its_targets() -> None:
    """Assigned and resolved in time: no word is said, and no target is left."""
    play = assigned(Play(terms=AGREED, now=WEDNESDAY))
    assert dues(play) == {"resolution": at(18, 17)}
    play.resolve()
    assert (dues(play), told(play)) == ({}, [])


def test_people_are_warned_before_a_target_and_told_once_that_it_lapsed() -> None:
    """A quarter of it left, a quarter of an hour left, over: each once, to support as long as it is not escalated."""
    play = begun()
    play.wait(hours=4)
    assert told(play) == ["response:25%", "response:15 minutes", "response:missed"]
    by = "<!date^1795006800^{date_short_pretty} {time}|Wed 18 Nov 18:00 PKT>"
    assert play.words("support_thread")[-3:] == [
        f"<@USAM> *SUP-1* (S2): a developer is promised by {by}, 25% of 4 business hours left.",
        f"<@USAM> *SUP-1* (S2): a developer is promised by {by}, 15 minutes of 4 business hours left.",
        f":warning: <@USAM> *SUP-1* (S2): a developer was promised by {by} (4 business hours) and nobody has it.",
    ]
    play.wait(hours=20)
    assert told(play)[3:] == ["resolution:25%", "resolution:15 minutes", "resolution:missed"]


def test_after_the_escalation_the_lead_is_warned_and_for_the_resolution_the_developer_too() -> None:
    play = begun()
    play.escalate()
    play.press("acknowledge", staff("lee"))
    play.wait(minutes=1)
    before = len(play.words("escalation_thread"))
    play.assign()
    play.update(minutes=60 * 24 * 9)
    play.wait(hours=24)
    words = [text for text in play.words("escalation_thread")[before:] if "(S2)" in text]
    assert [text.partition("*")[0] for text in words] == ["<@UDEVI> <@ULEE> "] * 2 + [
        ":warning: <@UDEVI> <@ULEE> "
    ]


@pytest.mark.parametrize("severity", ["S2", "S3", "S4"])
def test_out_of_hours_nobody_is_disturbed_for_what_counts_in_business_hours(severity: Severity) -> None:
    """Whatever the hour at which it began: what is said of its targets is said while the office is open, or as it closes."""
    for hour, minute in ((0, 20), (6, 20), (9, 20), (13, 5), (16, 50), (21, 20)):
        play = begun(at(19, hour, minute))
        set_to(play, severity)
        play.wait(days=20)
        assert {kind for kind, _ in running(play.ticket)} - {"target"} == {"attention"}
        moments = [fact.at for fact in play.history[1] if isinstance(fact, f.TargetWarned | f.TargetMissed)]
        assert moments
        assert all(time(9) <= moment.time() <= time(17) and moment.weekday() in WEEK for moment in moments)


def test_raising_the_severity_counts_the_time_that_was_spent() -> None:
    """SV-3: half of Severity 1 is over when it is set; the clock says so, and what is past is not warned of."""
    play = begun()
    play.wait(minutes=30)
    set_to(play, "S1")
    assert dues(play) == {
        "response": at(18, 10),
        "resolution": at(18, 13),
        "updates": at(18, 10, 0) + timedelta(seconds=10),
    }
    play.wait(minutes=30)
    assert told(play) == ["response:15 minutes", "updates:15 minutes", "response:missed"]


def test_raised_shortly_before_its_end_the_warnings_that_are_past_are_not_said() -> None:
    """Whoever sets it reads until when; a quarter of an hour left is no news five minutes before the end."""
    play = begun()
    play.reply("We look at it.")
    play.wait(minutes=55)
    set_to(play, "S1")
    play.wait(minutes=4)
    assert told(play) == []


def test_raised_too_late_it_has_lapsed_already_and_that_is_said_once() -> None:
    play = begun()
    play.wait(hours=2)
    set_to(play, "S1")
    play.wait(seconds=1)
    assert told(play) == ["response:missed", "updates:missed"]
    set_to(play, "S2")
    set_to(play, "S1", why="after all")
    play.wait(seconds=1)
    assert told(play) == ["response:missed", "updates:missed"]


def test_the_targets_rest_while_the_client_is_the_one_to_answer() -> None:
    """TR-6: nothing is said meanwhile; afterwards everything is due later by what rested, twice over."""
    play = begun()
    for _ in range(2):
        play.wait(hours=1)
        play.reply(asks=True)
        assert {kind for kind, _ in running(play.ticket)} == {"silence"}
        play.wait(hours=1)
        play.write("It is the second till", thread=play.ticket.thread)
    assert dues(play) == {"response": at(18, 15), "resolution": at(19, 11)}
    assert play.ticket.pauses == ((at(18, 10), at(18, 11)), (at(18, 12), at(18, 13)))
    assert told(play) == []
    play.wait(hours=2)
    assert told(play) == ["response:25%", "response:15 minutes", "response:missed"]


def test_a_request_that_comes_back_has_targets_of_its_own() -> None:
    play = resolved(Play(terms=AGREED, now=WEDNESDAY))
    play.relay(1)
    play.wait(hours=2)
    play.press("still_broken", CLIENT)
    assert dues(play) == {"response": at(18, 15), "resolution": at(19, 11)}


def test_a_warning_that_downtime_swallowed_is_said_once_and_not_after_the_lapse() -> None:
    play = begun()
    play.now = at(18, 13, 30)
    play.wait(seconds=1)
    assert told(play) == ["response:missed"]


def test_the_client_hears_a_word_in_every_interval_whoever_says_it() -> None:
    """Every word of ours counts from then on; a silence is missed, and asked about again each interval."""
    play = begun()
    set_to(play, "S1")
    play.wait(minutes=50)
    play.reply("We found the printer queue.")
    assert dues(play)["updates"] == at(18, 10, 50)
    play.wait(hours=3)
    assert [one for one in told(play) if "updates" in one] == [
        "updates:15 minutes", "updates:15 minutes", "updates:missed", "updates:again", "updates:again",
    ]  # fmt: skip


def test_a_further_message_of_the_client_is_answered_in_time() -> None:
    """Where the terms promise it: from the first unanswered one, and any word of ours ends it."""
    play = begun(next_reply=Open(HOUR))
    play.wait(minutes=10)
    play.write("And the second till?", thread=play.ticket.thread)
    play.wait(minutes=10)
    play.write("Hello?", thread=play.ticket.thread)
    set_to(play, "S3")
    assert dues(play)["next_reply"] == at(18, 10, 10)
    play.reply("Looking at it.")
    assert "next_reply" not in dues(play)


def test_a_clock_of_a_target_says_why() -> None:
    play = begun()
    play.reply(asks=True)
    play.wait(hours=1)
    play.write("The second one", thread=play.ticket.thread)
    [response] = [one for one in explain(play.ticket, "UTC") if one.subject == "response"]
    assert response.rule == "SV-1"
    assert response.why == (
        "Wed 18 Nov 13:00 UTC: people are warned that a developer is to be assigned, with 25% left;"
        " due Wed 18 Nov 14:00 UTC, 4 business hours from Wed 18 Nov 09:00 UTC (S2),"
        " without 1 hour in which the client was asked."
    )


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Plain(2 * HOUR), "2 hours"),
        (Plain(HOUR / 2), "30 minutes"),
        (Open(4 * HOUR), "4 business hours"),
        (Days(1), "1 business day"),
        (Days(5), "5 business days"),
        (response_of(SEVERITIES["S3"], Terms(), urgent=False, intensive=True), "0.5 business days"),
        (response_of(SEVERITIES["S1"], Terms(), urgent=False, intensive=True), "30 minutes"),
        (response_of(SEVERITIES["S2"], Terms(), urgent=True, intensive=True), "1 hour"),
    ],
)
def test_amounts_in_words(amount: Amount, words: str) -> None:
    assert words_for(amount) == words


@settings(max_examples=60, deadline=None)
@given(
    gaps=st.lists(st.tuples(st.integers(1, 900), st.integers(1, 3000)), max_size=3),
    severity=st.sampled_from(["S1", "S2", "S3", "S4"]),
    more=st.integers(1, 600),
)
def test_a_pause_never_brings_a_target_nearer(
    gaps: list[tuple[int, int]], severity: Severity, more: int
) -> None:
    """Asked and back, any number of times: each answer leaves every target where it was, or later."""
    play = begun()
    set_to(play, severity)
    for before, asked in [*gaps, (more, more)]:
        play.wait(minutes=before)
        earlier = dues(play)
        play.reply(asks=True)
        play.wait(minutes=asked)
        play.write("Here it is", thread=play.ticket.thread)
        if not play.ticket.is_open:
            return
        later = dues(play)
        assert all(later[kind] >= due for kind, due in earlier.items())


@settings(max_examples=40, deadline=None)
@given(
    path=st.lists(st.sampled_from(["S1", "S2", "S3", "S4"]), max_size=4),
    minutes=st.integers(0, 700),
)
def test_there_and_back_again_the_targets_are_what_they_were(path: list[Severity], minutes: int) -> None:
    play = begun()
    set_to(play, "S3")
    play.wait(minutes=minutes)
    before = dues(play)
    for severity in [*path, "S1", "S3"]:
        set_to(play, severity)  # type: ignore[arg-type]  # one of the four
    assert dues(play) == before


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_nothing_of_a_target_is_announced_twice_whatever_happens(seed: int) -> None:
    """One word for a target, what was left of it, and when it was due."""
    play = history(seed, 50, lambda _play: None)
    for facts in play.history.values():
        said = [
            (fact.target, getattr(fact, "threshold", "missed"), fact.due)
            for fact in facts
            if isinstance(fact, f.TargetWarned | f.TargetMissed)
        ]
        assert len(said) == len(set(said))


def test_raising_and_resting_and_lowering_at_random_announces_nothing_twice() -> None:
    """The same with nothing but targets in it, which random histories seldom reach."""
    for seed in range(16):
        chance = random.Random(seed)  # noqa: S311 - a repeatable history, no secret
        play = escalated(Play(terms=AGREED, now=FRIDAY)) if seed % 2 else begun(FRIDAY)
        for _ in range(12):
            chance.choice(
                [
                    lambda: set_to(play, chance.choice(["S1", "S2", "S3"])),  # noqa: B023 - called at once
                    lambda: play.reply(asks=True),  # noqa: B023 - called at once
                    lambda: play.write("So it is", thread=play.ticket.thread),  # noqa: B023 - called at once
                    lambda: play.wait(minutes=chance.choice([5, 50, 500, 1500])),  # noqa: B023 - called at once
                ]
            )()
        keys = [
            (fact.target, getattr(fact, "threshold", "missed"), fact.due)
            for fact in play.history[1]
            if isinstance(fact, f.TargetWarned | f.TargetMissed)
        ]
        assert len(keys) == len(set(keys)), seed
        slots = [effect.slot for effect in play.said if ":target:" in getattr(effect, "slot", "")]
        assert len(slots) == len(set(slots)), seed


def test_without_anybody_on_the_rota_the_words_are_still_said() -> None:
    nobody = replace(ROSTER, people=tuple(one for one in ROSTER.people if Role.CLIENT in one.roles))
    play = begun()
    play.roster = nobody
    play.wait(hours=3)
    assert told(play) == ["response:25%"]
