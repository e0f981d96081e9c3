"""How long a newcomer waits: from typing the command to an address at which a connected bot answers.

The first start makes the database; the second finds everything warm. Only the second is the figure.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
STARTS = 4


def connected(address: str) -> bool:
    """Whether the sandbox sees a bot."""
    with urllib.request.urlopen(f"{address}/_control/state") as answer:  # noqa: S310 - loopback
        return any(bot["connected"] for bot in json.load(answer)["bots"])


def start(folder: Path) -> tuple[float, float]:
    """Seconds until the address was printed, and until the bot was connected."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "sandbox", "--port", "0"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        address = next(found.group() for line in process.stdout if (found := ADDRESS.search(line)))
        printed = time.perf_counter() - began
        while not connected(address):
            time.sleep(0.01)
        return printed, time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


def main() -> None:
    """Start several times in one folder and say how long each took."""
    with tempfile.TemporaryDirectory(prefix="frontdoor-bench-") as name:
        for number in range(STARTS):
            printed, ready = start(Path(name))
            kind = "warm" if number else "first"
            print(f"{kind} start: address after {printed:.2f} s, bot connected after {ready:.2f} s")


if __name__ == "__main__":
    main()
