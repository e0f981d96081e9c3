"""What holds in every history, whoever does what, with whomever away: the invariants of the pure rules."""

import re
from dataclasses import fields
from datetime import datetime
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from policies import events as e
from policies import facts as f
from policies import promise
from policies.clocks import Running, explain, running
from policies.decide import decide
from policies.decision import Decision
from policies.effects import Call, Post
from policies.events.incident import LeaderSent
from policies.folding.fold import fold
from policies.people import Role
from policies.ticket import Stage, Ticket
from policies.wanted import still_wanted
from tests.policies.histories import INTERNAL, history
from tests.policies.play import Play

SEEDS = st.integers(0, 2**32)
SUPPORT_SPEAKS = (e.Reply, e.Answer, e.ChangeRequest, e.Relay, LeaderSent)
LEADS = {Role.LEAD, Role.BACKUP, Role.SUPPORT_LEAD}


def _always_true(play: Play) -> None:
    for ticket in play.tickets.values():
        clocks = running(ticket)
        assert not ticket.is_open or {kind for kind, _ in clocks} - {"target"}, ticket
        assert ticket.is_open or all(
            kind == "revert" or (kind, subject) == ("target", "fix") for kind, subject in clocks
        ), ticket
        assert not _undecided(ticket) or ("decide", "") in clocks or _rings_for(ticket, "decide"), ticket
        explained = {(one.kind, one.subject): one.due for one in explain(ticket, "Asia/Karachi")}
        assert explained == clocks
        _kept_true(ticket, clocks)


def _undecided(ticket: Ticket) -> bool:
    """Whether somebody has proposed Severity 1 for what is at work, and nobody has decided (SV-2)."""
    at_work = ticket.is_open and ticket.stage is not Stage.RESOLVED and not ticket.is_critical
    return at_work and ticket.proposed is not None and ticket.proposed.severity == "S1"


def _rings_for(ticket: Ticket, purpose: f.Purpose) -> bool:
    return ticket.ladder is not None and ticket.ladder.purpose == purpose


def _kept_true(ticket: Ticket, clocks: Running) -> None:
    """The line in the client's thread names no moment without a clock of ours, and nothing internal."""
    line = promise.line(ticket, "Europe/London")
    assert INTERNAL not in line
    assert "You hear from us again" not in line or ("word", "") in clocks, ticket


def _acknowledged_by_a_person(event: e.AnyEvent, fact: f.Acknowledged, play: Play) -> None:
    assert isinstance(event, e.Pressed | e.KeyPressed | e.Assign)
    assert event.actor.via in {"slack", "phone"}
    assert not play.roster.by_key[fact.person].roles.isdisjoint(LEADS)


BEHIND = {"since", "resting_since", "fix_at", "due"}
"""What facts say of moments that may lie behind them."""


def _nothing_before_its_time(fact: f.AnyFact) -> None:
    moments = [getattr(fact, one.name) for one in fields(fact) if one.name not in BEHIND]
    if isinstance(fact, f.Targeted):
        moments += [aim.next_at for aim in fact.aims]
    assert all(one >= fact.at for one in moments if isinstance(one, datetime)), fact


def _said_to_clients(event: e.AnyEvent, post: Post, play: Play) -> None:
    if isinstance(event, SUPPORT_SPEAKS):
        person = play.roster.by_slack[event.actor.user]
        assert not person.roles.isdisjoint({Role.SUPPORT, Role.SUPPORT_LEAD})
    if not isinstance(event, e.Relay | LeaderSent):
        assert INTERNAL not in post.text, (event, post)
    if not isinstance(event, e.MergeInto):  # undone where the other request is another client's
        _names_no_other(post, play)


def _names_no_other(post: Post, play: Play) -> None:
    """A client reads its own references and nobody else's name."""
    reader = play.roster.by_channel[post.to.channel]
    assert not [one.name for one in play.roster.clients if one is not reader and one.name in post.text], post
    named = {int(number) for number in re.findall(r"SUP-(\d+)", post.text)}
    of_others = {number for number in named & set(play.tickets) if play.tickets[number].client != reader.key}
    assert not of_others, post


def _defanged(post: Post) -> None:
    for raw in ("<!channel>", "<!here>", "<@UBOSS>", "*bold*", "<https", "`code`"):
        assert raw not in post.text, post


def _decided_well(play: Play, event: e.AnyEvent, ticket: Ticket | None, decision: Decision) -> None:
    for fact in decision.facts:
        _nothing_before_its_time(fact)
        if isinstance(fact, f.Acknowledged):
            _acknowledged_by_a_person(event, fact, play)
    for post in (effect for effect in decision.effects if isinstance(effect, Post)):
        _defanged(post)
        if post.to.kind == "client_thread":
            _said_to_clients(event, post, play)


def _the_same_again(play: Play, event: e.AnyEvent, ticket: Ticket | None, decision: Decision) -> None:
    assert decide(event, ticket, play.context()) == decision


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, steps=st.integers(10, 60), late=st.booleans())
def test_what_always_holds(seed: int, steps: int, late: bool) -> None:
    """No silent ticket; a person acknowledges; no deadline in the past; nothing internal or raw is said to a client."""
    history(seed, steps, _always_true, _decided_well, late=late)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_a_ticket_is_what_its_facts_add_up_to_and_only_calls_somebody_waits_for_are_wanted(seed: int) -> None:
    play = history(seed, 40, lambda _: None)
    for number, facts in play.history.items():
        assert fold(number, facts) == play.tickets[number]
    for call in (effect for effect in play.said if isinstance(effect, Call)):
        ticket = play.tickets[int(call.token.partition("-")[0])]
        waits = ticket.ladder is not None and ticket.ladder.token == call.token
        assert still_wanted(ticket, call, play.now) == waits
        assert not still_wanted(None, call, play.now)


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_the_same_question_has_the_same_answer(seed: int) -> None:
    history(seed, 30, lambda _: None, _the_same_again)


OF_NO_REQUEST = {
    "CaughtUp",
    "CheckVendors",
    "DeadLetter",
    "OutsideFailed",
    "Swap",
    "AskForCode",
    "GiveCode",
    "CheckCoverage",
    "IntensiveMorning",
    "FileBroken",
    "FileChanged",
    "FileTaken",
    "MaintenanceNears",
    "SetMaintenance",
}
"""Words of the house to support: no ticket is concerned."""


def test_histories_leave_no_kind_of_event_out() -> None:
    """What always holds was tried with everything that can happen to a request."""
    wanted = {kind for kind in get_args(e.AnyEvent) if kind.__name__ not in OF_NO_REQUEST}
    tried: set[type] = set()
    for seed in range(100):
        if tried >= wanted:
            break
        history(seed, 60, lambda _play: None, lambda _play, event, _ticket, _decision: tried.add(type(event)))
    assert tried == wanted
