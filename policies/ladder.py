"""Who is telephoned next (ES-3, ES-5): pure climbing from rung to rung, with everything said and written down."""

from dataclasses import dataclass, replace
from typing import Literal

from policies import facts as f
from policies.decision import Context
from policies.effects import AnyEffect, Call, HangUp, Place, PlaceKind, Post, Sms
from policies.folding.fold import apply
from policies.people import Person, Role
from policies.reaching import NO_NUMBER, RUNGS, rungs, unreachable
from policies.ticket import Ladder, Ticket
from policies.waiting import development_time
from policies.words import internal as wording


@dataclass(frozen=True, slots=True)
class Climb:
    """The ticket after climbing, with what was decided and is to be done on the way."""

    ticket: Ticket
    facts: tuple[f.AnyFact, ...] = ()
    effects: tuple[AnyEffect, ...] = ()

    def then(self, fact: f.AnyFact, *effects: AnyEffect) -> "Climb":
        """One more fact with its effects."""
        return Climb(apply(self.ticket, fact), (*self.facts, fact), (*self.effects, *effects))


def start(ticket: Ticket, purpose: f.Purpose, ctx: Context, *, first: int = 0) -> Climb:
    """Take up the telephone for `purpose`, from rung `first` on; whoever is being rung for another purpose is let go."""
    climb = Climb(ticket, effects=let_go(ticket, ctx))
    climb = climb.then(f.LadderStarted(at=ctx.now, by="clock", purpose=purpose))
    return next_rung(climb, ctx, first)


def go_on(ticket: Ticket, ctx: Context, *, first: int = 0) -> Climb:
    """The next rung after a call that reached nobody, or rung `first` of a new round."""
    ladder = ticket.ladder
    climb = Climb(ticket)
    if ladder is None:
        return climb
    return next_rung(
        climb, ctx, first if ladder.next_round_at is not None else _behind_last(ladder, ticket, ctx)
    )


def _behind_last(ladder: Ladder, ticket: Ticket, ctx: Context) -> int:
    """The rung after the last one; that one again when the rota has put somebody else on it since."""
    people = _people(ladder.purpose, ticket, ctx)
    person = people[ladder.rung][1] if ladder.rung < len(people) else None
    same = person is None or person.key in ladder.rung_people
    return ladder.rung + 1 if same else ladder.rung


def behind(person: str, purpose: f.Purpose, ticket: Ticket, ctx: Context) -> int:
    """The rung behind the last one of `person`: who passes on is not rung; behind the last rung the first follows."""
    rungs = _people(purpose, ticket, ctx)
    own = [index for index, (_, one) in enumerate(rungs) if one is not None and one.key == person]
    return (own[-1] + 1) % len(rungs) if own else 0


def next_rung(climb: Climb, ctx: Context, position: int) -> Climb:
    """Ring the first of the rungs from `position` on who can be rung; say aloud who is skipped; else end the round.

    Without a telephone a round is one line that names everybody in Slack.
    """
    ladder = climb.ticket.ladder
    if ladder is None:
        return climb
    if not ctx.telephone:
        return _end_round(climb, ctx)
    rungs = _people(ladder.purpose, climb.ticket, ctx)
    for index in range(position, len(rungs)):
        role, person = rungs[index]
        why = _unreachable(role, person, climb.ticket.ladder, ctx)
        if person is not None and why is None:
            return _ring(climb, person, index, ctx)
        if why is not None and why != _TWICE:
            climb = _skip(climb, role, person, why, index, ctx)
    return _end_round(climb, ctx)


_TWICE = "already rung in this round"


def _people(purpose: f.Purpose, ticket: Ticket, ctx: Context) -> list[tuple[Role, Person | None]]:
    return rungs(purpose, ctx.roster, ctx.now, ticket.owner)


def _unreachable(role: Role, person: Person | None, ladder: Ladder | None, ctx: Context) -> str | None:
    if person is not None and ladder is not None and person.key in ladder.rung_people:
        return _TWICE
    return unreachable(role, person, ctx.roster, ctx.now)


