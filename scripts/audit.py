"""Known vulnerabilities of the packages in requirements.lock, as PyPI's advisories tell them.

Ends with 1 when there is one that nobody has accepted, or an acceptance that ran out. Where no advisories can be had
(no network, an index without them) it says so in one line and ends with 0. pip-audit lives in build/audit, beside the
project and not in it.
"""

import json
import os
import subprocess
import sys
import time
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TOOL = "pip-audit==2.10.1"
PATIENCE = 25
"""Seconds for all of it, also where the tool has to be brought first."""

Told = dict[str, list[dict[str, Any]]]


class NotToBeHad(Exception):
    """Why nothing can be said."""


def main() -> int:
    """Print what was found; the exit code."""
    accepted = tomllib.loads((ROOT / "scripts" / "audit.toml").read_text(encoding="utf-8"))
    try:
        told = advisories(ROOT / "build" / "audit")
    except NotToBeHad as reason:
        say([f"SKIPPED, {reason}"])
        return 0
    today = datetime.now(UTC).date()  # noqa: TID251 - a script has no Clock
    words, faults = judge(told, accepted.get("accepted", []), today)
    say(words)
    return 1 if faults else 0


def say(words: list[str]) -> None:
    """One line each."""
    sys.stdout.writelines(f"dependency audit: {word}\n" for word in words)


def advisories(folder: Path) -> Told:
    """What pip-audit says of every pinned package. Raises NotToBeHad."""
    end = time.monotonic() + PATIENCE
    try:
        if not (folder / "bin" / "pip-audit").exists():
            run(end, sys.executable, "-m", "venv", str(folder))
            run(end, str(folder / "bin" / "pip"), "install", "--quiet", "--retries", "0", TOOL)
        asked = ["--requirement", str(ROOT / "requirements.lock"), "--disable-pip", "--no-deps"]
        done = run(end, str(folder / "bin" / "pip-audit"), *asked, "--format", "json", "--timeout", "5")
        return dict(json.loads(done))
    except subprocess.TimeoutExpired:
        raise NotToBeHad(f"the index did not answer within {PATIENCE} seconds") from None
    except (OSError, ValueError) as error:
        raise NotToBeHad(f"the advisories cannot be had ({error})") from None


def run(end: float, *command: str) -> str:
    """The standard output, `end` being the monotonic moment to give up at. Raises TimeoutExpired, and OSError when nothing was said."""
    environment = os.environ | {"PIP_DEFAULT_TIMEOUT": "5", "PIP_RETRIES": "0"}
    done = subprocess.run(  # noqa: S603 - our own commands
        command,
        capture_output=True,
        text=True,
        timeout=max(end - time.monotonic(), 0.1),
        env=environment,
        check=False,
    )
    if done.returncode and not done.stdout.startswith("{"):  # 1 with a table means that something was found
        raise OSError((done.stderr.strip().splitlines() or ["no reason given"])[-1][:200])
    return done.stdout


def judge(told: Told, accepted: list[dict[str, Any]], today: date) -> tuple[list[str], int]:
    """One line for each thing to say, and how many of them fail the check."""
    packages = told["dependencies"]
    silent = [package["name"] for package in packages if "skip_reason" in package]
    if len(silent) == len(packages):
        return ["SKIPPED, the index that is used here has no advisories"], 0
    words = [f"nothing is known of {name}" for name in silent]
    until = {str(one["id"]): one["until"] for one in accepted}
    faults = 0
    for package in packages:
        for found in package.get("vulns", []):
            names = {str(found["id"]), *found.get("aliases", [])}
            end = max((until[name] for name in names & until.keys()), default=None)
            line = f"{package['name']} {package['version']}: {found['id']}"
            if end is not None and end >= today:
                words.append(f"{line} is accepted until {end}")
                continue
            faults += 1
            mend = ", ".join(found.get("fix_versions", [])) or "no release yet"
            words.append(f"{line} is known{f' (accepted until {end})' if end else ''}; mended in: {mend}")
    return [*words, f"{len(packages) - len(silent)} packages looked up, {faults} faults"], faults


if __name__ == "__main__":
    sys.exit(main())
