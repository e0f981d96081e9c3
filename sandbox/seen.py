"""What the wire log shows: by which entries the story recognises a step, and who it was."""

from collections.abc import Callable
from typing import Any

from sandbox.cast import Person, person_at, person_of
from sandbox.wire import Entry

RETAIL = "C0RETAIL01"
"""The channel in which the story happens."""
UNREACHED = ("no-answer", "busy", "failed")

Seen = Callable[[Entry], bool]


def client_writes(entry: Entry) -> bool:
    """Somebody of the client's writes in the channel in which the story happens."""
    asked = entry.request
    person = person_of(asked.get("user", "")) if entry.kind == "message" else None
    return (
        entry.direction == "person"
        and asked.get("channel") == RETAIL
        and person is not None
        and person.role == "client"
    )


def said_to_client(entry: Entry) -> bool:
    """The bot writes in that channel."""
    return entry.kind == "chat.postMessage" and entry.ok and entry.request.get("channel") == RETAIL


def accepted(kind: str, *names: str, role: str = "") -> Seen:
    """The bot was given a click (`block_actions`) or a form (`view_submission`) of one of these names and took it.

    With `role` it only counts from somebody whose role has that word: the others are refused.
    """

    def seen(entry: Entry) -> bool:
        if entry.kind != kind or entry.direction != "out" or not entry.ok:
            return False
        person = person_of(entry.request.get("user", {}).get("id", ""))
        if role and (person is None or role not in person.role):
            return False
        if kind == "block_actions":
            return any(action.get("action_id") in names for action in entry.request.get("actions", []))
        return entry.request.get("view", {}).get("callback_id") in names and not _sent_back(entry)

    return seen


def _sent_back(entry: Entry) -> bool:
    """The form was not taken: it came back with errors, a preview or a refusal."""
    body = entry.response.get("body")
    return isinstance(body, dict) and body.get("response_action") in ("errors", "update")


def either(*tests: Seen) -> Seen:
    """One of several."""
    return lambda entry: any(test(entry) for test in tests)


def _fields(entry: Entry) -> dict[str, Any]:
    fields = entry.request.get("fields", {}) if entry.service == "twilio" and entry.direction == "out" else {}
    return dict(fields)


def rings(user_id: str) -> Seen:
    """The telephone of this person rings."""
    person = person_of(user_id)
    number = person.phone if person else ""

    def seen(entry: Entry) -> bool:
        fields = _fields(entry)
        return fields.get("CallStatus") == "ringing" and fields.get("To") == number

    return seen


def ended_unreached(entry: Entry) -> bool:
    """A call ended without a person."""
    return _fields(entry).get("CallStatus") in UNREACHED or entry.kind == "phone.voicemail"


def key_four(entry: Entry) -> bool:
    """Somebody pressed 4 on a telephone."""
    return _fields(entry).get("Digits") == "4"


def doer(entry: Entry) -> Person | None:
    """The person who did it, or whose telephone it was; None for what the bot did."""
    number = _fields(entry).get("To") or entry.request.get("number")
    if number:
        return person_at(str(number))
    user = entry.request.get("user", "")
    return person_of(str(user.get("id", "") if isinstance(user, dict) else user))
