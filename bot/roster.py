"""The office: who takes part, where, when and on what terms, as `frontdoor.toml` says it."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot import terms_codec
from bot.calendars import Calendars, Feed
from bot.office.checks import unsound_terms
from bot.office.file import OfficeFile
from bot.office.problems import Problem, said
from bot.office.reading import read
from bot.settings import Misconfigured
from policies.maintenance import with_windows
from policies.people import Person, Role, Roster
from policies.terms import Terms

if TYPE_CHECKING:
    from bot.storage.day import Day

LADDER = (Role.LEAD, Role.BACKUP, Role.SUPPORT_LEAD, Role.SUPPORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Everything of frontdoor.toml, immutable. `zone` is the team's own (IANA), channels are Slack ids.

    `roster` knows no absences: those are of the day and stand in the database. `warnings` are sentences for `doctor`.
    `telephone` does not stand in the file: whether this installation has one at all, and
    `calls_from` the number its calls come from. `calendars` is what feeds of the rota say. `source` is the file's text, and `id`
    the content hash of what it means: another comment or another order of keys makes no other office.
    """

    zone: str
    ref_prefix: str
    support_channel: str
    escalation_channel: str
    roster: Roster
    default_terms: Terms
    client_terms: dict[str, Terms] = field(default_factory=dict)
    warnings: tuple[str, ...] = field(default=(), compare=False)
    telephone: bool = field(default=True, compare=False)
    source: str = field(default="", repr=False, compare=False)
    calls_from: str = field(default="", compare=False)
    feeds: tuple[Feed, ...] = ()
    calendars: Calendars = field(default_factory=Calendars, repr=False, compare=False)
    _days: dict[str, tuple[Hashable, Roster]] = field(default_factory=dict, repr=False, compare=False)
    id: str = field(init=False, compare=False)
    _terms_ids: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Hash everything once: every event asks for the terms in force."""
        object.__setattr__(self, "id", terms_codec.digest(self))
        ids = {client: terms_codec.digest(terms) for client, terms in self.client_terms.items()}
        object.__setattr__(self, "_terms_ids", ids | {"": terms_codec.digest(self.default_terms)})

    def terms_id(self, client: str) -> str:
        """The content hash of `terms(client)`, which is stamped on requests."""
        return self._terms_ids.get(client) or self._terms_ids[""]

    @property
    def versions(self) -> dict[str, Terms]:
        """Every set of terms in use, by its content hash."""
        return {self.terms_id(client): self.terms(client) for client in ("", *self.client_terms)}

    def terms(self, client: str) -> Terms:
        """What was agreed with the client of this key; the default for any other."""
        return self.client_terms.get(client, self.default_terms)

    def of_the_day(self, rows: Hashable, read: "Callable[[], Day]") -> Roster:
        """The roster with what changes by the day; made once for the same `rows` and calendars."""
        key = (rows, self.calendars.version)
        known = self._days.get("last")
        if known is not None and known[0] == key:
            return known[1]
        day = read()
        rota = (*self.roster.rota, *self.calendars.known)
        there = replace(self.roster, rota=rota).of_the_day(day.absences, day.covers, day.reach)
        roster = with_windows(there, day.work)
        self._days["last"] = key, roster
        return roster


def load(path: Path) -> Office:
    """The office that the file describes. Raises Misconfigured with every problem found, each with line and mend."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors mark the beginning
    except (OSError, UnicodeDecodeError) as error:
        mend = "Copy frontdoor.example.toml, or name your file with FRONTDOOR_CONFIG."
        raise Misconfigured((f"{path} cannot be read ({error}). {mend}",)) from error
    return parse(text, path.name)


def parse(text: str, name: str = "frontdoor.toml") -> Office:
    """The same from text; `name` stands in the problems."""
    file = read(text, name)
    office = _office(file)
    if problems := list(_unsound(office, file)):
        raise Misconfigured(said(text, name, problems))
    return replace(office, source=text)


def _office(file: OfficeFile) -> Office:
    hours = {key: table.hours() for key, table in file.hours.items()}
    development = hours["development"]
    standard = Terms(
        development=development, support=hours["support"], business=hours.get("business", development)
    )
    default = file.terms.terms(standard, hours)
    plans = {key: table.terms(default, hours) for key, table in file.variants.items()}
    zone = file.desk.zone
    roster = Roster(
        people=tuple(table.person(zone, hours) for table in file.people),
        clients=tuple(table.client() for table in file.clients),
        rota=tuple(table.rotation(zone) for table in file.rota if not table.calendar),
        executives=tuple(table.contact() for table in file.executives),
        vendors=tuple(table.vendor() for table in file.vendors),
    )
    return Office(
        zone=zone,
        ref_prefix=file.desk.ref_prefix,
        support_channel=file.desk.support_channel,
        escalation_channel=file.desk.escalation_channel,
        roster=roster,
        default_terms=default,
        client_terms={table.key: plans[table.terms] for table in file.clients if table.terms},
        warnings=(*_silent_rungs(roster.people), *_idle_plans(file)),
        feeds=tuple(table.feed(zone) for table in file.rota if table.calendar),
    )


def _silent_rungs(people: tuple[Person, ...]) -> Iterator[str]:
    for person in people:
        if person.phone is None and not person.roles.isdisjoint(LADDER):
            yield f"{person.name} is on the ladder without a telephone number and will be skipped. Add `phone`."


def _idle_plans(file: OfficeFile) -> Iterator[str]:
    for plan in sorted(set(file.variants) - {client.terms for client in file.clients}):
        yield f'[terms.{plan}] is no client\'s. Write terms = "{plan}" at a client, or remove it.'


def _unsound(office: Office, file: OfficeFile) -> Iterator[Problem]:
    yield from unsound_terms(("terms",), office.default_terms)
    for table in file.clients:
        if table.terms:
            yield from unsound_terms(("terms", table.terms), office.terms(table.key))
