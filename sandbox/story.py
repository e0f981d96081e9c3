"""The story of the demo, "printing fails at one branch": its steps, and how far it has really come.

A step counts as done when the wire log shows that it happened, whoever did it and however. Steps that were overtaken
(somebody acknowledged before any telephone rang) count as skipped, so that every way through the process goes on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.cast import person_of
from sandbox.wire import Entry

CASEY, SAM, LEE, BO, DEVI = "U0CASEY001", "U0SAM00001", "U0LEE00001", "U0BO000001", "U0DEVI0001"
RETAIL, SUPPORT, ESCALATIONS = "C0RETAIL01", "C0SUPPORT1", "C0ESCALATE"
CLIENT_ROOMS = (RETAIL, "C0CLINIC01")
UNREACHED = ("no-answer", "busy", "failed")

TITLE = "Printing fails at one branch"
INTRO = (
    "One request, from the client’s first word to the closed ticket, as the real bot handles it. "
    "Do each step by hand in the columns, or let its button do it for you."
)
ENDING = (
    "That was the whole way. The row of this request in the Support Issues Sheet is complete: look at records/support-issues.xlsx "
    "in the folder of the demo (var/demo). Now try it at night, let Sol’s telephone be busy, or write as Cleo."
)

Seen = Callable[[Entry], bool]
Show = tuple[int, str, str]
"""A column of the page (0 left, 1 middle, 2 right), who looks, and at which place."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `seen` recognises it on the wire, among what came after the step named by `after`."""

    id: str
    title: str
    who: str
    by_hand: str
    button: str
    shows: str
    seen: Seen
    after: str = ""
    stage: tuple[Show, ...] = ()


def _is_client(user_id: str) -> bool:
    person = person_of(user_id)
    return person is not None and person.role == "client"


def _client_writes(entry: Entry) -> bool:
    asked = entry.request
    return (
        entry.kind == "message"
        and entry.direction == "person"
        and asked.get("channel") in CLIENT_ROOMS
        and _is_client(asked["user"])
    )


def _said_to_client(entry: Entry) -> bool:
    return entry.kind == "chat.postMessage" and entry.ok and entry.request.get("channel") in CLIENT_ROOMS


def _accepted(kind: str, *names: str, role: str = "") -> Seen:
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


def _either(*tests: Seen) -> Seen:
    return lambda entry: any(test(entry) for test in tests)


def _fields(entry: Entry) -> dict[str, Any]:
    fields = entry.request.get("fields", {}) if entry.service == "twilio" and entry.direction == "out" else {}
    return dict(fields)


def _rings(user_id: str) -> Seen:
    person = person_of(user_id)
    number = person.phone if person else ""

    def seen(entry: Entry) -> bool:
        fields = _fields(entry)
        return fields.get("CallStatus") == "ringing" and fields.get("To") == number

    return seen


def _ended_unreached(entry: Entry) -> bool:
    return _fields(entry).get("CallStatus") in UNREACHED or entry.kind == "phone.voicemail"


def _key_four(entry: Entry) -> bool:
    return _fields(entry).get("Digits") == "4"


