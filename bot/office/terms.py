"""[terms] and [terms.NAME]: every number that is agreed with clients."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.office.kind import Table, entry
from bot.office.kinds import (
    AmountOfTime,
    AmountOrNone,
    AmountOrRelease,
    HoursName,
    Length,
    LengthOrNever,
    LengthOrNone,
    LengthOrNothing,
    Lengths,
    SeverityName,
    Share,
    Warnings,
    Whole,
    Yes,
)
from policies.hours import Hours
from policies.terms import Severity, Target, Terms


def _term(says: str, *, example: object, rule: str = "") -> Any:  # noqa: ANN401 - as of `entry`
    """A key that need not be there: what is left out is the process's own, in a plan that of [terms]."""
    return entry(says, example=example, rule=rule, default=None)


class TargetTable(Table):
    """What is promised for a severity, in the hours of `business`. What is left out is as in [terms], there as in the process."""

    response: AmountOfTime | None = _term(
        "until an engineer is assigned and investigates", example="4 business hours", rule="SV-1"
    )
    resolution: AmountOrRelease | None = _term(
        "the goal for the resolution", example="1 business day", rule="SV-1"
    )
    flagged: AmountOrNone | None = _term(
        "takes the place of response when declared urgent out of hours", example="2 h", rule="SV-1"
    )
    updates: LengthOrNone | None = _term(
        "the client hears from us at least this often", example="1 h", rule="SV-1"
    )

    def target(self, base: Target) -> Target:
        """As the rules know it, over what holds without it."""
        return replace(base, **_said(self))


class SeveritiesTable(Table):
    """The severity table."""

    S1: TargetTable | None = _term("critical: down, or a core workflow broken, with direct harm", example={})
    S2: TargetTable | None = _term("high: significant, no bearable workaround, several users", example={})
    S3: TargetTable | None = _term("medium: not critical, there is a workaround", example={})
    S4: TargetTable | None = _term("low: minor, cosmetic, a question", example={})

    def severities(self, base: Mapping[Severity, Target]) -> Mapping[Severity, Target]:
        """As the rules know them, over what holds without them."""
        changed: dict[Severity, TargetTable] = _said(self)
        return {**base, **{severity: table.target(base[severity]) for severity, table in changed.items()}}


