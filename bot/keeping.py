"""Keeping the record: proving it whole, in words for whoever asked."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bot.opening import CannotRun, problems_in_words
from bot.storage import chain
from bot.storage.engine import Connection, StoreFailed, connect
from bot.storage.work import T

Say = Callable[[str], None]
"""Hears how far it is, a line at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was proven: requests, facts, one digest of all, and how many requests an older state had, where there was one."""

    requests: int
    facts: int
    digest: str
    older: int | None


async def verify(url: str, say: Say, *, write: Path | None, against: Path | None) -> Verified:
    """Prove the record whole, beside a running bot or without one; and that an older state is its beginning.

    `write` keeps this state in a file, `against` compares with one. Raises CannotRun for what is not whole.
    """
    older = _read_state(against) if against is not None else None

    def work(conn: Connection) -> tuple[chain.Proof, int | None]:
        proof = chain.prove(conn, lambda done, total: say(f"{done} of {total} requests are proven."))
        return proof, chain.compare(conn, older) if older is not None else None

    try:
        proof, had = await look(url, work)
    except chain.Broken as error:
        raise CannotRun(f"The record is broken: {error}.") from error
    except ValueError as error:
        raise CannotRun(f"{against} is no state that `frontdoor verify --write` has kept.") from error
    if write is not None:
        _write_state(write, proof)
    return Verified(requests=len(proof.heads), facts=proof.facts, digest=proof.digest, older=had)


async def look(url: str, work: Callable[[Connection], T]) -> T:
    """Read beside a running bot. Raises Misconfigured and CannotRun."""
    with problems_in_words():
        database = connect(url, alone=False)
    try:
        return await database.read(work)
    except StoreFailed as error:
        raise CannotRun(
            f"The database cannot be read: {error}. Run `frontdoor migrate`, or see DATABASE_URL."
        ) from error
    finally:
        await database.close()


def _read_state(path: Path) -> str:
    try:
        lines, _, digest = path.read_text(encoding="ascii").rpartition("digest ")
    except (OSError, ValueError) as error:
        raise CannotRun(f"{path} cannot be read: {error}.") from error
    if sha256(lines.encode()).hexdigest() != digest.strip():
        raise CannotRun(
            f"{path} was changed since it was written, or is no state that `frontdoor verify --write` has kept."
        )
    return lines


def _write_state(path: Path, proof: chain.Proof) -> None:
    try:
        path.write_text(f"{proof.lines}digest {proof.digest}\n", encoding="ascii")
    except OSError as error:
        raise CannotRun(f"{path} cannot be written: {error.strerror}.") from error
