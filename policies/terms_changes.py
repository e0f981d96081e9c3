"""What differs between two offices, in sentences for people, and what it means for requests that are open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from functools import singledispatch
from itertools import groupby
from typing import Protocol

from policies.decision import Context
from policies.events.office import Moved
from policies.facts import AimKind
from policies.hours import WEEKDAYS, Days, Hours, Open, Plain, Span, Window
from policies.markup import span
from policies.people import Roster
from policies.targets import MISSED, retarget, words_for
from policies.terms import Terms
from policies.ticket import Ticket

_DESK = ("zone", "ref_prefix", "support_channel", "escalation_channel")
_SECRET = {"phone": "another telephone number"}
"""What is said of a value that is not shown."""
_SHOWN = 60
"""Characters of a text that are shown of it."""


class Agreed(Protocol):
    """What a file says, as far as it can differ: the office has it."""

    @property
    def roster(self) -> Roster:
        """Everybody who may take part."""
        ...

    @property
    def feeds(self) -> Sequence[object]:
        """Calendars that the rota is read from."""
        ...

    def terms(self, client: str) -> Terms:
        """What was agreed with the client of this key."""
        ...


def differences(old: Agreed, new: Agreed) -> tuple[str, ...]:
    """Every difference that anybody would notice, a sentence each; nothing for the same office in other words."""
    desk = [
        _told(name, getattr(old, name), getattr(new, name))
        for name in _DESK
        if getattr(old, name) != getattr(new, name)
    ]
    return (
        *([f"The desk: {'; '.join(desk)}."] if desk else []),
        *_terms(old, new),
        *_listed(
            "client",
            {one.key: one for one in old.roster.clients},
            {one.key: one for one in new.roster.clients},
        ),
        *_listed(
            "person", {one.key: one for one in old.roster.people}, {one.key: one for one in new.roster.people}
        ),
        *_listed(
            "vendor",
            {one.key: one for one in old.roster.vendors},
            {one.key: one for one in new.roster.vendors},
        ),
        *(["Our executives: others."] if old.roster.executives != new.roster.executives else []),
        *(["The rota: other turns."] if (old.roster.rota, old.feeds) != (new.roster.rota, new.feeds) else []),
    )


def moved(ticket: Ticket, ctx: Context) -> tuple[Moved, ...]:
    """Which targets of `ticket` the terms of `ctx` would move, as a recomputation from its own start would (SV-3)."""
    anew = retarget(ticket, ticket, ctx, ctx.now)
    if anew is None:
        return ()
    before = {aim.kind: aim.due_at for aim in ticket.aims}
    after = {aim.kind: aim.due_at for aim in anew.aims}
    return tuple(
        Moved(
            ticket.ref,
            kind,
            before.get(kind),
            after.get(kind),
            _is_late(ticket, kind, after.get(kind), ctx.now),
        )
        for kind in dict.fromkeys((*before, *after))
        if before.get(kind) != after.get(kind)
    )


def _is_late(ticket: Ticket, kind: AimKind, due: datetime | None, now: datetime) -> bool:
    missed = any(name == kind and threshold == MISSED for name, threshold, _ in ticket.announced)
    return due is not None and due <= now and not missed


def _terms(old: Agreed, new: Agreed) -> Iterator[str]:
    """Clients with the same changes in one sentence."""
    clients = [client for client in new.roster.clients if client.key in old.roster.client_by_key]
    found = [(tuple(changes(old.terms(one.key), new.terms(one.key))), one.name) for one in clients]
    told = sorted((item for item in found if item[0]), key=lambda item: item[0])
    for said, group in groupby(told, key=lambda item: item[0]):
        names = [name for _, name in group]
        who = "Every client" if len(names) == len(clients) > 1 else ", ".join(names)
        yield f"{who}: {'; '.join(said)}."


def changes(old: Terms, new: Terms) -> Iterator[str]:
    """Every key whose value is another: `acknowledge_outside 15 minutes → 5 minutes`."""
    for item in fields(Terms):
        before, after = getattr(old, item.name), getattr(new, item.name)
        if isinstance(before, Mapping):
            for severity in after:
                one, other = before.get(severity), after[severity]
                yield from (f"{severity} {said}" for said in _fields(one, other))
        elif isinstance(before, Hours) and isinstance(after, Hours):
            yield from _hours(item.name, before, after)
        elif before != after:
            yield _told(item.name, before, after)


def _listed(what: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    for key, one in new.items():
        if key not in old:
            yield f"New {what}: {_name(one)}."
        elif said := list(_fields(old[key], one)):
            yield f"{_name(one)}: {'; '.join(said)}."
    for key, one in old.items():
        if key not in new:
            yield f"No {what} any more: {_name(one)}."


def _fields(old: object, new: object) -> Iterator[str]:
    """What differs in each field of two dataclasses of a kind."""
    for item in fields(new):  # type: ignore[arg-type]  # callers hand in dataclasses
        before, after = getattr(old, item.name), getattr(new, item.name)
        if before == after or not item.compare:
            continue
        if item.name in _SECRET:
            yield _SECRET[item.name] if before and after else f"{item.name} {'added' if after else 'removed'}"
        elif isinstance(before, Hours) and isinstance(after, Hours):
            yield from _hours(item.name, before, after)
        else:
            yield _told(item.name, before, after)


def _told(name: str, before: object, after: object) -> str:
    one, other = _shown(before), _shown(after)
    return f"{name} {one} → {other}" if one != other else f"{name} changed"


def _hours(name: str, old: Hours, new: Hours) -> Iterator[str]:
    if (old.zone, old.windows) != (new.zone, new.windows):
        yield _told(name, old, new)
    closed, opened = sorted(new.closed - old.closed), sorted(old.closed - new.closed)
    if closed:
        yield f"{name} closed on {_dates(closed)} too"
    if opened:
        yield f"{name} no longer closed on {_dates(opened)}"
    if old.dated != new.dated:
        others = dict(old.dated).items() ^ dict(new.dated).items()
        yield f"{name} other hours on {_dates(sorted({day for day, _ in others}))}"


def _dates(days: Sequence[date]) -> str:
    more = f" and {len(days) - 3} more" if len(days) > 3 else ""
    return ", ".join(map(str, days[:3])) + more


@singledispatch
def _shown(value: object) -> str:
    """A value as people read it: a thing with a name by its name, a long text by its beginning."""
    if is_dataclass(value):
        return _name(value)
    text = str(value) or "none"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()} …"


_shown.register(type(None), lambda _value: "none")
_shown.register(bool, lambda value: "yes" if value else "no")
_shown.register(float, lambda value: f"{value:.0%}")
_shown.register(timedelta, lambda value: span(value.total_seconds()))
_shown.register(tuple, lambda value: ", ".join(map(_shown, value)) or "none")
_shown.register(frozenset, lambda value: ", ".join(sorted(map(_shown, value))) or "none")
_shown.register(Hours, lambda value: f"{', '.join(map(_window, value.windows))} {value.zone}")
for _amount in (Plain, Open, Days):
    _shown.register(_amount, words_for)


def _window(window: Window) -> str:
    days = (
        "daily"
        if len(window.days) == len(WEEKDAYS)
        else " ".join(WEEKDAYS[day] for day in sorted(window.days))
    )
    zone = f" {window.zone}" if window.zone else ""
    return f"{days} {_span(window)}{zone}"


def _span(window: Window | Span) -> str:
    end = "24:00" if window.end == time(0) else f"{window.end:%H:%M}"
    return f"{window.start:%H:%M}–{end}"


def _name(value: object) -> str:
    return str(getattr(value, "name", None) or getattr(value, "what", None) or type(value).__name__)
