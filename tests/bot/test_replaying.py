"""`frontdoor terms replay`: the record under another file, from a real database, read and not changed."""

import asyncio
import json
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import cli, replaying, roster
from bot import settings as configuration
from bot.replaying import Period, compare
from tests.bot.stage import EXAMPLE, LEE, START, Stage, build

ENVIRONMENT = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "FRONTDOOR_CONFIG": str(EXAMPLE)}
NOW = START + timedelta(minutes=4)
DAY = Period(since=START - timedelta(days=1), until=START + timedelta(days=1), now=NOW)


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """The example with two minutes to acknowledge."""
    text = EXAMPLE.read_text(encoding="utf-8")
    path = tmp_path / "other.toml"
    assert 'acknowledge = "5 min"' in text
    path.write_text(text.replace('acknowledge = "5 min"', 'acknowledge = "2 min"'), encoding="utf-8")
    return path


def environment(monkeypatch: pytest.MonkeyPatch, url: str) -> configuration.Settings:
    """The settings of a machine with this database."""
    for name, value in (ENVIRONMENT | {"DATABASE_URL": url}).items():
        monkeypatch.setenv(name, value)
    return configuration.load()


async def acknowledged_after_four_minutes(stage: Stage) -> None:
    """Lee is not rung under the example's terms; the request stays open."""
    await stage.machinery.start()
    number = await stage.escalated()
    await stage.passes(240)
    assert (await stage.presses("acknowledge", number, LEE)).accepted
    await stage.settled()


async def test_the_figures_stand_side_by_side(
    stage: Stage, stricter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who would have been rung, which clock would have lapsed, for all and for each client."""
    await acknowledged_after_four_minutes(stage)
    settings = environment(monkeypatch, stage.url)
    period = Period(since=DAY.since, until=NOW, now=stage.clock.now())
    found = await compare(settings, stage.office, roster.load(stricter), period, "other.toml")

    said = replaying.text(found).splitlines()
    assert (
        said[0]
        == "Requests opened from 2026-11-17 14:00 until 2026-11-18 14:04 Asia/Karachi: 1, compared: 1."
    )
    start = said.index("All clients (1)             as it was           other.toml")
    assert said[start + 1 : start + 3] == [
        "  first responses           1 of 1 (100%)       1 of 1 (100%)",
        "  acknowledgements          1 of 1 (100%)       0 of 1 (0%)",
    ]
    assert "    Lee Lead                0                   1" in said
    assert said[said.index("What would have been different:") + 1 :][:2] == [
        "  SUP-1 of Example Retail, calls 0 -> 3",
        "    would have lapsed: acknowledgement, Wed 18 Nov 14:02 PKT",
    ]
    assert "nobody can know" in said[-1]


async def test_only_the_period_and_the_client_that_were_asked_for(
    stage: Stage, stricter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was opened at the end is of the next period."""
    await acknowledged_after_four_minutes(stage)
    settings, other = environment(monkeypatch, stage.url), roster.load(stricter)

    async def refs(period: Period) -> list[str]:
        return [one.ref for one in (await compare(settings, stage.office, other, period, "x")).found]

    assert await refs(DAY) == ["SUP-1"]
    assert await refs(replace(DAY, since=START, until=START)) == []
    assert await refs(replace(DAY, since=START + timedelta(seconds=1))) == []
    assert await refs(replace(DAY, client="sample-clinics")) == []


def test_from_the_command_line_as_text_and_as_json(
    url: str, stricter: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside no running bot; days are the desk's."""

    async def happens() -> None:
        stage = await build(url)
        await acknowledged_after_four_minutes(stage)
        await stage.machinery.stop()
        await stage.database.close()

    asyncio.run(happens())
    environment(monkeypatch, url)
    asked = ["terms", "replay", "--since", "2026-11-18", "--until", "2026-11-19", "--terms", str(stricter)]

    monkeypatch.setattr(sys, "argv", ["frontdoor", *asked, "--json"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 0
    found = json.loads(capsys.readouterr().out)
    assert found["total"]["after"]["promises"]["acknowledgements"] == {"kept": 0, "of": 1}
    assert found["clients"]["example-retail"]["before"]["promises"]["acknowledgements"] == {
        "kept": 1,
        "of": 1,
    }
    assert "acknowledgement" in [one["what"] for one in found["requests"][0]["newly"]]

    monkeypatch.setattr(sys, "argv", ["frontdoor", *asked, "--client", "nobody"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("There is no client nobody.")
