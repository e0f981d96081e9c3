"""One cause, several clients: one request leads, the others follow, and no client reads of another (CO-1, UP-3, UP-4)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from policies.clocks import running
from policies.decision import Decision, Refused
from policies.effects import Post
from policies.events import Actor, Relay, Resolve
from policies.events_incident import FormIncident
from policies.people import Client
from policies.ticket import Stage
from tests.policies.cast import CLIENT, NOON, OTHER_CLIENT, ROSTER, staff
from tests.policies.play import Play

MINUTE = timedelta(minutes=1)
THIRD = Actor(user="UCORA", team="T3")
CLINIC = Client(key="clinic", name="Sample Clinics", channels=("C3",), zone="Asia/Dubai", teams=("T3",))
THREE = replace(ROSTER, clients=(*ROSTER.clients, CLINIC))
NAMES = [client.name for client in THREE.clients]


def three() -> Play:
    """SUP-1 of retail, escalated and with Devi; SUP-2 of foods, which Sam has; SUP-3 of the clinic, which nobody has."""
    play = Play(roster=THREE)
    play.write("Payments fail", by=CLIENT, channel="C1")
    play.press("claim", staff("sam"))
    play.escalate()
    play.press("acknowledge", staff("lee"))
    play.assign()
    play.write("Payments down here", by=OTHER_CLIENT, channel="C2")
    play.press("claim", staff("sam"))
    play.write("No payments", by=THIRD, channel="C3")
    play.focus = 1
    return play


def join(play: Play, *members: int, by: str = "sam", title: str = "payments down") -> Decision | Refused:
    event = FormIncident(key=play.key(), at=play.now, actor=staff(by), members=members, title=title)
    return play.do(event, play.ticket)


def together() -> Play:
    """All three are one incident, led by SUP-1; the first responses are over."""
    play = three()
    assert isinstance(join(play, 2, 3), Decision)
    play.wait(minutes=2)
    return play


def relay(play: Play, number: int, text: str = "", ticket: int = 1) -> Decision | Refused:
    event = Relay(key=play.key(), at=play.now, actor=staff("sam"), update=number, text=text)
    return play.do(event, play.tickets[ticket])


def kinds(play: Play, number: int) -> set[str]:
    return {kind for kind, _ in running(play.tickets[number]) if kind != "target"}


def heard(play: Play, channel: str) -> list[str]:
    """What a client reads, in its channel, since the first responses; without the line that is kept true."""
    posts = [x for x in play.said if isinstance(x, Post) and x.to.channel == channel]
    return [x.text for x in posts if "first_response" not in x.slot and ":promise" not in x.slot]


def drafts(play: Play) -> list[tuple[str, str]]:
    """The buttons that send something to clients: label and subject."""
    buttons = [button for x in play.said if isinstance(x, Post) for button in x.buttons]
    return [(button.label, button.value) for button in buttons if button.verb == "relay"]


def test_the_first_leads_and_knows_the_others_and_they_know_it() -> None:
    play = together()

    assert [(m.ref, m.client) for m in play.tickets[1].members] == [("SUP-2", "foods"), ("SUP-3", "clinic")]
    assert [(play.tickets[n].leader_ref, play.tickets[n].incident) for n in (2, 3)] == [
        ("SUP-1", "payments down"),
        ("SUP-1", "payments down"),
    ]
    assert play.tickets[3].owner == "sam"


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


def test_development_clocks_rest_on_the_members_and_run_on_the_leader() -> None:
    play = together()
    assert kinds(play, 1) == {"update"}
    assert kinds(play, 2) == {"attention"}
    assert kinds(play, 3) == {"attention"}
    play.wait(minutes=29)

    assert play.rung() == ["lee"]
    assert {x.person for x in play.said if hasattr(x, "person") and x.kind == "call"} == {"lee"}


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


def test_a_client_who_is_not_content_has_a_request_of_its_own_again() -> None:
    play = together()
    play.resolve()
    relay(play, 1)
    play.focus = 3
    play.press("still_broken", THIRD)

    assert (play.ticket.stage, play.ticket.led_by, play.ticket.cycle) == (Stage.NEW, 0, 2)
    assert [m.ref for m in play.tickets[1].members] == ["SUP-2"]


def test_a_leader_who_begins_anew_leaves_nobody_without_a_draft() -> None:
    """The resolution was not sent yet when its own client said that it is not solved."""
    play = together()
    play.resolve()
    play.press("reopen", staff("sam"))

    assert [play.tickets[n].led_by for n in (2, 3)] == [0, 0]
    assert kinds(play, 2) >= {"relay"}
    assert relay(play, 1, ticket=2) != []
    assert heard(play, "C2")[-1].startswith("This is resolved")


def test_a_member_leaves_with_clocks_of_its_own_and_what_it_has_not_read() -> None:
    play = together()
    play.update(60)
    play.focus = 2
    play.press("leave_incident", staff("sam"))

    assert (play.ticket.led_by, play.ticket.incident) == (0, "")
    assert kinds(play, 2) == {"attention", "relay", "warning", "neutral", "promise"}
    assert [m.ref for m in play.tickets[1].members] == ["SUP-3"]
    relay(play, 1)
    assert heard(play, "C2") == []


@pytest.mark.parametrize(
    ("stage", "clock", "minutes"),
    [
        (Stage.CLAIMED, "attention", 30),
        (Stage.ESCALATED, "acknowledge", 5),
        (Stage.ACKNOWLEDGED, "assign_nudge", 10),
        (Stage.ASSIGNED, "update", 30),
    ],
)
def test_whoever_had_it_before_has_the_whole_window_again(stage: Stage, clock: str, minutes: int) -> None:
    """Nobody is telephoned at the moment of leaving for a window that rested."""
    play = three()
    play.focus = 2
    if stage is not Stage.CLAIMED:
        play.escalate()
    if stage in {Stage.ACKNOWLEDGED, Stage.ASSIGNED}:
        play.press("acknowledge", staff("lee"))
    if stage is Stage.ASSIGNED:
        play.assign("dana")
    play.focus = 1
    join(play, 2, 3)
    play.update(600)
    play.wait(minutes=50)
    assert play.rung() == []
    play.update(None, final=False)
    play.focus = 2
    play.tickets[2] = replace(play.tickets[2], promise_at=None, warn_at=None, neutral_at=None)
    play.press("leave_incident", staff("sam"))

    assert play.ticket.stage is stage
    due = {kind: at - play.now for (kind, _), at in running(play.ticket).items()}
    assert due[clock] == minutes * MINUTE


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


def test_an_escalation_that_joins_rings_nobody_any_more() -> None:
    """The lead is with it already, on the request that leads."""
    play = three()
    play.focus = 2
    play.escalate()
    play.wait(minutes=5)
    assert play.rung() == ["lee"]
    play.focus = 1
    join(play, 2, 3)

    assert [x.token for x in play.said if x.kind == "hang_up"] == ["2-1"]
    play.wait(minutes=20)
    assert play.rung() == ["lee"]


def test_production_down_at_a_member_is_as_urgent_for_the_leader_and_rings_once() -> None:
    play = together()
    play.focus = 2
    play.press("production_down", OTHER_CLIENT)
    play.focus = 3
    play.press("production_down", THIRD)

    assert play.rung() == ["sam"]
    assert [(t.down, t.production_down) for t in play.tickets.values()] == [
        (True, False),
        (True, True),
        (True, True),
    ]
    assert any(
        "*Sample Clinics* says that production is down (*SUP-3*" in x for x in play.words("escalation_thread")
    )


def test_the_hotfix_path_is_open_to_an_incident_that_is_down_anywhere() -> None:
    play = together()
    event = Resolve(
        key=play.key(),
        at=play.now,
        actor=staff("devi"),
        text="Fixed",
        code_change="Spooler",
        urgent=True,
        scope="site",
    )
    assert isinstance(play.do(event, play.ticket), Refused)
    play.focus = 2
    play.press("production_down", OTHER_CLIENT)
    play.focus = 1

    assert isinstance(play.do(replace(event, key=play.key()), play.ticket), Decision)


@pytest.mark.parametrize("verb", ["dismiss", "call_now", "acknowledge", "decline"])
def test_development_of_a_member_is_done_on_the_leader(verb: str) -> None:
    play = together()
    play.focus = 2
    answer = play.press(verb, staff("lee" if verb == "acknowledge" else "sam"))  # type: ignore[arg-type]  # a verb

    assert isinstance(answer, Refused)
    if verb != "decline":
        assert (
            answer.why
            == "SUP-2 is part of the incident of SUP-1: do it there, or let SUP-2 leave the incident first."
        )


def test_a_leader_cannot_go_away_under_its_members() -> None:
    play = three()
    play.focus = 2
    join(play, 3)
    for answer in (play.answer(), play.merge(1), play.press("dismiss", staff("sam"))):
        assert isinstance(answer, Refused)
        assert answer.why == "SUP-2 leads an incident: resolve it for all, or let the others leave it first."


def test_who_cannot_join_hears_why_and_nobody_else_joins_either() -> None:
    play = three()
    play.focus = 2
    refused = [
        join(play, 2).why,  # type: ignore[union-attr]  # refused
        join(play, 3, 1).why,  # type: ignore[union-attr]  # refused
        join(play, 3, by="devi").why,  # type: ignore[union-attr]  # refused
    ]
    assert play.tickets[3].led_by == 0
    join(play, 3)
    play.focus = 1
    refused += [join(play, 3).why, join(play, 2).why]  # type: ignore[union-attr]  # refused
    play.focus = 3
    refused += [join(play, 1).why]  # type: ignore[union-attr]  # refused

    assert refused == [
        "Name the other requests with the same cause.",
        "SUP-1 is with development and SUP-2 is not: name SUP-1 first.",
        (
            "Only support, the support lead, the development lead or the backup lead may join requests to one "
            "incident. Nothing was changed."
        ),
        "SUP-3 is part of the incident of SUP-2 already.",
        "SUP-2 leads an incident of its own: the others have to leave it first.",
        "SUP-3 is led by SUP-2: name that one first.",
    ]


def test_an_engineer_on_the_leader_is_an_engineer_for_every_member() -> None:
    """SV-1: the response target of a member is met by the leader's developer."""
    play = Play(roster=THREE)
    play.write("Payments fail", by=CLIENT, channel="C1")
    play.press("claim", staff("sam"))
    play.escalate()
    play.write("Payments down here", by=OTHER_CLIENT, channel="C2")
    play.focus = 1
    join(play, 2)
    play.press("acknowledge", staff("lee"))
    assert [play.tickets[n].aim("response") is None for n in (1, 2)] == [False, False]
    play.assign()

    assert [play.tickets[n].aim("response") is None for n in (1, 2)] == [True, True]


def test_a_quiet_member_is_spoken_of_when_nothing_came_for_long() -> None:
    play = together()
    play.update(600)
    relay(play, 1)
    play.wait(hours=9)
    assert not any("Does it know enough?" in x for x in play.words("support_thread"))
    play.wait(hours=14)

    assert len([x for x in play.words("support_thread") if "Does it know enough?" in x]) == 2
    assert play.now - NOON > timedelta(hours=20)


def test_one_client_with_two_requests_is_one_reader() -> None:
    play = three()
    play.write("And the till", by=Actor(user="UCHRIS", team="T1"), channel="C1")
    play.focus = 1
    join(play, 4)
    play.update(60, text="See SUP-1")

    assert drafts(play) == [("Send to the client", "1")]
    assert isinstance(relay(play, 1), Decision)
