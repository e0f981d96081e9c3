"""Old rows stay readable for ever: one golden row of each kind of fact."""

import json
from pathlib import Path
from typing import get_args

import pytest

from bot.storage import codec
from bot.streams import KINDS
from policies.effects import AnyEffect
from policies.facts import AnyFact

GOLDEN: dict[str, dict[str, object]] = json.loads(
    (Path(__file__).parent / "golden_facts.json").read_text(encoding="utf-8")
)


def _kinds(union: object) -> list[str]:
    return sorted(kind.__dataclass_fields__["kind"].default for kind in get_args(union))


def test_every_kind_of_fact_has_its_golden_row() -> None:
    """A new kind comes with a row, an old row never goes."""
    assert sorted(GOLDEN) == _kinds(AnyFact)


@pytest.mark.parametrize("kind", sorted(GOLDEN))
def test_a_golden_row_reads_as_it_was_written(kind: str) -> None:
    """Every field that was written is still there, with the same value."""
    row = GOLDEN[kind]
    fact = codec.load_fact(kind, 1, json.dumps(row))
    again = json.loads(codec.dump_fact(fact))

    assert {name: again[name] for name in row} == row


def test_an_unknown_kind_fails_loudly() -> None:
    """Leaving a fact out would change history."""
    with pytest.raises(ValueError, match="invented"):
        codec.load_fact("invented", 1, '{"kind": "invented", "at": "2026-11-18T09:00:00Z", "by": "sam"}')


def test_an_older_version_is_read_through_its_upcaster(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body of yesterday becomes one of today, step by step."""
    monkeypatch.setitem(codec.VERSIONS, "skipped", 3)
    monkeypatch.setitem(codec.UPCASTERS, ("skipped", 1), lambda body: {**body, "person": body.pop("who")})
    monkeypatch.setitem(codec.UPCASTERS, ("skipped", 2), lambda body: {**body, "rung": 0})
    old = '{"kind":"skipped","at":"2026-11-18T09:00:00Z","by":"clock","role":"lead","who":"lee","why":"away"}'

    fact = codec.load_fact("skipped", 1, old)

    assert (fact.kind, getattr(fact, "person", ""), codec.version_of("skipped")) == ("skipped", "lee", 3)


def test_every_kind_of_effect_has_a_stream() -> None:
    """Nothing can be decided that the outbox could not order."""
    assert sorted(KINDS) == _kinds(AnyEffect)
