"""The same deadlines kept by APScheduler: one job for each, whose function writes one row to SQLite (WAL, FULL)."""

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from measuring import Measured, Stall, cpu
from sqlalchemy import event

Store = Literal["SQL", "memory"]
_conn: list[sqlite3.Connection] = []
_late: list[float] = []


async def fire(number: int, due: float) -> None:
    """What a job does: write one row, and note how late it was then."""
    _conn[0].execute("INSERT INTO done VALUES (?, ?)", (number, due))
    _late.append(time.time() - due)


def _settings_again(connection: Any, record: object, _proxy: object) -> None:
    """Filling is over: from now on it is written as ours is."""
    if getattr(record, "info", {}).get("synchronous") != _filling[0]:
        _settings(connection, record)


def _settings(connection: Any, record: Any) -> None:
    """How the job store's file is written, as ours is."""
    record.info["synchronous"] = _filling[0]
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute(f"PRAGMA synchronous={_filling[0]}")
    cursor.close()


_filling = ["OFF"]


def _store(kind: Store, folder: Path) -> Any:
    if kind == "memory":
        return MemoryJobStore()
    url = f"sqlite:///{folder / 'jobs.sqlite3'}"
    store = SQLAlchemyJobStore(url=url)
    event.listen(store.engine, "connect", _settings)
    event.listen(store.engine, "checkout", _settings_again)
    return store


def jobs(kind: Store, folder: Path, dues: Sequence[float], lead: float, within: float) -> Measured:
    """Fire one job for each of `dues` (seconds after the first one), for `within` seconds at most."""
    for old in [*folder.glob("jobs.sqlite3*"), *folder.glob("done.sqlite3*")]:
        old.unlink()
    _late.clear()
    _conn[:] = [sqlite3.connect(folder / "done.sqlite3", isolation_level=None)]
    _conn[0].execute("PRAGMA journal_mode=WAL")
    _conn[0].execute("PRAGMA synchronous=FULL")
    _conn[0].execute("CREATE TABLE done (number INTEGER, due REAL)")
    try:
        return asyncio.run(_run(kind, folder, dues, lead, within))
    finally:
        _conn[0].close()


async def _run(kind: Store, folder: Path, dues: Sequence[float], lead: float, within: float) -> Measured:
    defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    store = _store(kind, folder)
    scheduler = AsyncIOScheduler(jobstores={"default": store}, job_defaults=defaults, timezone=UTC)
    _filling[:] = ["OFF"]  # filling is not what is measured
    scheduler.start(paused=True)
    began_filling = time.time()
    first = began_filling + lead + len(dues) * (0.0015 if kind == "SQL" else 0.0002)
    for number, after in enumerate(dues):
        due = datetime.fromtimestamp(first + after, UTC)
        scheduler.add_job(fire, "date", run_date=due, args=(number, first + after), id=str(number))
    _filling[:] = ["FULL"]
    measured, stall = Measured(), Stall()
    ticking = asyncio.create_task(stall.run())
    await asyncio.sleep(max(first - time.time() - 0.5, 0.0))
    began, until = cpu(), time.time() + dues[-1] + within
    scheduler.resume()
    while len(_late) < len(dues) and time.time() < until:
        await asyncio.sleep(0.01)
    measured.late, measured.cpu, measured.stall = list(_late), cpu() - began, stall.longest
    measured.left = len(dues) - len(_late)
    ticking.cancel()
    scheduler.shutdown(wait=False)
    await asyncio.sleep(timedelta(milliseconds=50).total_seconds())
    return measured
