"""A desk in memory: one request played by the very rules of the product, without database, Slack or telephone. Pure and bounded.

Nobody reacts unless the script says so, telephones ring out, and Slack takes every word at once.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from policies import events as e
from policies.clocks import running
from policies.coverage import breakpoints
from policies.decide import decide
from policies.decision import Context, Decision, Refused
from policies.effects import Call, HangUp, Post
from policies.events import Actor
from policies.facts import AnyFact, Called
from policies.folding.fold import apply
from policies.people import Roster
from policies.questions import alike
from policies.questions.step import Step
from policies.terms import Terms
from policies.ticket import Message, Ticket
from policies.waiting import waits_for_opening

_NEVER = datetime.min.replace(tzinfo=UTC)
MOST_STEPS = 20_000
"""So many events are played at most; what would come later is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where it is played: the people and their absences, the terms with their content hash, the team's zone (IANA).

    `ref` is the reference that the request gets.
    """

    roster: Roster
    terms: Terms
    zone: str
    terms_id: str = ""
    telephone: bool = True
    ref: str = "SUP-1"

    @property
    def number(self) -> int:
        """The number in the reference."""
        return int(self.ref.rpartition("-")[2])


Act = Callable[[str, Ticket | None], e.AnyEvent | None]
"""What somebody does, given a key for the event and the request as it stands; None when there is nothing to do any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Somebody's turn in the script."""

    at: datetime
    act: Act


