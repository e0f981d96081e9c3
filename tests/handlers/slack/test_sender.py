"""The way out, against a Slack that behaves like Slack: once, findable, and honest about what failed."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.ports import Job, NotSent, Posted, Sent, TooEarly, Unknown
from bot.storage.said import Said
from policies.effects import AnyEffect, Button, Card, Home, Place, Post, Remove, Revise
from policies.ticket import Stage, Ticket
from tests.handlers.slack.outside import Outside
from tests.handlers.slack.stage import (
    ESCALATIONS,
    LEE,
    NOW,
    RETAIL,
    SAM,
    SUPPORT,
    StubBoard,
    StubDesk,
    escalated,
    room,
    ticket,
)

SUPPORT_THREAD = Place(kind="support_thread")


def _job(effect: AnyEffect, one: Ticket | None = None, key: str = "key-1", **posts: Posted) -> Job:
    places = {posted.slot: posted for posted in posts.values()}
    return Job(id=1, key=key, attempt=1, effect=effect, ticket=one or ticket(), posts=places, first_at=NOW)


def _post(text: str, to: Place, **more: Any) -> Post:
    return Post(slot="1:words", to=to, text=text, lane="internal", **more)


async def test_words_reach_the_clients_own_thread(outside: Outside) -> None:
    root = (await outside.do("message", user="U0CASEY001", channel=RETAIL, text="Printing fails"))["message"][
        "ts"
    ]

    sent = await outside.room.sender.send(
        _job(_post("We have it.", Place(kind="client_thread")), ticket(thread=root))
    )

    reply = (await outside.messages(RETAIL))[-1]
    assert (reply["text"], reply["thread_ts"], reply["ts"]) == ("We have it.", root, sent.external_id)
    assert sent.posted == (Posted(slot="1:words", channel=RETAIL, ts=reply["ts"]),)


async def test_words_for_one_person_are_a_direct_message(outside: Outside) -> None:
    card = (await outside.room.sender.send(_job(Card(slot="card:support")))).posted[0]
    for _ in range(2):
        await outside.room.sender.send(
            _job(_post("Please look.", Place(kind="person", person=SAM)), card=card)
        )

    first, second = [message["text"].splitlines() for message in await outside.messages(SAM)]
    assert first == second
    assert first[:2] == ["Please look.", "> Example Retail: Printing fails"]


async def test_a_direct_message_leads_to_the_card_and_does_not_mention_its_reader(outside: Outside) -> None:
    send = outside.room.sender.send
    card = (await send(_job(Card(slot="card:escalation"), escalated()))).posted[0]

    words = _post(f"<@{LEE}> *SUP-12* of Example Retail is escalated.", Place(kind="person", person=LEE))
    await send(_job(words, escalated(), card=card))

    first, about, where = (await outside.messages(LEE))[-1]["text"].splitlines()
    assert first == "*SUP-12* of Example Retail is escalated."
    assert about == "> Receipts do not print since this morning."
    assert f"/archives/{ESCALATIONS}/p{card.ts.replace('.', '')}" in where
    assert where.endswith(f"|Open the card> in <#{ESCALATIONS}>")


async def test_a_direct_message_waits_a_moment_for_its_card_and_then_goes_without(outside: Outside) -> None:
    send = outside.room.sender.send
    job = _job(_post("Please look.", Place(kind="person", person=LEE)), escalated())

    with pytest.raises(TooEarly):
        await send(job)
    await send(replace(job, first_at=NOW - timedelta(seconds=5)))

    assert (await outside.messages(LEE))[-1]["text"].endswith(f"The card is in <#{ESCALATIONS}>.")


async def test_a_direct_message_does_not_wait_for_a_link_that_slack_refuses(outside: Outside) -> None:
    card = (await outside.room.sender.send(_job(Card(slot="card:escalation"), escalated()))).posted[0]
    await outside.fault("chat.getPermalink", "ok_false:message_not_found")

    await outside.room.sender.send(
        _job(_post("Please look.", Place(kind="person", person=LEE)), escalated(), card=card)
    )

    assert (await outside.messages(LEE))[-1]["text"].endswith(f"The card is in <#{ESCALATIONS}>.")


async def test_words_beside_the_card_lead_to_it(outside: Outside) -> None:
    card = (await outside.room.sender.send(_job(Card(slot="card:support")))).posted[0]

    await outside.room.sender.send(_job(_post("*SUP-12* is open again.", Place(kind="support")), card=card))

    text = (await outside.messages(SUPPORT))[-1]["text"]
    assert f"/archives/{SUPPORT}/p{card.ts.replace('.', '')}|SUP-12>* is open again." in text


async def test_buttons_carry_ticket_and_subject(outside: Outside) -> None:
    buttons = (Button(verb="relay", label="Send", value="1"), Button(verb="relay", label="Send", value="2"))
    await outside.room.sender.send(_job(_post("Two drafts", Place(kind="support"), buttons=buttons)))

    rows = [block for block in (await outside.messages(SUPPORT))[-1]["blocks"] if block["type"] == "actions"]
    assert [[element["value"] for element in row["elements"]] for row in rows] == [["12:1"], ["12:2"]]


async def test_a_thread_waits_for_its_card(outside: Outside) -> None:
    with pytest.raises(TooEarly):
        await outside.room.sender.send(_job(_post("Below", SUPPORT_THREAD)))

    card = (await outside.room.sender.send(_job(Card(slot="card:support")))).posted[0]
    await outside.room.sender.send(_job(_post("Below", SUPPORT_THREAD), card=card))
    assert (await outside.messages(SUPPORT))[-1]["thread_ts"] == card.ts


async def test_a_card_is_posted_once_and_changed_afterwards(outside: Outside) -> None:
    send = outside.room.sender.send
    first = (await send(_job(Card(slot="card:escalation"), escalated()))).posted[0]
    acknowledged = replace(escalated(), stage=Stage.ACKNOWLEDGED, acknowledged_by="lee")
    second = (await send(_job(Card(slot="card:escalation"), acknowledged, card=first))).posted[0]

    (shown,) = await outside.messages(ESCALATIONS)
    assert shown["ts"] == first.ts == second.ts
    assert first.digest != second.digest
    assert "Acknowledged by Lee Lead" in shown["text"]


async def test_a_card_that_would_look_the_same_is_left_alone(outside: Outside) -> None:
    first = (await outside.room.sender.send(_job(Card(slot="card:support")))).posted[0]
    await outside.fault("chat.update", "ok_false:fatal_error")

    assert await outside.room.sender.send(_job(Card(slot="card:support"), card=first)) == Sent(
        external_id=first.ts
    )


async def test_a_card_that_somebody_deleted_is_posted_anew(outside: Outside) -> None:
    gone = Posted(slot="card:support", channel=SUPPORT, ts="1.000001", digest="old")

    anew = (await outside.room.sender.send(_job(Card(slot="card:support"), card=gone))).posted[0]

    assert [message["ts"] for message in await outside.messages(SUPPORT)] == [anew.ts]


async def test_a_message_is_taken_back_once_and_again(outside: Outside) -> None:
    send = outside.room.sender.send
    posted = (await send(_job(_post("Oops", Place(kind="support"))))).posted[0]

    for _ in range(2):
        assert (await send(_job(Remove(slot="1:words", to=Place(kind="support")), words=posted))).removed == (
            "1:words",
        )
    assert await outside.messages(SUPPORT) == []
    assert (await send(_job(Remove(slot="1:never", to=Place(kind="support"))))).removed == ("1:never",)


async def test_a_message_whose_work_is_done_gets_other_words_and_loses_its_buttons(outside: Outside) -> None:
    send = outside.room.sender.send
    draft = _post("Draft", Place(kind="support"), buttons=(Button(verb="relay", label="Send", value="1"),))
    posted = (await send(_job(draft))).posted[0]

    await send(_job(Revise(slot="1:words", to=Place(kind="support"), text="It was sent."), words=posted))

    (message,) = await outside.messages(SUPPORT)
    assert (message["text"], [block["type"] for block in message["blocks"]]) == ("It was sent.", ["section"])


async def test_under_what_was_said_of_no_request_stands_what_became_of_it(outside: Outside) -> None:
    """The words stay, however long, and the button goes; what was never posted is not made up."""
    send, place = outside.room.sender.send, Place(kind="support")
    for words in ("The file was changed", "long " * 2_000):
        post = Post(
            slot="terms:1",
            to=place,
            text=words,
            lane="internal",
            buttons=(Button(verb="terms", label="Apply", value="1"),),
        )
        sent = await send(replace(_job(post), ticket=None))
        outside.board.spoken["terms:1"] = Said(sent.external_id, words)
        line = Revise(slot="terms:1", to=place, text="Sol applied this.", below=True)
        for _ in range(2):
            await send(replace(_job(line), ticket=None))

        message = (await outside.messages(SUPPORT))[-1]
        assert message["text"].startswith(words[:20])
        assert message["text"].endswith("\nSol applied this.")
        assert {block["type"] for block in message["blocks"]} == {"section"}
    assert await send(replace(_job(replace(line, slot="terms:2")), ticket=None)) == Sent()


async def test_the_line_in_a_clients_thread_takes_the_place_of_the_first_response_with_its_button(
    outside: Outside,
) -> None:
    send = outside.room.sender.send
    down = (Button(verb="production_down", label="Production is down", style="danger"),)
    posted = (await send(_job(_post("We have it", Place(kind="support"), buttons=down)))).posted[0]

    line = Revise(slot="1:words", to=Place(kind="support"), text="It is closed.", buttons=down)
    await send(_job(line, words=posted))

    (message,) = await outside.messages(SUPPORT)
    assert message["text"] == "It is closed."
    assert [one["action_id"] for one in message["blocks"][-1]["elements"]] == ["production_down"]
    assert message["blocks"][-1]["elements"][0]["value"] == "12:"


async def test_a_home_is_published(outside: Outside) -> None:
    await outside.room.sender.send(_job(Home(user=SAM)))

    async with outside.http.get(f"{outside.url}/_control/views/{SAM}") as answer:
        assert "SUP-12" in json.dumps((await answer.json())["home"])


@pytest.mark.parametrize(
    ("mode", "more", "again"),
    [
        ("429", {"retry_after": 7}, 7.0),
        ("ok_false:channel_not_found", {}, None),
        ("ok_false:is_archived", {}, 60.0),
        ("ok_false:not_in_channel", {}, 60.0),
        ("ok_false:missing_scope", {}, 60.0),
        ("ok_false:invalid_auth", {}, 60.0),
        ("ok_false:account_inactive", {}, 60.0),
        ("ok_false:msg_too_long", {}, None),
        ("ok_false:invalid_blocks", {}, None),
        ("ok_false:service_unavailable", {}, 10.0),
        ("ok_false:token_revoked", {}, 60.0),
    ],
)
async def test_what_was_surely_not_done_says_whether_to_try_again(
    outside: Outside, mode: str, more: dict[str, int], again: float | None
) -> None:
    await outside.fault("chat.postMessage", mode, **more)

    with pytest.raises(NotSent) as refusal:
        await outside.room.sender.send(_job(_post("Words", Place(kind="support"))))

    assert refusal.value.retry_after == again
    assert refusal.value.scope == (f"chat.postMessage:{SUPPORT}" if mode == "429" else "")
    assert await outside.messages(SUPPORT) == []


@pytest.mark.parametrize(("mode", "done"), [("500-before", False), ("500-after", True), ("drop-after", True)])
async def test_what_may_have_been_done_is_read_back(outside: Outside, mode: str, *, done: bool) -> None:
    job = _job(_post("Words", Place(kind="support")))
    await outside.fault("chat.postMessage", mode)

    with pytest.raises(Unknown):
        await outside.room.sender.send(job)
    found = await outside.room.sender.look_up(job)

    there = await outside.messages(SUPPORT)
    assert [message["ts"] for message in there] == ([found.external_id] if found else [])
    assert (found is not None) == done


@pytest.mark.parametrize("word", ["fatal_error", "internal_error", "request_timeout"])
async def test_slacks_own_doubts_are_ours(outside: Outside, word: str) -> None:
    await outside.fault("chat.postMessage", f"ok_false:{word}")

    with pytest.raises(Unknown):
        await outside.room.sender.send(_job(_post("Words", Place(kind="support"))))


@pytest.mark.parametrize("mode", ["500-before", "500-after", "drop-after"])
async def test_words_for_one_person_were_surely_not_said_while_their_channel_could_not_be_opened(
    outside: Outside, mode: str
) -> None:
    """Opening it once more is harmless: nothing has to settle, and nobody waits."""
    card = (await outside.room.sender.send(_job(Card(slot="card:support")))).posted[0]
    await outside.fault("conversations.open", mode)

    with pytest.raises(NotSent) as refusal:
        await outside.room.sender.send(
            _job(_post("Please look.", Place(kind="person", person=SAM)), card=card)
        )

    assert refusal.value.retry_after == 0
    assert await outside.messages(SAM) == []


async def test_a_reply_and_a_first_card_are_found_among_others(outside: Outside) -> None:
    sender = outside.room.sender
    card = _job(Card(slot="card:support"), key="card-key")
    posted = (await sender.send(card)).posted[0]
    reply = _job(_post("Below", SUPPORT_THREAD), key="reply-key", card=posted)
    sent = await sender.send(reply)
    for number in range(250):
        await sender.send(_job(_post(f"Noise {number}", SUPPORT_THREAD), key=f"noise-{number}", card=posted))

    assert (await sender.look_up(reply)) == Sent(external_id=sent.external_id, posted=sent.posted)
    found = await sender.look_up(card)
    assert found is not None
    assert found.external_id == posted.ts
    assert await sender.look_up(_job(_post("Other", SUPPORT_THREAD), key="other", card=posted)) is None


async def test_what_can_be_done_again_is_not_looked_for(outside: Outside) -> None:
    there = Posted(slot="card:support", channel=SUPPORT, ts="1.1")

    for effect in (
        Card(slot="card:support"),
        Remove(slot="card:support", to=Place(kind="support")),
        Home(user=SAM),
    ):
        assert await outside.room.sender.look_up(_job(effect, card=there)) is None


async def test_a_reading_that_fails_leaves_the_outcome_unknown(outside: Outside) -> None:
    await outside.fault("conversations.history", "429", retry_after=1)

    with pytest.raises(Unknown):
        await outside.room.sender.look_up(_job(_post("Words", Place(kind="support"))))


async def test_of_two_messages_for_one_effect_the_first_stays(outside: Outside) -> None:
    """An attempt that was given up has landed after all: its double is taken back, and nothing else."""
    sender = outside.room.sender
    job = _job(_post("Words", Place(kind="support")))
    first = await sender.send(job)
    await sender.send(_job(_post("Words", Place(kind="support")), key="another"))
    await sender.send(replace(job, attempt=2))

    assert await sender.look_up(replace(job, attempt=2)) == first
    assert len(await outside.messages(SUPPORT)) == 2
    assert await sender.look_up(replace(job, attempt=2)) == first


async def test_a_double_that_cannot_be_taken_back_is_tried_again(outside: Outside) -> None:
    sender = outside.room.sender
    job = _job(_post("Words", Place(kind="support")))
    for _ in range(2):
        await sender.send(job)
    await outside.fault("chat.delete", "429", retry_after=9)

    with pytest.raises(Unknown) as failed:
        await sender.look_up(job)
    assert failed.value.retry_after == 9
    await sender.look_up(job)
    assert len(await outside.messages(SUPPORT)) == 1


async def test_more_than_can_be_read_is_no_reading(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the end was not reached, nothing can be said of what is there (P8)."""
    monkeypatch.setattr("handlers.slack.sender._PAGES", 1)
    for number in range(201):
        await outside.room.sender.send(
            _job(_post(f"Noise {number}", Place(kind="support")), key=f"noise-{number}")
        )

    with pytest.raises(Unknown):
        await outside.room.sender.look_up(_job(_post("Words", Place(kind="support"))))


async def test_a_slack_that_cannot_be_reached_was_surely_not_reached() -> None:
    ours = room(StubDesk(), StubBoard(), "http://127.0.0.1:1")
    await ours.start()
    try:
        assert ours.healthy() is not None
        with pytest.raises(NotSent) as refusal:
            await ours.sender.send(_job(_post("Words", Place(kind="support"))))
        assert refusal.value.retry_after is not None
    finally:
        await ours.stop()
