"""Behind the door: one transaction asks the policies what follows from an event, and stores the answer.

Synchronous and without any waiting: whoever runs it (the desk, delivery) decides when and commits.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import reduce

from pydantic import TypeAdapter

from bot import house
from bot.emission import Emission
from bot.roster import Office
from bot.routing import channel_of, route
from bot.situation import Surroundings, calls_of, next_number, surroundings, within
from bot.storage import (
    addresses,
    clocks,
    day,
    folded,
    inbox,
    messages,
    outbox,
    terms,
    tickets,
    timeline,
)
from bot.storage import maintenance as windows
from bot.storage.clocks import DueClock
from bot.storage.engine import Connection
from bot.storage.ledger import Ledger
from bot.storage.tables import HOUSE
from bot.storage.tickets import Stored
from bot.storage.timeline import Head
from policies import changing, slips
from policies import facts as f
from policies.access import identify
from policies.clocks import running
from policies.decide import decide
from policies.decision import Announced, Context, Decision, Refused
from policies.events import CLOCK, AnyEvent, CallAnswered, CallEnded, ClockFired, KeyPressed
from policies.folding.fold import apply
from policies.people import Roster
from policies.slips import Slips
from policies.ticket import Ticket

NO_SUCH_REQUEST = "There is no such request. Nothing was changed."
NO_SUCH_CALL = "There is no such call. Nothing was changed."
DEPTH = 50
"""How many events may follow from one before it is taken for a circle."""
LAST_WORDS = timedelta(seconds=30)
"""How long a call goes on after its key at most: it is said what was done, and Twilio tells of the end."""
UNHEARD = timedelta(minutes=1)
"""How long a call occupies its number when the ticket does not wait for it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an event, for the person who acted: accepted, or refused with the reason in `said`.

    `fields` names faulty fields of a form; `repeated` marks the stored answer to an event that came before.
    """

    accepted: bool
    said: str = ""
    ticket: int | None = None
    fields: tuple[tuple[str, str], ...] = ()
    repeated: bool = False


_OUTCOMES = TypeAdapter(Outcome)
_OF_PROMISES = (f.Updated, f.UpdateMissed, f.WordMissed)
OnCall = KeyPressed | CallAnswered | CallEnded


class StuckClock(Exception):
    """A clock fired and would run on for the same moment: the policies gave no fact that ends it."""


class Circle(Exception):
    """Events follow from events without an end."""


class _Undone(Exception):
    """An event that follows was refused, so the one it follows from did not happen either."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.said)
        self.outcome = outcome


