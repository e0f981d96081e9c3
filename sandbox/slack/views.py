"""A modal or a Home tab: its definition as the app sent it, and what people have put in so far."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.blocks import check_blocks, elements_of, normalise
from sandbox.slack.checker import Checker
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.inputs import begin, holds

BLOCKS = 100
LABEL = 24
PRIVATE = 3_000
BYTES = 250_000
"""A view's JSON may not be longer; Slack says view_too_large."""


@dataclass(slots=True, kw_only=True)
class View:
    """One view of one person. `hash` changes with every change; `values` are by block_id and action_id.

    `errors` are the words with which the app sent it back, by block_id: the page shows them, the app is not told them.
    """

    id: str
    user: str
    team: str
    definition: Json
    previous: str = ""
    root: str = ""
    hash: str = ""
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    suggested: dict[str, list[Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        return list(self.definition["blocks"])

    @property
    def external_id(self) -> str:
        """The app's own name for it."""
        return str(self.definition.get("external_id") or "")

    def find(self, action_id: str, block_id: str = "") -> tuple[Json, Json] | None:
        """Block and element by action_id (and block_id, when several have it)."""
        for block in self.blocks:
            for element in elements_of(block):
                if element["action_id"] == action_id and block_id in ("", block["block_id"]):
                    return block, element
        return None

    def redefine(self, definition: Json) -> None:
        """Take a new definition; what was put in survives where block_id and action_id stay the same."""
        old = self.values
        self.definition = definition
        self.hash = f"{secrets.randbelow(10**10):010d}.{secrets.token_hex(4)}"
        self.values, self.errors = {}, {}
        for block in self.blocks:
            for element in elements_of(block):
                if holds(element):
                    block_id, action_id = block["block_id"], element["action_id"]
                    kept = old.get(block_id, {}).get(action_id)
                    same = kept is not None and kept["type"] == element["type"]
                    self.values.setdefault(block_id, {})[action_id] = (
                        kept if kept is not None and same else begin(element)
                    )

    def shape(self, app_id: str, app_team: str, bot_id: str) -> Json:
        """As Slack gives it in answers and payloads; `app_installed_team_id` is where the app lives."""
        given = self.definition
        shape: Json = {
            "id": self.id,
            "team_id": self.team,
            "type": given["type"],
            "blocks": given["blocks"],
            "private_metadata": given.get("private_metadata", ""),
            "callback_id": given.get("callback_id", ""),
            "state": {"values": self.values},
            "hash": self.hash,
            "title": given.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": bool(given.get("clear_on_close")),
            "notify_on_close": bool(given.get("notify_on_close")),
            "close": given.get("close"),
            "submit": given.get("submit"),
            "previous_view_id": self.previous or None,
            "root_view_id": self.root or self.id,
            "app_id": app_id,
            "external_id": self.external_id,
            "app_installed_team_id": app_team,
            "bot_id": bot_id,
        }
        return shape


def read_view(given: Any, kinds: tuple[str, ...]) -> Json:  # noqa: ANN401 - whatever the app sent
    """A view definition, checked and with ids filled in; `invalid_arguments` or `view_too_large` otherwise."""
    c = Checker()
    if not c.object(given, "/view"):
        raise SlackError("invalid_arguments", messages=c.problems)
    if given.get("type") not in kinds:
        c.fail("/view/type", f"must be one of: {', '.join(kinds)}")
        raise SlackError("invalid_arguments", messages=c.problems)
    _check(c, given)
    c.problems += check_blocks(
        given.get("blocks"), surface=str(given["type"]), most=BLOCKS, path="/view/blocks"
    )
    if c.problems:
        raise SlackError("invalid_arguments", messages=c.problems)
    if len(json.dumps(given).encode()) > BYTES:
        raise SlackError("view_too_large")
    return {**given, "blocks": normalise(given["blocks"])}


def _check(c: Checker, view: Json) -> None:
    c.string(view, "private_metadata", "/view", PRIVATE)
    c.string(view, "callback_id", "/view", 255)
    c.string(view, "external_id", "/view", 255)
    if view["type"] == "home":
        for name in ("title", "submit", "close"):
            if view.get(name) is not None:
                c.fail(f"/view/{name}", "is not allowed in a home view")
        return
    c.require(view, "/view", "title", "blocks")
    for name in ("title", "submit", "close"):
        c.text(view, name, "/view", LABEL)
    blocks = view.get("blocks")
    for place, block in enumerate(blocks if isinstance(blocks, list) else []):
        if isinstance(block, dict) and block.get("type") == "input" and view.get("submit") is None:
            c.fail(f"/view/blocks/{place}/input", "must define `submit` to use an `input` block in modals")
