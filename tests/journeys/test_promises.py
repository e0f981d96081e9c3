"""Journey 9: every word that development owes has its own clock, and so has every word that a client was promised."""

from tests.journeys.driver import Stage
from tests.journeys.telling import BLOCK


def assigned(stage: Stage) -> None:
    """A client wrote at 14:00:00, Sam escalated at 14:00:10, Lee acknowledged and gave it to Devi at once."""
    stage.casey.writes("Printing fails at Harbour Street since this morning")
    stage.passes(seconds=10)
    stage.sam.on_card("claim")
    stage.sam.on_card("escalate")
    assert stage.sam.fills(**BLOCK)["response_action"] is None
    stage.lee.on_card("acknowledge")
    stage.lee.on_card("assign")
    stage.lee.fills(developer="devi")
    stage.happened()


def estimate(stage: Stage, minutes: int, text: str = "The spooler hangs; restarting it.") -> None:
    """Devi gives an estimate."""
    stage.devi.on_card("update")
    promise = int(stage.now().timestamp()) + minutes * 60
    answer = stage.devi.fills(what="estimate", text=text, promise=promise)
    assert answer["response_action"] is None, answer


def draft(stage: Stage, number: int) -> dict[str, object]:
    """The draft of an update, as it stands before support."""
    found = [one for one in stage.messages("support") if f"update {number} for the client" in one["text"]]
    return found[-1] | {"channel": "C0SUPPORT1"}


def test_journey_9_no_first_update_the_lead_is_called_and_called_again_ten_minutes_after_heard(
    stage: Stage,
) -> None:
    assigned(stage)
    stage.passes(minutes=29, seconds=59)
    assert stage.happened() == []
    stage.passes(seconds=10)
    stage.lee.answers()
    stage.lee.keys("4")
    assert stage.lee.heard() == [
        "Hello Lee Lead. This is Frontdoor. S U P 1 is missing an update. Press 4 to say that you have heard it, 5 to pass on to the next person, star to repeat.",
        "Thank you. You have 10 minutes. Goodbye.",
    ]
    assert stage.happened() == [
        "14:30:10 calls lee",
        "14:30:10 escalations thread: :warning: @lee the first update from Devi Developer is missing. Telephoning now.",
        "14:30:10 escalations thread: :telephone_receiver: Calling Lee Lead: an update is missing.",
        "14:30:19 escalations thread: :telephone_receiver: Lee Lead's telephone was picked up.",
        "14:30:19 escalations thread: Lee Lead has heard that an update is missing, and has until Wed 18 Nov 14:40 PKT.",
    ]
    stage.passes(minutes=9, seconds=50)
    assert stage.happened() == []
    stage.passes(seconds=10)
    assert stage.happened() == [
        "14:40:19 calls lee",
        "14:40:19 escalations thread: :telephone_receiver: Calling Lee Lead: an update is missing.",
    ]
    estimate(stage, 60)
    assert stage.happened() == [
        "14:40:19 escalations thread: *Devi Developer* gives update 1: / > The spooler hangs; restarting it. / Estimate: Wed 18 Nov 15:40 PKT.",
        "14:40:19 hangs up: canceled",
        "14:40:19 support thread: @sam update 1 for the client. This is what they would read: / > An update: The spooler hangs; restarting it. / >  / > You will hear from us again by Wed 18 Nov 10:40 GMT.",
    ]
    assert [(one["to"][-3:], one["ended_as"]) for one in stage.calls()] == [
        ("121", "completed"),
        ("121", "canceled"),
    ]


def test_journey_9_a_lead_who_is_not_reached_has_the_backup_called_about_the_missing_update(
    stage: Stage,
) -> None:
    assigned(stage)
    stage.lee.phone("voicemail")
    stage.passes(minutes=30, seconds=50)
    stage.bo.answers()
    stage.bo.keys("4")
    stage.passes(minutes=5)
    estimate(stage, 60)
    assert stage.happened() == [
        "14:30:10 calls lee",
        "14:30:10 escalations thread: :warning: @lee the first update from Devi Developer is missing. Telephoning now.",
        "14:30:10 escalations thread: :telephone_receiver: Calling Lee Lead: an update is missing.",
        "14:30:30 escalations thread: :telephone_receiver: Lee Lead's telephone was picked up.",
        "14:30:46 calls bo",
        "14:30:46 escalations thread: :telephone_receiver: Lee Lead picked up, but nobody pressed a key (a voicemail, perhaps).",
        "14:30:46 escalations thread: :telephone_receiver: Calling Bo Backup: an update is missing.",
        "14:31:00 escalations thread: :telephone_receiver: Bo Backup's telephone was picked up.",
        "14:31:00 escalations thread: Bo Backup has heard that an update is missing, and has until Wed 18 Nov 14:41 PKT.",
        "14:36:00 escalations thread: *Devi Developer* gives update 1: / > The spooler hangs; restarting it. / Estimate: Wed 18 Nov 15:36 PKT.",
        "14:36:00 support thread: @sam update 1 for the client. This is what they would read: / > An update: The spooler hangs; restarting it. / >  / > You will hear from us again by Wed 18 Nov 10:36 GMT.",
    ]
    stage.passes(minutes=9)
    assert stage.happened() == []


