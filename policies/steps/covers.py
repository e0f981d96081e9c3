"""One person in the place of another, and two who exchange their turns (ES-5): in force from the next decision on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from policies.access import may
from policies.decision import Context, Decision, Refused, Who
from policies.effects import Place, Post
from policies.events.people import SetCover, Swap
from policies.people import Person, Role
from policies.rota import Cover, Rota, Turn, turns
from policies.steps.watching import watched
from policies.words import people as words

A_YEAR = timedelta(days=366)
"""How far is looked for the turn that is given back in a swap."""
STANDS_IN: dict[Role, frozenset[Role]] = {
    Role.SUPPORT: frozenset({Role.SUPPORT, Role.SUPPORT_LEAD}),
    Role.SUPPORT_LEAD: frozenset({Role.SUPPORT_LEAD}),
    Role.LEAD: frozenset({Role.LEAD, Role.BACKUP}),
    Role.BACKUP: frozenset({Role.LEAD, Role.BACKUP}),
}
"""Who has one of these roles may do what the duty asks for."""
DEVELOPMENT = frozenset({Role.LEAD, Role.BACKUP, Role.DEVELOPER})
RIGHTS = (
    "The development lead and the backup lead set the rota of development, the support lead everybody's. "
    "Nothing was changed."
)


def cover(event: SetCover, who: Who, ctx: Context) -> Decision | Refused:
    """Somebody has another's duty for a while; a cover that ends at its start ends all that this person has."""
    one = event.cover
    person, by = ctx.roster.by_key.get(one.person), ctx.roster.by_key.get(one.by)
    if person is None or (by is None and one.end != one.start):
        return _impossible("That is nobody of ours.")
    refused = _may_set(who, *filter(None, (person, by)))
    if refused is not None:
        return refused
    if by is None or one.end == one.start:
        return _decided(event.key, (one,), words.uncovered(person.name), ctx)
    unfit = _unfit(one, person, by, ctx)
    if unfit:
        return _impossible(unfit)
    return _decided(event.key, (one,), words.cover(person.name, by.name, one, ctx.zone), ctx)


def swap(event: Swap, who: Who, ctx: Context) -> Decision | Refused:
    """The turn of that day goes to the other, whose next turn comes back; without turns they exchange the day."""
    one, other = ctx.roster.by_key.get(event.one), ctx.roster.by_key.get(event.other)
    if one is None or other is None:
        return _impossible("That is nobody of ours.")
    refused = _may_set(who, one, other)
    if refused is not None:
        return refused
    found = _exchanged(event, one, other, ctx)
    if isinstance(found, str):
        return _impossible(found)
    for each in found:
        unfit = _unfit(each, ctx.roster.by_key[each.person], ctx.roster.by_key[each.by], ctx)
        if unfit:
            return _impossible(unfit)
    lines = [
        words.cover(ctx.roster.by_key[each.person].name, ctx.roster.by_key[each.by].name, each, ctx.zone)
        for each in found
    ]
    return _decided(event.key, found, words.swapped(one.name, other.name, lines), ctx)


def _exchanged(event: Swap, one: Person, other: Person, ctx: Context) -> tuple[Cover, ...] | str:
    pair = {one.key, other.key}
    rotas = [rota for _, rota in ctx.roster.rota if pair & set(_people(rota, event.start))]
    for rota in rotas:
        turn = _turn_of(rota, pair, event.start, event.end)
        if turn is None:
            continue
        taker = next(iter(pair - {turn.person}))
        given = Cover(person=turn.person, by=taker, start=max(turn.start, ctx.now), end=turn.end)
        back = next(
            (later for later in turns(rota, turn.end, turn.end + A_YEAR) if later.person == taker), None
        )
        if back is None:
            name = ctx.roster.by_key[taker].name
            return f"{name} has no later turn to give back. Use /frontdoor cover for one turn only."
        return (given, Cover(person=taker, by=turn.person, start=back.start, end=back.end))
    if rotas:
        return "Neither of them has a turn on that day."
    start = max(event.start, ctx.now)
    return (
        Cover(person=one.key, by=other.key, start=start, end=event.end),
        Cover(person=other.key, by=one.key, start=start, end=event.end),
    )


def _people(rota: Rota, start: datetime) -> Iterator[str]:
    return (turn.person for turn in turns(rota, start - A_YEAR, start + A_YEAR))


def _turn_of(rota: Rota, pair: set[str], start: datetime, end: datetime) -> Turn | None:
    """The turn of that day: the one that begins on it, where there is a hand-over, else the one that runs."""
    found = [turn for turn in turns(rota, start, end) if turn.person in pair]
    return max(found, key=lambda turn: turn.start, default=None)


def _may_set(who: Who, *people: Person) -> Refused | None:
    """The leads of development for their team; the support lead for anybody."""
    team = all(not person.roles.isdisjoint(DEVELOPMENT) for person in people)
    allowed = may(who, "rota") is None and (who.has(Role.SUPPORT_LEAD) or team)
    return None if allowed else Refused(verb="rota", why=RIGHTS)


def _unfit(one: Cover, person: Person, by: Person, ctx: Context) -> str:
    """Why this cover cannot be; empty when it can."""
    if person.key == by.key:
        return "One cannot stand in for oneself."
    if one.end <= one.start:
        return "That ends before it begins."
    if one.end <= ctx.now:
        return "That lies in the past."
    held = [role for role in STANDS_IN if role in person.roles]
    if not held:
        return f"{person.name} has no duty that somebody could take over."
    if any(by.roles.isdisjoint(STANDS_IN[role]) for role in held):
        return f"{by.name} has none of the roles that the duty of {person.name} asks for."
    return ""


def _impossible(why: str) -> Refused:
    return Refused(verb="rota", why=f"{why} Nothing was changed.", record=False)


def _decided(key: str, covers: tuple[Cover, ...], said: str, ctx: Context) -> Decision:
    now_too = any(one.start <= ctx.now for one in covers) and ctx.telephone
    text = f"{said} {words.GOES_ON}" if now_too else said
    post = Post(slot=f"cover:{key}", to=Place(kind="support"), text=text, lane="internal")
    decision = Decision(covers=covers, effects=(post,), said=text)
    return watched(decision, replace(ctx.roster, covers=after(ctx.roster.covers, covers)), ctx, key)


def after(before: tuple[Cover, ...], new: tuple[Cover, ...]) -> tuple[Cover, ...]:
    """The covers of the day with new ones; one that ends at its start ends those of its person from then on."""
    found = before
    for one in new:
        if one.end > one.start:
            found = (*found, one)
        else:
            cut = (
                replace(old, end=min(old.end, one.start)) if old.person == one.person else old
                for old in found
            )
            found = tuple(old for old in cut if old.end > old.start)
    return found
