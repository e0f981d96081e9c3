"""The command line of `python -m sandbox`: its options, and the one question it asks."""

import argparse
import asyncio
import sys
from pathlib import Path

from sandbox.launch import CannotStart, Options, holds_a_run, run

ABOUT = "The demo on this machine, with the bot as its child unless told otherwise. Ctrl-C ends both."
EPILOG = (
    "Where an earlier run was left it asks whether to go on (Enter) or to begin anew; "
    "without a terminal it begins anew unless --continue is given."
)


def start(words: list[str]) -> int:
    """Parse the command line and run; the exit status. Ctrl-C, and Ctrl-D at the question, are an end and no failure."""
    try:
        asyncio.run(run(options_of(words), say))
    except CannotStart as error:
        sys.stderr.write(f"The sandbox did not start: {error}\n")
        return 1
    except EOFError:
        say("")
    return 0


def options_of(words: list[str]) -> Options:
    """The options on the command line; asks whether to go on where a run was left and a person can answer."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=ABOUT, epilog=EPILOG)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (0, the default: a free one)")
    parser.add_argument("--no-bot", action="store_true", help="the sandbox alone; start the bot yourself")
    parser.add_argument("--env-file", type=Path, help="write the environment for a bot into this file")
    parser.add_argument("--paused", action="store_true", help="time stands still until it is moved")
    parser.add_argument("--data", type=Path, default=Path("var/demo"), help="where this run keeps its things")
    parser.add_argument("--open-limits", action="store_true", help="Slack's rate limits are not enforced")
    anew = parser.add_mutually_exclusive_group()
    anew.add_argument("--fresh", action="store_true", help="begin anew without asking")
    anew.add_argument("--continue", dest="go_on", action="store_true", help="go on where the last run ended")
    given = parser.parse_args(words)
    return Options(
        port=given.port,
        with_bot=not given.no_bot,
        env_file=given.env_file,
        paused=given.paused,
        data=given.data,
        go_on=given.go_on or (not given.fresh and wants_to_go_on(given.data)),
        open_limits=given.open_limits,
    )


def wants_to_go_on(data: Path) -> bool:
    """Ask the person at the terminal, Enter keeps what there is; nobody there means beginning anew. EOFError: Ctrl-D."""
    if not holds_a_run(data) or not sys.stdin.isatty():
        return False
    while True:
        answer = (
            input(f"{data} holds an earlier run: go on (g, or Enter) or begin anew (n)? ").strip().lower()
        )
        if answer in ("", "g", "n"):
            return answer != "n"


def say(words: str) -> None:
    """A line for the person at the terminal."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()
