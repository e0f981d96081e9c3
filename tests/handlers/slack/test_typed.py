"""`/frontdoor` and the message shortcuts."""

from dataclasses import replace
from typing import Any

from bot.desk import Outcome
from policies.events import (
    OpenRequest,
    SetAway,
)
from policies.ticket import Stage
from tests.handlers.slack.conftest import FakeSlack
from tests.handlers.slack.limits import texts
from tests.handlers.slack.stage import (
    CASEY,
    DEVI,
    NOW,
    RETAIL,
    SAM,
    SUPPORT,
    TEAM,
    StubBoard,
    StubDesk,
    ticket,
    typed,
)


async def test_the_command_answers_help_and_mistakes(deliver: Any) -> None:
    assert "/frontdoor away" in (await deliver(typed(""))).body
    assert "no `/frontdoor dance`" in (await deliver(typed("dance"))).body


async def test_the_command_is_for_people_of_the_desk(deliver: Any, desk: StubDesk) -> None:
    answer = await deliver(typed("mine", user="U0NORA0001"))

    assert "roster" in answer.body
    assert desk.taken == []


async def test_status_and_queue_speak_of_the_request(deliver: Any) -> None:
    for words in ("status sup-12", "status", "mine"):
        assert "SUP-12" in (await deliver(typed(words))).body
    assert (await deliver(typed("status SUP-99"))).body == "There is no SUP-99."


async def test_escalate_without_a_reference_means_the_only_one(
    deliver: Any, slack: FakeSlack, board: StubBoard
) -> None:
    await deliver(typed("escalate"))
    assert "SUP-12" in slack.of("views.update")[0]["view"]["title"]["text"]

    board.tickets[13] = ticket(Stage.CLAIMED, id=13, ref="SUP-13", owner="sam")
    await deliver(typed("escalate"))
    said = list(texts(slack.of("views.update")[1]["view"]["blocks"]))
    assert "SUP-12, SUP-13" in said[0]


async def test_an_absence_is_an_event_for_the_person_named(deliver: Any, desk: StubDesk) -> None:
    desk.answer = Outcome(accepted=True, said="Lee Lead is away until then.")

    answer = await deliver(typed("away <@U0LEE00001|lee> for 2 hours"))

    (event,) = desk.taken
    assert isinstance(event, SetAway)
    assert (event.absence.person, event.absence.start) == ("lee", NOW)
    assert (event.absence.end - NOW).total_seconds() == 7200
    assert answer.body == "Lee Lead is away until then."


def _shortcut(
    callback: str, channel: str = RETAIL, text: str = "Printing fails", user: str = CASEY
) -> dict[str, Any]:
    return {
        "type": "message_action",
        "callback_id": callback,
        "user": {"id": SAM, "team_id": TEAM},
        "team": {"id": TEAM},
        "channel": {"id": channel},
        "message": {"type": "message", "user": user, "ts": "7.1", "text": text},
        "message_ts": "7.1",
        "trigger_id": "trigger.4",
        "action_ts": "8.1",
    }


async def test_open_a_request_from_a_message(deliver: Any, desk: StubDesk) -> None:
    await deliver(_shortcut("open_request"))

    (event,) = desk.taken
    assert isinstance(event, OpenRequest)
    assert (event.channel, event.ts, event.author, event.text) == (RETAIL, "7.1", CASEY, "Printing fails")


async def test_escalate_from_a_message_finds_its_request(
    deliver: Any, slack: FakeSlack, board: StubBoard, desk: StubDesk
) -> None:
    board.addresses["message", f"{RETAIL}:7.1"] = 12

    await deliver(_shortcut("escalate_message"))
    await deliver(_shortcut("escalate_message", SUPPORT, "SUP-12 · Example Retail: with Sam", "U0FRONTBOT"))

    titles = [sent["view"]["title"]["text"] for sent in slack.of("views.update")]
    assert titles == ["Escalate SUP-12", "Escalate SUP-12"]
    assert desk.taken == []


async def test_escalate_from_a_message_without_a_request_opens_one(
    deliver: Any, slack: FakeSlack, desk: StubDesk
) -> None:
    desk.answer = Outcome(accepted=True, ticket=12)

    await deliver(_shortcut("escalate_message"))

    assert [type(event) for event in desk.taken] == [OpenRequest]
    assert slack.of("views.update")[0]["view"]["title"]["text"] == "Escalate SUP-12"


async def test_a_board_that_cannot_be_read_is_said(deliver: Any, slack: FakeSlack, board: StubBoard) -> None:
    board.broken = True

    assert "try again" in (await deliver(typed("status"))).body
    await deliver(typed("escalate 12"))
    assert "try again" in str(slack.of("views.update")[0]["view"])


async def test_mine_has_what_waits_for_anybody_of_support(deliver: Any, board: StubBoard) -> None:
    board.tickets[13] = replace(ticket(), id=13, ref="SUP-13")

    said = {user: (await deliver(typed("mine", user=user))).body for user in (SAM, DEVI)}

    assert "SUP-13" in said[SAM]
    assert "SUP-13" not in said[DEVI]
