"""The mornings of a client's intensive period (HC-2, HC-3)."""

from datetime import datetime

from policies.decision import NOTHING, Context, Decision, Who
from policies.effects import Place, Post
from policies.events.office import IntensiveMorning
from policies.intensive import Case, figures
from policies.ticket import Ticket
from policies.words.intensive import report


def morning(event: IntensiveMorning, _who: Who, ctx: Context) -> Decision:
    """What is due today, each with its figures, for support, who speaks with the client."""
    client = ctx.roster.client_by_key.get(event.client)
    if client is None:
        return NOTHING
    builders = ctx.roster.names(client.builders)
    return Decision(
        effects=tuple(
            Post(
                slot=f"intensive:{client.key}:{one.what}:{one.day}",
                to=Place(kind="support"),
                text=report(client.name, one, figures(event.cases, one.begin), builders),
                lane="internal",
            )
            for one in event.reports
        )
    )


def case_of(ticket: Ticket, now: datetime) -> Case:
    """A request as a report counts it."""
    return Case(
        ref=ticket.ref,
        opened_at=ticket.opened_at or now,
        is_open=ticket.is_open,
        escalated=ticket.escalated_at is not None,
        lapsed=sum(threshold == "missed" for _, threshold, _ in ticket.announced),
    )
