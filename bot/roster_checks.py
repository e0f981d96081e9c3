"""What no table of frontdoor.toml can see by itself: doubles, names of nothing, numbers that contradict each other."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from bot.roster_file import OfficeFile, Table
from policies.people import Role
from policies.terms import Terms

Place = tuple[str | int, ...]
Problem = tuple[Place, str]
"""Where in the file, as pydantic names places, and what to say about it."""
HOURS_OF_TERMS = frozenset({"development", "support", "business"})
NO_TIME = timedelta(0)
LONGEST_RING = timedelta(minutes=10)
PROMISES = (
    "acknowledge",
    "acknowledge_outside",
    "first_update",
    "second_update",
    "unclaimed",
    "attention",
    "relay",
)


def contradictions(file: OfficeFile) -> Iterator[Problem]:
    """What each table by itself cannot see."""
    yield from _missing_hours(file)
    yield from _unknown_hours(file)
    yield from _missing_roles(file)
    yield from _doubles("people", "key", [(table.key,) for table in file.people])
    yield from _doubles("people", "slack", [(table.slack,) for table in file.people])
    yield from _doubles("clients", "key", [(table.key,) for table in file.clients])
    yield from _doubles("clients", "channels", [table.channels for table in file.clients])
    own = {file.desk.support_channel, file.desk.escalation_channel}
    for number, client in enumerate(file.clients):
        if shared := sorted(own.intersection(client.channels)):
            words = f"names {shared[0]}, which is an internal channel of [desk]. A client must never read it."
            yield ("clients", number, "channels"), words
        if client.terms and client.terms not in file.variants:
            yield (
                ("clients", number, "terms"),
                f"names [terms.{client.terms}], which is not in the file. Add it.",
            )
    if len(own) == 1:
        yield (
            ("desk", "escalation_channel"),
            "is the support channel too. Make a channel of its own for escalations.",
        )


def _missing_hours(file: OfficeFile) -> Iterator[Problem]:
    for name in ("support", "development"):
        if name not in file.hours:
            yield ("hours",), f"has no [hours.{name}]. Add it with zone and windows."


def _unknown_hours(file: OfficeFile) -> Iterator[Problem]:
    named: list[tuple[Place, str]] = [
        (("people", number, "shift"), person.shift) for number, person in enumerate(file.people)
    ]
    tables: list[tuple[Place, Table]] = [
        (("terms",), file.terms),
        *((("terms", key), table) for key, table in file.variants.items()),
    ]
    for place, table in tables:
        named += [((*place, name), getattr(table, name)) for name in HOURS_OF_TERMS & table.model_fields_set]
    for place, name in named:
        if name and name not in file.hours:
            yield place, f"names [hours.{name}], which is not in the file. Add it."


def _missing_roles(file: OfficeFile) -> Iterator[Problem]:
    held = {role for person in file.people for role in person.roles}
    for role in (Role.SUPPORT, Role.SUPPORT_LEAD, Role.LEAD):
        if role.value not in held:
            yield (
                ("people",),
                f'has nobody with the role "{role.value}". Give it to somebody: the process needs one.',
            )


def _doubles(table: str, key: str, values: list[tuple[str, ...]]) -> Iterator[Problem]:
    counted = Counter(value for group in values for value in set(group))
    for number, group in enumerate(values):
        for value in group:
            first = next(index for index, other in enumerate(values) if value in other)
            if (counted[value] > 1 and number != first) or group.count(value) > 1:
                yield (table, number, key), f"names {value}, which is taken already. Each may stand once."


def unsound_terms(place: Place, terms: Terms) -> Iterator[Problem]:
    """Numbers that contradict each other: a promise that would break by itself."""
    for key, sound, words in (
        (
            "short_wait",
            terms.short_wait < terms.first_response_check,
            "is not shorter than first_response_check",
        ),
        (
            "first_response_check",
            terms.first_response_check <= terms.first_response,
            "is longer than first_response",
        ),
        ("ring", NO_TIME < terms.ring <= LONGEST_RING, "is not between 1 s and 10 min, as telephones allow"),
        ("call_guard", terms.ring < terms.call_guard, "is not longer than ring"),
        ("assign_ring", terms.assign_nudge < terms.assign_ring, "is not longer than assign_nudge"),
        ("silence", list(terms.silence) == sorted(set(terms.silence)), "does not count upwards"),
        ("ask_to_close", terms.silence[-1] < terms.ask_to_close, "is not longer than the last of silence"),
        ("round_pauses", NO_TIME not in terms.round_pauses, "holds a pause of nothing"),
    ):
        if not sound:
            yield (*place, key), f"{words}. Correct one of them."
    for key in PROMISES:
        if getattr(terms, key) == NO_TIME:
            yield (*place, key), "is no time at all. Nobody could keep that."
