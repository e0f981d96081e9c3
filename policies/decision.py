"""What a step says: a decision to be stored, or a refusal in words for the person who asked."""

from dataclasses import dataclass, field
from datetime import datetime

from policies.effects import AnyEffect
from policies.events import AnyEvent
from policies.facts import AnyFact
from policies.people import Absence, Client, Maintenance, Person, Reach, Role, Roster
from policies.rota import Cover
from policies.terms import Terms
from policies.ticket import Message, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All that a decision may know beside the event and the ticket. `zone` is the team's own (IANA).

    `next_ref` is the reference that a request opened now will have; `loads` counts open tickets by developer;
    `calls_today` counts calls since midnight UTC; `terms_id` is the content hash of the terms; without `telephone` nobody can be rung;
    `calls_from` is the number our calls come from, where there is one.
    `in_force` is the content hash of the office in force, `proposed` that of a changed file that nobody has applied yet.
    Known from earlier escalations: the author's last branch, the client's last build, and the last builds by product.
    """

    now: datetime
    roster: Roster
    terms: Terms
    zone: str
    next_ref: str = ""
    loads: dict[str, int] = field(default_factory=dict)
    calls_today: int = 0
    terms_id: str = ""
    telephone: bool = True
    calls_from: str = ""
    known_branch: str = ""
    known_build: str = ""
    known_builds: dict[str, str] = field(default_factory=dict)
    in_force: str = ""
    proposed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The actor, resolved against the roster: one of our people, somebody of a client, or nobody we know."""

    key: str
    name: str
    slack: str
    person: Person | None = None
    client: Client | None = None

    def has(self, *roles: Role) -> bool:
        """Whether this is one of our people with any of `roles`."""
        return self.person is not None and not self.person.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Something from outside that leads to a ticket: ("thread", "C1:17.2"), ("call", token), ("message", "C1:17.3")."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The office of this content hash is in force from now on; `by` is a roster key, or "bot" at a start."""

    office: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """Work at the client of this key, announced by command (PM-2); without a window what was announced ends."""

    client: str
    window: Maintenance | None
    by: str


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What follows. `opens` makes a new ticket of these facts; `said` is shown to the person who acted;

    `events` go through the door for other tickets, in the same transaction; `absence`, `covers` and `reach` go into the roster's day;
    `covered`: it was said that somebody would (or would not) be reached in every coming hour;
    `applies` brings a changed file into force; `maintenance` is kept with the windows of a client;
    `again` is the key of a failed event that is to be tried again; `after` is what all these facts make of a ticket that was there.
    """

    facts: tuple[AnyFact, ...] = ()
    effects: tuple[AnyEffect, ...] = ()
    events: tuple[AnyEvent, ...] = ()
    opens: bool = False
    addresses: tuple[Address, ...] = ()
    messages: tuple[Message, ...] = ()
    absence: Absence | None = None
    covers: tuple[Cover, ...] = ()
    reach: Reach | None = None
    covered: bool | None = None
    applies: Application | None = None
    maintenance: Announced | None = None
    again: str = ""
    said: str = ""
    after: Ticket | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No, and why, in words for the person who asked. `fields` names faulty fields of a form with what would be right.

    `record` is False for what is not worth a line (a stale clock, a form sent back for correction).
    """

    verb: str
    why: str
    fields: tuple[tuple[str, str], ...] = ()
    record: bool = True


NOTHING = Decision()
"""Accepted, and nothing follows."""
