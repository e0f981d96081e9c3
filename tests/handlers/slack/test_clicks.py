"""Buttons: a wish or a form, answered where the person is looking."""

from typing import Any

import pytest

from bot.desk import Outcome
from handlers.slack import door
from policies.events import (
    Pressed,
    Relay,
)
from tests.handlers.slack.conftest import FakeSlack
from tests.handlers.slack.limits import texts, view_problems
from tests.handlers.slack.stage import (
    CASEY,
    DEVI,
    RETAIL,
    SAM,
    SUPPORT,
    StubBoard,
    StubDesk,
    press,
)


async def test_a_button_is_a_wish_with_a_key_of_its_own(deliver: Any, desk: StubDesk) -> None:
    again = press("claim")
    again["actions"][0]["action_ts"] = "3.2"
    for body in (press("claim"), press("claim"), again):
        assert (await deliver(body)).status == 200

    first, repeated, second = desk.taken
    assert isinstance(first, Pressed)
    assert (first.verb, first.ticket, first.actor.user) == ("claim", 12, SAM)
    assert first.key == repeated.key != second.key


async def test_sending_an_update_on_is_one_click(deliver: Any, desk: StubDesk) -> None:
    await deliver(press("relay", "12:3"))

    assert [(event.ticket, event.update) for event in desk.taken if isinstance(event, Relay)] == [(12, 3)]


async def test_a_refusal_is_shown_where_it_was_pressed(
    deliver: Any, desk: StubDesk, slack: FakeSlack
) -> None:
    desk.answer = Outcome(accepted=False, said="SUP-12 is already taken by Sky Support.")

    await deliver(press("claim"))

    (shown,) = slack.of("chat.postEphemeral")
    assert (shown["channel"], shown["user"]) == (SUPPORT, SAM)
    assert shown["text"] == "SUP-12 is already taken by Sky Support."


async def test_what_the_card_shows_is_not_said_again(deliver: Any, desk: StubDesk, slack: FakeSlack) -> None:
    desk.answer = Outcome(accepted=True, said="SUP-12 is yours.")

    await deliver(press("claim"))

    assert slack.calls == []


async def test_in_a_thread_it_is_shown_in_the_thread(deliver: Any, desk: StubDesk, slack: FakeSlack) -> None:
    desk.answer = Outcome(accepted=True, said="Understood.")
    body = press("production_down", user=CASEY, team="T0RETAIL01", channel={"id": RETAIL})
    body["message"] = {"ts": "2.2", "thread_ts": "1.1"}

    await deliver(body)

    assert slack.of("chat.postEphemeral")[0]["thread_ts"] == "1.1"


async def test_where_nothing_may_be_posted_the_answer_takes_the_other_way(
    deliver: Any, desk: StubDesk, slack: FakeSlack
) -> None:
    desk.answer = Outcome(accepted=False, said="No.")
    slack.refuses["chat.postEphemeral"] = "user_not_in_channel"

    await deliver(press("claim", response_url=f"{slack.url}/respond"))

    assert slack.of("response_url") == [
        {"text": "No.", "response_type": "ephemeral", "replace_original": False}
    ]


async def test_a_click_that_was_not_stored_is_to_be_pressed_again(
    deliver: Any, desk: StubDesk, slack: FakeSlack
) -> None:
    desk.fails = True

    await deliver(press("acknowledge"))

    assert "press again" in slack.of("chat.postEphemeral")[0]["text"]


async def test_a_slow_desk_is_left_before_slack_gives_up(
    deliver: Any, desk: StubDesk, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PATIENCE", 0.01)
    desk.hangs = True

    await deliver(press("acknowledge"))

    assert desk.cancelled == 1
    assert "press again" in slack.of("chat.postEphemeral")[0]["text"]


async def test_a_form_opens_as_a_skeleton_and_is_filled_then(deliver: Any, slack: FakeSlack) -> None:
    await deliver(press("escalate"))

    assert [method for method, _ in slack.calls] == ["views.open", "views.update"]
    skeleton = slack.of("views.open")[0]["view"]
    assert "input" not in {block["type"] for block in skeleton["blocks"]}
    filled = slack.of("views.update")[0]["view"]
    assert view_problems(filled) == []
    assert {"saas_name", "issue_detail"} <= {block.get("block_id") for block in filled["blocks"]}


async def test_nothing_is_read_before_the_form_is_open(
    deliver: Any, slack: FakeSlack, board: StubBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trigger lives for three seconds: a slow database must not use them up."""
    asked: list[list[str]] = []
    monkeypatch.setattr(board, "_read", lambda: asked.append([method for method, _ in slack.calls]))

    await deliver(press("escalate"))

    assert asked
    assert asked[0] == ["views.open"]


async def test_a_form_is_not_shown_to_somebody_without_the_right_and_the_try_is_recorded(
    deliver: Any, desk: StubDesk, slack: FakeSlack
) -> None:
    desk.answer = Outcome(accepted=False, said="Only support or the support lead may escalate.")

    await deliver(press("escalate", user=DEVI))

    assert [(event.verb, event.ticket) for event in desk.taken if isinstance(event, Pressed)] == [
        ("escalate", 12)
    ]
    shown = slack.of("views.update")[0]["view"]
    assert list(texts(shown["blocks"])) == ["Only support or the support lead may escalate."]


async def test_somebody_of_a_client_gets_no_form_of_ours(
    deliver: Any, desk: StubDesk, slack: FakeSlack
) -> None:
    desk.answer = Outcome(accepted=False, said="Only support may.")

    await deliver(press("escalate", user=CASEY, team="T0RETAIL01"))

    assert slack.of("views.open") == []
    assert [(event.verb, event.actor.ours) for event in desk.taken if isinstance(event, Pressed)] == [
        ("escalate", False)
    ]
    assert slack.of("chat.postEphemeral")[0]["text"] == "Only support may."


async def test_a_trigger_that_died_is_said(deliver: Any, slack: FakeSlack) -> None:
    slack.refuses["views.open"] = "expired_trigger_id"

    answer = await deliver(press("escalate"))

    assert answer.status == 200
    assert "press again" in slack.of("chat.postEphemeral")[0]["text"]


async def test_a_button_of_an_older_version_is_answered(
    deliver: Any, desk: StubDesk, slack: FakeSlack
) -> None:
    answer = await deliver(press("summon"))

    assert (answer.status, desk.taken) == (200, [])
    assert "older version" in slack.of("chat.postEphemeral")[0]["text"]
