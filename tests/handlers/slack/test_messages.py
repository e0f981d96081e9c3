"""Events from Slack: through the door first, acknowledged afterwards."""

from typing import Any

import pytest

from policies.events import (
    MessageEdited,
    MessagePosted,
)
from tests.handlers.slack.conftest import FakeSlack
from tests.handlers.slack.stage import (
    CASEY,
    RETAIL,
    SAM,
    SUPPORT,
    TEAM,
    StubDesk,
    event_body,
    message,
    press,
    submit,
)


async def test_a_clients_message_is_an_event_before_it_is_acknowledged(deliver: Any, desk: StubDesk) -> None:
    answer = await deliver(message())

    assert answer.status == 200
    (event,) = desk.taken
    assert isinstance(event, MessagePosted)
    assert (event.actor.user, event.actor.team, event.actor.ours) == (CASEY, "T0RETAIL01", False)


async def test_what_was_not_stored_is_not_acknowledged(deliver: Any, desk: StubDesk) -> None:
    desk.fails = True

    answer = await deliver(message())

    assert answer.status == 500


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "channel_join"},
        {"subtype": "channel_topic"},
        {"subtype": "bot_message", "bot_id": "B1"},
        {"bot_id": "B1"},
        {"app_id": "A1"},
        {"user": "U0FRONTBOT"},
        {"channel": SUPPORT},
        {"channel": "C0UNKNOWN1"},
    ],
)
async def test_nothing_else_in_a_channel_is_an_event(
    deliver: Any, desk: StubDesk, more: dict[str, str]
) -> None:
    answer = await deliver(message(**more))

    assert (answer.status, desk.taken) == (200, [])


async def test_an_edit_counts_only_when_the_words_changed(deliver: Any, desk: StubDesk) -> None:
    old = {"user": CASEY, "ts": "1.1", "text": "see https://example.com", "user_team": "T0RETAIL01"}
    changed = {
        "type": "message",
        "subtype": "message_changed",
        "channel": RETAIL,
        "event_ts": "5.1",
        "ts": "5.1",
    }

    await deliver(event_body(changed | {"message": old | {"attachments": [{}]}, "previous_message": old}))
    await deliver(event_body(changed | {"message": old | {"text": "see below"}, "previous_message": old}))

    assert [(event.ts, event.text) for event in desk.taken if isinstance(event, MessageEdited)] == [
        ("1.1", "see below")
    ]
    assert len(desk.taken) == 1


async def test_a_direct_message_gets_one_answer(deliver: Any, desk: StubDesk, slack: FakeSlack) -> None:
    direct = message(channel="D1", channel_type="im", user=SAM, user_team=TEAM)

    await deliver(direct)
    await deliver(direct, x_slack_retry_num="1")

    assert [sent["channel"] for sent in slack.of("chat.postMessage")] == ["D1"]
    assert desk.taken == []


async def test_a_client_learns_nothing_of_the_desk_by_direct_message(deliver: Any, slack: FakeSlack) -> None:
    await deliver(message(channel="D1", channel_type="im"))

    assert "frontdoor" not in slack.of("chat.postMessage")[0]["text"].lower()


async def test_home_shows_ours_the_queue_and_others_nothing_of_ours(deliver: Any, slack: FakeSlack) -> None:
    for user in (SAM, CASEY):
        await deliver(event_body({"type": "app_home_opened", "user": user, "tab": "home"}))

    ours, theirs = (str(sent["view"]) for sent in slack.of("views.publish"))
    assert "SUP-12" in ours
    assert "SUP-12" not in theirs
    assert "Sam Support" not in theirs


@pytest.mark.parametrize(
    "body",
    [
        event_body({"type": "reaction_added", "user": SAM}),
        {"type": "app_rate_limited", "team_id": TEAM, "api_app_id": "A0FRONTAPP"},
        press("", "") | {"actions": [{"type": "static_select", "action_id": "x", "action_ts": "1.1"}]},
        press("link")
        | {"actions": [{"type": "button", "action_id": "x", "url": "https://example.com", "value": "a:b"}]},
        submit("no_form_of_ours", {}),
    ],
)
async def test_what_nobody_waits_for_is_acknowledged(
    deliver: Any, desk: StubDesk, body: dict[str, Any]
) -> None:
    answer = await deliver(body)

    assert (answer.status, desk.taken) == (200, [])
