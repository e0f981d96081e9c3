"""One approval tells every client of an incident, each in its own thread and zone, and none of another (CO-1, UP-3, UP-4)."""

import pytest

from policies.decision import Decision, Refused
from policies.effects import Post
from policies.events import Actor
from policies.ticket import Stage
from policies.wanted import still_wanted
from tests.policies.cast import OTHER_CLIENT, staff
from tests.policies.outage import NAMES, drafts, heard, join, kinds, relay, three, together


def test_one_approval_tells_every_client_in_its_own_thread_and_zone() -> None:
    play = together()
    play.update(60, text="A queue is being drained.")
    assert drafts(play) == [("Send to all 3 clients", "1")]
    relay(play, 1)

    assert {channel: heard(play, channel) for channel in ("C1", "C2", "C3")} == {
        "C1": [
            "An update: A queue is being drained.\n\nYou will hear from us again by Wed 18 Nov 10:02 GMT."
        ],
        "C2": [
            "An update: A queue is being drained.\n\nYou will hear from us again by Wed 18 Nov 05:02 EST."
        ],
        "C3": [
            "An update: A queue is being drained.\n\nYou will hear from us again by Wed 18 Nov 14:02 +04."
        ],
    }
    for ticket in play.tickets.values():
        assert [(x.relayed, x.relay_at) for x in ticket.updates] == [(True, None)]


def test_edited_words_name_the_moment_in_each_clients_own_zone() -> None:
    play = together()
    play.update(60)
    relay(play, 1, "We drain a queue. The next word comes by Wed 18 Nov 10:02 GMT at the latest.")

    assert [heard(play, channel)[-1] for channel in ("C1", "C2", "C3")] == [
        "We drain a queue. The next word comes by Wed 18 Nov 10:02 GMT at the latest.",
        "We drain a queue. The next word comes by Wed 18 Nov 05:02 EST at the latest.",
        "We drain a queue. The next word comes by Wed 18 Nov 14:02 +04 at the latest.",
    ]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("We mend it for Example Retail first.", "Example Retail"),
        ("sample  *clinics* is next", "Sample Clinics"),
        ("See https://till.example-retail.example/status", "till.example-retail.example"),
        ("The same as SUP-2.", "SUP-2"),
        ("It is SUP-1.", "SUP-1"),
    ],
)
def test_no_client_is_named_to_another(words: str, named: str) -> None:
    """In what development wrote, and in what support made of it."""
    play = together()
    play.update(60, text=words)
    for answer in (relay(play, 1), relay(play, 1, f"An update: {words}")):
        assert isinstance(answer, Refused)
        assert (
            answer.why
            == f"These words name {named}, which other clients would read. Edit them first. Nothing was sent."
        )
    assert [heard(play, channel) for channel in ("C1", "C2", "C3")] == [[], [], []]
    relay(play, 1, "We are working on it.")
    assert [heard(play, channel) for channel in ("C1", "C2", "C3")] == [["We are working on it."]] * 3


def test_nothing_that_a_client_reads_names_another() -> None:
    """From the joining to the closing, with the bot's own sentences."""
    play = together()
    play.update(60)
    relay(play, 1)
    play.wait(minutes=70)
    play.update(30, text="Nearly there")
    relay(play, 2)
    play.resolve()
    relay(play, 3)
    play.wait(hours=30)
    names = {"C1": ("SUP-1", NAMES[0]), "C2": ("SUP-2", NAMES[1]), "C3": ("SUP-3", NAMES[2])}

    for channel, own in names.items():
        words = "\n".join(heard(play, channel))
        others = [name for pair in names.values() if pair != own for name in pair]
        assert own[0] in words
        assert [name for name in others if name in words] == []