def test_journey_9_no_second_update_the_lead_is_called_again(stage: Stage) -> None:
    assigned(stage)
    stage.passes(minutes=5)
    stage.devi.on_card("update")
    stage.devi.fills(what="preliminary", text="It is the spooler; looking for the cause.")
    stage.sam.presses("relay", draft(stage, 1))
    assert stage.happened() == [
        "14:05:10 escalations thread: *Devi Developer* gives update 1: / > It is the spooler; looking for the cause.",
        "14:05:10 retail thread: An update: It is the spooler; looking for the cause.",
        "14:05:10 support thread: @sam update 1 for the client. This is what they would read: / > An update: It is the spooler; looking for the cause.",
    ]
    stage.passes(minutes=89, seconds=59)
    assert stage.happened() == []
    stage.passes(seconds=6)
    assert stage.happened() == [
        "15:35:10 calls lee",
        "15:35:10 escalations thread: :warning: @lee the second update from Devi Developer is missing. Telephoning now.",
        "15:35:10 escalations thread: :telephone_receiver: Calling Lee Lead: an update is missing.",
    ]
    stage.devi.on_card("resolve")
    stage.devi.fills(text="Printing works again.", cause="Spooler", steps="Restarted")
    assert stage.happened() == [
        "15:35:15 escalations thread: *Devi Developer* gives update 2: / > Printing works again.",
        "15:35:15 hangs up: canceled",
        "15:35:15 support thread: @sam update 2 for the client. This is what they would read: / > This is resolved: Printing works again. / >  / > Please have a look: is everything in order now?",
    ]


def test_journey_9_before_an_estimate_expires_people_are_asked_then_the_client_hears_then_the_lead_is_called(
    stage: Stage,
) -> None:
    assigned(stage)
    estimate(stage, 60)
    stage.sam.presses("relay", draft(stage, 1))
    assert stage.happened() == [
        "14:00:10 escalations thread: *Devi Developer* gives update 1: / > The spooler hangs; restarting it. / Estimate: Wed 18 Nov 15:00 PKT.",
        "14:00:10 retail line: *SUP-1*, received Wed 18 Nov 09:00 GMT. We are working on it. You hear from us again by Wed 18 Nov 10:00 GMT.",
        "14:00:10 retail thread: An update: The spooler hangs; restarting it. / You will hear from us again by Wed 18 Nov 10:00 GMT.",
        "14:00:10 support thread: @sam update 1 for the client. This is what they would read: / > An update: The spooler hangs; restarting it. / >  / > You will hear from us again by Wed 18 Nov 10:00 GMT.",
    ]
    stage.passes(minutes=47, seconds=59)
    assert stage.happened() == []
    stage.passes(minutes=1)
    assert stage.happened() == [
        "14:48:10 escalations thread: @devi the estimate ends Wed 18 Nov 15:00 PKT. Will it hold? If not, give a revised one now.",
        "14:48:10 support thread: @sam the estimate of development ends Wed 18 Nov 15:00 PKT. If it will take longer, tell the client now.",
        "14:48:10 to devi: *SUP-1*: the estimate ends Wed 18 Nov 15:00 PKT. Will it hold? If not, give a revised one now. / > Example Retail: Receipts do not print at one branch since this morning. / [Open the card] in #escalations",
    ]
    stage.passes(minutes=6)
    assert stage.happened() == [
        "14:54:10 retail line: *SUP-1*, received Wed 18 Nov 09:00 GMT. We are working on it. It takes longer than expected. You hear from us again by Wed 18 Nov 10:30 GMT.",
        "14:54:10 retail thread: About *SUP-1*: it will take longer than we said. You will have the next word from us by Wed 18 Nov 10:30 GMT.",
        "14:54:10 support thread: The bot told the client that it will take longer than said.",
    ]
    stage.passes(minutes=5, seconds=6)
    assert stage.happened() == [
        "15:00:10 calls lee",
        "15:00:10 escalations thread: :warning: @lee the estimate ran out without a word from Devi Developer. Telephoning now.",
        "15:00:10 escalations thread: :telephone_receiver: Calling Lee Lead: an update is missing.",
    ]
    estimate(stage, 30, "A part of the spooler is replaced.")
    stage.sam.presses("relay", draft(stage, 2))
    assert stage.happened() == [
        "15:00:15 escalations thread: *Devi Developer* gives update 2: / > A part of the spooler is replaced. / Estimate: Wed 18 Nov 15:30 PKT.",
        "15:00:15 hangs up: canceled",
        "15:00:15 retail line: *SUP-1*, received Wed 18 Nov 09:00 GMT. We are working on it. You hear from us again by Wed 18 Nov 10:30 GMT.",
        "15:00:15 retail thread: An update: A part of the spooler is replaced. / You will hear from us again by Wed 18 Nov 10:30 GMT.",
        "15:00:15 support thread: @sam update 2 for the client. This is what they would read: / > An update: A part of the spooler is replaced. / >  / > You will hear from us again by Wed 18 Nov 10:30 GMT.",
    ]


