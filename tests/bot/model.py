"""A plain model of the desk: what its tables have to say after every event, kept in dictionaries.

What is decided is not modelled: the pure rules are asked once, by the desk, and the model is told what they were shown
and what they answered. All that the desk does with it has to come out the same here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import text

from bot.storage import messages, timeline
from bot.storage.codec import load_effect
from bot.storage.engine import Connection
from bot.storage.times import moment
from policies import facts as f
from policies.access import identify
from policies.clocks import running
from policies.decision import Context, Decision, Refused
from policies.effects import AnyEffect, Card, Echo, HangUp, Home, Invitation, SheetRow
from policies.events import AnyEvent, ClockFired
from policies.folding.fold import apply
from policies.ticket import Message, Ticket

MERGING = Card | Home | SheetRow | Echo | Invitation
"""One of these waiting is enough, so they cannot be counted."""
Key = tuple[int, str, str]
_EXISTING = text(
    "SELECT ticket, kind, subject, due_at, generation, state FROM clocks WHERE ticket > 0"
)  # the house has clocks of its own
_COUNTED = text(
    "SELECT body FROM outbox WHERE kind NOT IN ('card', 'home', 'sheet', 'echo', 'invitation', 'hang_up') ORDER BY id"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to the rules and their answer."""

    event: AnyEvent
    ticket: Ticket | None
    ctx: Context
    answer: Decision | Refused


@dataclass(frozen=True, slots=True)
class Arming:
    """A clock's row: when it is due, its how-manieth arming this is, and whether it still runs."""

    due: datetime
    generation: int = 1
    armed: bool = True


@dataclass
class Model:
    """Everything that was stored so far."""

    tickets: dict[int, Ticket] = field(default_factory=dict)
    facts: dict[int, list[f.AnyFact]] = field(default_factory=dict)
    clocks: dict[Key, Arming] = field(default_factory=dict)
    messages: dict[tuple[str, str], tuple[int, Message]] = field(default_factory=dict)
    effects: list[AnyEffect] = field(default_factory=list)

    def take(self, asked: Iterable[Asked]) -> None:
        """One transaction was committed, in which these questions were asked."""
        waiting = list(asked)
        while waiting:
            self._one(waiting)

    def whole(self, number: int) -> Ticket:
        """A ticket with its messages, as it has to be shown to the rules."""
        said = sorted(
            (message for at, message in self.messages.values() if at == number), key=lambda m: (m.at, m.ts)
        )
        return replace(self.tickets[number], messages=tuple(said))

    def _one(self, waiting: list[Asked]) -> bool:
        """Take the first, with all that follows from it; whether it was accepted. A refusal of what follows undoes all."""
        asked = waiting.pop(0)
        if asked.ticket is not None:
            seen = replace(
                asked.ticket, messages=tuple(sorted(asked.ticket.messages, key=lambda m: (m.at, m.ts)))
            )
            assert seen == self.whole(asked.ticket.id), (
                "the rules were shown something else than what is stored"
            )
        if isinstance(asked.answer, Refused):
            self._refused(asked, asked.answer)
            return False
        before = replace(
            self,
            tickets=dict(self.tickets),
            facts={number: list(facts) for number, facts in self.facts.items()},
            clocks=dict(self.clocks),
            messages=dict(self.messages),
            effects=list(self.effects),
        )
        number = len(self.tickets) + 1 if asked.answer.opens else asked.ticket.id if asked.ticket else None
        self._fired(asked)
        self._keep(number, asked.answer, asked.ctx.now)
        for _ in asked.answer.events:
            if not waiting or not self._one(waiting):
                self.__dict__.update(before.__dict__)
                return False
        return True

    def _fired(self, asked: Asked) -> None:
        if isinstance(asked.event, ClockFired):
            assert asked.event.due <= asked.ctx.now, "a clock fired early"
            assert asked.ticket is not None
            key = (asked.ticket.id, asked.event.clock, asked.event.subject)
            arming = self.clocks[key]
            assert arming == Arming(asked.event.due, asked.event.generation), (
                "a clock fired that does not run so"
            )
            self.clocks[key] = replace(arming, armed=False)

    def _refused(self, asked: Asked, refused: Refused) -> None:
        assert not isinstance(asked.event, ClockFired), "a clock was refused"
        if refused.record and asked.ticket is not None:
            channel = str(getattr(asked.event, "channel", "")) or asked.ticket.channel
            who = identify(asked.event.actor, asked.ctx.roster, channel)
            fact = f.RefusedTry(at=asked.ctx.now, by=who.key, verb=refused.verb, why=refused.why)
            self._keep(asked.ticket.id, Decision(facts=(fact,)), asked.ctx.now)

    def _keep(self, number: int | None, decision: Decision, now: datetime) -> None:
        self.effects += [effect for effect in decision.effects if not isinstance(effect, MERGING | HangUp)]
        if number is None:
            return
        ticket = self.tickets.get(number, Ticket(id=number))
        before = running(ticket)
        for fact in decision.facts:
            ticket = apply(ticket, fact)
            self.facts.setdefault(number, []).append(fact)
            if isinstance(fact, f.Absorbed) and fact.other:
                self._moved(fact.other, number)
        self.tickets[number] = replace(ticket, messages=())
        for message in decision.messages:
            self.messages[message.channel, message.ts] = (number, message)
        if decision.facts:
            self._derived(number, running(ticket))
        else:
            assert running(ticket) == before
        del now

    def _moved(self, ref: str, into: int) -> None:
        old = next(number for number, ticket in self.tickets.items() if ticket.ref == ref)
        for key, (at, message) in list(self.messages.items()):
            if at == old:
                self.messages[key] = (into, message)

    def _derived(self, number: int, wanted: dict[tuple[str, str], datetime]) -> None:
        for key, arming in list(self.clocks.items()):
            if key[0] == number and key[1:] not in wanted:
                self.clocks[key] = replace(arming, armed=False)
        for (kind, subject), due in wanted.items():
            arming = self.clocks.get((number, kind, subject))
            if arming is None:
                self.clocks[number, kind, subject] = Arming(due)
            elif not arming.armed or arming.due != due:
                self.clocks[number, kind, subject] = Arming(due, arming.generation + 1)


def stored(conn: Connection) -> tuple[Any, ...]:
    """What the tables say: facts, clocks, messages and effects, as the model keeps them."""
    rows = conn.execute(_EXISTING).all()
    numbers = sorted({row.ticket for row in rows})
    return (
        dict(timeline.facts_of(conn, numbers)),
        {
            (row.ticket, row.kind, row.subject): Arming(
                moment(row.due_at), row.generation, row.state == "armed"
            )
            for row in rows
        },
        {
            (message.channel, message.ts): (number, message)
            for number, said in messages.of_many(conn, numbers).items()
            for message in said
        },
        [load_effect(row.body) for row in conn.execute(_COUNTED)],
    )
