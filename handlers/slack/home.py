"""App Home: for one of us the own queue with its clocks, for anybody else only what everybody may know. Pure."""

from collections.abc import Sequence
from typing import Literal

from handlers.slack import blocks
from handlers.slack.blocks import Json
from handlers.slack.cards import clock_line, issue, shown_clocks, state
from handlers.slack.names import Desk
from handlers.slack.standing import mark, targets
from policies.clocks import explain
from policies.effects import Button
from policies.markup import escape
from policies.offers import offers
from policies.people import Person, Role
from policies.ticket import Stage, Ticket

SHOWN = 20
"""How many requests fit on a Home."""
_BUTTONS = 5
_ISSUE = 300
_SUPPORT = frozenset({Role.SUPPORT, Role.SUPPORT_LEAD})


def queue(person: Person, tickets: Sequence[Ticket]) -> tuple[Ticket, ...]:
    """What this person has something to do about, most urgent first; `tickets` are theirs in any part."""
    return tuple(sorted((ticket for ticket in tickets if _to_do(ticket, person)), key=_urgency))


def joined(mine: Sequence[Ticket], every: Sequence[Ticket]) -> tuple[Ticket, ...]:
    """The own queue of somebody of support on duty, with what waits for anybody of support."""
    there = {ticket.id for ticket in mine}
    waiting = [ticket for ticket in every if ticket.stage is Stage.NEW and ticket.id not in there]
    return tuple(sorted([*mine, *waiting], key=_urgency))


def side(ticket: Ticket, person: Person) -> Literal["support", "escalation"]:
    """Whose card of the request this person acts on."""
    with_development = ticket.escalated_at is not None and person.key in {ticket.lead, ticket.developer}
    develops = with_development or carries(ticket, person)
    return "escalation" if develops and person.key != ticket.owner else "support"


def staff(
    person: Person, tickets: Sequence[Ticket], desk: Desk, *, present: bool, links: Sequence[str] = ()
) -> Json:
    """The queue of one of us, already in order, each with the `links` to its card where one is known."""
    duty = "You are on duty." if present else "You are away or off duty; your stand-ins are asked instead."
    away = Button(verb="away", label="I am away…" if present else "Change my absence…")
    new = [Button(verb="open", label="Open a request…")] if person.roles & _SUPPORT else []
    head = [blocks.header("Your desk"), blocks.section(duty), *blocks.actions([*new, away], None)]
    addresses = [*links, *[""] * len(tickets)]
    shown = zip(tickets[:SHOWN], addresses, strict=False)
    body = [block for ticket, link in shown for block in _entry(ticket, person, desk, link)]
    if not tickets:
        nothing = "Nothing waits for you. `/frontdoor status` lists all open requests."
        body = [blocks.divider(), blocks.section(nothing)]
    if len(tickets) > SHOWN:
        body.append(blocks.context(f"… and {len(tickets) - SHOWN} more: `/frontdoor mine`"))
    return {"type": "home", "blocks": blocks.fitted([*head, *body], blocks.VIEW_BLOCKS)}


def outside() -> Json:
    """The Home of somebody of a client: how they reach us, and nothing of ours."""
    words = (
        "Write in the channel that we share with you: every message there is answered, and gets a reference.\n"
        "If production is down, press *Production is down* under our first answer."
    )
    return {"type": "home", "blocks": [blocks.header("Support"), blocks.section(words)]}


def _to_do(ticket: Ticket, person: Person) -> bool:
    """Whether it still asks something of this person: what is resolved is support's to finish, and what is closed nobody's."""
    if not ticket.is_open:
        return carries(ticket, person)
    return ticket.owner == person.key or ticket.with_development or bool(ticket.live_workarounds)


def carries(ticket: Ticket, person: Person) -> bool:
    """Whether this person made or carries a live workaround of it, or leads who does (WA-2)."""
    return any(person.key in {item.author, item.holder, item.lead} for item in ticket.live_workarounds)


def _urgency(ticket: Ticket) -> tuple[bool, bool, float, str]:
    """What is down, then Severity 1, then whatever is due next; at the same moment the more severe."""
    soonest = min((item.due.timestamp() for item in explain(ticket, "UTC")), default=float("inf"))
    return not ticket.production_down, not ticket.is_critical, soonest, ticket.severity or "S2"


def _entry(ticket: Ticket, person: Person, desk: Desk, link: str) -> list[Json]:
    ref = f"<{link}|{ticket.ref}>" if link else ticket.ref
    down = "🚨 " if ticket.production_down else ""
    parts = (f"{down}*{ref}*", mark(ticket), escape(desk.client(ticket.client)), state(ticket, desk))
    title = " · ".join(part for part in parts if part)
    lines = [f"⏱ {clock_line(item, person.zone)}" for item in shown_clocks(ticket, person.zone)]
    lines += [targets(ticket, person.zone)] if ticket.severity_by else []
    lines = [line for line in lines if line]
    chosen = offers(ticket, side(ticket, person))[:_BUTTONS]
    return [
        blocks.divider(),
        blocks.section(f"{title}\n{blocks.cut(issue(ticket), _ISSUE)}"),
        *([blocks.context("\n".join(lines))] if lines else []),
        *blocks.actions(chosen, ticket.id)[:1],
    ]
