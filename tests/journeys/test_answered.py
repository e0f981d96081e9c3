"""Journeys 1 to 4: what support resolves without development, and what is no request at all."""

from tests.journeys.driver import Stage


def test_journey_1_a_loose_cable_is_answered_confirmed_and_closed(stage: Stage) -> None:
    root = stage.casey.writes("The receipt printer at the Airport is dead")
    stage.passes(seconds=10)
    stage.sam.on_card("claim")
    stage.sam.on_card("reply")
    first = stage.sam.tries(text="Hello Casey, is the cable plugged in?")
    assert first["response_action"] == "update"
    assert "exactly what the client will read" in str(first["view"])
    stage.sam.fills()
    stage.casey.replies("It was loose, it prints again", root)
    stage.sam.on_card("answer")
    stage.sam.fills(
        outcome="client_side", text="A loose cable at the printer.", cause="Cable", steps="Plugged in"
    )
    answer = stage.messages("retail")[-1]
    stage.casey.presses("solved", answer | {"channel": "C0RETAIL01"})
    stage.sam.on_card("close")

    assert stage.happened() == [
        "14:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "14:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
        "14:00:10 retail thread: Hello Casey, is the cable plugged in?",
        "14:00:10 retail thread: A loose cable at the printer. / The application itself was not at fault. Is everything in order now?",
        "14:00:10 retail thread: *SUP-1* is closed. Thank you. If it comes back, just write here within 7 days and we open it again.",
        "14:00:10 retail, only casey: Thank you. Support closes it.",
        "14:00:10 support thread: Sam Support has taken it.",
        "14:00:10 support thread: Sam Support wrote to the client: / > Hello Casey, is the cable plugged in?",
        "14:00:10 support thread: @casey writes: / > It was loose, it prints again",
        "14:00:10 support thread: Sam Support wrote to the client: / > A loose cable at the printer. / >  / > The application itself was not at fault. Is everything in order now?",
        "14:00:10 support thread: @sam @casey confirmed that *SUP-1* is solved. It can be closed.",
    ]
    (row,) = stage.sheet()
    assert (row["Stage"], row["Outcome"], row["Cause"]) == ("Closed", "On the client's side", "Cable")
    stage.nothing_more()


def test_journey_2_a_question_is_answered(stage: Stage) -> None:
    stage.cleo.writes("How do I change the opening hours in the calendar?", "clinic")
    stage.passes(seconds=10)
    stage.sky.on_card("answer")
    stage.sky.fills(outcome="answered", text="Settings, then Opening hours.")
    stage.sky.on_card("confirm")
    stage.sky.on_card("close")

    assert stage.happened() == [
        "14:00:00 support: card SUP-1 · Sample Clinics: Waiting for somebody to take it.",
        "14:00:10 clinic thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
        "14:00:10 clinic thread: Settings, then Opening hours. / Does this answer your question?",
        "14:00:10 clinic thread: *SUP-1* is closed. Thank you. If it comes back, just write here within 7 days and we open it again.",
        "14:00:10 support thread: Sky Support wrote to the client: / > Settings, then Opening hours. / >  / > Does this answer your question?",
        "14:00:10 support thread: @sky Sky Support confirmed that *SUP-1* is solved. It can be closed.",
    ]
    stage.nothing_more()


def test_journey_3_new_work_becomes_a_change_request(stage: Stage) -> None:
    stage.casey.writes("Please add a loyalty card to the till")
    stage.passes(seconds=10)
    stage.sam.on_card("change_request")
    assert "What kind of new work is it?" in str(stage.sam.view())
    stage.sam.fills(work="feature", text="Your account manager writes to you this week.")
    stage.sam.on_card("close")

    assert stage.happened() == [
        "14:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "14:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
        "14:00:10 retail thread: Thank you for this idea. It is a new feature rather than a fault. Support cannot simply carry it out: we have noted it as a change request (*SUP-1*), and the people who plan new work with you will come back to you. / Your account manager writes to you this week.",
        "14:00:10 retail thread: *SUP-1* is closed. Thank you. If it comes back, just write here within 7 days and we open it again.",
        "14:00:10 support thread: Sam Support wrote to the client: / > Thank you for this idea. It is a new feature rather than a fault. Support cannot simply carry it out: we have noted it as a change request (∗SUP-1∗), and the people who plan new work with you will come back to you. / >  / > Your account manager writes to you this week.",
    ]
    (row,) = stage.sheet()
    assert (row["Outcome"], row["New work"]) == ("Change request", "new feature")
    stage.nothing_more()


def test_journey_4_what_is_not_a_request_is_taken_back_and_thanks_open_nothing(stage: Stage) -> None:
    stage.casey.writes("Wrong window, sorry, this was for my colleague")
    stage.passes(seconds=10)
    stage.sam.on_card("dismiss")
    for words in ("thanks!", "Thank you so much", ":+1:", "👍"):
        stage.casey.writes(words)
        stage.passes(minutes=1)

    assert stage.happened() == [
        "14:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "14:00:10 retail: (taken back)",
        "14:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
    ]
    stage.nothing_more()
