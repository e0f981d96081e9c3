"""Block Kit as Slack enforces it: which blocks there are, their limits, ids filled in, and the words inside."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from sandbox.slack.checker import Checker
from sandbox.slack.elements import (
    ACCESSORY,
    ACTIONS,
    CONTEXT_ACTIONS,
    ID,
    INPUT,
    check_element,
    check_image,
)
from sandbox.slack.errors import Json
from sandbox.slack.ids import Ids

MESSAGE_ONLY = frozenset(
    {
        "markdown",
        "table",
        "data_table",
        "context_actions",
        "file",
        "card",
        "carousel",
        "container",
        "plan",
        "task_card",
        "data_visualization",
    }
)
MODAL_ONLY = frozenset({"alert"})
LOOSE = MESSAGE_ONLY | MODAL_ONLY | {"video"}
"""Blocks that are accepted; beyond what stands in `checks` their insides are not looked at."""


def check_blocks(blocks: Any, *, surface: str, most: int, path: str = "/blocks") -> list[str]:  # noqa: ANN401 - any JSON
    """What Slack would find wrong with these blocks on a surface (message, modal, home); empty when nothing."""
    c = Checker()
    if not isinstance(blocks, list):
        c.fail(path, "must provide an array")
        return c.problems
    if len(blocks) > most:
        c.fail(path, f"no more than {most} items allowed")
    for place, block in enumerate(blocks):
        _block(c, block, f"{path}/{place}", surface)
    given = [block.get("block_id") for block in blocks if isinstance(block, dict)]
    c.unique([name for name in given if name], path, "block_id")
    return c.problems


def _block(c: Checker, block: Any, path: str, surface: str) -> None:  # noqa: ANN401 - any JSON
    if not c.object(block, path):
        return
    kind = block.get("type")
    if kind is None:
        c.fail(path, "missing required field: type")
        return
    wrong_place = (kind in MESSAGE_ONLY and surface != "message") or (
        kind in MODAL_ONLY and surface != "modal"
    )
    if (kind not in checks and kind not in LOOSE) or wrong_place:
        c.fail(f"{path}/type", f"unsupported type: {kind}")
        return
    c.string(block, "block_id", path, ID)
    checks.get(kind, _divider)(c, block, path)


def _divider(_c: Checker, _block: Json, _path: str) -> None:
    """Nothing to be wrong."""


def _section(c: Checker, block: Json, path: str) -> None:
    if "text" not in block and "fields" not in block:
        c.fail(f"{path}/type", "must define either `text` or `fields`")
    c.text(block, "text", path, 3_000, mrkdwn=True)
    for place, field in enumerate(c.items(block, "fields", path, 1, 10)):
        c.text({"text": field}, "text", f"{path}/fields/{place}", 2_000, mrkdwn=True)
    if "accessory" in block:
        check_element(c, block["accessory"], f"{path}/accessory", ACCESSORY)


def _header(c: Checker, block: Json, path: str) -> None:
    c.require(block, path, "text")
    c.text(block, "text", path, 150)


def _image(c: Checker, block: Json, path: str) -> None:
    check_image(c, block, path)
    c.text(block, "title", path, 2_000)


def _elements(c: Checker, block: Json, path: str, most: int, allowed: frozenset[str]) -> None:
    c.require(block, path, "elements")
    elements = c.items(block, "elements", path, 1, most)
    for place, element in enumerate(elements):
        check_element(c, element, f"{path}/elements/{place}", allowed)
    ids = [element.get("action_id") for element in elements if isinstance(element, dict)]
    c.unique([name for name in ids if name], f"{path}/elements", "action_id")


def _actions(c: Checker, block: Json, path: str) -> None:
    _elements(c, block, path, 25, ACTIONS)


def _context_actions(c: Checker, block: Json, path: str) -> None:
    _elements(c, block, path, 5, CONTEXT_ACTIONS)


def _context(c: Checker, block: Json, path: str) -> None:
    c.require(block, path, "elements")
    for place, element in enumerate(c.items(block, "elements", path, 1, 10)):
        where = f"{path}/elements/{place}"
        if not c.object(element, where):
            continue
        if element.get("type") == "image":
            check_image(c, element, where)
        else:
            c.text({"element": element}, "element", where.rpartition("/")[0], 3_000, mrkdwn=True)


def _input(c: Checker, block: Json, path: str) -> None:
    c.require(block, path, "label", "element")
    c.text(block, "label", path, 2_000)
    c.text(block, "hint", path, 2_000)
    if "element" in block:
        check_element(c, block["element"], f"{path}/element", INPUT)


def _rich_text(c: Checker, block: Json, path: str) -> None:
    c.require(block, path, "elements")
    allowed = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
    for place, element in enumerate(c.items(block, "elements", path, 0, 1_000)):
        if c.object(element, f"{path}/elements/{place}"):
            c.one_of(element, "type", f"{path}/elements/{place}", allowed)


def _markdown(c: Checker, block: Json, path: str) -> None:
    c.require(block, path, "text")
    c.string(block, "text", path, 12_000, least=1)


def _table(c: Checker, block: Json, path: str) -> None:
    c.require(block, path, "rows")
    for place, row in enumerate(c.items(block, "rows", path, 1, 100)):
        c.items({str(place): row}, str(place), f"{path}/rows", 1, 20)


checks: dict[str, Callable[[Checker, Json, str], None]] = {
    "section": _section,
    "divider": _divider,
    "header": _header,
    "image": _image,
    "actions": _actions,
    "context": _context,
    "context_actions": _context_actions,
    "input": _input,
    "rich_text": _rich_text,
    "markdown": _markdown,
    "table": _table,
}


def elements_of(block: Json) -> list[Json]:
    """The interactive elements of a block."""
    found = list(block.get("elements", [])) if block.get("type") in ("actions", "context_actions") else []
    found += [block[name] for name in ("accessory", "element") if isinstance(block.get(name), dict)]
    return [element for element in found if isinstance(element, dict) and element.get("type") != "image"]


def normalise(blocks: list[Json]) -> list[Json]:
    """A copy with block_id and action_id filled in and the defaults of text objects spelled out, as Slack stores it."""
    copied = deepcopy(blocks)
    for block in copied:
        block.setdefault("block_id", Ids.short())
        for element in elements_of(block):
            element.setdefault("action_id", Ids.short())
        for text in _texts(block):
            text.setdefault(*(("emoji", True) if text["type"] == "plain_text" else ("verbatim", False)))
    return copied


def _texts(value: Any) -> Iterator[Json]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        if value.get("type") in ("plain_text", "mrkdwn"):
            yield value
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def plain(blocks: Any) -> str:  # noqa: ANN401 - any JSON
    """All words of the blocks, one text per line."""
    return "\n".join(_words(blocks))


def _words(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
