"""Workarounds, the boundary and vendors as people meet them in Slack: forms, cards, App Home."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.slack import cards, home
from handlers.slack.forms import FORMS
from handlers.slack.forms.form import Faulty, Sheet, view
from handlers.slack.names import Desk
from handlers.slack.parse import Origin
from policies.events import AskVendor, CarryWorkaround, ChangeRequest, CloseCarried, VendorAnswer
from policies.events.terms import Carried
from policies.offers import offers
from policies.people import Vendor
from policies.ticket import CodeChange, Stage, Ticket, VendorCase, Workaround
from tests.handlers.slack.limits import view_problems
from tests.handlers.slack.stage import (
    CONTEXT,
    NOW,
    ROSTER,
    SAM,
    SUPPORT,
    TEAM,
    chosen,
    escalated,
    filled,
    ticket,
)
from tests.handlers.slack.test_cards import texts

HOSTING = Vendor(
    key="hosting",
    name="Example Hosting",
    contact="support@hosting.example",
    needs="The server's name",
    promises="An answer in two hours",
)
AGREED = replace(
    ROSTER,
    vendors=(HOSTING,),
    clients=(replace(ROSTER.clients[0], scope="Defects of the till", known_limits="Forty tills at once"),),
)
DESK = Desk(roster=AGREED, zone="Asia/Karachi")
UNTIL = NOW + timedelta(days=2)
EPOCH = int(UNTIL.timestamp())
ITEM = Workaround(
    number=1,
    what="Queue B",
    original="Queue A",
    author="devi",
    lead="lee",
    revert_at=UNTIL,
    ask_at=UNTIL,
    carrier="dana",
)
CASE = VendorCase(
    vendor="hosting",
    asked_by="devi",
    asked_at=NOW,
    told="The disk is full",
    reference="H-77",
    answer_at=UNTIL,
    look_at=UNTIL,
)


def _view(name: str, one: Ticket, subject: str = "") -> dict[str, Any]:
    context = replace(CONTEXT, roster=AGREED)
    viewer = AGREED.by_slack[SAM]
    sheet = Sheet(ticket=one, context=context, desk=DESK, viewer=viewer, subject=subject)
    shown = view(FORMS[name], sheet, Origin(user=SAM, team=TEAM, ours=True, channel=SUPPORT))
    assert view_problems(shown) == []
    return shown


def _picked(epoch: int) -> dict[str, Any]:
    return {"type": "datetimepicker", "selected_date_time": epoch}


def _inputs(shown: dict[str, Any]) -> dict[str, Any]:
    return {block["block_id"]: block["element"] for block in shown["blocks"] if block["type"] == "input"}


def test_the_boundary_is_decided_with_the_agreed_scope_and_the_known_limits_shown() -> None:
    shown = "\n".join(texts(_view("change_request", ticket())["blocks"]))

    assert "*Agreed as support:* Defects of the till" in shown
    assert "*Known limits:* Forty tills at once" in shown
    assert "only the support lead" not in shown


def test_a_defect_is_marked_before_anybody_calls_it_new_work() -> None:
    change = CodeChange(number=1, entry="CHG-12-1", summary="Restart", urgent=False, scope="site")
    shown = "\n".join(texts(_view("change_request", ticket(code_changes=(change,)))["blocks"]))

    assert (
        "*Development has worked on this as a defect:* only the support lead may call it new work." in shown
    )


def test_the_kind_of_new_work_is_read_and_needed() -> None:
    event = filled("change_request", {"work": chosen("capacity"), "text": "Soon"})

    assert isinstance(event, ChangeRequest)
    assert (event.work, event.text) == ("capacity", "Soon")
    with pytest.raises(Faulty):
        filled("change_request", {"text": "Soon"})


def test_closing_asks_for_each_workaround_who_carries_it_until_when() -> None:
    endless = replace(ITEM, number=2, carrier="", revert_at=None)
    gone = replace(ITEM, number=3, reverted=True)
    inputs = _inputs(_view("close_carried", ticket(Stage.RESOLVED, workarounds=(ITEM, endless, gone))))

    assert list(inputs) == ["carrier_1", "until_1", "carrier_2", "until_2"]
    assert inputs["carrier_1"]["initial_option"]["value"] == "dana"
    assert inputs["carrier_2"]["initial_option"]["value"] == "devi"
    assert inputs["until_1"]["initial_date_time"] == EPOCH
    assert "initial_date_time" not in inputs["until_2"]


def test_who_carries_what_is_left_is_read_by_its_number() -> None:
    values = {
        "carrier_1": chosen("dana"),
        "until_1": _picked(EPOCH),
        "carrier_2": chosen("devi"),
        "until_2": _picked(EPOCH),
    }
    event = filled("close_carried", values)

    assert isinstance(event, CloseCarried)
    assert event.carried == (
        Carried(number=1, carrier="dana", until=UNTIL),
        Carried(number=2, carrier="devi", until=UNTIL),
    )


def test_later_is_asked_for_the_workaround_of_the_button() -> None:
    two = replace(ITEM, number=2, carrier="")
    inputs = _inputs(_view("carry", escalated(workarounds=(ITEM, two)), subject="2"))
    values = {"number": chosen("2"), "carrier": chosen("devi"), "until": _picked(EPOCH), "why": "Saturday"}
    event = filled("carry", values)

    assert inputs["number"]["initial_option"]["value"] == "2"
    assert isinstance(event, CarryWorkaround)
    assert (event.carried, event.why) == (Carried(number=2, carrier="devi", until=UNTIL), "Saturday")


def test_a_vendor_is_asked_with_what_is_agreed_before_ones_eyes() -> None:
    shown = "\n".join(texts(_view("vendor", escalated())["blocks"]))
    values = {
        "vendor": chosen("hosting"),
        "told": "The disk is full",
        "reference": "H-77",
        "answer_at": _picked(EPOCH),
    }
    event = filled("vendor", values)
    answer = filled("vendor_answered", {"vendor": chosen("hosting"), "said": "Replaced"})

    for line in ("*Example Hosting*: support@hosting.example", "They need to know: The server's name"):
        assert line in shown
    assert isinstance(event, AskVendor)
    assert (event.vendor, event.reference, event.answer_at) == ("hosting", "H-77", UNTIL)
    assert isinstance(answer, VendorAnswer)
    assert (answer.vendor, answer.said) == ("hosting", "Replaced")


def test_both_cards_show_who_carries_a_workaround_and_whom_to_contact_at_the_vendor() -> None:
    one = escalated(workarounds=(ITEM,), vendors=(CASE,))
    for card in (cards.support(one, DESK), cards.escalation(one, DESK)):
        shown = "\n".join(texts(card.blocks))
        assert "🔧 Workaround 1 of Dana Developer, to be reverted" in shown
        assert "🏭 Example Hosting was asked" in shown
        assert "contact: support@hosting.example" in shown


def test_what_leaves_a_workaround_behind_is_closed_by_its_form() -> None:
    told = ticket(Stage.RESOLVED, confirmed_by="sam")

    assert offers(told, "support")[0].verb == "close"
    assert offers(replace(told, workarounds=(ITEM,)), "support")[0].verb == "close_carried"


def test_a_closed_request_stays_on_the_homes_of_those_who_carry_its_workaround() -> None:
    closed = ticket(Stage.CLOSED, owner="sam", escalated_at=NOW, workarounds=(ITEM,))
    shown = {key: home.queue(ROSTER.by_key[key], [closed]) != () for key in ("dana", "devi", "lee", "sam")}

    assert shown == {"dana": True, "devi": True, "lee": True, "sam": False}
    assert home.side(closed, ROSTER.by_key["dana"]) == "escalation"
    again = ticket(workarounds=(ITEM,))
    assert home.side(again, ROSTER.by_key["dana"]) == "escalation"
    reverted = replace(closed, workarounds=(replace(ITEM, reverted=True),))
    assert home.queue(ROSTER.by_key["dana"], [reverted]) == ()
