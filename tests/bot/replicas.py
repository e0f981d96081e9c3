"""The desk and its clocks as a machine: anybody does anything, two replicas, time that jumps, a crash anywhere."""

import asyncio
import contextlib
import itertools
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot import roster, transaction
from bot.desk import Aftermath, Desk, NotStored
from bot.in_force import InForce
from bot.metrics import Metrics
from bot.storage import clocks
from bot.storage.clocks import DueClock
from bot.storage.engine import T, connect
from bot.transaction import Outcome, Transaction
from policies import events as e
from policies.decision import Context, Decision, Refused
from policies.effects import Call, Post
from policies.events.incident import FormIncident
from policies.ticket import Stage, Ticket
from tests.bot.anybody import BOT, FORMS, VENDOR
from tests.bot.fused import Fused
from tests.bot.model import Asked, Model, stored
from tests.bot.stage import BLOCK, EXAMPLE, HandClock, migrated

CLIENTS = (
    ("C0RETAIL01", "U0CASEY001", "T0RETAIL01"),
    ("C0RETAIL01", "U0CHRIS001", "T0RETAIL01"),
    ("C0CLINIC01", "U0CLEO0001", "T0CLINIC01"),
)
STAFF = ("U0SAM00001", "U0SKY00001", "U0LEE00001", "U0BO000001", "U0DEVI0001", "U0SOL00001")
VERBS: tuple[e.Verb, ...] = (
    "claim", "dismiss", "call_now", "acknowledge", "pass_on", "decline", "reverted", "confirm", "close", "reopen",
    "production_down", "solved", "still_broken", "reached_by_voice",
)  # fmt: skip
"""What hypothesis would complain of: such a machine is slow, and many of its steps find nothing to do."""


