"""The answer to "Why these times?": every running clock of a request with its rule and what its moment is made of. Reads only."""

from collections.abc import Iterator

import structlog
from slack_sdk.errors import SlackApiError

from bot.storage.engine import StoreFailed
from handlers.slack import blocks
from handlers.slack.blocks import Json
from handlers.slack.client import error_of
from handlers.slack.door import Door
from handlers.slack.forms.form import notice
from handlers.slack.parse import Click
from handlers.slack.tools import Tools
from policies.markup import moment, stamp
from policies.questions.explaining import Reason, reasons
from policies.questions.targets import TARGETS
from policies.terms import Terms
from policies.ticket import Ticket
from policies.words.hours import told

log = structlog.get_logger(__name__)

VERB = "why"
TITLE = "Why these times?"
_OURS = "This is for our own people."
_TOO_LATE = "Slack did not open it in time. Please press again."
_UNREADABLE = "Our records cannot be read at the moment. Please try again."


async def show(pressed: Click, tools: Tools, door: Door) -> None:
    """Open it for one of us, and fill it. Nothing is recorded: looking changes nothing."""
    origin = pressed.origin
    if not origin.actor.ours and origin.user not in tools.office.roster.by_slack:
        await door.tell(origin, _OURS)
        return
    try:
        opened = await tools.client.views_open(trigger_id=origin.trigger, view=notice(TITLE, "One moment…"))
    except SlackApiError as problem:
        log.warning("slack.why_not_opened", reason=error_of(problem))
        await door.tell(origin, _TOO_LATE)
        return
    shown = opened["view"]
    try:
        filled = await _filled(pressed, tools)
    except StoreFailed:
        filled = notice(TITLE, _UNREADABLE)
    await tools.client.views_update(view_id=shown["id"], hash=shown.get("hash"), view=filled)


async def _filled(pressed: Click, tools: Tools) -> Json:
    ticket = await tools.board.ticket(pressed.ticket) if pressed.ticket is not None else None
    if ticket is None:
        return notice(TITLE, "There is no such request any more.")
    context = await tools.board.context(ticket)
    viewer = context.roster.by_slack.get(pressed.origin.user)
    return view(ticket, context.terms, viewer.zone if viewer is not None else context.zone)


def view(ticket: Ticket, terms: Terms, zone: str) -> Json:
    """What is shown; moments in the viewer's `zone` (IANA)."""
    found = reasons(ticket, terms, zone)
    body = [blocks.section("\n".join(_standing(ticket, zone)))]
    for one in found:
        body += [blocks.divider(), *blocks.sections("\n".join(_clock(one, zone)))]
    if not found:
        body.append(blocks.section("No clock runs."))
    return notice(TITLE, "") | {"blocks": blocks.fitted(body, blocks.VIEW_BLOCKS)}


def _standing(ticket: Ticket, zone: str) -> Iterator[str]:
    """What holds for all of them: severity, terms, the intensive period, and what rests."""
    severity = f" · Severity {ticket.severity[1:]}" if ticket.severity else ""
    terms = f" · terms {ticket.terms}" if ticket.terms else ""
    yield f"*{ticket.ref}*{severity}{terms}"
    if ticket.intensive:
        yield "It came in the client's intensive period: the response is due sooner (HC-1)."
    for begin, end in ticket.pauses:
        yield f"Rested {stamp(begin, zone)} to {stamp(end, zone)}: the client was the one to answer (TR-6)."
    if ticket.resting_since is not None:
        resting = " and ".join(TARGETS[aim.kind] for aim in ticket.aims if aim.next_at is None)
        what = f": {resting}" if resting else ""
        yield f"Rests since {stamp(ticket.resting_since, zone)}, the client is the one to answer (TR-6){what}."


def _clock(one: Reason, zone: str) -> Iterator[str]:
    """A clock: when and by which rule, why, and the stretches of time below."""
    clock = one.clock
    words = clock.why.partition(": ")[2]
    yield f"*{moment(clock.due, zone)}* · {clock.rule}"
    yield f"{words[:1].upper()}{words[1:]}"
    if one.calendar and one.segments:
        yield f"Counted in the hours of {one.calendar}:"
    if len(one.segments) > 1 or one.calendar:
        yield from (f"• {line}" for line in told(one.segments, zone))
