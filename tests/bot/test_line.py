"""Who goes first when many wait for the one writer."""

import asyncio
import threading
from collections.abc import Callable

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


async def test_it_stands_back_for_a_while_only() -> None:
    """Long before its lease is over it is its turn, however many clocks there are."""
    line = Line()
    old, young = Job(Patient(lambda _conn: None)), Job(Patient(lambda _conn: None))
    prompt = Job(lambda _conn: None)
    old.asked -= STANDS_BACK + 0.1
    for job in (prompt, old, young):
        line.put(job)

    assert [line.get(), line.get(), line.get()] == [old, prompt, young]
    assert line.empty()


async def test_nothing_is_left_behind_at_the_end() -> None:
    """The end comes after everything that was asked for."""
    line = Line()
    patient = Job(Patient(lambda _conn: None))
    line.put(None)
    line.put(patient)

    assert [line.get(), line.get()] == [patient, None]
