"""People of the day: a swap while a telephone rings, hours without anybody, and the proof that a telephone rings."""

import re

from tests.journeys.driver import BLOCK, CAST, Stage

LEE, BO = f"<@{CAST['lee']}>", f"<@{CAST['bo']}>"


def test_a_lead_who_swaps_while_the_telephone_rings_is_let_ring_and_the_other_is_rung_next(
    stage: Stage,
) -> None:
    stage.casey.writes("Printing fails at Harbour Street since this morning")
    stage.passes(seconds=10)
    stage.sam.on_card("claim")
    stage.sam.on_card("escalate")
    stage.sam.fills(**BLOCK)
    stage.passes(minutes=5, seconds=5)
    stage.happened()
    assert "Nothing was changed" in stage.sam.runs(f"swap {LEE} {BO}")
    stage.lee.runs(f"swap {LEE} {BO}")
    assert "Development lead: Bo Backup" in stage.sky.runs("rota")
    stage.passes(seconds=25)
    stage.bo.answers()
    stage.bo.keys("4")
    assert stage.happened() == [
        "14:05:15 support: Lee Lead and Bo Backup swap. / Bo Backup has the duty of Lee Lead from Wed 18 Nov 14:05 PKT until Thu 19 Nov 00:00 PKT. / Lee Lead has the duty of Bo Backup from Wed 18 Nov 14:05 PKT until Thu 19 Nov 00:00 PKT. Whoever is being rung now goes on ringing; from the next call on, the new rota counts.",
        "14:05:35 calls bo",
        "14:05:35 escalations thread: :telephone_receiver: Lee Lead did not answer.",
        "14:05:35 escalations thread: :telephone_receiver: Calling Bo Backup: the escalation is not acknowledged.",
        "14:05:40 escalations thread: :telephone_receiver: Bo Backup's telephone was picked up.",
        "14:05:40 escalations thread: :white_check_mark: Bo Backup acknowledged by telephone. Next: assign a developer.",
    ]


def test_hours_without_anybody_are_said_when_they_appear_and_when_they_are_gone(stage: Stage) -> None:
    stage.lee.runs("away until friday 09:00")
    stage.bo.runs("away from tomorrow until friday 09:00")
    stage.happened()
    stage.sol.runs("away from tomorrow until friday 09:00")
    assert "nobody would be reached" in stage.sam.runs("rota")
    assert stage.happened() == [
        "14:00:00 support: Sol Supportlead is away from Thu 19 Nov 00:00 PKT until Fri 20 Nov 09:00 PKT.",
        "14:00:00 support: :warning: Now nobody would be reached: / • Thu 19 Nov 00:00 PKT to Fri 20 Nov 09:00 PKT (escalations that nobody acknowledges; every severity): Lee Lead is away; Bo Backup is away; Sol Supportlead is away",
    ]
    stage.passes(hours=12)
    stage.bo.runs("away off")
    assert "nobody would be reached" not in stage.sam.runs("rota")
    assert stage.happened() == [
        "02:00:00 support: Bo Backup is back.",
        "02:00:00 support: :white_check_mark: Somebody would be reached in every hour of the coming 14 days again.",
    ]


def test_a_test_call_tells_a_code_that_verifies_the_number(stage: Stage) -> None:
    stage.lee.runs("verify")
    stage.passes(seconds=3)
    stage.lee.answers()
    stage.passes(seconds=5)
    said = re.fullmatch(
        r"Hello Lee Lead\. This is Frontdoor, with a test call\. Your code is: (\d\. \d\. \d\. \d)\. "
        r"Again: \1\. Please type it in Slack\. Goodbye\.",
        stage.lee.heard()[0],
    )
    assert said is not None
    code = said[1].replace(". ", "")
    wrong = "0000" if code != "0000" else "1111"
    assert stage.lee.tries(code=wrong)["errors"] == {"code": "That is not the code the call told you."}
    assert stage.lee.tries(code=code)["errors"] == {}
    assert [line.split(" Save it")[0] for line in stage.happened()] == [
        "14:00:00 calls lee",
        "14:00:08 to lee: Thank you, Lee Lead. Your number is verified. Our calls come from +12025550100.",
    ]
