"""Block Kit: what Slack accepts passes, what it refuses is named with a JSON pointer."""

from typing import Any

import pytest

from sandbox.slack.blocks import check_blocks, normalise, plain
from tests.sandbox.slack_stage import actions, button, field, words

Block = dict[str, Any]
LONG = "x" * 5_000


def section(text: str = "x", **more: Any) -> Block:
    """A section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def options(count: int, text: str = "x") -> list[Block]:
    """So many options."""
    return [{"text": words(text), "value": str(number)} for number in range(count)]


def select(**more: Any) -> Block:
    """A static select with two options, unless told otherwise."""
    return {"type": "static_select", "action_id": "pick", "options": options(2), **more}


GOOD: list[Block] = [
    section("x" * 3_000),
    section(fields=[{"type": "plain_text", "text": "x" * 2_000}] * 10),
    section(accessory={"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}),
    section(accessory={"type": "overflow", "action_id": "more", "options": options(5)}),
    {"type": "header", "text": words("x" * 150)},
    {"type": "divider"},
    {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a", "title": words("A")},
    actions(*[button(str(number)) for number in range(25)]),
    actions(button("a", "x" * 75, value="x" * 2_000, url="https://example.com", style="primary")),
    actions(select(initial_option=options(2)[1]), {"type": "datepicker", "initial_date": "2026-11-18"}),
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 10},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
    {"type": "markdown", "text": "# x"},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 20] * 100},
    field("a", {"type": "plain_text_input", "multiline": True, "max_length": 3_000}),
    field("a", {"type": "multi_static_select", "options": options(100), "initial_options": options(2)}),
    field("a", {"type": "radio_buttons", "options": options(10)}),
    field("a", {"type": "datetimepicker", "initial_date_time": 1_794_992_400}),
]

BAD: list[tuple[Block, str]] = [
    ({"type": "section"}, "/blocks/0/type"),
    (section("x" * 3_001), "/blocks/0/text/text"),
    (section(""), "/blocks/0/text/text"),
    (section(fields=[words("x")] * 11), "/blocks/0/fields"),
    (section(fields=[words("x" * 2_001)]), "/blocks/0/fields/0/text/text"),
    (section(block_id="x" * 256), "/blocks/0/block_id"),
    (section(accessory={"type": "plain_text_input"}), "/blocks/0/accessory/type"),
    ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "/blocks/0/text/type"),
    ({"type": "header", "text": words("x" * 151)}, "/blocks/0/text/text"),
    ({"type": "nonsense"}, "/blocks/0/type"),
    ({"text": "x"}, "/blocks/0"),
    ({"type": "alert", "text": "x"}, "/blocks/0/type"),
    ({"type": "image", "image_url": "https://example.com/a.png"}, "/blocks/0"),
    (actions(*[button(str(number)) for number in range(26)]), "/blocks/0/elements"),
    (actions(), "/blocks/0/elements"),
    (actions(button("same"), button("same")), "/blocks/0/elements"),
    (actions(button("a", "x" * 76)), "/blocks/0/elements/0/text/text"),
    (actions(button("a", value="x" * 2_001)), "/blocks/0/elements/0/value"),
    (actions(button("a", url="x" * 3_001)), "/blocks/0/elements/0/url"),
    (actions(button("a", style="loud")), "/blocks/0/elements/0/style"),
    (actions(button("x" * 256)), "/blocks/0/elements/0/action_id"),
    (actions(select(options=options(101))), "/blocks/0/elements/0/options"),
    (actions(select(options=[])), "/blocks/0/elements/0/options"),
    (actions(select(options=options(1, "x" * 76))), "/blocks/0/elements/0/options/0/text/text"),
    (actions(select(options=options(1) * 2)), "/blocks/0/elements/0/options"),
    (actions(select(option_groups=[])), "/blocks/0/elements/0"),
    (
        actions(select(initial_option={"text": words("x"), "value": "9"})),
        "/blocks/0/elements/0/initial_option",
    ),
    (actions(select(initial_option=None)), "/blocks/0/elements/0/initial_option"),
    (actions(select(placeholder=words("x" * 151))), "/blocks/0/elements/0/placeholder/text"),
    (actions({"type": "radio_buttons", "options": options(11)}), "/blocks/0/elements/0/options"),
    (actions({"type": "datepicker", "initial_date": "tomorrow"}), "/blocks/0/elements/0/initial_date"),
    (actions(button("a", confirm={"title": words("x")})), "/blocks/0/elements/0/confirm"),
    ({"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}, "/blocks/0/elements"),
    ({"type": "markdown", "text": "x" * 12_001}, "/blocks/0/text"),
    ({"type": "table", "rows": [[]] * 101}, "/blocks/0/rows"),
    ({"type": "input", "label": words("x")}, "/blocks/0"),
    (field("a", {"type": "plain_text_input", "max_length": 3_001}), "/blocks/0/element/max_length"),
    (field("a", {"type": "number_input"}), "/blocks/0/element"),
    (field("a", button("x")), "/blocks/0/element/type"),
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: str(block["type"]))
def test_what_slack_accepts_passes(block: Block) -> None:
    """At the very limits."""
    assert check_blocks([block], surface="message", most=50) == []


@pytest.mark.parametrize(("block", "pointer"), BAD)
def test_what_slack_refuses_is_named(block: Block, pointer: str) -> None:
    """One beyond the limits, with the place."""
    problems = check_blocks([block], surface="message", most=50)

    assert any(line.endswith(f"[json-pointer:{pointer}]") for line in problems), problems


def test_blocks_are_counted_and_named_once() -> None:
    """Fifty in a message; no block_id twice."""
    too_many = check_blocks([{"type": "divider"}] * 51, surface="message", most=50)
    twice = check_blocks([section(block_id="a"), section(block_id="a")], surface="message", most=50)

    assert too_many == ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"]
    assert "already exists" in twice[0]


def test_some_blocks_live_on_one_surface_only() -> None:
    """A markdown block in a message, an alert in a modal."""
    assert check_blocks([{"type": "markdown", "text": "x"}], surface="modal", most=100)
    assert check_blocks([{"type": "alert", "text": "x"}], surface="modal", most=100) == []


def test_ids_are_filled_in_without_touching_the_original() -> None:
    """As Slack stores it."""
    given = [{"type": "actions", "elements": [{"type": "button", "text": words("Go")}]}]

    (stored,) = normalise(given)

    assert stored["block_id"]
    assert stored["elements"][0]["action_id"]
    assert stored["elements"][0]["text"]["emoji"] is True
    assert "block_id" not in given[0]


def test_all_words_are_found() -> None:
    """For the cumulative cap and as fallback text."""
    assert plain([section("One"), actions(button("a", "Two"))]) == "One\nTwo"