def test_journey_9_a_client_who_was_told_in_time_does_not_hear_the_neutral_sentence(stage: Stage) -> None:
    assigned(stage)
    estimate(stage, 60)
    stage.sam.presses("relay", draft(stage, 1))
    stage.passes(minutes=49)
    stage.happened()
    stage.sam.on_card("reply")
    stage.sam.fills(text="It takes a little longer than we thought; you hear from us within the hour.")
    stage.passes(minutes=10)
    assert stage.happened() == [
        "14:49:10 retail line: *SUP-1*, received Wed 18 Nov 09:00 GMT. We are working on it.",
        "14:49:10 retail thread: It takes a little longer than we thought; you hear from us within the hour.",
        "14:49:10 support thread: Sam Support wrote to the client: / > It takes a little longer than we thought; you hear from us within the hour.",
    ]


def test_journey_9_an_update_ends_the_promise_before_it(stage: Stage) -> None:
    assigned(stage)
    estimate(stage, 60)
    stage.sam.presses("relay", draft(stage, 1))
    stage.passes(minutes=40)
    estimate(stage, 120, "It takes longer: the spooler is replaced.")
    stage.sam.presses("relay", draft(stage, 2))
    stage.happened()
    stage.passes(minutes=90)
    assert stage.happened() == []
    stage.devi.on_card("resolve")
    stage.devi.fills(text="Printing works again.", cause="Spooler", steps="Replaced")
    stage.sam.presses("relay", draft(stage, 3))
    stage.sam.on_card("confirm")
    stage.sam.on_card("close")
    assert stage.happened() == [
        "16:10:10 escalations thread: *Devi Developer* gives update 3: / > Printing works again.",
        "16:10:10 retail line: *SUP-1*, received Wed 18 Nov 09:00 GMT. We believe that it is solved: please tell us whether it is.",
        "16:10:10 retail line: *SUP-1*, received Wed 18 Nov 09:00 GMT. It is solved.",
        "16:10:10 retail line: *SUP-1*, received Wed 18 Nov 09:00 GMT. It is closed.",
        "16:10:10 retail thread: This is resolved: Printing works again. / Please have a look: is everything in order now?",
        "16:10:10 retail thread: *SUP-1* is closed. Thank you. If it comes back, just write here within 7 days and we open it again.",
        "16:10:10 support thread: @sam update 3 for the client. This is what they would read: / > This is resolved: Printing works again. / >  / > Please have a look: is everything in order now?",
        "16:10:10 support thread: @sam Sam Support confirmed that *SUP-1* is solved. It can be closed.",
    ]
    stage.nothing_more()


def test_journey_9_a_draft_that_nobody_sends_is_reminded_of_after_ten_minutes(stage: Stage) -> None:
    assigned(stage)
    estimate(stage, 240)
    stage.happened()
    stage.passes(minutes=9, seconds=59)
    assert stage.happened() == []
    stage.passes(seconds=1)
    assert stage.happened() == [
        "14:10:10 support thread: @sam update 1 has not been sent to the client yet.",
    ]
    stage.passes(minutes=35)
    assert stage.happened() == [
        "14:40:10 support thread: @sam update 1 has not been sent to the client yet.",
    ]
    stage.sam.presses("relay", draft(stage, 1))
    assert stage.happened() == [
        "14:45:10 retail line: *SUP-1*, received Wed 18 Nov 09:00 GMT. We are working on it. You hear from us again by Wed 18 Nov 13:00 GMT.",
        "14:45:10 retail thread: An update: The spooler hangs; restarting it. / You will hear from us again by Wed 18 Nov 13:00 GMT.",
    ]
    stage.passes(minutes=40)
    assert stage.happened() == []
