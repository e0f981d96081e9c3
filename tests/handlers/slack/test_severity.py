"""Severity in Slack: the form, the buttons of a proposal, the words of the command, and what cards and Home show of it."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.desk import Outcome
from handlers.slack import answers, cards, home
from handlers.slack.commands_severity import ToSeverity, read
from handlers.slack.forms import FORMS
from handlers.slack.forms.form import Faulty, Sheet, view
from handlers.slack.names import Desk
from handlers.slack.parse import Origin
from policies.events import Pressed
from policies.events.terms import SetSeverity
from policies.facts import Aim, SeverityProposed
from policies.markup import moment
from policies.offers import offers
from policies.terms import Severity
from policies.ticket import CodeChange, Stage, Ticket
from tests.handlers.slack.conftest import FakeSlack
from tests.handlers.slack.limits import texts, view_problems
from tests.handlers.slack.stage import (
    CONTEXT,
    LEE,
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
    press,
    submit,
    ticket,
    typed,
)

DESK = Desk(roster=ROSTER, zone="Asia/Karachi")
ORIGIN = Origin(user=SAM, team=TEAM, ours=True, channel=SUPPORT)
HOUR = timedelta(hours=1)
DUE = NOW + 4 * HOUR


def _form(one: Ticket, viewer: str = SAM) -> dict[str, Any]:
    sheet = Sheet(ticket=one, context=CONTEXT, desk=DESK, viewer=ROSTER.by_slack[viewer])
    shown = view(FORMS["set_severity"], sheet, ORIGIN)
    assert view_problems(shown) == []
    return {block["block_id"]: block["element"] for block in shown["blocks"] if block["type"] == "input"}


def _with_targets(**more: Any) -> Ticket:
    aims = (
        Aim(kind="resolution", since=NOW, amount="1 business day", due_at=DUE + 5 * HOUR, next_at=DUE),
        Aim(kind="response", since=NOW, amount="4 business hours", due_at=DUE, next_at=DUE - HOUR),
    )
    return escalated(**{"severity": "S2", "aims": aims, "cycle_at": NOW} | more)


def _sent(values: dict[str, Any]) -> SetSeverity:
    event = filled("set_severity", values)
    assert isinstance(event, SetSeverity)
    return event


def test_the_form_offers_the_table_with_what_each_promises_and_stands_where_it_stands() -> None:
    fields = _form(_with_targets(severity="S3", urgent=True, fix_at=NOW + 30 * HOUR))

    options = {one["value"]: one["text"]["text"] for one in fields["severity"]["options"]}
    assert options == {
        "S1": "S1 Critical: 1 hour, then 4 hours",
        "S2": "S2 High: 4 business hours, then 1 business day",
        "S3": "S3 Medium: 1 business day, then 5 business days",
        "S4": "S4 Low: 2 business days, then next release",
    }
    assert all(one["description"]["text"] for one in fields["severity"]["options"])
    assert fields["severity"]["initial_option"]["value"] == "S3"
    assert fields["urgent"]["initial_options"][0]["value"] == "yes"
    assert fields["fix_at"]["initial_date_time"] == int((NOW + 30 * HOUR).timestamp())


def test_a_proposal_stands_in_the_form_of_whoever_decides() -> None:
    wish = SeverityProposed(at=NOW, by="sam", severity="S1", why="Every till is down")
    fields = _form(_with_targets(proposed=wish), LEE)

    assert fields["severity"]["initial_option"]["value"] == "S1"
    assert fields["why"]["initial_value"] == "Every till is down"
    assert "initial_date_time" not in fields["fix_at"]


def test_a_date_that_has_passed_is_not_offered_again() -> None:
    assert "initial_date_time" not in _form(_with_targets(fix_at=NOW - HOUR))["fix_at"]


def test_the_form_is_read_back_as_it_was_meant() -> None:
    values = {
        "severity": chosen("S2"),
        "urgent": {"type": "checkboxes", "selected_options": [{"value": "yes"}]},
        "why": {"type": "plain_text_input", "value": " Tills stand still "},
        "fix_at": {"type": "datetimepicker", "selected_date_time": int(DUE.timestamp())},
    }
    event = _sent(values)

    assert (event.severity, event.urgent, event.why, event.fix_at) == ("S2", True, "Tills stand still", DUE)
    with pytest.raises(Faulty) as faulty:
        _sent({"severity": chosen("S9")})
    assert faulty.value.name == "severity"


async def test_what_the_desk_refuses_stands_at_its_field(deliver: Any, desk: StubDesk) -> None:
    desk.answer = Outcome(
        accepted=False, said="No.", fields=(("fix_at", "The permanent fix lies in the future."),)
    )

    fix_at = {"type": "datetimepicker", "selected_date_time": int(DUE.timestamp())}
    answer = await deliver(
        submit("set_severity", {"severity": chosen("S2"), "fix_at": fix_at}, meta={"ticket": 12})
    )

    assert json.loads(answer.body)["errors"] == {"fix_at": "The permanent fix lies in the future."}


async def test_the_button_of_a_card_opens_the_form_and_that_of_a_proposal_decides(
    deliver: Any, desk: StubDesk, slack: FakeSlack
) -> None:
    await deliver(press("set_severity"))
    assert desk.taken == []
    assert "Severity" in slack.of("views.update")[0]["view"]["title"]["text"]

    await deliver(press("severity", "12:S1", user=LEE))
    (event,) = desk.taken
    assert isinstance(event, Pressed)
    assert (event.verb, event.subject) == ("severity", "S1")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("SUP-12", ToSeverity(ref="SUP-12")),
        ("sup-12 s1 every till is down", ToSeverity(ref="sup-12", severity="S1", why="every till is down")),
        ("12 3", ToSeverity(ref="12", severity="S3")),
        (
            "SUP-12 S2 urgent: closing at six",
            ToSeverity(ref="SUP-12", severity="S2", urgent=True, why="closing at six"),
        ),
        ("SUP-12 S2 urgently needed", ToSeverity(ref="SUP-12", severity="S2", why="urgently needed")),
        ("", None),
        ("S1 SUP-12", None),
        ("SUP-12 S5", None),
        ("SUP-12 down", None),
    ],
)
def test_the_command_is_read_without_guessing(words: str, meant: ToSeverity | None) -> None:
    assert read(words) == meant


async def test_the_command_sets_it_or_shows_the_form(deliver: Any, desk: StubDesk, slack: FakeSlack) -> None:
    desk.answer = Outcome(accepted=True, said="Proposed. The lead decides.")
    assert (
        await deliver(typed("severity SUP-12 S1 every till is down"))
    ).body == "Proposed. The lead decides."
    (event,) = desk.taken
    assert isinstance(event, SetSeverity)
    assert (event.ticket, event.severity, event.why) == (12, "S1", "every till is down")

    assert (await deliver(typed("severity SUP-99 S1"))).body == "There is no SUP-99."
    assert "severity SUP-12 S1" in (await deliver(typed("severity now"))).body
    await deliver(typed("severity SUP-12"))
    assert "Severity SUP-12" in slack.of("views.update")[0]["view"]["title"]["text"]
    assert len(desk.taken) == 1


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({}, "S2 until set"),
        ({"severity_by": "lee"}, "S2"),
        ({"severity_by": "lee", "urgent": True}, "S2, urgent"),
        ({"severity": ""}, ""),
    ],
)
def test_the_head_of_a_card_shows_the_severity(more: dict[str, Any], shown: str) -> None:
    head = cards.support(_with_targets(**more), DESK).blocks[0]["text"]["text"]

    assert head == " · ".join(part for part in ("SUP-12", "Example Retail", shown) if part)


def test_a_card_says_in_one_line_until_when_what_is_due() -> None:
    one = _with_targets(announced=frozenset({("response", "missed", DUE)}))
    due, solved = moment(DUE, "Asia/Karachi"), moment(DUE + 5 * HOUR, "Asia/Karachi")

    shown = "\n".join(texts(cards.escalation(one, DESK).blocks)).splitlines()

    assert [line for line in shown if "🎯" in line] == [
        f"🎯 S2: ⚠ a developer by {due} · resolved by {solved}"
    ]
    assert not [line for line in shown if "⏱" in line and moment(DUE - HOUR, "Asia/Karachi") in line]


def test_a_card_says_that_the_clock_rests_and_why() -> None:
    since = moment(NOW + HOUR, "Asia/Karachi")
    shown = "\n".join(texts(cards.support(_with_targets(resting_since=NOW + HOUR), DESK).blocks))

    assert f"Targets rest since {since}: the client is asked" in shown
    assert "🎯" not in shown


def test_a_card_says_which_day_of_the_intensive_period_it_is() -> None:
    clients = tuple(replace(one, live_on=date(2026, 11, 7)) for one in ROSTER.clients)
    desk = replace(DESK, roster=replace(ROSTER, clients=clients))

    shown = "\n".join(texts(cards.support(_with_targets(intensive=True), desk).blocks))

    assert "Intensive period, day 12 of 30" in shown


def test_a_card_says_what_is_proposed() -> None:
    wish = SeverityProposed(at=NOW, by="sam", severity="S1")
    shown = "\n".join(texts(cards.escalation(_with_targets(proposed=wish), DESK).blocks))

    assert "*S1* is proposed" in shown


def test_on_the_home_what_is_down_comes_first_then_severity_one_then_what_is_due_next() -> None:
    def one(number: int, severity: Severity, minutes: int, *, down: bool = False) -> Ticket:
        due = NOW + timedelta(minutes=minutes)
        return replace(
            escalated(owner="sam", acknowledge_at=due, production_down=down),
            id=number,
            severity=severity,
            severity_by="lee",
        )

    tickets = [
        one(1, "S4", 5),
        one(2, "S1", 50),
        one(3, "S2", 5),
        one(4, "S3", 90, down=True),
        one(5, "S2", 1),
    ]
    found = home.queue(ROSTER.by_slack[SAM], tickets)

    assert [ticket.id for ticket in found] == [4, 2, 5, 3, 1]


def test_home_and_status_name_the_severity() -> None:
    one = _with_targets(severity_by="lee")
    shown = "\n".join(texts(home.staff(ROSTER.by_slack[SAM], [one], DESK, present=True)["blocks"]))

    assert "*SUP-12* · S2 · Example Retail" in shown
    assert "🎯 S2: a developer by" in shown
    assert answers.status(one, DESK, "Asia/Karachi").startswith("*SUP-12* · S2 · Example Retail · ")


def test_whoever_the_fix_is_wanted_of_can_say_on_the_card_that_it_is_in() -> None:
    change = CodeChange(number=1, entry="CHG-12-1", summary="Restart", urgent=False, scope="site")
    resolved = replace(_with_targets(fix_at=DUE, code_changes=(change,)), stage=Stage.RESOLVED)

    for one, wanted in ((resolved, True), (replace(resolved, fix_at=None), False)):
        assert ("fix_is_in" in {button.verb for button in offers(one, "escalation")}) is wanted


def test_nothing_of_it_stands_on_a_card_of_before() -> None:
    shown = "\n".join(texts(cards.support(ticket(), DESK).blocks))
    assert "🎯" not in shown
    assert "S2" not in shown


async def test_a_request_by_another_name_is_not_found(deliver: Any, board: StubBoard) -> None:
    board.tickets.clear()
    assert (await deliver(typed("severity SUP-12 S1"))).body == "There is no SUP-12."


def test_the_overview_has_a_line_for_a_client_that_a_promise_was_broken_to() -> None:
    kept = ticket()
    late = replace(ticket(), id=13, ref="SUP-13", words_missed=(NOW,))

    assert "told late" not in answers.overview([kept], DESK, "Asia/Karachi")
    said = answers.overview([kept, late], DESK, "Asia/Karachi").splitlines()
    assert said[:2] == ["2 requests are open:", "⚠ Example Retail: 0 estimates missed, told late 1 time"]
