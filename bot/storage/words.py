"""Words of people inside facts: they stand in a table of their own, and the fact's body keeps their salted digest.

So they can be erased for good, and the hash over the body stays what it was.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.storage.hot import run, write
from bot.storage.tables import words
from policies.ticket import ERASED

WORDS: Mapping[str, tuple[str, ...]] = {
    "replied": ("text",),
    "escalated": ("block.issue_detail",),
    "reached_by_voice": ("note",),
    "declined": ("why",),
    "updated": ("text",),
    "relayed": ("text",),
    "code_change": ("summary", "scope"),
    "workaround": ("what", "original"),
    "workaround_carried": ("why",),
    "vendor_asked": ("told", "reference"),
    "vendor_answered": ("said",),
    "severity_set": ("why",),
    "severity_proposed": ("why",),
    "resolved": ("text", "cause", "steps"),
    "executives_informed": ("whom", "how"),
    "hotfix_step_done": ("note",),
    "incident_led": ("title",),
    "incident_joined": ("title",),
    "update_carried": ("text",),
}
"""Kind of fact -> its fields that people type."""

MARK = '{"words":"'
_MARKS = re.compile(r'\{"words":"([a-z_.]+)","digest":"([0-9a-f]{64})"\}')
_KEEP = insert(words)
_OF_ONE = select(words.c.ticket, words.c.seq, words.c.field, words.c.text).where(
    words.c.ticket == bindparam("ticket")
)
_OF_MANY = select(words.c.ticket, words.c.seq, words.c.field, words.c.text).where(
    words.c.ticket.in_(bindparam("tickets", expanding=True))
)

Place = tuple[int, int, str]
"""Ticket, number of the fact, field."""


@dataclass(frozen=True, slots=True)
class Said:
    """The words of one field, with the salt of their digest."""

    field: str
    salt: str
    text: str


def digest(salt: str, text: str) -> str:
    """What a body keeps of words; without the salt nobody can try out what they were."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def take_out(kind: str, body: str) -> tuple[str, tuple[Said, ...]]:
    """The body of a fact without people's words, and these."""
    if kind not in WORDS:
        return body, ()
    data: dict[str, Any] = json.loads(body)
    taken = []
    for field in WORDS[kind]:
        *outer, name = field.split(".")
        holder = data
        for part in outer:
            holder = holder[part]
        if holder[name]:
            said = Said(field, secrets.token_hex(16), holder[name])
            holder[name] = {"words": field, "digest": digest(said.salt, said.text)}
            taken.append(said)
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")), tuple(taken)


def put_back(ticket: int, seq: int, body: str, known: Mapping[Place, str | None]) -> str:
    """The body with its words again; where they were erased, it says so. LookupError where they are missing."""
    return _MARKS.sub(lambda found: _text(known[ticket, seq, found[1]]), body)


def _text(said: str | None) -> str:
    return json.dumps(ERASED if said is None else said, ensure_ascii=False)


def marks(body: str) -> list[tuple[str, str]]:
    """Field and digest of each word that was taken out of a body."""
    return _MARKS.findall(body) if MARK in body else []


def keep(conn: Connection, said: Iterable[tuple[Mapping[str, Any], Said]]) -> None:
    """Write words, each with the row of its fact."""
    rows = [
        {"ticket": row["ticket"], "seq": row["seq"], "field": one.field, "salt": one.salt, "text": one.text}
        for row, one in said
    ]
    if rows:
        write(conn, _KEEP, rows)


def of(conn: Connection, ticket: int) -> dict[Place, str | None]:
    """The words of a ticket's facts; None for erased ones."""
    return {(row[0], row[1], row[2]): row[3] for row in run(conn, _OF_ONE, {"ticket": ticket})}


def of_many(conn: Connection, tickets: Sequence[int]) -> dict[Place, str | None]:
    """The same for several tickets."""
    return {(row[0], row[1], row[2]): row[3] for row in run(conn, _OF_MANY, {"tickets": tickets})}


def erase(conn: Connection, ticket: int) -> int:
    """Erase the words of a ticket's facts, and the salts; how many fields there were."""
    gone = update(words).where(words.c.ticket == ticket, words.c.text.is_not(None))
    return conn.execute(gone.values(text=None, salt="")).rowcount
