"""What `/frontdoor rota` answers: who has the duty now, the coming two weeks, and the gaps in them. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from handlers.slack import blocks
from handlers.slack.names import Desk
from policies import coverage
from policies.markup import stamp
from policies.people import Person, Role
from policies.terms import Terms
from policies.words.people import covered, still_gaps

_ROLES = {
    Role.SUPPORT: "Support",
    Role.SUPPORT_LEAD: "Support lead",
    Role.LEAD: "Development lead",
    Role.BACKUP: "Backup lead",
    Role.DEVELOPER: "Developers",
}
_RUNG = tuple(_ROLES)[:4]


def rota(desk: Desk, terms: Terms, now: datetime, zone: str) -> str:
    """Role by role who is on duty at `now` and what changes in two weeks; moments in `zone` (IANA)."""
    roster = desk.roster
    lines = [f"On duty at {stamp(now, zone)}:"]
    for role, label in _ROLES.items():
        lines.append(f"• {label}: {_names(roster.duty(role, now)) or '*nobody*'}")
    lead = roster.acting_lead(now)
    lines.append(f"Escalations go to {lead.name if lead else '*nobody*'}.")
    lines += [
        f"{desk.name(absence.person)} is away until {stamp(absence.end, zone)}."
        for absence in roster.absences
        if absence.covers(now)
    ]
    lines += [
        f"{desk.name(cover.by)} stands in for {desk.name(cover.person)} until {stamp(cover.end, zone)}."
        for cover in roster.covers
        if cover.covers(now)
    ]
    lines += _to_come(desk, now, zone)
    found = coverage.gaps(roster, terms, now, now + coverage.AHEAD)
    lines.append(still_gaps(found, zone) if found else covered())
    return blocks.cut("\n".join(lines), blocks.TEXT)


def _to_come(desk: Desk, now: datetime, zone: str) -> Iterator[str]:
    """What changes by turns, covers and absences, each role on a line."""
    plans = {role: coverage.plan(desk.roster, role, now, now + coverage.AHEAD)[1:] for role in _RUNG}
    if any(plans.values()):
        yield "The coming two weeks:"
    for role, plan in plans.items():
        steps = [f"from {stamp(at, zone)} {_names(people) or '*nobody*'}" for at, people in plan]
        if steps:
            yield f"• {_ROLES[role]}: {', '.join(steps)}"


def _names(people: Sequence[Person]) -> str:
    return ", ".join(person.name for person in people)
