"""What no table of frontdoor.toml can see by itself: doubles, names of nothing, numbers that contradict each other."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from bot.office.file import OfficeFile
from bot.office.model import Place, values
from bot.office.problems import Problem
from policies.people import Role
from policies.terms import Terms

LONGEST_RING = timedelta(minutes=10)


def contradictions(file: OfficeFile) -> Iterator[Problem]:
    """What each table by itself cannot see."""
    yield from _names_of_nothing(file)
    yield from _missing_hours(file)
    yield from _missing_roles(file)
    yield from _doubles("people", "key", [(table.key,) for table in file.people])
    yield from _doubles("people", "slack", [(table.slack,) for table in file.people])
    yield from _doubles("clients", "key", [(table.key,) for table in file.clients])
    yield from _doubles("clients", "channels", [table.channels for table in file.clients])
    yield from _doubles("vendors", "key", [(table.key,) for table in file.vendors])
    yield from _doubles("rota", "role", [(table.role,) for table in file.rota])
    yield from _internal_channels(file)


def _names_of_nothing(file: OfficeFile) -> Iterator[Problem]:
    known = {
        "hours": sorted(file.hours),
        "terms": sorted(file.variants),
        "people": [person.key for person in file.people],
        "products": sorted({product.name for client in file.clients for product in client.products}),
    }
    for place, kind, value in values(file):
        if not kind.refers or value in known[kind.refers]:
            continue
        if kind.refers in {"hours", "terms"}:
            yield place, f"names [{kind.refers}.{value}], which is not in the file. Add it."
        else:
            whose = {"people": "nobody's key", "products": "no client's product"}[kind.refers]
            there = ", ".join(known[kind.refers]) or "none"
            yield place, f"names {value}, which is {whose}. There are: {there}."


def _missing_hours(file: OfficeFile) -> Iterator[Problem]:
    for name in ("support", "development"):
        if name not in file.hours:
            yield ("hours",), f"has no [hours.{name}]. Add it with zone and windows."


def _missing_roles(file: OfficeFile) -> Iterator[Problem]:
    held = {role for person in file.people for role in person.roles}
    for role in (Role.SUPPORT, Role.SUPPORT_LEAD, Role.LEAD):
        if role.value not in held:
            words = f'has nobody with the role "{role.value}". Give it to somebody: the process needs one.'
            yield ("people",), words
    holders = {person.key: person.roles for person in file.people}
    for number, rota in enumerate(file.rota):
        for index, key in enumerate(rota.people or ()):
            if key in holders and rota.role not in holders[key]:
                words = f"names {key}, who has not the role {rota.role}. Add it to that person's roles."
                yield ("rota", number, "people", index), words


def _doubles(table: str, key: str, values: list[tuple[str, ...]]) -> Iterator[Problem]:
    counted = Counter(value for group in values for value in group)
    for number, group in enumerate(values):
        for value in group:
            first = next(index for index, other in enumerate(values) if value in other)
            if counted[value] > 1 and number != first:
                yield (table, number, key), f"names {value}, which is taken already. Each may stand once."


def _internal_channels(file: OfficeFile) -> Iterator[Problem]:
    own = {file.desk.support_channel, file.desk.escalation_channel}
    for number, client in enumerate(file.clients):
        if shared := sorted(own.intersection(client.channels)):
            words = f"names {shared[0]}, which is an internal channel of [desk]. A client must never read it."
            yield ("clients", number, "channels"), words
    if len(own) == 1:
        words = "is the support channel too. Make a channel of its own for escalations."
        yield ("desk", "escalation_channel"), words


def unsound_terms(place: Place, terms: Terms) -> Iterator[Problem]:
    """Numbers that contradict each other: a promise that would break by itself."""
    check = terms.first_response_check
    for key, sound, words in (
        ("short_wait", terms.short_wait < check, "is not shorter than first_response_check"),
        ("first_response_check", check <= terms.first_response, "is longer than first_response"),
        ("ring", terms.ring <= LONGEST_RING, "is longer than the 10 min that telephones allow"),
        ("call_guard", terms.ring < terms.call_guard, "is not longer than ring"),
        ("assign_ring", terms.assign_nudge < terms.assign_ring, "is not longer than assign_nudge"),
        ("silence", list(terms.silence) == sorted(set(terms.silence)), "does not count upwards"),
        ("ask_to_close", terms.silence[-1] < terms.ask_to_close, "is not longer than the last of silence"),
    ):
        if not sound:
            yield (*place, key), f"{words}. Correct one of them."
