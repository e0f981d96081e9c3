"""The rota and the contact card on the command line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import cli
from bot.storage import migrate

ROTA = """
[[rota]]
role = "support"
people = ["sam", "sky"]
first = 2026-11-16
at = "09:00"
"""


@pytest.fixture
def runner(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """An installation with a rota of its own."""
    config = tmp_path / "frontdoor.toml"
    config.write_text(
        (repository / "frontdoor.example.toml").read_text(encoding="utf-8") + ROTA, encoding="utf-8"
    )
    url = f"sqlite:///{tmp_path / 'frontdoor.sqlite3'}"
    migrate.upgrade(url)
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "FRONTDOOR_CONFIG": str(config),
        "DATABASE_URL": url,
    }.items():
        monkeypatch.setenv(name, value)
    return CliRunner()


def test_the_rota_is_told_in_turns(runner: CliRunner) -> None:
    result = runner.invoke(cli.app, ["rota"])
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert {line.split()[-2] for line in lines} == {"Sam", "Sky"}
    assert all(line.startswith("support ") for line in lines)
    assert 12 <= len(lines) <= 15


def test_the_rota_of_a_person_is_a_calendar(runner: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "sam.ics"
    result = runner.invoke(cli.app, ["rota", "--ics", "sam", "--output", str(file)])
    text = file.read_bytes().decode()
    assert result.exit_code == 0
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.count("SUMMARY:Support: Sam Support") == text.count("BEGIN:VEVENT") > 5
    everybody = runner.invoke(cli.app, ["rota", "--ics", "all"]).stdout
    assert everybody.count("BEGIN:VEVENT") > text.count("BEGIN:VEVENT")


def test_nobody_with_that_key_is_said(runner: CliRunner) -> None:
    result = runner.invoke(cli.app, ["rota", "--ics", "nobody"])
    assert result.exit_code == 1
    assert "The keys are: sam, sky, sol" in result.stderr


def test_the_contact_card_has_the_number_that_calls_come_from(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert runner.invoke(cli.app, ["vcard"]).exit_code == 1
    for name, value in {
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "t",
        "TWILIO_FROM_NUMBER": "+12025550100",
    }.items():
        monkeypatch.setenv(name, value)
    assert runner.invoke(cli.app, ["vcard"]).stdout.splitlines() == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "N:;Frontdoor;;;",
        "FN:Frontdoor",
        "ORG:Frontdoor",
        "TEL;TYPE=VOICE,PREF:+12025550100",
        "NOTE:Production support rings from this number. Let it through at night.",
        "END:VCARD",
    ]
