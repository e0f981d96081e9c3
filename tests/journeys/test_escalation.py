"""Journeys 5 to 8: the process example by day and by night, who is telephoned when, and whose click counts."""

from tests.journeys.driver import BLOCK, Stage


def escalated(stage: Stage) -> str:
    """A client wrote, the bot answered, Sam took it and escalated it with the whole block."""
    ts = stage.casey.writes("Printing fails at Harbour Street since this morning")
    stage.passes(seconds=10)
    stage.sam.on_card("claim")
    stage.sam.on_card("escalate")
    assert stage.sam.fills(**BLOCK)["response_action"] is None
    return ts


def draft(stage: Stage, number: int) -> dict[str, object]:
    """The draft of an update, as it stands before support."""
    found = [one for one in stage.messages("support") if f"update {number} for the client" in one["text"]]
    return found[-1] | {"channel": "C0SUPPORT1"}


def test_journey_5_printing_fails_at_one_branch(stage: Stage) -> None:
    root = escalated(stage)
    assert stage.happened() == [
        "14:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "14:00:10 escalations: card SUP-1 · Example Retail: Escalated, to be acknowledged by Lee Lead.",
        "14:00:10 escalations thread: @lee *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 14:05 PKT, or we telephone.",
        "14:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
        "14:00:10 support thread: Sam Support has taken it.",
        "14:00:10 to lee: *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 14:05 PKT, or we telephone. / > Receipts do not print at one branch since this morning. / [Open the card] in #escalations",
    ]
    stage.passes(minutes=2)
    stage.lee.on_card("acknowledge")
    stage.lee.on_card("assign")
    stage.lee.fills(developer="devi")
    assert stage.happened() == [
        "14:02:10 escalations thread: :white_check_mark: Lee Lead acknowledged. Next: assign a developer.",
        "14:02:10 escalations thread: @devi this is yours. The next update is due by Wed 18 Nov 14:32 PKT: a preliminary resolution or an estimate.",
        "14:02:10 to devi: *SUP-1*: this is yours. The next update is due by Wed 18 Nov 14:32 PKT: a preliminary resolution or an estimate. / > Example Retail: Receipts do not print at one branch since this morning. / [Open the card] in #escalations",
    ]
    stage.passes(minutes=20)
    stage.devi.on_card("update")
    promise = int(stage.now().timestamp()) + 3600
    stage.devi.fills(
        what="estimate", text="The spooler of this branch hangs; restarting it.", promise=promise
    )
    stage.sam.presses("relay", draft(stage, 1))
    assert stage.happened() == [
        "14:22:10 escalations thread: *Devi Developer* gives update 1: / > The spooler of this branch hangs; restarting it. / Estimate: Wed 18 Nov 15:22 PKT.",
        "14:22:10 retail line: *SUP-1*, received Wed 18 Nov 09:00 GMT. We are working on it. You hear from us again by Wed 18 Nov 10:22 GMT.",
        "14:22:10 retail thread: An update: The spooler of this branch hangs; restarting it. / You will hear from us again by Wed 18 Nov 10:22 GMT.",
        "14:22:10 support thread: @sam update 1 for the client. This is what they would read: / > An update: The spooler of this branch hangs; restarting it. / >  / > You will hear from us again by Wed 18 Nov 10:22 GMT.",
    ]
    stage.passes(minutes=30)
    stage.devi.on_card("resolve")
    stage.devi.fills(
        text="Printing works again.", cause="Spooler", steps="Restarted", code_change="Restart by itself"
    )
    stage.sam.presses("relay_edit", draft(stage, 2))
    stage.sam.fills(text="Printing works again at Harbour Street. Is everything in order now?")
    assert stage.happened() == [
        "14:52:10 escalations thread: *Devi Developer* gives update 2: / > Printing works again.",
        "14:52:10 escalations thread: Code change *CHG-1-1* is logged for planning (one site): Restart by itself",
        "14:52:10 retail line: *SUP-1*, received Wed 18 Nov 09:00 GMT. We believe that it is solved: please tell us whether it is.",
        "14:52:10 retail thread: Printing works again at Harbour Street. Is everything in order now?",
        "14:52:10 support thread: @sam update 2 for the client. This is what they would read: / > This is resolved: Printing works again. / >  / > Please have a look: is everything in order now?",
    ]
    stage.casey.replies("Yes, all good, thanks", root)
    answer = next(one for one in reversed(stage.messages("retail")) if one.get("bot_id"))
    stage.casey.presses("solved", answer | {"channel": "C0RETAIL01"})
    stage.sam.on_card("close")
    assert stage.happened() == [
        "14:52:10 retail line: *SUP-1*, received Wed 18 Nov 09:00 GMT. It is solved.",
        "14:52:10 retail line: *SUP-1*, received Wed 18 Nov 09:00 GMT. It is closed.",
        "14:52:10 retail thread: *SUP-1* is closed. Thank you. If it comes back, just write here within 7 days and we open it again.",
        "14:52:10 retail, only casey: Thank you. Support closes it.",
        "14:52:10 support thread: @casey writes: / > Yes, all good, thanks",
        "14:52:10 support thread: @sam @casey confirmed that *SUP-1* is solved. It can be closed.",
    ]
    assert [(row["Stage"], row["Code changes"][:7]) for row in stage.sheet()] == [("Closed", "CHG-1-1")]
    stage.nothing_more()


