"""Transactions on plain connections in threads of their own: one that writes, a few that read."""

import asyncio
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from queue import Empty
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from bot.storage.work import Patient, is_store_failure

GROUP_SECONDS = 0.005
"""For how long the writer goes on taking in transactions that wait already, before it commits them all at once."""

STANDS_BACK = 3.0
"""For how many seconds patient work stands back for what somebody waits for; far within a lease (30 seconds)."""
FAIR = 0.05
"""Seconds: so much of the writer's time is remembered when patient work has its half of it."""

Outcome = tuple[object, BaseException | None]


class _Abandoned(Exception):
    """The one who asked is gone: roll back."""


class Job:
    """One transaction on its way through a thread, and who wins when its caller is cancelled meanwhile."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self.work = work
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()
        self.asked = time.monotonic()
        self._lock = threading.Lock()
        self._committing = self._abandoned = False

    def abandon(self) -> bool:
        """Called by the loop: True when it will surely not be committed."""
        with self._lock:
            self._abandoned = not self._committing
            return self._abandoned

    def commit_or_abandon(self) -> None:
        """Called by the thread just before the commit; raises when nobody waits any more."""
        with self._lock:
            if self._abandoned:
                raise _Abandoned
            self._committing = True

    def answer(self, outcome: Outcome) -> None:
        """Called by the thread: hand the outcome to the loop, if it is still there."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._settle, *outcome)

    def _settle(self, result: object, error: BaseException | None) -> None:
        if self.future.done():
            return
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)


class Waiting(Protocol):
    """Where jobs wait for a thread; None among them is the end."""

    def put(self, job: Job | None) -> None:
        """Stand in line."""
        ...

    def get(self) -> Job | None:
        """The next one, as soon as there is one."""
        ...

    def get_nowait(self) -> Job | None:
        """The next one. Raises Empty."""
        ...

    def empty(self) -> bool:
        """Whether nobody waits."""
        ...


class Line:
    """First asked, first served, but patient work stands back for the rest, for some seconds; then it has half of the time."""

    def __init__(self) -> None:
        self._there = threading.Semaphore(0)
        self._prompt: deque[Job | None] = deque()
        self._patient: deque[Job] = deque()
        self._owed, self._since, self._last = 0.0, time.monotonic(), 0

    def put(self, job: Job | None) -> None:
        """See Waiting.put."""
        if job is not None and isinstance(job.work, Patient):
            self._patient.append(job)
        else:
            self._prompt.append(job)
        self._there.release()

    def get(self) -> Job | None:
        """See Waiting.get. The end comes after everything that waits."""
        self._there.acquire()
        return self._next()

    def get_nowait(self) -> Job | None:
        """See Waiting.get_nowait."""
        if not self._there.acquire(blocking=False):
            raise Empty
        return self._next()

    def empty(self) -> bool:
        """See Waiting.empty."""
        return not self._prompt and not self._patient

    def _next(self) -> Job | None:
        now = time.monotonic()
        self._owed = min(max(self._owed + self._last * (now - self._since), 0.0), FAIR)
        patient = self._patients_turn(now)
        self._since, self._last = now, -1 if patient else 1
        return self._patient.popleft() if patient else self._prompt.popleft()

    def _patients_turn(self, now: float) -> bool:
        if not self._patient:
            return False
        if not self._prompt or self._prompt[0] is None:
            return True
        return now - self._patient[0].asked > STANDS_BACK and self._owed > 0


class Worker(threading.Thread):
    """Takes jobs from `queue` until it finds None there, each in a transaction of its own."""

    def __init__(self, name: str, engine: Engine, queue: Waiting) -> None:
        super().__init__(name=name, daemon=True)
        self._queue, self._engine = queue, engine
        self._conn: Connection | None = None

    def run(self) -> None:
        """See Thread.run."""
        while job := self._queue.get():
            self._deal(job)
            del job
        self._drop()

    def _deal(self, job: Job) -> None:
        job.answer(self._alone(job))

    def _alone(self, job: Job) -> Outcome:
        try:
            with self._connection().begin():
                result: object = job.work(self._connection())
                job.commit_or_abandon()
            return result, None
        except BaseException as error:  # noqa: BLE001 -- it goes to whoever asked; the thread must live on
            if is_store_failure(error):
                self._drop()
            return None, error

    def _connection(self) -> Connection:
        if self._conn is None:
            self._conn = self._engine.connect()
        return self._conn

    def _drop(self) -> None:
        """Let go of the connection; the next transaction makes a new one."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None


class Writer(Worker):
    """The one thread that writes: first asked, first served; see Line for the exception.

    What waits already is committed together, each in a savepoint of its own: a burst pays for the disk once. Everybody
    hears only after that commit, and when it fails nobody's work is there.
    """

    def _deal(self, job: Job) -> None:
        group = [job]
        until = time.monotonic() + GROUP_SECONDS
        if self._queue.empty():
            job.answer(self._alone(job))
            return
        outcomes: list[Outcome] = []
        try:
            with self._connection().begin():
                while True:
                    outcomes.append(self._nested(group[-1]))
                    following = self._next() if time.monotonic() < until else None
                    if following is None:
                        break
                    group.append(following)
        except BaseException:  # noqa: BLE001 -- whatever it was, each is tried alone and hears its own error
            self._drop()
            outcomes = [self._alone(one) for one in group]
        for one, outcome in zip(group, outcomes, strict=True):
            one.answer(outcome)

    def _nested(self, job: Job) -> Outcome:
        """Raises only when the database failed, which ends the whole group."""
        savepoint = self._connection().connection.driver_connection
        assert isinstance(savepoint, sqlite3.Connection)  # noqa: S101 -- the plain one, which costs a tenth
        savepoint.execute("SAVEPOINT job")
        try:
            result: object = job.work(self._connection())
            job.commit_or_abandon()
        except BaseException as error:
            if is_store_failure(error):
                raise
            savepoint.execute("ROLLBACK TO job")
            savepoint.execute("RELEASE job")
            return None, error
        savepoint.execute("RELEASE job")
        return result, None

    def _next(self) -> Job | None:
        try:
            job = self._queue.get_nowait()
        except Empty:
            return None
        if job is None:
            self._queue.put(None)  # the end comes after this group
        return job
