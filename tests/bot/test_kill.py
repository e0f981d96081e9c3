"""Killed without warning at any moment, again and again: nothing that was stored is lost, nothing is said twice."""

import asyncio
import sqlite3
import sys
from collections import Counter
from pathlib import Path

RUNS = (5, 17, 29)
"""After how many printed lines each run is killed; a last run is left alone."""


async def _run(repository: Path, url: str, world: Path, number: int, kill_after: int | None) -> list[str]:
    requests = 0 if kill_after is None else 12
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bot.doomed", url, str(world), str(number), str(requests),
        cwd=repository, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    lines: list[str] = []
    async for raw in child.stdout:
        line = raw.decode().strip()
        if line.startswith(("stored ", "sent ", "calm")):
            lines.append(line)
        if kill_after is not None and len(lines) == kill_after:
            child.kill()
    await child.wait()
    return lines


async def test_killed_again_and_again_it_loses_nothing_and_repeats_nothing(
    url: str, tmp_path: Path, repository: Path
) -> None:
    """Every stored request is answered, every effect reaches the world exactly once (invariants 2, 4, 9)."""
    world = tmp_path / "world"
    world.touch()
    stored: list[int] = []
    for number, kill_after in enumerate(RUNS):
        lines = await _run(repository, url, world, number, kill_after)
        stored += [int(line.removeprefix("stored ")) for line in lines if line.startswith("stored ")]
    last = await _run(repository, url, world, len(RUNS), None)
    assert last[-1] == "calm"

    database = sqlite3.connect(url.removeprefix("sqlite:///"))
    tickets = {row[0] for row in database.execute("SELECT id FROM tickets WHERE id > 0")}
    keys = [
        row[0] for row in database.execute("SELECT key FROM outbox WHERE kind IN ('post') AND state = 'sent'")
    ]
    states = {row[0] for row in database.execute("SELECT DISTINCT state FROM outbox WHERE kind <> 'call'")}
    silent = database.execute(
        "SELECT count(*) FROM tickets WHERE id > 0 AND id NOT IN (SELECT ticket FROM clocks WHERE state = 'armed')"
    ).fetchone()[0]
    database.close()
    said = Counter(world.read_text(encoding="utf-8").splitlines())

    assert set(stored) <= tickets
    assert len(stored) > 10, "the killer came too early to prove anything"
    assert {key: said[key] for key in keys} == dict.fromkeys(keys, 1)
    assert set(said.values()) == {1}
    assert states <= {"sent", "cancelled"}
    assert silent == 0
