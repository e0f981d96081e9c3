"""The forms of support: writing to the client, resolving, merging, splitting, opening, absences."""

import re

from handlers.slack import blocks
from handlers.slack.blocks import Json
from handlers.slack.forms.form import Common, Faulty, Form, Sheet, moment, text
from handlers.slack.parse import Submission
from policies.events import (
    Answer,
    AnyEvent,
    MergeInto,
    OpenRequest,
    Pressed,
    Reply,
    SetAway,
    Split,
)
from policies.markup import escape, plain, stamp
from policies.people import Absence

OUTCOMES = (
    ("answered", "A question, answered"),
    ("client_side", "A problem on the client's side, not of the application"),
)


def _reply(sheet: Sheet) -> list[Json]:
    label = "We wait for the client's answer (support's clocks rest until then)"
    return [
        blocks.text_input("text", "To the client", sheet.value("text"), lines=True),
        blocks.tick("asks", "Is this a question?", label, on=sheet.value("asks") == "yes"),
    ]


def _as_reply(sent: Submission, common: Common) -> Reply:
    return Reply(**common, text=text(sent, "text"), asks=sent.values.get("asks") == "yes")


def _words_to_client(typed: dict[str, str]) -> str:
    return escape(typed.get("text", "").strip())


def _answer(sheet: Sheet) -> list[Json]:
    return [
        blocks.select("outcome", "What was it?", OUTCOMES, sheet.value("outcome"), kind="radio_buttons"),
        blocks.text_input(
            "text", "To the client", hint="After it the client is asked whether all is in order.", lines=True
        ),
        blocks.text_input("cause", "Cause (stays with us)", lines=True, optional=True),
        blocks.text_input("steps", "Steps taken (stay with us)", lines=True, optional=True),
    ]


def _as_answer(sent: Submission, common: Common) -> Answer:
    return Answer(
        **common,
        outcome="client_side" if sent.values.get("outcome") == "client_side" else "answered",
        text=text(sent, "text"),
        cause=text(sent, "cause"),
        steps=text(sent, "steps"),
    )


def _merge(sheet: Sheet) -> list[Json]:
    hint = "The reference of the request that goes on, such as SUP-12."
    return [blocks.text_input("target", "Merge into", hint=hint, limit=40)]


def _as_merge(sent: Submission, common: Common) -> MergeInto:
    found = re.fullmatch(r"(?:[A-Za-z][A-Za-z0-9]*-)?(\d{1,9})", text(sent, "target"))
    if found is None:
        raise Faulty("target", "That is no reference. Write it like SUP-12.")
    return MergeInto(**common, target=int(found[1]))


def _split(sheet: Sheet) -> list[Json]:
    ticket = sheet.ticket
    messages = [m for m in ticket.messages if not ticket.began_with(m)] if ticket else []
    mine = [m for m in messages if m.side == "client" and not m.deleted]
    options = [
        (f"{m.channel}:{m.ts}", f"{stamp(m.at, sheet.zone)}: {plain(m.text) or '(a file)'}") for m in mine
    ]
    if not options:
        return [blocks.section("There is no message of the client that could be split off.")]
    return [blocks.select("ts", "Which message is a request of its own?", options)]


def _as_split(sent: Submission, common: Common) -> Split:
    channel, _, ts = text(sent, "ts").partition(":")
    return Split(**common, channel=channel, ts=ts)


def _open(sheet: Sheet) -> list[Json]:
    clients = [(client.channels[0], client.name) for client in sheet.desk.roster.clients if client.channels]
    return [
        blocks.select("channel", "Client", clients, sheet.subject),
        blocks.text_input("text", "What the client said", sheet.value("text"), lines=True),
    ]


def _as_open(sent: Submission, common: Common) -> OpenRequest:
    return OpenRequest(**common, channel=text(sent, "channel"), text=text(sent, "text"))


def _away(sheet: Sheet) -> list[Json]:
    now = int(sheet.context.now.timestamp()) // 60 * 60
    people = [(person.key, person.name) for person in sheet.desk.roster.people]
    return [
        blocks.select("person", "Who", people, sheet.viewer.key if sheet.viewer else ""),
        blocks.when("start", "From", epoch=now, hint=f"Your own time; your zone here is {sheet.zone}."),
        blocks.when("end", "Until", hint="The same moment as above, or an earlier one: back again."),
    ]


def _as_away(sent: Submission, common: Common) -> SetAway:
    start, end = moment(sent, "start"), moment(sent, "end")
    if start is None or end is None:
        raise Faulty("end", "Choose a day and a time.")
    absence = Absence(person=text(sent, "person"), start=start, end=max(start, end))
    return SetAway(**common, absence=absence)


def _note(sheet: Sheet) -> list[Json]:
    hint = "It is recorded; only the person's own click or key acknowledges."
    return [blocks.text_input("note", "Who was reached, and what was said", hint=hint, lines=True, limit=500)]


def _as_note(sent: Submission, common: Common) -> AnyEvent:
    return Pressed(**common, verb="reached_by_voice", note=text(sent, "note"))


TRIAGE = (
    Form(
        name="reply",
        verb="reply",
        title="Reply",
        submit="Send to the client",
        fill=_reply,
        read=_as_reply,
        preview=_words_to_client,
    ),
    Form(
        name="answer",
        verb="answer",
        title="Resolve",
        submit="Resolve",
        fill=_answer,
        read=_as_answer,
    ),
    Form(name="merge", verb="merge", title="Merge", submit="Merge", fill=_merge, read=_as_merge),
    Form(name="split", verb="split", title="Split", submit="Split off", fill=_split, read=_as_split),
    Form(name="open", verb="open", title="Open a request", submit="Open", fill=_open, read=_as_open),
    Form(name="away", verb="away", title="Away", submit="Save", fill=_away, read=_as_away),
    Form(
        name="reached_by_voice",
        verb="reached_by_voice",
        title="Reached by voice",
        submit="Record",
        fill=_note,
        read=_as_note,
    ),
)
