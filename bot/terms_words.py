"""What `frontdoor terms` prints: plain text for a reader at night, and JSON for a program."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.asking import Answered
from bot.explain import plain_json
from bot.roster import Office
from policies.questions.narration import Line
from policies.questions.targets import TARGETS
from policies.questions.what_if import Answer, Calendar, Promise
from policies.words.hours import told

VERSION = 1
"""Of the JSON; raised when a reader of it would have to change."""


def summary(office: Office) -> str:
    """A good file in a line."""
    people, clients = len(office.roster.people), len(office.roster.clients)
    plans = len({office.terms_id(client) for client in office.client_terms})
    own = (
        f", {plans} with terms of their own"
        if plans == 1
        else f", {plans} sets of own terms"
        if plans
        else ""
    )
    return (
        f"{people} {'person' if people == 1 else 'people'}, {clients} client{'' if clients == 1 else 's'}{own}; "
        f"terms {office.terms_id('')}"
    )


def summary_json(office: Office) -> str:
    """The same for a program: the clients that can be asked for, and what deserves a second look."""
    document = {
        "version": VERSION,
        "terms": office.terms_id(""),
        "zone": office.zone,
        "clients": [
            {"key": one.key, "name": one.name, "zone": one.zone, "terms": office.terms_id(one.key)}
            for one in office.roster.clients
        ],
        "warnings": list(office.warnings),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def text(found: Answered) -> str:
    """The answer: what was asked, what is promised and why then, and what happens, soonest first."""
    answer = found.answer
    zones = list(dict.fromkeys((found.zone, answer.question.client.zone)))
    lines = [*_head(found, zones), "", *_promises(answer, zones[0])]
    for story in answer.stories:
        lines += ["", f"{story.title}:", *_timeline(story.lines, zones)]
        if story.cut:
            lines.append("  More would follow: so many steps are not played.")
    return "\n".join(lines) + "\n"


def _head(found: Answered, zones: list[str]) -> Iterator[str]:
    question, answer = found.answer.question, found.answer
    urgent = ", flagged out of hours" if question.urgent else ""
    yield f"{question.client.name}, Severity {question.severity[1:]}{urgent}"
    shown = [f"{_full(question.at, zone)} {zone}" for zone in dict.fromkeys((found.asked_zone, *zones))]
    yield f"The client writes: {shown[0]}" + "".join(f" = {one}" for one in shown[1:])
    yield "Then: " + "; ".join(_open(calendar) for calendar in answer.calendars)
    if answer.intensive:
        yield "The client is in its intensive period: the response is due sooner (HC-1)."
    yield f"Terms {found.terms}. Looked at until {_full(answer.until, zones[0])} {zones[0]}."
    yield from (f"Note: {note}" for note in found.notes)


def _open(calendar: Calendar) -> str:
    return f"{calendar.name} {'open' if calendar.open else 'closed'}"


def _promises(answer: Answer, zone: str) -> Iterator[str]:
    """Every target with the stretches its time is made of."""
    yield f"Targets ({zone}):"
    for promise in sorted(answer.promises, key=lambda one: one.aim.due_at):
        aim = promise.aim
        yield f"  {_full(aim.due_at, zone)}  {TARGETS[aim.kind]}: {aim.amount}"
        for moment, left in aim.warnings:
            yield f"      warned {_full(moment, zone)}, {left} left"
        yield from (f"      {one}" for one in told(promise.segments, zone))
    if not answer.promises:
        yield "  none"


def _timeline(lines: Iterable[Line], zones: list[str]) -> Iterator[str]:
    named = ["  ".join(f"{_name(zone):<15}" for zone in zones)] if len(zones) > 1 else []
    yield from (f"  {one}" for one in named)
    for line in lines:
        moments = "  ".join(f"{line.at.astimezone(ZoneInfo(zone)):%a %d %H:%M:%S}" for zone in zones)
        yield f"  {moments}  {line.rule:<5} {line.words}"


def _name(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")[:15]


def _full(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%a %d %b %H:%M}"


def as_json(found: Answered) -> str:
    """The same for a program. Moments are UTC; lengths are seconds."""
    answer = found.answer
    question = answer.question
    document = {
        "version": VERSION,
        "client": {"key": question.client.key, "name": question.client.name, "zone": question.client.zone},
        "severity": question.severity,
        "urgent": question.urgent,
        "at": question.at,
        "until": answer.until,
        "zone": found.zone,
        "terms": found.terms,
        "intensive": answer.intensive,
        "notes": list(found.notes),
        "calendars": [asdict(one) for one in answer.calendars],
        "targets": [_target(one) for one in answer.promises],
        "stories": [asdict(one) for one in answer.stories],
    }
    return json.dumps(document, default=plain_json, ensure_ascii=False, indent=2) + "\n"


def _target(promise: Promise) -> dict[str, Any]:
    aim = promise.aim
    return {
        "kind": aim.kind,
        "words": TARGETS[aim.kind],
        "amount": aim.amount,
        "since": aim.since,
        "due": aim.due_at,
        "warnings": [{"at": moment, "left": left} for moment, left in aim.warnings],
        "segments": [asdict(one) for one in promise.segments],
    }
