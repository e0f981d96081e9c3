"""Files that are either the old ones or the new ones, never half of one."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.ports import NotSent

TRY_AGAIN = 30.0
"""Seconds after which a full or read-only disk is tried again."""


def replace(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a new file beside `path`, then put it in its place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        write(unfinished)
        unfinished.chmod(0o640)
        unfinished.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            unfinished.unlink()


@contextmanager
def disk_or_not_sent() -> Iterator[None]:
    """Say a failure of the disk as delivery understands it: to be tried again."""
    try:
        yield
    except OSError as error:
        raise NotSent(
            f"the records cannot be written: {error.strerror or error}", retry_after=TRY_AGAIN
        ) from error
