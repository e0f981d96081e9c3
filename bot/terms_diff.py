"""What `frontdoor terms diff` says: what another file would change, and what that means for open requests."""

from bot import roster
from bot.opening import CannotRun, reading
from bot.roster import Office
from bot.settings import Misconfigured, Settings
from policies.terms_changes import differences
from policies.words.office import effect, told_at


async def lines(settings: Settings, new: Office) -> tuple[str, ...]:
    """How `new` differs from what is in force (before the first start: from the file in use), and its effect on open requests.

    Raises Misconfigured when the file in use is broken.
    """
    old = roster.load(settings.frontdoor_config)
    try:
        async with reading(settings, old) as board:
            applied = await board.applied()
            if applied is not None:
                old = _read(applied.source) or old
            changes = differences(old, new)
            if not changes:
                return ("It says what is in force.",)
            return (*changes, *effect(await board.moved_by(new), told_at(new.zone)))
    except CannotRun as error:
        return (*differences(old, new), f"Its effect on open requests is not known. {error}")


def _read(source: str) -> Office | None:
    """The office of a text that came into force once; None when this program cannot read it any more."""
    try:
        return roster.parse(source)
    except Misconfigured:
        return None
