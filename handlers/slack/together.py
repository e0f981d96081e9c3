"""What a card says of an incident over several clients, and of the steps that a Severity 1 asks for. Pure."""

from collections.abc import Iterable

from handlers.slack import blocks
from handlers.slack.names import Desk
from policies.markup import escape, inert, moment
from policies.ticket import Ticket
from policies.words.incident import STEPS

_TITLE = 100


def together(ticket: Ticket, desk: Desk) -> Iterable[str]:
    """Who leads or who follows, whose production is down, and how far the steps of a Severity 1 are."""
    if ticket.is_open:
        yield from (
            f"🚨 *Production is down, says {escape(desk.client(member.client))} ({member.ref}).*"
            for member in ticket.members
            if member.down
        )
    if ticket.members:
        listed = ", ".join(f"{one.ref} ({escape(desk.client(one.client))})" for one in ticket.members)
        yield f"🧩 Leads the incident{_named(ticket)}: {listed}"
    elif ticket.led_by:
        yield f"🧩 Part of the incident{_named(ticket)} of *{ticket.leader_ref}*, where development works on it"
    if ticket.is_critical and ticket.is_open and (steps := _steps(ticket, desk)):
        yield " · ".join(steps)


def _named(ticket: Ticket) -> str:
    return f" “{blocks.cut(inert(ticket.incident), _TITLE)}”" if ticket.incident else ""


def _steps(ticket: Ticket, desk: Desk) -> list[str]:
    """SV-2: what is done, by whom, and what is still to be done; whoever leads an incident has its engineer."""
    parts: list[str] = []
    if ticket.developer:
        parts.append(f"☑ engineer: {desk.name(ticket.developer)}")
    elif not ticket.led_by:
        parts.append("☐ engineer to be named")
    asked = ticket.executives
    if asked is not None:
        done = next((one for one in asked.informed if one.number == asked.number), None)
        parts.append(
            f"☑ executives informed by {desk.name(done.by)} {moment(done.at, desk.zone)}"
            if done is not None
            else f"☐ executives to be informed by {desk.name(asked.person)}"
        )
    change = next((one for one in reversed(ticket.code_changes) if one.urgent), None)
    if change is not None:
        steps = [one.step for one in ticket.hotfix if one.number == change.number]
        parts += [f"{'☑' if name in steps else '☐'} {words}" for name, words in STEPS.items()]
    return parts
