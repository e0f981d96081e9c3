"""The forms: within Slack's limits for any ticket, filled in with what is known, and read back as they were meant."""

import json
from dataclasses import replace
from typing import Any, get_type_hints

import pytest

from handlers.slack import blocks
from handlers.slack.forms import FORMS
from handlers.slack.forms.form import Faulty, Sheet, skeleton, view
from handlers.slack.names import Desk
from handlers.slack.parse import Origin
from policies.events import (
    Answer,
    Assign,
    CodeChange,
    Event,
    GiveUpdate,
    MergeInto,
    Relay,
    Reply,
    Resolve,
    SetAway,
    Split,
    Workaround,
)
from policies.offers import offers
from policies.ticket import Message, Stage, Ticket, Update
from tests.handlers.slack.limits import view_problems
from tests.handlers.slack.stage import (
    BLOCK,
    CONTEXT,
    NOW,
    RETAIL,
    ROSTER,
    SAM,
    SUPPORT,
    TEAM,
    chosen,
    escalated,
    filled,
    ticket,
)
from tests.handlers.slack.test_cards import HOSTILE

ORIGIN = Origin(user=SAM, team=TEAM, ours=True, channel=SUPPORT)
EPOCH = int(NOW.timestamp()) + 7200


def _sheet(one: Ticket | None, **more: Any) -> Sheet:
    desk = Desk(roster=ROSTER, zone="Asia/Karachi")
    return Sheet(ticket=one, context=CONTEXT, desk=desk, viewer=ROSTER.by_slack[SAM], **more)


def _fields(shown: dict[str, Any]) -> dict[str, Any]:
    return {block["block_id"]: block["element"] for block in shown["blocks"] if block["type"] == "input"}


def _picked(epoch: int) -> dict[str, Any]:
    return {"type": "datetimepicker", "selected_date_time": epoch}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_any_form_of_any_ticket_is_a_view_that_slack_takes(name: str, text: str) -> None:
    update = Update(number=1, at=NOW, by="devi", what="estimate", text=text, promise=NOW)
    words = tuple(
        Message(channel=RETAIL, ts=f"{n}.1", at=NOW, author="U0CASEY001", side="client", text=text)
        for n in range(120)
    )
    one = ticket(Stage.ASSIGNED, text=text, ref="SUPPORT-1234567890", updates=(update,), messages=words)

    for sheet in (_sheet(one, subject="1"), _sheet(one, typed={"text": text, "asks": ""})):
        assert view_problems(view(FORMS[name], sheet, ORIGIN)) == []
    assert view_problems(skeleton(FORMS[name])) == []


def test_every_button_of_a_card_is_a_form_or_a_wish() -> None:
    wishes = {
        "claim",
        "dismiss",
        "call_now",
        "acknowledge",
        "pass_on",
        "reverted",
        "confirm",
        "close",
        "reopen",
    }
    one = escalated(silence_sent=2)

    offered = {
        b.verb
        for stage in Stage
        for c in ("support", "escalation")
        for b in offers(replace(one, stage=stage), c)
    }

    assert offered <= wishes | set(FORMS)


def test_the_block_is_filled_in_with_what_is_known() -> None:
    one = ticket(text="Printing fails at Market")

    known = _fields(view(FORMS["escalate"], _sheet(one), ORIGIN))

    assert known["saas_name"]["initial_option"]["value"] == "Retail POS"
    assert known["saas_url"]["initial_value"] == "https://pos.retail.example"
    assert known["branch"]["initial_option"]["value"] == "Market"
    assert known["branch_env"]["initial_option"]["value"] == "Production"
    assert known["issue_detail"]["initial_value"] == "Printing fails at Market"


def test_unknown_and_not_applicable_are_offered_wherever_one_chooses() -> None:
    known = _fields(view(FORMS["escalate"], _sheet(ticket()), ORIGIN))

    for name in ("saas_name", "branch", "branch_env", "device_type", "issue_platform"):
        assert {"Unknown", "Not applicable"} <= {option["value"] for option in known[name]["options"]}


def test_something_that_is_not_listed_stands_in_the_line_below() -> None:
    one = escalated(block=replace(BLOCK, branch="Hill"))

    known = _fields(view(FORMS["escalate"], _sheet(one), ORIGIN))

    assert known["branch"]["initial_option"]["value"].startswith("Other")
    assert known["branch_other"]["initial_value"] == "Hill"


def test_the_block_of_a_client_nobody_knows_is_written_by_hand() -> None:
    known = _fields(view(FORMS["escalate"], _sheet(ticket(client="gone")), ORIGIN))

    assert known["saas_name"]["type"] == known["branch"]["type"] == "plain_text_input"


def test_developers_are_suggested() -> None:
    offered = _fields(view(FORMS["assign"], _sheet(escalated()), ORIGIN))["developer"]

    assert offered["initial_option"] == offered["options"][0]
    assert "suggested" in offered["options"][0]["text"]["text"]
    assert {option["value"] for option in offered["options"]} == {"devi", "dana"}
    assert isinstance(filled("assign", {"developer": chosen("dana")}), Assign)