def _at_hand(ticket: Ticket, ladder: Ladder, ctx: Context) -> list[Person]:
    """Everybody who would be rung, each once."""
    unrung = replace(ladder, rung_people=frozenset())
    people = [
        person
        for role, person in _people(ladder.purpose, ticket, ctx)
        if person is not None and _unreachable(role, person, unrung, ctx) in {None, NO_NUMBER}
    ]
    return list(dict.fromkeys(people))


def _ring(climb: Climb, person: Person, index: int, ctx: Context) -> Climb:
    ticket, ladder = climb.ticket, climb.ticket.ladder
    if ladder is None or person.phone is None:
        return climb
    token = f"{ticket.id}-{ticket.calls + 1}"
    fact = f.Called(
        at=ctx.now,
        by="clock",
        person=person.key,
        purpose=ladder.purpose,
        token=token,
        rung=index,
        round=ladder.round,
        guard_at=ctx.now + ctx.terms.ring + ctx.terms.call_guard,
        verified=person.verified,
    )
    effects: list[AnyEffect] = [
        Call(person=person.key, number=person.phone, token=token, ring=ctx.terms.ring),
        _told(ticket, f"called:{token}", wording.calling(person, ladder.purpose, ladder.round)),
    ]
    if ctx.terms.sms:
        effects.append(Sms(person=person.key, number=person.phone, text=wording.sms(ticket, ladder.purpose)))
    climb = climb.then(fact, *effects)
    if ctx.calls_today + 1 == ctx.terms.calls_a_day:
        alarm = _told(ticket, f"cap:{token}", wording.many_calls(ctx.terms.calls_a_day), place="support")
        climb = climb.then(f.CapReached(at=ctx.now, by="clock", calls=ctx.calls_today + 1), alarm)
    return climb


def _skip(climb: Climb, role: Role, person: Person | None, why: str, index: int, ctx: Context) -> Climb:
    ladder = climb.ticket.ladder
    name = person.name if person is not None else wording.ROLE_NAMES[role]
    fact = f.Skipped(
        at=ctx.now,
        by="clock",
        role=role,
        person=person.key if person is not None else "",
        why=why,
        rung=index,
    )
    slot = f"skipped:{climb.ticket.calls}:{ladder.round if ladder else 0}:{index}"
    return climb.then(fact, _told(climb.ticket, slot, wording.skipped(name, why)))


def _end_round(climb: Climb, ctx: Context) -> Climb:
    ladder = climb.ticket.ladder
    if ladder is None:
        return climb
    pauses = ctx.terms.round_pauses
    pause = pauses[min(ladder.round, len(pauses)) - 1]
    of_development = Role.LEAD in RUNGS[ladder.purpose] and ladder.purpose != "decide"
    next_at = development_time(climb.ticket, ctx, pause) if of_development else ctx.now + pause
    if ctx.telephone:
        words = wording.round_over(ladder.round, next_at, ctx.zone, anybody=bool(ladder.rung_people))
    else:
        people = _at_hand(climb.ticket, ladder, ctx)
        words = wording.not_rung(people, climb.ticket.ref, ladder.purpose, ladder.round, next_at, ctx.zone)
    slot = f"round:{ladder.purpose}:{climb.ticket.calls}:{ladder.round}"
    return climb.then(
        f.RoundOver(at=ctx.now, by="clock", round=ladder.round, next_at=next_at),
        _told(climb.ticket, slot, words),
    )


def _told(ticket: Ticket, slot: str, text: str, *, place: Literal["", "support"] = "") -> Post:
    """Support sees each call live (ES-7): in the escalation's thread, or the request's own before it is escalated."""
    own: PlaceKind = "support_thread" if ticket.escalated_at is None else "escalation_thread"
    to = Place(kind=place or own)
    return Post(slot=f"{ticket.cycle}:{slot}", to=to, text=text, lane="escalation")


def let_go(ticket: Ticket, ctx: Context) -> tuple[AnyEffect, ...]:
    """Hang up whoever is being rung: somebody acknowledged, or the purpose is gone (invariant 5)."""
    ladder = ticket.ladder
    if ladder is None or not ladder.token:
        return ()
    person = ctx.roster.by_key.get(ladder.person)
    if person is None or person.phone is None:
        return ()
    return (HangUp(token=ladder.token, number=person.phone),)
