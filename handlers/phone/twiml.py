"""What a call is told to do: TwiML documents as strings. Pure."""

import re
from html import escape
from itertools import accumulate

LONGEST = 4000
"""Twilio's limit on TwiML given with a request (characters); kept everywhere, since nobody listens longer."""
LISTEN = 8
"""Seconds of silence after the menu before we are asked again."""
LANGUAGE = "en-US"

_SLACK_TOKEN = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_MARKS = re.compile(r"(?<!\w)[*_~`]+|[*_~`]+(?!\w)")
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def speakable(words: str) -> str:
    """Words fit for a voice: of Slack's tokens only their labels, no marks of emphasis, no control characters."""
    labels = _SLACK_TOKEN.sub(lambda token: token.group(2) or "", words)
    clean = _UNSPEAKABLE.sub(" ", _MARKS.sub("", labels))
    return " ".join(clean.split())


def menu(words: str, action: str) -> str:
    """Say `words` and wait for one key; `action` is asked with it, and with none after a silence."""
    opening = (
        f'<Gather input="dtmf" numDigits="1" finishOnKey="" timeout="{LISTEN}" actionOnEmptyResult="true"'
        f' method="POST" action="{escape(action)}">'
    )
    return _document(opening, words, "</Gather>")


def farewell(words: str) -> str:
    """Say `words` and hang up."""
    return _document("", words, "<Hangup/>")


def wait(words: str, seconds: int, url: str) -> str:
    """Say `words`, wait, and ask `url` for what comes next."""
    return _document(
        "", words, f'<Pause length="{seconds}"/><Redirect method="POST">{escape(url)}</Redirect>'
    )


def _document(before: str, words: str, after: str) -> str:
    head, tail = f'<Response>{before}<Say language="{LANGUAGE}">', f"</Say>{after}</Response>"
    return f"{head}{_fitting(speakable(words), LONGEST - len(head) - len(tail))}{tail}"


def _fitting(words: str, room: int) -> str:
    """Escaped words, cut at the last space that leaves the escaped text within `room` characters."""
    whole = escape(words)
    if len(whole) <= room:
        return whole
    sizes = accumulate(len(escape(letter)) for letter in words)
    cut = words[: sum(size <= room for size in sizes)]
    return escape(cut.rpartition(" ")[0] or cut)
