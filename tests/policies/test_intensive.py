"""The intensive period after a client's go-live: shorter responses, mornings with something to do, and an end (HC-1 to HC-5)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from policies import prefill
from policies.decide import decide
from policies.decision import Decision
from policies.effects import Post
from policies.events import CLOCK
from policies.events.office import IntensiveMorning
from policies.intensive import Case, Report, day_of, figures, is_intensive, reports
from policies.people import Client, Roster
from policies.terms import HOUR, Terms
from tests.policies.cast import NOON, ROSTER, staff
from tests.policies.play import Play, acknowledged, claimed
from tests.policies.test_targets import AGREED, WEDNESDAY, at, dues, set_to

DAY = timedelta(days=1)
LIVE = date(2026, 11, 18)


def fresh(live_on: date | None = LIVE, zone: str = "UTC") -> Client:
    """A client that went live, built by Devi."""
    return replace(ROSTER.clients[0], live_on=live_on, zone=zone, builders=("devi",))


def world(live_on: date | None = LIVE) -> Roster:
    """Everybody, with that client."""
    return replace(ROSTER, clients=(fresh(live_on), *ROSTER.clients[1:]))


def begun(live_on: date | None, now: datetime = WEDNESDAY) -> Play:
    """A request of the client that went live on that date."""
    return claimed(Play(terms=replace(AGREED, attention=300 * DAY), roster=world(live_on), now=now))


@pytest.mark.parametrize(
    ("severity", "ordinary", "halved"),
    [
        ("S1", at(18, 10), at(18, 9, 30)),
        ("S2", at(18, 13), at(18, 11)),
        ("S3", at(18, 17), at(18, 13)),
        ("S4", at(19, 17), at(18, 17)),
    ],
)
def test_responses_are_halved_and_nothing_else(severity: str, ordinary: datetime, halved: datetime) -> None:
    """HC-1: half a business day begun at opening ends when half of that day's open time is over."""
    due = {}
    for live_on in (None, LIVE):
        play = begun(live_on)
        set_to(play, severity)  # type: ignore[arg-type]  # one of the four
        due[live_on] = dues(play)
    assert (due[None].pop("response"), due[LIVE].pop("response")) == (ordinary, halved)
    assert due[None] == due[LIVE]


@pytest.mark.parametrize(
    ("moment", "zone", "day", "within"),
    [
        (datetime(2026, 11, 17, 23, 59, tzinfo=UTC), "UTC", None, False),
        (datetime(2026, 11, 18, 0, 0, tzinfo=UTC), "UTC", 1, True),
        (datetime(2026, 12, 17, 23, 59, tzinfo=UTC), "UTC", 30, True),
        (datetime(2026, 12, 18, 0, 0, tzinfo=UTC), "UTC", 31, False),
        (datetime(2026, 12, 17, 19, 0, tzinfo=UTC), "Asia/Karachi", 31, False),
        (datetime(2026, 11, 18, 3, 0, tzinfo=UTC), "America/New_York", None, False),
    ],
)
def test_the_period_is_thirty_days_of_the_clients_own_calendar(
    moment: datetime, zone: str, day: int | None, within: bool
) -> None:
    client = fresh(zone=zone)
    assert (day_of(client, moment), is_intensive(client, moment, Terms())) == (day, within)


def test_a_period_that_ends_in_the_middle_of_a_request_changes_nothing_for_it() -> None:
    """It counts as it began: even a change of severity two days later has the halved response; the next request has not."""
    play = begun(date(2026, 10, 20))
    assert dues(play)["response"] == at(18, 11)
    play.wait(days=2)
    set_to(play, "S4")
    assert (play.ticket.intensive, dues(play)["response"]) == (True, at(18, 17))
    play.write("Another one", thread=None)
    assert (len(play.tickets), play.ticket.intensive) == (2, False)


def test_the_date_that_an_escalation_sets_is_one_that_a_form_gives_back_unchanged() -> None:
    """SV-3: a form knows whole seconds, and a date that moves by less would be announced anew."""
    play = begun(LIVE, WEDNESDAY.replace(microsecond=250_000))
    play.escalate()
    assert play.ticket.fix_at == at(19, 9)


def test_a_request_that_comes_back_after_the_period_has_ordinary_targets() -> None:
    play = begun(date(2026, 10, 20))
    play.answer()
    play.wait(days=1)
    play.press("reopen", staff("sam"))
    assert (play.ticket.cycle, play.ticket.intensive) == (2, False)