def test_journey_6_by_night_the_backup_answers_and_the_leads_later_click_hears_who(stage: Stage) -> None:
    stage.until("22:30")
    escalated(stage)
    stage.happened()
    stage.passes(minutes=14, seconds=59)
    assert stage.happened() == []
    stage.passes(seconds=1)
    assert stage.happened() == [
        "22:45:10 calls lee",
        "22:45:10 escalations thread: :telephone_receiver: Calling Lee Lead: the escalation is not acknowledged.",
    ]
    stage.passes(seconds=30)
    stale = stage.card("escalations") | {"channel": "C0ESCALATE"}
    stage.bo.answers()
    stage.bo.keys("4")
    assert stage.bo.heard() == [
        "Hello Bo Backup. This is Frontdoor. S U P 1 is escalated and waits for your acknowledgement. Press 4 to take it, 5 to pass on to the next person, star to repeat.",
        "Thank you. That is yours now. You find it in Slack. Goodbye.",
    ]
    stage.lee.presses("acknowledge", stale, stale=True)
    assert stage.happened() == [
        "22:45:35 calls bo",
        "22:45:35 escalations thread: :telephone_receiver: Lee Lead did not answer.",
        "22:45:35 escalations thread: :telephone_receiver: Calling Bo Backup: the escalation is not acknowledged.",
        "22:45:40 escalations thread: :telephone_receiver: Bo Backup's telephone was picked up.",
        "22:45:40 escalations thread: :white_check_mark: Bo Backup acknowledged by telephone. Next: assign a developer.",
        "22:45:40 escalations, only lee: SUP-1 is already acknowledged by Bo Backup, Wed 18 Nov 22:45 PKT.",
    ]


def test_journey_7_by_day_the_ladder_is_exact_to_the_second(stage: Stage) -> None:
    escalated(stage)
    stage.happened()
    stage.lee.phone("busy")
    stage.bo.phone("voicemail")
    stage.passes(minutes=5)
    stage.passes(seconds=61)
    stage.sol.answers()
    stage.sol.keys("5")
    stage.passes(minutes=2, seconds=10)
    stage.lee.phone("ring")
    stage.passes(seconds=50)
    assert stage.happened() == [
        "14:05:10 calls lee",
        "14:05:10 escalations thread: :telephone_receiver: Calling Lee Lead: the escalation is not acknowledged.",
        "14:05:11 calls bo",
        "14:05:11 escalations thread: :telephone_receiver: Lee Lead is busy.",
        "14:05:11 escalations thread: :telephone_receiver: Calling Bo Backup: the escalation is not acknowledged.",
        "14:05:31 escalations thread: :telephone_receiver: Bo Backup's telephone was picked up.",
        "14:05:47 calls sol",
        "14:05:47 escalations thread: :telephone_receiver: Bo Backup picked up, but nobody pressed a key (a voicemail, perhaps).",
        "14:05:47 escalations thread: :telephone_receiver: Calling Sol Supportlead: the escalation is not acknowledged.",
        "14:06:11 escalations thread: :telephone_receiver: Sol Supportlead's telephone was picked up.",
        "14:06:11 escalations thread: :telephone_receiver: Sol Supportlead passes it on.",
        "14:06:11 escalations thread: Nobody was reached in round 1. The next round begins Wed 18 Nov 14:08 PKT.",
        "14:08:11 calls lee",
        "14:08:11 escalations thread: :telephone_receiver: Calling Lee Lead: the escalation is not acknowledged, round 2.",
        "14:08:12 calls bo",
        "14:08:12 escalations thread: :telephone_receiver: Lee Lead is busy.",
        "14:08:12 escalations thread: :telephone_receiver: Calling Bo Backup: the escalation is not acknowledged, round 2.",
        "14:08:32 escalations thread: :telephone_receiver: Bo Backup's telephone was picked up.",
        "14:08:48 calls sol",
        "14:08:48 escalations thread: :telephone_receiver: Bo Backup picked up, but nobody pressed a key (a voicemail, perhaps).",
        "14:08:48 escalations thread: :telephone_receiver: Calling Sol Supportlead: the escalation is not acknowledged, round 2.",
    ]
    stage.sol.answers()
    stage.sol.keys("4")
    assert stage.happened() == [
        "14:09:11 escalations thread: :telephone_receiver: Sol Supportlead's telephone was picked up.",
        "14:09:11 escalations thread: :white_check_mark: Sol Supportlead acknowledged by telephone. Next: assign a developer.",
    ]
    stage.sol.on_card("assign")
    stage.sol.fills(developer="dana")
    assert [(one["to"][-3:], one["queued_at"][11:19], one["ended_as"]) for one in stage.calls()] == [
        ("121", "09:05:10", "busy"),
        ("122", "09:05:11", "completed"),
        ("113", "09:05:47", "completed"),
        ("121", "09:08:11", "busy"),
        ("122", "09:08:12", "completed"),
        ("113", "09:08:48", "completed"),
    ]


def test_journey_8_an_acknowledgement_stops_the_telephone_that_rings(stage: Stage) -> None:
    escalated(stage)
    stage.passes(minutes=5, seconds=5)
    stage.happened()
    stage.lee.on_card("acknowledge")
    assert stage.happened() == [
        "14:05:15 escalations thread: :white_check_mark: Lee Lead acknowledged. Next: assign a developer.",
        "14:05:15 hangs up: canceled",
    ]
    assert [one["status"] for one in stage.calls()] == ["canceled"]


def test_journey_8_whoever_picks_up_too_late_hears_why(stage: Stage) -> None:
    escalated(stage)
    stage.passes(minutes=5, seconds=5)
    card = stage.card("escalations") | {"channel": "C0ESCALATE"}
    stage.control("fault", service="twilio", method="calls.update", mode="hang", times=1)
    stage.lee.presses("acknowledge", card, settle=False)
    stage.lee.answers()
    assert stage.lee.heard() == [
        "Thank you. Lee Lead has taken it. Nothing waits for you any more. Goodbye.",
    ]
