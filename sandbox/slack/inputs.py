"""Elements that hold a value: what they begin with, what a person puts in, and what Slack's client refuses to submit."""

import re
from typing import Any

from sandbox.slack.elements import TYPED
from sandbox.slack.errors import Json, Refused

# kind: (key of the value in state and actions, key of what it begins with, several at once)
HOLDERS: dict[str, tuple[str, str, bool]] = {
    "static_select": ("selected_option", "initial_option", False),
    "external_select": ("selected_option", "initial_option", False),
    "radio_buttons": ("selected_option", "initial_option", False),
    "checkboxes": ("selected_options", "initial_options", True),
    "multi_static_select": ("selected_options", "initial_options", True),
    "multi_external_select": ("selected_options", "initial_options", True),
    "users_select": ("selected_user", "initial_user", False),
    "multi_users_select": ("selected_users", "initial_users", True),
    "conversations_select": ("selected_conversation", "initial_conversation", False),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", True),
    "channels_select": ("selected_channel", "initial_channel", False),
    "multi_channels_select": ("selected_channels", "initial_channels", True),
    "datepicker": ("selected_date", "initial_date", False),
    "timepicker": ("selected_time", "initial_time", False),
    "datetimepicker": ("selected_date_time", "initial_date_time", False),
    "rich_text_input": ("rich_text_value", "initial_value", False),
    "file_input": ("files", "initial_files", True),
    **dict.fromkeys(TYPED, ("value", "initial_value", False)),
}
OPTION_KEYS = ("selected_option", "selected_options")
PATTERNS = {
    "url_text_input": (r"https?://[^\s/$.?#][^\s]*", "Enter a valid URL"),
    "email_text_input": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "Enter a valid email address"),
    "number_input": (r"-?\d+(\.\d+)?", "Enter a number"),
    "datepicker": (r"\d{4}-\d{2}-\d{2}", "Pick a date as YYYY-MM-DD"),
    "timepicker": (r"([01]\d|2[0-3]):[0-5]\d", "Pick a time as HH:MM"),
    "datetimepicker": (r"\d{10}", "Pick a moment in epoch seconds"),
}


def holds(element: Json) -> bool:
    """Whether the element has a value of its own."""
    return element.get("type") in HOLDERS


def begin(element: Json) -> Json:
    """The state of an untouched element."""
    kind = str(element["type"])
    key, initial, several = HOLDERS[kind]
    return {"type": kind, key: element.get(initial, [] if several else None)}


def fill(element: Json, value: Any, suggested: list[Json]) -> Json:  # noqa: ANN401 - whatever a script gives
    """The state after a person put `value` in; options go by their value or their words. Refused when impossible."""
    kind = str(element["type"])
    key, _, several = HOLDERS[kind]
    if value is None or value == "":
        return {"type": kind, key: [] if several else None}
    if key in OPTION_KEYS:
        options = suggested or options_of(element)
        if several:
            wanted = value if isinstance(value, list) else [value]
            return {"type": kind, key: [_option(options, item) for item in wanted]}
        return {"type": kind, key: _option(options, value)}
    return {"type": kind, key: _plain(kind, value, several=several)}


def _plain(kind: str, value: Any, *, several: bool) -> Any:  # noqa: ANN401 - as given
    if several:
        return value if isinstance(value, list) else [value]
    if kind == "datetimepicker":
        if not str(value).isdigit():
            raise Refused(PATTERNS[kind][1])
        return int(value)
    return value if kind == "rich_text_input" else str(value)


def options_of(element: Json) -> list[Json]:
    """All options, those in groups too."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def _option(options: list[Json], wanted: Any) -> Json:  # noqa: ANN401 - as given
    if isinstance(wanted, dict):
        wanted = wanted.get("value")
    for option in options:
        if option.get("value") == wanted:
            return option
    for option in options:
        if option.get("text", {}).get("text") == wanted:
            return option
    known = ", ".join(str(option.get("value")) for option in options)
    raise Refused(f"There is no option {wanted!r}; there are: {known}")


def objection(block: Json, state: Json) -> str:
    """What Slack's client says below an input block instead of submitting; empty when it may go."""
    element = block["element"]
    key = HOLDERS[str(element["type"])][0]
    value = state.get(key)
    if value in (None, "", []):
        return "" if block.get("optional") else "Please complete this required field."
    pattern, words = PATTERNS.get(str(element["type"]), ("", ""))
    if pattern and not re.fullmatch(pattern, str(value)):
        return words
    return _measure(element, value)


def _measure(element: Json, value: Any) -> str:  # noqa: ANN401 - as given
    kind = element["type"]
    if kind == "plain_text_input":
        most, least = element.get("max_length", 3_000), element.get("min_length", 0)
        if len(value) > most:
            return f"Must be at most {most} characters (has {len(value)})."
        return f"Must be at least {least} characters." if len(value) < least else ""
    if kind == "number_input":
        return _bounds(element, float(value))
    most = element.get("max_selected_items")
    return f"Choose at most {most}." if most and isinstance(value, list) and len(value) > most else ""


def _bounds(element: Json, number: float) -> str:
    if not element.get("is_decimal_allowed") and number != int(number):
        return "Enter a whole number."
    if "min_value" in element and number < float(element["min_value"]):
        return f"Must be at least {element['min_value']}."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Must be at most {element['max_value']}."
    return ""
