"""Which clocks run: derived from the ticket, never commanded. And why each stands where it stands."""

from dataclasses import dataclass
from datetime import datetime

from policies.facts import Aim
from policies.markup import stamp
from policies.questions.targets import counted, told_of
from policies.ticket import Stage, Ticket

Running = dict[tuple[str, str], datetime]
"""(kind, subject) -> due, aware UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One running clock in words: `rule` is its id, `why` a sentence with the moment in the asked zone.

    `target` is what a target was computed from; what the ticket stands under (pauses, terms, intensive period) stands in the ticket.
    """

    kind: str
    subject: str
    due: datetime
    rule: str
    why: str
    target: Aim | None = None


def _of_development(ticket: Ticket) -> dict[tuple[str, str], datetime | None]:
    """What development owes. Where another request leads an incident, it is owed there, and rests here."""
    if ticket.is_led:
        return {}
    return {
        ("acknowledge", ""): ticket.acknowledge_at,
        ("assign_nudge", ""): ticket.assign_nudge_at,
        ("assign_ring", ""): ticket.assign_ring_at,
        ("update", ticket.update_which): ticket.update_at,
        ("promise", ""): ticket.promise_at,
        ("heard", ""): ticket.heard_at,
    }


def running(ticket: Ticket) -> Running:
    """Everything that runs for `ticket`. An open ticket always has something here (no silent ticket)."""
    clocks: dict[tuple[str, str], datetime | None] = {}
    if ticket.is_open:
        clocks |= {
            ("first_response", ""): ticket.respond_at,
            ("first_response_check", ""): ticket.check_at if ticket.respond_at is None else None,
            ("unclaimed", ""): ticket.unclaimed_at,
            ("attention", ""): ticket.attention_at,
            ("silence", ""): ticket.silence_at,
            ("warning", ""): ticket.warn_at,
            ("executives", ""): ticket.executives.ask_at if ticket.executives is not None else None,
            ("decide", ""): ticket.decide_at,
            ("neutral", ""): ticket.neutral_at,
            ("word", ""): ticket.word.by if ticket.word is not None and not ticket.word.late else None,
        }
        clocks |= _of_development(ticket)
        clocks |= {("vendor", case.vendor): case.look_at for case in ticket.waiting_vendors}
        clocks |= {("relay", str(update.number)): update.relay_at for update in ticket.updates}
        if ticket.ladder is not None:
            clocks["call", ticket.ladder.person] = ticket.ladder.guard_at
            clocks["round", ticket.ladder.purpose] = ticket.ladder.next_round_at
    clocks |= {("revert", str(item.number)): item.ask_at for item in ticket.workarounds}
    clocks |= {
        ("target", aim.kind): aim.next_at for aim in ticket.live_aims if ticket.is_open or aim.kind == "fix"
    }
    return {key: due for key, due in clocks.items() if due is not None}


_RULES: dict[str, tuple[str, str]] = {
    "first_response": ("IN-2", "the bot gives the first response unless a person answers before"),
    "first_response_check": (
        "IN-2",
        "Slack must have confirmed the first response by then, or support is alerted",
    ),
    "unclaimed": ("IN-5", "support is asked again, then telephoned"),
    "attention": ("IN-5", "its owner is reminded"),
    "silence": ("TR-6", "the client is reminded"),
    "acknowledge": ("ES-2", "the development lead acknowledges by then, or is telephoned"),
    "assign_nudge": ("ES-4", "it is acknowledged and wants a developer"),
    "assign_ring": ("ES-4", "without a developer by then the lead is telephoned"),
    "update": ("UP-1", "the next update from development is due"),
    "warning": ("UP-3", "the estimate is about to expire: developer and support are asked"),
    "neutral": ("UP-3", "if nobody told the client by then, the bot says that it will take longer"),
    "promise": ("UP-3", "the estimate given expires"),
    "word": ("UP-3", "the client was told to hear from us by then"),
    "heard": ("UP-1", "the lead has heard of the missed update and has this long"),
    "executives": ("SV-2", "whoever is to inform the executives is asked again until it is recorded"),
    "decide": ("SV-2", "Severity 1 is accepted or turned down by then, or those who decide are telephoned"),
    "relay": ("UP-4", "an update waits to be sent to the client"),
    "call": ("ES-3", "a call that nobody says anything about counts as ended"),
    "round": ("ES-3", "nobody was reached; the telephone is taken up again"),
    "revert": ("WA-2", "a workaround is to be reverted, or confirmed as reverted"),
    "target": ("SV-1", "people are told of a target of its severity"),
    "vendor": ("VE-1", "a vendor is to have answered, or somebody is asked to look"),
}
"""kind -> the rule it comes from, and what it is for."""


def explain(ticket: Ticket, zone: str) -> tuple[Explained, ...]:
    """Why each running clock stands where it stands, soonest first; moments in `zone`."""
    clocks = sorted(running(ticket).items(), key=lambda item: item[1])
    return tuple(_explained(ticket, kind, subject, due, zone) for (kind, subject), due in clocks)


def _explained(ticket: Ticket, kind: str, subject: str, due: datetime, zone: str) -> Explained:
    aim = ticket.aim(subject) if kind == "target" else None
    words = f"{_purpose(ticket, kind)}{_because(ticket, kind, zone)}"
    if aim is not None:
        words = f"{told_of(aim)}{counted(ticket, aim, zone)}"
    return Explained(
        kind=kind,
        subject=subject,
        due=due,
        rule=_SPECIAL.get(subject, _RULES[kind][0]),
        why=f"{stamp(due, zone)}: {words}.",
        target=aim,
    )


_SPECIAL = {"second_update": "UP-2", "fix": "SV-4"}
"""Subjects that have a rule of their own."""


def _purpose(ticket: Ticket, kind: str) -> str:
    """What the clock is for; once it has done its first part, what is left."""
    if kind == "unclaimed" and ticket.unclaimed_reminded:
        return "support is telephoned"
    if kind == "silence" and ticket.silence_sent > 1:
        return "support is told of the silence"
    return _RULES[kind][1]


def _after(ticket: Ticket, kind: str) -> tuple[str, datetime | None]:
    """What the clock follows, and when that was."""
    match kind:
        case "assign_nudge" | "assign_ring":
            return "acknowledged", ticket.acknowledged_at
        case "update" if ticket.update_which == "first_update":
            return "assigned", ticket.assigned_at
        case "decide" if ticket.proposed is not None:
            return "proposed", ticket.proposed.at
        case _:
            return "", None


def _because(ticket: Ticket, kind: str, zone: str) -> str:
    """The circumstance that set the clock, as the end of a sentence."""
    if kind == "acknowledge" and ticket.escalated_at is not None:
        hours = "inside" if ticket.in_hours else "outside"
        return f"; escalated {stamp(ticket.escalated_at, zone)}, {hours} development's working hours"
    what, since = _after(ticket, kind)
    if since is not None:
        return f"; {what} {stamp(since, zone)}"
    if kind in {"update", "warning", "neutral", "promise"} and ticket.cycle_updates:
        return f"; the last update was given {stamp(ticket.updates[-1].at, zone)}"
    of_intake = kind in {"first_response", "first_response_check", "unclaimed"}
    if of_intake and ticket.cycle == 1 and ticket.opened_at is not None:
        return f"; the client wrote {stamp(ticket.opened_at, zone)}"
    if kind == "silence" and ticket.silence_since is not None:
        asked = "asked to confirm" if ticket.stage is Stage.RESOLVED else "asked"
        return f"; {asked} {stamp(ticket.silence_since, zone)}"
    return ""
