"""Absences and hand-overs of the day: set in Slack, in force from the next decision on (ES-5)."""

from policies import wording
from policies.access import may
from policies.decision import Context, Decision, Refused, Who
from policies.effects import Place, Post
from policies.events import SetAway
from policies.people import Person, Role


def away(event: SetAway, who: Who, ctx: Context) -> Decision | Refused:
    """Anybody of ours for themselves; leads and the support lead for others. An end at the start means: back again."""
    absence = event.absence
    person = ctx.roster.by_key.get(absence.person)
    if person is None:
        return Refused(verb="away", why="That is nobody of ours.")
    if who.person is None or (who.key != person.key and may(who, "away") is not None):
        return Refused(
            verb="away",
            why="You can set your own absence; a lead can set somebody else's. Nothing was changed.",
        )
    if absence.end < absence.start or (absence.end <= ctx.now and absence.end != absence.start):
        return Refused(
            verb="away", why="The absence ends before it begins. Try: /frontdoor away until tomorrow 09:00"
        )
    if absence.end == absence.start:
        words = wording.back(person.name)
    else:
        words = wording.away(person.name, absence.start, absence.end, ctx.zone, _stand_in(person, ctx))
    post = Post(slot=f"away:{event.key}", to=Place(kind="support"), text=words, lane="internal")
    return Decision(absence=absence, effects=(post,), said=words)


def _stand_in(person: Person, ctx: Context) -> str:
    if Role.LEAD in person.roles:
        backup = next((one for one in ctx.roster.duty(Role.BACKUP, ctx.now) if one.key != person.key), None)
        return (
            f"{backup.name} has the lead's duties."
            if backup is not None
            else "There is no backup lead on duty: the support lead is rung."
        )
    return ""
