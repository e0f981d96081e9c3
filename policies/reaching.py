"""Who can be rung for what: the rungs of the ladder and why one of them is skipped (ES-3, ES-5). Pure."""

from datetime import datetime

from policies.facts import Purpose
from policies.people import Person, Role, Roster

RUNGS: dict[Purpose, tuple[Role, ...]] = {
    "claim": (Role.SUPPORT, Role.SUPPORT_LEAD),
    "check": (Role.SUPPORT, Role.SUPPORT_LEAD),
    "down": (Role.SUPPORT, Role.SUPPORT_LEAD),
    "acknowledge": (Role.LEAD, Role.BACKUP, Role.SUPPORT_LEAD),
    "assign": (Role.LEAD, Role.BACKUP, Role.SUPPORT_LEAD),
    "update": (Role.LEAD, Role.BACKUP, Role.SUPPORT_LEAD),
    "decide": (Role.LEAD, Role.BACKUP, Role.SUPPORT_LEAD),
}
"""IN-5 rings support and then the support lead; everything of development rings lead, backup, support lead (ES-3)."""

NO_NUMBER = "has no telephone number"


def rungs(
    purpose: Purpose, roster: Roster, now: datetime, owner: str = ""
) -> list[tuple[Role, Person | None]]:
    """One entry a person on the ladder, in order, the `owner` of the request first among support.

    A role without anybody has one entry without a person.
    """
    found: list[tuple[Role, Person | None]] = []
    for role in RUNGS[purpose]:
        there = roster.duty(role, now) if role is Role.SUPPORT else roster.holders(role, now)
        first = [person for person in there if role is Role.SUPPORT and person.key == owner]
        ordered = first + [person for person in there if person not in first]
        found += [(role, person) for person in ordered] or [(role, None)]
    return found


def unreachable(role: Role, person: Person | None, roster: Roster, now: datetime) -> str | None:
    """Why this rung is skipped, None when the person can be rung (ES-5)."""
    if person is None:
        return "has nobody on duty" if role is Role.SUPPORT else "is not on the rota"
    if roster.away(person, now):
        return "is away"
    if role is not Role.SUPPORT_LEAD and not roster.on_duty(person, now, role):
        return "is off the rota"
    return NO_NUMBER if person.phone is None else None
