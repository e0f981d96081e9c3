"""What the severity promises (SV-1 to SV-4): which targets a ticket has, until when, and when people are warned before.

Targets count from the request's own start, or that of its present cycle, in the terms' `business` hours where the amount is
open time, without the pauses in which the client was the one to answer (TR-6). What is decided here is one fact that
carries everything; the clocks follow from it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

from policies import facts as f
from policies.decision import Context
from policies.hours import Amount, Days, Open, Pause, Plain, due, is_open, next_open
from policies.intensive import is_intensive
from policies.markup import span
from policies.terms import DAY, Severity, Target, Terms
from policies.ticket import OVER, Ticket

MISSED = "missed"
"""The threshold of a target that lapsed."""
_LONGEST_HOLIDAY = 14
"""For so many days is looked for one on which the office is open at the same hour."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all targets of a ticket have in common at one moment."""

    severity: Severity
    since: datetime
    pauses: tuple[Pause, ...]
    resting_since: datetime | None
    fix_at: datetime | None
    intensive: bool


@dataclass(frozen=True, slots=True)
class _Counted:
    """How one target is counted."""

    kind: f.AimKind
    since: datetime
    amount: Amount
    pauses: tuple[Pause, ...]


def retarget(before: Ticket, after: Ticket, ctx: Context, at: datetime) -> f.Targeted | None:
    """The targets after what happened `at`, None when nothing changed that they come from.

    `before` and `after` are the ticket around the decision; for a new request `before` is one without facts.
    """
    because = _because(before, after, ctx)
    if because is None:
        return None
    frame = _frame(before, after, ctx, at, anew=because in {"opened", "reopened"})
    return f.Targeted(
        at=ctx.now,
        by="bot",
        because=because,
        severity=frame.severity,
        since=frame.since,
        aims=tuple(_aims(after, frame, ctx)),
        pauses=frame.pauses,
        resting_since=frame.resting_since,
        fix_at=frame.fix_at,
        terms=ctx.terms_id,
        intensive=frame.intensive,
    )


def rests(ticket: Ticket) -> bool:
    """TR-6: whether the client is the one to answer, so that the targets rest."""
    return ticket.silence_since is not None and ticket.stage not in OVER


def _because(before: Ticket, after: Ticket, ctx: Context) -> f.Because | None:
    """What has changed of all that the targets come from; None for nothing. What is met goes by itself, with its fact."""
    if not after.severity:
        return "opened" if after.is_open and after.cycle_at is not None else None
    if before.cycle != after.cycle:
        return "reopened"
    if _as_set(before) != _as_set(after):
        return "severity"
    if rests(after) != (after.resting_since is not None):
        return "asked" if after.resting_since is None else "answered"
    if after.intensive and before.escalated_at is None and after.escalated_at is not None:
        return "escalated"
    return _spoken(before, after, ctx) or _agreed_anew(after, ctx)


def _as_set(ticket: Ticket) -> tuple[object, ...]:
    return ticket.severity, ticket.urgent, ticket.severity_at, ticket.fix_at


def _spoken(before: Ticket, after: Ticket, ctx: Context) -> f.Because | None:
    """Words matter only where a word was promised."""
    if before.told_at != after.told_at and any(aim.kind in {"updates", "next_reply"} for aim in after.aims):
        return "told"
    asked = before.waiting_since is None and after.waiting_since is not None
    return "wrote" if asked and ctx.terms.next_reply is not None else None


def _agreed_anew(ticket: Ticket, ctx: Context) -> f.Because | None:
    changed = ctx.terms_id and ctx.terms_id != ticket.terms
    return "terms" if changed and (ticket.is_open or ticket.live_aims) else None


def _frame(before: Ticket, after: Ticket, ctx: Context, at: datetime, *, anew: bool) -> _Frame:
    since = after.cycle_at or at
    severity = severity_now(after, ctx.terms)
    resting_since = after.silence_since if rests(after) else None
    if anew:
        client = ctx.roster.client_by_key.get(after.client)
        intensive = client is not None and is_intensive(client, since, ctx.terms)
        return _Frame(severity, since, (), resting_since, after.fix_at, intensive)
    return _Frame(
        severity,
        since,
        _pauses(after, resting_since, at),
        resting_since and (after.resting_since or resting_since),
        _fix_at(before, after, ctx.terms),
        after.intensive,
    )


def severity_now(ticket: Ticket, terms: Terms) -> Severity:
    """The one that was set, else what the terms say of a request of which nobody said anything."""
    known = next((one for one in terms.severities if one == ticket.severity), terms.default_severity)
    return known if ticket.severity_by else terms.default_severity


def _pauses(ticket: Ticket, resting_since: datetime | None, at: datetime) -> tuple[Pause, ...]:
    """A pause is over once the client has answered; one of no length is none."""
    if ticket.resting_since is None or resting_since is not None or at <= ticket.resting_since:
        return ticket.pauses
    return (*ticket.pauses, (ticket.resting_since, at))


def _fix_at(before: Ticket, after: Ticket, terms: Terms) -> datetime | None:
    """HC-4: a defect that is escalated in the intensive period has a date, whoever forgets to set one.

    In whole seconds, as a form gives it back.
    """
    escalated = before.escalated_at is None and after.escalated_at is not None
    if after.fix_at is None and after.intensive and escalated and after.escalated_at is not None:
        return (after.escalated_at + terms.intensive_fix).replace(microsecond=0)
    return after.fix_at


