"""Who there is: people, clients, rota and absences, and who holds a role at a moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from policies.hours import Hours, is_open
from policies.rota import Cover, Rota, on_turn, stand_in


class Role(StrEnum):
    """The parts people play in the process; one person may have several."""

    CLIENT = "client"
    SUPPORT = "support"
    SUPPORT_LEAD = "support_lead"
    LEAD = "lead"
    BACKUP = "backup"
    DEVELOPER = "developer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of our own people. `phone` is E.164 or None; `zone` an IANA name; `shift` None means always on the rota."""

    key: str
    name: str
    slack: str
    roles: frozenset[Role]
    zone: str
    phone: str | None = None
    verified: bool = False
    products: tuple[str, ...] = ()
    shift: Hours | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One of a client's delivered applications."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody to be informed: a person of ours (`slack` is set) or of a client. `reach` is how, in words (telephone, mail)."""

    name: str
    slack: str = ""
    reach: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """Announced work at a client from `start` to `end` (aware UTC, end exclusive): its quiet hours (PM-2).

    It stands in the file, or was announced `by_command`: only that is ended by one.
    """

    start: datetime
    end: datetime
    what: str
    by_command: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """Somebody whose service ours depends on (VE-1): whom to contact and how, what they need to know, what they promise.

    `notices` is where they announce; `check_in` the next date on which somebody talks to them.
    """

    key: str
    name: str
    contact: str
    needs: str = ""
    promises: str = ""
    notices: str = ""
    check_in: date | None = None
    products: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client: its channels, the Slack workspaces its people come from, what was delivered, its zone (IANA).

    `live_on` is the date of go-live in its zone. ON-1: `contacts`, `change_process`, `known_limits` and `benchmarks` are
    recorded before it; empty where nobody did. `scope` is what was agreed to be support (TR-4).
    """

    key: str
    name: str
    channels: tuple[str, ...]
    zone: str
    teams: tuple[str, ...] = ()
    products: tuple[Product, ...] = ()
    branches: tuple[str, ...] = ()
    live_on: date | None = None
    contacts: tuple[Contact, ...] = ()
    executives: tuple[Contact, ...] = ()
    builders: tuple[str, ...] = ()
    """HC-5: roster keys of the engineers who built it, reachable in the intensive period."""
    change_process: str = ""
    known_limits: str = ""
    benchmarks: str = ""
    scope: str = ""
    maintenance: tuple[Maintenance, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """`person` is away from `start` until `end` (aware UTC, end exclusive)."""

    person: str
    start: datetime
    end: datetime

    def covers(self, now: datetime) -> bool:
        """Whether the absence holds at `now`."""
        return self.start <= now < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What is known of reaching `person` at `number`: verified by a code, last answered with a key or a code (aware UTC).

    While a code is asked for, `code` was spoken on a test call at `asked_at`.
    """

    person: str
    number: str
    verified_at: datetime | None = None
    reached_at: datetime | None = None
    code: str = ""
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A place on the rota: `person` has it, in the place of `of` where somebody covers, else both are the same."""

    person: Person
    of: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Everybody who may take part, as known at the moment of a decision."""

    people: tuple[Person, ...]
    clients: tuple[Client, ...]
    absences: tuple[Absence, ...] = ()
    rota: tuple[tuple[Role, Rota], ...] = ()
    """Who has the turn for a role; a role without one in force is everybody's who has it."""
    covers: tuple[Cover, ...] = ()
    """One person in the place of another, oldest first."""
    reach: tuple[Reach, ...] = ()
    executives: tuple[Contact, ...] = ()
    """Our own, who hear of Severity 1 (SV-2)."""
    vendors: tuple[Vendor, ...] = ()
    by_slack: dict[str, Person] = field(init=False, repr=False, compare=False)
    by_key: dict[str, Person] = field(init=False, repr=False, compare=False)
    by_channel: dict[str, Client] = field(init=False, repr=False, compare=False)
    client_by_key: dict[str, Client] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the people and channels: every event asks."""
        object.__setattr__(self, "by_slack", {person.slack: person for person in self.people})
        object.__setattr__(self, "by_key", {person.key: person for person in self.people})
        object.__setattr__(
            self, "by_channel", {ch: client for client in self.clients for ch in client.channels}
        )
        object.__setattr__(self, "client_by_key", {client.key: client for client in self.clients})

    def away(self, person: Person, now: datetime) -> bool:
        """Whether `person` is absent at `now`."""
        return any(absence.person == person.key and absence.covers(now) for absence in self.absences)

    def on_duty(self, person: Person, now: datetime, role: Role | None = None) -> bool:
        """Whether `person` is on the rota (for `role`, or for anything) and not absent at `now`."""
        if self.away(person, now):
            return False
        if not self.rota and not self.covers:
            held = role is None or role in person.roles
            return held and (person.shift is None or is_open(person.shift, now))
        roles = tuple(Role) if role is None else (role,)
        return any(
            seat.person.key == person.key and _in_shift(seat, now)
            for one in roles
            for seat in self.seats(one, now)
        )

    def holders(self, role: Role, now: datetime | None = None) -> tuple[Person, ...]:
        """Everybody with `role`, in the order of the file; with `now` whoever has the turn then, absent or not."""
        if now is None:
            return tuple(person for person in self.people if role in person.roles)
        return tuple(seat.person for seat in self.seats(role, now))

    def seats(self, role: Role, now: datetime) -> tuple[Seat, ...]:
        """Whose turn it is for `role` at `now`, absent or not, in order; each person once."""
        turns = [on_turn(rota, now) for one, rota in self.rota if one is role]
        known = [turn for turn in turns if turn is not None]
        keys = [key for turn in known for key in turn]
        if not known:
            keys = [person.key for person in self.holders(role)]
        seats: dict[str, Seat] = {}
        for key in keys:
            person = self.by_key.get(stand_in(key, self.covers, now))
            if person is not None and key in self.by_key:
                seats.setdefault(person.key, Seat(person=person, of=self.by_key[key]))
        return tuple(seats.values())

    def duty(self, role: Role, now: datetime) -> tuple[Person, ...]:
        """Everybody who has the turn for `role`, is within their hours and not absent at `now`."""
        return tuple(
            seat.person
            for seat in self.seats(role, now)
            if _in_shift(seat, now) and not self.away(seat.person, now)
        )

    def acting_lead(self, now: datetime) -> Person | None:
        """The lead, or the backup in the lead's place, or the support lead: whoever has the duty now (ES-5)."""
        last = self.holders(Role.SUPPORT_LEAD, now)
        there = tuple(person for person in last if not self.away(person, now))
        return next(iter((*self.duty(Role.LEAD, now), *self.duty(Role.BACKUP, now), *there, *last)), None)

    def of_the_day(
        self, absences: Iterable[Absence], covers: Iterable[Cover], reach: Sequence[Reach]
    ) -> "Roster":
        """The same with what changes by the day; a number that a code came back from counts as verified."""
        known = {(one.person, one.number) for one in reach if one.verified_at is not None}
        people = tuple(
            replace(person, verified=True) if (person.key, person.phone) in known else person
            for person in self.people
        )
        return replace(
            self, people=people, absences=tuple(absences), covers=tuple(covers), reach=tuple(reach)
        )

    def reach_of(self, person: Person) -> Reach | None:
        """What is known of reaching this person at the number they have now."""
        return next(
            (one for one in self.reach if one.person == person.key and one.number == person.phone), None
        )

    def names(self, keys: Iterable[str]) -> str:
        """Names for keys, joined for a sentence."""
        return ", ".join(self.by_key[key].name if key in self.by_key else key for key in keys)


def _in_shift(seat: Seat, now: datetime) -> bool:
    """Who covers somebody has that person's hours."""
    return seat.of.shift is None or is_open(seat.of.shift, now)