def test_a_defect_that_was_escalated_in_it_is_to_be_fixed_within_a_day() -> None:
    """HC-4: whoever sets a date has the last word; a request outside the period has none by itself."""
    play = begun(LIVE)
    play.wait(hours=1)
    play.escalate()
    assert dues(play)["fix"] == at(19, 10)
    set_to(play, "S2", fix_at=at(21, 9))
    assert dues(play)["fix"] == at(21, 9)
    other = begun(None)
    other.escalate()
    assert "fix" not in dues(other)


def test_whoever_built_it_is_suggested_first_and_named_to_the_lead() -> None:
    """HC-5: whatever the load; a builder who is away comes last, as everybody who is away."""
    play = acknowledged(Play(roster=world(), now=NOON))
    busy = replace(play.context(), loads={"devi": 9})
    assert [one.key for one in prefill.developers(play.ticket, busy)] == ["devi", "dana"]
    assert "In its intensive period; built by Devi Cast." in play.words("escalation_thread")[0]
    ordinary = acknowledged(Play(roster=world(None), now=NOON))
    busy = replace(ordinary.context(), loads={"devi": 9})
    assert [one.key for one in prefill.developers(ordinary.ticket, busy)] == ["dana", "devi"]
    assert "built by" not in ordinary.words("escalation_thread")[0]


def due_on(day: int, missed: int = 0) -> list[tuple[str, int]]:
    """What is due on the morning of a day, when the mornings before were missed."""
    now = datetime(2026, 11, 17, 9, 0, tzinfo=UTC) + day * DAY
    return [(one.what, one.day) for one in reports(fresh(), now - missed * DAY, now, Terms())]


def test_every_morning_of_the_first_week_a_report_every_week_and_one_at_the_end() -> None:
    """HC-2, HC-3, and the period that ends by itself."""
    due = {day: due_on(day) for day in range(-1, 40) if due_on(day)}
    assert due == {
        **{day: [("check_in", day)] for day in range(1, 8)},
        8: [("weekly", 8)],
        15: [("weekly", 15)],
        22: [("weekly", 22)],
        29: [("weekly", 29)],
        31: [("end", 30)],
    }


def test_a_report_that_downtime_swallowed_is_made_up_for_and_a_check_in_is_not() -> None:
    assert due_on(10, missed=4) == [("weekly", 8)]
    assert due_on(5, missed=3) == [("check_in", 5)]
    assert due_on(33, missed=6) == [("end", 30)]


def test_figures_count_what_was_opened_in_the_time_and_all_that_is_open() -> None:
    def case(ref: str, day: int, *, is_open: bool, lapsed: int = 0) -> Case:
        return Case(ref=ref, opened_at=at(day, 9), is_open=is_open, escalated=is_open, lapsed=lapsed)

    cases = (
        case("SUP-1", 10, is_open=True, lapsed=3),
        case("SUP-2", 18, is_open=False, lapsed=1),
        case("SUP-3", 19, is_open=True),
    )
    told = figures(cases, at(18, 0))
    assert (told.requests, told.escalated, told.lapsed, told.still_open) == (2, 1, 1, ("SUP-1", "SUP-3"))


IN_FIGURES = "1 request, 0 escalated, no target missed; still open SUP-2."
SAID = {
    "check_in": ":sunrise: *Example Retail*, day 5 of 30 after go-live: please check in with them today."
    f" Since yesterday: {IN_FIGURES} Built by Devi Cast.",
    "weekly": ":bar_chart: *Example Retail*, day 5 of 30 after go-live: the weekly report is due, with performance and the"
    f" error log. In the last seven days: {IN_FIGURES} Please add both and send it.",
    "end": ":checkered_flag: The intensive period of *Example Retail* is over after 30 days: new requests have the"
    f" ordinary targets. In all: {IN_FIGURES} Please send them the closing report.",
}


@pytest.mark.parametrize(("what", "words"), SAID.items())
def test_support_reads_what_is_due_with_its_figures(what: str, words: str) -> None:
    case = Case(ref="SUP-2", opened_at=NOON, is_open=True, escalated=False, lapsed=0)
    report = Report(what=what, day=5, days=30, begin=NOON - HOUR)  # type: ignore[arg-type]  # one of the three
    event = IntensiveMorning(
        key="i1", at=NOON, actor=CLOCK, client="retail", reports=(report,), cases=(case,)
    )
    decision = decide(event, None, Play(roster=world()).context())
    assert isinstance(decision, Decision)
    assert [(post.to.kind, post.text) for post in decision.effects if isinstance(post, Post)] == [
        ("support", words)
    ]
