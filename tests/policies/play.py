"""A desk without storage: plays events and clocks against the pure rules, and keeps what would be said and rung."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from policies import events as e
from policies.clocks import Running, running
from policies.decide import decide
from policies.decision import Context, Decision, Refused
from policies.effects import AnyEffect, Call, Post
from policies.events import Actor, Block
from policies.fold import apply
from policies.hours import Hours, Window
from policies.people import Absence, Client, Person, Product, Role, Roster
from policies.terms import Terms
from policies.ticket import Ticket

NOON = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
"""Wednesday 14:00 in Karachi."""

DAILY = frozenset(range(7))
TERMS = Terms(
    development=Hours(zone="Asia/Karachi", windows=(Window(days=DAILY, start=time(13), end=time(22)),)),
    support=Hours(zone="Asia/Karachi", windows=(Window(days=DAILY, start=time(8), end=time(0)),)),
)
BLOCK = Block(
    saas_name="Till",
    saas_url="https://till.example-retail.example",
    branch="Harbour Street",
    branch_env="production",
    device_type="printer",
    build_version="Unknown",
    issue_platform="web",
    issue_detail="Receipts do not print since this morning.",
)


def _person(key: str, *roles: Role, phone: str | None = "+12025550100") -> Person:
    return Person(
        key=key,
        name=f"{key.title()} Cast",
        slack=f"U{key.upper()}",
        roles=frozenset(roles),
        zone="Asia/Karachi",
        phone=phone,
    )


ROSTER = Roster(
    people=(
        _person("sam", Role.SUPPORT, phone="+12025550111"),
        _person("sky", Role.SUPPORT, phone="+12025550112"),
        _person("sol", Role.SUPPORT_LEAD, phone="+12025550113"),
        _person("lee", Role.LEAD, phone="+12025550121"),
        _person("bo", Role.BACKUP, phone="+12025550122"),
        _person("devi", Role.DEVELOPER, phone="+12025550131"),
        _person("dana", Role.DEVELOPER, phone=None),
    ),
    clients=(
        Client(
            key="retail",
            name="Example Retail",
            channels=("C1",),
            zone="Europe/London",
            teams=("T1",),
            products=(Product(name="Till", url="https://till.example-retail.example"),),
            branches=("Harbour Street",),
        ),
    ),
)
CLIENT = Actor(user="UCASEY", team="T1")


def staff(key: str) -> Actor:
    """One of our own people, acting in Slack."""
    return Actor(user=f"U{key.upper()}", team="T0", ours=True)


@dataclass
class Play:
    """One client's channel with its tickets, by id; `now` moves by `wait`."""

    terms: Terms = TERMS
    roster: Roster = ROSTER
    now: datetime = NOON
    tickets: dict[int, Ticket] = field(default_factory=dict)
    said: list[AnyEffect] = field(default_factory=list)
    addresses: dict[tuple[str, str], int] = field(default_factory=dict)
    serial: int = 0
    started: int = 0

    @property
    def ticket(self) -> Ticket:
        """The newest one."""
        return self.tickets[max(self.tickets)]

    def context(self) -> Context:
        """The circumstances now."""
        return Context(
            now=self.now,
            roster=self.roster,
            terms=self.terms,
            zone="Asia/Karachi",
            next_ref=f"SUP-{len(self.tickets) + 1}",
        )

    def key(self) -> str:
        """A new event's key."""
        self.serial += 1
        return f"e{self.serial}"

    def do(self, event: e.AnyEvent, ticket: Ticket | None = None) -> Decision | Refused:
        """Through the door: decide, and keep what follows."""
        result = decide(event, ticket, self.context())
        if isinstance(result, Refused):
            return result
        target = Ticket(id=len(self.tickets) + 1) if result.opens else ticket
        if target is not None:
            for fact in result.facts:
                target = apply(target, fact)
            target = self._with_messages(target, result)
            self.tickets[target.id] = target
            self.addresses |= {(one.kind, one.value): target.id for one in result.addresses}
        if result.absence is not None:
            self.roster = replace(self.roster, absences=(*self._others(result.absence), result.absence))
        self.said += result.effects
        self._post(result, target)
        for event_of_another in result.events:
            self.do(event_of_another, self.tickets.get(event_of_another.ticket or 0))
        return result

    def _post(self, result: Decision, ticket: Ticket | None) -> None:
        """Slack takes every post at once, and says so where that was asked."""
        for effect in result.effects:
            if isinstance(effect, Post) and effect.report and ticket is not None:
                ts = f"{self.now.timestamp():.0f}.9{self.serial:05d}"
                settled = e.EffectSettled(
                    key=self.key(), at=self.now, actor=e.BOT, slot=effect.slot, sent=True, ts=ts
                )
                self.do(settled, self.tickets[ticket.id])

    def _others(self, absence: Absence) -> tuple[Absence, ...]:
        return tuple(one for one in self.roster.absences if one.person != absence.person)

    @staticmethod
    def _with_messages(ticket: Ticket, decision: Decision) -> Ticket:
        kept = {(m.channel, m.ts): m for m in ticket.messages} | {
            (m.channel, m.ts): m for m in decision.messages
        }
        return replace(ticket, messages=tuple(kept.values()))

    def write(
        self, text: str = "The printer is dead", *, by: Actor = CLIENT, thread: str | None = None
    ) -> Decision | Refused:
        """Somebody writes in the client's channel."""
        ts = f"{self.now.timestamp():.0f}.{self.serial:06d}"
        event = e.MessagePosted(
            key=self.key(), at=self.now, actor=by, channel="C1", ts=ts, thread=thread, text=text
        )
        return self.do(event, self._route(event, by))

    def _route(self, event: e.MessagePosted, by: Actor) -> Ticket | None:
        if event.thread:
            return self.tickets.get(self.addresses.get(("thread", f"C1:{event.thread}"), 0))
        same = [t for t in self.tickets.values() if t.is_open and (by.ours or t.author == by.user)]
        if by.ours:
            same = [t for t in same if t.respond_at is not None]
        return same[-1] if same else None

    def press(self, verb: e.Verb, by: Actor, subject: str = "", note: str = "") -> Decision | Refused:
        """A button without a form, on the newest ticket."""
        return self.do(
            e.Pressed(key=self.key(), at=self.now, actor=by, verb=verb, subject=subject, note=note),
            self.ticket,
        )

    def escalate(self, block: Block = BLOCK, by: Actor | None = None) -> Decision | Refused:
        """Support escalates the newest ticket."""
        return self.do(
            e.Escalate(key=self.key(), at=self.now, actor=by or staff("sam"), block=block), self.ticket
        )

    def assign(self, developer: str = "devi", by: str = "lee") -> Decision | Refused:
        """The lead assigns the newest ticket."""
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

    def relay(self, number: int) -> Decision | Refused:
        """Support sends an update on."""
        return self.do(e.Relay(key=self.key(), at=self.now, actor=staff("sam"), update=number), self.ticket)

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

    def key_press(self, digit: str, person: str | None = None) -> Decision | Refused:
        """A key on the telephone that rings now."""
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

    def due(self) -> list[tuple[datetime, int, str, str]]:
        """Every running clock, soonest first."""
        return sorted(
            (due, ticket.id, kind, subject)
            for ticket in self.tickets.values()
            for (kind, subject), due in running(ticket).items()
        )

    def wait(self, **length: float) -> None:
        """Time passes; clocks fire at their own moment, in due order."""
        until = self.now + timedelta(**length)
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
