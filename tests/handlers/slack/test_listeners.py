"""What arrives from Slack: through the door first, acknowledged afterwards, answered where the person is looking."""

import json
from typing import Any

import pytest

from bot.desk import Outcome
from handlers.slack import door
from policies.events import (
    Escalate,
    MessageEdited,
    MessagePosted,
    OpenRequest,
    Pressed,
    Relay,
    Reply,
    SetAway,
)
from policies.ticket import Stage
from tests.handlers.slack.conftest import FakeSlack
from tests.handlers.slack.limits import texts, view_problems
from tests.handlers.slack.stage import (
    BLOCK,
    CASEY,
    DEVI,
    NOW,
    RETAIL,
    SAM,
    SUPPORT,
    TEAM,
    StubBoard,
    StubDesk,
    chosen,
    event_body,
    message,
    press,
    submit,
    ticket,
    typed,
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


async def test_in_a_thread_it_is_shown_in_the_thread(deliver: Any, desk: StubDesk, slack: FakeSlack) -> None:
    desk.answer = Outcome(accepted=True, said="Understood.")
    body = press("production_down", user=CASEY, team="T0RETAIL01")
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


def _escalation(**more: Any) -> dict[str, Any]:
    values = {name: getattr(BLOCK, name) for name in BLOCK.__dataclass_fields__}
    return (
        values | {"saas_name": chosen("Retail POS"), "branch": chosen("Harbour"), "branch_other": ""} | more
    )


async def test_a_sent_form_is_one_event_and_closes(deliver: Any, desk: StubDesk) -> None:
    answer = await deliver(submit("escalate", _escalation()))

    (event,) = desk.taken
    assert isinstance(event, Escalate)
    assert (event.ticket, event.block) == (12, BLOCK)
    assert (answer.status, answer.body) == (200, "")


async def test_the_same_form_sent_twice_has_one_key_and_a_corrected_one_another(
    deliver: Any, desk: StubDesk
) -> None:
    for values in (_escalation(), _escalation(), _escalation(branch=chosen("Market"))):
        await deliver(submit("escalate", values))

    first, repeated, corrected = (event.key for event in desk.taken)
    assert first == repeated != corrected


async def test_each_faulty_field_is_named(deliver: Any, desk: StubDesk) -> None:
    desk.answer = Outcome(
        accepted=False,
        said="Some fields cannot be right.",
        fields=(("saas_url", "This is not a web address."),),
    )

    answer = await deliver(submit("escalate", _escalation(saas_url="nowhere")))

    assert json.loads(answer.body) == {
        "response_action": "errors",
        "errors": {"saas_url": "This is not a web address."},
    }


async def test_a_form_that_was_not_stored_says_so_and_stays(deliver: Any, desk: StubDesk) -> None:
    desk.fails = True

    answer = await deliver(submit("escalate", _escalation()))

    body = json.loads(answer.body)
    assert body["response_action"] == "errors"
    assert "Not recorded" in next(iter(body["errors"].values()))


async def test_something_else_has_to_be_written(deliver: Any, desk: StubDesk) -> None:
    answer = await deliver(submit("escalate", _escalation(branch=chosen("Other (write it below)"))))

    assert list(json.loads(answer.body)["errors"]) == ["branch_other"]
    assert desk.taken == []


async def test_a_reply_is_seen_as_the_client_will_read_it_before_it_is_sent(
    deliver: Any, desk: StubDesk
) -> None:
    words = {"text": "Please <restart> & try *again*", "asks": {"type": "checkboxes", "selected_options": []}}

    preview = json.loads((await deliver(submit("reply", words))).body)
    assert desk.taken == []
    assert preview["response_action"] == "update"
    assert "Please &lt;restart&gt; &amp; try *again*" in list(texts(preview["view"]["blocks"]))
    assert preview["view"]["submit"]["text"] == "Send to the client"

    meta = json.loads(preview["view"]["private_metadata"])
    await deliver(submit("reply", words, meta=meta))
    (sent,) = desk.taken
    assert isinstance(sent, Reply)
    assert (sent.text, sent.asks) == ("Please <restart> & try *again*", False)


async def test_words_changed_after_the_preview_are_previewed_again(deliver: Any, desk: StubDesk) -> None:
    preview = json.loads((await deliver(submit("reply", {"text": "One"}))).body)

    meta = json.loads(preview["view"]["private_metadata"])
    again = json.loads((await deliver(submit("reply", {"text": "Two"}, meta=meta))).body)

    assert again["response_action"] == "update"
    assert desk.taken == []


async def test_words_to_a_client_never_stand_in_the_forms_metadata(deliver: Any) -> None:
    preview = json.loads((await deliver(submit("reply", {"text": "A secret of the client"}))).body)

    assert "secret" not in preview["view"]["private_metadata"]


async def test_merging_into_nothing_is_answered_at_the_field(deliver: Any, desk: StubDesk) -> None:
    unknown = json.loads((await deliver(submit("merge", {"target": "SUP-99"}))).body)
    nonsense = json.loads((await deliver(submit("merge", {"target": "the other one"}))).body)

    assert list(unknown["errors"]) == list(nonsense["errors"]) == ["target"]
    assert desk.taken == []


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
