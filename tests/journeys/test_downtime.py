"""IN-6: what people did while nobody listened is made good, once, in honest words, with one summary for support."""

from tests.journeys.driver import CHANNELS, Stage


def ends(stage: Stage, *refs: str) -> None:
    """Support puts everything aside, and a day goes by without a word."""
    for ref in refs:
        stage.sam.on_card("dismiss", ref)
    stage.nothing_more()


def test_what_happened_in_25_minutes_without_us_is_made_good_once_and_listed(stage: Stage) -> None:
    """Beyond Slack's own retries: a request, a reply, an edit, a deletion, and a request that support answered by itself."""
    till = stage.casey.writes("The till shows an error")
    stage.passes(seconds=20)
    calendar = stage.cleo.writes("The calendar is empty", "clinic")
    stage.passes(seconds=20)
    stage.sam.on_card("claim", "SUP-1")
    stage.sam.on_card("claim", "SUP-2")
    spare = stage.casey.replies("It is the second till", till)
    stage.happened()
    stage.bot.kill()
    stage.passes(minutes=2)
    stage.chris.writes("Receipts do not print", settle=False)
    stage.passes(minutes=1)
    stage.cleo.replies("It is back for some of us", calendar, "clinic", settle=False)
    here = {"user": stage.casey.id, "channel": CHANNELS["retail"], "settle": False}
    stage.control("edit-message", ts=till, text="Both tills show an error", **here)
    stage.control("delete-message", ts=spare, **here)
    stage.passes(minutes=12)
    manual = stage.cleo.writes("Where is the manual?", "clinic", settle=False)
    stage.passes(minutes=1)
    stage.sky.replies("On the start page, under Help.", manual, "clinic", settle=False)
    stage.passes(minutes=9)
    assert stage.happened() == []
    stage.raise_curtain()
    # Whether words about a request link to its card depends on which of the two is there first.
    assert sorted(line.replace("*[", "*").replace("]*", "*") for line in stage.happened()) == [
        "14:25:40 retail thread: We could not be reached between Wed 18 Nov 09:00 GMT and Wed 18 Nov 09:25 GMT; your message was not lost. We have your message. Your reference is *SUP-3*. Somebody from support will take it within 10 minutes.",
        "14:25:40 support thread: @casey deleted a message of this request.",
        "14:25:40 support thread: @casey edited a message. It now says: / > Both tills show an error",
        "14:25:40 support thread: @cleo writes: / > It is back for some of us",
        "14:25:40 support: :hourglass: We could not hear Slack from Wed 18 Nov 14:00 PKT to Wed 18 Nov 14:25 PKT. Taken in late: / • Example Retail: 1 message (*SUP-3*), up to 23 minutes late. / • Sample Clinics: 2 messages (*SUP-2*, *SUP-4*), up to 22 minutes late.",
        "14:25:40 support: @sam @sky *SUP-3* is still waiting for somebody to take it. In 5 minutes we telephone.",
        "14:25:40 support: @sam @sky *SUP-4* is still waiting for somebody to take it. In 5 minutes we telephone.",
        "14:25:40 support: card SUP-3 · Example Retail: Waiting for somebody to take it.",
        "14:25:40 support: card SUP-4 · Sample Clinics: Waiting for somebody to take it.",
    ]
    ends(stage, "SUP-1", "SUP-2", "SUP-3", "SUP-4")


def test_a_blip_that_slacks_own_retries_bridge_doubles_nothing(stage: Stage) -> None:
    """Slack brings it again and it is read back as well: one request, one answer."""
    till = stage.casey.writes("The till shows an error")
    stage.passes(seconds=20)
    stage.happened()
    stage.bot.kill()
    stage.casey.replies("And the printer", till, settle=False)
    stage.cleo.writes("The calendar is empty", "clinic", settle=False)
    stage.passes(seconds=30)
    stage.raise_curtain()
    assert stage.happened() == [
        "14:00:50 clinic thread: We have your message. Your reference is *SUP-2*. Somebody from support will take it within 10 minutes.",
        "14:00:50 support: card SUP-2 · Sample Clinics: Waiting for somebody to take it.",
        "14:00:50 support thread: @casey writes: / > And the printer",
    ]
    ends(stage, "SUP-1", "SUP-2")


def test_a_connection_that_is_cut_in_the_middle_of_a_word_loses_and_doubles_nothing(
    strangers: Stage,
) -> None:
    """The library says in the log that the connection broke; nobody else notices."""
    stage = strangers
    stage.control("fault", service="slack", method="events_api", mode="drop-socket")
    stage.casey.writes("The till shows an error")
    stage.passes(seconds=30)
    assert stage.happened() == [
        "14:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "14:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
    ]
    ends(stage, "SUP-1")


def test_a_reply_that_arrives_before_its_message_joins_it(stage: Stage) -> None:
    """One request with both, and one answer."""
    stage.control("fault", service="slack", method="events_api", mode="reorder")
    till = stage.casey.writes("The till shows an error", settle=False)
    stage.casey.replies("It is the second one", till)
    stage.passes(seconds=30)
    assert stage.happened() == [
        "14:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "14:00:00 support thread: @casey writes: / > The till shows an error",
        "14:00:10.000001 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
    ]
    ends(stage, "SUP-1")


def test_an_edit_that_arrives_before_its_message_is_what_counts(stage: Stage) -> None:
    stage.control("fault", service="slack", method="events_api", mode="reorder")
    till = stage.casey.writes("The tll shows an error", settle=False)
    stage.control(
        "edit-message",
        user=stage.casey.id,
        channel=CHANNELS["retail"],
        ts=till,
        text="The till shows an error",
    )
    stage.passes(seconds=30)
    assert stage.happened() == [
        "14:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "14:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
    ]
    ends(stage, "SUP-1")


def test_a_message_deleted_before_it_arrives_opens_nothing(stage: Stage) -> None:
    stage.control("fault", service="slack", method="events_api", mode="reorder")
    till = stage.casey.writes("Wrong channel", settle=False)
    stage.control("delete-message", user=stage.casey.id, channel=CHANNELS["retail"], ts=till)
    stage.passes(seconds=30)
    assert stage.happened() == []
    stage.nothing_more()