def test_each_client_hears_the_neutral_sentence_unless_somebody_told_it() -> None:
    """UP-3 is per client: support has written to foods, and to nobody else."""
    play = together()
    play.update(60)
    relay(play, 1)
    play.wait(minutes=49)
    play.focus = 2
    play.reply("It takes a little longer.")
    play.focus = 1
    play.wait(minutes=6)

    told = {
        channel: [x for x in heard(play, channel) if "longer than we said" in x]
        for channel in ("C1", "C2", "C3")
    }
    assert {channel: len(words) for channel, words in told.items()} == {"C1": 1, "C2": 0, "C3": 1}
    assert told["C3"][0].startswith("About *SUP-3*")


def test_developer_and_support_are_warned_of_an_estimate_once_for_all() -> None:
    play = together()
    play.update(60)
    relay(play, 1)
    play.wait(minutes=50)

    assert len([x for x in play.words("escalation_thread") if "Will it hold?" in x]) == 1
    assert len([x for x in play.words("support_thread") if "tell the client now" in x]) == 1


def test_resolving_the_leader_resolves_all_and_each_client_confirms_for_itself() -> None:
    play = together()
    play.resolve()
    assert [(t.stage, t.outcome) for t in play.tickets.values()] == [(Stage.RESOLVED, "fixed")] * 3
    relay(play, 1)
    asked = [x for x in play.said if isinstance(x, Post) and "is everything in order" in x.text and x.buttons]
    assert [[b.verb for b in x.buttons] for x in asked if x.to.kind == "client_thread"] == [
        ["solved", "still_broken"]
    ] * 3
    play.focus = 2
    play.press("solved", OTHER_CLIENT)
    play.press("close", staff("sam"))

    assert [t.stage for t in play.tickets.values()] == [Stage.RESOLVED, Stage.CLOSED, Stage.RESOLVED]


def test_a_leader_who_begins_anew_leaves_nobody_without_a_draft() -> None:
    """The resolution was not sent yet when its own client said that it is not solved."""
    play = together()
    play.resolve()
    play.press("reopen", staff("sam"))

    assert [play.tickets[n].led_by for n in (2, 3)] == [0, 0]
    assert kinds(play, 2) >= {"relay"}
    assert relay(play, 1, ticket=2) != []
    assert heard(play, "C2")[-1].startswith("This is resolved")


def test_who_comes_later_gets_a_draft_of_its_own_of_what_the_others_know() -> None:
    play = three()
    join(play, 2)
    play.update(60)
    relay(play, 1)
    join(play, 3)

    assert drafts(play)[-1] == ("Send to the client", "1")
    assert kinds(play, 3) >= {"relay", "neutral"}
    assert heard(play, "C3") == []
    relay(play, 1, ticket=3)
    assert heard(play, "C3")[-1].endswith("You will hear from us again by Wed 18 Nov 14:00 +04.")
    play.update(30, text="Nearly there")
    relay(play, 2)
    assert [len(heard(play, channel)) for channel in ("C1", "C2", "C3")] == [2, 2, 2]


def test_one_client_with_two_requests_is_one_reader() -> None:
    play = three()
    play.write("And the till", by=Actor(user="UCHRIS", team="T1"), channel="C1")
    play.focus = 1
    join(play, 4)
    play.update(60, text="See SUP-1")

    assert drafts(play) == [("Send to the client", "1")]
    assert isinstance(relay(play, 1), Decision)


def test_a_draft_from_before_somebody_joined_goes_where_its_button_says() -> None:
    """Who came later has a draft of its own for the same update."""
    play = three()
    play.update(60)
    join(play, 2)
    assert drafts(play) == [("Send to the client", "1"), ("Send to the client", "1")]
    relay(play, 1)

    assert [len(heard(play, channel)) for channel in ("C1", "C2")] == [1, 0]


def test_the_neutral_sentence_of_a_member_is_wanted_as_long_as_it_is_led() -> None:
    play = together()
    play.update(60)
    relay(play, 1)
    play.wait(minutes=55)
    said = [x for x in play.said if isinstance(x, Post) and ":neutral:" in x.slot and x.to.channel == "C2"]
    assert len(said) == 1
    assert still_wanted(play.tickets[2], said[0], play.now)
    play.resolve()

    assert not still_wanted(play.tickets[2], said[0], play.now)
