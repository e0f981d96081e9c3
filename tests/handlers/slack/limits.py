"""Slack's limits on Block Kit, as its reference states them: what breaks one is named."""

from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
ELEMENTS = {
    "plain_text_input": False,
    "static_select": True,
    "multi_static_select": True,
    "radio_buttons": True,
    "checkboxes": True,
    "datetimepicker": False,
}
"""Fields we use, and whether they need options."""


def message_problems(text: str, blocks: list[Json]) -> list[str]:
    """Everything Slack would refuse in a message of ours."""
    found = list(_blocks(blocks, 50, modal=False))
    if not text or len(text) > 4_000:
        found.append(f"text of {len(text)}")
    if characters(blocks) > 13_000:
        found.append(f"blocks hold {characters(blocks)} characters")
    return found


def view_problems(view: Json) -> list[str]:
    """Everything Slack would refuse in a view of ours."""
    found = list(_blocks(view["blocks"], 100, modal=view["type"] == "modal"))
    if view["type"] == "modal":
        found += [
            f"{name}: {view[name]['text']!r}"
            for name in ("title", "submit", "close")
            if name in view and not 1 <= len(view[name]["text"]) <= 24
        ]
        if any(block["type"] == "input" for block in view["blocks"]) and "submit" not in view:
            found.append("input without submit")
        if len(view.get("private_metadata", "")) > 3_000:
            found.append("private_metadata")
    return found


def characters(blocks: list[Json]) -> int:
    """All characters of all texts."""
    return sum(len(text) for text in texts(blocks))


def texts(value: object) -> Iterator[str]:
    """Every text of blocks, in order."""
    if isinstance(value, dict):
        if value.get("type") in {"plain_text", "mrkdwn"}:
            yield value["text"]
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def _blocks(blocks: list[Json], most: int, *, modal: bool) -> Iterator[str]:
    if not 1 <= len(blocks) <= most:
        yield f"{len(blocks)} blocks"
    names = [block["block_id"] for block in blocks if "block_id" in block]
    if len(names) != len(set(names)):
        yield "a block_id stands twice"
    for block in blocks:
        yield from _block(block, modal=modal)


def _block(block: Json, *, modal: bool) -> Iterator[str]:
    kinds: dict[str, Callable[[], Iterator[str]]] = {
        "header": lambda: _text(block["text"], 150, "header"),
        "section": lambda: _section(block),
        "context": lambda: _context(block["elements"]),
        "actions": lambda: _actions(block["elements"]),
        "input": lambda: _input(block, modal=modal),
        "divider": lambda: iter(()),
    }
    if block["type"] not in kinds:
        yield f"unknown block {block['type']}"
    else:
        yield from kinds[block["type"]]()


def _section(block: Json) -> Iterator[str]:
    cells = block.get("fields", [])
    if "text" in block:
        yield from _text(block["text"], 3_000, "section")
    if len(cells) > 10 or not ("text" in block or cells):
        yield "fields"
    for cell in cells:
        yield from _text(cell, 2_000, "field")


def _context(elements: list[Json]) -> Iterator[str]:
    if not 1 <= len(elements) <= 10:
        yield "context"
    for element in elements:
        yield from _text(element, 3_000, "context")


def _text(text: Json, most: int, place: str) -> Iterator[str]:
    units = len(text["text"].encode("utf-16-le")) // 2
    if not 1 <= units <= most:
        yield f"{place} of {units}"


def _actions(elements: list[Json]) -> Iterator[str]:
    if not 1 <= len(elements) <= 25:
        yield f"{len(elements)} buttons in a row"
    names = [element["action_id"] for element in elements]
    if len(names) != len(set(names)):
        yield f"an action_id stands twice in a row: {names}"
    for element in elements:
        yield from _text(element["text"], 75, "button")
        if len(element["value"]) > 2_000 or element.get("style", "primary") not in {"primary", "danger"}:
            yield f"button {element['action_id']}"


def _input(block: Json, *, modal: bool) -> Iterator[str]:
    element = block["element"]
    if not modal:
        yield "input outside a modal"
    yield from _text(block["label"], 2_000, "label")
    if ELEMENTS.get(element["type"]) is None or ("options" not in element and ELEMENTS[element["type"]]):
        yield f"unknown element {element['type']}"
    if "options" in element:
        yield from _options(element, block["block_id"])
    if len(element.get("initial_value", "")) > element.get("max_length", 3_000):
        yield f"initial value of {block['block_id']}"


def _options(element: Json, name: str) -> Iterator[str]:
    options = element["options"]
    if not 1 <= len(options) <= (100 if element["type"].endswith("static_select") else 10):
        yield f"{len(options)} options in {name}"
    for option in options:
        yield from _text(option["text"], 75, "option")
        if not 1 <= len(option["value"]) <= 150:
            yield f"option value in {name}"
    chosen = (
        [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
    )
    if any(option not in options for option in chosen):
        yield f"initial option of {name} is not offered"
