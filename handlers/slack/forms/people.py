"""The form for the code of a test call."""

from handlers.slack import blocks
from handlers.slack.blocks import Json
from handlers.slack.forms.form import Common, Form, Sheet, text
from handlers.slack.parse import Submission
from policies.events.people import GiveCode
from policies.words.people import ringing


def _verify(sheet: Sheet) -> list[Json]:
    number = sheet.viewer.phone if sheet.viewer is not None else None
    calls = sheet.context.calls_from
    more = (
        f" It comes from {calls}: save that number as a contact, and let it through at night."
        if calls
        else ""
    )
    return [
        blocks.section(f"{ringing(number or '')}{more}"),
        blocks.text_input("code", "The code", hint="Four digits, valid for ten minutes.", limit=8),
    ]


def _as_code(sent: Submission, common: Common) -> GiveCode:
    return GiveCode(**common, code=text(sent, "code"))


PEOPLE = (
    Form(name="verify", verb="verify", title="Your number", submit="Verify", fill=_verify, read=_as_code),
)
