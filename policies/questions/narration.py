"""What happened in a rehearsal, as lines for people: soonest first, with the rule each comes from."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from policies import facts as f
from policies.effects import Post
from policies.markup import plain, span, stamp
from policies.people import Roster
from policies.questions.step import Step
from policies.questions.targets import TARGETS
from policies.words.internal import ABOUT, ROLE_NAMES

Mark = Literal["person", "said", "desk", "call", "skip", "round", "warned", "missed"]
"""What a line is: somebody did something, the client reads, we are told, rung, skipped, a round is over, warned, missed."""

SHOWN = 3
"""So many rounds of calls that are alike, and so many lines in the same words, are told one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that happens at `at` (aware UTC). `rule` is its id, empty where none asks for it."""

    at: datetime
    mark: Mark
    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class _Reader:
    """Whom the words are for: names of the roster, moments in `zone`."""

    roster: Roster
    zone: str

    def name(self, key: str) -> str:
        return self.roster.names([key]) if key else "nobody"


def narrate(steps: Iterable[Step], roster: Roster, zone: str) -> tuple[Line, ...]:
    """The lines of a rehearsal; moments inside them in `zone` (IANA). Rounds of calls that only repeat are told once."""
    reader = _Reader(roster, zone)
    lines = [line for step in steps for line in _of(step, reader)]
    told = sorted(_without_repeats(lines, zone), key=lambda line: line.at)
    return tuple(_without_refrains(told, zone))


def _of(step: Step, reader: _Reader) -> Iterator[Line]:
    for fact in step.facts:
        told = _TOLD.get(type(fact), _otherwise)(fact, reader)
        if told is not None:
            mark, rule, words = told
            yield Line(at=step.at, mark=mark, rule=rule, words=words)
    for effect in step.effects:
        if isinstance(effect, Post) and effect.to.kind == "client_thread":
            words = " ".join(plain(effect.text).replace("*", "").split())
            yield Line(
                at=step.at, mark="said", rule=_rule_of(effect.slot), words=f"The client reads: “{words}”"
            )


def _rule_of(slot: str) -> str:
    """The rule for words to the client, by the name of their slot within a cycle."""
    return _SAID.get(slot.split(":")[1] if ":" in slot else slot, "")


_SAID = {"first_response": "IN-2", "opened": "IN-2", "down": "IN-5", "neutral": "UP-3", "reminder": "TR-6"}

Told = tuple[Mark, str, str] | None


def _nothing(_fact: Any, _reader: _Reader) -> Told:  # noqa: ANN401 - any fact
    return None


def _otherwise(fact: f.AnyFact, _reader: _Reader) -> Told:
    return "desk", "", f"{fact.kind.replace('_', ' ').capitalize()}."


_ASKED: dict[f.Nudge, tuple[str, str]] = {
    "unclaimed": ("IN-5", "Nobody has taken it: it is put before support again."),
    "attention": ("IN-5", "Nothing has happened: its owner is reminded."),
    "assign": ("ES-4", "The lead is reminded to assign a developer."),
    "relay": ("UP-4", "Support is reminded to send the update to the client."),
    "silence": ("TR-6", "The client has been silent: it is asked about."),
    "revert": ("WA-2", "Somebody is asked to confirm a revert."),
    "warning": ("UP-3", "The estimate is about to expire: the developer is asked."),
    "vendor": ("VE-1", "Whoever has it is asked to look after the vendor."),
    "decide": ("SV-2", "The telephone rings for something else: the proposal has its turn afterwards."),
}


def _nudged(fact: f.Nudged, _reader: _Reader) -> Told:
    rule, words = _ASKED[fact.what]
    return "desk", rule, words


def _escalated(fact: f.Escalated, reader: _Reader) -> Told:
    hours = "inside" if fact.in_hours else "outside"
    window = span((fact.acknowledge_at - fact.at).total_seconds())
    until = stamp(fact.acknowledge_at, reader.zone)
    waits = f"{reader.name(fact.lead)} has {window} to acknowledge it, {hours} development's hours: until {until}."
    return "person", "ES-2", f"{reader.name(fact.by)} escalates. {waits}"


def _called(fact: f.Called, reader: _Reader) -> Told:
    unsure = "" if fact.verified else " (the number is not verified)"
    return "call", "ES-3", f"{reader.name(fact.person)} is rung{unsure}."


def _skipped(fact: f.Skipped, reader: _Reader) -> Told:
    role = next((words for role, words in ROLE_NAMES.items() if role == fact.role), fact.role)
    who = reader.name(fact.person) if fact.person else role
    return "skip", "ES-5", f"{who} {fact.why}: not rung."


def _round_over(fact: f.RoundOver, reader: _Reader) -> Told:
    again = stamp(fact.next_at, reader.zone)
    return "round", "ES-3", f"Nobody was reached in round {fact.round}. The next one begins {again}."


def _severity(fact: f.SeveritySet, reader: _Reader) -> Told:
    urgent = ", flagged out of hours" if fact.urgent else ""
    return "person", "SV-3", f"{reader.name(fact.by)} sets Severity {fact.severity[1:]}{urgent}."


def _warned(fact: f.TargetWarned, reader: _Reader) -> Told:
    due = stamp(fact.due, reader.zone)
    return (
        "warned",
        _rule(fact.target),
        f"People are warned: {TARGETS[fact.target]} by {due} ({fact.threshold} left).",
    )


def _missed(fact: f.TargetMissed, _reader: _Reader) -> Told:
    return "missed", _rule(fact.target), f"A target lapses: {TARGETS[fact.target]}."


def _again(fact: f.TargetAskedAgain, _reader: _Reader) -> Told:
    return "desk", _rule(fact.target), f"People are asked again: {TARGETS[fact.target]}."


def _rule(target: str) -> str:
    return "SV-4" if target == "fix" else "SV-1"


_TOLD: dict[type, Callable[[Any, _Reader], Told]] = {
    f.Opened: lambda _fact, _reader: ("person", "IN-1", "The client writes: a request is open."),
    f.FirstResponseUnconfirmed: lambda _fact, _reader: ("desk", "IN-2", "Slack has not confirmed our answer: support is alerted."),
    f.ProductionDown: lambda _fact, _reader: ("person", "IN-5", "The client says that production is down."),
    f.Claimed: lambda fact, reader: ("person", "IN-5", f"{reader.name(fact.owner)} takes it."),
    f.Nudged: _nudged,
    f.Escalated: _escalated,
    f.LadderStarted: lambda fact, _reader: ("desk", "ES-3", f"The telephone is taken up: {ABOUT[fact.purpose]}."),
    f.Called: _called,
    f.Skipped: _skipped,
    f.RoundOver: _round_over,
    f.CapReached: lambda fact, _reader: ("desk", "ES-3", f"{fact.calls} calls today: support hears an alarm, calling goes on."),
    f.SeveritySet: _severity,
    f.TargetWarned: _warned,
    f.TargetMissed: _missed,
    f.TargetAskedAgain: _again,
    f.ExecutivesAsked: lambda _fact, _reader: ("desk", "SV-2", "Somebody is asked to inform the executives of both sides."),
    **dict.fromkeys((f.FirstResponse, f.FirstResponsePosted, f.Targeted, f.CallOver, f.ThreadStarted, f.Wrote), _nothing),
}  # fmt: skip
"""Fact -> what is told of it; what a person would not miss is not told."""


def _without_repeats(lines: Sequence[Line], zone: str) -> Iterator[Line]:
    """From the fourth round on, rounds that ring and skip the same people as the one before are one line."""
    held: list[Line] = []
    before: tuple[str, ...] = ()
    alike, again = 0, list[list[Line]]()
    for line in lines:
        if line.mark in {"call", "skip"}:
            held.append(line)
        elif line.mark != "round":
            yield line
        else:
            rung = tuple(one.words for one in held)
            alike, before = (alike + 1 if rung == before else 1), rung
            if alike > SHOWN:
                again.append([*held, line])
            else:
                yield from (*_repeated(again, zone), *held, line)
                again = []
            held = []
    yield from (*_repeated(again, zone), *held)


def _repeated(rounds: Sequence[Sequence[Line]], zone: str) -> Iterator[Line]:
    if not rounds:
        return
    calls = sum(line.mark == "call" for one in rounds for line in one)
    more = f"{_counted(len(rounds), 'round')} and {_counted(calls, 'call')} more, until {stamp(rounds[-1][-1].at, zone)}"
    yield replace(
        rounds[0][0], mark="call" if calls else "round", rule="ES-3", words=f"It goes on alike: {more}."
    )


def _without_refrains(lines: Sequence[Line], zone: str) -> Iterator[Line]:
    """What we are told again and again in the same words is told so often, and then how often it comes."""
    times = Counter(line.words for line in lines if line.mark == "desk")
    last = {line.words: line.at for line in lines}
    seen = Counter[str]()
    for line in lines:
        seen[line.words] += 1
        if line.mark != "desk" or seen[line.words] < SHOWN or times[line.words] <= SHOWN:
            yield line
        elif seen[line.words] == SHOWN:
            more = f"And {_counted(times[line.words] - SHOWN, 'time')} more, until {stamp(last[line.words], zone)}."
            yield replace(line, words=f"{line.words} {more}")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
