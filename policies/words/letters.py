"""What is said of events that failed: what it was, where and when, and never a word of what came (IN-6)."""

from datetime import datetime

from policies.markup import inert, moment

_KINDS = {
    "message_posted": "A message",
    "message_edited": "An edited message",
    "message_deleted": "A deleted message",
    "clock_fired": "A clock that ran out",
    "pressed": "A button that was pressed",
    "call_ended": "The end of a call",
    "call_answered": "A call that was answered",
    "key_pressed": "A key on the telephone",
    "effect_settled": "News of what we sent",
}
EMPTY = "Nothing waits for a person."
_ADVICE = "Each is a fault of ours: have it tried again once the fault is mended."


def dead_letter(what: str, came: datetime, channel: str, ref: str, zone: str) -> str:
    """An event that failed at every try."""
    return (
        f":warning: {about(what, came, channel, ref, zone)} could not be processed: "
        "a fault of ours. It is kept. Please look there yourself, and have it tried again once the fault is mended."
    )


def about(what: str, came: datetime, channel: str, ref: str, zone: str) -> str:
    """What it was, where, of which request, and when."""
    concerns = f" about *{ref}*" if ref else ""
    where = f" in <#{channel}>" if channel else ""
    return f"{_KINDS.get(what, 'Something')}{where}{concerns} from {moment(came, zone)}"


def again(name: str) -> str:
    """Under the message of an event, in place of its button."""
    return f":arrows_counterclockwise: {inert(name)} has it tried again."


def waiting(number: int, *, more: bool, trying: int) -> str:
    """Above the list: how many wait for a person (there may be `more`), and how many of them do not."""
    count = f"{number}{' or more' if more else ''} {'event waits' if number == 1 else 'events wait'}"
    head = f"{count} for a person. {_ADVICE}" if number else EMPTY
    others = "1 event is still tried again by itself."
    if trying > 1:
        others = f"{trying} events are still tried again by themselves."
    return f"{head} {others}" if trying else head


def line(event: str, tries: int, error: str) -> str:
    """One of the list, with its error; `event` says what it was."""
    return f"{event}, tried {'once' if tries == 1 else f'{tries} times'}: {inert(error)}"


def left_out(number: int) -> str:
    """Under the list."""
    return f"… and {number} more: `frontdoor letters` lists them on the command line."
