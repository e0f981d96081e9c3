"""The story ticks off what really happened, by whoever's hand, and its buttons do what a person would."""

from typing import Any

import pytest

from sandbox.clock import Clock
from sandbox.story import BY_ID, STEPS, told
from sandbox.wire import WireLog
from tests.sandbox.page_stage import LEES_NUMBER, EchoBot, bot_on
from tests.sandbox.slack_stage import CASEY, CLEO, LEE, RETAIL, SAM, SUPPORT, Stage

SKY, CLINIC = "U0SKY00001", "C0CLINIC01"


def states(story: dict[str, Any]) -> dict[str, str]:
    """The state of every step that is not later."""
    return {step["id"]: step["state"] for step in story["steps"] if step["state"] != "later"}


def titles(story: dict[str, Any]) -> dict[str, str]:
    """The title of every step."""
    return {step["id"]: step["title"] for step in story["steps"]}


def pressed(action: str, user: str) -> dict[str, Any]:
    """A click as it goes to the bot."""
    return {"user": {"id": user}, "actions": [{"action_id": action}]}


def submitted(callback: str) -> dict[str, Any]:
    """A form as it goes to the bot."""
    return {"view": {"callback_id": callback}}


@pytest.fixture
def wire() -> WireLog:
    """A log in which a client has written and the bot has answered."""
    log = WireLog(Clock(rate=0))
    log.record("slack", "person", "message", "Casey writes", request={"user": CASEY, "channel": RETAIL})
    log.record("slack", "in", "chat.postMessage", "the bot answers", request={"channel": RETAIL})
    return log


async def test_it_begins_with_a_client_s_message_and_no_other(stage: Stage) -> None:
    assert states(await stage.get("story")) == {"write": "next"}
    await stage.say(SAM, RETAIL, "We are talking among ourselves")
    await stage.say(CASEY, CASEY, "A word to the bot alone")
    assert states(await stage.get("story")) == {"write": "next"}
    await stage.say(CASEY, RETAIL, "Printing fails")
    assert states(await stage.get("story")) == {"write": "done", "answer": "next"}


async def test_a_client_of_another_channel_does_not_begin_the_story(stage: Stage) -> None:
    await stage.say(CLEO, CLINIC, "Our screens are dark")
    assert states(await stage.get("story")) == {"write": "next"}


def test_a_step_is_ticked_with_the_name_of_whoever_did_it_and_what_was_done(wire: WireLog) -> None:
    asked = titles(told(wire.entries))
    assert (asked["claim"], asked["acknowledge"], asked["assign"]) == (
        "Sam takes the request",
        "Bo answers and presses 4",
        "Bo gives it to Devi",
    )
    wire.record("slack", "out", "block_actions", "claim", request=pressed("claim", SKY))
    wire.record(
        "slack", "out", "view_submission", "form", request=submitted("escalate"), response={"acked": True}
    )
    wire.record("slack", "out", "block_actions", "acknowledge", request=pressed("acknowledge", LEE))
    form = submitted("assign") | {"user": {"id": LEE}}
    wire.record("slack", "out", "view_submission", "form", request=form, response={"acked": True})
    done = titles(told(wire.entries))
    assert (done["claim"], done["acknowledge"], done["assign"]) == (
        "Sky takes the request",
        "Lee acknowledges",
        "Lee assigns a developer",
    )


def test_a_key_on_the_telephone_names_whose_telephone_it_was(wire: WireLog) -> None:
    wire.record(
        "slack", "out", "view_submission", "form", request=submitted("escalate"), response={"acked": True}
    )
    ringing = {"fields": {"CallStatus": "ringing", "To": LEES_NUMBER}}
    wire.record("twilio", "out", "status", "Lee’s telephone rings", request=ringing)
    wire.record("twilio", "out", "gather", "4", request={"fields": {"Digits": "4", "To": LEES_NUMBER}})
    assert titles(told(wire.entries))["acknowledge"] == "Lee acknowledges"