class Replicas(RuleBasedStateMachine):
    """Whatever happens, in whatever order, on whichever replica: the tables say what the model says."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.model = Model()
        self.asked: list[Asked] = []
        self.serial = 0
        self.names = itertools.count()
        self.past: list[tuple[e.AnyEvent, Outcome]] = []
        self.lost: list[e.AnyEvent] = []
        self.seen: dict[int, tuple[DueClock, ...]] = {}
        self.real = transaction.decide
        transaction.decide = self._ask  # type: ignore[assignment]  # the same, with a record
        self.run(self._open())

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    async def _open(self) -> None:
        self.clock = HandClock()
        office = roster.load(EXAMPLE)
        self.office = replace(office, roster=replace(office.roster, vendors=(VENDOR,)))
        self.file = connect(migrated(Path(self.folder.name)))
        self.database = Fused(self.file)
        self.replicas = [self._replica(), self._replica()]

    def _replica(self) -> Desk:
        """Nobody delivers and nobody watches: what happens, happens because a rule says so."""
        nobody = Aftermath(wake=lambda: None, armed=lambda _due: None, carry=lambda _leased: None)
        made = Desk(
            self.database,
            InForce(self.office),
            self.clock,
            nobody,
            owner=f"p{next(self.names)}",
            metrics=Metrics(),
        )
        real = made.transact

        async def transact(step: Callable[[Transaction], T]) -> T:
            def recorded(work: Transaction) -> T:
                self.asked.clear()
                return step(work)

            result = await real(recorded)
            self.model.take(self.asked)
            return result

        made.transact = transact  # type: ignore[method-assign]  # the same, with a record
        return made

    def _ask(self, event: e.AnyEvent, ticket: Ticket | None, ctx: Context) -> Decision | Refused:
        answer = self.real(event, ticket, ctx)
        self.asked.append(Asked(event, ticket, ctx, answer))
        return answer

    def handle(self, which: int, event: e.AnyEvent) -> None:
        """Through the door of one replica; what could not be stored is brought again later."""
        self.asked.clear()
        try:
            outcome = self.run(self.replicas[which].handle(event))
        except NotStored:
            self.lost.append(event)
        else:
            assert "went wrong" not in outcome.said, "a step failed"
            self.past.append((event, outcome))

    def common(self, user: str = "", team: str = "", **more: Any) -> dict[str, Any]:
        """What every event has; one of ours without a team."""
        self.serial += 1
        actor = e.Actor(user=user, team=team or "T0OURS", ours=not team)
        return {"key": f"e{self.serial}", "at": self.clock.now(), "actor": actor, **more}

    def some(self, chance: int) -> int:
        """The number of a ticket, the newest ones more often."""
        newest = max(self.model.tickets)
        return max(newest - chance, 1)

    @initialize(steps=st.integers(0, 5))
    def a_day_has_begun(self, steps: int) -> None:
        """Two requests, one of them somewhere on its way."""
        for client in CLIENTS[:2]:
            self.client_writes(0, client, 0, reply=False, chance=0)
        for _ in range(steps):
            self._onward(0, 1)

    @rule(
        which=st.integers(0, 1),
        who=st.sampled_from(CLIENTS),
        ago=st.sampled_from([0, 0, 70, 4000]),
        reply=st.booleans(),
        chance=st.integers(0, 3),
    )
    def client_writes(
        self, which: int, who: tuple[str, str, str], ago: int, reply: bool, chance: int
    ) -> None:
        """Somebody new or the same again, into a thread or not, told to us at once or late."""
        channel, user, team = who
        thread = self.model.tickets[self.some(chance)].thread if reply and self.model.tickets else None
        at = self.clock.now() - timedelta(seconds=ago)
        common = self.common(user, team)
        ts = f"{at.timestamp():.0f}.{self.serial:06d}"
        self.handle(
            which,
            e.MessagePosted(
                **{**common, "at": at}, channel=channel, ts=ts, thread=thread or None, text="The till is dead"
            ),
        )

    @precondition(lambda self: self.model.messages)
    @rule(which=st.integers(0, 1), chance=st.integers(0, 50), gone=st.booleans())
    def client_changes_a_message(self, which: int, chance: int, gone: bool) -> None:
        """Other words, or none."""
        channel, ts = sorted(self.model.messages)[chance % len(self.model.messages)]
        author = self.model.messages[channel, ts][1].author
        common = self.common(author, "T0RETAIL01" if channel == "C0RETAIL01" else "T0CLINIC01")
        event = (
            e.MessageDeleted(**common, channel=channel, ts=ts)
            if gone
            else e.MessageEdited(**common, channel=channel, ts=ts, text=f"No, {self.serial}")
        )
        self.handle(which, event)

    @precondition(lambda self: self.model.tickets)
    @rule(
        which=st.integers(0, 1),
        verb=st.sampled_from(VERBS),
        who=st.sampled_from((*STAFF, "U0CASEY001")),
        chance=st.integers(0, 3),
    )
    def somebody_presses(self, which: int, verb: e.Verb, who: str, chance: int) -> None:
        """A button, wanted or not, by whoever it may be."""
        team = "T0RETAIL01" if who == "U0CASEY001" else ""
        self.handle(which, e.Pressed(**self.common(who, team, ticket=self.some(chance)), verb=verb))

    @precondition(lambda self: self.model.tickets)
    @rule(
        which=st.integers(0, 1),
        form=st.sampled_from(sorted(FORMS)),
        who=st.sampled_from((*STAFF, *("",) * 18)),
        chance=st.integers(0, 3),
        minutes=st.sampled_from([None, 5, 60]),
    )
    def somebody_sends_a_form(
        self, which: int, form: str, who: str, chance: int, minutes: int | None
    ) -> None:
        """Everybody's forms, mostly by those who may; and what our own loops have to tell."""
        usual, make = FORMS[form]
        common = self.common(who or usual, ticket=self.some(chance))
        if usual == BOT:
            common["actor"] = e.BOT
        self.handle(which, make(common, self.clock.now(), minutes))

    @precondition(lambda self: len(self.model.tickets) > 1)
    @rule(which=st.integers(0, 1), chance=st.integers(0, 3), other=st.integers(0, 3))
    def support_merges(self, which: int, chance: int, other: int) -> None:
        """One request into another, seldom into itself: both change, or neither."""
        number = self.some(chance)
        others = sorted(self.model.tickets.keys() - {number})
        target = others[-1 - other % len(others)] if other else number
        self.handle(which, e.MergeInto(**self.common("U0SAM00001", ticket=number), target=target))

    @precondition(lambda self: len(self.model.tickets) > 1)
    @rule(
        which=st.integers(0, 1),
        chance=st.integers(0, 3),
        others=st.lists(st.integers(0, 3), max_size=2),
        what=st.integers(0, 4),
    )
    def one_cause_is_behind_several(self, which: int, chance: int, others: list[int], what: int) -> None:
        """Requests become an incident, or one leaves it; what is told to the others happens with it, or not at all."""
        common = self.common("U0SAM00001", ticket=self.some(chance))
        if what:
            members = tuple(self.some(other) for other in others)
            self.handle(which, FormIncident(**common, members=members, title="one cause"))
        else:
            self.handle(which, e.Pressed(**common, verb="leave_incident"))

    @precondition(lambda self: len(self.model.messages) > 1)
    @rule(which=st.integers(0, 1), chance=st.integers(0, 50))
    def support_splits(self, which: int, chance: int) -> None:
        """A message becomes a request of its own."""
        channel, ts = sorted(self.model.messages)[chance % len(self.model.messages)]
        common = self.common("U0SAM00001", ticket=self.model.messages[channel, ts][0])
        self.handle(which, e.Split(**common, channel=channel, ts=ts))

    @precondition(lambda self: self.model.tickets)
    @rule(which=st.integers(0, 1), chance=st.integers(0, 1), steps=st.integers(1, 4))
    def it_goes_onward(self, which: int, chance: int, steps: int) -> None:
        """The step that usually comes next, so that histories get far."""
        number = self.some(chance)
        for _ in range(steps):
            self._onward(which, number)

    def _onward(self, which: int, number: int) -> None:
        ticket = self.model.tickets[number]
        verbs: dict[Stage, tuple[str, e.Verb]] = {
            Stage.NEW: ("U0SAM00001", "claim"),
            Stage.ESCALATED: ("U0LEE00001", "acknowledge"),
            Stage.RESOLVED: ("U0SAM00001", "close" if self.serial % 2 else "confirm"),
        }
        if ticket.stage in verbs:
            user, verb = verbs[ticket.stage]
            self.handle(which, e.Pressed(**self.common(user, ticket=number), verb=verb))
        elif ticket.stage is Stage.CLAIMED:
            self.handle(which, e.Escalate(**self.common("U0SAM00001", ticket=number), block=BLOCK))
        elif ticket.stage is Stage.ACKNOWLEDGED:
            self.handle(which, e.Assign(**self.common("U0LEE00001", ticket=number), developer="devi"))
        elif ticket.stage is Stage.ASSIGNED:
            self.handle(which, e.Resolve(**self.common("U0DEVI0001", ticket=number), text="Mended"))

    @precondition(lambda self: any(isinstance(effect, Call) for effect in self.model.effects))
    @rule(which=st.integers(0, 1), what=st.integers(0, 3), chance=st.integers(0, 3))
    def a_telephone_says_something(self, which: int, what: int, chance: int) -> None:
        """A call of some time: picked up, over, or a key on it."""
        calls = [effect for effect in self.model.effects if isinstance(effect, Call)]
        call = calls[max(len(calls) - 1 - chance, 0)]
        common = {**self.common(), "actor": e.Actor(person=call.person, via="phone"), "token": call.token}
        events: tuple[Callable[[], e.AnyEvent], ...] = (
            lambda: e.CallAnswered(**common),
            lambda: e.CallEnded(**common, outcome="no_answer"),
            lambda: e.KeyPressed(**common, digit="4"),
            lambda: e.KeyPressed(**common, digit="5"),
        )
        self.handle(which, events[what]())

    @precondition(
        lambda self: any(isinstance(effect, Post) and effect.report for effect in self.model.effects)
    )
    @rule(which=st.integers(0, 1), sent=st.booleans(), chance=st.integers(0, 3))
    def slack_says_how_it_went(self, which: int, sent: bool, chance: int) -> None:
        """Of a post that asked for a report."""
        posts = [effect for effect in self.model.effects if isinstance(effect, Post) and effect.report]
        post = posts[max(len(posts) - 1 - chance, 0)]
        common = {**self.common(ticket=self.some(chance)), "actor": e.BOT}
        self.handle(
            which, e.EffectSettled(**common, slot=post.slot, sent=sent, ts=f"9.{self.serial}" if sent else "")
        )

    @precondition(lambda self: self.past)
    @rule(which=st.integers(0, 1), chance=st.integers(0, 20))
    def it_is_delivered_again(self, which: int, chance: int) -> None:
        """To either replica: the answer it got then, and nothing new (invariant 9)."""
        event, answer = self.past[max(len(self.past) - 1 - chance, 0)]
        with contextlib.suppress(NotStored):
            assert self.run(self.replicas[which].handle(event)) == replace(answer, repeated=True)

    @precondition(lambda self: self.lost)
    @rule(which=st.integers(0, 1))
    def what_was_not_stored_comes_again(self, which: int) -> None:
        """Nobody got an answer, so it is brought again."""
        self.handle(which, self.lost.pop(0))

    @rule(places=st.integers(0, 60))
    def the_next_transaction_dies(self, places: int) -> None:
        """Somewhere, unless it is over before (invariant 2)."""
        self.database.fuse = places

    @rule(seconds=st.sampled_from([0.5, 10, 61, 300, 1800, 86_400]))
    def time_passes(self, seconds: float) -> None:
        """All at once: what was due on the way is late."""
        self.clock.move(seconds)

    @rule(which=st.integers(0, 1))
    def a_watch_looks(self, which: int) -> None:
        """And does nothing yet: what it saw may be history when it does."""
        now = self.clock.now()
        self.seen[which] = self.run(self.file.read(lambda conn: clocks.look(conn, now, 200))).due

    @rule(which=st.integers(0, 1))
    def a_watch_hands_over(self, which: int) -> None:
        """What it saw last time: each clock takes effect once, however many replicas bring it (invariant 3)."""
        self.asked.clear()
        try:
            fired = self.run(self.replicas[which].handle_clocks(self.seen.get(which, ())))
        except NotStored:
            return
        assert not fired.failed, "a clock failed"

    @rule(which=st.integers(0, 1))
    def both_look_and_hand_over(self, which: int) -> None:
        """The usual case, so that histories get far."""
        self.a_watch_looks(which)
        self.a_watch_hands_over(which)

    @rule(which=st.integers(0, 1), seconds=st.sampled_from([10, 300, 1800]))
    def one_watch_is_slow(self, which: int, seconds: float) -> None:
        """Both have seen the same; the second one finds it done."""
        self.time_passes(seconds)
        self.a_watch_looks(which)
        self.both_look_and_hand_over(1 - which)
        self.a_watch_hands_over(which)

    @rule(which=st.integers(0, 1))
    def a_replica_is_started_anew(self, which: int) -> None:
        """What is not in the database is gone."""
        self.replicas[which] = self._replica()
        self.seen.pop(which, None)

    @invariant()
    def the_tables_say_what_the_model_says(self) -> None:
        """Facts, clocks, messages and effects together, or none of them (invariants 1 to 3)."""
        facts, rows, said, effects = self.run(self.file.read(stored))
        assert facts == self.model.facts
        assert rows == self.model.clocks
        assert said == self.model.messages
        assert effects == self.model.effects
        silent = {number for number, ticket in self.model.tickets.items() if ticket.is_open}
        running = {
            number
            for (number, kind, _), arming in self.model.clocks.items()
            if arming.armed and kind != "target"
        }
        assert silent <= running, "a silent ticket"

    def teardown(self) -> None:
        """Leave nothing behind."""
        transaction.decide = self.real
        self.run(self.file.close())
        self.runner.close()
        self.folder.cleanup()
