"""What people type of covers, swaps and test calls, and what they are shown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.slack import commands, duty
from handlers.slack.commands import Mistake
from handlers.slack.commands_people import CoverBy, SwapOn, VerifyMe
from handlers.slack.names import Desk
from policies.people import Absence, Role
from policies.rota import Cover, Rotation
from policies.terms import Terms
from tests.handlers.slack.stage import NOW, ROSTER

REACHABLE = tuple(replace(one, phone="+12025550100", verified=True) for one in ROSTER.people)
LEE, BO = "<@U0LEE00001|lee>", "<@U0BO000001>"


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc]  # years first


def _read(text: str) -> commands.Parsed:
    return commands.parse(text, now=NOW, zone="Asia/Karachi", channels={})


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (
            f"cover {LEE} by {BO} until 18:00",
            CoverBy(person="U0LEE00001", by="U0BO000001", start=NOW, end=_utc(2026, 11, 18, 13)),
        ),
        (
            f"cover {LEE} BY {BO} from tomorrow until friday",
            CoverBy(
                person="U0LEE00001",
                by="U0BO000001",
                start=_utc(2026, 11, 18, 19),
                end=_utc(2026, 11, 20, 19),
            ),
        ),
        (
            f"cover {LEE} by {BO} for 2h",
            CoverBy(person="U0LEE00001", by="U0BO000001", start=NOW, end=NOW + timedelta(hours=2)),
        ),
        (f"cover {LEE} off", CoverBy(person="U0LEE00001", by="", start=NOW, end=NOW)),
        (
            f"swap {LEE} {BO} on 2026-12-01",
            SwapOn(
                one="U0LEE00001",
                other="U0BO000001",
                start=_utc(2026, 11, 30, 19),
                end=_utc(2026, 12, 1, 19),
            ),
        ),
        (
            f"swap {LEE} and {BO}",
            SwapOn(
                one="U0LEE00001",
                other="U0BO000001",
                start=_utc(2026, 11, 17, 19),
                end=_utc(2026, 11, 18, 19),
            ),
        ),
        ("verify", VerifyMe()),
        ("verify 0815", VerifyMe(code="0815")),
    ],
)
def test_it_means_what_it_says(text: str, meant: commands.Parsed) -> None:
    assert _read(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "cover",
        "cover lee by bo until friday",
        f"cover {LEE} until friday",
        f"cover {LEE} by {BO}",
        f"cover {LEE} by {BO} until whenever",
        f"cover {LEE} by {BO} from friday until tomorrow",
        f"swap {LEE}",
        f"swap {LEE} {BO} on someday",
        "verify me",
    ],
)
def test_what_cannot_be_read_is_said_with_an_example(text: str) -> None:
    answer = _read(text)
    assert isinstance(answer, Mistake)
    assert "/frontdoor" in answer.said


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    for begin in ("cover ", f"cover {LEE} by {BO} ", "swap ", f"swap {LEE} {BO} on ", "verify "):
        _read(begin + text)


def test_the_rota_tells_the_coming_two_weeks_and_who_stands_in() -> None:
    weekly = Rotation(people=("sam", "sol"), first=NOW.date(), at=NOW.time(), zone="UTC", days=7)
    cover = Cover(person="lee", by="bo", start=NOW, end=NOW + timedelta(hours=3))
    roster = replace(
        ROSTER,
        rota=((Role.SUPPORT, weekly),),
        covers=(cover,),
        people=REACHABLE,
    )
    said = duty.rota(Desk(roster=roster, zone="Asia/Karachi"), Terms(), NOW, "Asia/Karachi").splitlines()
    assert said[0] == "On duty at Wed 18 Nov 14:00 PKT:"
    assert "• Support: Sam Support" in said
    assert "• Development lead: Bo Backup" in said
    assert "Bo Backup stands in for Lee Lead until Wed 18 Nov 17:00 PKT." in said
    assert "• Support: from Wed 25 Nov 14:00 PKT Sol Supportlead" in said
    assert said[-1].endswith("Somebody would be reached in every hour of the coming 14 days.")


def test_the_rota_names_the_hours_in_which_nobody_would_be_reached() -> None:
    away = tuple(Absence(person=key, start=NOW, end=NOW + timedelta(hours=2)) for key in ("lee", "bo", "sol"))
    roster = replace(ROSTER, people=REACHABLE, absences=away)
    said = duty.rota(Desk(roster=roster, zone="Asia/Karachi"), Terms(), NOW, "Asia/Karachi")
    assert "nobody would be reached" in said
    assert "Lee Lead is away" in said.splitlines()[-1]
