"""docs/terms.md and the example say what the model says, and a stranger can write a client's terms from them."""

import re
import tomllib
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot import roster
from bot.office.file import OfficeFile
from bot.office.kind import Kind
from bot.office.model import keys
from bot.office.terms import TargetTable, TermsTable
from policies import going_live
from policies.hours import Open, due, is_open
from policies.terms import SEVERITIES, Terms
from tests.bot.office_file import DOCS, uncommented

OF_HOURS = {"support", "development", "business"}


@pytest.fixture
def agreement(repository: Path) -> roster.Office:
    """The worked example of docs/terms.md."""
    text = (repository / "docs" / "terms.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    return roster.parse(found)


def test_the_documents_are_what_the_model_says() -> None:
    """`make docs` writes them."""
    for path, made in ((DOCS.EXAMPLE, DOCS.example), (DOCS.TERMS, DOCS.terms)):
        text = path.read_text(encoding="utf-8")
        assert made(text) == text, f"{path.name} is out of date: run `make docs`"


def test_every_key_is_explained() -> None:
    """With a row of its own."""
    explained = DOCS.TERMS.read_text(encoding="utf-8")
    tables = [table for table in DOCS.tables() if table is not OfficeFile]

    assert [key for table in tables for key in keys(table) if f"| `{key.name}` |" not in explained] == []


def test_every_number_of_the_process_has_its_key_and_shows_its_default() -> None:
    """What the documents say is so unless said otherwise is so."""
    shown = {
        key.name: TermsTable.model_validate({key.name: key.example})
        for key in keys(TermsTable)
        if isinstance(key.holds, Kind) and key.name not in OF_HOURS
    }

    assert {item.name for item in fields(Terms)} == set(shown) | OF_HOURS | {"severities"}
    standard = Terms()
    assert {name: getattr(table, name) for name, table in shown.items()} == {
        name: getattr(standard, name) for name in shown
    }
    assert {
        severity: TargetTable.model_validate(
            {
                key.name: key.holds.written(getattr(target, key.name))
                for key in keys(TargetTable)
                if isinstance(key.holds, Kind)
            }
        ).target(SEVERITIES["S2"])
        for severity, target in SEVERITIES.items()
    } == dict(SEVERITIES)


def test_the_example_can_be_used_with_everything_that_it_only_shows() -> None:
    """Each commented key may be uncommented as it stands."""
    office = roster.parse(uncommented())

    assert office.warnings == ()
    assert office.terms("example-retail").next_reply == Open(timedelta(hours=4))
    assert office.terms("example-retail").severities["S2"] == replace(
        SEVERITIES["S2"], response=Open(timedelta(hours=2)), updates=timedelta(hours=4)
    )
    assert [vendor.key for vendor in office.roster.vendors] == ["example-payments"]
    assert [contact.name for contact in office.roster.executives] == ["Ellis Executive"]
    assert [role.value for role, _ in office.roster.rota] == ["support"]
    assert [(feed.role.value, feed.source) for feed in office.feeds] == [("developer", "developers.ics")]


def test_the_agreement_of_the_documents_holds(agreement: roster.Office) -> None:
    """It is taken, complete, and keeps what the page promises of it."""
    (client,) = agreement.roster.clients
    terms = agreement.terms(client.key)
    thursday = datetime(2026, 12, 24, 16, tzinfo=UTC)

    assert agreement.warnings == ()
    assert going_live.missing(client, terms) == ()
    assert due(terms.business, thursday, terms.severities["S2"].response) == datetime(
        2026, 12, 29, 10, tzinfo=UTC
    )
    assert terms.severities["S2"].flagged != SEVERITIES["S2"].flagged
    assert terms.severities["S1"] == replace(SEVERITIES["S1"], updates=timedelta(minutes=30))
    assert agreement.default_terms.severities == SEVERITIES


def test_hours_are_what_was_written(agreement: roster.Office) -> None:
    """A break at noon, a short day, a Sunday, a holiday of one part, and nights in another zone."""
    support, development = agreement.default_terms.support, agreement.default_terms.development

    def opens(day: int, hour: int, minute: int = 0) -> bool:
        return is_open(support, datetime(2026, 12, day, hour, minute, tzinfo=UTC))

    assert (opens(23, 12), opens(23, 12, 45), opens(23, 13)) == (True, False, True)
    assert (opens(24, 11), opens(24, 12), opens(27, 11), opens(28, 11), opens(31, 11)) == (
        True,
        False,
        True,
        False,
        False,
    )
    assert not is_open(support, datetime(2027, 1, 4, 11, tzinfo=UTC))
    assert dict(support.names)[date(2026, 12, 25)] == "Christmas Day"
    assert is_open(development, datetime(2026, 12, 26, 17, 30, tzinfo=UTC))
    assert not is_open(development, datetime(2026, 12, 26, 1, tzinfo=UTC))


def test_maintenance_is_in_the_zone_of_the_client() -> None:
    """Written as local time, known in UTC."""
    told = tomllib.loads(uncommented())
    told["clients"][0] |= {"zone": "Asia/Karachi"}
    office = roster.parse("\n".join(f"{name} = {DOCS.toml(value)}" for name, value in told.items()))

    (window,) = office.roster.client_by_key["example-retail"].maintenance
    assert (window.start, window.end) == (
        datetime(2026, 12, 6, 17, tzinfo=UTC),
        datetime(2026, 12, 6, 21, tzinfo=UTC),
    )
