"""The forms of a Severity 1 and of an incident: executives informed, a step of a hotfix, requests with the same cause."""

from typing import get_args

from handlers.slack import blocks
from handlers.slack.blocks import Json
from handlers.slack.forms.form import Common, Faulty, Form, Sheet, text
from handlers.slack.parse import Submission
from policies.events.incident import FormIncident, HotfixStep, HotfixStepName, InformExecutives
from policies.markup import plain
from policies.ticket import Stage, Ticket
from policies.words.incident import NEWS, STEPS

_TITLE = 100
_NOTE = 500
_HOW = (
    ("by telephone", "By telephone"),
    ("by mail", "By mail"),
    ("in Slack", "In Slack"),
    ("in person", "In person"),
)


def _executives(sheet: Sheet) -> list[Json]:
    ticket = sheet.ticket
    client = sheet.desk.roster.client_by_key.get(ticket.client) if ticket else None
    contacts = (*sheet.desk.roster.executives, *(client.executives if client else ()))
    waits = ticket.executives if ticket else None
    about = (
        f"News: {NEWS[waits.news]}. The drafts stand in the request's thread." if waits else "No news waits."
    )
    return [
        blocks.context(about),
        blocks.text_input("whom", "Who was informed", ", ".join(one.name for one in contacts), limit=_NOTE),
        blocks.select("how", "How", _HOW),
    ]


def _as_executives(sent: Submission, common: Common) -> InformExecutives:
    return InformExecutives(**common, whom=text(sent, "whom"), how=text(sent, "how"))


def _hotfix(sheet: Sheet) -> list[Json]:
    done = {one.step for one in sheet.ticket.hotfix} if sheet.ticket else set()
    left = [(step, f"{words[:1].upper()}{words[1:]}") for step, words in STEPS.items() if step not in done]
    if not left:
        return [blocks.section("Every step is recorded.")]
    hint = "Where to find it, or what it showed."
    return [
        blocks.select("step", "Which step is done?", left, left[0][0], kind="radio_buttons"),
        blocks.text_input("note", "Note", hint=hint, limit=_NOTE),
    ]


def _as_hotfix(sent: Submission, common: Common) -> HotfixStep:
    chosen = text(sent, "step")
    step = next((one for one in get_args(HotfixStepName) if one == chosen), None)
    if step is None:
        raise Faulty("step", "Choose a step.")
    return HotfixStep(**common, step=step, note=text(sent, "note"))


def _incident(sheet: Sheet) -> list[Json]:
    others = [one for one in sheet.others if _can_join(one, sheet.ticket)]
    if not others:
        return [blocks.section("No other request is open.")]
    hint = "This request leads: development works on it here, and one approval sends each update to all."
    return [
        blocks.several(
            "members", "Requests with the same cause", [_option(one, sheet) for one in others], hint=hint
        ),
        blocks.text_input(
            "title",
            "In a few words (stays with us)",
            sheet.ticket.incident if sheet.ticket else "",
            limit=_TITLE,
            optional=True,
        ),
    ]


def _can_join(other: Ticket, ticket: Ticket | None) -> bool:
    return (
        ticket is not None
        and other.id != ticket.id
        and not other.led_by
        and other.stage is not Stage.RESOLVED
    )


def _option(ticket: Ticket, sheet: Sheet) -> tuple[str, str]:
    words = ticket.block.issue_detail if ticket.block else ticket.words
    return str(ticket.id), f"{ticket.ref} {sheet.desk.client(ticket.client)}: {plain(words)}"


def _as_incident(sent: Submission, common: Common) -> FormIncident:
    chosen = [one for one in text(sent, "members").split(",") if one.isdecimal()]
    if not chosen:
        raise Faulty("members", "Choose at least one other request.")
    return FormIncident(**common, members=tuple(int(one) for one in chosen), title=text(sent, "title"))


INCIDENT = (
    Form(
        name="executives",
        verb="executives",
        title="Executives informed",
        submit="Record",
        fill=_executives,
        read=_as_executives,
    ),
    Form(name="hotfix", verb="hotfix", title="Hotfix step", submit="Record", fill=_hotfix, read=_as_hotfix),
    Form(
        name="incident",
        verb="incident",
        title="Same cause",
        submit="Join",
        fill=_incident,
        read=_as_incident,
        lists=True,
    ),
)
