"""The two that are compared, each as `playing` starts it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from stage import CHANNELS, Bot, playing

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent / "frontdoor.example.toml"


def office() -> str:
    """The example's configuration with the stage's channels, no short wait, and every message a request of its own."""
    text = EXAMPLE.read_text(encoding="utf-8")
    channels = ", ".join(f'"C0BENCH{number:03d}"' for number in range(CHANNELS))
    for old, new in (
        ('channels = ["C0RETAIL01"]', f'channels = ["C0RETAIL01", {channels}]'),
        ('short_wait = "10 s"', 'short_wait = "0 s"'),
        ('grouping = "10 min"', 'grouping = "0 s"'),
    ):
        if old not in text:
            raise ValueError(f"{EXAMPLE.name} has no line {old}")
        text = text.replace(old, new)
    return text


@asynccontextmanager
async def echo() -> AsyncIterator[Bot]:
    """The yardstick."""
    async with playing([str(HERE / "echo_bot.py")], {}) as bot:
        yield bot


@asynccontextmanager
async def frontdoor() -> AsyncIterator[Bot]:
    """The product, as `frontdoor run` starts it."""
    async with playing(["-m", "bot", "run"], {"frontdoor.toml": office()}) as bot:
        yield bot