@dataclass
class Rehearsal:
    """One request on its way. `cut` says that the steps were used up before the time was."""

    setting: Setting
    turns: list[Turn]
    now: datetime
    ticket: Ticket | None = None
    steps: list[Step] = field(default_factory=list)
    cut: bool = False
    _ringing: dict[str, datetime] = field(default_factory=dict)
    _calls: Counter[date] = field(default_factory=Counter)
    _serial: int = 0
    _moments: tuple[datetime, datetime, tuple[datetime, ...]] = (_NEVER, _NEVER, ())

    @property
    def facts(self) -> tuple[AnyFact, ...]:
        """All of them, in order."""
        return tuple(fact for step in self.steps for fact in step.facts)

    def run(self, until: datetime) -> None:
        """Play to `until`: people before telephones before clocks where several have the same moment."""
        self.turns.sort(key=lambda turn: turn.at)
        left = MOST_STEPS
        while left > 0:
            coming = self._coming()
            if coming is None or coming[0] > until:
                self.now = until
                return
            if taken := self._go_on_alike(until, left):
                left -= taken
                continue
            at, _, play = coming
            self.now = max(self.now, at)
            play()
            left -= 1
        self.cut = True

    def _go_on_alike(self, until: datetime, left: int) -> int:
        """Take rounds of calls that can only be the last one again as such; how many steps they are, of at most `left`."""
        ticket = self.ticket
        ladder = ticket.ladder if ticket is not None else None
        if ticket is None or ladder is None or ladder.next_round_at is None or self._ringing:
            return 0
        horizon = min([until, *(turn.at for turn in self.turns[:1]), *_apart_from_rounds(ticket)])
        one = alike.last(self.steps, ladder, self.setting.terms) if horizon > ladder.next_round_at else None
        if one is None or waits_for_opening(ticket, self._context()):
            return 0
        horizon = min(horizon, self._same_until(one.begin, until))
        times = 0
        while ladder.next_round_at + times * one.period + one.length < horizon:
            if (times + 1) * len(one.steps) > left or not self._counted(one, times + 1):
                break
            times += 1
            self.steps += alike.moved(one, times, ticket)
        if times:
            self.ticket = _folded(
                alike.before_last(one, times, ticket),
                tuple(fact for step in self.steps[-len(one.steps) :] for fact in step.facts),
            )
            self.now = self.steps[-1].at
            self._serial += times * len(one.steps)
        return times * len(one.steps)

    def _counted(self, one: alike.Round, times: int) -> bool:
        """Count the calls of the round so much later; False where one of them would raise the day's alarm."""
        days = Counter((call.at + times * one.period).date() for call in one.calls)
        cap = self.setting.terms.calls_a_day
        if any(self._calls[day] < cap <= self._calls[day] + number for day, number in days.items()):
            return False
        self._calls.update(days)
        return True

    def _same_until(self, begin: datetime, until: datetime) -> datetime:
        """Until when the people of a round that began then stay the same."""
        first, last, moments = self._moments
        if not first <= begin <= until <= last:
            found = breakpoints(self.setting.roster, self.setting.terms, begin, until)
            self._moments = begin, until, tuple(sorted(found))
            moments = self._moments[2]
        ahead = bisect_right(moments, begin)
        return moments[ahead] if ahead < len(moments) else until

    def _coming(self) -> tuple[datetime, int, Callable[[], None]] | None:
        """What comes next: when, its place among those of the same moment, and how it is played."""
        found: list[tuple[datetime, int, Callable[[], None]]] = []
        if self.turns:
            found.append((self.turns[0].at, 0, self._person))
        if self._ringing:
            token = min(self._ringing, key=lambda one: self._ringing[one])
            found.append((self._ringing[token], 1, lambda: self._rang_out(token)))
        clocks = running(self.ticket) if self.ticket is not None else {}
        if clocks:
            (kind, subject), due = min(clocks.items(), key=lambda item: (item[1], item[0]))
            found.append((due, 2, lambda: self._fire(kind, subject, due)))
        return min(found, key=lambda one: one[:2], default=None)

    def _person(self) -> None:
        event = self.turns.pop(0).act(self._key(), self.ticket)
        if event is not None:
            self._do(event)

    def _rang_out(self, token: str) -> None:
        del self._ringing[token]
        phone = Actor(via="phone")
        self._do(e.CallEnded(key=self._key(), at=self.now, actor=phone, token=token, outcome="no_answer"))

    def _fire(self, kind: str, subject: str, due: datetime) -> None:
        ticket = self.ticket
        if ticket is None:
            return
        event = e.ClockFired(
            key=self._key(), at=self.now, actor=e.CLOCK, ticket=ticket.id,
            clock=kind, subject=subject, generation=1, due=due,
        )  # fmt: skip
        before = running(ticket)
        self._do(event)
        if self.ticket is not None and running(self.ticket) == before:
            raise RuntimeError(f"the clock {kind} of {ticket.ref} would fire for ever")

    def _do(self, event: e.AnyEvent) -> None:
        result = decide(event, self.ticket, self._context())
        if isinstance(result, Refused):
            self.steps.append(Step(at=self.now, event=event, refused=result.why))
            return
        self.steps.append(Step(at=self.now, event=event, facts=result.facts, effects=result.effects))
        if result.opens:
            self.ticket = Ticket(id=self.setting.number)
        if self.ticket is not None:
            self.ticket = _with_messages(_folded(self.ticket, result.facts), result.messages)
        self._calls.update(fact.at.date() for fact in result.facts if isinstance(fact, Called))
        for following in result.events:
            if self.ticket is not None and following.ticket == self.ticket.id:
                self._do(following)
        self._carry_out(result)

    def _carry_out(self, result: Decision) -> None:
        """Telephones begin and stop to ring; Slack says that it has what was to be reported."""
        for effect in result.effects:
            if isinstance(effect, Call):
                self._ringing[effect.token] = self.now + effect.ring
            elif isinstance(effect, HangUp):
                self._ringing.pop(effect.token, None)
            elif isinstance(effect, Post) and effect.report:
                ts = f"{self.now.timestamp():.0f}.{self._serial:06d}"
                self._do(
                    e.EffectSettled(
                        key=self._key(), at=self.now, actor=e.BOT, slot=effect.slot, sent=True, ts=ts
                    )
                )

    def _context(self) -> Context:
        setting = self.setting
        return Context(
            now=self.now,
            roster=setting.roster,
            terms=setting.terms,
            terms_id=setting.terms_id,
            zone=setting.zone,
            next_ref=setting.ref,
            calls_today=self._calls[self.now.date()],
            telephone=setting.telephone,
        )

    def _key(self) -> str:
        self._serial += 1
        return f"rehearsal:{self._serial}"


def play(setting: Setting, turns: Iterable[Turn], length: timedelta) -> Rehearsal:
    """The script from its first turn on, for so long."""
    script = sorted(turns, key=lambda turn: turn.at)
    if not script:
        raise ValueError("a script without turns begins nowhere")
    rehearsal = Rehearsal(setting=setting, turns=script, now=script[0].at)
    rehearsal.run(script[0].at + length)
    return rehearsal


def _apart_from_rounds(ticket: Ticket) -> Iterable[datetime]:
    return (due for (kind, _), due in running(ticket).items() if kind != "round")


def _folded(ticket: Ticket, facts: tuple[AnyFact, ...]) -> Ticket:
    for fact in facts:
        ticket = apply(ticket, fact)
    return ticket


def _with_messages(ticket: Ticket, messages: tuple[Message, ...]) -> Ticket:
    if not messages:
        return ticket
    kept = {(one.channel, one.ts): one for one in (*ticket.messages, *messages)}
    return replace(ticket, messages=tuple(kept.values()))
