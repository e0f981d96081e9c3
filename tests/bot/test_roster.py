"""frontdoor.toml: the example is what the demo runs on, and every mistake is named with its line and its mend."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot import roster
from bot.settings import Misconfigured
from bot.storage.day import Day
from policies.hours import Window
from policies.people import Absence, Role
from policies.terms import Terms

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def text(repository: Path) -> str:
    """The committed example."""
    return (repository / "frontdoor.example.toml").read_text(encoding="utf-8")


def _changed(text: str, old: str, new: str) -> str:
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


def _line(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_example_has_the_numbers_of_the_process(repository: Path) -> None:
    """Everything it writes out is the default, so that reading it teaches the truth."""
    office = roster.load(repository / "frontdoor.example.toml")
    terms = office.default_terms

    assert terms == replace(
        Terms(), support=terms.support, development=terms.development, business=terms.business
    )
    assert terms.support.windows == (Window(days=frozenset(range(7)), start=time(8), end=time(0)),)
    assert terms.development.windows == (Window(days=frozenset(range(7)), start=time(13), end=time(22)),)
    assert office.warnings == ()


def test_the_example_knows_the_cast(repository: Path) -> None:
    """Who holds which role, in the order in which they are rung, and where clients write."""
    office = roster.load(repository / "frontdoor.example.toml")

    held = {
        role: [person.key for person in office.roster.holders(role)]
        for role in Role
        if role is not Role.CLIENT
    }
    assert held == {
        Role.SUPPORT: ["sam", "sky"],
        Role.SUPPORT_LEAD: ["sol"],
        Role.LEAD: ["lee"],
        Role.BACKUP: ["bo"],
        Role.DEVELOPER: ["devi", "dana"],
    }
    assert {channel: client.key for channel, client in office.roster.by_channel.items()} == {
        "C0RETAIL01": "example-retail",
        "C0CLINIC01": "sample-clinics",
    }
    assert (office.support_channel, office.escalation_channel) == ("C0SUPPORT1", "C0ESCALATE")


def test_a_client_may_have_terms_of_its_own(text: str) -> None:
    """[terms.gold] changes single numbers and hours; everything else and everybody else stay as agreed."""
    changed = _changed(
        text,
        "# [terms.gold]",
        '[terms.gold]\nfirst_update = "20 min"\nsupport = "night"\nclose_silent = "14 days"',
    )
    changed = _changed(changed, '# terms = "gold"', 'terms = "gold"')
    changed += (
        '\n[hours.night]\nzone = "UTC"\nwindows = [{ days = ["mon", "tue"], from = "20:00", to = "06:00" }]\n'
    )

    office = roster.parse(changed)

    gold = office.terms("example-retail")
    assert gold.first_update == timedelta(minutes=20)
    assert gold.close_silent == timedelta(days=14)
    assert gold.support.windows == (Window(days=frozenset({0, 1}), start=time(20), end=time(6)),)
    assert gold.acknowledge == office.default_terms.acknowledge
    assert office.terms("sample-clinics") == office.terms("nobody") == office.default_terms


def test_public_holidays_and_single_dates_close_the_day(text: str) -> None:
    """A country's holidays, dates of our own, and dates that are worked nevertheless."""
    own = 'closed = [2026-12-31]\nholidays = "PK"\nopen = [2027-03-23]'
    changed = _changed(text, "closed = []", own)

    closed = roster.parse(changed).default_terms.development.closed

    assert {date(2026, 12, 31), date(2026, 3, 23)} <= closed
    assert date(2027, 3, 23) not in closed


def test_absences_of_the_day_are_added_without_changing_the_office(text: str) -> None:
    """The file's roster stays; the day's knows who is away."""
    office = roster.parse(text)
    away = Absence(person="lee", start=NOON, end=NOON + timedelta(hours=1))

    lead = office.of_the_day((1,), lambda: Day(absences=(away,))).acting_lead(NOON)

    assert lead is not None
    assert lead.key == "bo"
    assert office.roster.absences == ()


def test_somebody_on_the_ladder_without_a_number_is_a_warning(text: str) -> None:
    """It works, and it is said."""
    office = roster.parse(_changed(text, 'phone = "+12025550122"\n', ""))

    assert office.warnings == (
        "Bo Backup is on the ladder without a telephone number and will be skipped. Add `phone`.",
    )


