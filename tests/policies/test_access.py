"""Who may do what: the table of the process, written as the table."""

from dataclasses import replace

import pytest

from policies import events as e
from policies.access import MAY, OWN, identify, may
from policies.decision import Refused
from policies.events import CLOCK, Actor
from policies.people import Role
from policies.ticket import Ladder, Stage, Ticket
from tests.policies.cast import CLIENT, OTHER_CLIENT, ROSTER, STRANGER, staff

C, S, SL, L, B, D = "client", "sam", "sol", "lee", "bo", "devi"
TABLE: tuple[tuple[tuple[e.Verb, ...], str], ...] = (
    #                                                                                       client S SL L B own developer
    (("solved", "still_broken", "production_down"), "c . . . . ."),
    (("claim", "answer", "change_request", "dismiss", "reply", "relay", "merge", "split", "open"), ". s S . . ."),
    (("escalate", "call_now", "reached_by_voice"), ". s S . . ."),
    (("confirm", "close", "reopen", "try_again", "it_is_there", "say_again"), ". s S . . ."),
    (("acknowledge", "pass_on"), ". . . l b ."),
    (("assign",), ". . S l b ."),
    (("update", "code_change", "workaround", "reverted", "carry"), ". . . l b d"),
    (("severity", "vendor", "vendor_answered"), ". s S l b d"),
    (("resolve", "fix_is_in"), ". . S l b d"),
    (("decline",), ". . . . . d"),
    (("scope", "maintenance"), ". . S l b ."),
    (("executives", "incident", "leave_incident"), ". s S l b ."),
    (("hotfix",), ". . . l b d"),
    (("terms",), ". . S . . ."),
    (("away", "rota"), ". . S l b ."),
    (("verify",), ". s S l b d"),
)  # fmt: skip
PEOPLE = (CLIENT, staff(S), staff(SL), staff(L), staff(B), staff(D))
TICKET = Ticket(id=1, client="retail", channel="C1", stage=Stage.ASSIGNED, developer="devi")


@pytest.mark.parametrize(("verb", "row"), [(verb, row) for verbs, row in TABLE for verb in verbs])
def test_the_table(verb: e.Verb, row: str) -> None:
    allowed = [may(identify(actor, ROSTER, "C1"), verb, TICKET) is None for actor in PEOPLE]
    assert allowed == [mark != "." for mark in row.split()]


def test_every_verb_stands_in_the_table() -> None:
    assert sorted(verb for verbs, _ in TABLE for verb in verbs) == sorted(MAY)


@pytest.mark.parametrize("verb", sorted(MAY))
@pytest.mark.parametrize("who", [OTHER_CLIENT, STRANGER, Actor(user="UX", team="T9", ours=True), CLOCK])
def test_whoever_is_none_of_these_may_nothing_and_hears_why(verb: e.Verb, who: Actor) -> None:
    refused = may(identify(who, ROSTER, "C1"), verb, TICKET)
    assert isinstance(refused, Refused)
    assert refused.why.startswith("Only ")
    assert refused.why.endswith("Nothing was changed.")


@pytest.mark.parametrize("verb", sorted(OWN))
def test_another_developers_work_is_not_ones_own(verb: e.Verb) -> None:
    assert isinstance(may(identify(staff("dana"), ROSTER), verb, TICKET), Refused)


@pytest.mark.parametrize("verb", ["acknowledge", "pass_on"])
def test_the_support_lead_has_the_leads_duties_from_the_moment_the_telephone_rings(verb: e.Verb) -> None:
    sol = identify(staff("sol"), ROSTER)
    waiting = replace(TICKET, stage=Stage.ESCALATED, ladder=Ladder(purpose="acknowledge"))
    rung = replace(waiting, ladder=Ladder(purpose="acknowledge", rung_before=frozenset({"sol"})))
    assert isinstance(may(sol, verb, waiting), Refused)
    assert may(sol, verb, rung) is None
    assert may(
        identify(staff("sam"), ROSTER),
        verb,
        replace(rung, ladder=Ladder(purpose="acknowledge", rung_people=frozenset({"sam"}))),
    )


def test_somebody_of_one_client_is_never_taken_for_another_ones() -> None:
    who = identify(OTHER_CLIENT, ROSTER, "C1")
    assert who.client is not None
    assert who.client.key == "foods"


def test_an_external_person_of_an_unknown_workspace_belongs_to_the_channel_they_act_in() -> None:
    who = identify(Actor(user="UNEW", team="T77"), ROSTER, "C2")
    assert who.client is not None
    assert who.client.key == "foods"


def test_two_clients_of_one_workspace_are_told_apart_by_the_channel() -> None:
    clients = (*ROSTER.clients, replace(ROSTER.clients[0], key="outlet", channels=("C3",)))
    who = identify(CLIENT, replace(ROSTER, clients=clients), "C3")
    assert who.client is not None
    assert who.client.key == "outlet"


@pytest.mark.parametrize(
    "actor",
    [CLOCK, Actor(via="bot"), Actor(via="phone"), Actor(person="gone", via="phone"), Actor(via="command")],
)
def test_our_own_loops_and_telephones_are_never_taken_for_a_client(actor: Actor) -> None:
    who = identify(actor, ROSTER, "C1")
    assert (who.person, who.client) == (None, None)


def test_a_message_belongs_to_the_client_whose_channel_it_is() -> None:
    from tests.policies.play import Play

    play = Play()
    play.write("Hello", by=OTHER_CLIENT, channel="C1")
    assert play.ticket.client == "retail"


def test_nobody_with_two_parts_loses_one() -> None:
    both = replace(ROSTER.by_key["sam"], roles=frozenset({Role.SUPPORT, Role.LEAD}))
    people = tuple(both if one.key == "sam" else one for one in ROSTER.people)
    who = identify(staff("sam"), replace(ROSTER, people=people))
    assert may(who, "claim", TICKET) is None
    assert may(who, "acknowledge", TICKET) is None
