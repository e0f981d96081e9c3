"""What our own people read of the office itself: a changed file, and announced maintenance."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from policies.events.office import Moved
from policies.markup import inert, moment, person, stamp
from policies.people import Maintenance, Person

_FEW = 3
"""Windows of one client that are named in a sentence."""
_MOST = 12
"""Lines of a list that are shown in a channel; the command line shows all."""
_ELSE = (
    "*frontdoor.toml* says something else than what is in force. "
    "Nothing is changed until the support lead applies it:"
)
Telling = Callable[[datetime], str]
"""How a moment is said."""


def file_changed(changes: Sequence[str], moved: Sequence[Moved], leads: Sequence[Person], zone: str) -> str:
    """The difference and its effect, before one of `leads` applies it; the sum first, since Slack cuts what is long."""
    lines = [inert(line) for line in changes]
    about = effect(moved, partial(moment, zone=zone))
    return "\n".join(
        (
            f"{_ELSE} {' '.join(person(one.slack) for one in leads)}",
            about[-1],
            *_cut([f"• {line}" for line in lines]),
            *_cut([f"• {line}" for line in about[:-1]]),
        )
    )


def effect(moved: Sequence[Moved], tell: Telling) -> tuple[str, ...]:
    """What other terms mean for open requests: a line for each target that moves, and the sum of it."""
    lines = [
        f"{one.ref}: {one.target.replace('_', ' ')} due {_due(one.before, tell)} → {_due(one.after, tell)}"
        for one in moved
    ]
    late = len({one.ref for one in moved if one.late})
    if not lines:
        return ("No target of an open request moves.",)
    total = len({one.ref for one in moved})
    requests = "request" if total == 1 else "requests"
    return (
        *lines,
        f"{total} open {requests} would have other targets, {late or 'none'} of them late at once.",
    )


def _due(at: datetime | None, tell: Telling) -> str:
    return "none" if at is None else tell(at)


def _cut(lines: Sequence[str]) -> list[str]:
    """As many lines as fit; the rest counted."""
    if len(lines) <= _MOST:
        return list(lines)
    return [*lines[:_MOST], f"… and {len(lines) - _MOST} more: `frontdoor terms diff FILE` lists them"]


def told_at(zone: str) -> Telling:
    """Moments as plain text, for the command line."""
    return partial(stamp, zone=zone)


def file_broken(problems: Sequence[str]) -> str:
    """One line: the last good file stays in force."""
    more = f" · and {len(problems) - 3} more (`frontdoor doctor` lists them)" if len(problems) > 3 else ""
    said = " · ".join(inert(problem) for problem in problems[:3])
    return f":warning: *frontdoor.toml* was changed and cannot be used; what was in force before stays in force. {said}{more}"


def file_taken(changes: Sequence[str], since: datetime, zone: str) -> str:
    """One line, at a start."""
    said = " ".join(_cut([inert(line) for line in changes]))
    return f"Started with another *frontdoor.toml* than the one in force since {moment(since, zone)}: {said}"


def applied(name: str) -> str:
    """Somebody with the right pressed the button."""
    return (
        f":white_check_mark: {inert(name)} applied the changed *frontdoor.toml*. It is in force from now on; "
        "open requests are computed anew from their own start."
    )


def file_settled(name: str) -> str:
    """Under the change that was shown, in place of its button."""
    return f":white_check_mark: {inert(name)} applied this."


FILE_STARTED = ":white_check_mark: This came into force with a start of the bot."
"""Under the change that was shown, in place of its button."""


def file_superseded(*, shown: bool) -> str:
    """Under the change that was shown, in place of its button."""
    more = "a later message shows it" if shown else "it says again what is in force"
    return f"The file was changed once more: {more}. This cannot be applied any more."


def maintenance_set(name: str, client: str, window: Maintenance, zone: str) -> str:
    """PM-2: announced by somebody."""
    told = "Tell the client: the bot does not write to them by itself."
    return f"{inert(name)} announced maintenance at *{inert(client)}* {_window(window, zone)}. {told}"


def maintenance_over(name: str, client: str, stays: str) -> str:
    """PM-2: taken back, or over before its time; `stays` says what is not."""
    if not stays:
        return f"{inert(name)} ended the announced maintenance at *{inert(client)}*."
    return f"{inert(name)} ended the maintenance at *{inert(client)}* that was announced by command. {stays}"


def maintenance_stays(windows: Sequence[Maintenance], zone: str) -> str:
    """PM-2: what a command cannot end, and who can."""
    listed = "; ".join(_window(one, zone) for one in windows[:_FEW])
    more = f"; and {len(windows) - _FEW} more" if len(windows) > _FEW else ""
    return (
        f"This stands in *frontdoor.toml* and goes on: {listed}{more}. "
        "To end it, take it out there; the support lead then applies the changed file."
    )


def maintenance_nears(client: str, window: Maintenance, zone: str) -> str:
    """PM-2: a day and an hour before."""
    return f":calendar: Maintenance at *{inert(client)}* is announced {_window(window, zone)}. Has the client been told?"


def _window(window: Maintenance, zone: str) -> str:
    return f"from {moment(window.start, zone)} until {moment(window.end, zone)}: {inert(window.what)}"
