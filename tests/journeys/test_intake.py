"""Journey 12: what is one request, what is two, and what is none."""

from tests.journeys.driver import Stage


def test_journey_12_a_person_who_answers_first_leaves_the_bot_silent(stage: Stage) -> None:
    root = stage.casey.writes("The till shows an error")
    stage.passes(seconds=5)
    stage.sam.replies("Hello Casey, I am looking at it", root)
    stage.passes(minutes=1)

    assert stage.said("retail") == []


def test_journey_12_three_messages_in_a_row_are_one_request(stage: Stage) -> None:
    stage.casey.writes("The till shows an error")
    stage.passes(seconds=30)
    stage.casey.writes("At Station Road")
    stage.passes(minutes=1)
    stage.casey.writes("Error 17")
    stage.passes(minutes=1)
    stage.sam.on_card("claim")
    stage.passes(minutes=5)
    stage.casey.writes("It is still there")
    stage.passes(minutes=1)

    assert stage.happened() == [
        "14:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "14:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
        "14:00:30 support thread: @casey writes: / > At Station Road",
        "14:01:30 support thread: @casey writes: / > Error 17",
        "14:02:30 support thread: Sam Support has taken it.",
        "14:07:30 support thread: @casey writes: / > It is still there",
    ]


def test_journey_12_two_clients_at_once_are_two_requests(stage: Stage) -> None:
    stage.casey.writes("The till shows an error")
    stage.chris.writes("The stockroom is slow")
    stage.cleo.writes("The calendar is empty", "clinic")
    stage.passes(seconds=11)

    assert stage.happened() == [
        "14:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "14:00:00 support: card SUP-2 · Example Retail: Waiting for somebody to take it.",
        "14:00:00 support: card SUP-3 · Sample Clinics: Waiting for somebody to take it.",
        "14:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
        "14:00:10.000002 retail thread: We have your message. Your reference is *SUP-2*. Somebody from support will take it within 10 minutes.",
        "14:00:10.000004 clinic thread: We have your message. Your reference is *SUP-3*. Somebody from support will take it within 10 minutes.",
    ]


def test_journey_12_edits_and_deletions_reach_support(stage: Stage) -> None:
    ts = stage.casey.writes("The till shows an eror")
    stage.passes(seconds=10)
    stage.control(
        "edit-message", user=stage.casey.id, channel="C0RETAIL01", ts=ts, text="The till shows error 17"
    )
    assert "error 17" in str(stage.card("support"))
    stage.control("delete-message", user=stage.casey.id, channel="C0RETAIL01", ts=ts)
    assert "error 17" not in str(stage.card("support"))

    assert stage.happened() == [
        "14:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "14:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
        "14:00:10 support thread: @casey edited a message. It now says: / > The till shows error 17",
        "14:00:10 support thread: @casey deleted a message of this request.",
    ]


def test_journey_12_bots_joins_topics_and_our_own_people_open_nothing(stage: Stage) -> None:
    stage.happened()
    stage.alert.writes("CPU high")
    stage.control("topic", user=stage.sam.id, channel="C0RETAIL01", text="Support for Example Retail")
    stage.control("leave", user=stage.nora.id, channel="C0RETAIL01")
    stage.control("join", user=stage.nora.id, channel="C0RETAIL01")
    stage.sam.writes("Good morning everybody")
    stage.nora.writes("Good morning")

    stage.nothing_more()
