"""Journey 11: a client who does not answer, and one who comes back after closing."""

from tests.journeys.driver import Stage


def asked(stage: Stage) -> str:
    """Sam took it at 14:00:10 and asked the client something: from then on the client is the one to answer."""
    ts = stage.casey.writes("The till is slow")
    stage.passes(seconds=10)
    stage.sam.on_card("claim")
    stage.sam.on_card("reply")
    stage.sam.fills(text="Which till is it, please?", asks=["yes"])
    return ts


def closed(stage: Stage) -> str:
    """Answered, confirmed and closed at 14:00:10."""
    ts = stage.casey.writes("How do I print a second receipt?")
    stage.passes(seconds=10)
    stage.sam.on_card("answer")
    stage.sam.fills(outcome="answered", text="Press Receipt twice.")
    stage.sam.on_card("confirm")
    stage.sam.on_card("close")
    return ts


def test_journey_11_a_silent_client_is_reminded_and_support_closes(stage: Stage) -> None:
    asked(stage)
    assert stage.happened() == [
        "14:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "14:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
        "14:00:10 retail thread: Which till is it, please?",
        "14:00:10 support thread: Sam Support has taken it.",
        "14:00:10 support thread: Sam Support wrote to the client: / > Which till is it, please?",
    ]
    stage.passes(hours=23, minutes=59, seconds=59)
    assert stage.happened() == []
    stage.passes(seconds=1)
    assert stage.happened() == [
        "14:00:10 retail thread: A short reminder about *SUP-1*: we are waiting for your answer. Just write here when you are ready.",
    ]
    stage.passes(hours=47, minutes=59, seconds=59)
    assert stage.happened() == []
    stage.passes(seconds=1)
    assert stage.happened() == [
        "14:00:10 retail thread: A short reminder about *SUP-1*: we are waiting for your answer. Just write here when you are ready.",
    ]
    stage.passes(hours=23, minutes=59, seconds=59)
    assert stage.happened() == []
    stage.passes(seconds=1)
    assert stage.happened() == [
        "14:00:10 support thread: @sam The client of *SUP-1* has been silent through every reminder. Close it, or ask once more.",
    ]
    stage.sam.on_card("close")
    assert stage.happened() == [
        "14:00:10 retail thread: *SUP-1* is closed. Thank you. If it comes back, just write here within 7 days and we open it again.",
    ]
    (row,) = stage.sheet()
    assert row["Stage"] == "Closed"
    stage.nothing_more()


def test_journey_11_support_may_not_close_before_the_reminders_were_sent(stage: Stage) -> None:
    asked(stage)
    stage.passes(days=2)
    stage.happened()
    assert "close" not in str([b for b in stage.card("support")["blocks"] if b["type"] == "actions"])


def test_journey_11_the_clients_answer_ends_the_waiting(stage: Stage) -> None:
    root = asked(stage)
    stage.passes(days=2)
    stage.happened()
    stage.casey.replies("The one at the entrance", root)
    assert stage.happened() == [
        "14:00:10 support thread: @casey writes: / > The one at the entrance",
    ]
    stage.passes(minutes=30)
    assert stage.happened() == [
        "14:30:10 support thread: @sam *SUP-1* has stood still for a while: answer the client, ask them, or escalate.",
    ]
    stage.sam.on_card("reply")
    stage.sam.fills(text="Thank you, I am looking.", asks=[])
    assert stage.happened() == [
        "14:30:10 retail thread: Thank you, I am looking.",
        "14:30:10 support thread: Sam Support wrote to the client: / > Thank you, I am looking.",
    ]
    stage.passes(hours=2)
    assert stage.happened() == [
        "15:00:10 support thread: @sam *SUP-1* has stood still for a while: answer the client, ask them, or escalate.",
    ]


def test_journey_11_a_client_who_does_not_confirm_is_asked_again(stage: Stage) -> None:
    stage.casey.writes("How do I print a second receipt?")
    stage.passes(seconds=10)
    stage.sam.on_card("answer")
    stage.sam.fills(outcome="answered", text="Press Receipt twice.")
    stage.happened()
    stage.sam.on_card("close")
    assert stage.happened() == [
        "14:00:10 support, only sam: SUP-1 is not confirmed by the client yet; only the support lead closes it as it is.",
    ]
    stage.passes(days=1)
    assert stage.happened() == [
        "14:00:10 retail thread: A short reminder about *SUP-1*: is everything in order now? Press Solved, or tell us here what is left.",
    ]
    stage.passes(days=2)
    assert stage.happened() == [
        "14:00:10 retail thread: A short reminder about *SUP-1*: is everything in order now? Press Solved, or tell us here what is left.",
    ]
    stage.passes(days=1)
    assert stage.happened() == [
        "14:00:10 support thread: @sam The client of *SUP-1* has been silent through every reminder. Close it, or ask once more.",
    ]
    stage.sam.on_card("close")
    assert stage.happened() == [
        "14:00:10 retail thread: *SUP-1* is closed. Thank you. If it comes back, just write here within 7 days and we open it again.",
    ]
    stage.nothing_more()


