"""The forms of development: assigning, updates, resolving, workarounds, code changes; and sending an update on."""

from typing import Literal, get_args

from handlers.slack import blocks
from handlers.slack.blocks import Json
from handlers.slack.forms.form import Common, Faulty, Form, Sheet, moment, text
from handlers.slack.parse import Submission
from policies import prefill
from policies.events import Assign, CodeChange, GiveUpdate, Pressed, Relay, Resolve, UpdateKind, Workaround
from policies.markup import escape
from policies.people import Person

Scope = Literal["site", "client", "all"]
KINDS = (
    ("preliminary", "Preliminary resolution"),
    ("estimate", "Estimate"),
    ("final", "Final resolution"),
)
SCOPES = (("site", "One site"), ("client", "The whole client"), ("all", "All clients"))


def _assign(sheet: Sheet) -> list[Json]:
    people = prefill.developers(sheet.ticket, sheet.context) if sheet.ticket else ()
    if not people:
        return [blocks.section("Nobody of development is on the roster.")]
    options = [(one.key, _offered(one, sheet, first=one is people[0])) for one in people]
    hint = "Suggested by product and load."
    return [blocks.select("developer", "Developer", options, people[0].key, hint=hint)]


def _offered(person: Person, sheet: Sheet, *, first: bool) -> str:
    load = sheet.context.loads.get(person.key, 0)
    suggested = ", suggested" if first else ""
    return f"{person.name} ({load} open{suggested})"


def _as_assign(sent: Submission, common: Common) -> Assign:
    return Assign(**common, developer=text(sent, "developer"))


def _decline(sheet: Sheet) -> list[Json]:
    return [blocks.text_input("note", "Why it cannot be you", lines=True, limit=500)]


def _as_decline(sent: Submission, common: Common) -> Pressed:
    return Pressed(**common, verb="decline", note=text(sent, "note"))


def _update(sheet: Sheet) -> list[Json]:
    hint = f"When the next word will be there at the latest. Your own time; your zone here is {sheet.zone}."
    return [
        blocks.select("what", "What is it?", KINDS, sheet.value("what"), kind="radio_buttons"),
        blocks.text_input("text", "The update", hint="Support sends it on to the client.", lines=True),
        blocks.when("promise", "Estimate", hint=hint, optional=True),
    ]


def _as_update(sent: Submission, common: Common) -> GiveUpdate:
    return GiveUpdate(**common, what=_kind(sent), text=text(sent, "text"), promise=moment(sent, "promise"))


def _kind(sent: Submission) -> UpdateKind:
    chosen = text(sent, "what")
    return next((kind for kind in get_args(UpdateKind) if kind == chosen), "preliminary")


def _relay(sheet: Sheet) -> list[Json]:
    draft = ""
    if sheet.ticket is not None:
        update = next((one for one in sheet.ticket.updates if str(one.number) == sheet.subject), None)
        client = sheet.context.roster.client_by_key.get(sheet.ticket.client)
        zone = client.zone if client else sheet.desk.zone
        draft = prefill.draft(sheet.ticket, update, zone) if update else ""
    return [blocks.text_input("text", "To the client", sheet.value("text", draft), lines=True)]


def _as_relay(sent: Submission, common: Common) -> Relay:
    if not sent.subject.isdecimal():
        raise Faulty("text", "This form belongs to no update any more. Close it and press the button again.")
    return Relay(**common, update=int(sent.subject), text=text(sent, "text"))


def _words_to_client(typed: dict[str, str]) -> str:
    return escape(typed.get("text", "").strip())


def _resolve(sheet: Sheet) -> list[Json]:
    return [
        blocks.text_input("text", "The resolution", hint="Support sends it on to the client.", lines=True),
        blocks.text_input("cause", "Cause (stays with us)", lines=True, optional=True),
        blocks.text_input("steps", "Steps taken (stay with us)", lines=True, optional=True),
        blocks.text_input(
            "code_change", "Code change", hint="What is to be changed; logged in the tracker.", optional=True
        ),
        blocks.tick("urgent", "Path", "Urgent: the hotfix path"),
        blocks.select("scope", "Whom it reaches", SCOPES, optional=True),
    ]


def _as_resolve(sent: Submission, common: Common) -> Resolve:
    return Resolve(
        **common,
        text=text(sent, "text"),
        cause=text(sent, "cause"),
        steps=text(sent, "steps"),
        code_change=text(sent, "code_change"),
        urgent=sent.values.get("urgent") == "yes",
        scope=_scope(sent) or "",
    )


def _code_change(sheet: Sheet) -> list[Json]:
    return [
        blocks.text_input("summary", "What is to be changed", lines=True, limit=500),
        blocks.select("scope", "Whom it reaches", SCOPES, "site"),
        blocks.tick("urgent", "Path", "Urgent: the hotfix path"),
    ]


def _as_code_change(sent: Submission, common: Common) -> CodeChange:
    urgent = sent.values.get("urgent") == "yes"
    return CodeChange(**common, summary=text(sent, "summary"), urgent=urgent, scope=_scope(sent) or "site")


def _scope(sent: Submission) -> Scope | None:
    chosen = text(sent, "scope")
    return next((scope for scope in get_args(Scope) if scope == chosen), None)


def _workaround(sheet: Sheet) -> list[Json]:
    hint = f"From then on it is asked about. Your own time; your zone here is {sheet.zone}."
    return [
        blocks.text_input("what", "What was changed", lines=True, limit=1_000),
        blocks.text_input(
            "original", "The original configuration", hint="What it goes back to.", lines=True, limit=1_000
        ),
        blocks.when("revert_at", "To be reverted by", hint=hint, optional=True),
    ]


def _as_workaround(sent: Submission, common: Common) -> Workaround:
    return Workaround(
        **common,
        what=text(sent, "what"),
        original=text(sent, "original"),
        revert_at=moment(sent, "revert_at"),
    )


DEVELOPMENT = (
    Form(name="assign", verb="assign", title="Assign", submit="Assign", fill=_assign, read=_as_assign),
    Form(name="decline", verb="decline", title="Decline", submit="Decline", fill=_decline, read=_as_decline),
    Form(name="update", verb="update", title="Update", submit="Give update", fill=_update, read=_as_update),
    Form(
        name="relay_edit",
        verb="relay",
        title="To the client",
        submit="Send to the client",
        fill=_relay,
        read=_as_relay,
        preview=_words_to_client,
    ),
    Form(name="resolve", verb="resolve", title="Resolve", submit="Resolve", fill=_resolve, read=_as_resolve),
    Form(
        name="code_change",
        verb="code_change",
        title="Code change",
        submit="Log it",
        fill=_code_change,
        read=_as_code_change,
    ),
    Form(
        name="workaround",
        verb="workaround",
        title="Workaround",
        submit="Record",
        fill=_workaround,
        read=_as_workaround,
    ),
)
