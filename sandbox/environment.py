"""The environment with which the bot speaks to this sandbox, and to nothing else."""

import os
import socket
from pathlib import Path

from sandbox import cast

REPOSITORY = Path(__file__).resolve().parent.parent
OURS = ("SLACK_", "TWILIO_", "FRONTDOOR_", "DATABASE_URL", "PUBLIC_URL")
"""What the person at the keyboard may have set for a real workspace: none of it reaches the demo's bot."""
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
"""Everything here is on loopback; some libraries send even that through a proxy."""
LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def bot_environment(sandbox_port: int, bot_port: int, data: Path) -> dict[str, str]:
    """What the bot needs to know; `data` is the folder where it may keep its things."""
    here, there = f"{LOOPBACK}:{sandbox_port}", f"{LOOPBACK}:{bot_port}"
    home = data.resolve()
    return {
        "SLACK_BOT_TOKEN": cast.BOT_TOKEN,
        "SLACK_APP_TOKEN": cast.APP_TOKEN,
        "SLACK_SIGNING_SECRET": cast.SIGNING_SECRET,
        "SLACK_API_URL": f"http://{here}/api/",
        "TWILIO_ACCOUNT_SID": cast.ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": cast.AUTH_TOKEN,
        "TWILIO_FROM_NUMBER": cast.FROM_NUMBER,
        "TWILIO_API_URL": f"http://{here}",
        "PUBLIC_URL": f"http://{there}",
        "FRONTDOOR_LISTEN": there,
        "DATABASE_URL": f"sqlite:///{home / 'frontdoor.sqlite3'}",
        "FRONTDOOR_CONFIG": str(REPOSITORY / "frontdoor.example.toml"),
        "FRONTDOOR_CLOCK_URL": f"ws://{here}/_clock",
        "FRONTDOOR_RECORDS_DIR": str(home / "records"),
    }


def around(wanted: dict[str, str]) -> dict[str, str]:
    """This process's environment without anything of a real workspace or a proxy, and with `wanted`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(OURS) and name.lower() not in PROXIES
    }
    return kept | wanted


def write_env_file(path: Path, wanted: dict[str, str], sandbox_url: str) -> None:
    """Write KEY=value lines for a bot that is started separately, and SANDBOX_URL for whoever drives it."""
    lines = [f"{name}={value}\n" for name, value in (wanted | {"SANDBOX_URL": sandbox_url}).items()]
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text("".join(lines), encoding="utf-8")
    unfinished.replace(path)
