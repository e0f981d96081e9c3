"""What a person types, as Slack stores it: escaped, with live mentions and links, and as rich text."""

import re
from html import unescape

from sandbox.slack.errors import Json

TOKEN = re.compile(r"<(?:[@#!][^<>\s][^<>]*|(?:https?://|mailto:|tel:)[^<>\s][^<>]*)>")
ADDRESS = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)\]'\"]")


def typed(text: str, names: dict[str, str]) -> str:
    """The stored text of what somebody typed: `&<>` escaped, tokens kept, `@Name` of the cast and bare addresses live."""
    parts: list[str] = []
    end = 0
    for token in TOKEN.finditer(text):
        parts += [_plain(text[end : token.start()], names), token.group()]
        end = token.end()
    return "".join([*parts, _plain(text[end:], names)])


def _plain(text: str, names: dict[str, str]) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for name, user_id in names.items():
        escaped = re.sub(rf"@{re.escape(name)}\b", f"<@{user_id}>", escaped, flags=re.IGNORECASE)
    return ADDRESS.sub(lambda found: f"<{found.group()}>", escaped)


def rich_text(text: str, block_id: str) -> list[Json]:
    """The rich_text block that Slack's composer sends along with a person's text."""
    elements: list[Json] = []
    end = 0
    for token in TOKEN.finditer(text):
        elements += [*_words(text[end : token.start()]), _live(token.group()[1:-1])]
        end = token.end()
    elements += _words(text[end:])
    if not elements:
        return []
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]


def _words(text: str) -> list[Json]:
    return [{"type": "text", "text": unescape(text)}] if text else []


def _live(token: str) -> Json:
    target, _, label = token.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": target.removeprefix("!subteam^")}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    link: Json = {"type": "link", "url": unescape(target)}
    return link | ({"text": unescape(label)} if label else {})


def sent(text: str) -> str:
    """The stored text of what an app posted: tokens and entities kept, stray `&<>` escaped, bare addresses live."""
    parts: list[str] = []
    end = 0
    for token in TOKEN.finditer(text):
        parts += [_stray(text[end : token.start()]), token.group()]
        end = token.end()
    return "".join([*parts, _stray(text[end:])])


def _stray(text: str) -> str:
    kept = re.sub(r"&(?!amp;|lt;|gt;)", "&amp;", text)
    return ADDRESS.sub(lambda found: f"<{found.group()}>", re.sub(r"<", "&lt;", kept))
