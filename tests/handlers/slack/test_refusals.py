"""Slack refuses, and it is not the message's fault: nothing is lost, people know, and what is mended goes on by itself."""

from datetime import timedelta
from typing import Any

import pytest
import structlog

from handlers.slack.client import _SOON, REFUSED
from policies.events import Reply
from tests.bot.stage import RETAIL, SAM
from tests.handlers.slack.wired import Wired, until

SUPPORT, ESCALATIONS = "C0SUPPORT1", "C0ESCALATE"
ADMIN = "U0SAM00001"


def _texts(wired: Wired, channel: str) -> list[str]:
    return [message["text"] for message in wired.sandbox.slack.messages(channel, "") if message.get("bot_id")]


def _alarms(wired: Wired, channel: str = SUPPORT) -> list[str]:
    return [text for text in _texts(wired, channel) if "rotating_light" in text]


async def _replies(wired: Wired, number: int, words: str) -> None:
    event = Reply(key=words, at=wired.stage.clock.now(), actor=SAM, ticket=number, text=words)
    assert (await wired.stage.do(event)).accepted


async def _claimed(wired: Wired) -> int:
    number = await wired.writes()
    assert (await wired.stage.presses("claim", number, SAM)).accepted
    await wired.stage.settled()
    return number


def _later(wired: Wired) -> None:
    """A minute of the machine's time goes by."""
    wall = wired.stage.clock.wall
    wired.stage.clock.wall = lambda: wall() + timedelta(seconds=61)  # type: ignore[method-assign]  # a minute later
    wired.stage.machinery.wake()


async def test_words_wait_for_an_archived_channel_and_go_out_in_order_once_it_is_back(wired: Wired) -> None:
    """Support reads once which channel it is and what to do; two replies are not two alarms."""
    number = await _claimed(wired)
    await wired.do("channel", user=ADMIN, channel=RETAIL, act="archive")
    await _replies(wired, number, "First")
    await _replies(wired, number, "Second")
    await until(lambda: _alarms(wired))
    await wired.stage.settled()
    said = len(_texts(wired, RETAIL))

    (alarm,) = _alarms(wired)
    assert f"<#{RETAIL}> (`{RETAIL}`): the channel is archived. Unarchive it" in alarm
    await wired.do("channel", user=ADMIN, channel=RETAIL, act="unarchive")
    _later(wired)
    await until(lambda: len(_texts(wired, RETAIL)) == said + 2)
    first, second = _texts(wired, RETAIL)[said:]
    assert "First" in first
    assert "Second" in second
    assert len(_alarms(wired)) == 1


async def test_a_bot_that_was_removed_from_a_channel_says_so_and_waits_to_be_invited(wired: Wired) -> None:
    number = await _claimed(wired)
    await wired.do("leave", user="U0FRONTBOT", channel=RETAIL)
    await _replies(wired, number, "First")
    await until(lambda: _alarms(wired))

    assert "the bot is not in the channel. Invite the bot there" in _alarms(wired)[0]
    await wired.do("join", user="U0FRONTBOT", channel=RETAIL)
    _later(wired)
    await until(lambda: any("First" in text for text in _texts(wired, RETAIL)))


async def test_an_archived_channel_of_our_own_is_spoken_of_in_the_other(wired: Wired) -> None:
    await wired.do("channel", user=ADMIN, channel=SUPPORT, act="archive")
    await wired.writes()
    await until(lambda: _alarms(wired, ESCALATIONS))

    assert f"(`{SUPPORT}`)" in _alarms(wired, ESCALATIONS)[0]


async def test_a_renamed_channel_changes_nothing(wired: Wired) -> None:
    number = await _claimed(wired)
    await wired.do("channel", user=ADMIN, channel=RETAIL, act="rename", value="retail-new")
    await _replies(wired, number, "First")

    await until(lambda: any("First" in text for text in _texts(wired, RETAIL)))


async def test_a_channel_with_another_id_is_told_with_the_words_that_did_not_arrive(wired: Wired) -> None:
    """The old id is unknown: what to write into frontdoor.toml is said, and the words are not lost."""
    number = await _claimed(wired)
    await wired.do("channel", user=ADMIN, channel=RETAIL, act="change-id", value="C0RETAIL99")
    await _replies(wired, number, "First")
    await until(lambda: _alarms(wired))
    await wired.stage.settled()

    (alarm,) = _alarms(wired)
    assert f"write that one in the place of `{RETAIL}` into frontdoor.toml" in alarm
    asked = [text for text in _texts(wired, SUPPORT) if "did not reach the client" in text]
    assert len(asked) == 1
    assert "First" in asked[0]


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("ok_false:token_expired", "token_expired"),
        ("ok_false:token_revoked", "token_revoked"),
        ("ok_false:invalid_auth", "invalid_auth"),
        ("ok_false:account_inactive", "account_inactive"),
    ],
)
async def test_a_refused_token_costs_nothing_but_time(wired: Wired, mode: str, said: str) -> None:
    """Not ready, one line in the log; once the token works everything goes out, in order, once."""
    number = await _claimed(wired)
    with structlog.testing.capture_logs() as log:
        await wired.fault(mode, "*", times=40)
        await _replies(wired, number, "First")
        await _replies(wired, number, "Second")
        await until(lambda: wired.room.sender.refused)
    assert wired.room.sender.refused == said
    assert (wired.room.healthy() or "").startswith(f"Slack refuses what we ask ({said}): install the app")
    assert [line["reason"] for line in log if line["event"] == "slack.refused"].count(said) >= 1
    assert not [text for text in _texts(wired, RETAIL) if "First" in text]

    await wired.do("faults/clear")
    _later(wired)
    await until(lambda: any("Second" in text for text in _texts(wired, RETAIL)))
    await wired.stage.settled()
    replies = [text for text in _texts(wired, RETAIL) if "First" in text or "Second" in text]
    assert ["First" in text for text in replies] == [True, False]
    assert wired.room.healthy() is None


async def test_a_missing_scope_is_named(wired: Wired) -> None:
    number = await _claimed(wired)
    app: dict[str, Any] = await wired.do("app")
    await wired.do("app", scopes=[scope for scope in app["scopes"] if scope != "chat:write"])
    await _replies(wired, number, "First")
    await until(lambda: wired.room.sender.refused)
    assert wired.room.sender.refused == "missing_scope: chat:write"

    await wired.do("app", scopes=app["scopes"])
    _later(wired)
    await until(lambda: any("First" in text for text in _texts(wired, RETAIL)))


def test_every_refusal_of_the_token_waits() -> None:
    """None of them ends an effect."""
    assert set(_SOON) >= REFUSED
