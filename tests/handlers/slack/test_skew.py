"""Our clock is compared with Slack's by the way, in every answer."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from handlers.slack.skew import Skew, skew

NINE = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def _header(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


@pytest.mark.parametrize(
    ("ahead", "took", "found"),
    [(0, 0, 0), (0.9, 0, 0), (0, 8, 0), (5, 0, 4), (5, 8, 4), (-5, 0, -5), (-5, 3, -2), (3600, 1, 3599)],
)
def test_only_what_is_surely_skew_counts(ahead: float, took: float, found: float) -> None:
    """Neither the header's second nor the time that the answer took."""
    asked = NINE + timedelta(seconds=ahead)

    assert skew(_header(NINE), asked, asked + timedelta(seconds=took)) == found


@pytest.mark.parametrize("header", ["", "yesterday", "Wed, 18 Nov 2026 09:00:00 -0000"])
def test_a_header_that_is_no_moment_says_nothing(header: str) -> None:
    """Proxies write what they like."""
    assert skew(header, NINE, NINE) is None


async def test_every_answer_is_told_and_a_change_is_said_once() -> None:
    """Over two seconds a line, back again a line, and a figure each time."""
    ours, told = [NINE], list[float]()

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True}, headers={"Date": _header(NINE)})

    app = web.Application()
    app.router.add_get("/", answer)
    watch = Skew(lambda: ours[0], told.append)
    with capture_logs() as logs:
        async with TestServer(app) as server, aiohttp.ClientSession(trace_configs=[watch.trace()]) as http:
            for seconds in (0, 2.5, 4, 60, 0, -10):
                ours[0] = NINE + timedelta(seconds=seconds)
                async with http.get(server.make_url("/")) as response:
                    assert response.status == 200

    assert told == [0, 1.5, 3, 59, 0, -10]
    assert [(line["log_level"], line.get("ahead")) for line in logs] == [
        ("warning", 3),
        ("info", None),
        ("warning", -10),
    ]