MISTAKES = [
    (
        'roles = ["backup"]',
        'roles = ["boss"]',
        "people.5.roles.1 is no role. The roles are: support, support_lead, lead, backup, developer.",
    ),
    (
        'roles = ["lead"]',
        'roles = ["developer"]',
        'people has nobody with the role "lead". Give it to somebody: the process needs one.',
    ),
    ('roles = ["support_lead"]', "roles = []", "people.3.roles is empty. Name at least one."),
    (
        "+12025550121",
        "2025550121",
        "people.4.phone is no telephone number. Write it with + and country code, such as +923001234567.",
    ),
    (
        "+12025550121",
        "+1202",
        "people.4.phone is no valid number in international form. Write + and digits only, such as +923001234567.",
    ),
    (
        "+12025550121",
        "+19005550100",
        "people.4.phone is not a number of a person (premium, toll-free or special). Name a mobile or fixed line.",
    ),
    (
        "U0BO000001",
        "U0LEE00001",
        "people.5.slack names U0LEE00001, which is taken already. Each may stand once.",
    ),
    (
        "U0BO000001",
        "@bo",
        "people.5.slack is no member id of Slack. It looks like U0123ABCDE; Slack shows it in the details.",
    ),
    ('key = "bo"', 'key = "lee"', "people.5.key names lee, which is taken already. Each may stand once."),
    (
        "C0CLINIC01",
        "C0RETAIL01",
        "clients.2.channels names C0RETAIL01, which is taken already. Each may stand once.",
    ),
    (
        "C0CLINIC01",
        "C0SUPPORT1",
        "clients.2.channels names C0SUPPORT1, which is an internal channel of [desk]. A client must never read it.",
    ),
    (
        "C0ESCALATE",
        "#escalations",
        "desk.escalation_channel is no channel id of Slack. It looks like C0123ABCDE; Slack shows it in the details.",
    ),
    (
        "C0ESCALATE",
        "C0SUPPORT1",
        "desk.escalation_channel is the support channel too. Make a channel of its own for escalations.",
    ),
    (
        "T0CLINIC01",
        "clinics",
        "clients.2.teams.1 is no workspace id of Slack. It looks like T0123ABCDE; Slack shows it in the details.",
    ),
    (
        "Europe/London",
        "Europe/Londn",
        "clients.1.zone is no time zone. Write its IANA name, such as Asia/Karachi or Europe/London.",
    ),
    (
        'relay = "10 min"',
        'relay = "10 fortnights"',
        'terms.relay is no length of time. Write a number and s, min, h or day, such as "30 min".',
    ),
    (
        'relay = "10 min"',
        "relay = 10",
        'terms.relay is no length of time. Write a number and s, min, h or day, such as "30 min".',
    ),
    ('relay = "10 min"', 'relay = "0 min"', "terms.relay is no time at all. Nobody could keep that."),
    ('ring = "25 s"', 'ring = "4 min"', "terms.call_guard is not longer than ring. Correct one of them."),
    ("relay =", "rely =", 'terms.rely is no key of this table. Did you mean "relay"? Correct or remove it.'),
    (
        "calls_a_day = 60",
        "calls_a_day = 0",
        "terms.calls_a_day is no whole number. Write one from 1 to 10000, without quotes.",
    ),
    (
        '# terms = "gold"',
        'terms = "gold"',
        "clients.1.terms names [terms.gold], which is not in the file. Add it.",
    ),
    (
        '# shift = "support"',
        'shift = "night"',
        "people.1.shift names [hours.night], which is not in the file. Add it.",
    ),
    (
        'to = "22:00"',
        'to = "25:00"',
        'hours.development.windows.1.to is no time of day. Write it as "13:00", from "00:00" to "24:00".',
    ),
    (
        'days = "daily", from = "13:00"',
        'days = ["monday"], from = "13:00"',
        'hours.development.windows.1.days is no set of days. Write "daily" or a list of mon, tue, wed, thu, fri, sat, sun.',
    ),
    (
        '# holidays = "PK"',
        'holidays = "QQ"',
        (
            "hours.support.holidays.1 is no country whose holidays we know. "
            'Write its ISO code, such as "PK", or with a part of it, such as "GB-SCT".'
        ),
    ),
    ('name = "Sky Support"', "", "people.2.name is missing. Add it."),
]


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES, ids=[said[:60] for *_, said in MISTAKES])
def test_a_mistake_is_said_in_words(text: str, old: str, new: str, said: str) -> None:
    """Each kind of mistake has its sentence."""
    with pytest.raises(Misconfigured) as caught:
        roster.parse(_changed(text, old, new))

    assert [problem.partition(": ")[2] for problem in caught.value.problems] == [said]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("C0CLINIC01", "C0RETAIL01", '["C0RETAIL01"]\nzone = "Asia/Dubai"'),
        ("U0BO000001", "@bo", '"@bo"'),
        ('relay = "10 min"', "relay = 10", "relay = 10"),
        ('to = "22:00"', 'to = "25:00"', 'to = "25:00"'),
        ('# terms = "gold"', 'terms = "gold"', 'terms = "gold"                     # its plan'),
    ],
)
def test_a_mistake_is_found_at_its_line(text: str, old: str, new: str, place: str) -> None:
    """The file and the line stand before the words."""
    changed = _changed(text, old, new)
    with pytest.raises(Misconfigured) as caught:
        roster.parse(changed, "team.toml")

    (said,) = caught.value.problems
    assert said.partition(": ")[0] == f"team.toml, line {_line(changed, place)}"


def test_windows_that_overlap_are_refused_also_around_the_week(text: str) -> None:
    """Sunday's night shift that reaches into Monday's early one is found."""
    windows = (
        '{ days = ["sun"], from = "22:00", to = "06:00" }, { days = ["mon"], from = "05:00", to = "12:00" }'
    )
    with pytest.raises(Misconfigured, match="has windows that overlap"):
        roster.parse(_changed(text, '{ days = "daily", from = "13:00", to = "22:00" }', windows))


def test_windows_that_touch_are_fine(text: str) -> None:
    """One may begin where another ends, over midnight and over the week's end too."""
    windows = (
        '{ days = "daily", from = "22:00", to = "06:00" }, { days = "daily", from = "06:00", to = "12:00" }'
    )

    hours = roster.parse(
        _changed(text, '{ days = "daily", from = "13:00", to = "22:00" }', windows)
    ).default_terms.development

    assert len(hours.windows) == 2


def test_what_is_not_toml_is_said_with_its_line(text: str) -> None:
    """Its line, and what to look at."""
    with pytest.raises(Misconfigured, match=r"team\.toml, line 9: desk has a table's name"):
        roster.parse(_changed(text, "[desk]", "[desk"), "team.toml")


def test_a_file_that_is_not_there_is_said_with_the_mend(tmp_path: Path) -> None:
    """The first start of a newcomer."""
    with pytest.raises(
        Misconfigured, match=r"Copy frontdoor\.example\.toml, or name your file with FRONTDOOR_CONFIG\."
    ):
        roster.load(tmp_path / "frontdoor.toml")
