"""The form of the severity: the words of its table with what each promises, the flag, and the date of the permanent fix."""

from handlers.slack import blocks
from handlers.slack.blocks import Json
from handlers.slack.forms.form import Common, Faulty, Form, Sheet, moment, text
from handlers.slack.parse import Submission
from policies.events.terms import SetSeverity
from policies.targets import words_for
from policies.terms import SEVERITIES, Severity, Target

NAMES: dict[Severity, str] = {"S1": "Critical", "S2": "High", "S3": "Medium", "S4": "Low"}
MEANS: dict[Severity, str] = {
    "S1": "Down, or a core workflow broken: direct financial or operational harm",
    "S2": "Significant function impaired, no workaround or a hard one, several users",
    "S3": "Not critical, a workaround is there, limited impact",
    "S4": "Minor, cosmetic, usability, a question",
}
_DESCRIPTION = 75
_WHY = 500


def _fill(sheet: Sheet) -> list[Json]:
    """What was proposed, else what it is now."""
    ticket = sheet.ticket
    wish = ticket.proposed if ticket is not None else None
    chosen = wish.severity if wish is not None else ticket.severity if ticket is not None else ""
    urgent = wish.urgent if wish is not None else ticket is not None and ticket.urgent
    fix_at = (wish.fix_at if wish is not None else None) or (ticket.fix_at if ticket is not None else None)
    ahead = int(fix_at.timestamp()) if fix_at is not None and fix_at > sheet.context.now else None
    return [
        _choice(sheet, sheet.value("severity", chosen or sheet.context.terms.default_severity)),
        blocks.tick(
            "urgent",
            "Out of hours",
            "Urgent, out of hours (Severity 2)",
            on=urgent,
            hint="The response does not wait for the business hours.",
        ),
        blocks.text_input(
            "why", "Why", wish.why if wish is not None else "", limit=_WHY, lines=True, optional=True
        ),
        blocks.when(
            "fix_at",
            "Permanent fix by",
            epoch=ahead,
            hint=f"It has a clock of its own. Your own time; your zone here is {sheet.zone}.",
            optional=True,
        ),
    ]


def _choice(sheet: Sheet, chosen: str) -> Json:
    known = sheet.context.terms.severities
    options = [(name, f"{name} {NAMES[name]}: {_promised(known[name])}") for name in known]
    block = blocks.select("severity", "Severity", options, chosen, kind="radio_buttons")
    for option in block["element"]["options"]:
        option["description"] = blocks.plain(MEANS[option["value"]], _DESCRIPTION)
    return block


def _promised(target: Target) -> str:
    """Response and resolution as the terms of this client have them."""
    resolution = words_for(target.resolution) if target.resolution is not None else "next release"
    return f"{words_for(target.response)}, then {resolution}"


def severity_of(words: str) -> Severity | None:
    """The severity that a word names: S1 to S4, or its number."""
    wanted = words.upper() if words[:1].upper() == "S" else f"S{words}"
    return next((name for name in SEVERITIES if name == wanted), None)


def _read(sent: Submission, common: Common) -> SetSeverity:
    severity = severity_of(text(sent, "severity"))
    if severity is None:
        raise Faulty("severity", "Choose one.")
    return SetSeverity(
        **common,
        severity=severity,
        urgent=sent.values.get("urgent") == "yes",
        why=text(sent, "why"),
        fix_at=moment(sent, "fix_at"),
    )


SEVERITY = Form(name="set_severity", verb="severity", title="Severity", submit="Set", fill=_fill, read=_read)
