"""App Home: for one of us the own queue with its clocks, for anybody else only what everybody may know. Pure."""

from collections.abc import Sequence

from handlers.slack import blocks
from handlers.slack.blocks import Json
from handlers.slack.cards import Desk, state
from policies.clocks import explain
from policies.effects import Button
from policies.markup import escape, inert
from policies.offers import offers
from policies.people import Person, Role
from policies.ticket import Ticket

_SHOWN = 20
_BUTTONS = 5


def staff(person: Person, tickets: Sequence[Ticket], desk: Desk, *, present: bool) -> Json:
    """The queue of one of us, most urgent first; moments in their own zone."""
    duty = "You are on duty." if present else "You are away or off duty; your stand-ins are asked instead."
    away = (
        Button(verb="away", label="I am away…")
        if present
        else Button(verb="away", label="Change my absence…")
    )
    head = [
        blocks.header("Your desk"),
        blocks.section(f"{duty} Times are in your zone, {person.zone}."),
        *blocks.actions([away], None),
    ]
    ordered = sorted(tickets, key=_soonest)
    body = [block for ticket in ordered[:_SHOWN] for block in _entry(ticket, person, desk)]
    if not ordered:
        body = [blocks.divider(), blocks.section("Nothing waits for you.")]
    if len(ordered) > _SHOWN:
        body.append(blocks.context(f"… and {len(ordered) - _SHOWN} more: `/frontdoor mine`"))
    return {"type": "home", "blocks": blocks.fitted([*head, *body], blocks.VIEW_BLOCKS)}


def outside() -> Json:
    """The Home of somebody of a client: how they reach us, and nothing of ours."""
    words = (
        "Write in the channel that we share with you: every message there is answered, and gets a reference.\n"
        "If production is down, press *Production is down* under our first answer."
    )
    return {"type": "home", "blocks": [blocks.header("Support"), blocks.section(words)]}


def _soonest(ticket: Ticket) -> float:
    return min((item.due.timestamp() for item in explain(ticket, "UTC")), default=float("inf"))


def _entry(ticket: Ticket, person: Person, desk: Desk) -> list[Json]:
    words = ticket.block.issue_detail if ticket.block else ticket.words
    title = f"*{ticket.ref}* · {escape(desk.client(ticket.client))} · {state(ticket, desk)}"
    lines = [f"⏱ {escape(item.why)} ({item.rule})" for item in explain(ticket, person.zone)]
    card = "support" if ticket.owner == person.key and not person.roles & _DEVELOPMENT else "escalation"
    chosen = offers(ticket, "support" if card == "support" else "escalation")[:_BUTTONS]
    return [
        blocks.divider(),
        blocks.section(f"{title}\n{blocks.cut(inert(words), 300)}"),
        blocks.context("\n".join(lines) or "No clock runs."),
        *blocks.actions(chosen, ticket.id)[:1],
    ]


_DEVELOPMENT = frozenset({Role.LEAD, Role.BACKUP, Role.DEVELOPER})
