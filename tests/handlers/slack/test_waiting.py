"""`/frontdoor letters`: what failed and waits for a person, without a word of a client, and with a way to try it again."""

import json
from typing import Any

import pytest

from bot.desk import Outcome
from bot.storage.inbox import Failed
from policies.events import Pressed
from tests.handlers.slack.limits import message_problems, texts
from tests.handlers.slack.stage import NOW, RETAIL, StubBoard, StubDesk, press, typed

PIN = "My PIN is 4711"
AT = f"<!date^{NOW.timestamp():.0f}^{{date_short_pretty}} {{time}}|Wed 18 Nov 14:00 PKT>"


def failed(number: int = 1, *, waits: bool = True, tries: int = 4, **event: Any) -> Failed:
    """A client's message that a fault of ours kept from being processed."""
    came = {"kind": "message_posted", "channel": RETAIL, "text": PIN, "ticket": None} | event
    return Failed(
        key=f"msg:{number}",
        raw=json.dumps(came),
        error=f"LookupError: no rule for {PIN!r}\nand a trace",
        tries=tries,
        at=NOW,
        waits=waits,
    )


async def _answered(deliver: Any) -> list[dict[str, Any]]:
    answer = json.loads((await deliver(typed("letters"))).body)
    assert answer["text"]
    rows: list[dict[str, Any]] = answer["blocks"]
    return rows


async def test_each_says_what_where_when_and_why_and_carries_its_button(
    deliver: Any, board: StubBoard
) -> None:
    board.failed = [failed(), failed(2, ticket=12, kind="clock_fired", channel="", tries=1)]
    head, first, second = await _answered(deliver)
    assert head["text"]["text"] == (
        "2 events wait for a person. Each is a fault of ours: have it tried again once the fault is mended."
    )
    assert first["text"]["text"] == (
        f"A message in <#{RETAIL}> from {AT}, tried 4 times: LookupError: no rule for '…'"
    )
    assert second["text"]["text"] == (
        f"A clock that ran out about *SUP-12* from {AT}, tried once: LookupError: no rule for '…'"
    )
    assert [(row["accessory"]["action_id"], row["accessory"]["value"]) for row in (first, second)] == [
        ("try_again", ":msg:1"),
        ("try_again", ":msg:2"),
    ]


async def test_no_word_of_a_client_is_shown_and_nothing_of_it_is_live(deliver: Any, board: StubBoard) -> None:
    """Neither what came nor a channel that is none of Slack's."""
    board.failed = [failed(channel="C1> <!here", text=f"{PIN} <!channel>")]
    said = " ".join(texts(await _answered(deliver)))
    assert "PIN" not in said
    assert "4711" not in said
    assert "<!" not in said.replace("<!date", "")
    assert "<#" not in said


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        ([], "Nothing waits for a person."),
        ([failed(waits=False)], "Nothing waits for a person. 1 event is still tried again by itself."),
        (
            [failed(), failed(2, waits=False), failed(3, waits=False)],
            (
                "1 event waits for a person. Each is a fault of ours: have it tried again once the fault is mended."
                " 2 events are still tried again by themselves."
            ),
        ),
    ],
)
async def test_what_is_tried_again_by_itself_is_only_counted(
    deliver: Any, board: StubBoard, letters: list[Failed], words: str
) -> None:
    board.failed = letters
    rows = await _answered(deliver)
    assert (rows[0]["text"]["text"], len(rows)) == (words, 1 + sum(one.waits for one in letters))


async def test_of_many_the_longest_waiting_are_listed_and_the_rest_is_counted(
    deliver: Any, board: StubBoard
) -> None:
    board.failed = [failed(number, kind="x" * 500) for number in range(200)]
    rows = await _answered(deliver)
    buttons = [row["accessory"]["value"] for row in rows if "accessory" in row]
    assert buttons == [f":msg:{number}" for number in range(10)]
    assert rows[0]["text"]["text"].startswith("200 or more events wait for a person.")
    assert rows[-1]["elements"][0]["text"] == (
        "… and 190 more: `frontdoor letters` lists them on the command line."
    )
    assert message_problems("words", rows) == []


async def test_the_button_has_it_tried_again(deliver: Any, board: StubBoard, desk: StubDesk) -> None:
    """As the one under the message that told of it."""
    board.failed = [failed()]
    desk.answer = Outcome(accepted=True, said="It is tried again now.")
    (_, row) = await _answered(deliver)
    await deliver(press("try_again", row["accessory"]["value"]))
    (event,) = desk.taken
    assert isinstance(event, Pressed)
    assert (event.verb, event.subject, event.ticket) == ("try_again", "msg:1", None)
