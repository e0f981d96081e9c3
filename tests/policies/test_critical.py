"""Severity 1 (SV-2): an engineer at once, executives who know, and the steps of a hotfix (UP-5, UP-6, CO-1)."""

from dataclasses import replace
from typing import Any

import pytest

from policies.clocks import running
from policies.decision import Decision, Refused
from policies.effects import Post
from policies.events import CodeChange
from policies.events.incident import HotfixStep, HotfixStepName, InformExecutives
from policies.events.terms import SetSeverity
from policies.people import Contact
from policies.terms import Severity
from policies.ticket import Member
from policies.words import audiences
from tests.policies.cast import CLIENT, NOON, ROSTER, TERMS, staff
from tests.policies.play import Play, acknowledged, assigned, claimed, escalated

RETAIL, FOODS = ROSTER.clients
EXECUTIVES = replace(
    ROSTER,
    clients=(replace(RETAIL, executives=(Contact(name="Riley Retail", reach="riley@example.org"),)), FOODS),
    executives=(Contact(name="Erin Ours", slack="UERIN"),),
)


def declared(play: Play, severity: Severity = "S1", by: str = "lee") -> Decision | Refused:
    event = SetSeverity(key=play.key(), at=play.now, actor=staff(by), severity=severity)
    return play.do(event, play.ticket)


def recorded(play: Play, by: str = "sol", whom: str = "Riley and Erin") -> Decision | Refused:
    event = InformExecutives(key=play.key(), at=play.now, actor=staff(by), whom=whom, how="by telephone")
    return play.do(event, play.ticket)


def step(play: Play, name: HotfixStepName, note: str = "tag 4.2.0", by: str = "devi") -> Decision | Refused:
    event = HotfixStep(key=play.key(), at=play.now, actor=staff(by), step=name, note=note)
    return play.do(event, play.ticket)


def asked(play: Play) -> list[str]:
    """How often, and of what, somebody was asked to inform the executives."""
    posts = [x for x in play.said if isinstance(x, Post) and ":executives:" in x.slot]
    return [x.text.splitlines()[0] for x in posts if x.to.kind != "person"]


def due(play: Play, kind: str) -> list[float]:
    """When clocks of a kind are due, in minutes from now."""
    return [(at - play.now).total_seconds() / 60 for (k, _), at in running(play.ticket).items() if k == kind]


def test_production_down_alone_is_no_severity_1() -> None:
    """Only somebody with the right makes it one."""
    play = escalated(Play(roster=EXECUTIVES))
    play.press("production_down", CLIENT)
    declared(play, by="sam")
    play.wait(hours=2)

    assert (play.ticket.down, play.ticket.is_critical, asked(play)) == (True, False, [])


def test_severity_1_says_at_once_what_is_to_be_done_and_by_whom() -> None:
    play = acknowledged(Play(roster=EXECUTIVES))
    declared(play)

    checklist = next(text for text in play.words("escalation_thread") if "Severity 1, day and night" in text)
    assert checklist.splitlines()[1:3] == [
        "• Senior engineer: <@ULEE> names one now.",
        "• Executives of both sides: <@USOL> informs them; the draft is in support's thread.",
    ]
    assert asked(play) == [
        "<@USOL> please inform the executives of both sides about *SUP-1*: it is Severity 1. Then record it."
    ]


@pytest.mark.parametrize(
    ("before", "who"),
    [
        (claimed, "escalate it now, so that one can be named."),
        (escalated, "<@ULEE> acknowledges and names one now."),
        (acknowledged, "<@ULEE> names one now."),
        (assigned, "Devi Cast"),
    ],
)
def test_the_engineer_is_named_by_whoever_can_name_one_now(before: Any, who: str) -> None:
    play = before(Play(roster=EXECUTIVES))
    declared(play)

    assert f"• Senior engineer: {who}" in "\n".join(play.words())


def test_support_hears_the_engineers_name_so_that_the_client_can_be_told() -> None:
    play = acknowledged(Play(roster=EXECUTIVES))
    declared(play)
    play.assign()

    assert (
        "<@USAM> Devi Cast is the engineer for *SUP-1* (Severity 1). The client can be told."
        in play.words("support_thread")
    )