STEPS = (
    Step(
        "write", "Casey writes that printing fails", CASEY,
        "Write as Casey in #example-retail, at the left: what is broken, where, since when.",
        "Write it as Casey", "The client needs no form: a message opens a request.", _client_writes,
    ),
    Step(
        "answer", "Frontdoor answers within seconds", CASEY,
        "Wait ten seconds. If a person of support answers first, Frontdoor stays silent.",
        "Let ten seconds pass", "The answer carries the reference, and the support desk has a card.", _said_to_client, "write",
    ),
    Step(
        "claim", "Sam takes the request", SAM,
        "Press “I take it” on the card in #support-desk, in the middle.",
        "Take it as Sam", "The card names Sam: now everybody knows who has it.",
        _accepted("block_actions", "claim", role="support"), "write",
    ),
    Step(
        "escalate", "Sam escalates with the whole block", SAM,
        "It needs development. Press Escalate, look over the eight fields, send the form.",
        "Escalate as Sam", "The whole block stands in #escalations. From now on the lead has five minutes.",
        _accepted("view_submission", "escalate"), "write",
        ((2, LEE, ESCALATIONS),),
    ),
    Step(
        "ring", "Nobody acknowledges: Lee’s telephone rings", LEE,
        "Do nothing for five minutes: press “5 min” in the top bar.",
        "Let five minutes pass", "It rings below. Answer it and listen if you like.", _rings(LEE), "escalate",
        ((2, LEE, ESCALATIONS),),
    ),
    Step(
        "unreached", "Lee is not reached", LEE,
        "Let it ring out, decline it, or let the voicemail take it. Only a key or a click counts as reached.",
        "Let it ring out", "The next on the ladder is rung at once: the backup, Bo.", _ended_unreached, "ring",
    ),
    Step(
        "acknowledge", "Bo answers and presses 4", BO,
        "Answer Bo’s telephone below, listen, and press 4 on its keypad.",
        "Answer as Bo and press 4", "Acknowledged, by a person. Every other call stops.",
        _either(_key_four, _accepted("block_actions", "acknowledge", role="lead")), "escalate",
        ((2, BO, ESCALATIONS),),
    ),
    Step(
        "assign", "Bo gives it to Devi", BO,
        "Press “Assign a developer” on the card in #escalations, at the right, and choose Devi.",
        "Assign Devi as Bo", "Devi has thirty minutes for a first update.", _accepted("view_submission", "assign"), "escalate",
        ((2, BO, ESCALATIONS),),
    ),
    Step(
        "update", "Devi gives an update with an estimate", DEVI,
        "Choose Devi at the head of the right column. Press “Give an update”: what is known, and until when.",
        "Give the update as Devi", "An estimate is a promise with its own clock. Support gets a draft for the client.",
        _accepted("view_submission", "update"), "assign",
        ((2, DEVI, ESCALATIONS),),
    ),
    Step(
        "relay", "Sam sends the update to the client", SAM,
        "Find the draft below the card in #support-desk and press “Send to the client”.",
        "Send it as Sam", "The client knows before having to ask. Nothing internal goes out unless a person sends it.",
        _either(_accepted("view_submission", "relay_edit"), _accepted("block_actions", "relay", role="support")), "update",
    ),
    Step(
        "resolve", "Devi resolves it, with a code change", DEVI,
        "As Devi, in the right column, press Resolve: the cause, what was done, and the code change that is to be planned.",
        "Resolve it as Devi", "The code change has its entry in the tracker.", _accepted("view_submission", "resolve"), "assign",
        ((2, DEVI, ESCALATIONS),),
    ),
    Step(
        "tell", "Sam tells the client", SAM,
        "Send the draft that waits in #support-desk.",
        "Tell Casey as Sam", "Casey is asked whether everything is in order.",
        _either(_accepted("view_submission", "relay_edit"), _accepted("block_actions", "relay", role="support")), "resolve",
    ),
    Step(
        "confirm", "Casey confirms", CASEY,
        "As Casey, press Solved below the message in the thread.",
        "Confirm as Casey", "Confirmed by the one who knows.", _accepted("block_actions", "solved", role="client"), "tell",
    ),
    Step(
        "close", "Sam closes the ticket", SAM,
        "Press Close on the card in #support-desk.",
        "Close it as Sam", "Closed in the system and in the sheet.",
        _either(_accepted("block_actions", "close", role="support"), _accepted("view_submission", "close")), "resolve",
    ),
)  # fmt: skip
BY_ID = {step.id: step for step in STEPS}


def found(entries: Sequence[Entry]) -> dict[str, Entry]:
    """The entry that shows each step that happened, by step."""
    seen: dict[str, Entry] = {}
    for step in STEPS:
        if step.after and step.after not in seen:
            continue
        start = seen[step.after].n if step.after else 0
        entry = next((entry for entry in entries[start:] if step.seen(entry)), None)
        if entry is not None:
            seen[step.id] = entry
    return seen


def told(entries: Sequence[Entry]) -> dict[str, Any]:
    """The story as the page shows it: every step with its state (done, skipped, next, later) and when it happened."""
    seen = found(entries)
    last = max((place for place, step in enumerate(STEPS) if step.id in seen), default=-1)
    steps = [
        _shown(step, _state(place, last, step, seen), seen.get(step.id)) for place, step in enumerate(STEPS)
    ]
    return {"title": TITLE, "intro": INTRO, "ending": ENDING, "log_length": len(entries), "steps": steps}


def _state(place: int, last: int, step: Step, seen: dict[str, Entry]) -> str:
    if step.id in seen:
        return "done"
    if place < last:
        return "skipped"
    return "next" if place == last + 1 else "later"


def _shown(step: Step, state: str, entry: Entry | None) -> dict[str, Any]:
    return {
        "id": step.id,
        "title": step.title,
        "who": step.who,
        "by_hand": step.by_hand,
        "button": step.button,
        "shows": step.shows,
        "stage": [list(show) for show in step.stage],
        "state": state,
        "at": entry.at if entry else None,
    }
