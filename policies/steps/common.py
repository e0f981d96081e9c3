"""What the steps share: words to a place, the people concerned, the next moments."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from policies.decision import Context, Decision, Refused
from policies.effects import Button, Lane, Place, PlaceKind, Post
from policies.events import Verb
from policies.facts import Purpose
from policies.hours import next_open
from policies.ladder import Climb
from policies.markup import person
from policies.people import Client, Person, Role
from policies.ticket import Stage, Ticket

SOLVED = (
    Button(verb="solved", label="Solved", style="primary"),
    Button(verb="still_broken", label="Still not right"),
)
DOWN = (Button(verb="production_down", label="Production is down", style="danger"),)


def to_client(
    ticket: Ticket,
    slot: str,
    text: str,
    *,
    lane: Lane = "client",
    buttons: tuple[Button, ...] = (),
    not_after: datetime | None = None,
) -> tuple[Post, ...]:
    """Words for the client: in its own thread and in those of the requests that were merged into this one."""
    places = [(ticket.channel, ticket.thread), *ticket.also]
    return tuple(
        Post(
            slot=f"{ticket.cycle}:{slot}" + (f":{index}" if index else ""),
            to=Place(kind="client_thread", channel=channel, thread=thread),
            text=text,
            lane=lane,
            buttons=buttons,
            not_after=not_after,
        )
        for index, (channel, thread) in enumerate(places)
    )


def client_place(ticket: Ticket) -> Place:
    """The request's own thread in its client's channel."""
    return Place(kind="client_thread", channel=ticket.channel, thread=ticket.thread)


def own_thread(ticket: Ticket) -> PlaceKind:
    """Where the telephone is told of: the escalation's thread, or the request's own before it is escalated."""
    return "support_thread" if ticket.escalated_at is None else "escalation_thread"


def to_us(
    ticket: Ticket,
    slot: str,
    text: str,
    place: PlaceKind = "support_thread",
    *,
    lane: Lane = "internal",
    buttons: tuple[Button, ...] = (),
) -> Post:
    """Words for our own people."""
    return Post(slot=f"{ticket.cycle}:{slot}", to=Place(kind=place), text=text, lane=lane, buttons=buttons)


def to_person(ticket: Ticket, slot: str, who: Person, text: str, *, lane: Lane = "internal") -> Post:
    """A direct message to one of us."""
    place = Place(kind="person", person=who.slack)
    return Post(slot=f"{ticket.cycle}:{slot}:{who.key}", to=place, text=text, lane=lane)


def mention(key: str, ctx: Context) -> str:
    """A mention of one of us by roster key; empty for nobody."""
    found = ctx.roster.by_key.get(key)
    return person(found.slack) if found is not None else ""


def owner_mention(ticket: Ticket, ctx: Context) -> str:
    """Whoever of support carries this ticket: its owner unless away, else those on duty, else the support lead."""
    owner = ctx.roster.by_key.get(ticket.owner)
    if owner is not None and not ctx.roster.away(owner, ctx.now):
        return person(owner.slack)
    there = ctx.roster.duty(Role.SUPPORT, ctx.now) or ctx.roster.holders(Role.SUPPORT_LEAD, ctx.now)
    return " ".join(person(one.slack) for one in there)


def lead_mention(ticket: Ticket, ctx: Context) -> str:
    """Whoever has the lead's duties for this ticket now (ES-5)."""
    lead = ctx.roster.by_key.get(ticket.lead)
    if lead is None or not ctx.roster.on_duty(lead, ctx.now):
        lead = ctx.roster.acting_lead(ctx.now)
    return person(lead.slack) if lead is not None else ""


def client_of(ticket: Ticket, ctx: Context) -> Client | None:
    """The client, None when the roster no longer has it."""
    return ctx.roster.client_by_key.get(ticket.client)


def client_zone(ticket: Ticket, ctx: Context) -> str:
    """The zone moments are told to the client in."""
    client = client_of(ticket, ctx)
    return client.zone if client is not None else ctx.zone


def support_time(ctx: Context, amount: timedelta, since: datetime | None = None) -> datetime:
    """`amount` after `since` (now), or after support's next opening; never while support is not there (IN-5)."""
    begin, hours = since or ctx.now, ctx.terms.support
    due = (next_open(hours, begin) or begin) + amount
    return next_open(hours, due) or due


def down_now(ticket: Ticket) -> bool:
    """Whether the client says that production is down, and nobody has said since that it is settled."""
    return ticket.production_down and not ticket.confirmed_by and ticket.outcome != "change_request"


def attention_time(ticket: Ticket, ctx: Context) -> datetime:
    """When a request that nothing happens to is spoken of: around the clock while production is down (IN-5)."""
    amount = ctx.terms.attention
    return ctx.now + amount if down_now(ticket) else support_time(ctx, amount)


def attention_once_woken(ticket: Ticket, ctx: Context) -> datetime | None:
    """When a request whose client has answered is spoken of; None where clocks of development run for it (TR-6)."""
    attends = ticket.stage in {Stage.CLAIMED, Stage.RESOLVED} or (
        ticket.is_led and ticket.stage is not Stage.NEW
    )
    return attention_time(ticket, ctx) if attends else None


def silent_from(ctx: Context) -> datetime:
    """TR-6: the first moment at which a client asked now has been silent for long; without reminders support is asked."""
    return ctx.now + (ctx.terms.silence[0] if ctx.terms.silence else ctx.terms.ask_to_close)


def climbed(climb: Climb, said: str = "") -> Decision:
    """A climb as a decision."""
    return Decision(facts=climb.facts, effects=climb.effects, said=said)


def joined(*decisions: Decision) -> Decision:
    """Several decisions as one; the last words said win."""
    return Decision(
        facts=tuple(x for d in decisions for x in d.facts),
        effects=tuple(x for d in decisions for x in d.effects),
        events=tuple(x for d in decisions for x in d.events),
        addresses=tuple(x for d in decisions for x in d.addresses),
        messages=tuple(x for d in decisions for x in d.messages),
        opens=any(d.opens for d in decisions),
        said=next((d.said for d in reversed(decisions) if d.said), ""),
    )


def stage_is(ticket: Ticket, verb: Verb, *stages: Stage, why: str) -> Refused | None:
    """None when the ticket stands in one of `stages`, else the refusal with `why`."""
    return None if ticket.stage in stages else Refused(verb=verb, why=f"{why} Nothing was changed.")


def ringing(ticket: Ticket, *purposes: Purpose) -> bool:
    """Whether the telephone is up for one of `purposes`."""
    return ticket.ladder is not None and ticket.ladder.purpose in purposes


def needs_text(verb: Verb, **fields: str) -> Refused | None:
    """A form whose named fields may not be empty."""
    empty: Sequence[tuple[str, str]] = [
        (name, "Please fill this in.") for name, text in fields.items() if not text.strip()
    ]
    return (
        Refused(verb=verb, why="Something is missing.", fields=tuple(empty), record=False) if empty else None
    )


def name_of(key: str, ctx: Context) -> str:
    """The name behind a roster key; the key itself for somebody who left."""
    found = ctx.roster.by_key.get(key)
    return found.name if found is not None else key
