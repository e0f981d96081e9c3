"""What people wrote inside facts stands beside the chain, so that it can be erased and nothing breaks."""

import json
from dataclasses import is_dataclass
from typing import Any, get_args, get_type_hints

from sqlalchemy import text

from bot.storage import timeline, words
from bot.storage.engine import Connection
from policies.facts import AnyFact, Escalated, Updated
from policies.ticket import ERASED
from tests.bot.stage import LEE, START, Stage

OURS = {
    "by", "ref", "client", "channel", "ts", "thread", "author", "previous", "slot", "reason", "owner", "subject",
    "lead", "person", "token", "role", "skipped.why", "via", "developer", "entry", "outcome", "into", "other",
    "verb", "refused.why", "block.saas_name", "block.saas_url", "block.branch", "block.branch_env",
    "block.device_type", "block.build_version", "block.issue_platform", "vendor", "carrier",
    "targeted.terms", "target_warned.threshold",
}  # fmt: skip
"""Names, keys and technical answers: they say which product it is and what was done, and stay."""


def _texts(kind: type, prefix: str = "") -> set[str]:
    """Every field of a fact that holds text, also inside what it holds."""
    found: set[str] = set()
    for name, hint in get_type_hints(kind).items():
        if hint is str:
            found.add(prefix + name)
        elif isinstance(hint, type) and is_dataclass(hint):
            found |= _texts(hint, f"{name}.")
    return found


def test_every_text_in_a_fact_is_either_somebodys_words_or_ours() -> None:
    """Whoever adds a fact says which; nobody's words stay in a body by oversight."""
    known: dict[str, Any] = {kind.__dataclass_fields__["kind"].default: kind for kind in get_args(AnyFact)}
    undecided = {
        f"{name}.{field}"
        for name, kind in known.items()
        for field in _texts(kind)
        if not {field, f"{name}.{field}"} & OURS and field not in words.WORDS.get(name, ())
    }

    assert undecided == set()
    assert {name: set(found) - _texts(known[name]) for name, found in words.WORDS.items()} == {
        name: set() for name in words.WORDS
    }


async def _bodies(stage: Stage) -> str:
    rows = await stage.look(lambda conn: conn.execute(text("SELECT body FROM timeline")).scalars().all())
    return json.dumps(rows)


async def test_words_read_as_they_were_typed_and_are_in_no_body(stage: Stage) -> None:
    """Quotes, lines, other alphabets, and what looks like our own mark."""
    number = await stage.escalated()
    await stage.presses("acknowledge", number, LEE)
    await stage.assigns(number, "devi")
    odd = 'A "quoted"\nline, سلام, {"words":"text","digest":"' + "0" * 64 + '"} \\ end'

    def write(conn: Connection) -> tuple[AnyFact, ...]:
        fact = Updated(at=START, by="devi", number=1, what="preliminary", text=odd, relay_at=START)
        _, links = timeline.chained(number, timeline.head(conn, number), [fact])
        timeline.append(conn, links)
        return timeline.facts(conn, number)

    facts = await stage.database.write(write)

    assert [fact.text for fact in facts if isinstance(fact, Updated)] == [odd]
    assert [fact.block.issue_detail for fact in facts if isinstance(fact, Escalated)] == ["Nothing prints"]
    bodies = await _bodies(stage)
    assert ("Nothing prints" in bodies, "quoted" in bodies, "Main Street" in bodies) == (False, False, True)


async def test_erased_words_say_that_they_are(stage: Stage) -> None:
    """For one request and for several at once; the salt goes too, so that nobody can try out what it was."""
    number = await stage.escalated()

    def erase(conn: Connection) -> int:
        conn.execute(text("UPDATE tickets SET head = 'after'"))  # as the fact does that goes with it
        return words.erase(conn, number)

    assert await stage.database.write(erase) == 1
    ticket = await stage.machinery.board.ticket(number)
    (listed,) = await stage.machinery.board.open_tickets()

    assert ticket is not None
    assert ticket.block is not None
    assert ticket.block.issue_detail == ERASED
    assert listed.block == ticket.block
    left = await stage.look(
        lambda conn: [tuple(row) for row in conn.execute(text("SELECT salt, text FROM words"))]
    )
    assert left == [("", None)]
