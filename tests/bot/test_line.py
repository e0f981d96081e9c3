"""Who goes first when many wait for the one writer."""

import asyncio
import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from bot.storage import threads
from bot.storage.engine import Connection, Patient
from bot.storage.threads import STANDS_BACK, Job, Line
from tests.bot.stage import Stage


async def test_what_delivery_stores_stands_back_for_what_somebody_waits_for(stage: Stage) -> None:
    """A thousand clocks and a client's message are not held up by notes of what was sent."""
    hold, order = threading.Event(), list[str]()

    def noted(name: str) -> Callable[[Connection], None]:
        return lambda _conn: order.append(name)

    first = asyncio.create_task(stage.database.write(lambda _conn: hold.wait(10)))
    await asyncio.sleep(0)
    names = [("sent", True), ("clock", False), ("sent too", True), ("message", False)]
    waiting = [
        asyncio.create_task(stage.database.write(Patient(noted(name)) if patient else noted(name)))
        for name, patient in names
    ]
    await asyncio.sleep(0)
    hold.set()
    await asyncio.gather(first, *waiting)

    assert order == ["clock", "message", "sent", "sent too"]


async def test_it_stands_back_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long before its lease is over it has half of the writer's time, and no more while somebody waits."""
    now = [100.0]
    monkeypatch.setattr(threads, "time", SimpleNamespace(monotonic=lambda: now[0]))
    line = Line()
    patient = [Job(Patient(lambda _conn: None)) for _ in range(20)]
    prompt = [Job(lambda _conn: None) for _ in range(4)]
    for job in (*patient, *prompt):
        line.put(job)

    def order(count: int) -> str:
        taken = ""
        for _ in range(count):
            job = line.get()
            now[0] += 1 / 64 if job in prompt else 1 / 128
            taken += "!" if job in prompt else "."
        return taken

    assert order(2) == "!!"
    now[0] += STANDS_BACK
    assert order(14) == ".......!..!..."


async def test_nothing_is_left_behind_at_the_end() -> None:
    """The end comes after everything that was asked for."""
    line = Line()
    patient = Job(Patient(lambda _conn: None))
    line.put(None)
    line.put(patient)

    assert [line.get(), line.get()] == [patient, None]
