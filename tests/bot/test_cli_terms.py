"""`frontdoor terms`: the file is checked, and what would happen is told with its reasons."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot import cli

CONFIG = "FRONTDOOR_CONFIG"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of `frontdoor terms` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["frontdoor", "terms", *arguments])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert isinstance(caught.value.code, int)
    return caught.value.code


@pytest.fixture
def example(repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of the example file, in use; nothing else of the environment is."""
    copy = tmp_path / "frontdoor.toml"
    copy.write_text((repository / "frontdoor.example.toml").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setenv(CONFIG, str(copy))
    return copy


def test_a_good_file_is_said_to_be_good(
    example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No token is needed, and no database."""
    assert run(monkeypatch, "check") == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[-1].startswith("frontdoor.toml is good: 7 people, 2 clients")
    assert said.err == ""
    monkeypatch.delenv(CONFIG)
    assert run(monkeypatch, "check", str(example)) == 0


def test_a_good_file_in_which_a_client_has_a_plan_is_said_to_be_good(
    example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two clients of the same plan have one set of terms."""
    text = example.read_text(encoding="utf-8")
    plan = '[terms.silver.severities.S2]\nresponse = "3 business hours"\n\n[[people]]'
    text = text.replace("[[people]]", plan, 1).replace("[[clients]]\n", '[[clients]]\nterms = "silver"\n')
    example.write_text(text, encoding="utf-8")

    assert run(monkeypatch, "check") == 0
    assert "good: 7 people, 2 clients, 1 with terms of their own; terms " in capsys.readouterr().out


def test_a_faulty_file_is_2_with_every_line_and_mend(
    example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On stderr; so is a file that is not there."""
    text = example.read_text(encoding="utf-8")
    line = next(number for number, one in enumerate(text.splitlines(), 1) if one.startswith("acknowledge ="))
    example.write_text(text.replace('acknowledge = "5 min"', 'acknowledge = "soon"'), encoding="utf-8")

    assert run(monkeypatch, "check") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"frontdoor.toml, line {line}: terms.acknowledge is no length of time.")
    assert run(monkeypatch, "check", "nowhere.toml") == 2
    assert "nowhere.toml cannot be read" in capsys.readouterr().err


def test_a_warning_is_shown_and_the_file_is_good_all_the_same(
    example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody on the ladder has no number."""
    text = example.read_text(encoding="utf-8").replace('phone = "+12025550121"\n', "")
    example.write_text(text, encoding="utf-8")

    assert run(monkeypatch, "check") == 0
    assert "warn  Lee Lead is on the ladder without a telephone number" in capsys.readouterr().out


def test_a_severity_that_cannot_be_flagged_is_not_explained_as_another_one(
    example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The desk would refuse it and leave the request at the severity that it had."""
    question = ("--client", "example-retail", "--severity", "S3", "--at", "2026-12-24 21:58", "--urgent")
    assert run(monkeypatch, "explain", *question) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "S3 has no response out of hours of its own: only S2 can be flagged." in said.err


def explained(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *more: str
) -> dict[str, Any]:
    """What `explain --json` says of Christmas Eve."""
    arguments = ("--client", "example-retail", "--at", "2026-12-24 21:58", "--json", *more)
    assert run(monkeypatch, "explain", *arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_the_moment_is_read_in_the_clients_zone_or_in_the_one_named(
    example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And it is said which."""
    assert explained(monkeypatch, capsys)["at"] == "2026-12-24T21:58:00+00:00"
    there = explained(monkeypatch, capsys, "--zone", "Asia/Karachi")
    assert there["at"] == "2026-12-24T16:58:00+00:00"

    assert run(monkeypatch, "explain", "--client", "example-retail", "--at", "2026-12-24 21:58") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == [
        "Example Retail, Severity 2",
        "The client writes: Thu 24 Dec 21:58 Europe/London = Fri 25 Dec 02:58 Asia/Karachi",
    ]


def test_the_text_says_targets_stretches_and_both_stories_soonest_first(
    example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """For a reader at three in the morning."""
    arguments = ("--client", "example-retail", "--severity", "s2", "--at", "2026-12-24 21:58", "--for", "1h")
    assert run(monkeypatch, "explain", *arguments, "--escalated-after", "5 min") == 0
    said = capsys.readouterr().out.splitlines()

    start = said.index("Targets (Asia/Karachi):")
    assert said[start + 1 : start + 6] == [
        "  Fri 25 Dec 17:00  a developer is to be assigned: 4 business hours",
        "      warned Fri 25 Dec 16:00, 25% left",
        "      warned Fri 25 Dec 16:45, 15 minutes left",
        "      Fri 25 Dec 02:58 to 13:00  does not count: outside the hours",
        "      Fri 25 Dec 13:00 to 17:00  open, counts 4 hours",
    ]
    first = [line for line in said[: said.index("Nobody does anything:")] if line.startswith("  Fri 25 0")]
    moments = [line[2:17] for line in first]
    assert moments == sorted(moments)
    assert "  Fri 25 03:18:00  Thu 24 22:18:00  ES-3  Lee Lead is rung." in first


def test_json_tells_the_same_for_a_picture(
    example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Versioned, moments in UTC, and the stretches of a target have no gap."""
    found = explained(monkeypatch, capsys, "--severity", "S1", "--for", "2 h")

    assert (found["version"], found["severity"], found["client"]["zone"]) == (1, "S1", "Europe/London")
    assert {one["kind"]: one["due"] for one in found["targets"]} == {
        "response": "2026-12-24T22:58:00+00:00",
        "resolution": "2026-12-25T01:58:00+00:00",
        "updates": "2026-12-24T22:58:00+00:00",
    }
    for target in found["targets"]:
        ends = [target["since"], *(one["end"] for one in target["segments"])]
        assert [one["start"] for one in target["segments"]] == ends[:-1]
        assert ends[-1] == target["due"]
    marks = {line["mark"] for story in found["stories"] for line in story["lines"]}
    assert {"person", "said", "call", "round", "warned", "missed"} <= marks
    assert all(
        datetime.fromisoformat(line["at"]).tzinfo for story in found["stories"] for line in story["lines"]
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--client", "nobody"),
            "There is no client nobody. The clients are: example-retail, sample-clinics.",
        ),
        (("--severity", "S9"), "There is no severity S9. There are: S1, S2, S3, S4."),
        (("--at", "soon"), "soon is no moment. Write it as 2026-12-24 21:58."),
        (("--zone", "Mars"), "Mars is no time zone. Write its IANA name, such as Europe/London."),
        (("--for", "ever"), '--for is no length of time: ever. Write "10 min", "2 h" or "3 days".'),
        (("--for", "32 days"), "--for is longer than 31 days. Look less far."),
    ],
)
def test_what_cannot_be_answered_is_2_and_says_what_could(
    example: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, str],
    said: str,
) -> None:
    """One sentence."""
    asked = {"--client": "example-retail", "--at": "2026-12-24 21:58"} | dict([arguments])
    assert run(monkeypatch, "explain", *(word for pair in asked.items() for word in pair)) == 2
    assert capsys.readouterr().err == f"{said}\n"


def test_a_calendar_of_the_rota_that_cannot_be_read_is_said_to_be_left_out(
    example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The answer is not silently another one."""
    feed = '\n[[rota]]\nrole = "lead"\ncalendar = "nowhere.ics"\n'
    example.write_text(example.read_text(encoding="utf-8") + feed, encoding="utf-8")

    assert explained(monkeypatch, capsys, "--for", "1 h")["notes"][0] == (
        "The calendar of the rota for lead cannot be read (FileNotFoundError): it is left out."
    )


def test_another_file_may_be_asked_without_being_in_use(
    example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And it is said that it was."""
    other = example.with_name("other.toml")
    text = example.read_text(encoding="utf-8")
    other.write_text(
        text.replace('acknowledge_outside = "15 min"', 'acknowledge_outside = "7 min"'), encoding="utf-8"
    )
    found = explained(monkeypatch, capsys, "--terms", str(other), "--for", "1 h")

    assert found["notes"][0] == "The terms are those of other.toml."
    rung = next(line["at"] for line in found["stories"][0]["lines"] if line["mark"] == "call")
    assert rung == "2026-12-24T22:15:00+00:00"