def test_an_estimate_is_a_moment_in_utc() -> None:
    event = filled("update", {"what": chosen("estimate"), "text": " By tonight ", "promise": _picked(EPOCH)})

    assert isinstance(event, GiveUpdate)
    assert (event.what, event.text) == ("estimate", "By tonight")
    assert event.promise is not None
    assert (event.promise.timestamp(), event.promise.tzname()) == (EPOCH, "UTC")


def test_an_update_without_an_estimate_has_none() -> None:
    event = filled("update", {"what": chosen("preliminary"), "text": "Found it", "promise": _picked(0)})

    assert event.promise is None


def test_editing_an_update_begins_with_the_draft() -> None:
    update = Update(number=2, at=NOW, by="devi", what="estimate", text="The till restarts.", promise=None)
    one = ticket(Stage.ASSIGNED, updates=(update,))

    draft = _fields(view(FORMS["relay_edit"], _sheet(one, subject="2"), ORIGIN))["text"]["initial_value"]

    assert "The till restarts." in draft
    event = filled("relay_edit", {"text": draft}, subject="2")
    assert isinstance(event, Relay)
    assert event.update == 2


def test_resolving_carries_the_code_change() -> None:
    ticked = {"type": "checkboxes", "selected_options": [{"value": "yes"}]}
    event = filled(
        "resolve",
        {
            "text": "Fixed",
            "cause": "",
            "steps": "",
            "code_change": "Retry",
            "urgent": ticked,
            "scope": chosen("all"),
        },
    )

    assert isinstance(event, Resolve)
    assert (event.code_change, event.urgent, event.scope) == ("Retry", True, "all")


def test_a_workaround_carries_its_original() -> None:
    event = filled("workaround", {"what": "Old driver", "original": "Driver 7", "revert_at": _picked(EPOCH)})

    assert isinstance(event, Workaround)
    assert (event.what, event.original) == ("Old driver", "Driver 7")
    assert event.revert_at is not None


def test_a_message_is_chosen_by_its_place() -> None:
    event = filled("split", {"ts": chosen(f"{RETAIL}:7.1")})

    assert isinstance(event, Split)
    assert (event.channel, event.ts) == (RETAIL, "7.1")


def test_an_absence_that_ends_before_it_begins_is_a_return() -> None:
    event = filled("away", {"person": chosen("sam"), "start": _picked(EPOCH), "end": _picked(EPOCH - 60)})

    assert isinstance(event, SetAway)
    assert event.absence.start == event.absence.end


def test_an_absence_without_an_end_is_no_absence() -> None:
    with pytest.raises(Faulty):
        filled("away", {"person": chosen("sam"), "start": _picked(EPOCH), "end": _picked(0)})


@pytest.mark.parametrize("name", FORMS)
def test_the_metadata_holds_ids_alone(name: str) -> None:
    shown = view(
        FORMS[name], _sheet(ticket(text="A secret"), typed={"text": "A secret"}, subject="1"), ORIGIN
    )

    assert set(json.loads(shown["private_metadata"])) == {"ticket", "subject", "channel", "thread", "seen"}
    assert "secret" not in shown["private_metadata"]


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("reply", Reply),
        ("answer", Answer),
        ("update", GiveUpdate),
        ("resolve", Resolve),
        ("workaround", Workaround),
        ("assign", Assign),
        ("merge", MergeInto),
        ("code_change", CodeChange),
    ],
)
def test_a_field_that_a_refusal_names_is_a_field_of_the_form(name: str, event: type) -> None:
    """Refusals name the fields of the event: text, promise, scope, original and so on."""
    named = set(get_type_hints(event)) - set(get_type_hints(Event))

    assert named - {"kind"} <= set(_fields(view(FORMS[name], _sheet(escalated()), ORIGIN)))


@pytest.mark.parametrize(
    ("text", "limit"),
    [("&amp;" * 10, 22), ("ab <https://example.com|x> cd", 20), ("🔥" * 10, 15), ("words " * 10, 30)],
)
def test_a_cut_never_leaves_half_an_entity_or_token(text: str, limit: int) -> None:
    kept = blocks.cut(text, limit)

    assert blocks.size(kept) <= limit
    assert kept.endswith("(cut)")
    body = kept.removesuffix(" … (cut)")
    assert body.count("<") == body.count(">")
    assert body.count("&") == body.count(";")


def test_the_message_a_request_began_with_is_not_offered_for_splitting() -> None:
    first = ticket().messages[0]
    one = ticket(messages=(first, replace(first, ts="7.1", text="Another matter")))

    offered = json.dumps(view(FORMS["split"], _sheet(one), ORIGIN))

    assert "Another matter" in offered
    assert "Printing fails" not in offered
