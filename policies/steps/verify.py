"""A test call to one's own number, and the code that comes back from it: the proof that a person can be reached (ES-5, RV-4)."""

from dataclasses import replace
from datetime import timedelta

from policies.contact import vcard
from policies.decision import Context, Decision, Refused, Who
from policies.effects import Call, Place, Post
from policies.events.people import AskForCode, GiveCode
from policies.people import Reach
from policies.words import people as words

PAUSE = timedelta(minutes=1)
"""Between two test calls to a person."""
PATIENCE = timedelta(minutes=2)
"""A test call that could not begin by then, because a real one rings, is not made."""
VALID = timedelta(minutes=10)
"""How long a code counts."""


def ask(event: AskForCode, who: Who, ctx: Context) -> Decision | Refused:
    """Ring one's own number: the call says the code and waits for no key."""
    person = who.person
    if person is None:
        return _no("Only people of the desk have a number here.")
    if person.phone is None:
        return _no("There is no telephone number of yours on the roster. Ask the support lead to add it.")
    if not ctx.telephone:
        return _no("This installation has no telephone: nobody can be rung.")
    before = ctx.roster.reach_of(person) or Reach(person=person.key, number=person.phone)
    if before.asked_at is not None and ctx.now < before.asked_at + PAUSE:
        return _no(words.wait((before.asked_at + PAUSE - ctx.now).total_seconds()))
    call = Call(
        person=person.key,
        number=person.phone,
        token=f"verify-{person.key}-{ctx.now:%Y%m%d%H%M%S}",
        ring=ctx.terms.ring,
        says=words.code(person.name, event.code),
        not_after=ctx.now + PATIENCE,
    )
    asked = replace(before, code=event.code, asked_at=ctx.now)
    return Decision(reach=asked, effects=(call,), said=words.ringing(person.phone))


def give(event: GiveCode, who: Who, ctx: Context) -> Decision | Refused:
    """The code that was heard: the number is verified, and its owner gets our contact card."""
    person = who.person
    asked = ctx.roster.reach_of(person) if person is not None else None
    if person is None or asked is None or not asked.code or asked.asked_at is None:
        return _no("No code is waited for. Start with /frontdoor verify.")
    if ctx.now > asked.asked_at + VALID:
        return _no("That code is too old. Start again with /frontdoor verify.")
    if "".join(event.code.split()) != asked.code:
        return _no("That is not the code the call told you.")
    said = words.verified(person.name)
    reached = replace(asked, verified_at=ctx.now, reached_at=ctx.now, code="", asked_at=None)
    card = words.contact(ctx.calls_from, vcard(ctx.calls_from)) if ctx.calls_from else ""
    post = Post(
        slot=f"verified:{event.key}",
        to=Place(kind="person", person=person.slack),
        text=f"{said} {card}".strip(),
        lane="internal",
    )
    return Decision(reach=reached, effects=(post,), said=said)


def _no(why: str) -> Refused:
    return Refused(verb="verify", why=why, fields=(("code", why),), record=False)
