"""What is said to our own people about severities and their targets (SV-1 to SV-4)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from policies.facts import Aim, AimKind, SeverityProposed, SeveritySet
from policies.markup import inert, moment, span
from policies.terms import Terms

_AHEAD: dict[AimKind, str] = {
    "response": "a developer is promised by",
    "resolution": "the resolution is aimed at by",
    "fix": "the permanent fix is promised by",
    "updates": "the client expects a word by",
    "next_reply": "the client expects an answer by",
}
_LAPSED: dict[AimKind, str] = {
    "response": "a developer was promised by {due} ({amount}) and nobody has it",
    "resolution": "the resolution was aimed at by {due} ({amount}). Does the client know until when it takes?",
    "fix": "the permanent fix was promised by {due}. Is it in? If not, set another date with the severity",
    "updates": "the client has heard nothing since {since}; a word was promised within {amount}",
    "next_reply": "the client wrote {since} and waits for an answer, promised within {amount}",
}
SHORT: dict[AimKind, str] = {
    "response": "a developer by",
    "resolution": "resolved by",
    "fix": "fixed for good by",
    "updates": "a word to the client by",
    "next_reply": "an answer to the client by",
}


def cannot_flag(severity: str, terms: Terms) -> str:
    """Why this severity cannot be flagged out of hours; empty where it can (SV-1)."""
    flagged = [name for name, target in terms.severities.items() if target.flagged is not None]
    if severity in flagged:
        return ""
    return f"{severity} has no response out of hours of its own: only {', '.join(flagged) or 'none'} can be flagged."


def named(severity: str, *, urgent: bool) -> str:
    """A severity with its flag."""
    return f"{severity}, flagged out of hours" if urgent else severity


def severity_set(name: str, ref: str, before: str, fact: SeveritySet, aims: Sequence[Aim], zone: str) -> str:
    """SV-3: what it is now, and until when what is to be done."""
    was = f" (was {before})" if before and before != fact.severity else ""
    why = f": {inert(fact.why)}" if fact.why.strip() else ""
    dues = ", ".join(f"{SHORT[aim.kind]} {moment(aim.due_at, zone)}" for aim in aims)
    until = f"\nNow {dues}." if dues else ""
    return f"*{inert(name)}* set *{ref}* to *{named(fact.severity, urgent=fact.urgent)}*{was}{why}.{until}"


def severity_proposed(lead: str, name: str, ref: str, before: str, fact: SeverityProposed, zone: str) -> str:
    """SV: those with the right are asked once."""
    why = f": {inert(fact.why)}" if fact.why.strip() else ""
    fix = f" Permanent fix by {moment(fact.fix_at, zone)}." if fact.fix_at is not None else ""
    rung = f" Please decide by {moment(fact.decide_at, zone)}, or we telephone." if fact.decide_at else ""
    wish = f"*{inert(name)}* proposes *{named(fact.severity, urgent=fact.urgent)}* for *{ref}* (now {before}){why}.{fix}{rung}"
    return f"{lead} {wish}" if lead else wish


def proposed(decide_at: datetime | None, zone: str, *, ringing: bool, escalated: bool) -> str:
    """What whoever proposes reads: who decides, and whether anybody is telephoned for it."""
    if ringing:
        rung = " The telephone rings for it already."
    elif decide_at is not None:
        rung = f" If nobody has by {moment(decide_at, zone)}, we telephone."
    else:
        rung = "" if escalated else " Nobody is telephoned for it: escalate to have the lead rung."
    return f"Proposed. The lead decides.{rung}"


def proposal_decided(name: str, fact: SeveritySet, *, kept: bool) -> str:
    """SV-2: below the words of a proposal, once somebody has decided; `kept` where the severity stays as it was."""
    now = named(fact.severity, urgent=fact.urgent)
    what = f"left it at *{now}*" if kept else f"set it to *{now}*"
    return f":white_check_mark: *{inert(name)}* {what}."


def proposal_replaced(name: str, fact: SeverityProposed) -> str:
    """SV-2: below the words of a proposal, once there is a later one."""
    later = named(fact.severity, urgent=fact.urgent)
    return f"*{inert(name)}* has proposed *{later}* since: please decide there."


def proposal_of_before(ref: str) -> str:
    """SV-2: below the words of a proposal of the time before the request was reopened."""
    return f"*{ref}* was reopened since. Whoever still wants it proposes it again."


def proposal_over(ref: str, stage: str) -> str:
    """SV-2: below the words of a proposal that nobody decides any more."""
    return f"*{ref}* is {stage}: there is nothing left to decide."


def target_ahead(who: str, ref: str, severity: str, aim: Aim, left: str, zone: str) -> str:
    """SV-1: before it lapses, to whoever can act."""
    words = (
        f"*{ref}* ({severity}): {_AHEAD[aim.kind]} {moment(aim.due_at, zone)}, {left} of {aim.amount} left."
    )
    return f"{who} {words}" if who else words


def target_lapsed(who: str, ref: str, severity: str, aim: Aim, zone: str) -> str:
    """SV-1: said once, and asked again where only a person can end it."""
    words = _LAPSED[aim.kind].format(
        due=moment(aim.due_at, zone), since=moment(aim.since, zone), amount=aim.amount
    )
    end = "" if words.endswith("?") else "."
    return f":warning: {who + ' ' if who else ''}*{ref}* ({severity}): {words}{end}"


def known_at_escalation(waits: str, builders: str) -> str:
    """ES-6: `waits` is a severity whose clocks wait for the opening; HC-5: who built it, in the intensive period."""
    low = f" {waits}: its clocks wait for development's opening hours." if waits else ""
    built = f" In its intensive period; built by {inert(builders)}." if builders else ""
    return low + built


def fix_is_in(name: str) -> str:
    """SV-4: nobody is asked any more."""
    return f":white_check_mark: *{inert(name)}* says that the permanent fix is in."


def resting(since: datetime, zone: str) -> str:
    """TR-6: why no target runs."""
    return f"The targets rest: the client is the one to answer since {moment(since, zone)}."


def rested(length: timedelta) -> str:
    """TR-6: how long the targets have rested so far."""
    return f"rested {span(length.total_seconds())} while the client was asked"
