"""Forms that are sent: previewed where a client will read it, one event, and each fault beside its field."""

import json
from typing import Any

from bot.desk import Outcome
from policies.events import (
    Escalate,
    Reply,
)
from tests.handlers.slack.conftest import FakeSlack
from tests.handlers.slack.limits import texts
from tests.handlers.slack.stage import (
    BLOCK,
    StubBoard,
    StubDesk,
    chosen,
    submit,
)


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


async def test_words_refused_before_are_judged_anew_when_sent_again(deliver: Any, desk: StubDesk) -> None:
    desk.answer = Outcome(accepted=False, said="Not acknowledged yet.", repeated=True)

    await deliver(submit("escalate", _escalation()))

    first, again = (event.key for event in desk.taken)
    assert again.startswith(f"{first}:")


async def test_what_the_card_shows_is_not_said_again_after_a_form(
    deliver: Any, desk: StubDesk, slack: FakeSlack
) -> None:
    desk.answer = Outcome(accepted=True, said="SUP-12 is escalated.")

    await deliver(submit("escalate", _escalation()))

    assert slack.calls == []


async def test_what_is_said_after_a_form_elsewhere_reaches_a_person_where_we_may_not_post(
    deliver: Any, desk: StubDesk, slack: FakeSlack
) -> None:
    desk.answer = Outcome(accepted=True, said="SUP-12 is escalated.")
    slack.refuses["chat.postEphemeral"] = "not_in_channel"

    await deliver(submit("escalate", _escalation(), meta={"ticket": 12, "channel": "C0GENERAL1"}))

    assert [(sent["channel"], sent["text"]) for sent in slack.of("chat.postMessage")] == [
        ("D1", "SUP-12 is escalated.")
    ]


async def test_a_board_that_cannot_be_read_is_said_in_the_form(deliver: Any, board: StubBoard) -> None:
    board.broken = True

    answer = json.loads((await deliver(submit("merge", {"target": "SUP-12"}))).body)

    assert "try again" in answer["errors"]["target"]
