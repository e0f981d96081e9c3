"""After the acknowledgement somebody is assigned; and support can take up the telephone itself."""

from tests.journeys.driver import Stage
from tests.journeys.telling import BLOCK


def escalated(stage: Stage) -> None:
    """A request that waits for the lead since 14:00:10."""
    stage.casey.writes("Printing fails at Harbour Street since this morning")
    stage.passes(seconds=10)
    stage.sam.on_card("claim")
    stage.sam.on_card("escalate")
    assert stage.sam.fills(**BLOCK)["response_action"] is None
    stage.happened()


def test_acknowledged_and_not_assigned_the_lead_is_nudged_and_then_rung(stage: Stage) -> None:
    escalated(stage)
    stage.lee.on_card("acknowledge")
    stage.happened()
    stage.passes(minutes=9, seconds=59)
    assert stage.happened() == []
    stage.passes(seconds=1)
    assert stage.happened() == [
        "14:10:10 escalations thread: @lee no developer is assigned yet. In 10 minutes we telephone.",
    ]
    stage.passes(minutes=9, seconds=59)
    assert stage.happened() == []
    stage.passes(seconds=6)
    stage.lee.answers()
    assert stage.lee.heard() == [
        "Hello Lee Lead. This is Frontdoor. S U P 1 is acknowledged and waits for a developer. Press 4 to say that you have heard it, 5 to pass on to the next person, star to repeat.",
    ]
    stage.lee.keys("4")
    assert stage.happened() == [
        "14:20:10 calls lee",
        "14:20:10 escalations thread: :telephone_receiver: Calling Lee Lead: no developer is assigned.",
        "14:20:15 escalations thread: :telephone_receiver: Lee Lead's telephone was picked up.",
        "14:20:15 escalations thread: Lee Lead has heard that no developer is assigned, and has until Wed 18 Nov 14:30 PKT.",
    ]
    stage.passes(minutes=10)
    assert stage.happened() == [
        "14:30:15 calls lee",
        "14:30:15 escalations thread: :telephone_receiver: Calling Lee Lead: no developer is assigned.",
    ]
    stage.lee.on_card("assign")
    stage.lee.fills(developer="devi")
    assert stage.happened() == [
        "14:30:15 escalations thread: @devi this is yours. The next update is due by Wed 18 Nov 15:00 PKT: a preliminary resolution or an estimate.",
        "14:30:15 hangs up: canceled",
        "14:30:15 to devi: *SUP-1*: this is yours. The next update is due by Wed 18 Nov 15:00 PKT: a preliminary resolution or an estimate. / > Example Retail: Receipts do not print at one branch since this morning. / [Open the card] in #escalations",
    ]


def test_a_developer_who_declines_gives_it_back_and_the_first_update_stays_due(stage: Stage) -> None:
    escalated(stage)
    stage.lee.on_card("acknowledge")
    stage.lee.on_card("assign")
    stage.lee.fills(developer="devi")
    stage.happened()
    stage.passes(minutes=5)
    stage.devi.on_card("decline")
    stage.devi.fills(note="I am on the other outage")
    assert stage.happened() == [
        "14:05:10 escalations thread: @lee Devi Developer cannot take it: I am on the other outage. Please assign somebody else.",
    ]
    stage.passes(minutes=2)
    stage.lee.on_card("assign")
    stage.lee.fills(developer="dana")
    assert stage.happened() == [
        "14:07:10 escalations thread: @dana this is yours. The next update is due by Wed 18 Nov 14:30 PKT: a preliminary resolution or an estimate.",
        "14:07:10 to dana: *SUP-1*: this is yours. The next update is due by Wed 18 Nov 14:30 PKT: a preliminary resolution or an estimate. / > Example Retail: Receipts do not print at one branch since this morning. / [Open the card] in #escalations",
    ]
    stage.passes(minutes=22, seconds=59)
    assert stage.happened() == []
    stage.passes(seconds=1)
    assert stage.happened() == [
        "14:30:10 calls lee",
        "14:30:10 escalations thread: :warning: @lee the first update from Dana Developer is missing. Telephoning now.",
        "14:30:10 escalations thread: :telephone_receiver: Calling Lee Lead: an update is missing.",
    ]


def test_support_may_call_now_and_record_a_conversation_but_only_the_lead_acknowledges(stage: Stage) -> None:
    escalated(stage)
    stage.passes(minutes=1)
    stage.sam.on_card("call_now")
    assert stage.happened() == [
        "14:01:10 calls lee",
        "14:01:10 escalations thread: :telephone_receiver: Calling Lee Lead: the escalation is not acknowledged.",
    ]
    stage.sam.on_card("call_now")
    assert stage.happened() == [
        "14:01:10 escalations, only sam: Lee Lead is being called already.",
    ]
    stage.sam.on_card("reached_by_voice")
    stage.sam.fills(note="Lee is driving, and looks at it in two minutes")
    assert stage.happened() == [
        "14:01:10 escalations thread: Sam Support reached Lee Lead by voice. Lee is driving, and looks at it in two minutes. It still needs Lee Lead's own click or key.",
    ]
    stage.passes(seconds=25)
    assert stage.happened() == [
        "14:01:35 calls bo",
        "14:01:35 escalations thread: :telephone_receiver: Lee Lead did not answer.",
        "14:01:35 escalations thread: :telephone_receiver: Calling Bo Backup: the escalation is not acknowledged.",
    ]
    stage.lee.on_card("acknowledge")
    assert stage.happened() == [
        "14:01:35 escalations thread: :white_check_mark: Lee Lead acknowledged. Next: assign a developer.",
        "14:01:35 hangs up: canceled",
    ]
