"""What every form has in common: the frame of its view, the ids it carries, and reading it back."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypedDict

from handlers.slack import blocks
from handlers.slack.blocks import Json
from handlers.slack.names import Desk
from handlers.slack.parse import Origin, Submission, fingerprint
from policies.decision import Context
from policies.events import Actor, AnyEvent, Verb
from policies.people import Person
from policies.ticket import Ticket

_TITLE = 24


class Common(TypedDict):
    """What every event of a form has."""

    key: str
    at: datetime
    actor: Actor
    ticket: int | None


class Faulty(Exception):
    """The form cannot be an event: which field, and what would be right."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__(words)
        self.name, self.words = name, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a form is filled from. `typed` is what stands in it already, `subject` the part of the ticket it is about.

    `others` are the open requests, for a form that lists them.
    """

    ticket: Ticket | None
    context: Context
    desk: Desk
    viewer: Person | None = None
    subject: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    others: tuple[Ticket, ...] = ()

    def value(self, name: str, default: str = "") -> str:
        """What was typed before, or the default."""
        return self.typed.get(name, default)

    @property
    def zone(self) -> str:
        """The viewer's zone (IANA)."""
        return self.viewer.zone if self.viewer else self.desk.zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One modal. `verb` is the right it needs; with `preview` it is sent only once the client's view of it was shown.

    One that `lists` offers the open requests.
    """

    name: str
    verb: Verb
    title: str
    submit: str
    fill: Callable[[Sheet], list[Json]]
    read: Callable[[Submission, Common], AnyEvent]
    preview: Callable[[dict[str, str]], str] | None = None
    lists: bool = False


def skeleton(form: Form) -> Json:
    """What opens at once, before anything was read: the trigger of a click lives three seconds."""
    return _frame(form, "") | {"blocks": [blocks.section("One moment…")]}


def view(form: Form, sheet: Sheet, origin: Origin) -> Json:
    """The form, filled."""
    ticket = sheet.ticket
    shown = form.preview(sheet.typed) if form.preview and sheet.typed else ""
    meta = {
        "ticket": ticket.id if ticket else None,
        "subject": sheet.subject,
        "channel": origin.channel,
        "thread": origin.thread,
        "seen": fingerprint(sheet.typed) if shown else "",
    }
    body = [*_preview(shown), *form.fill(sheet)]
    frame = _frame(form, ticket.ref if ticket else "")
    submit = "Preview" if form.preview and not shown else form.submit
    return frame | {
        "submit": blocks.plain(submit, _TITLE),
        "private_metadata": json.dumps(meta),
        "blocks": blocks.fitted(body, blocks.VIEW_BLOCKS),
    }


def notice(title: str, words: str) -> Json:
    """A view that only says something."""
    return {
        "type": "modal",
        "title": blocks.plain(title, _TITLE),
        "close": blocks.plain("Close", _TITLE),
        "blocks": blocks.sections(words),
    }


def common(sent: Submission, now: datetime) -> Common:
    """What every event of a submission has."""
    return Common(key=sent.key, at=now, actor=sent.origin.actor, ticket=sent.ticket)


def moment(sent: Submission, name: str) -> datetime | None:
    """A date and time field as aware UTC."""
    value = sent.values.get(name, "")
    return datetime.fromtimestamp(int(value), UTC) if value else None


def text(sent: Submission, name: str) -> str:
    """A field's words, without blanks around them."""
    return sent.values.get(name, "").strip()


def _frame(form: Form, ref: str) -> Json:
    title = f"{form.title} {ref}" if ref and len(form.title) + len(ref) < _TITLE else form.title
    return {
        "type": "modal",
        "callback_id": form.name,
        "title": blocks.plain(title, _TITLE),
        "close": blocks.plain("Cancel", _TITLE),
    }


def _preview(shown: str) -> list[Json]:
    if not shown:
        return []
    label = blocks.context("This is exactly what the client will read. Change it below to see it again.")
    return [label, *blocks.sections(shown), blocks.divider()]
