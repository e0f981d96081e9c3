"""`frontdoor terms diff`: what another file would change, measured at what is in force, with the effect on open requests."""

import asyncio
from pathlib import Path

import pytest

from bot import roster
from bot.clock import SystemClock
from bot.reloading import Reloading
from tests.bot.stage import EXAMPLE, START, build, migrated
from tests.bot.test_cli import TOKENS, _run

HOURS = 'from = "13:00", to = "22:00"'


def _file(folder: Path, name: str, to: str) -> Path:
    said = EXAMPLE.read_text(encoding="utf-8")
    assert said.count(HOURS) == 1
    path = folder / name
    path.write_text(said.replace(HOURS, f'from = "13:00", to = "{to}"'), encoding="utf-8")
    return path


async def _one_open_request(url: str, path: Path) -> None:
    """A bot ran with this file, and a client wrote."""
    stage = await build(url)
    stage.in_force.office = roster.load(path)
    await Reloading(path, stage.in_force, stage.machinery, stage.database, stage.clock).begin()
    await stage.writes()
    await stage.database.close()


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The file in use says something else by now than what is in force."""
    monkeypatch.setattr(SystemClock, "now", lambda _clock: START)
    url = migrated(tmp_path)
    asyncio.run(_one_open_request(url, _file(tmp_path, "then.toml", "22:00")))
    used = _file(tmp_path, "used.toml", "21:00")
    return TOKENS | {"DATABASE_URL": url, "FRONTDOOR_CONFIG": str(used)}


def test_a_file_is_compared_with_what_is_in_force(
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Not with the file in use, which nobody may have applied yet."""
    other = _file(tmp_path, "other.toml", "16:00")
    assert _run(monkeypatch, "terms", "diff", str(other), **environment) == 0
    hours = "daily 13:00–22:00 Asia/Karachi → daily 13:00–16:00 Asia/Karachi"
    assert capsys.readouterr().out.splitlines() == [
        f"Every client: development {hours}; business {hours}.",
        "SUP-1: response due Wed 18 Nov 18:00 PKT → Thu 19 Nov 15:00 PKT",
        "1 open request would have other targets, none of them late at once.",
    ]
    assert _run(monkeypatch, "terms", "diff", str(tmp_path / "then.toml"), **environment) == 0
    assert capsys.readouterr().out == "It says what is in force.\n"


def test_without_a_database_the_difference_is_said_and_that_the_effect_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Compared with the file in use."""
    used = _file(tmp_path, "used.toml", "22:00")
    other = _file(tmp_path, "other.toml", "16:00")
    nowhere = {"DATABASE_URL": f"sqlite:///{tmp_path / 'none.sqlite3'}", "FRONTDOOR_CONFIG": str(used)}
    assert _run(monkeypatch, "terms", "diff", str(other), **TOKENS, **nowhere) == 0
    said = capsys.readouterr().out.splitlines()
    assert (len(said), said[0].startswith("Every client: development"), said[1][:45]) == (
        2,
        True,
        "Its effect on open requests is not known. The",
    )


def test_a_broken_file_is_refused_with_its_line(
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As `terms check` does."""
    broken = tmp_path / "broken.toml"
    broken.write_text("[desk]\nzone = 7\n", encoding="utf-8")
    assert _run(monkeypatch, "terms", "diff", str(broken), **environment) == 2
    assert "broken.toml, line 2: desk.zone" in capsys.readouterr().err