def _aims(ticket: Ticket, frame: _Frame, ctx: Context) -> Iterator[f.Aim]:
    """The targets that are not met yet; while they rest nobody is told anything."""
    for kind, since, amount in _wanted(ticket, frame, ctx.terms):
        counted = _Counted(kind, since, amount, () if kind == "fix" else frame.pauses)
        due_at = due(ctx.terms.business, since, amount, counted.pauses)
        if due_at is None:
            continue  # the calendar never opens that long
        aim = f.Aim(
            kind=kind,
            since=since,
            amount=words_for(amount),
            due_at=due_at,
            warnings=tuple(_warnings(ticket, counted, due_at, ctx)),
        )
        rests_too = frame.resting_since is not None and kind != "fix"
        yield aim if rests_too else replace(aim, next_at=_next_at(ticket, aim, frame.severity, ctx))


def _wanted(ticket: Ticket, frame: _Frame, terms: Terms) -> Iterator[tuple[f.AimKind, datetime, Amount]]:
    """Kind, start and amount of every target that is not met (SV-1)."""
    target = terms.severities[frame.severity]
    going = ticket.stage not in OVER
    if going and ticket.assigned_at is None:
        yield "response", frame.since, response_of(target, terms, ticket.urgent, frame.intensive)
    if going and target.resolution is not None:
        yield "resolution", frame.since, target.resolution
    if going and target.updates is not None:
        yield "updates", ticket.told_at or frame.since, Plain(target.updates)
    if ticket.is_open and ticket.waiting_since is not None and terms.next_reply is not None:
        yield "next_reply", ticket.waiting_since, terms.next_reply
    if frame.fix_at is not None:
        start = min(ticket.severity_at or ticket.escalated_at or frame.since, frame.fix_at)
        yield "fix", start, Plain(frame.fix_at - start)


def response_of(target: Target, terms: Terms, urgent: bool, intensive: bool) -> Amount:  # noqa: FBT001 - facts of a ticket
    """How soon an engineer is assigned: sooner when flagged out of hours, and in the intensive period (HC-1)."""
    amount = target.flagged if urgent and target.flagged is not None else target.response
    return share_of(amount, Fraction(terms.intensive_share).limit_denominator(1000)) if intensive else amount


def share_of(amount: Amount, share: Fraction) -> Amount:
    """A share of an amount, counted in the same way: of business hours, of business days, or of plain time."""
    if isinstance(amount, Days):
        return Days(amount.number * share)
    return replace(amount, length=amount.length * share.numerator / share.denominator)


def words_for(amount: Amount) -> str:
    """An amount as people say it: 4 business hours, 2 business days, 45 minutes."""
    match amount:
        case Plain(length):
            return span(length.total_seconds())
        case Open(length):
            number, _, unit = span(length.total_seconds()).partition(" ")
            return f"{number} business {unit}"
        case Days(number):
            shown = str(number) if number == int(number) else f"{float(number):g}"
            return f"{shown} business day{'' if number == 1 else 's'}"


def _warnings(
    ticket: Ticket, counted: _Counted, due_at: datetime, ctx: Context
) -> Iterator[tuple[datetime, str]]:
    """When people are warned, soonest first; what is over or was said already is not said.

    Outside the business hours nobody is disturbed for a target that counts in them: they hear at the opening.
    """
    found: dict[datetime, str] = {}
    business = ctx.terms.business
    for threshold in ctx.terms.target_warnings:
        if isinstance(threshold, timedelta):
            moment: datetime | None = due_at - threshold
            left = span(threshold.total_seconds())
        else:
            used = share_of(counted.amount, 1 - Fraction(threshold).limit_denominator(1000))
            moment = due(business, counted.since, used, counted.pauses)
            left = f"{threshold:.0%}"
        if moment is not None and (counted.kind == "fix" or not isinstance(counted.amount, Plain)):
            moment = next_open(business, moment)
        known = (counted.kind, left, due_at) in ticket.announced
        if moment is not None and not known and max(ctx.now, counted.since) < moment < due_at:
            found[moment] = left
    yield from sorted(found.items())


def _next_at(ticket: Ticket, aim: f.Aim, severity: Severity, ctx: Context) -> datetime | None:
    """When somebody is told next. A lapse is said once; what only a person can end is asked about again."""
    if (aim.kind, MISSED, aim.due_at) not in ticket.announced:
        return max(ctx.now, next((moment for moment, _ in aim.warnings), aim.due_at))
    return again_at(aim, severity, ctx)


def again_at(aim: f.Aim, severity: str, ctx: Context) -> datetime | None:
    """When people are asked again for what they missed; None for what is said once.

    A word to the client is asked for in each interval, the permanent fix every day while somebody works (SV-4).
    """
    target = next((known for name, known in ctx.terms.severities.items() if name == severity), None)
    every = {"fix": DAY, "updates": target.updates if target is not None else None}.get(aim.kind)
    if every is None:
        return None
    moment = aim.due_at + ((ctx.now - aim.due_at) // every + 1) * every
    if aim.kind != "fix":
        return moment
    business = ctx.terms.business
    same_hour = (moment + days * DAY for days in range(_LONGEST_HOLIDAY))
    found = next((day for day in same_hour if is_open(business, day)), None)
    return found or next_open(business, moment) or moment


def upcoming(aims: Sequence[f.Aim], now: datetime) -> tuple[f.Aim, ...]:
    """The targets that are still ahead, soonest first."""
    return tuple(sorted((aim for aim in aims if aim.due_at > now), key=lambda aim: aim.due_at))