def test_a_refused_form_ticks_nothing_off(wire: WireLog) -> None:
    errors = {"acked": True, "body": {"response_action": "errors", "errors": {"branch": "which one?"}}}
    wire.record("slack", "out", "block_actions", "claim", request=pressed("claim", SAM))
    wire.record("slack", "out", "view_submission", "form", request=submitted("escalate"), response=errors)
    assert states(told(wire.entries))["escalate"] == "next"
    wire.record(
        "slack", "out", "view_submission", "form", request=submitted("escalate"), response={"acked": True}
    )
    assert states(told(wire.entries))["escalate"] == "done"


def test_a_click_of_somebody_who_may_not_ticks_nothing_off(wire: WireLog) -> None:
    wire.record("slack", "out", "block_actions", "claim", request=pressed("claim", CASEY))
    assert states(told(wire.entries))["claim"] == "next"


def test_an_unacknowledged_click_ticks_nothing_off(wire: WireLog) -> None:
    wire.record("slack", "out", "block_actions", "claim", request=pressed("claim", SAM), ok=False)
    assert states(told(wire.entries))["claim"] == "next"


def test_steps_that_were_overtaken_are_not_asked_for_any_more(wire: WireLog) -> None:
    wire.record(
        "slack", "out", "view_submission", "form", request=submitted("escalate"), response={"acked": True}
    )
    wire.record("slack", "out", "block_actions", "acknowledge", request=pressed("acknowledge", LEE))
    seen = states(told(wire.entries))
    assert [name for name, state in seen.items() if state == "skipped"] == ["claim", "ring", "unreached"]
    assert seen["assign"] == "next"


def test_the_second_draft_is_not_the_first_one_again(wire: WireLog) -> None:
    for callback in ("escalate", "assign", "update"):
        wire.record(
            "slack", "out", "view_submission", callback, request=submitted(callback), response={"acked": True}
        )
    wire.record("slack", "out", "block_actions", "relay", request=pressed("relay", SAM))
    wire.record(
        "slack", "out", "view_submission", "resolve", request=submitted("resolve"), response={"acked": True}
    )
    assert states(told(wire.entries))["tell"] == "next"


def test_every_step_comes_after_one_before_it() -> None:
    for place, step in enumerate(STEPS):
        assert step.after in {"", *(earlier.id for earlier in STEPS[:place])}
        assert BY_ID[step.id] is step


async def test_a_step_is_played_by_the_same_means_as_by_hand(stage: Stage) -> None:
    async with bot_on(stage) as bot:
        await stage.post("story/do", step="write")
        await stage.settle()
        first, answer = (await stage.get(f"messages/{RETAIL}"))["messages"]
        assert (first["user"], answer["thread_ts"]) == (CASEY, first["ts"])
        await give_card(bot)
        await stage.post("story/do", step="claim")
        assert bot.got[0][0] == "claim"
        assert states(await stage.get("story"))["claim"] == "done"


async def give_card(bot: EchoBot) -> None:
    """A card with the button that the step looks for."""
    bot.app.action("claim")(bot.note)
    row = {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": "claim", "text": {"type": "plain_text", "text": "Claim"}}
        ],
    }
    await bot.stage.web.chat_postMessage(channel=SUPPORT, text="a card", blocks=[row])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"step": "nonsense"}, "step is one of"),
        ({}, "step is one of"),
        ({"step": "claim"}, "Sam Support sees no button"),
        ({"step": "confirm"}, "Casey Client sees no button"),
    ],
)
async def test_a_step_that_cannot_be_done_is_refused_in_words(
    stage: Stage, body: dict[str, Any], words: str
) -> None:
    status, answer = await stage.try_post("story/do", **body)
    assert (status, answer["ok"]) == (400, False)
    assert words in answer["error"]


@pytest.mark.parametrize("seconds", [0, -5, "ten", True, 10**9, None])
async def test_skipping_takes_a_sensible_number_only(stage: Stage, seconds: Any) -> None:
    status, answer = await stage.try_post("story/skip", seconds=seconds)
    assert (status, answer["ok"]) == (400, False)


async def test_skipping_goes_exactly_as_far_as_asked_when_nothing_rings(stage: Stage) -> None:
    answer = await stage.post("story/skip", seconds=65)
    assert (answer["now"], answer["stopped"]) == ("2026-11-18T09:01:05.000000Z", "")
