"""chat.*: what can be written, changed and deleted, and how Slack refuses."""

from typing import Any

import pytest

from tests.sandbox.slack_stage import (
    CASEY,
    CLEO,
    GENERAL,
    RETAIL,
    SAM,
    SUPPORT,
    Stage,
    actions,
    button,
    error_of,
    refusal,
    words,
)


async def test_a_post_is_kept_as_slack_keeps_it(stage: Stage) -> None:
    """Who wrote it, ids filled in, stray characters escaped, addresses live."""
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Hello*"}}]

    answer = await stage.web.chat_postMessage(
        channel=SUPPORT, text="Tom & Jerry <@U0SAM00001> https://example.com.", blocks=blocks
    )

    message = answer["message"]
    assert answer["channel"] == SUPPORT
    assert message["text"] == "Tom &amp; Jerry <@U0SAM00001> <https://example.com>."
    assert (message["user"], message["bot_id"], message["app_id"]) == (
        "U0FRONTBOT",
        "B0FRONTBOT",
        "A0FRONTAPP",
    )
    assert message["blocks"][0]["block_id"]
    assert message["blocks"][0]["text"]["verbatim"] is False


async def test_a_channel_goes_by_id_name_or_person(stage: Stage) -> None:
    """A person means the direct message with the bot."""
    by_name = await stage.web.chat_postMessage(channel="#support-desk", text="x")
    to_sam = await stage.web.chat_postMessage(channel=SAM, text="psst")

    assert by_name["channel"] == SUPPORT
    assert to_sam["channel"].startswith("D")
    assert await stage.texts(SAM) == ["psst"]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ({"channel": "C0NOWHERE1", "text": "x"}, "channel_not_found"),
        ({"channel": GENERAL, "text": "x"}, "not_in_channel"),
        ({"channel": SUPPORT, "text": ""}, "no_text"),
        ({"channel": SUPPORT, "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"channel": SUPPORT, "markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"channel": SUPPORT, "markdown_text": "x", "text": "y"}, "markdown_text_conflict"),
        ({"channel": SUPPORT, "text": "x", "metadata": {"event_type": "k"}}, "invalid_metadata_format"),
        (
            {
                "channel": SUPPORT,
                "text": "x",
                "metadata": {"event_type": "k", "event_payload": {"k": "x" * 20_000}},
            },
            "metadata_too_large",
        ),
    ],
)
async def test_refusals_of_a_post(stage: Stage, call: dict[str, Any], error: str) -> None:
    """Slack's own codes, and nothing is written."""
    assert await error_of(stage.web.api_call("chat.postMessage", json=call)) == error
    assert await stage.texts(SUPPORT) == []


async def test_an_archived_channel_takes_nothing(stage: Stage) -> None:
    """is_archived."""
    await stage.post("channel", user=SAM, channel=SUPPORT, act="archive")

    assert await error_of(stage.web.chat_postMessage(channel=SUPPORT, text="x")) == "is_archived"


