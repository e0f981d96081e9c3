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

    print("\n".join(stage.happened()))
    print(stage.sheet())
    stage.nothing_more()


def test_journey_2_a_question_is_answered(stage: Stage) -> None:
    stage.cleo.writes("How do I change the opening hours in the calendar?", "clinic")
    stage.passes(seconds=10)
    stage.sky.on_card("answer")
    stage.sky.fills(outcome="answered", text="Settings, then Opening hours.")
    stage.sky.on_card("confirm")
    stage.sky.on_card("close")

    print("\n".join(stage.happened()))
    stage.nothing_more()


def test_journey_3_new_work_becomes_a_change_request(stage: Stage) -> None:
    stage.casey.writes("Please add a loyalty card to the till")
    stage.passes(seconds=10)
    stage.sam.on_card("change_request")
    stage.sam.fills(text="Your account manager writes to you this week.")
    stage.sam.on_card("close")

    print("\n".join(stage.happened()))
    stage.nothing_more()


def test_journey_4_what_is_not_a_request_is_taken_back_and_thanks_open_nothing(stage: Stage) -> None:
    stage.casey.writes("Wrong window, sorry, this was for my colleague")
    stage.passes(seconds=10)
    stage.sam.on_card("dismiss")
    for words in ("thanks!", "Thank you so much", ":+1:", "👍"):
        stage.casey.writes(words)
        stage.passes(minutes=1)

    print("\n".join(stage.happened()))
    stage.nothing_more()
