"""Words made safe and readable: client text that cannot mention, link or break out, and moments in a reader's zone."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

_TOKEN = re.compile(r"<([^<>]*)>")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_MARKS = str.maketrans({"*": "\u2217", "_": "\uff3f", "~": "\u223c", "`": "\u02cb"})
_QUOTE_LIMIT = 1500
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters (not the new line and the tab) and halves of characters: no file format takes them."""


def plain(text: str) -> str:
    """Slack text as plain words: tokens resolved to harmless labels, entities decoded, control characters gone."""
    without = _TOKEN.sub(lambda match: _label(match.group(1)), text)
    decoded = without.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return _CONTROL.sub("", decoded).strip()


def _label(token: str) -> str:
    """What a `<...>` token of Slack becomes: never a mention, never a link with a false face."""
    body, _, label = token.partition("|")
    if body.startswith("!"):
        name = body[1:].split("^")[0]
        return f"(at){name}" if name in {"channel", "here", "everyone"} else label or name
    if body.startswith(("@", "#")):
        return f"{body[0]}{label}" if label else "(somebody)" if body[0] == "@" else "(a channel)"
    return body.removeprefix("mailto:")


def escape(text: str) -> str:
    """Plain text for mrkdwn: the three characters Slack asks for."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inert(text: str) -> str:
    """Plain words for the middle of a sentence: nothing in them formats, mentions or links."""
    return escape(plain(text)).translate(_MARKS).replace("\n", " ")


def quoted(text: str, limit: int = _QUOTE_LIMIT) -> str:
    """Client words as an mrkdwn quote that formats nothing; cut honestly at `limit` characters."""
    words = plain(text)
    if len(words) > limit:
        words = f"{words[:limit].rstrip()} … (cut here; {len(words)} characters in all)"
    lines = escape(words).translate(_MARKS).splitlines() or ["(no words)"]
    return "\n".join(f"> {line}" for line in lines)


def moment(at: datetime, zone: str) -> str:
    """A moment that Slack shows in each reader's own zone; the fallback is in `zone` (IANA)."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{stamp(at, zone)}>"


def stamp(at: datetime, zone: str) -> str:
    """A moment as plain text in `zone` (IANA), with the zone's own short name."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a %d %b %H:%M} {local.tzname()}"


def person(slack: str) -> str:
    """A mention that notifies: only for people of ours."""
    return f"<@{slack}>"


def span(seconds: float) -> str:
    """A length in the words people use: 45 seconds, 15 minutes, 2 hours, 3 days."""
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count != 1 else ''}"
    if seconds >= 120:
        return f"{round(seconds / 60)} minutes"
    return f"{round(seconds)} seconds"


def clean(text: str, limit: int) -> str:
    """Words for a file: without control characters and lone surrogates, and at most `limit` characters."""
    kept = _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"