async def test_blocks_as_a_whole_have_an_undocumented_cap(stage: Stage) -> None:
    """13,200 characters, even where each block is within its limits."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2_700}}

    error = await error_of(stage.web.chat_postMessage(channel=SUPPORT, text="x", blocks=[section] * 5))

    assert error == "msg_blocks_too_long"


async def test_a_thread_counts_its_replies(stage: Stage) -> None:
    """The parent knows; a reply is no place for another thread; a broadcast is in the channel too."""
    parent = await stage.say(CASEY, RETAIL, "Help")
    reply = await stage.web.chat_postMessage(channel=RETAIL, thread_ts=parent["ts"], text="We are on it")
    await stage.web.chat_postMessage(
        channel=RETAIL, thread_ts=parent["ts"], text="Done", reply_broadcast=True
    )

    nested = stage.web.chat_postMessage(channel=RETAIL, thread_ts=reply["ts"], text="x")

    assert await error_of(nested) == "cannot_reply_to_message"
    first = (await stage.get(f"messages/{RETAIL}"))["messages"][0]
    assert (first["thread_ts"], first["reply_count"], first["reply_users"]) == (
        parent["ts"],
        2,
        ["U0FRONTBOT"],
    )
    history = await stage.web.conversations_history(channel=RETAIL)
    assert [message.get("subtype") for message in history["messages"]] == ["thread_broadcast", None]


async def test_an_update_follows_slacks_rules(stage: Stage) -> None:
    """Text alone removes the blocks; metadata stays unless cleared; only plain text shows as edited."""
    metadata = {"event_type": "key", "event_payload": {"k": "1"}}
    posted = await stage.web.chat_postMessage(
        channel=SUPPORT, text="a", blocks=[actions(button("x"))], metadata=metadata
    )
    place = {"channel": SUPPORT, "ts": posted["ts"]}

    with_blocks = await stage.web.chat_update(**place, text="b", blocks=[actions(button("y"))])
    assert "edited" not in with_blocks["message"]
    assert with_blocks["message"]["metadata"] == metadata
    plain = await stage.web.chat_update(**place, text="c", metadata={})
    assert "blocks" not in plain["message"]
    assert "metadata" not in plain["message"]
    assert plain["message"]["edited"]["user"] == "U0FRONTBOT"
    assert await error_of(stage.web.chat_update(**place, text="x" * 4_001)) == "msg_too_long"


async def test_others_messages_cannot_be_touched(stage: Stage) -> None:
    """Neither changed nor deleted; what is gone is not found."""
    theirs = await stage.say(CASEY, RETAIL, "Mine")
    ours = await stage.web.chat_postMessage(channel=RETAIL, text="Ours")
    place = {"channel": RETAIL, "ts": theirs["ts"]}

    assert await error_of(stage.web.chat_update(**place, text="x")) == "cant_update_message"
    assert await error_of(stage.web.chat_delete(**place)) == "cant_delete_message"
    await stage.web.chat_delete(channel=RETAIL, ts=ours["ts"])
    assert await error_of(stage.web.chat_delete(channel=RETAIL, ts=ours["ts"])) == "message_not_found"
    assert await stage.texts(RETAIL) == ["Mine"]


async def test_an_ephemeral_is_seen_by_one_and_kept_by_nobody(stage: Stage) -> None:
    """Not in the history, not for others, only for members."""
    await stage.web.chat_postEphemeral(channel=RETAIL, user=SAM, text="Only you")

    mine = (await stage.get(f"messages/{RETAIL}?as={SAM}"))["messages"]
    theirs = (await stage.get(f"messages/{RETAIL}?as={CASEY}"))["messages"]
    history = await stage.web.conversations_history(channel=RETAIL)
    outsider = stage.web.chat_postEphemeral(channel=RETAIL, user=CLEO, text="x")
    assert [(message["text"], message["ephemeral_to"]) for message in mine] == [("Only you", SAM)]
    assert theirs == []
    assert history["messages"] == []
    assert await error_of(outsider) == "user_not_in_channel"


async def test_permalinks_name_channel_and_thread(stage: Stage) -> None:
    """As Slack builds them."""
    parent = await stage.say(CASEY, RETAIL, "Help")
    reply = await stage.say(SAM, RETAIL, "Yes", thread_ts=parent["ts"])

    link = await stage.web.chat_getPermalink(channel=RETAIL, message_ts=reply["ts"])

    path = f"/archives/{RETAIL}/p{reply['ts'].replace('.', '')}?thread_ts={parent['ts']}&cid={RETAIL}"
    assert link["permalink"].endswith(path)


async def test_invalid_blocks_say_where(stage: Stage) -> None:
    """The messages carry JSON pointers."""
    answer = await refusal(
        stage.web.chat_postMessage(
            channel=SUPPORT, text="x", blocks=[{"type": "header", "text": words("x" * 151)}]
        )
    )

    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    ]
