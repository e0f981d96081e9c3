"""What `frontdoor doctor` looks at: each finding is a line with its mend."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import aiohttp

from bot.roster import Office
from bot.settings import LOOPBACK, Settings, strangers

PATIENCE = 10.0
"""Seconds for one look at something outside."""
SKEW = timedelta(seconds=30)
"""Apart from this on, our clock is worth a warning; Slack refuses signatures that are five minutes off."""
TOO_MUCH_SKEW = timedelta(minutes=4)

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: how it is in words, and what mends it."""

    about: str
    state: State
    said: str
    mend: str = ""


Check = Callable[[], Awaitable[Sequence[Finding]]]
"""One look. It may raise nothing but OSError, TimeoutError and aiohttp's own errors."""


async def examine(checks: Sequence[tuple[str, Check]]) -> tuple[Finding, ...]:
    """Every finding of every check, in their order; a check that cannot be made is a finding itself."""
    results = await asyncio.gather(*(_look(name, check) for name, check in checks))
    return tuple(finding for findings in results for finding in findings)


async def _look(name: str, check: Check) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(PATIENCE * 2):
            return await check()
    except (OSError, TimeoutError, aiohttp.ClientError) as error:
        mend = "Look at the network between this machine and there, and try again."
        return [Finding(name, "fail", f"cannot be reached ({type(error).__name__})", mend)]


def settings_findings(settings: Settings) -> list[Finding]:
    """What the settings say by themselves."""
    way = "Socket Mode" if settings.slack_app_token else "HTTP"
    found = [Finding("settings", "ok", f"read; Slack delivers by {way}")]
    found += [Finding("settings", "warn", said, "Correct or remove it.") for said in strangers()]
    if not settings.has_telephone:
        mend = "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM_NUMBER."
        found.append(Finding("telephone", "warn", "not set up: nobody can be rung", mend))
    elif not settings.public_url:
        said = "PUBLIC_URL is not set: calls are placed, but keys on the telephone cannot be taken, only Slack acknowledges"
        found.append(
            Finding("telephone", "warn", said, "Set PUBLIC_URL to the https address of this process.")
        )
    if settings.frontdoor_ping_url:
        found.append(
            Finding("outside alarm", "ok", "set: it is pinged once a minute while everything is ready")
        )
    else:
        said = "FRONTDOOR_PING_URL is not set: nobody hears of it when this process is silent"
        mend = "Let a heartbeat service expect a request a minute, and set FRONTDOOR_PING_URL to its address."
        found.append(Finding("outside alarm", "warn", said, mend))
    return found


def office_findings(office: Office) -> list[Finding]:
    """What frontdoor.toml leaves open. Numbers were checked when it was read."""
    people, clients = len(office.roster.people), len(office.roster.clients)
    found = [
        Finding("frontdoor.toml", "ok", f"{people} people, {clients} clients, every telephone number valid")
    ]
    found += [Finding("frontdoor.toml", "warn", said, "Edit the file.") for said in office.warnings]
    return found


def skew_findings(date_header: str, now: datetime) -> list[Finding]:
    """How far our clock is from Slack's, by the Date header of an answer received at `now` (aware UTC)."""
    try:
        theirs = parsedate_to_datetime(date_header)
    except ValueError:
        theirs = None
    if theirs is None or theirs.tzinfo is None:
        return [Finding("clock", "warn", "Slack's answer has no date to compare with")]
    apart = abs(now - theirs)
    if apart <= SKEW:
        return [Finding("clock", "ok", f"{apart.total_seconds():.0f} s from Slack's")]
    state: State = "fail" if apart > TOO_MUCH_SKEW else "warn"
    said = f"{apart.total_seconds():.0f} s from Slack's: promises are timed wrongly, and signatures may be refused"
    return [Finding("clock", state, said, "Let this machine keep its time by NTP.")]


async def public_findings(settings: Settings) -> list[Finding]:
    """Whether our own /healthz answers through the public address."""
    url = settings.public_url
    about = "public address"
    mend = (
        f"If the bot does not run yet, start it and run doctor again. If it runs, let the proxy behind {url} "
        f"forward to {settings.frontdoor_listen} (FRONTDOOR_LISTEN) without redirects."
    )
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"{url}/healthz", allow_redirects=False) as answer,
        ):
            status = answer.status
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return [Finding(about, "fail", f"{url} cannot be reached ({type(error).__name__})", mend)]
    if status == 200:
        note = " (of this machine only)" if urlsplit(url).hostname in LOOPBACK else ""
        return [Finding(about, "ok", f"{url} leads to this bot{note}")]
    return [Finding(about, "fail", f"{url}/healthz answers {status}", mend)]


def worst(findings: Sequence[Finding]) -> State:
    """The worst state among them."""
    states = {finding.state for finding in findings}
    return "fail" if "fail" in states else "warn" if "warn" in states else "ok"


async def database_findings(url: str) -> list[Finding]:
    """Whether the database is there, up to date, and can be written."""
    from bot.storage.engine import sqlite_path

    about = "database"
    try:
        path = sqlite_path(url)
    except ValueError as error:
        return [Finding(about, "fail", str(error), "Correct DATABASE_URL.")]
    if path is not None and not path.exists():
        return [
            Finding(
                about,
                "warn",
                f"{path} does not exist yet",
                "Run `frontdoor migrate`; `frontdoor run` does it too.",
            )
        ]
    if path is not None and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        mend = "Give the bot's user the right to write the file and its folder."
        return [Finding(about, "fail", f"{path} cannot be written", mend)]
    return [await asyncio.to_thread(_revision_finding, url)]


def _revision_finding(url: str) -> Finding:
    from bot.storage import migrate
    from bot.storage.engine import StoreFailed

    about = "database"
    try:
        found, needed = migrate.current(url), migrate.newest()
    except (StoreFailed, OSError) as error:
        mend = "See whether the database runs and DATABASE_URL is right."
        return Finding(about, "fail", f"cannot be opened ({type(error).__name__})", mend)
    if found != needed:
        return Finding(
            about,
            "fail",
            f"is at {found or 'nothing'}, not at {needed}",
            "Stop the bot and run `frontdoor migrate`.",
        )
    return Finding(about, "ok", f"can be written, and is up to date ({found})")


def records_findings(directory: Path) -> list[Finding]:
    """Whether the records can be written where they are to be."""
    about = "records"
    nearest = next(
        (place for place in (directory, *directory.resolve().parents) if place.exists()), directory
    )
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        mend = "Give the bot's user the right to write there, or set FRONTDOOR_RECORDS_DIR."
        return [Finding(about, "fail", f"{directory} cannot be written", mend)]
    return [Finding(about, "ok", f"are written to {directory}")]
