"""Every sentence the bot says to clients: fixed, true to the hour, nothing internal (invariant 7)."""

from datetime import datetime

from policies.events import Work
from policies.markup import moment, quoted, stamp

DOWN_SAID = "Understood. Our people are being telephoned now."
_BUTTON = "If production is down, press the button: we will telephone the person on call now."


def sorry(away: tuple[datetime, datetime] | None, zone: str) -> str:
    """IN-6: before a first response that comes late; `away` is from when to when we could not be reached, `zone` the client's."""
    why = "We were not able to answer earlier"
    if away is not None:
        why = f"We could not be reached between {moment(away[0], zone)} and {moment(away[1], zone)}"
    return f"{why}; your message was not lost. "


def first_response(ref: str, expectation: str, before: str = "") -> str:
    """IN-2: receipt, reference, expectation; `before` is said first."""
    return f"{before}We have your message. Your reference is *{ref}*. {expectation}"


def maintenance(until: datetime, zone: str) -> str:
    """PM-2: before the expectation, while announced work is under way; `zone` is the client's."""
    return f"The maintenance that was announced is under way until {moment(until, zone)}; until then some things may not work. "


def soon(wait: str) -> str:
    """The expectation while support is there."""
    return f"Somebody from support will take it within {wait}."


def taken() -> str:
    """The expectation when a person of support has it already."""
    return "Somebody from support has taken it and will write to you here."


def nobody_there() -> str:
    """The expectation in support's hours while everybody is away: nothing is promised that nobody could keep."""
    return f"Nobody of support is there at this moment; whoever comes first will answer you here. {_BUTTON}"


def back_at(opening: datetime | None, zone: str) -> str:
    """The expectation outside support's hours; `zone` is the client's own."""
    if opening is None:
        return f"Support is not there at the moment. {_BUTTON}"
    return f"Support is back {moment(opening, zone)}. {_BUTTON}"


def merged(into: str) -> str:
    """IN-3: where the answers will come from now on."""
    return f"We have joined your message to *{into}*. You will read everything about it here, in this thread."


def down_again(*, ringing: bool) -> str:
    """IN-5: the button was pressed once more."""
    more = "our people are being telephoned." if ringing else "somebody from support has it."
    return f"We know already: {more}"


def opened_for(ref: str, text: str) -> str:
    """IN-1: support opened a request without a message of the client."""
    return f"We have opened *{ref}* for you:\n{quoted(text)}\nWrite in this thread if there is more to say."


def reopened(ref: str, *, taken: bool) -> str:
    """RS-2: it is open again."""
    who = "has taken it" if taken else "will look at it"
    return f"We have reopened *{ref}*. Somebody from support {who} and will write to you here."


def production_down_noted(ref: str) -> str:
    """IN-5: the button was pressed."""
    return f"Understood: production is down (*{ref}*). We are telephoning our people now, and somebody will write to you here."


def reminder(ref: str) -> str:
    """TR-6: the client is the one to answer."""
    return (
        f"A short reminder about *{ref}*: we are waiting for your answer. Just write here when you are ready."
    )


def confirm_reminder(ref: str) -> str:
    """TR-6, RS-1: the client was asked to confirm."""
    return f"A short reminder about *{ref}*: is everything in order now? Press Solved, or tell us here what is left."


def neutral(ref: str, next_word: datetime, zone: str, *, said: bool) -> str:
    """UP-3: the fixed neutral sentence before an estimate expires; `said` when the client was ever told of one."""
    longer = "it will take longer than we said" if said else "it takes longer than we hoped"
    return f"About *{ref}*: {longer}. You will have the next word from us by {moment(next_word, zone)}."


LINE_AT_WORK = "We are working on it."
LINE_ASKED = "We have asked you something, and wait for your answer."
LINE_AGAIN = "It is open again."
LINE_TO_CONFIRM = "We believe that it is solved: please tell us whether it is."
LINE_SOLVED = "It is solved."
LINE_CHANGE_REQUEST = "It is noted as a change request."
LINE_CLOSED = "It is closed."


def line(ref: str, received: datetime, stands: str, zone: str) -> str:
    """UP-3: the one line that is kept true; what it `stands` like is one of the sentences here."""
    return f"*{ref}*, received {moment(received, zone)}. {stands}"


def line_joined(into: str) -> str:
    """UP-3: the line of a request that went into another one."""
    return f"It is joined to *{into}*."


def line_next(by: datetime, zone: str, *, longer: bool) -> str:
    """UP-3: when the next word comes; `longer` once the client was told that it takes longer."""
    said = "It takes longer than expected. " if longer else ""
    return f"{said}You hear from us again by {moment(by, zone)}."


def line_late(by: datetime, zone: str) -> str:
    """UP-3: the moment went by; support was asked in the same instant."""
    return f"You were to hear from us by {moment(by, zone)}: we are late, and our people have been told so."


def client_side(text: str) -> str:
    """TR-1: the application was not at fault."""
    return f"{text}\n\nThe application itself was not at fault. Is everything in order now?"


def answered(text: str) -> str:
    """TR-2: a question, answered."""
    return f"{text}\n\nDoes this answer your question?"


_WORK: dict[Work, str] = {
    "feature": "Thank you for this idea. It is a new feature rather than a fault",
    "beyond_defect": "Thank you for telling us. What we delivered works as agreed here, and this goes beyond mending it",
    "integration": "Thank you for this idea. It connects another system, which is new work rather than a fault",
    "capacity": "Thank you for telling us. This is more than the system was designed for, so it has to grow first",
    "platform": (
        "Thank you for telling us. Somebody else's platform, on which this depends, has changed, and following that is "
        "new work, at the reduced rate that we agreed for it"
    ),
}
"""TR-4: why it is new work, for each kind."""


def change_request(ref: str, work: Work, text: str) -> str:
    """TR-4: kindly and clearly."""
    more = f"\n\n{text}" if text else ""
    return (
        f"{_WORK[work]}. Support cannot simply carry it out: "
        f"we have noted it as a change request (*{ref}*), and the people who plan new work with you will come back to you.{more}"
    )


def closed(ref: str, reopen: str) -> str:
    """RS-1: formally closed; for as long as `reopen` a word reopens it (RS-2)."""
    return f"*{ref}* is closed. Thank you. If it comes back, just write here within {reopen} and we open it again."


def fixed(text: str) -> str:
    """RS-1: the draft for a resolution of development, before a person sends it."""
    return f"This is resolved: {text}\n\nPlease have a look: is everything in order now?"


def estimate(text: str, promise: datetime | None, zone: str) -> str:
    """UP-4: the draft for an update, before a person sends it. Moments in the client's zone."""
    when = f"\n\nYou will hear from us again by {stamp(promise, zone)}." if promise is not None else ""
    return f"An update: {text}{when}"
