"""Absences and hand-overs of the day: set in Slack, in force from the next decision on (ES-5)."""

from dataclasses import replace
from datetime import datetime

from policies.access import may
from policies.decision import Context, Decision, Refused, Who
from policies.effects import Place, Post
from policies.events import SetAway
from policies.people import Person, Role, Roster
from policies.steps.watching import after, watched
from policies.words import internal as wording


def away(event: SetAway, who: Who, ctx: Context) -> Decision | Refused:
    """Anybody of ours for themselves; leads and the support lead for others. An end at the start means: back again."""
    absence = event.absence
    person = ctx.roster.by_key.get(absence.person)
    if person is None:
        return Refused(verb="away", why="That is nobody of ours.")
    if not _may_set(who, person):
        return Refused(
            verb="away",
            why="You can set your own absence, a development lead that of development, the support lead everybody's. "
            "Nothing was changed.",
        )
    if absence.end < absence.start:
        return _impossible("ends before it begins")
    if absence.end <= ctx.now and absence.end != absence.start:
        return _impossible("lies in the past")
    if absence.end == absence.start:
        words = wording.back(person.name)
    else:
        stand_in = _stand_in(person, ctx.roster, max(absence.start, ctx.now))
        words = wording.away(person.name, absence.start, absence.end, ctx.zone, stand_in)
    post = Post(slot=f"away:{event.key}", to=Place(kind="support"), text=words, lane="internal")
    decision = Decision(absence=absence, effects=(post,), said=words)
    then = replace(ctx.roster, absences=after(ctx.roster.absences, absence))
    return watched(decision, then, ctx, event.key)


def _may_set(who: Who, person: Person) -> bool:
    """One's own; the leads of development that of their team; the support lead anybody's."""
    if who.person is None or who.key == person.key:
        return who.person is not None
    team = not person.roles.isdisjoint({Role.LEAD, Role.BACKUP, Role.DEVELOPER})
    return may(who, "away") is None and (who.has(Role.SUPPORT_LEAD) or team)


def _impossible(why: str) -> Refused:
    return Refused(
        verb="away", why=f"The absence {why}. Try: /frontdoor away until tomorrow 09:00", record=False
    )


def _stand_in(person: Person, roster: Roster, start: datetime) -> str:
    if Role.LEAD in person.roles:
        backup = next((one for one in roster.duty(Role.BACKUP, start) if one.key != person.key), None)
        return (
            f"{backup.name} has the lead's duties."
            if backup is not None
            else "There is no backup lead on duty: the support lead is rung."
        )
    return ""
