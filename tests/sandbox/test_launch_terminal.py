"""At a terminal: `python -m sandbox` asks before it takes anything away, and Ctrl-C ends it cleanly at any moment."""

import os
import pty
import select
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.__main__ import main
from sandbox.command import options_of
from sandbox.environment import REPOSITORY

READY, QUESTION = "sandbox is ready: ", "begin anew (n)? "
CTRL_C, CTRL_D = b"\x03", b"\x04"
PATIENCE = 60.0
AT_ONCE = 3.0
"""Seconds a person waits for the prompt after Ctrl-C."""


class Terminal:
    """A program at a terminal of its own, in the foreground of a session of its own, as a shell runs it."""

    def __init__(self, pid: int, line: int) -> None:
        self.pid, self._line, self.said = pid, line, ""

    def until(self, words: str) -> None:
        """Read until the program has said these words."""
        while words not in self.said:
            assert self._more(), f"it ended with: {self.said}"

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._line, keys)

    def status(self) -> int:
        """Wait for its end; the exit status, negative for a signal."""
        while self._more():
            continue
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def leaves(self, keys: bytes) -> int:
        """Press keys until it ends: Python misses a Ctrl-C that falls between printing a question and reading."""
        going = True
        while going:
            self.type(keys)
            while going and select.select([self._line], [], [], 0.5)[0]:
                going = self._more()
        return self.status()

    def _more(self) -> bool:
        ready, _, _ = select.select([self._line], [], [], PATIENCE)
        assert ready, f"silent for {PATIENCE} s after: {self.said}"
        try:
            read = os.read(self._line, 65_536)
        except OSError:  # Linux's word for: nobody is at the other end any more
            return False
        self.said += read.decode()
        return bool(read)


@contextmanager
def terminal(*words: str) -> Iterator[Terminal]:
    """The sandbox at a terminal; closing the terminal ends what is left of it."""
    pid, line = pty.fork()
    if pid == 0:
        os.chdir(REPOSITORY)
        os.execv(sys.executable, [sys.executable, "-m", "sandbox", *words])  # noqa: S606 - this Python, no shell wanted
    try:
        yield Terminal(pid, line)
    finally:
        os.close(line)


def holding(data: Path) -> list[int]:
    """Every process whose environment or command names this folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes() + (place / "environ").read_bytes()
        except OSError:
            continue
        if str(data).encode() in words:
            found.append(int(place.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
def test_ctrl_c_ends_demo_and_bot_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with terminal("--data", str(data)) as shell:
        shell.until(READY)
        assert len(holding(data)) == 2
        pressed = time.monotonic()
        shell.type(CTRL_C)
        assert shell.status() == 0
        assert time.monotonic() - pressed < AT_ONCE
        assert "Traceback" not in shell.said
    assert holding(data) == []


def test_ctrl_c_while_it_loads_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_words: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("sandbox.command.start", interrupted)
    assert main() == 0
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("keys", [CTRL_C, CTRL_D])
def test_leaving_at_the_question_keeps_the_run(tmp_path: Path, keys: bytes) -> None:
    (tmp_path / "world.json").write_text("{}")
    with terminal("--no-bot", "--data", str(tmp_path)) as shell:
        shell.until(QUESTION)
        assert shell.leaves(keys) == 0
        assert "Traceback" not in shell.said
    assert (tmp_path / "world.json").read_text() == "{}"


@pytest.mark.parametrize(("typed", "goes_on"), [("", True), ("g", True), ("n", False)])
def test_enter_alone_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, *, goes_on: bool
) -> None:
    (tmp_path / "world.json").write_text("{}")
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return typed if len(asked) > 1 else "what?"

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", answer)
    assert options_of(["--data", str(tmp_path)]).go_on is goes_on
    assert len(asked) == 2
    assert asked[0].endswith("go on (g, or Enter) or begin anew (n)? ")


def test_the_help_says_what_happens_where_nobody_can_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options_of(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "without a terminal it begins anew unless --continue is given" in said