def test_whoever_is_to_inform_the_executives_is_asked_until_it_is_recorded() -> None:
    play = assigned(Play(roster=EXECUTIVES))
    declared(play)
    assert due(play, "executives") == [15]
    play.wait(minutes=31)
    assert len(asked(play)) == 3
    recorded(play)
    play.wait(hours=5)

    assert (len(asked(play)), due(play, "executives")) == (3, [])
    assert play.ticket.executives is not None
    assert [(x.by, x.whom, x.how) for x in play.ticket.executives.informed] == [
        ("sol", "Riley and Erin", "by telephone")
    ]


def test_an_absent_support_lead_is_not_the_one_who_is_asked() -> None:
    play = assigned(Play(roster=EXECUTIVES))
    play.leave("sol", "sol", hours=9)
    declared(play)

    assert asked(play)[0].startswith("<@ULEE> please inform")


def test_each_change_is_told_once_with_a_draft_of_its_own() -> None:
    """Another estimate, the resolution, and leaving Severity 1."""
    play = assigned(Play(roster=EXECUTIVES))
    declared(play)
    recorded(play)
    play.update(60)
    recorded(play)
    play.update(None, final=False)
    play.update(90)
    recorded(play)
    play.resolve()
    recorded(play)

    assert [line.rpartition("*SUP-1*: ")[2] for line in asked(play)] == [
        "it is Severity 1. Then record it.",
        "it has another estimate. Then record it.",
        "it has another estimate. Then record it.",
        "it is resolved. Then record it.",
    ]


def test_leaving_severity_1_is_told_once_and_nobody_is_asked_again() -> None:
    play = assigned(Play(roster=EXECUTIVES))
    declared(play)
    declared(play, "S3")
    play.wait(hours=3)

    assert [line.rpartition("*SUP-1*: ")[2] for line in asked(play)] == [
        "it is Severity 1. Then record it.",
        "it is no longer Severity 1. Then record it.",
    ]
    assert due(play, "executives") == []


def test_what_is_open_again_is_critical_again() -> None:
    play = assigned(Play(roster=EXECUTIVES))
    declared(play)
    recorded(play)
    play.resolve()
    recorded(play)
    play.relay(1)
    play.press("still_broken", CLIENT)

    assert asked(play)[-1].endswith("it is open again. Then record it.")
    assert due(play, "executives") == [15]


def test_nobody_is_asked_once_the_request_is_closed() -> None:
    play = assigned(Play(roster=EXECUTIVES))
    declared(play)
    play.resolve()
    play.relay(1)
    play.press("solved", CLIENT)
    assert due(play, "executives") == [15]
    play.press("close", staff("sam"))

    assert due(play, "executives") == []


def test_without_contacts_nobody_is_asked_for_what_cannot_be_done_and_that_is_said() -> None:
    play = assigned()
    declared(play)

    assert (asked(play), due(play, "executives")) == ([], [])
    assert any("no contact is recorded on either side" in text for text in play.words("escalation_thread"))


def test_a_record_without_anything_to_tell_is_refused() -> None:
    play = assigned(Play(roster=EXECUTIVES))
    early = recorded(play)
    declared(play)
    empty = recorded(play, whom=" ")
    recorded(play)
    twice = recorded(play)

    assert isinstance(early, Refused)
    assert isinstance(empty, Refused)
    assert empty.fields == (("whom", "Please fill this in."),)
    assert isinstance(twice, Refused)


def test_nothing_of_it_reaches_the_client_by_itself() -> None:
    """The drafts are sent by people, with their own telephones and mails."""
    play = assigned(Play(roster=EXECUTIVES))
    play.wait(minutes=1)
    before = play.words("client_thread")
    declared(play)
    play.update(600)
    play.wait(minutes=40)
    recorded(play)

    assert play.words("client_thread") == before


