"""Small builders of Block Kit. Slack's limits are kept by cutting, and what was cut says so."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from policies.effects import Button

Json = dict[str, Any]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_CHARACTERS = 12_000
"""Slack refuses a message whose blocks hold about 13,200 characters (msg_blocks_too_long), whatever each of them holds."""
TEXT = 3_900
"""chat.update refuses a `text` above 4,000 characters (msg_too_long)."""
_SECTION = 3_000
_FIELD = 2_000
_LABEL = 75
_CUT = " … (cut)"


def size(text: str) -> int:
    """The length as Slack's own clients count it: UTF-16 units, so an emoji may count two."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, limit: int, mark: str = _CUT) -> str:
    """`text` in at most `limit` units, with a mark where it was cut; never inside an entity or a `<...>` token."""
    if size(text) <= limit:
        return text
    room = limit - size(mark)
    kept = text[:room]
    while size(kept) > room:
        kept = kept[:-1]
    return f"{_whole(kept).rstrip()}{mark}"


def _whole(text: str) -> str:
    """Without an entity or a token that was begun and not ended."""
    if text.rfind("<") > text.rfind(">"):
        text = text[: text.rfind("<")]
    entity = text.rfind("&")
    return text[:entity] if entity > text.rfind(";") and len(text) - entity < 5 else text


def plain(text: str, limit: int) -> Json:
    """A plain_text object; Slack accepts no empty one."""
    return {"type": "plain_text", "text": cut(text, limit, "…") or "–"}


def mrkdwn(text: str, limit: int = _SECTION) -> Json:
    """A mrkdwn object. Client words in it are already defanged."""
    return {"type": "mrkdwn", "text": cut(text, limit) or "–"}


def header(text: str) -> Json:
    """A heading, at most 150 characters."""
    return {"type": "header", "text": plain(text, 150)}


def section(text: str, block_id: str = "") -> Json:
    """A paragraph of mrkdwn, at most 3,000 characters."""
    return _named({"type": "section", "text": mrkdwn(text)}, block_id)


def sections(text: str) -> list[Json]:
    """Paragraphs of mrkdwn as long as need be, broken at line ends where there are any."""
    parts: list[str] = [""]
    for line in text.splitlines(keepends=True):
        if size(parts[-1]) + size(line) > _SECTION and parts[-1]:
            parts.append("")
        parts[-1] += line
    return [section(part.rstrip("\n")) for part in parts]


def fields(pairs: Iterable[tuple[str, str]]) -> list[Json]:
    """Labels with their values (mrkdwn) in two columns: ten to a section."""
    cells = iter([mrkdwn(f"*{label}*\n{value}", _FIELD) for label, value in pairs])
    rows = []
    while ten := list(islice(cells, 10)):
        rows.append({"type": "section", "fields": ten})
    return rows


def context(text: str) -> Json:
    """A small line."""
    return {"type": "context", "elements": [mrkdwn(text)]}


def divider() -> Json:
    """A line across."""
    return {"type": "divider"}


def button(item: Button, ticket: int | None) -> Json:
    """One button. Its value names ticket and subject, so that a press says all that is needed."""
    made: Json = {
        "type": "button",
        "action_id": item.verb,
        "text": plain(item.label, _LABEL),
        "value": f"{ticket or ''}:{item.value}",
    }
    if item.style:
        made["style"] = item.style
    if item.url:
        made["url"] = item.url
    if item.verb == "dismiss":
        made["confirm"] = confirmation("Not a request?", "Our own answer in the client's thread is removed.")
    return made


def confirmation(title: str, text: str) -> Json:
    """The question Slack asks before a button counts."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain("Yes", 30),
        "deny": plain("No", 30),
    }


def actions(buttons: Sequence[Button], ticket: int | None) -> list[Json]:
    """Rows of buttons. An action_id stands once in a row: a second button of the same verb begins a new one."""
    rows: list[list[Json]] = []
    for item in buttons:
        if not rows or len(rows[-1]) == 25 or any(other["action_id"] == item.verb for other in rows[-1]):
            rows.append([])
        rows[-1].append(button(item, ticket))
    return [{"type": "actions", "elements": row} for row in rows]


def fitted(blocks: Sequence[Json], limit: int = MESSAGE_BLOCKS) -> list[Json]:
    """At most `limit` blocks; the last one says how many are missing."""
    if len(blocks) <= limit:
        return list(blocks)
    left_out = len(blocks) - limit + 1
    return [*blocks[: limit - 1], context(f"… {left_out} more lines are not shown here.")]


def text_input(
    name: str,
    label: str,
    value: str = "",
    *,
    hint: str = "",
    limit: int = 3_000,
    lines: bool = False,
    optional: bool = False,
) -> Json:
    """A field for words, named `name` as block and as action."""
    element: Json = {"type": "plain_text_input", "action_id": name, "max_length": limit}
    if value:
        element["initial_value"] = cut(value, limit)
    if lines:
        element["multiline"] = True
    return _input(name, label, element, hint=hint, optional=optional)


def option(value: str, label: str = "") -> Json:
    """A choice; its value is what the form reads."""
    return {"text": plain(label or value, _LABEL), "value": cut(value, 150, "")}


def select(
    name: str,
    label: str,
    options: Sequence[tuple[str, str]],
    chosen: str = "",
    *,
    hint: str = "",
    optional: bool = False,
    kind: str = "static_select",
) -> Json:
    """A field for one of `options` (value, label); `chosen` is a value. Slack shows at most a hundred, ten as radio buttons."""
    choices = [option(value, text) for value, text in options[: 10 if kind == "radio_buttons" else 100]]
    element: Json = {"type": kind, "action_id": name, "options": choices}
    first = next((item for item in choices if item["value"] == cut(chosen, 150, "")), None)
    if first:
        element["initial_option"] = first
    return _input(name, label, element, hint=hint, optional=optional)


def several(name: str, label: str, options: Sequence[tuple[str, str]], *, hint: str = "") -> Json:
    """A field for any number of `options` (value, label); it is read as values with commas between them."""
    choices = [option(value, text) for value, text in options[:100]]
    element: Json = {"type": "multi_static_select", "action_id": name, "options": choices}
    return _input(name, label, element, hint=hint, optional=False)


def tick(name: str, label: str, text: str, *, on: bool = False, hint: str = "") -> Json:
    """A field to tick or to leave."""
    choice = option("yes", text)
    element: Json = {"type": "checkboxes", "action_id": name, "options": [choice]}
    if on:
        element["initial_options"] = [choice]
    return _input(name, label, element, hint=hint, optional=True)


def when(name: str, label: str, *, epoch: int | None = None, hint: str = "", optional: bool = False) -> Json:
    """A field for a date and a time; Slack shows it in the reader's own zone and gives seconds since 1970."""
    element: Json = {"type": "datetimepicker", "action_id": name}
    if epoch is not None:
        element["initial_date_time"] = epoch
    return _input(name, label, element, hint=hint, optional=optional)


def _input(name: str, label: str, element: Json, *, hint: str, optional: bool) -> Json:
    block: Json = {"type": "input", "block_id": name, "label": plain(label, 2_000), "element": element}
    if hint:
        block["hint"] = plain(hint, 2_000)
    if optional:
        block["optional"] = True
    return block


def _named(block: Json, block_id: str) -> Json:
    return block | {"block_id": block_id} if block_id else block
