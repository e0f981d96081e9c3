"""What `frontdoor explain` and `frontdoor export` say about one request."""

import json
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from bot.roster import Office
from policies.clocks import Explained, explain
from policies.facts import AnyFact
from policies.ticket import Ticket

VERSION = 1
"""Of the exported form; raised when a reader of it would have to change."""


def headline(ticket: Ticket, office: Office) -> str:
    """The request in one line."""
    client = office.roster.client_by_key.get(ticket.client)
    people = [("owner", ticket.owner), ("lead", ticket.acknowledged_by), ("developer", ticket.developer)]
    named = [f"{role} {office.roster.names([key])}" for role, key in people if key]
    return ", ".join(
        [f"{ticket.ref} of {client.name if client else ticket.client}", ticket.stage.value, *named]
    )


def clocks(ticket: Ticket, office: Office) -> tuple[Explained, ...]:
    """Why each of its clocks stands where it stands, soonest first, in the desk's zone."""
    return explain(ticket, office.zone)


def export(ticket: Ticket, facts: tuple[AnyFact, ...], office: Office) -> str:
    """Everything known of the request, as JSON: what was written, what was decided, where it stands (HO-1). Times are UTC."""
    state = {name: value for name, value in asdict(ticket).items() if name != "messages"}
    document = {
        "version": VERSION,
        "reference": ticket.ref,
        "client": ticket.client,
        "people": {person.key: person.name for person in office.roster.people},
        "messages": [asdict(message) for message in ticket.messages],
        "timeline": [asdict(fact) for fact in facts],
        "state": state,
        "clocks": [asdict(clock) for clock in clocks(ticket, office)],
    }
    return json.dumps(document, default=plain_json, ensure_ascii=False, indent=2) + "\n"


def plain_json(value: Any) -> Any:  # noqa: ANN401 - whatever json does not know
    """What json.dumps asks about: moments and dates as ISO text, lengths in seconds, sets as lists."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
