"""What would happen to a request of some severity that came at some moment: who is rung when, which targets lapse, and why. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies import events as e
from policies.events import FIELDS, Actor, Block
from policies.events.terms import SetSeverity
from policies.facts import Aim
from policies.hours import is_open, spans
from policies.intensive import is_intensive
from policies.people import Client, Person, Role, Roster
from policies.questions.explaining import calendars, of_target
from policies.questions.narration import Line, narrate
from policies.questions.rehearsal import Rehearsal, Setting, Turn, play
from policies.terms import Severity
from policies.ticket import Ticket
from policies.words.hours import Segment

LEAST = timedelta(hours=2)
"""So far is looked ahead at least."""
MOST = timedelta(days=31)
_CHANNEL = "a channel of the client"
_TS = "1.000001"
_UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A message of `client` at `at` (aware), of `severity` from the start, `urgent` where it is flagged out of hours.

    Support escalates it after `escalated_after`. `length` is how far is looked, None until the last target has lapsed.
    """

    client: Client
    severity: Severity
    at: datetime
    urgent: bool = False
    escalated_after: timedelta = timedelta(minutes=10)
    length: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One target as it stands from the first message on, and what its moment is made of."""

    aim: Aim
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What would happen under one assumption, soonest first. `cut` says that not all of it was played."""

    title: str
    lines: tuple[Line, ...]
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A working calendar of the terms: whether it is `open` at the moment, and its open stretches until the end."""

    name: str
    zone: str
    open: bool
    spans: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What would happen between the question's moment and `until`."""

    question: Question
    until: datetime
    intensive: bool
    calendars: tuple[Calendar, ...]
    promises: tuple[Promise, ...]
    stories: tuple[Story, ...]


def answer(question: Question, setting: Setting) -> Answer:
    """Two stories: support escalates and nobody else reacts; and nobody does anything at all."""
    ticket = _played(question, setting, (), timedelta(0)).ticket
    aims = ticket.aims if ticket is not None else ()
    length = question.length or _length(question.at, aims)
    promises = tuple(
        Promise(aim=aim, segments=of_target(aim, ticket, setting.terms)) for aim in aims if ticket is not None
    )
    return Answer(
        question=question,
        until=question.at + length,
        intensive=is_intensive(question.client, question.at, setting.terms),
        calendars=_calendars(question.at, question.at + length, setting),
        promises=promises,
        stories=tuple(_stories(question, setting, length)),
    )


def _length(at: datetime, aims: Iterable[Aim]) -> timedelta:
    """Until a little after the last target, so that it is seen to lapse."""
    last = max((aim.due_at for aim in aims), default=at)
    return min(max(last - at + timedelta(minutes=1), LEAST), MOST)


def _stories(question: Question, setting: Setting, length: timedelta) -> Iterable[Story]:
    moment = question.at + question.escalated_after
    sender = supporter(setting.roster, moment)
    if sender is not None:
        there = "" if setting.roster.on_duty(sender, moment) else " (who is not on duty then)"
        title = f"{sender.name} of support{there} takes and escalates it, and nobody else reacts"
        yield _story(title, question, setting, _escalation(question, sender), length)
    yield _story("Nobody does anything", question, setting, (), length)


def _story(
    title: str, question: Question, setting: Setting, turns: Iterable[Turn], length: timedelta
) -> Story:
    played = _played(question, setting, turns, length)
    return Story(title=title, lines=narrate(played.steps, setting.roster, setting.zone), cut=played.cut)


def _played(question: Question, setting: Setting, turns: Iterable[Turn], length: timedelta) -> Rehearsal:
    return play(setting, (*_beginning(question, setting), *turns), length)


def _beginning(question: Question, setting: Setting) -> Iterable[Turn]:
    """The client writes; whoever may sets the severity at once, unless a request of which nobody says anything has it."""

    def writes(key: str, _ticket: Ticket | None) -> e.AnyEvent:
        client = question.client
        actor = Actor(user="the client", team=next(iter(client.teams), ""))
        channel = next(iter(client.channels), _CHANNEL)
        return e.MessagePosted(
            key=key, at=question.at, actor=actor, channel=channel, ts=_TS, text="It does not work."
        )

    def sets(key: str, _ticket: Ticket | None) -> e.AnyEvent:
        return SetSeverity(
            key=key, at=question.at, actor=_as(decider), severity=question.severity, urgent=question.urgent
        )

    yield Turn(at=question.at, act=writes)
    decider = _decider(setting.roster, question.at)
    if question.urgent or question.severity != setting.terms.default_severity:
        yield Turn(at=question.at, act=sets)


def _decider(roster: Roster, at: datetime) -> Person:
    """Whoever sets the severity: one on duty if there is any (SV-1). Raises LookupError when nobody may."""
    roles = (Role.LEAD, Role.BACKUP, Role.SUPPORT_LEAD)
    found = [one for role in roles for one in (*roster.duty(role, at), *roster.holders(role))]
    if not found:
        raise LookupError("nobody of the roster may set a severity")
    return min(found, key=lambda one: not roster.on_duty(one, at))


def supporter(roster: Roster, at: datetime) -> Person | None:
    """Who of support would be there at `at`; when nobody is, the first of the roster; None when there is nobody at all."""
    roles = (Role.SUPPORT, Role.SUPPORT_LEAD)
    everybody = [one for role in roles for one in (*roster.duty(role, at), *roster.holders(role))]
    return min(everybody, key=lambda one: not roster.on_duty(one, at), default=None)


def _escalation(question: Question, sender: Person) -> Iterable[Turn]:
    at = question.at + question.escalated_after

    def claims(key: str, _ticket: Ticket | None) -> e.AnyEvent:
        return e.Pressed(key=key, at=at, actor=_as(sender), verb="claim")

    def escalates(key: str, _ticket: Ticket | None) -> e.AnyEvent:
        block = Block(**{name: _UNKNOWN for name, _ in FIELDS})
        return e.Escalate(key=key, at=at, actor=_as(sender), block=block)

    return Turn(at=at, act=claims), Turn(at=at, act=escalates)


def _as(person: Person) -> Actor:
    return Actor(user=person.slack, ours=True, person=person.key)


def _calendars(begin: datetime, end: datetime, setting: Setting) -> tuple[Calendar, ...]:
    found = []
    for name, hours in calendars(setting.terms):
        # A local date is at most one day off the UTC date, on either side.
        near = spans(hours, begin.date() - timedelta(days=1), end.date() + timedelta(days=2))
        within = tuple((max(a, begin), min(b, end)) for a, b in near if a < end and b > begin)
        found.append(Calendar(name=name, zone=hours.zone, open=is_open(hours, begin), spans=within))
    return tuple(found)
