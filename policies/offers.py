"""Which buttons a card carries: what makes sense now. Whether somebody may press one is asked behind the door."""

from typing import Literal

from policies.clocks import running
from policies.effects import Button
from policies.ticket import WITH_DEVELOPMENT, Stage, Ticket

SEVERITY = Button(verb="set_severity", label="Severity")
FIX_IS_IN = Button(verb="fix_is_in", label="The fix is in", style="primary")
"""SV-4: ends that somebody is asked for it."""


EXECUTIVES = Button(verb="executives", label="Executives informed", style="primary")
SAME_CAUSE = Button(verb="incident", label="Same cause…")
"""One cause behind several requests: they become one incident."""


def offers(ticket: Ticket, card: Literal["support", "escalation"]) -> tuple[Button, ...]:
    """The buttons of the support card or the escalation card, most wanted first."""
    if ticket.is_led:
        return _led(ticket, card)
    return (*_executives(ticket), *_support(ticket)) if card == "support" else _escalation(ticket)


def _led(ticket: Ticket, card: Literal["support", "escalation"]) -> tuple[Button, ...]:
    """Development works on the request that leads: what is left is the client, and leaving."""
    if card == "escalation":
        return _left_open(ticket)
    claim = (Button(verb="claim", label="I take it", style="primary"),) if ticket.stage is Stage.NEW else ()
    leave = Button(verb="leave_incident", label="Leave the incident")
    return (*_executives(ticket), *claim, Button(verb="reply", label="Write to the client"), SEVERITY, leave)


def _executives(ticket: Ticket) -> tuple[Button, ...]:
    """SV-2: while somebody is to inform them."""
    asked = ticket.executives
    return (EXECUTIVES,) if asked is not None and asked.ask_at is not None and ticket.is_open else ()


def _hotfix(ticket: Ticket) -> tuple[Button, ...]:
    """UP-5: while a code change takes the hotfix path."""
    urgent = any(change.urgent for change in ticket.code_changes)
    return (Button(verb="hotfix", label="Hotfix step…"),) if urgent else ()


def why(ticket: Ticket) -> tuple[Button, ...]:
    """The last button of a card, while something runs: it only shows what runs and why."""
    return (Button(verb="why", label="Why these times?"),) if running(ticket) else ()


def _support(ticket: Ticket) -> tuple[Button, ...]:
    reply = Button(verb="reply", label="Write to the client")
    match ticket.stage:
        case Stage.NEW | Stage.CLAIMED:
            rung = ticket.ladder is not None and ticket.ladder.purpose in {"check", "down"}
            claim = (
                (Button(verb="claim", label="I take it", style="primary"),)
                if ticket.stage is Stage.NEW or rung
                else ()
            )
            return (
                *claim,
                reply,
                Button(verb="answer", label="Resolve without development"),
                Button(verb="escalate", label="Escalate", style="danger"),
                Button(verb="change_request", label="Change request"),
                SEVERITY,
                SAME_CAUSE,
                Button(verb="merge", label="Merge"),
                *_splittable(ticket),
                Button(verb="dismiss", label="Not a request"),
                *_silent(ticket),
            )
        case Stage.ESCALATED | Stage.ACKNOWLEDGED | Stage.ASSIGNED:
            return (reply, SEVERITY, SAME_CAUSE)
        case Stage.RESOLVED:
            return (
                *_ending(ticket),
                reply,
                Button(verb="reopen", label="Reopen"),
            )
        case Stage.CLOSED | Stage.DISMISSED:
            return (Button(verb="reopen", label="Reopen"),)
        case Stage.MERGED:
            return ()


def _ending(ticket: Ticket) -> tuple[Button, ...]:
    """RS-1: nothing ends before the client was told; to close it is the next step once nothing is to be waited for."""
    if ticket.open_updates:
        return ()
    settled = ticket.confirmed_by or ticket.outcome == "change_request" or ticket.silence_sent > 1
    confirm = () if ticket.confirmed_by else (Button(verb="confirm", label="Client confirmed"),)
    return (*confirm, _close(ticket, style="primary" if settled else ""))


def _close(ticket: Ticket, style: Literal["", "primary"] = "") -> Button:
    """WA-3: what leaves a workaround behind is closed by the form that asks who carries it."""
    if ticket.live_workarounds:
        return Button(verb="close_carried", label="Close…", style=style)
    return Button(verb="close", label="Close", style=style)


def _splittable(ticket: Ticket) -> tuple[Button, ...]:
    said = [m for m in ticket.messages if m.side == "client" and not m.deleted]
    more = len(said) > 1 and not all(ticket.began_with(m) for m in said)
    return (Button(verb="split", label="Split"),) if more else ()


def _silent(ticket: Ticket) -> tuple[Button, ...]:
    return (_close(ticket),) if ticket.silence_sent > 1 else ()


def _escalation(ticket: Ticket) -> tuple[Button, ...]:
    left = _left_open(ticket)
    match ticket.stage:
        case Stage.ESCALATED:
            return (
                Button(verb="acknowledge", label="Acknowledge", style="primary"),
                Button(verb="pass_on", label="Pass on"),
                Button(verb="call_now", label="Call now", style="danger"),
                Button(verb="reached_by_voice", label="Reached by voice"),
                SEVERITY,
                *left,
            )
        case Stage.ACKNOWLEDGED:
            update = (Button(verb="update", label="Give an update"),) if ticket.assigned_at else ()
            return (
                Button(verb="assign", label="Assign a developer", style="primary"),
                *update,
                Button(verb="resolve", label="Resolve"),
                Button(verb="workaround", label="Workaround"),
                SEVERITY,
                Button(verb="vendor", label="Vendor…"),
                *left,
            )
        case Stage.ASSIGNED:
            return (
                Button(verb="update", label="Give an update", style="primary"),
                Button(verb="resolve", label="Resolve"),
                Button(verb="workaround", label="Workaround"),
                SEVERITY,
                Button(verb="code_change", label="Log a code change"),
                Button(verb="assign", label="Assign somebody else"),
                *_hotfix(ticket),
                Button(verb="decline", label="Decline"),
                Button(verb="vendor", label="Vendor…"),
                *left,
            )
        case Stage.RESOLVED:
            return (*_hotfix(ticket), *left)
        case _:
            return left


def _left_open(ticket: Ticket) -> tuple[Button, ...]:
    """What outlives the steps: a workaround that is live (WA-2), a vendor who owes an answer (VE-1)."""
    live = (
        Button(verb="reverted", label="Workaround reverted"),
        Button(verb="carry", label="Revert later…"),
    )
    answer = (Button(verb="vendor_answered", label="Vendor answered…"),)
    waiting = ticket.is_open and ticket.waiting_vendors
    fix = (FIX_IS_IN,) if ticket.fix_wanted and ticket.stage not in WITH_DEVELOPMENT else ()
    return (*fix, *(live if ticket.live_workarounds else ()), *(answer if waiting else ()))
