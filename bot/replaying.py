"""What would have happened: recorded requests played under the terms of another file, and the figures of both side by side."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.board import Board
from bot.explain import plain_json
from bot.opening import reading
from bot.roster import Office
from bot.settings import Settings
from policies.figures import Figures, Lapse, total
from policies.markup import stamp
from policies.people import Roster
from policies.questions.rehearsal import Setting
from policies.questions.replay import Recorded, Replayed, replay

VERSION = 1
"""Of the JSON; raised when a reader of it would have to change."""
UNKNOWN = (
    "People do what they did, at the moments at which they did it: what they would have done after a call that never was, or would "
    "have left undone without one, nobody can know. Where nobody acted, telephones ring out. People's own faults and those of Slack and "
    "Twilio are not played again. The rota is that of the other file, without calendars read from elsewhere, with the absences still known."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Requests opened from `since` until `until` (aware), of one client by key, or of all; each is played as far as `now`."""

    since: datetime
    until: datetime
    now: datetime
    client: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What the record and another file make of a period. `zone` (IANA) is that of moments in words, `names` are of people and clients."""

    period: Period
    zone: str
    terms: str
    file: str
    names: dict[str, str]
    found: tuple[Replayed, ...]

    @property
    def alike(self) -> tuple[Replayed, ...]:
        """The requests that can be compared."""
        return tuple(one for one in self.found if not one.unlike)


async def compare(settings: Settings, now: Office, other: Office, period: Period, file: str) -> Comparison:
    """The requests of a period under the terms of the office `other`. Reads only. Raises Misconfigured and CannotRun."""
    async with reading(settings, other) as board:
        roster = await board.roster(period.since)
        found = [one async for one in _replayed(board, now, other, roster, period)]
    names: dict[str, str] = {}
    for office in (other, now):
        names |= {one.key: one.name for one in office.roster.people}
        names |= {one.key: one.name for one in office.roster.clients}
    return Comparison(
        period=period,
        zone=now.zone,
        terms=other.terms_id(period.client),
        file=file,
        names=names,
        found=tuple(found),
    )


async def _replayed(
    board: Board, now: Office, other: Office, roster: Roster, period: Period
) -> AsyncIterator[Replayed]:
    async for ticket in board.all_tickets():
        opened = ticket.opened_at
        wanted = opened is not None and period.since <= opened < period.until
        if not wanted or (period.client and ticket.client != period.client):
            continue
        facts = await board.timeline(ticket.id)
        setting = Setting(
            roster=roster,
            terms=other.terms(ticket.client),
            terms_id=other.terms_id(ticket.client),
            zone=now.zone,
            ref=ticket.ref,
        )
        yield replay(
            Recorded(ticket=ticket, facts=facts, terms=now.terms(ticket.client)), setting, period.now
        )


def text(found: Comparison) -> str:
    """Figures side by side, in all and for each client; then what would have been different, request by request."""
    lines = [*_head(found), "", *_figures("All clients", found.alike, found)]
    clients = sorted({one.client for one in found.alike})
    for client in clients if len(clients) > 1 else ():
        mine = tuple(one for one in found.alike if one.client == client)
        lines += ["", *_figures(found.names.get(client, client), mine, found)]
    changed = [line for one in found.alike for line in _different(one, found)]
    nothing = "  nothing" if found.alike else "  nothing can be said: no request could be compared"
    lines += ["", "What would have been different:", *(changed or [nothing])]
    unlike = [f"  {one.ref}: {one.unlike}." for one in found.found if one.unlike]
    lines += ["", "Not compared:", *unlike] if unlike else []
    return "\n".join([*lines, "", UNKNOWN]) + "\n"


def _head(found: Comparison) -> Iterator[str]:
    period = found.period
    zone = ZoneInfo(found.zone)
    since, until = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (period.since, period.until))
    yield f"Requests opened from {since} until {until} {found.zone}: {len(found.found)}, compared: {len(found.alike)}."
    yield f"As it was, and under {found.file} (terms {found.terms})."


def _figures(name: str, requests: Sequence[Replayed], found: Comparison) -> Iterator[str]:
    before, after = total([one.before for one in requests]), total([one.after for one in requests])
    yield f"{f'{name} ({len(requests)})':<26}  {'as it was':<18}  {found.file}"
    for (promise, *was), (_, *other) in zip(before.kept, after.kept, strict=True):
        yield f"  {promise:<24}  {_share(*was):<18}  {_share(*other)}"
    yield f"  {'calls':<24}  {sum(dict(before.calls).values()):<18}  {sum(dict(after.calls).values())}"
    rung, would_be = dict(before.calls), dict(after.calls)
    for key in sorted(rung | would_be):
        yield f"    {found.names.get(key, key):<22}  {rung.get(key, 0):<18}  {would_be.get(key, 0)}"


def _share(kept: int, of: int) -> str:
    return f"{kept} of {of} ({kept / of:.0%})" if of else "none"


def _different(one: Replayed, found: Comparison) -> Iterator[str]:
    calls = [sum(dict(figures.calls).values()) for figures in (one.before, one.after)]
    if not one.newly and not one.no_more and calls[0] == calls[1]:
        return
    rung = f", calls {calls[0]} -> {calls[1]}" if calls[0] != calls[1] else ""
    yield f"  {one.ref} of {found.names.get(one.client, one.client)}{rung}"
    yield from (f"    lapsed, and would not have: {_lapse(lapse, found.zone)}" for lapse in one.no_more)
    yield from (f"    would have lapsed: {_lapse(lapse, found.zone)}" for lapse in one.newly)


def _lapse(lapse: Lapse, zone: str) -> str:
    return f"{lapse.what}, {stamp(lapse.at, zone)}"


def as_json(found: Comparison) -> str:
    """The same for a program; moments in UTC."""
    document = {
        "version": VERSION,
        "since": found.period.since,
        "until": found.period.until,
        "client": found.period.client or None,
        "terms": found.terms,
        "total": _both(found.alike),
        "clients": {
            key: _both([one for one in found.alike if one.client == key])
            for key in sorted({one.client for one in found.alike})
        },
        "requests": [
            asdict(one) | {"newly": _plain(one.newly), "no_more": _plain(one.no_more)} for one in found.found
        ],
        "unknown": UNKNOWN,
    }
    return json.dumps(document, default=plain_json, ensure_ascii=False, indent=2) + "\n"


def _both(requests: Sequence[Replayed]) -> dict[str, Any]:
    return {
        "requests": len(requests),
        "before": _counted(total([one.before for one in requests])),
        "after": _counted(total([one.after for one in requests])),
    }


def _counted(found: Figures) -> dict[str, Any]:
    kept = {name: {"kept": good, "of": of} for name, good, of in found.kept}
    return {"promises": kept, "calls": dict(found.calls)}


def _plain(lapses: Iterable[Lapse]) -> list[dict[str, Any]]:
    return [asdict(one) for one in lapses]
