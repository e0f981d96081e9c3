"""`python -m sandbox` says one address, hands the environment over, and leaves nothing behind."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from sandbox.child import Child
from sandbox.command import options_of
from sandbox.environment import around, free_port
from sandbox.launch import CannotStart, Options, holds_a_run, only_one, run

READY = "Frontdoor's sandbox is ready: "


@contextmanager
def launched(repository: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The sandbox as a person starts it; the process and what it said until it was ready."""
    command = [sys.executable, "-m", "sandbox", *words]
    with subprocess.Popen(
        command,
        cwd=repository,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        said: list[str] = []
        try:
            for line in process.stdout:
                said.append(line.strip())
                if line.startswith(READY):
                    break
            yield process, said
        finally:
            process.kill()


def environment_in(path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def gone(pid: int) -> bool:
    """Whether no such process runs; one that nobody has collected yet does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return state.stdout.strip()[:1] in ("", "Z")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_alone_it_says_one_address_and_ends_when_told(
    repository: Path, tmp_path: Path, ending: signal.Signals
) -> None:
    env_file = tmp_path / "bot.env"
    words = ("--no-bot", "--paused", "--env-file", str(env_file), "--data", str(tmp_path / "data"))
    with launched(repository, *words) as (process, said):
        url = said[-1].removeprefix(READY)
        assert "ssh -L" in said[-2]
        environment = environment_in(env_file)
        assert environment["SANDBOX_URL"] + "/" == url
        assert environment["SLACK_API_URL"] == f"{url}api/"
        assert environment["PUBLIC_URL"] != environment["SANDBOX_URL"]
        with socket.create_connection(("127.0.0.1", int(url.strip("/").rpartition(":")[2]))) as line:
            assert line.getpeername()[0] == "127.0.0.1"
        process.send_signal(ending)
        assert process.wait(10) == 0


def test_a_second_one_in_the_same_folder_is_refused_in_words(repository: Path, tmp_path: Path) -> None:
    words = ("--no-bot", "--data", str(tmp_path))
    with launched(repository, *words), launched(repository, *words) as (second, said):
        assert second.wait(10) == 1
        assert "another sandbox is running" in said[-1]


def test_the_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(CannotStart), only_one(tmp_path):
        raise AssertionError("two runs in one folder")
    with only_one(tmp_path):
        assert (tmp_path / ".lock").exists()


def test_without_a_terminal_it_begins_anew_unless_told_to_go_on(tmp_path: Path) -> None:
    (tmp_path / "world.json").write_text("{}")
    assert options_of(["--data", str(tmp_path)]).go_on is False
    assert options_of(["--data", str(tmp_path), "--continue"]).go_on is True


def test_nothing_of_a_real_workspace_reaches_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", "somewhere")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "real")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com")
    handed = around({"TWILIO_ACCOUNT_SID": "AC1"})
    assert {"SLACK_BOT_TOKEN_FILE", "TWILIO_AUTH_TOKEN", "HTTPS_PROXY"} & set(handed) == set()
    assert handed["TWILIO_ACCOUNT_SID"] == "AC1"
    assert "PATH" in handed


PRETENDER = """
import os, signal, socket, subprocess, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
if "DATABASE_IS_BAD" in os.environ:
    raise SystemExit("The database cannot be opened.")
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.getpid(), other.pid, flush=True)
class Bot(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def do_DELETE(self):
        print("I give up", flush=True)
        other.kill()
        os._exit(7)
    def log_message(self, *words):
        pass
host, _, port = os.environ["FRONTDOOR_LISTEN"].partition(":")
HTTPServer((host, int(port)), Bot).serve_forever()
"""
"""A bot that is ready at once, has a process of its own, and gives up when asked."""


@pytest.fixture
def pretender(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pretender.py").write_text(PRETENDER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def child_of(place: Path) -> tuple[Child, str]:
    here = f"127.0.0.1:{free_port()}"
    return Child(around({"FRONTDOOR_LISTEN": here}), place / "bot.log", "pretender"), f"http://{here}"


async def test_the_bot_and_what_it_started_end_with_it(pretender: Path) -> None:
    child, url = child_of(pretender)
    await child.start("run")
    assert await child.ready(f"{url}/readyz")
    pids = [int(pid) for pid in child.last_words().split()]
    assert len(pids) == 2
    await child.stop()
    assert [pid for pid in pids if not gone(pid)] == []


async def test_a_bot_that_ends_at_once_is_never_ready(pretender: Path) -> None:
    (pretender / "pretender.py").write_text("raise SystemExit('no settings')")
    child, url = child_of(pretender)
    await child.start("run")
    assert not await child.ready(f"{url}/readyz")
    assert "no settings" in child.last_words()
    assert await child.ended() == 1


HALF = """
import asyncio, sys
from pathlib import Path
from sandbox.child import Child
from sandbox.command import options_of
from sandbox.environment import around
async def main():
    await Child(around({}), Path(sys.argv[1]), "follower").start(sys.argv[2])
    await asyncio.sleep(600)
asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_even_a_killed_sandbox_leaves_no_bot(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = "import socket, sys\nsocket.create_connection(('127.0.0.1', int(sys.argv[1]))).recv(1)\n"
    (tmp_path / "follower.py").write_text(connect)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{repository}")
    with socket.create_server(("127.0.0.1", 0)) as door:
        words = [sys.executable, "-c", HALF, str(tmp_path / "log"), str(door.getsockname()[1])]
        with subprocess.Popen(words, cwd=repository) as parent:
            line, _peer = door.accept()
            parent.kill()
        with line:
            line.settimeout(20)
            assert line.recv(1) == b"", "the bot's end closes its connection"


async def until(said: asyncio.Queue[str], start: str) -> list[str]:
    heard: list[str] = []
    while not heard or not heard[-1].startswith(start):
        heard.append(await asyncio.wait_for(said.get(), 20))
    return heard


async def test_with_its_bot_it_says_the_address_once_ready_and_the_bots_end_aloud(pretender: Path) -> None:
    said: asyncio.Queue[str] = asyncio.Queue()
    data, env_file = pretender / "data", pretender / "bot.env"
    options = Options(data=data, env_file=env_file, module="pretender")
    running = asyncio.create_task(run(options, said.put_nowait))
    assert len(await until(said, READY)) == 2
    bot = environment_in(env_file)["PUBLIC_URL"]
    async with aiohttp.ClientSession() as web:
        with pytest.raises(aiohttp.ClientError):
            await web.delete(bot)
    ended = (await until(said, "The bot has ended"))[-1]
    assert "status 7" in ended
    assert "I give up" in ended
    assert not running.done()
    signal.raise_signal(signal.SIGTERM)
    await running
    assert holds_a_run(data)


async def test_a_bot_that_cannot_open_its_database_is_no_start(
    pretender: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_IS_BAD", "yes")
    with pytest.raises(CannotStart, match="database cannot be opened"):
        await run(Options(data=pretender / "data", module="pretender"), lambda _words: None)
