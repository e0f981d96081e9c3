"""The table of counts, as it stands in docs/reliability.md."""

from collections.abc import Sequence

from tests.reliability.judge import Verdict
from tests.reliability.steps import Result

KINDS = {
    "intake": "at every step while a message is taken in",
    "response": "at every step while a first response falls due and is sent",
    "call": "at every step while an escalation lapses and the lead is rung",
    "load": "at random moments under load, several times in a row",
    "weather": "the same, with 65 % of the requests spoiled",
    "share": "a kill every minute with 65 % of the requests spoiled, nothing sped up",
    "late": "requests that land after the settling time (the stated assumption broken)",
    "database-intake": "the database, while a message is taken in",
    "database-response": "the database, while a first response is sent",
    "database-call": "the database, while the lead is rung",
    "stopped-intake": "a replica stopped past its lease, while a message is taken in",
    "stopped-response": "a replica stopped past its lease, while a first response is sent",
    "stopped-call": "a replica stopped past its lease, while the lead is rung",
}
HEAD = (
    "kind of kill", "database", "kills", "requests", "first responses", "calls",
    "lost", "doubled", "silent tickets", "other", "given up",
)  # fmt: skip


def table(results: Sequence[Result]) -> str:
    """A row for each kind and database, and one for all."""
    kinds: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        kind, database, _ = result.name.split(":")
        kinds.setdefault((kind, database), []).append(result)
    rows = [_row(KINDS.get(kind, kind), database, some) for (kind, database), some in kinds.items()]
    rows.append(_row("all that must be zero", "", [result for result in results if not result.expected]))
    lines = [HEAD, tuple("---" for _ in HEAD), *rows]
    notes = [f"\n{note}\n" for result in results for note in result.notes]
    return "".join([*(f"| {' | '.join(line)} |\n" for line in lines), *notes])


def _row(kind: str, database: str, results: Sequence[Result]) -> tuple[str, ...]:
    total = sum((result.verdict for result in results), Verdict())
    lost = total.requests_lost + total.responses_lost + total.calls_lost
    doubled = total.doubled_to_clients + total.doubled_inside + total.calls_doubled
    other = total.without_end + total.kept_events
    others = other + sum(bool(result.missing or result.extra) for result in results)
    figures = (
        sum(result.kills for result in results),
        total.requests,
        total.first_responses,
        total.calls,
        lost,
        doubled,
        total.silent,
        others,
        total.given_up,
    )
    return (kind, database, *(f"{figure:,}" for figure in figures))
