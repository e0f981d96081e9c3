"""What a change of the day does to coverage: a gap that it opens soon is said at once, the last one that it closes once (RV-4)."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from policies import coverage
from policies.coverage import AHEAD, SOON, Gap
from policies.decision import Context, Decision, Who
from policies.effects import Place, Post
from policies.events.people import CheckCoverage
from policies.people import Absence, Roster
from policies.words import people as words

MONDAY = 0


def watched(decision: Decision, then: Roster, ctx: Context, key: str) -> Decision:
    """`decision`, and what is to be said of the gaps between the roster as it was and `then`."""
    end = ctx.now + AHEAD
    before = coverage.gaps(ctx.roster, ctx.terms, ctx.now, end)
    now = coverage.gaps(then, ctx.terms, ctx.now, end)
    soon = [gap for gap in now if gap.start < ctx.now + SOON and _is_new(gap, before)]
    if soon:
        text, covered = words.new_gap(soon, ctx.zone), False
    elif before and not now:
        text, covered = words.closed_gap(), True
    else:
        return decision
    post = Post(slot=f"coverage:{key}", to=Place(kind="support"), text=text, lane="internal")
    return replace(decision, effects=(*decision.effects, post), covered=covered)


def morning(event: CheckCoverage, _who: Who, ctx: Context) -> Decision:
    """RV-4: said while there is a gap, once when the last one is closed, and once a week that there is none."""
    found = coverage.gaps(ctx.roster, ctx.terms, ctx.now, ctx.now + AHEAD)
    if found:
        text = words.still_gaps(found, ctx.zone)
    elif event.gaps:
        text = words.closed_gap()
    elif ctx.now.astimezone(ZoneInfo(ctx.zone)).weekday() == MONDAY:
        text = words.covered()
    else:
        return Decision(covered=True)
    stale = [(one.name, at) for one in ctx.roster.people if (at := coverage.stale(one, ctx.roster, ctx.now))]
    if stale:
        text = f"{text}\n{words.stale(stale, ctx.zone)}"
    post = Post(slot=f"coverage:{event.key}", to=Place(kind="support"), text=text, lane="internal")
    return Decision(effects=(post,), covered=not found)


def _is_new(gap: Gap, before: tuple[Gap, ...]) -> bool:
    """Whether a part of it was covered before."""
    reached = gap.start
    for old in before:
        if old.ladder == gap.ladder and old.start <= reached < old.end:
            reached = old.end
    return reached < gap.end


def after(before: tuple[Absence, ...], new: Absence) -> tuple[Absence, ...]:
    """The absences of the day with a new one; one that ends at its start is a return from what holds then."""
    if new.end > new.start:
        return (*before, new)
    return tuple(
        replace(old, end=new.start) if old.person == new.person and old.covers(new.start) else old
        for old in before
    )
