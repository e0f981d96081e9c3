"""One cause, several clients: who leads, who follows, who may leave, and whose clocks run (CO-1)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from policies.clocks import running
from policies.decision import Decision, Refused
from policies.events import Resolve
from policies.ticket import Stage
from policies.waiting import waits_for_opening
from tests.policies.cast import CLIENT, NOON, OTHER_CLIENT, TERMS, staff
from tests.policies.outage import THIRD, THREE, heard, join, kinds, relay, three, together
from tests.policies.play import Play

MINUTE = timedelta(minutes=1)


def test_the_first_leads_and_knows_the_others_and_they_know_it() -> None:
    play = together()

    assert [(m.ref, m.client) for m in play.tickets[1].members] == [("SUP-2", "foods"), ("SUP-3", "clinic")]
    assert [(play.tickets[n].leader_ref, play.tickets[n].incident) for n in (2, 3)] == [
        ("SUP-1", "payments down"),
        ("SUP-1", "payments down"),
    ]
    assert play.tickets[3].owner == "sam"


def test_development_clocks_rest_on_the_members_and_run_on_the_leader() -> None:
    play = together()
    assert kinds(play, 1) == {"update"}
    assert kinds(play, 2) == {"attention"}
    assert kinds(play, 3) == {"attention"}
    play.wait(minutes=29)

    assert play.rung() == ["lee"]
    assert {x.person for x in play.said if hasattr(x, "person") and x.kind == "call"} == {"lee"}


ANSWERS: dict[str, Callable[[Play], object]] = {
    "writes": lambda play: play.write(
        "The second till", by=OTHER_CLIENT, channel="C2", thread=play.ticket.thread
    ),
    "says that production is down": lambda play: play.press("production_down", OTHER_CLIENT),
}


@pytest.mark.parametrize("how", ANSWERS)
@pytest.mark.parametrize("far", [0, 1, 2, 3])
def test_a_member_that_was_asked_and_has_answered_is_looked_after_again(how: str, far: int) -> None:
    """However far its own way had gone: its development clocks rest, and it must not be silent."""
    play = three()
    play.focus = 2
    for step in (play.escalate, lambda: play.press("acknowledge", staff("lee")), play.assign)[:far]:
        assert isinstance(step(), Decision)
    play.focus = 1
    assert isinstance(join(play, 2, 3), Decision)
    play.focus = 2
    play.reply(asks=True)
    assert kinds(play, 2) == {"silence"}
    ANSWERS[how](play)

    assert kinds(play, 2) == {"attention"}


def test_a_client_who_is_not_content_has_a_request_of_its_own_again() -> None:
    play = together()
    play.resolve()
    relay(play, 1)
    play.focus = 3
    play.press("still_broken", THIRD)

    assert (play.ticket.stage, play.ticket.led_by, play.ticket.cycle) == (Stage.NEW, 0, 2)
    assert [m.ref for m in play.tickets[1].members] == ["SUP-2"]


def test_a_member_leaves_with_clocks_of_its_own_and_what_it_has_not_read() -> None:
    play = together()
    play.update(60)
    play.focus = 2
    play.press("leave_incident", staff("sam"))

    assert (play.ticket.led_by, play.ticket.incident) == (0, "")
    assert kinds(play, 2) == {"attention", "relay", "warning", "neutral", "promise"}
    assert [m.ref for m in play.tickets[1].members] == ["SUP-3"]
    relay(play, 1)
    assert heard(play, "C2") == []


@pytest.mark.parametrize(
    ("stage", "clock", "minutes"),
    [
        (Stage.CLAIMED, "attention", 30),
        (Stage.ESCALATED, "acknowledge", 5),
        (Stage.ACKNOWLEDGED, "assign_nudge", 10),
        (Stage.ASSIGNED, "update", 30),
    ],
)
def test_whoever_had_it_before_has_the_whole_window_again(stage: Stage, clock: str, minutes: int) -> None:
    """Nobody is telephoned at the moment of leaving for a window that rested."""
    play = three()
    play.focus = 2
    if stage is not Stage.CLAIMED:
        play.escalate()
    if stage in {Stage.ACKNOWLEDGED, Stage.ASSIGNED}:
        play.press("acknowledge", staff("lee"))
    if stage is Stage.ASSIGNED:
        play.assign("dana")
    play.focus = 1
    join(play, 2, 3)
    play.update(600)
    play.wait(minutes=50)
    assert play.rung() == []
    play.update(None, final=False)
    play.focus = 2
    play.tickets[2] = replace(play.tickets[2], promise_at=None, warn_at=None, neutral_at=None)
    play.press("leave_incident", staff("sam"))

    assert play.ticket.stage is stage
    due = {kind: at - play.now for (kind, _), at in running(play.ticket).items()}
    assert due[clock] == minutes * MINUTE


def test_an_escalation_that_joins_rings_nobody_any_more() -> None:
    """The lead is with it already, on the request that leads."""
    play = three()
    play.focus = 2
    play.escalate()
    play.wait(minutes=5)
    assert play.rung() == ["lee"]
    play.focus = 1
    join(play, 2, 3)

    assert [x.token for x in play.said if x.kind == "hang_up"] == ["2-1"]
    play.wait(minutes=20)
    assert play.rung() == ["lee"]


def test_production_down_at_a_member_is_as_urgent_for_the_leader_and_rings_once() -> None:
    play = together()
    play.focus = 2
    play.press("production_down", OTHER_CLIENT)
    play.focus = 1
    play.key_press("4")
    play.focus = 3
    play.press("production_down", THIRD)

    assert play.rung() == ["sam"]
    assert [(t.down, t.production_down) for t in play.tickets.values()] == [
        (True, False),
        (True, True),
        (True, True),
    ]
    assert any(
        "*Sample Clinics* says that production is down (*SUP-3*" in x for x in play.words("escalation_thread")
    )


def test_the_hotfix_path_is_open_to_an_incident_that_is_down_anywhere() -> None:
    play = together()
    event = Resolve(
        key=play.key(),
        at=play.now,
        actor=staff("devi"),
        text="Fixed",
        code_change="Spooler",
        urgent=True,
        scope="site",
    )
    assert isinstance(play.do(event, play.ticket), Refused)
    play.focus = 2
    play.press("production_down", OTHER_CLIENT)
    play.focus = 1

    assert isinstance(play.do(replace(event, key=play.key()), play.ticket), Decision)


@pytest.mark.parametrize("verb", ["dismiss", "call_now", "acknowledge", "decline"])
def test_development_of_a_member_is_done_on_the_leader(verb: str) -> None:
    play = together()
    play.focus = 2
    answer = play.press(verb, staff("lee" if verb == "acknowledge" else "sam"))  # type: ignore[arg-type]  # a verb

    assert isinstance(answer, Refused)
    if verb != "decline":
        assert (
            answer.why
            == "SUP-2 is part of the incident of SUP-1: do it there, or let SUP-2 leave the incident first."
        )


def test_a_leader_cannot_go_away_under_its_members() -> None:
    play = three()
    play.focus = 2
    join(play, 3)
    for answer in (play.answer(), play.merge(1), play.press("dismiss", staff("sam"))):
        assert isinstance(answer, Refused)
        assert answer.why == "SUP-2 leads an incident: resolve it for all, or let the others leave it first."


def test_who_cannot_join_hears_why_and_nobody_else_joins_either() -> None:
    play = three()
    play.focus = 2
    refused = [
        join(play, 2).why,  # type: ignore[union-attr]  # refused
        join(play, 3, 1).why,  # type: ignore[union-attr]  # refused
        join(play, 3, by="devi").why,  # type: ignore[union-attr]  # refused
    ]
    assert play.tickets[3].led_by == 0
    join(play, 3)
    play.focus = 1
    refused += [join(play, 3).why, join(play, 2).why]  # type: ignore[union-attr]  # refused
    play.focus = 3
    refused += [join(play, 1).why]  # type: ignore[union-attr]  # refused

    assert refused == [
        "Name the other requests with the same cause.",
        (
            "SUP-1 is with development and SUP-2 is not, so it has to lead. "
            "Press “Same cause…” on the card of SUP-1, or name it first in the command."
        ),
        (
            "Only support, the support lead, the development lead or the backup lead may join requests to one "
            "incident. Nothing was changed."
        ),
        "SUP-3 is part of the incident of SUP-2 already.",
        "SUP-2 leads an incident of its own: the others have to leave it first.",
        (
            "SUP-3 is led by SUP-2, which has to lead here too. "
            "Press “Same cause…” on the card of SUP-2, or name it first in the command."
        ),
    ]


def test_an_engineer_on_the_leader_is_an_engineer_for_every_member() -> None:
    """SV-1: the response target of a member is met by the leader's developer."""
    play = Play(roster=THREE)
    play.write("Payments fail", by=CLIENT, channel="C1")
    play.press("claim", staff("sam"))
    play.escalate()
    play.write("Payments down here", by=OTHER_CLIENT, channel="C2")
    play.focus = 1
    join(play, 2)
    play.press("acknowledge", staff("lee"))
    assert [play.tickets[n].aim("response") is None for n in (1, 2)] == [False, False]
    play.assign()

    assert [play.tickets[n].aim("response") is None for n in (1, 2)] == [True, True]


def test_a_quiet_member_is_spoken_of_when_nothing_came_for_long() -> None:
    play = together()
    play.update(600)
    relay(play, 1)
    play.wait(hours=9)
    assert not any("Does it know enough?" in x for x in play.words("support_thread"))
    play.wait(hours=14)

    assert len([x for x in play.words("support_thread") if "Does it know enough?" in x]) == 2
    assert play.now - NOON > timedelta(hours=20)


def test_a_low_severity_that_leads_waits_for_no_opening_while_a_member_is_down() -> None:
    """ES-6: production is down for somebody."""
    play = Play(roster=THREE, terms=replace(TERMS, low_waits=True, default_severity="S3"))
    play.write("Payments fail", by=CLIENT, channel="C1")
    play.press("claim", staff("sam"))
    play.write("Payments down here", by=OTHER_CLIENT, channel="C2")
    play.focus = 1
    join(play, 2)
    play.wait(hours=9)
    assert waits_for_opening(play.ticket, play.context())
    play.focus = 2
    play.press("production_down", OTHER_CLIENT)

    assert not waits_for_opening(play.tickets[1], play.context())