@dataclass(slots=True, kw_only=True)
class Transaction:
    """One transaction at work; `proposed` is the office of a changed file that nobody has applied yet, where there is one.

    `soonest` is the earliest moment for which it has armed a clock; `slips` is what became of estimates in it.
    """

    emission: Emission
    office: Office
    proposed: Office | None = None
    soonest: datetime | None = None
    slips: Slips = field(default_factory=Slips)
    _handled: int = 0
    _known: dict[int, Stored] = field(default_factory=dict)
    _around: Surroundings | None = None

    @property
    def conn(self) -> Connection:
        """The connection, with everything written that was decided so far."""
        return self.emission.conn

    @property
    def now(self) -> datetime:
        """The moment of the transaction (the clock's time)."""
        return self.emission.now

    @property
    def _ledger(self) -> Ledger:
        return self.emission.ledger

    def handle(self, event: AnyEvent) -> Outcome:
        """Take an event through; one that came before gets the answer it got then."""
        self._handled = 0
        return self._through(event)

    def _through(self, event: AnyEvent) -> Outcome:
        """The same for one that may follow from another."""
        self._handled += 1
        if self._handled > DEPTH:
            raise Circle(f"{event.kind} is number {self._handled} of what follows from one")
        answer = inbox.claim(self.conn, event.key, self.now)
        if answer is not None:
            return replace(_OUTCOMES.validate_json(answer), repeated=True)
        outcome = self._take(event)
        inbox.store(self.conn, event.key, _OUTCOMES.dump_json(outcome).decode())
        return outcome

    def fire_all(self, due: Sequence[DueClock]) -> int:
        """Let clocks run out in the order they were due; how many did. Those of a ticket in other hands wait for a later look."""
        mine = tickets.lock_free(self.conn, {clock.ticket for clock in due})
        self.know(mine)
        self._ledger.know(mine)
        return sum(self.fire(clock) for clock in due if clock.ticket in mine)

    def fire(self, clock: DueClock) -> bool:
        """Let a clock run out, once; False when it was superseded meanwhile. Raises StuckClock."""
        if clock.ticket == HOUSE:
            return self._chore(clock)
        stored = self._load(clock.ticket)
        if stored is None or not self._ledger.fire(clock):
            return False
        self._handled = 0
        event = ClockFired(
            key=f"clock:{clock.ticket}:{clock.kind}:{clock.subject}:{clock.generation}",
            at=self.now,
            actor=CLOCK,
            ticket=clock.ticket,
            clock=clock.kind,
            subject=clock.subject,
            generation=clock.generation,
            due=clock.due,
        )
        if clock.kind == "call":
            outbox.calls_over(self._ledger.conn, clock.ticket, clock.subject)
        self._decide(event, stored)
        if self._ledger.runs(clock):
            raise StuckClock(f"{stored.ticket.ref}: {clock.kind} {clock.subject} of {clock.due}")
        return True

    def _chore(self, clock: DueClock) -> bool:
        """A clock of the house: what it is for, and its next time, in the same transaction."""
        if not clocks.fire(self.conn, clock, self.now):
            return False
        following = house.carry_out(clock, self)
        if following is not None:
            clocks.rearm(self.conn, clock.kind, following, self.now)
            self._armed(following)
        return True

    def roster(self) -> Roster:
        """The people and clients of this moment."""
        return self._surroundings("").roster

    def _armed(self, due: datetime | None) -> None:
        if due is not None:
            self.soonest = due if self.soonest is None else min(due, self.soonest)

    @contextmanager
    def undoable(self) -> Iterator[None]:
        """Whatever raises within is undone, in the database and in what this transaction remembers of it."""
        known, slips_before, emitted = dict(self._known), self.slips, self.emission.mark()
        try:
            with self.conn.begin_nested():
                yield
        except BaseException:
            self.emission.back_to(emitted)
            self._known, self.slips, self._around = known, slips_before, None
            raise

    def ticket(self, number: int) -> Ticket | None:
        """The ticket as this transaction has made it so far, locked; None for a number nobody has."""
        stored = self._load(number)
        return stored.ticket if stored is not None else None

    def know(self, numbers: set[int]) -> None:
        """Look several tickets up at once, ahead of the need; they are locked already."""
        if len(unknown := numbers - self._known.keys()) > 1:
            self._known |= tickets.stored_many(self._ledger.conn, unknown)

    def _load(self, number: int) -> Stored | None:
        known = self._known.get(number) or tickets.load(self._ledger.conn, number, lock=True)
        if known is not None:
            self._known[number] = known
        return known

    def _take(self, event: AnyEvent) -> Outcome:
        match event:
            case KeyPressed() | CallAnswered() | CallEnded():
                return self._telephone(event)
        number = route(self.conn, event, self.office)
        stored = self._load(number) if number is not None else None
        if number is not None and stored is None:
            return Outcome(accepted=False, said=NO_SUCH_REQUEST)
        return self._decide(event, stored)

    def _telephone(self, event: OnCall) -> Outcome:
        """A call speaks for every ticket that waits for its person: one outage rings a lead once."""
        call = outbox.call(self.conn, event.token)
        if call is None:
            return Outcome(accepted=False, said=NO_SUCH_CALL)
        outbox.ask_soon(self.conn, event.token)
        if call.ticket is None:  # a test call: no request waits for it
            self._engage(event, HOUSE, call.person)
            return Outcome(accepted=True)
        waiting = clocks.tickets_with(self.conn, "call", call.person)
        tickets.lock(self.conn, (call.ticket, *waiting))
        if isinstance(event, KeyPressed):
            day.reached(self.conn, call.person, call.number, self.now)
            self._around = None
        first = self._on_call(event, call.ticket, event.token)
        others = [self._other(event, number) for number in waiting if number != call.ticket]
        self._engage(event, call.ticket, call.person)
        return next((one for one in (first, *others) if one is not None and one.accepted), first)

    def _on_call(self, event: OnCall, number: int, token: str) -> Outcome:
        return self._decide(replace(event, ticket=number, token=token), self._load(number))

    def _other(self, event: OnCall, number: int) -> Outcome | None:
        """What a call means to another ticket that waits for the same person; None where it means nothing."""
        stored = self._load(number)
        token = stored.ticket.ladder.token if stored is not None and stored.ticket.ladder is not None else ""
        if isinstance(event, KeyPressed):
            return self._on_call(event, number, token)
        # One that we hung up ourselves is no reason to give the person up.
        for_good = isinstance(event, CallEnded) and event.outcome != "canceled"
        if for_good and outbox.cancel_waiting_call(self.conn, token, self.now, "rung for another request"):
            return self._on_call(event, number, token)
        return None

    def _engage(self, event: OnCall, number: int, person: str) -> None:
        """How long the telephone of `person` is taken to be in use, after this event."""
        until: datetime | None = None
        if isinstance(event, KeyPressed):
            until = self.now + LAST_WORDS
        elif isinstance(event, CallAnswered):
            until = clocks.due_of(self.conn, number, "call", person) or self.now + UNHEARD
        outbox.call_under_way(self.conn, event.token, until)
        self.emission.waiting = self.emission.rings = True  # for the telephone that may be free now

    def _decide(self, event: AnyEvent, stored: Stored | None) -> Outcome:
        ticket = stored.ticket if stored is not None else None
        channel = channel_of(event)
        proposed = self.proposed.id if self.proposed is not None else ""
        ctx = within(self._surroundings(channel), self.office, ticket, channel, self.now, proposed=proposed)
        answer = decide(event, ticket, ctx)
        number = ticket.id if ticket is not None else None
        if isinstance(answer, Refused):
            self._record(event, answer, stored, ctx)
            return Outcome(accepted=False, said=answer.why, ticket=number, fields=answer.fields)
        if not answer.events:
            return Outcome(accepted=True, said=answer.said, ticket=self._store(event, answer, stored))
        try:
            with self.undoable():
                number = self._store(event, answer, stored)
                self._follow(answer.events)
        except _Undone as undone:
            return replace(undone.outcome, ticket=ticket.id if ticket is not None else None)
        return Outcome(accepted=True, said=answer.said, ticket=number)

    def _surroundings(self, channel: str) -> Surroundings:
        """Asked once for all clocks of a batch; what may open a request takes the next reference, and asks for itself."""
        if self._around is None or channel:
            self._around = surroundings(self.conn, self.office, self.now, lock=bool(channel))
        return self._around

    def _follow(self, events: Sequence[AnyEvent]) -> None:
        for event in events:
            outcome = self._through(event)
            if not outcome.accepted:
                raise _Undone(outcome)

    def _record(self, event: AnyEvent, refused: Refused, stored: Stored | None, ctx: Context) -> None:
        if refused.record and stored is not None:
            who = identify(event.actor, ctx.roster, channel_of(event) or stored.ticket.channel)
            fact = f.RefusedTry(at=self.now, by=who.key, verb=refused.verb, why=refused.why)
            self._store(event, Decision(facts=(fact,)), stored)

    def _store(self, event: AnyEvent, decision: Decision, stored: Stored | None) -> int | None:
        self._of_the_house(decision)
        if decision.again:
            inbox.try_again(self.conn, decision.again)
        is_new = decision.opens
        if is_new:
            stored = Stored(Ticket(id=next_number(self.conn, self._around)), Head())
            self._around = None
        key = hashlib.sha256(event.key.encode()).hexdigest()[:12]
        if stored is None:
            self.emission.emit(f"-:{key}", None, decision.effects)
            return None
        after = self._append(stored, decision, is_new=is_new)
        ticket = after.ticket
        merged = self._reach(ticket, decision, is_new=is_new)
        if decision.messages or merged:
            said = decision.messages if is_new else messages.of(self.conn, ticket.id)
            after = Stored(changing.replace(ticket, messages=said), after.head)
        self._known[ticket.id] = after
        self.emission.emit(
            f"{ticket.id}:{after.head.seq}" + ("" if decision.facts else f":{key}"),
            after.ticket,
            decision.effects,
        )
        return ticket.id

    def _of_the_house(self, decision: Decision) -> None:
        """What changes for everybody: who is away, announced work at a client, the office itself."""
        if day.concerns(decision):
            day.store(self.conn, decision)
            self._around = None
        if decision.maintenance is not None:
            self._keep_window(decision.maintenance)
        if decision.applies is not None:
            offices = (office for office in (self.proposed, self.office) if office is not None)
            office = next(office for office in offices if office.id == decision.applies.office)
            terms.keep(self.conn, office.versions, self.now)
            terms.apply(self.conn, office.id, office.source, decision.applies.by, self.now)

    def _keep_window(self, announced: Announced) -> None:
        if announced.window is None:
            windows.end(self.conn, announced.client, self.now)
        else:
            windows.add(self.conn, announced.client, announced.window, announced.by, self.now)
        self._around = None
        self._armed(house.announce(self.conn, self.roster(), self.now))

    def _append(self, stored: Stored, decision: Decision, *, is_new: bool) -> Stored:
        """Facts, the row and the clocks of a ticket."""
        new = decision.facts
        if not new:
            return stored
        ticket = decision.after or reduce(apply, new, stored.ticket)
        head, rows = timeline.chained(ticket.id, stored.head, new)
        self._armed(self._ledger.enter(ticket, head, rows, running(ticket), is_new=is_new))
        self._count_calls(sum(isinstance(fact, f.Called) for fact in new))
        if any(isinstance(fact, _OF_PROMISES) for fact in new):
            self.slips += slips.of(ticket) - slips.of(stored.ticket)
        folded.keep(head.hash, ticket)
        return Stored(ticket, head)

    def _count_calls(self, calls: int) -> None:
        if calls:
            self._ledger.count(calls_of(self.now), calls)
            if self._around is not None:
                self._around = replace(self._around, calls=self._around.calls + calls)

    def _reach(self, ticket: Ticket, decision: Decision, *, is_new: bool) -> bool:
        """Store the words, and what leads to this ticket from now on; whether another one's words came to it."""
        if decision.messages:
            messages.save(self.conn, ticket.id, decision.messages)
        if decision.addresses:
            addresses.point(self.conn, ticket.id, decision.addresses)
        authors = {(said.channel, said.author) for said in decision.messages if said.side == "client"}
        if is_new and ticket.author:
            authors.add((ticket.channel, ticket.author))
        for channel, author in sorted(authors):
            addresses.converse(self.conn, channel, author, ticket.id)
        merged = [fact.other for fact in decision.facts if isinstance(fact, f.Absorbed) and fact.other]
        for ref in merged:
            other = tickets.by_ref(self.conn, ref)
            if other is not None:
                addresses.repoint(self.conn, other, ticket.id)
                messages.move(self.conn, other, ticket.id)
        return bool(merged)
