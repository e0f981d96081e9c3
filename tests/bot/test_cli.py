"""The command line: plain words, and exit codes that scripts can use."""

import sys
from pathlib import Path

import pytest
import yaml

from bot import cli
from bot import manifest as m

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str, **environment: str) -> int:
    """The exit code of `frontdoor` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["frontdoor", *arguments])
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert isinstance(caught.value.code, int)
    return caught.value.code


def test_help_names_every_command_and_every_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In plain text, each command with one whole sentence."""
    assert _run(monkeypatch, "--help") == 0
    shown = " ".join(capsys.readouterr().out.split())
    for line in (
        "run       Run the bot until it is told to stop.",
        "migrate   Bring the database up to date.",
        "manifest  Print the manifest of the Slack app.",
        "doctor    Look at everything a running bot needs.",
        "explain   Say why each clock of a request stands where it stands.",
        "export    Give everything known of a request as JSON.",
        "version   Print the version.",
        "verify    Prove that the record is whole.",
        "backup    Copy the database into a file.",
        "restore   Put a backup in the place of the database.",
        "move      Move from SQLite to PostgreSQL.",
        "erase     Erase what people wrote in a request.",
        "letters   List the events that failed.",
        "rota      Say whose turn it is, or write it as a calendar.",
        "vcard     Print the contact card for telephones.",
        "Exit codes: 0 done, 1 refused or a check failed, 2 wrong usage, 3 wrong configuration, 4 overtaken, 5 stuck.",
    ):
        assert " ".join(line.split()) in shown


def test_version_is_the_one_of_the_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As pyproject.toml says it."""
    assert _run(monkeypatch, "version") == 0
    assert capsys.readouterr().out == "0.1.0\n"


@pytest.mark.parametrize(
    "arguments", [["dance"], ["explain"], ["manifest", "--htp", "x"], ["export", "1", "2"]]
)
def test_wrong_usage_is_2(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    """As every command line has it."""
    assert _run(monkeypatch, *arguments) == 2


def test_the_manifest_is_printed_for_either_way_of_delivery(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No settings are needed for it: it comes before there are any."""
    assert _run(monkeypatch, "manifest") == 0
    assert yaml.safe_load(capsys.readouterr().out) == m.load()

    assert _run(monkeypatch, "manifest", "--http", "https://frontdoor.example.com") == 0
    printed = yaml.safe_load(capsys.readouterr().out)
    assert printed == m.over_http(m.load(), "https://frontdoor.example.com")


def test_wrong_configuration_is_3_and_says_what_to_mend(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """For every command that needs settings; on stderr, so that a pipe stays clean."""
    for command in (["run"], ["migrate"], ["doctor"], ["explain", "SUP-1"], ["export", "SUP-1"]):
        assert _run(monkeypatch, *command) == 3
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("SLACK_BOT_TOKEN is not set.")
    assert _run(monkeypatch, "manifest", "--http", "http://frontdoor.example.com") == 3


def test_a_roster_that_run_would_not_take_is_3_for_the_doctor_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """One meaning of 3, whoever asks."""
    nowhere = {"FRONTDOOR_CONFIG": str(tmp_path / "none.toml"), "SLACK_API_URL": "http://127.0.0.1:1/api/"}
    nowhere["DATABASE_URL"] = f"sqlite:///{tmp_path / 'frontdoor.sqlite3'}"

    assert _run(monkeypatch, "doctor", **nowhere, **TOKENS) == 3
    assert "FAIL  frontdoor.toml: " in capsys.readouterr().out


def test_migrate_creates_the_database_and_then_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Folder and file are made; a second time it says so."""
    url = f"sqlite:///{tmp_path / 'new' / 'frontdoor.sqlite3'}"

    assert _run(monkeypatch, "migrate", DATABASE_URL=url, **TOKENS) == 0
    assert capsys.readouterr().out == "The database has been brought up to date.\n"
    assert _run(monkeypatch, "migrate", DATABASE_URL=url, **TOKENS) == 0
    assert capsys.readouterr().out == "The database was up to date already.\n"


def test_what_is_no_database_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It is left as it is."""
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear reader, " * 100, encoding="utf-8")

    assert _run(monkeypatch, "migrate", DATABASE_URL=f"sqlite:///{letter}", **TOKENS) == 1
    assert (
        capsys.readouterr().err
        == "The database cannot be opened: file is not a database. See DATABASE_URL.\n"
    )
    assert letter.read_text(encoding="utf-8") == "Dear reader, " * 100


def test_a_request_that_does_not_exist_is_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, repository: Path
) -> None:
    """Asked by any name, and also before the database has tables."""
    where = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'frontdoor.sqlite3'}",
        "FRONTDOOR_CONFIG": str(repository / "frontdoor.example.toml"),
    }
    assert _run(monkeypatch, "explain", "SUP-7", **where, **TOKENS) == 1
    assert capsys.readouterr().err.endswith("Run `frontdoor migrate`, or see DATABASE_URL.\n")

    assert _run(monkeypatch, "migrate") == 0
    for name in ("SUP-7", "7", "nonsense"):
        assert _run(monkeypatch, "explain", name) == 1
        assert capsys.readouterr().err == f"There is no request {name}.\n"