def test_each_audience_has_its_own_words() -> None:
    """CO-1: impact and end for executives, cause and steps for technicians, plain words for users; each in its own zone."""
    play = assigned(Play(roster=EXECUTIVES))
    play.update(60, text="The spooler <!here> hangs")
    declared(play)
    draft = next(text for text in play.words("support_thread") if "please inform the executives" in text)

    assert draft.splitlines()[1:] == [
        "For our own executives (Erin Ours, Slack):",
        "> Till at Example Retail has a critical disturbance since Wed 18 Nov 14:00 PKT.",
        "> Impact: Receipts do not print since this morning.",
        "> What is being done: an engineer is working on it, before everything else.",
        "> Next word: Wed 18 Nov 15:00 PKT.",
        "For Example Retail (Riley Retail, riley@example.org):",
        "> Till has a critical disturbance since Wed 18 Nov 09:00 GMT.",
        "> Impact: Receipts do not print since this morning.",
        "> What is being done: an engineer is working on it, before everything else.",
        "> Next word: Wed 18 Nov 10:00 GMT.",
        "For end users, if the client asks for words:",
        (
            "> Till does not work as it should at the moment. We know, and our engineers are working on it. "
            "We expect more news by Wed 18 Nov 10:00 GMT."
        ),
    ]
    assert audiences.technicians(play.ticket, "Devi Cast", "Asia/Karachi") == (
        "Since Wed 18 Nov 14:00 PKT; Till Unknown, production; printer, web; at Harbour Street; "
        "known so far: The spooler (at)here hangs; engineer: Devi Cast"
    )


@pytest.mark.parametrize("news", ["declared", "again", "estimate", "resolved", "lowered"])
@pytest.mark.parametrize("before", [claimed, escalated, acknowledged, assigned])
def test_executives_read_business_words_at_every_stage(before: Any, news: Any) -> None:
    """Four lines: what, impact, what is done, next word; no cause and nobody's name."""
    words = audiences.executives(before().ticket, news, "Till", "Europe/London")

    assert [line.partition(":")[0] for line in words.splitlines()[1:]] in (
        ["Impact", "What is being done", "Next word"],
        ["Impact", "What was done", "Next word"],
    )
    assert "Devi" not in words


def hotfix() -> Play:
    """Devi has a code change on the hotfix path: production is down."""
    play = assigned(Play(roster=EXECUTIVES))
    play.press("production_down", CLIENT)
    change = CodeChange(
        key=play.key(), at=play.now, actor=staff("devi"), summary="Spooler", urgent=True, scope="all"
    )
    play.do(change, play.ticket)
    return play


def test_the_steps_of_a_hotfix_are_recorded_with_who_and_when() -> None:
    play = hotfix()
    step(play, "rollback_plan")
    play.wait(minutes=1)
    step(play, "built", "build 812", by="lee")

    assert [(x.number, x.step, x.note, x.by, x.at) for x in play.ticket.hotfix] == [
        (1, "rollback_plan", "tag 4.2.0", "devi", NOON),
        (1, "built", "build 812", "lee", play.now),
    ]


def test_what_was_left_out_before_deploying_is_said_aloud() -> None:
    play = hotfix()
    step(play, "built")
    step(play, "deployed", "release 812")

    assert play.words("escalation_thread")[-1] == (
        "Hotfix, deployed (Devi Cast): release 812 :warning: Without: rollback plan, reviewed, tested on staging."
    )


def test_a_step_is_recorded_once_and_only_on_the_hotfix_path() -> None:
    play = assigned(Play(roster=EXECUTIVES))
    early = step(play, "built")
    play = hotfix()
    step(play, "built")
    twice = step(play, "built")
    empty = step(play, "reviewed", " ")

    assert isinstance(early, Refused)
    assert early.why == "SUP-1 has no code change on the hotfix path."
    assert isinstance(twice, Refused)
    assert isinstance(empty, Refused)
    assert [x.step for x in play.ticket.hotfix] == ["built"]


def test_a_severity_1_that_nobody_set_asks_nobody() -> None:
    """The terms may begin with it; a person's word is still needed for the play."""
    play = assigned(Play(roster=EXECUTIVES, terms=replace(TERMS, default_severity="S1")))
    play.update(60)
    play.wait(hours=1)

    assert (play.ticket.severity, play.ticket.is_critical, asked(play)) == ("S1", False, [])


def test_what_executives_read_of_their_own_production_is_true() -> None:
    """CO-1: another client of the incident is down, and this one is not."""
    play = escalated(Play(roster=EXECUTIVES))
    other = Member(id=2, ref="SUP-2", client=FOODS.key, since=0, down=True)
    leader = replace(play.ticket, members=(other,))
    assert "Production is down" not in audiences.executives(leader, "declared", "Tills", "UTC")
    own = replace(leader, production_down=True)
    assert "Production is down" in audiences.executives(own, "declared", "Tills", "UTC")