class TermsTable(Table):
    """Every number of the process. What [terms] leaves out is as shown, what [terms.NAME] leaves out is as in [terms]."""

    short_wait: LengthOrNothing | None = _term(
        "a person of support has the first word for this long, then the bot answers",
        example="10 s",
        rule="IN-2",
    )
    first_response: Length | None = _term(
        "what the client is promised for the first answer", example="2 min", rule="IN-2"
    )
    first_response_check: Length | None = _term(
        "not confirmed as posted by then: support is told another way", example="90 s", rule="IN-2"
    )
    grouping: LengthOrNothing | None = _term(
        "further messages of the same author join the request within this", example="10 min", rule="IN-3"
    )
    unclaimed: Length | None = _term(
        "nobody of support has taken it: put before them again", example="10 min", rule="IN-5"
    )
    unclaimed_ring: LengthOrNothing | None = _term(
        "still nobody after this: the telephone", example="5 min", rule="IN-5"
    )
    attention: Length | None = _term("taken, and nothing happens: its owner is reminded", example="30 min")
    acknowledge: Length | None = _term(
        "development acknowledges, or decides of a proposed S1, in its working hours",
        example="5 min",
        rule="ES-2",
    )
    acknowledge_outside: Length | None = _term("and outside them", example="15 min", rule="ES-2")
    ring: Length | None = _term("how long a telephone rings", example="25 s", rule="ES-3")
    call_guard: Length | None = _term(
        "a call of which nothing more is heard counts as ended", example="3 min", rule="ES-3"
    )
    round_pauses: Lengths | None = _term(
        "between rounds of calls; the last one repeats", example=["2 min", "5 min", "10 min"], rule="ES-3"
    )
    calls_a_day: Whole | None = _term(
        "more calls than this in a day raise an alarm; they never stop", example=60, rule="ES-3"
    )
    assign_nudge: Length | None = _term(
        "acknowledged but not assigned: a reminder", example="10 min", rule="ES-4"
    )
    assign_ring: Length | None = _term("then the telephone", example="20 min", rule="ES-4")
    low_waits: Yes | None = _term(
        "true: escalation and update clocks of S3 and S4 wait for development's opening",
        example=False,
        rule="ES-6",
    )
    first_update: Length | None = _term(
        "from the assignment to the developer's first update", example="30 min", rule="UP-1"
    )
    second_update: Length | None = _term("from the first update to the second", example="90 min", rule="UP-2")
    heard: Length | None = _term(
        "what key 4 gives on a call about a missed update", example="10 min", rule="UP-1"
    )
    warning_share: Share | None = _term(
        "this share of an estimate before its end, the developer is asked", example=0.2, rule="UP-3"
    )
    warning_least: LengthOrNothing | None = _term(
        "but at least this long before", example="10 min", rule="UP-3"
    )
    relay: Length | None = _term(
        "an update that nobody has sent to the client yet: a reminder", example="10 min", rule="UP-4"
    )
    silence: Lengths | None = _term(
        "reminders to a client who does not answer", example=["1 day", "3 days"], rule="TR-6"
    )
    ask_to_close: Length | None = _term("then support is asked to close", example="4 days", rule="TR-6")
    close_silent: LengthOrNever | None = _term(
        "closing by itself after this much silence", example="never", rule="TR-6"
    )
    reopen: LengthOrNothing | None = _term(
        "a word of the client this long after closing reopens the request", example="7 days", rule="RS-2"
    )
    default_severity: SeverityName | None = _term(
        "the severity of a request until somebody sets it", example="S2", rule="SV-1"
    )
    target_warnings: Warnings | None = _term(
        "people are warned when this share of a target is left, or so long before its end",
        example=[0.25, "15 min"],
        rule="SV-1",
    )
    next_reply: AmountOrNone | None = _term(
        "how soon a further message of the client is answered", example="none", rule="SV-1"
    )
    executives: Length | None = _term(
        "S1: whoever is to inform the executives is asked again after this, until it is recorded",
        example="15 min",
        rule="SV-2",
    )
    intensive: LengthOrNothing | None = _term(
        "how long after a client's go-live the intensive period lasts", example="30 days", rule="HC-1"
    )
    intensive_share: Share | None = _term(
        "what share of the response targets is left in it", example=0.5, rule="HC-1"
    )
    intensive_fix: Length | None = _term(
        "in it, how soon a defect that was escalated is fixed for good", example="1 day", rule="HC-4"
    )
    support: HoursName | None = _term("the [hours] in which support is there", example="support", rule="IN-5")
    development: HoursName | None = _term(
        "the [hours] in which development works", example="development", rule="ES-2"
    )
    business: HoursName | None = _term(
        "the [hours] that targets in business time count in; [hours.business] where there is one",
        example="development",
        rule="SV-1",
    )
    sms: Yes | None = _term("true: a text message beside each call", example=False)
    severities: SeveritiesTable | None = _term("the severity table", example={}, rule="SV-1")

    def terms(self, base: Terms, hours: dict[str, Hours]) -> Terms:
        """As the rules know them, over what holds without them; `hours` by name."""
        changed = _said(self)
        for name in ("support", "development", "business"):
            if name in changed:
                changed[name] = hours[changed[name]]
        if self.severities is not None:
            changed["severities"] = self.severities.severities(base.severities)
        return replace(base, **changed)


def _said(table: Table) -> dict[Any, Any]:
    """What the file says in a table."""
    return {name: getattr(table, name) for name in table.model_fields_set}
