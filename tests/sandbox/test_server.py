"""The server as a whole: whom it answers."""

import pytest

from tests.sandbox.slack_stage import Stage


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://elsewhere.example"}, {"Host": "elsewhere.example"}, {"Origin": "null"}]
)
async def test_a_strange_page_cannot_reach_the_sandbox(stage: Stage, headers: dict[str, str]) -> None:
    """Neither across sites nor by a name that was bent to loopback."""
    async with stage.http.post(f"{stage.url}/_control/reset", json={}, headers=headers) as answer:
        assert answer.status == 403


async def test_its_own_page_can(stage: Stage) -> None:
    """The page's requests carry its own origin."""
    async with stage.http.post(
        f"{stage.url}/_control/reset", json={}, headers={"Origin": stage.url}
    ) as answer:
        assert answer.status == 200


async def test_everything_is_served_from_here(stage: Stage) -> None:
    """The page and what it is made of."""
    async with stage.http.get(f"{stage.url}/") as page:
        assert page.content_type == "text/html"
    async with stage.http.get(f"{stage.url}/static/main.js") as script:
        assert script.status == 200


async def test_a_permalink_leads_to_the_page(stage: Stage) -> None:
    """A person can follow it."""
    message = await stage.say("U0CASEY001", "C0RETAIL01", "Help")
    link = await stage.web.chat_getPermalink(channel="C0RETAIL01", message_ts=message["ts"])

    async with stage.http.get(link["permalink"], allow_redirects=False) as answer:
        assert answer.status == 302
        assert answer.headers["Location"] == f"/#C0RETAIL01/{message['ts']}"
