"""Words that did not reach the client, or that nobody can tell of: a person looks, and says what is to be done."""

from policies import facts as f
from policies import outside
from policies.decision import NOTHING, Context, Decision, Refused, Who
from policies.effects import Button, Place, PlaceKind, Post, Revise, Settle
from policies.events import EffectSettled, OutsideFailed, Pressed
from policies.steps import intake
from policies.steps.common import owner_mention
from policies.ticket import Ticket

THREAD = Place(kind="support_thread")


def settled(event: EffectSettled, ticket: Ticket, ctx: Context) -> Decision:
    """A first response is waited for by its own clock (IN-2); of all else only what went wrong is news."""
    if event.slot.partition(":")[2] in {"first_response", "opened"}:
        return intake.first_response_settled(event, ticket, ctx)
    return NOTHING if event.sent else _ask(event, ticket, ctx)


def _ask(event: EffectSettled, ticket: Ticket, ctx: Context) -> Decision:
    """Support is asked beneath the card, with the words and their place."""
    fact = f.Undelivered(at=ctx.now, by="bot", slot=event.slot, doubt=event.doubt, reason=event.reason)
    again = Button(verb="say_again", label="Send it again", value=event.slot)
    there = Button(verb="it_is_there", label="It is there", value=event.slot)
    words = outside.undelivered(
        ticket.ref,
        owner_mention(ticket, ctx),
        event.place or ticket.channel,
        event.text,
        event.reason,
        doubt=event.doubt,
    )
    question = Post(
        slot=_question(event.slot),
        to=THREAD,
        text=words,
        lane="escalation",
        buttons=(there, again) if event.doubt else (again,),
    )
    return Decision(facts=(fact,), effects=(question,))


def outside_failed(event: OutsideFailed, ctx: Context) -> Decision:
    """Said aloud once a day, and in both of our channels where it may be one of them that nothing can be said in."""
    words = outside.trouble(event.what, event.place, event.reason)
    ours: tuple[PlaceKind, ...] = ("support", "escalation")
    places = ours[:1] if event.what == "telephone" or event.place in ctx.roster.by_channel else ours
    return Decision(
        effects=tuple(
            Post(slot=f"{place}:{event.key}", to=Place(kind=place), text=words, lane="escalation")
            for place in places
        )
    )


def answered(event: Pressed, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """The first answer counts: the words stand as sent, or go out once more under their old key."""
    slot, there = event.subject, event.verb == "it_is_there"
    if slot not in ticket.undelivered:
        return Refused(verb=event.verb, why="That has been settled already. Nothing was changed.")
    fact = f.DeliverySettled(at=ctx.now, by=who.key, slot=slot, there=there)
    revised = Revise(slot=_question(slot), to=THREAD, text=outside.settled(who.name, there=there))
    return Decision(facts=(fact,), effects=(Settle(slot=slot, there=there), revised))


def _question(slot: str) -> str:
    """A slot of its own, which no rule about the words asked for applies to."""
    cycle, _, rest = slot.partition(":")
    return f"{cycle}:undelivered:{rest.replace(':', '.')}"
