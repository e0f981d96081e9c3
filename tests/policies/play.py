"""A desk without storage: plays events and clocks against the pure rules, and keeps what would be said and rung."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from policies import events as e
from policies.clocks import Running, running
from policies.decide import decide
from policies.decision import Context, Decision, Refused
from policies.effects import AnyEffect, Call, Post
from policies.events import Actor, Block
from policies.events.people import SetCover
from policies.facts import Absorbed, AnyFact
from policies.folding.fold import apply
from policies.people import Absence, Roster
from policies.rota import Cover
from policies.steps.covers import after as covers_after
from policies.steps.watching import after as absences_after
from policies.terms import Terms
from policies.ticket import Ticket
from tests.policies.cast import BLOCK, CLIENT, NOON, ROSTER, TERMS, staff


@dataclass
class Play:
    """The clients' channels with their tickets, by id; `now` moves by `wait`; what is done concerns `focus` (0: the newest)."""

    terms: Terms = TERMS
    roster: Roster = ROSTER
    now: datetime = NOON
    tickets: dict[int, Ticket] = field(default_factory=dict)
    said: list[AnyEffect] = field(default_factory=list)
    addresses: dict[tuple[str, str], int] = field(default_factory=dict)
    serial: int = 0
    telephone: bool = True
    terms_id: str = ""
    focus: int = 0
    late: bool = False
    """Whether nobody looks while time passes: clocks fire at its end, all at one moment."""
    confirms: bool = True
    """Whether Slack says at once that it has what we posted."""
    history: dict[int, list[AnyFact]] = field(default_factory=dict)
    """Every fact of a ticket, in order."""
    watch: "Callable[[Play, e.AnyEvent, Ticket | None, Decision], None] | None" = None
    """Told of every decision before it is carried out."""

    @property
    def ticket(self) -> Ticket:
        """The one that is looked at."""
        return self.tickets[self.focus or max(self.tickets)]

    def context(self) -> Context:
        """The circumstances now."""
        return Context(
            now=self.now,
            roster=self.roster,
            terms=self.terms,
            terms_id=self.terms_id,
            zone="Asia/Karachi",
            next_ref=f"SUP-{len(self.tickets) + 1}",
            telephone=self.telephone,
            calls_today=len(self.rung()),
        )

    def key(self) -> str:
        """A new event's key."""
        self.serial += 1
        return f"e{self.serial}"

    def do(self, event: e.AnyEvent, ticket: Ticket | None = None) -> Decision | Refused:
        """Through the door: decide, and keep what follows; a refusal of what follows undoes all of it."""
        tickets, addresses, said = dict(self.tickets), dict(self.addresses), len(self.said)
        lengths = {number: len(facts) for number, facts in self.history.items()}
        result = self._do(event, ticket)
        if isinstance(result, Refused):
            self.tickets, self.addresses = tickets, addresses
            del self.said[said:]
            self.history = {number: self.history[number][:length] for number, length in lengths.items()}
        return result

    def _do(self, event: e.AnyEvent, ticket: Ticket | None) -> Decision | Refused:
        result = decide(event, ticket, self.context())
        if isinstance(result, Refused):
            return result
        if self.watch is not None:
            self.watch(self, event, ticket, result)
        target = Ticket(id=len(self.tickets) + 1) if result.opens else ticket
        if target is not None:
            target = self._kept(target, result)
        self._of_the_day(result)
        self.said += result.effects
        for following in result.events:
            answer = self._do(following, self.tickets.get(following.ticket or 0))
            if isinstance(answer, Refused):
                return answer
        self._post(result, target)
        return result

    def _kept(self, ticket: Ticket, result: Decision) -> Ticket:
        for fact in result.facts:
            ticket = apply(ticket, fact)
            self.history.setdefault(ticket.id, []).append(fact)
            if isinstance(fact, Absorbed) and fact.other:
                old = next(one.id for one in self.tickets.values() if one.ref == fact.other)
                self.addresses = {
                    place: ticket.id if at == old else at for place, at in self.addresses.items()
                }
                said = (*ticket.messages, *self.tickets[old].messages)
                ticket = replace(ticket, messages=tuple(sorted(said, key=lambda one: (one.at, one.ts))))
                self.tickets[old] = replace(self.tickets[old], messages=())
        ticket = self._with_messages(ticket, result)
        moved = {(m.channel, m.ts) for m in result.messages}
        for other in self.tickets.values() if moved else ():
            kept = tuple(m for m in other.messages if (m.channel, m.ts) not in moved)
            if other.id != ticket.id and len(kept) < len(other.messages):
                self.tickets[other.id] = replace(other, messages=kept)
        self.tickets[ticket.id] = ticket
        self.addresses |= {(one.kind, one.value): ticket.id for one in result.addresses}
        return ticket

    def _post(self, result: Decision, ticket: Ticket | None) -> None:
        """Slack takes every post at once, and says so where that was asked."""
        for effect in result.effects:
            if isinstance(effect, Post) and effect.report and ticket is not None and self.confirms:
                ts = f"{self.now.timestamp():.0f}.9{self.serial:05d}"
                settled = e.EffectSettled(
                    key=self.key(), at=self.now, actor=e.BOT, slot=effect.slot, sent=True, ts=ts
                )
                self.do(settled, self.tickets[ticket.id])

    def _of_the_day(self, result: Decision) -> None:
        """Absences, covers and telephones, as they are stored."""
        if result.absence is not None:
            self.roster = replace(self.roster, absences=absences_after(self.roster.absences, result.absence))
        if result.covers:
            self.roster = replace(self.roster, covers=covers_after(self.roster.covers, result.covers))
        if result.reach is not None:
            others = (one for one in self.roster.reach if one.person != result.reach.person)
            self.roster = self.roster.of_the_day(
                self.roster.absences, self.roster.covers, (*others, result.reach)
            )

    @staticmethod
    def _with_messages(ticket: Ticket, decision: Decision) -> Ticket:
        kept = {(m.channel, m.ts): m for m in ticket.messages} | {
            (m.channel, m.ts): m for m in decision.messages
        }
        return replace(ticket, messages=tuple(kept.values()))

    def write(
        self,
        text: str = "The printer is dead",
        *,
        by: Actor = CLIENT,
        thread: str | None = None,
        channel: str = "C1",
        ago: timedelta = timedelta(0),
    ) -> Decision | Refused:
        """Somebody writes in a client's channel; we see it `ago` later."""
        at = self.now - ago
        ts = f"{at.timestamp():.0f}.{self.serial:06d}"
        event = e.MessagePosted(
            key=self.key(), at=at, actor=by, channel=channel, ts=ts, thread=thread, text=text
        )
        return self.do(event, self._route(event, by))

    def _route(self, event: e.MessagePosted, by: Actor) -> Ticket | None:
        if event.thread:
            return self.tickets.get(self.addresses.get(("thread", f"{event.channel}:{event.thread}"), 0))
        here = [t for t in self.tickets.values() if t.is_open and t.channel == event.channel]
        same = [t for t in here if by.ours or t.author == by.user]
        if by.ours:
            same = [t for t in same if t.respond_at is not None]
        return same[-1] if same else None

    def press(self, verb: e.Verb, by: Actor, subject: str = "", note: str = "") -> Decision | Refused:
        """A button without a form."""
        return self.do(
            e.Pressed(key=self.key(), at=self.now, actor=by, verb=verb, subject=subject, note=note),
            self.ticket,
        )

    def reply(
        self, text: str = "Which printer?", *, asks: bool = False, by: str = "sam"
    ) -> Decision | Refused:
        """Support writes to the client from its card."""
        event = e.Reply(key=self.key(), at=self.now, actor=staff(by), text=text, asks=asks)
        return self.do(event, self.ticket)

    def answer(
        self, outcome: e.Outcome = "answered", text: str = "Like this", by: str = "sam"
    ) -> Decision | Refused:
        """Support resolves without development."""
        event = e.Answer(key=self.key(), at=self.now, actor=staff(by), outcome=outcome, text=text)
        return self.do(event, self.ticket)

    def merge(self, target: int, by: str = "sam") -> Decision | Refused:
        """The ticket looked at goes into another one."""
        event = e.MergeInto(key=self.key(), at=self.now, actor=staff(by), target=target)
        return self.do(event, self.ticket)

    def leave(self, person: str, by: str = "sol", **length: float) -> Decision | Refused:
        """Somebody is away from now on."""
        absence = Absence(person=person, start=self.now, end=self.now + timedelta(**length))
        return self.do(e.SetAway(key=self.key(), at=self.now, actor=staff(by), absence=absence))

    def cover(self, person: str, by: str, who: str = "sol", **length: float) -> Decision | Refused:
        """Somebody stands in for another from now on."""
        one = Cover(person=person, by=by, start=self.now, end=self.now + timedelta(**length))
        return self.do(SetCover(key=self.key(), at=self.now, actor=staff(who), cover=one))

    def escalate(self, block: Block = BLOCK, by: Actor | None = None) -> Decision | Refused:
        """Support escalates."""
        return self.do(
            e.Escalate(key=self.key(), at=self.now, actor=by or staff("sam"), block=block), self.ticket
        )

    def assign(self, developer: str = "devi", by: str = "lee") -> Decision | Refused:
        """The lead assigns."""
        return self.do(
            e.Assign(key=self.key(), at=self.now, actor=staff(by), developer=developer), self.ticket
        )

    def update(
        self,
        minutes: float | None = 60,
        by: str = "devi",
        text: str = "Looking into it",
        *,
        final: bool = False,
    ) -> Decision | Refused:
        """Development gives an update, with an estimate of so many minutes."""
        promise = None if minutes is None else self.now + timedelta(minutes=minutes)
        what: e.UpdateKind = "final" if final else "preliminary" if promise is None else "estimate"
        event = e.GiveUpdate(
            key=self.key(), at=self.now, actor=staff(by), what=what, text=text, promise=promise
        )
        return self.do(event, self.ticket)

    def relay(self, number: int, text: str = "") -> Decision | Refused:
        """Support sends an update on, in the words of the draft or in these."""
        event = e.Relay(key=self.key(), at=self.now, actor=staff("sam"), update=number, text=text)
        return self.do(event, self.ticket)

    def resolve(self, by: str = "devi", code_change: str = "") -> Decision | Refused:
        """Development resolves."""
        event = e.Resolve(
            key=self.key(), at=self.now, actor=staff(by), text="Fixed the spooler", code_change=code_change
        )
        return self.do(event, self.ticket)

    def end_call(self, outcome: e.CallOutcome = "no_answer") -> Decision | Refused:
        """The call that rings now ends."""
        token = self.ticket.ladder.token if self.ticket.ladder is not None else ""
        event = e.CallEnded(
            key=self.key(), at=self.now, actor=Actor(via="phone"), token=token, outcome=outcome
        )
        return self.do(event, self.ticket)

    def pick_up(self) -> Decision | Refused:
        """Somebody or something answers the call that rings now."""
        token = self.ticket.ladder.token if self.ticket.ladder is not None else ""
        event = e.CallAnswered(key=self.key(), at=self.now, actor=Actor(via="phone"), token=token)
        return self.do(event, self.ticket)

    def key_press(self, digit: str, person: str | None = None) -> Decision | Refused:
        """A key on the telephone that rings now for the ticket looked at."""
        ladder = self.ticket.ladder
        who = person or (ladder.person if ladder is not None else "")
        token = ladder.token if ladder is not None else "0-0"
        event = e.KeyPressed(
            key=self.key(),
            at=self.now,
            actor=Actor(person=who, via="phone"),
            token=token,
            digit="4" if digit == "4" else "5",
        )
        return self.do(event, self.ticket)

    def key_for_all(self, digit: str) -> None:
        """A key on the telephone that rings for the ticket looked at: it speaks for every ticket that waits for this person."""
        ladder = self.ticket.ladder
        if ladder is None or not ladder.token:
            return
        waiting = [
            one
            for one in self.tickets.values()
            if one.ladder is not None and one.ladder.person == ladder.person
        ]
        for ticket in waiting:
            self.focus, before = ticket.id, self.focus
            self.key_press(digit)
            self.focus = before

    def due(self) -> list[tuple[datetime, int, str, str]]:
        """Every running clock, soonest first."""
        return sorted(
            (due, ticket.id, kind, subject)
            for ticket in self.tickets.values()
            for (kind, subject), due in running(ticket).items()
        )

    def wait(self, **length: float) -> None:
        """Time passes; clocks fire in due order, at their own moment unless it is `late`."""
        until = self.now + timedelta(**length)
        self.now = until if self.late else self.now
        for _ in range(10_000):
            clocks = self.due()
            if not clocks or clocks[0][0] > until:
                break
            due, number, kind, subject = clocks[0]
            self.now = max(self.now, due)
            self.fire(self.tickets[number], kind, subject, due)
        else:
            raise AssertionError(f"clocks keep firing at {self.now}: {self.due()[:3]}")
        self.now = until

    def fire(self, ticket: Ticket, kind: str, subject: str, due: datetime) -> None:
        """One clock; afterwards it must not stand as it stood."""
        before = running(ticket)
        event = e.ClockFired(
            key=self.key(),
            at=self.now,
            actor=e.CLOCK,
            ticket=ticket.id,
            clock=kind,
            subject=subject,
            generation=1,
            due=due,
        )
        result = self.do(event, ticket)
        assert isinstance(result, Decision), (kind, result)
        after: Running = running(self.tickets[ticket.id])
        assert after != before, f"clock {kind} left no trace"

    def rung(self) -> list[str]:
        """Who was called, in order."""
        return [effect.person for effect in self.said if isinstance(effect, Call)]

    def words(self, *kinds: str) -> list[str]:
        """What was said, in order, in places of these kinds (all without)."""
        return [
            effect.text
            for effect in self.said
            if isinstance(effect, Post) and (not kinds or effect.to.kind in kinds)
        ]


def claimed(play: Play | None = None) -> Play:
    """A request that Sam has."""
    play = play or Play()
    play.write()
    play.press("claim", staff("sam"))
    return play


def escalated(play: Play | None = None) -> Play:
    """A request that waits for the lead."""
    play = claimed(play)
    play.escalate()
    return play


def acknowledged(play: Play | None = None) -> Play:
    """A request that Lee has acknowledged."""
    play = escalated(play)
    play.press("acknowledge", staff("lee"))
    return play


def assigned(play: Play | None = None) -> Play:
    """A request that Devi has."""
    play = acknowledged(play)
    play.assign()
    return play


def resolved(play: Play | None = None) -> Play:
    """A request that Devi has resolved, with the draft for the client not sent yet."""
    play = assigned(play)
    play.resolve()
    return play


def closed(play: Play | None = None) -> Play:
    """A question, answered, confirmed by the client and closed."""
    play = claimed(play)
    play.answer()
    play.press("solved", CLIENT)
    play.press("close", staff("sam"))
    return play
