"""The office: who takes part, where, when and on what terms, as `frontdoor.toml` says it."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot import terms_codec
from bot.roster_checks import Problem, contradictions, unsound_terms
from bot.roster_file import ClientTable, OfficeFile, PersonTable, Table
from bot.settings import Misconfigured
from policies.hours import Hours
from policies.people import Absence, Client, Person, Product, Role, Roster
from policies.terms import Terms

WORDS = {
    "missing": "is missing. Add it.",
    "extra_forbidden": "is no key of this table. Remove or correct it.",
    "too_short": "is empty. Name at least one.",
    "string_too_short": "is empty. Write something.",
    "string_type": "is not text. Put it in quotes.",
    "bool_type": "is neither true nor false (without quotes).",
    "int_type": "is not a whole number.",
    "tuple_type": "is not a list. Write it in [ ].",
}
LADDER = (Role.LEAD, Role.BACKUP, Role.SUPPORT_LEAD, Role.SUPPORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Everything of frontdoor.toml, immutable. `zone` is the team's own (IANA), channels are Slack ids.

    `roster` knows no absences: those are of the day and stand in the database. `warnings` are sentences for `doctor`.
    `telephone` does not stand in the file: whether this installation has one at all. `source` is the file's text, and `id`
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

    def with_absences(self, absences: Iterable[Absence]) -> Roster:
        """The roster of the day."""
        return replace(self.roster, absences=tuple(absences))


def load(path: Path) -> Office:
    """The office that the file describes. Raises Misconfigured with every problem found, each with line and mend."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        mend = "Copy frontdoor.example.toml, or name your file with FRONTDOOR_CONFIG."
        raise Misconfigured((f"{path} cannot be read ({error}). {mend}",)) from error
    return parse(text, path.name)


def parse(text: str, name: str = "frontdoor.toml") -> Office:
    """The same from text; `name` stands in the problems."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured((f"{name}: this is not TOML: {error}.",)) from None
    try:
        file = OfficeFile.model_validate(data)
    except ValidationError as error:
        problems = list(_without_echoes(error.errors()))
        raise Misconfigured(_sentences(text, name, problems)) from None
    if problems := list(contradictions(file)):
        raise Misconfigured(_sentences(text, name, problems))
    office = _office(file)
    if problems := list(_unsound(office, file)):
        raise Misconfigured(_sentences(text, name, problems))
    return replace(office, source=text)


def _office(file: OfficeFile) -> Office:
    hours = {key: table.hours() for key, table in file.hours.items()}
    standard = Terms(
        development=hours["development"], support=hours["support"], business=hours["development"]
    )
    default = _terms(standard, file.terms, hours)
    variants = {key: _terms(default, table, hours) for key, table in file.variants.items()}
    people = tuple(_person(table, file.desk.zone, hours) for table in file.people)
    return Office(
        zone=file.desk.zone,
        ref_prefix=file.desk.ref_prefix,
        support_channel=file.desk.support_channel,
        escalation_channel=file.desk.escalation_channel,
        roster=Roster(people=people, clients=tuple(_client(table) for table in file.clients)),
        default_terms=default,
        client_terms={table.key: variants[table.terms] for table in file.clients if table.terms},
        warnings=tuple(_silent_rungs(people)),
    )


def _terms(base: Terms, table: Table, hours: dict[str, Hours]) -> Terms:
    changed: dict[str, Any] = {name: getattr(table, name) for name in table.model_fields_set}
    changed |= {
        name: hours[changed[name]] for name in ("development", "support", "business") if name in changed
    }
    return replace(base, **changed)


def _person(table: PersonTable, zone: str, hours: dict[str, Hours]) -> Person:
    return Person(
        key=table.key,
        name=table.name,
        slack=table.slack,
        roles=frozenset(Role(role) for role in table.roles),
        zone=table.zone or zone,
        phone=table.phone,
        verified=table.verified,
        products=table.products,
        shift=hours[table.shift] if table.shift else None,
    )


def _client(table: ClientTable) -> Client:
    return Client(
        key=table.key,
        name=table.name,
        channels=table.channels,
        zone=table.zone,
        teams=table.teams,
        products=tuple(Product(name=product.name, url=product.url) for product in table.products),
        branches=table.branches,
    )


def _silent_rungs(people: tuple[Person, ...]) -> Iterator[str]:
    for person in people:
        if person.phone is None and not person.roles.isdisjoint(LADDER):
            yield f"{person.name} is on the ladder without a telephone number and will be skipped. Add `phone`."


def _unsound(office: Office, file: OfficeFile) -> Iterator[Problem]:
    yield from unsound_terms(("terms",), office.default_terms)
    for table in file.clients:
        if table.terms:
            yield from unsound_terms(("terms", table.terms), office.terms(table.key))


def _without_echoes(details: list[ErrorDetails]) -> Iterator[Problem]:
    """Each problem once: a list whose items are all wrong is not also empty."""
    places = [detail["loc"] for detail in details]
    for detail in details:
        place = detail["loc"]
        inside = any(other[: len(place)] == place and other != place for other in places)
        if not (detail["type"] == "too_short" and inside):
            yield place, _words(detail)


def _words(detail: ErrorDetails) -> str:
    return WORDS.get(detail["type"]) or detail["msg"].removeprefix("Value error, ")


def _sentences(text: str, name: str, problems: Iterable[Problem]) -> tuple[str, ...]:
    found = []
    for loc, words in problems:
        path = tuple("terms" if part == "variants" else part for part in loc)
        line = line_of(text, path)
        spoken = (
            ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in path) or "the file"
        )
        found.append(f"{name}{f', line {line}' if line else ''}: {spoken} {words}")
    return tuple(dict.fromkeys(found))


def line_of(text: str, loc: tuple[str | int, ...]) -> int | None:
    """The line (from 1) of a key of the text, or of its nearest table; None when neither is to be seen."""
    lines = text.splitlines()
    names = [str(part) for part in loc if isinstance(part, str)]
    if not names:
        return None
    number = next((part for part in loc if isinstance(part, int)), 0)
    tables = {tuple(names[:depth]) for depth in range(1, len(names) + 1)}
    headers = [(index, _header(line)) for index, line in enumerate(lines)]
    starts = [(index, header) for index, header in headers if header is not None]
    wanted = max((header for _, header in starts if header in tables), key=len, default=None)
    if wanted is None:
        return None
    places = [index for index, header in starts if header == wanted]
    start = places[min(number, len(places) - 1)]
    stop = min((index for index, _ in starts if index > start), default=len(lines))
    for key in reversed(names[len(wanted) :]):
        for index in range(start + 1, stop):
            if re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", lines[index]):
                return index + 1
    return start + 1


def _header(line: str) -> tuple[str, ...] | None:
    found = re.match(r"\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}\s*(#.*)?$", line)
    return tuple(part.strip().strip("\"'") for part in found[1].split(".")) if found else None
