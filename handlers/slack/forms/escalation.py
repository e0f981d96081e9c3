"""The escalation block (TR-3): eight fields, filled in as far as anything is known."""

from collections.abc import Sequence

from handlers.slack import blocks
from handlers.slack.blocks import Json
from handlers.slack.forms.form import Common, Faulty, Form, Sheet, text
from handlers.slack.parse import Submission
from policies import prefill
from policies.events import FIELDS, Block, Escalate
from policies.people import Client

LABELS = dict(FIELDS)
ENVIRONMENTS = ("Production", "Staging", "Test", "Other")
DEVICES = ("Desktop", "Tablet", "Phone", "Point of sale", "Printer", "Kiosk", "Other")
PLATFORMS = ("Web", "Windows", "macOS", "Linux", "Android", "iOS", "API", "Other")
NOT_SAID = ("Unknown", "Not applicable")
ELSE = "Other (write it below)"
_GAP = "“Unknown” and “Not applicable” are answers."
_DETAIL = 2_900


def _fill(sheet: Sheet) -> list[Json]:
    known = prefill.block(sheet.ticket, sheet.context) if sheet.ticket else {}
    client = sheet.context.roster.client_by_key.get(sheet.ticket.client) if sheet.ticket else None
    return [
        *_listed("saas_name", _products(client), known),
        _line("saas_url", known, "https://… " + _GAP),
        *_listed("branch", client.branches if client else (), known),
        _choice("branch_env", ENVIRONMENTS, known),
        _choice("device_type", DEVICES, known),
        _line("build_version", known, _GAP),
        _choice("issue_platform", PLATFORMS, known),
        blocks.text_input(
            "issue_detail",
            LABELS["issue_detail"],
            known.get("issue_detail", ""),
            hint="What was expected, what happened, since when, for whom.",
            limit=_DETAIL,
            lines=True,
        ),
    ]


def _products(client: Client | None) -> Sequence[str]:
    return [product.name for product in client.products] if client else ()


def _line(name: str, known: dict[str, str], hint: str) -> Json:
    return blocks.text_input(name, LABELS[name], known.get(name, ""), hint=hint, limit=200)


def _choice(name: str, choices: Sequence[str], known: dict[str, str]) -> Json:
    offered = [*choices, *NOT_SAID]
    wanted = known.get(name, "").lower()
    chosen = next((choice for choice in offered if choice.lower() == wanted), "")
    return blocks.select(name, LABELS[name], [(choice, choice) for choice in offered], chosen)


def _listed(name: str, choices: Sequence[str], known: dict[str, str]) -> list[Json]:
    """What is known to choose from, and a line for anything else; only the line when nothing is known."""
    value = known.get(name, "")
    if not choices:
        return [_line(name, known, _GAP)]
    offered = [*choices[:90], *NOT_SAID, ELSE]
    elsewhere = value if value and value not in offered else ""
    chosen = ELSE if elsewhere else value
    other = blocks.text_input(
        f"{name}_other", f"{LABELS[name]}, if it is not listed", elsewhere, limit=200, optional=True
    )
    return [blocks.select(name, LABELS[name], [(item, item) for item in offered], chosen), other]


def _read(sent: Submission, common: Common) -> Escalate:
    answers = {name: _answer(sent, name, label) for name, label in FIELDS}
    return Escalate(**common, block=Block(**answers))


def _answer(sent: Submission, name: str, label: str) -> str:
    chosen, other = text(sent, name), text(sent, f"{name}_other")
    if chosen == ELSE and not other:
        raise Faulty(f"{name}_other", f"Write the {label} here, or choose Unknown above.")
    return other or chosen


ESCALATE = Form(name="escalate", verb="escalate", title="Escalate", submit="Escalate", fill=_fill, read=_read)
