"""What only several keys together show to be wrong, what is no TOML, and how amounts of time are written."""

import copy
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from bot import roster
from bot.office.amounts import amount, spoken_amount
from bot.office.kind import Wrong
from bot.settings import Misconfigured
from policies.hours import Amount, Days, Open, Plain
from tests.bot import office_file

WINDOW = {"days": ["mon"], "from": "08:00", "to": "12:00"}
NIGHT = {"days": ["sun"], "from": "22:00", "to": "09:00"}
ROTA = {
    "role": "support",
    "people": ["sam"],
    "first": datetime(2026, 11, 16, tzinfo=UTC).date(),
    "at": "09:00",
}

TOGETHER: list[tuple[str, Any, str]] = [
    (
        "hours.support.windows",
        [WINDOW, NIGHT],
        "hours.support has windows that overlap. Join them to one, or move an end.",
    ),
    (
        "hours.support.windows",
        [WINDOW, WINDOW | {"zone": "Asia/Karachi", "to": "09:00"}],
        "hours.support has windows that overlap. Join them to one, or move an end.",
    ),
    (
        "hours.support.closed",
        [datetime(2026, 12, 24, tzinfo=UTC).date()],
        "hours.support names 2026-12-24 more than once in closed, open and dated. Say one thing of it.",
    ),
    (
        "hours.support.dated.0.spans",
        [{"from": "08:00", "to": "12:00"}, {"from": "11:00", "to": "14:00"}],
        "hours.support.dated.1 has spans that overlap. Join them to one, or move an end.",
    ),
    (
        "hours.support.windows",
        [WINDOW | {"from": "24:00"}],
        'hours.support.windows.1.from is the next day\'s "00:00". Write that.',
    ),
    (
        "hours.support.holidays",
        ["GB-XX"],
        "hours.support.holidays.1 names no part of GB that we know. It has ENG, NIR, SCT, WLS.",
    ),
    (
        "terms.gold.severities.S2.response",
        "0 business hours",
        "terms.gold.severities.S2.response is nothing that can be kept. Write at least a minute and at most a year.",
    ),
    (
        "terms.next_reply",
        "1.5 business days",
        "terms.next_reply is no number of business days. Write a whole number from 1 to 366.",
    ),
    ("terms.reopen", "400 days", "terms.reopen is longer than a year. Write a shorter time."),
    ("terms.gold.acknowledge", "0 s", "terms.gold.acknowledge is no time at all. Nobody could keep that."),
    ("terms.gold.ring", "4 min", "terms.gold.call_guard is not longer than ring. Correct one of them."),
    ("rota.0", ROTA | {"calendar": "rota.ics"}, "rota.1 has a calendar and people. Keep one of them."),
    ("rota.0", {"role": "support", "people": ["sam"]}, "rota.1 has no first. Add it, or a calendar."),
    (
        "rota.0",
        {"role": "support", "calendar": "webcal://rota.example.com/support.ics"},
        "rota.1 has a calendar that is neither a file nor an https address. Begin it with https://.",
    ),
    (
        "rota.0",
        ROTA | {"people": ["lee"]},
        "rota.1.people.1 names lee, who has not the role support. Add it to that person's roles.",
    ),
    ("rota.1.role", "support", "rota.2.role names support, which is taken already. Each may stand once."),
    (
        "clients.0.contacts",
        [{"name": "Casey Client"}],
        "clients.1.contacts.1 has neither slack nor reach. Say how this person is reached.",
    ),
    (
        "clients.0.maintenance.0.to",
        "2026-12-06 22:00",
        "clients.1.maintenance.1 ends before it begins. Correct from or to.",
    ),
    (
        "clients.0.products",
        [{"name": "Till"}, {"name": "Till"}],
        "clients.1 names Till twice. Once is enough.",
    ),
    (
        "clients.0.builders",
        ["nobody"],
        "clients.1.builders.1 names nobody, which is nobody's key. There are: sam, sky, sol, lee, devi.",
    ),
    (
        "clients.0.channels",
        ["C0RETAIL01", "C0RETAIL01"],
        "clients.1.channels names C0RETAIL01 twice. Once is enough.",
    ),
    (
        "hours.Night",
        {"zone": "UTC", "windows": [WINDOW]},
        "hours.Night is no short name. Write small letters, digits, - and _, at most 40, a letter first.",
    ),
]


