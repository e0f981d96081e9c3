"""The example's office with some of it changed, and a stage with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.journeys.driver import HOME, Stage, open_stage


def variant(folder: Path, *changes: tuple[str, str], more: str = "") -> str:
    """The example configuration with some lines changed and some added; where it lies."""
    text = (HOME / "frontdoor.example.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "frontdoor.toml"
    path.write_text(text + more, encoding="utf-8")
    return str(path)


@contextmanager
def open_office(folder: Path, *changes: tuple[str, str], more: str = "") -> Iterator[Stage]:
    """A stage with that office; the bot has nothing to complain of at the end."""
    stage = open_stage(folder, FRONTDOOR_CONFIG=variant(folder, *changes, more=more))
    try:
        yield stage
        assert stage.bot.complaints() == []
    finally:
        stage.close()
