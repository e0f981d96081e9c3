"""The story of the demo, "printing fails at one branch": its steps, and how far it has really come.

A step counts as done when the wire log shows that it happened, whoever did it and however. Steps that were overtaken
(somebody acknowledged before any telephone rang) count as skipped, so that every way through the process goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.cast import person_of
from sandbox.seen import (
    Seen,
    accepted,
    client_writes,
    doer,
    either,
    ended_unreached,
    key_four,
    rings,
    said_to_client,
)
from sandbox.wire import Entry

CASEY, SAM, LEE, BO, DEVI = "U0CASEY001", "U0SAM00001", "U0LEE00001", "U0BO000001", "U0DEVI0001"
SUPPORT, ESCALATIONS = "C0SUPPORT1", "C0ESCALATE"

TITLE = "Printing fails at one branch"
INTRO = (
    "One request, from the client’s first word to the closed ticket, as the real bot handles it. "
    "Do each step by hand in the columns, or let its button do it for you."
)
ENDING = (
    "That was the whole way. The row of this request in the Support Issues Sheet is complete: look at records/support-issues.xlsx "
    "in the folder of the demo (var/demo). Now try it at night, let Sol’s telephone be busy, or write as Cleo."
)

Show = tuple[int, str, str]
"""A column of the page (0 left, 1 middle, 2 right), who looks, and at which place."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `seen` recognises it on the wire, among what came after the step named by `after`.

    `{who}` in the title is `who` until somebody did it, then whoever it was; `done` is the title from then on where the
    step can be done in another way than it asks for.
    """

    id: str
    title: str
    who: str
    by_hand: str
    button: str
    shows: str
    seen: Seen
    after: str = ""
    done: str = ""
    stage: tuple[Show, ...] = ()


STEPS = (
    Step(
        "write", "{who} writes that printing fails", CASEY,
        "Write as Casey in #example-retail, at the left: what is broken, where, since when.",
        "Write it as Casey", "The client needs no form: a message opens a request.", client_writes,
        done="{who} writes what is wrong",
    ),
    Step(
        "answer", "Frontdoor answers within seconds", CASEY,
        "Wait ten seconds. If a person of support answers first, Frontdoor stays silent.",
        "Let ten seconds pass", "The answer carries the reference, and the support desk has a card.", said_to_client, "write",
    ),
    Step(
        "claim", "{who} takes the request", SAM,
        "Press “I take it” on the card in #support-desk, in the middle.",
        "Take it as Sam", "The card names Sam: now everybody knows who has it.",
        accepted("block_actions", "claim", role="support"), "write",
    ),
    Step(
        "escalate", "{who} escalates with the whole block", SAM,
        "It needs development. Press Escalate, look over the eight fields, send the form.",
        "Escalate as Sam", "The whole block stands in #escalations. From now on the lead has five minutes.",
        accepted("view_submission", "escalate"), "write",
        stage=((2, LEE, ESCALATIONS),),
    ),
    Step(
        "ring", "Nobody acknowledges: Lee’s telephone rings", LEE,
        "Do nothing for five minutes: press “5 min” in the top bar.",
        "Let five minutes pass", "It rings below. Answer it and listen if you like.", rings(LEE), "escalate",
        stage=((2, LEE, ESCALATIONS),),
    ),
    Step(
        "unreached", "{who} is not reached", LEE,
        "Let it ring out, decline it, or let the voicemail take it. Only a key or a click counts as reached.",
        "Let it ring out", "The next on the ladder is rung at once: the backup, Bo.", ended_unreached, "ring",
    ),
    Step(
        "acknowledge", "{who} answers and presses 4", BO,
        "Answer Bo’s telephone below, listen, and press 4 on its keypad.",
        "Answer as Bo and press 4", "Acknowledged, by a person. Every other call stops.",
        either(key_four, accepted("block_actions", "acknowledge", role="lead")), "escalate",
        "{who} acknowledges",
        stage=((2, BO, ESCALATIONS),),
    ),
    Step(
        "assign", "{who} gives it to Devi", BO,
        "Press “Assign a developer” on the card in #escalations, at the right, and choose Devi.",
        "Assign Devi as Bo", "The developer has thirty minutes for a first update.", accepted("view_submission", "assign"), "escalate",
        "{who} assigns a developer",
        stage=((2, BO, ESCALATIONS),),
    ),
    Step(
        "update", "{who} gives an update with an estimate", DEVI,
        "Choose Devi at the head of the right column. Press “Give an update”: what is known, and until when.",
        "Give the update as Devi", "An estimate is a promise with its own clock. Support gets a draft for the client.",
        accepted("view_submission", "update"), "assign",
        "{who} gives an update",
        stage=((2, DEVI, ESCALATIONS),),
    ),
    Step(
        "relay", "{who} sends the update to the client", SAM,
        "Find the draft below the card in #support-desk and press “Send to the client”.",
        "Send it as Sam", "The client knows before having to ask. Nothing internal goes out unless a person sends it.",
        either(accepted("view_submission", "relay_edit"), accepted("block_actions", "relay", role="support")), "update",
    ),
    Step(
        "resolve", "{who} resolves it, with a code change", DEVI,
        "As Devi, in the right column, press Resolve: the cause, what was done, and the code change that is to be planned.",
        "Resolve it as Devi", "The code change has its entry in the tracker.", accepted("view_submission", "resolve"), "assign",
        "{who} resolves it",
        stage=((2, DEVI, ESCALATIONS),),
    ),
    Step(
        "tell", "{who} tells the client", SAM,
        "Send the draft that waits in #support-desk.",
        "Tell Casey as Sam", "Casey is asked whether everything is in order.",
        either(accepted("view_submission", "relay_edit"), accepted("block_actions", "relay", role="support")), "resolve",
    ),
    Step(
        "confirm", "{who} confirms", CASEY,
        "As Casey, press Solved below the message in the thread.",
        "Confirm as Casey", "Confirmed by the one who knows.", accepted("block_actions", "solved", role="client"), "tell",
    ),
    Step(
        "close", "{who} closes the ticket", SAM,
        "Press Close on the card in #support-desk.",
        "Close it as Sam", "Closed in the system and in the sheet.",
        either(accepted("block_actions", "close", role="support"), accepted("view_submission", "close")), "resolve",
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
    person = (doer(entry) if entry else None) or person_of(step.who)
    title = step.done if entry and step.done else step.title
    return {
        "id": step.id,
        "title": title.format(who=person.name.split()[0] if person else ""),
        "who": step.who,
        "by_hand": step.by_hand,
        "button": step.button,
        "shows": step.shows,
        "stage": [list(show) for show in step.stage],
        "state": state,
        "at": entry.at if entry else None,
    }
