"""Severity 1 and incidents as people meet them in Slack: cards, buttons, forms, the command."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.slack import cards, commands
from handlers.slack.commands_incident import ToIncident
from handlers.slack.forms import FORMS
from handlers.slack.forms.form import Faulty, Sheet, view
from handlers.slack.names import Desk
from handlers.slack.parse import Origin
from policies import facts as f
from policies.events.incident import FormIncident, HotfixStep, InformExecutives
from policies.offers import offers
from policies.people import Client, Contact
from policies.ticket import CodeChange, Executives, Member, Stage, Ticket
from tests.handlers.slack.limits import view_problems
from tests.handlers.slack.stage import (
    CONTEXT,
    NOW,
    ROSTER,
    SAM,
    SUPPORT,
    TEAM,
    StubBoard,
    StubDesk,
    chosen,
    escalated,
    filled,
    ticket,
    typed,
)

RETAIL = replace(ROSTER.clients[0], executives=(Contact(name="Riley Retail", reach="telephone"),))
CLINIC = Client(key="clinic", name="Sample <Clinics>", channels=("C0CLINIC01",), zone="Asia/Dubai")
BOTH = replace(ROSTER, clients=(RETAIL, CLINIC), executives=(Contact(name="Erin Ours"),))
DESK = Desk(roster=BOTH, zone="Asia/Karachi")
ASKED = Executives(number=2, news="estimate", person="sol", ask_at=NOW + timedelta(minutes=15))
URGENT = CodeChange(number=1, entry="CHG-12-1", summary="Spooler", urgent=True, scope="all")
LEADER = escalated(
    incident="payments down", members=(Member(id=13, ref="SUP-13", client="clinic", since=0, down=True),)
)
LED = replace(ticket(Stage.CLAIMED, owner="sam"), incident="payments down", led_by=9, leader_ref="SUP-9")


def _standing(one: Ticket) -> list[str]:
    """The lines that say where it stands."""
    shown: list[str] = cards.support(one, DESK).blocks[1]["text"]["text"].splitlines()
    return shown


def _verbs(one: Ticket, card: Any = "support") -> list[str]:
    return [button.verb for button in offers(one, card)]


def _view(name: str, one: Ticket, *others: Ticket) -> dict[str, Any]:
    sheet = Sheet(
        ticket=one,
        context=replace(CONTEXT, roster=BOTH),
        desk=DESK,
        viewer=BOTH.by_slack[SAM],
        others=others,
    )
    shown = view(FORMS[name], sheet, Origin(user=SAM, team=TEAM, ours=True, channel=SUPPORT))
    assert view_problems(shown) == []
    return shown


def _several(*values: str) -> dict[str, Any]:
    options = [{"value": value, "text": {"type": "plain_text", "text": value}} for value in values]
    return {"type": "multi_static_select", "selected_options": options}


def test_the_card_of_the_leader_names_who_follows_and_whose_production_is_down() -> None:
    down = "🚨 *Production is down, says Sample &lt;Clinics&gt; (SUP-13).*"

    assert down in _standing(LEADER)
    assert "🧩 Leads the incident “payments down”: SUP-13 (Sample &lt;Clinics&gt;)" in _standing(LEADER)
    assert down not in _standing(replace(LEADER, stage=Stage.CLOSED))


def test_the_card_of_a_member_names_who_leads_and_offers_what_is_left() -> None:
    assert "🧩 Part of the incident “payments down” of *SUP-9*, where development works on it" in _standing(
        LED
    )
    assert _verbs(LED) == ["reply", "set_severity", "leave_incident"]
    assert _verbs(replace(LED, block=LEADER.block), "escalation") == []


def test_the_card_of_a_severity_1_shows_what_is_done_and_what_is_not() -> None:
    asked = replace(LEADER, severity="S1", severity_by="lee", executives=ASKED, members=())
    told = f.ExecutivesInformed(at=NOW, by="sol", number=2, whom="Riley", how="by telephone")
    step = f.HotfixStepDone(at=NOW, by="devi", number=1, step="built", note="812")
    done = replace(
        asked,
        developer="devi",
        executives=replace(ASKED, ask_at=None, informed=(told,)),
        code_changes=(URGENT,),
        hotfix=(step,),
    )

    assert _standing(asked)[-1] == "☐ engineer to be named · ☐ executives to be informed by Sol Supportlead"
    assert _standing(done)[-1].startswith(
        "☑ engineer: Devi Developer · ☑ executives informed by Sol Supportlead <!date^"
    )
    assert _standing(done)[-1].endswith(
        " · ☐ rollback plan · ☑ built · ☐ reviewed · ☐ tested on staging · ☐ deployed · ☐ verified"
    )


def test_the_card_of_who_follows_does_not_ask_for_an_engineer_whom_the_leader_has() -> None:
    follows = replace(LED, severity="S1", severity_by="lee")
    assert not [line for line in _standing(follows) if "engineer" in line]
    informed = replace(follows, executives=ASKED)
    assert _standing(informed)[-1] == "☐ executives to be informed by Sol Supportlead"


def test_executives_informed_is_offered_first_and_only_while_somebody_is_asked() -> None:
    waiting = replace(LEADER, executives=ASKED)

    assert _verbs(waiting)[0] == "executives"
    assert "executives" not in _verbs(replace(LEADER, executives=replace(ASKED, ask_at=None)))
    assert "executives" not in _verbs(replace(waiting, stage=Stage.CLOSED))


def test_a_hotfix_step_is_offered_on_the_hotfix_path_only() -> None:
    assigned = replace(LEADER, stage=Stage.ASSIGNED, developer="devi")

    assert "hotfix" not in _verbs(assigned, "escalation")
    assert "hotfix" in _verbs(replace(assigned, code_changes=(URGENT,)), "escalation")


@pytest.mark.parametrize("stage", [Stage.NEW, Stage.CLAIMED, Stage.ESCALATED, Stage.ASSIGNED])
def test_the_same_cause_can_be_said_from_the_support_card(stage: Stage) -> None:
    assert "incident" in _verbs(replace(escalated(), stage=stage))


def test_the_form_lists_the_open_requests_that_can_join() -> None:
    other = replace(ticket(text="<!here> no payments"), id=13, ref="SUP-13", client="clinic")
    led = replace(other, id=14, led_by=9)
    done = replace(other, id=15, stage=Stage.RESOLVED)
    shown = _view("incident", escalated(), escalated(), other, led, done)
    element = shown["blocks"][0]["element"]

    assert element["type"] == "multi_static_select"
    assert [option["value"] for option in element["options"]] == ["13"]
    assert element["options"][0]["text"]["text"].startswith("SUP-13 Sample <Clinics>: ")


def test_without_another_open_request_the_form_says_so() -> None:
    shown = _view("incident", escalated(), escalated())

    assert shown["blocks"] == [
        {"type": "section", "text": {"type": "mrkdwn", "text": "No other request is open."}}
    ]


def test_the_forms_are_read_as_they_were_meant() -> None:
    event = filled("incident", {"members": _several("13", "14"), "title": "payments down"})
    informed = filled("executives", {"whom": "Riley", "how": chosen("by mail")})
    step = filled("hotfix", {"step": chosen("deployed"), "note": "812"})

    assert isinstance(event, FormIncident)
    assert (event.ticket, event.members, event.title) == (12, (13, 14), "payments down")
    assert isinstance(informed, InformExecutives)
    assert (informed.whom, informed.how) == ("Riley", "by mail")
    assert isinstance(step, HotfixStep)
    assert (step.step, step.note) == ("deployed", "812")
    with pytest.raises(Faulty, match="Choose at least one"):
        filled("incident", {"members": _several(), "title": ""})
    with pytest.raises(Faulty, match="Choose a step"):
        filled("hotfix", {"step": chosen("danced"), "note": ""})


def test_the_contacts_of_both_sides_stand_in_the_form() -> None:
    shown = _view("executives", replace(LEADER, executives=ASKED))

    assert shown["blocks"][0]["elements"][0]["text"] == (
        "News: it has another estimate. The drafts stand in the request's thread."
    )
    assert shown["blocks"][1]["element"]["initial_value"] == "Erin Ours, Riley Retail"


def test_a_step_that_is_recorded_is_not_offered_again() -> None:
    step = f.HotfixStepDone(at=NOW, by="devi", number=1, step="built", note="812")
    shown = _view("hotfix", replace(LEADER, code_changes=(URGENT,), hotfix=(step,)))
    options = [option["value"] for option in shown["blocks"][0]["element"]["options"]]

    assert options == ["rollback_plan", "reviewed", "staging", "deployed", "verified"]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (
            "SUP-3 SUP-7 SUP-9 “payments down”",
            ToIncident(refs=("SUP-3", "SUP-7", "SUP-9"), title="payments down"),
        ),
        ("3, 7 payments down", ToIncident(refs=("3", "7"), title="payments down")),
        ("sup-3", ToIncident(refs=("sup-3",))),
    ],
)
def test_the_command_is_references_and_then_a_title(words: str, wanted: ToIncident) -> None:
    assert commands.parse(f"incident {words}", now=NOW, zone="Asia/Karachi", channels={}) == wanted


async def test_the_command_joins_what_it_names(deliver: Any, desk: StubDesk, board: StubBoard) -> None:
    board.tickets[13] = replace(ticket(), id=13, ref="SUP-13")
    await deliver(typed("incident SUP-12 SUP-13 payments down"))
    unknown = await deliver(typed("incident SUP-12 SUP-99"))
    nothing = await deliver(typed("incident payments down"))

    assert [(x.ticket, x.members, x.title) for x in desk.taken] == [(12, (13,), "payments down")]
    assert unknown.body.startswith("There is no SUP-99.")
    assert nothing.body.startswith("Write it like")
