"""What is typed behind `/frontdoor`: read without guessing, refused with an example."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.slack.commands import Away, Escalate, Help, Mine, Mistake, New, Parsed, Rota, Status, parse
from tests.handlers.slack.stage import NOW

ZONE = "Asia/Karachi"


def _read(text: str, now: datetime = NOW, zone: str = ZONE) -> Parsed:
    return parse(text, now=now, zone=zone, channels={"retail": "C0RETAIL01"})


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", Help()),
        ("  HELP ", Help()),
        ("mine", Mine()),
        ("rota", Rota()),
        ("status", Status()),
        ("status sup-12", Status(ref="sup-12")),
        ("status 12", Status(ref="12")),
        ("escalate SUP-7", Escalate(ref="SUP-7")),
        ("escalate", Escalate()),
        ("new", New()),
        ("new <#C0RETAIL01|example-retail> Printing fails", New(channel="C0RETAIL01", text="Printing fails")),
        ("new retail Printing fails", New(channel="C0RETAIL01", text="Printing fails")),
        ("new Printing fails", New(text="Printing fails")),
        ("new <#C0RETAIL01|x>", New(channel="C0RETAIL01")),
        ("away", Away()),
        ("away <@U0LEE00001|lee>", Away(user="U0LEE00001")),
        ("away off", Away(start=NOW, end=NOW)),
        ("back", Away(start=NOW, end=NOW)),
        ("away <@U0LEE00001|lee> off", Away(user="U0LEE00001", start=NOW, end=NOW)),
    ],
)
def test_it_means_what_it_says(text: str, meant: Parsed) -> None:
    assert _read(text) == meant


# NOW is a Wednesday, 14:00 in Karachi (five hours ahead of UTC).
@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("until 18:00", _utc(2026, 11, 18, 13)),
        ("until 6pm", _utc(2026, 11, 18, 13)),
        ("until 9:30", _utc(2026, 11, 19, 4, 30)),
        ("until tomorrow 9:00", _utc(2026, 11, 19, 4)),
        ("until tomorrow at 9am", _utc(2026, 11, 19, 4)),
        ("until today", _utc(2026, 11, 18, 19)),
        ("until friday", _utc(2026, 11, 20, 19)),
        ("until wed", _utc(2026, 11, 25, 19)),
        ("until 2026-11-25", _utc(2026, 11, 25, 19)),
        ("until 2026-11-25 09:00", _utc(2026, 11, 25, 4)),
        ("for 90 minutes", _utc(2026, 11, 18, 10, 30)),
        ("for 2h", _utc(2026, 11, 18, 11)),
        ("for 3 days", _utc(2026, 11, 21, 9)),
        ("for 1 week", _utc(2026, 11, 25, 9)),
        ("from now until 18:00", _utc(2026, 11, 18, 13)),
    ],
)
def test_an_absence_ends_when_it_says_in_the_typists_zone(words: str, end: datetime) -> None:
    assert _read(f"away {words}") == Away(start=NOW, end=end)


def test_an_absence_can_begin_later() -> None:
    assert _read("away <@U0LEE00001|lee> from tomorrow until 2026-11-25 09:00") == Away(
        user="U0LEE00001", start=_utc(2026, 11, 18, 19), end=_utc(2026, 11, 25, 4)
    )


def test_a_time_is_read_in_the_summer_time_of_its_own_day() -> None:
    march = _utc(2026, 3, 27, 12)

    assert _read("away until 2026-03-30 09:00", march, "Europe/London") == Away(
        start=march, end=_utc(2026, 3, 30, 8)
    )


@pytest.mark.parametrize(
    "text",
    [
        "dance",
        "status the big one",
        "escalate SUP",
        "away until whenever",
        "away until 25:00",
        "away until 13pm",
        "away until 2026-02-30",
        "away for 0 days",
        "away for ever",
        "away friday",
        "away until",
        "away from friday until tomorrow",
        "away @lee until friday",
        "away until 2026-11-17",
    ],
)
def test_what_cannot_be_read_is_said_with_an_example(text: str) -> None:
    answer = _read(text)

    assert isinstance(answer, Mistake)
    assert "/frontdoor" in answer.said or "choose the person" in answer.said


@given(st.text(max_size=200))
def test_no_text_breaks_it_or_is_given_back_alive(text: str) -> None:
    for begin in ("", "away ", "away until ", "status ", "new "):
        answer = _read(begin + text)
        if isinstance(answer, Mistake):
            assert "<" not in answer.said
            assert "\n" not in answer.said or "\n" in text