def test_journey_11_who_comes_back_within_seven_days_is_answered_and_the_request_is_open_again(
    stage: Stage,
) -> None:
    root = closed(stage)
    assert stage.happened() == [
        "14:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "14:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
        "14:00:10 retail thread: Press Receipt twice. / Does this answer your question?",
        "14:00:10 retail thread: *SUP-1* is closed. Thank you. If it comes back, just write here within 7 days and we open it again.",
        "14:00:10 support thread: Sam Support wrote to the client: / > Press Receipt twice. / >  / > Does this answer your question?",
        "14:00:10 support thread: @sam Sam Support confirmed that *SUP-1* is solved. It can be closed.",
    ]
    stage.passes(days=6, hours=23, minutes=59)
    assert stage.happened() == []
    stage.casey.replies("It does not work on the second till", root)
    stage.passes(seconds=10)
    assert stage.happened() == [
        "13:59:10 support: *[SUP-1]* is open again: the client wrote.",
        "13:59:10 support thread: @casey writes: / > It does not work on the second till",
        "13:59:20 retail thread: We have reopened *SUP-1*. Somebody from support will look at it and will write to you here.",
    ]
    stage.sky.on_card("claim")
    stage.sky.on_card("answer")
    stage.sky.fills(outcome="answered", text="On that till the key is called Copy.")
    stage.sky.on_card("confirm")
    stage.sky.on_card("close")
    assert stage.happened() == [
        "13:59:20 retail thread: On that till the key is called Copy. / Does this answer your question?",
        "13:59:20 retail thread: *SUP-1* is closed. Thank you. If it comes back, just write here within 7 days and we open it again.",
        "13:59:20 support thread: Sky Support has taken it.",
        "13:59:20 support thread: Sky Support wrote to the client: / > On that till the key is called Copy. / >  / > Does this answer your question?",
        "13:59:20 support thread: @sky Sky Support confirmed that *SUP-1* is solved. It can be closed.",
    ]
    (row,) = stage.sheet()
    assert row["Stage"] == "Closed"
    stage.nothing_more()


def test_journey_11_a_reopened_request_that_nobody_takes_is_put_before_support_again(stage: Stage) -> None:
    root = closed(stage)
    stage.passes(days=1)
    stage.happened()
    stage.casey.replies("It does not work on the second till", root)
    stage.passes(minutes=15)
    assert stage.happened() == [
        "14:00:10 support: *[SUP-1]* is open again: the client wrote.",
        "14:00:10 support thread: @casey writes: / > It does not work on the second till",
        "14:00:20 retail thread: We have reopened *SUP-1*. Somebody from support will look at it and will write to you here.",
        "14:10:10 support: @sam @sky *[SUP-1]* is still waiting for somebody to take it. In 5 minutes we telephone.",
        "14:15:10 calls sam",
        "14:15:10 support thread: :telephone_receiver: Calling Sam Support: nobody of support has taken it.",
    ]


def test_journey_11_who_comes_back_later_opens_a_new_request_that_knows_the_old_one(stage: Stage) -> None:
    root = closed(stage)
    stage.happened()
    stage.passes(days=7)
    stage.casey.replies("It does not work on the second till", root)
    stage.passes(seconds=10)
    assert stage.happened() == [
        "14:00:10 support: card SUP-2 · Example Retail: Waiting for somebody to take it.",
        "14:00:20 retail thread: We have your message. Your reference is *SUP-2*. Somebody from support will take it within 10 minutes.",
    ]
    assert "SUP-1" in str(stage.card("support", "SUP-2"))
    old, new = stage.sheet()
    assert old["Stage"] == "Closed"
    assert new["Reference"] == "SUP-2"


def test_journey_11_thanks_after_closing_open_nothing(stage: Stage) -> None:
    root = closed(stage)
    stage.happened()
    stage.passes(days=1)
    stage.casey.replies("Thank you so much!", root)
    stage.nothing_more()