@pytest.mark.parametrize(("place", "value", "said"), TOGETHER, ids=[said[:70] for *_, said in TOGETHER])
def test_what_does_not_go_together_is_said_in_words(place: str, value: Any, said: str) -> None:
    """With the place where it shows."""
    told: Any = copy.deepcopy(office_file.data())
    *around, last = [int(part) if part.isdigit() else part for part in place.split(".")]
    office_file.at(told, tuple(around))[last] = value
    with pytest.raises(Misconfigured) as caught:
        roster.parse("\n".join(f"{name} = {office_file.DOCS.toml(one)}" for name, one in told.items()))

    assert [problem.partition(": ")[2] for problem in caught.value.problems] == [said]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[desk]\nzone = Asia/Karachi",
            "line 2: desk.zone has no value that can be read. Put text in quotes; yes and no are true and false.",
        ),
        (
            "[terms]\nrelay = 10 min",
            "line 2: terms.relay has something behind its value. Put text, times and moments in quotes, one key on a line.",
        ),
        (
            '[desk]\nzone = "UTC\nx = 1',
            "line 2: desk.zone has text that is not well closed. Look at its quotes, and write each \\ twice.",
        ),
        (
            "[hours.support]\nclosed = [2026-02-30]",
            "line 2: hours.support.closed has a date that does not exist. Write it as 2026-12-24.",
        ),
        ("[desk]\nzone", "line 2: desk.zone has a key without a value. Write it as key = value."),
        ("[desk]\n[desk]", "line 2: desk stands already in line 1. Keep one of them."),
        ("x = " + "9" * 5000, "not TOML: a number has thousands of digits. Write it shorter, or in quotes."),
        ("x = " + "[" * 3000, "not TOML: lists stand in lists without end. Close them."),
    ],
    ids=lambda value: value[:40],
)
def test_what_is_no_toml_is_said_with_its_key(text: str, said: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        roster.parse(text)

    assert [problem.removesuffix(" (It is not TOML.)") for problem in caught.value.problems] in (
        [f"frontdoor.toml, {said}"],
        [f"frontdoor.toml: {said}"],
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("4 business hours", Open(timedelta(hours=4))),
        ("1 business hour", Open(timedelta(hours=1))),
        ("90 business minutes", Open(timedelta(minutes=90))),
        ("1 business day", Days(1)),
        ("3 business days", Days(3)),
        ("1 h", Plain(timedelta(hours=1))),
        ("90 min", Plain(timedelta(minutes=90))),
        ("2 days", Plain(timedelta(days=2))),
    ],
)
def test_an_amount_is_written_as_it_is_read(written: str, read: Amount) -> None:
    """There and back."""
    assert (amount(written), spoken_amount(read)) == (read, written)


def test_a_mark_at_the_beginning_of_the_file_is_nothing(tmp_path: Path) -> None:
    """Some editors write one."""
    path = tmp_path / "frontdoor.toml"
    path.write_text(office_file.uncommented(), encoding="utf-8-sig")

    assert roster.load(path).warnings == ()


def test_half_a_business_day_can_be_said_and_not_written() -> None:
    """The intensive period halves what was agreed; nobody agrees on halves."""
    assert spoken_amount(Days(Fraction(1, 2))) == "0.5 business days"
    with pytest.raises(Wrong):
        amount("0.5 business days")


def test_a_plan_that_nobody_has_is_a_warning() -> None:
    """It is easily forgotten at the client."""
    told = office_file.data()
    del told["clients"][0]["terms"]

    office = roster.parse("\n".join(line for _, line in office_file.written(told)))

    assert office.warnings == (
        '[terms.gold] is no client\'s. Write terms = "gold" at a client, or remove it.',
    )
