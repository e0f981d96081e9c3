"""The bot as a child process: started in its own process group, ended gracefully, never left behind."""

import asyncio
import ctypes
import os
import signal
import sys
from pathlib import Path

import aiohttp

from sandbox.environment import REPOSITORY

READY_WITHIN = 60.0
"""Machine seconds the bot may take until it says it is ready."""
GRACE = 2.0
"""Machine seconds it has to end by itself before it is killed."""
SET_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of Linux's prctl: the child is told when its parent dies, however it dies."""
ANSWER_WITHIN = 30.0
"""Machine seconds that a question to the program may take."""
LAST_WORDS = 15
"""Lines of its log that are shown when it ends on its own."""


class Child:
    """`python -m bot ...`, writing into a log file."""

    def __init__(self, environment: dict[str, str], log: Path, module: str = "bot") -> None:
        self._environment, self._log, self._module = environment, log, module
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, *words: str) -> None:
        """Start one command of the bot."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                self._module,
                *words,
                cwd=REPOSITORY,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    async def ask(self, *words: str) -> tuple[int, str, str]:
        """Run another command of the same program and wait: its exit status, what it printed, and what it complained of.

        Raises TimeoutError when it takes too long; it is ended then.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            self._module,
            *words,
            cwd=REPOSITORY,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                said, complained = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode or 0, said.decode(errors="replace"), complained.decode(errors="replace")

    async def ended(self) -> int:
        """Wait for its end; its exit status (negative: the signal that ended it)."""
        if self._process is None:
            raise RuntimeError("start it first")
        return await self._process.wait()

    async def ready(self, url: str) -> bool:
        """Wait until `url` answers 200; False when it ends before, or takes too long."""
        try:
            async with asyncio.timeout(READY_WITHIN), aiohttp.ClientSession() as session:
                while self._process is not None and self._process.returncode is None:
                    if await _answers(session, url):
                        return True
                    await asyncio.sleep(0.1)
        except TimeoutError:
            return False
        return False

    async def stop(self) -> None:
        """End it and everything it started: politely, after GRACE seconds by force."""
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            _signal_group(process.pid, signal.SIGTERM)
            try:
                async with asyncio.timeout(GRACE):
                    await process.wait()
            except TimeoutError:
                pass
        _signal_group(process.pid, signal.SIGKILL)
        await process.wait()

    def last_words(self) -> str:
        """The end of its log."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-LAST_WORDS:])


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url, timeout=aiohttp.ClientTimeout(total=5)) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return  # nobody of the group is left


def _die_with_parent() -> None:
    """Runs in the child before the bot: have Linux end it should the sandbox be killed."""
    ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, signal.SIGTERM)
