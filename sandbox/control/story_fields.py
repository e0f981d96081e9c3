"""What goes into the fields of a form when a step of the story is played."""

from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]
AHEAD = timedelta(hours=1)
"""How far ahead a promised moment lies."""


def value_for(block: Json, wishes: Json, now: str) -> Any:  # noqa: ANN401 - text, number or list, as the field wants
    """The value for one input block, or None to leave it as it is. `now` is sandbox time."""
    element = block["element"]
    wish = _wish(block, wishes)
    kind = element["type"]
    begun = any(name.startswith("initial_") for name in element)
    if wish is None and (begun or block.get("optional")) and kind != "datetimepicker":
        return None
    if kind in ("static_select", "radio_buttons", "external_select"):
        return _option(element, wish)
    if kind in ("checkboxes", "multi_static_select"):
        return [_option(element, wish)]
    return _typed(kind, wish, now, begun=begun)


def _wish(block: Json, wishes: Json) -> str | None:
    label = block["label"]["text"].lower().replace(" ", "_")
    for name in (block["block_id"], block["element"]["action_id"], label):
        if name in wishes:
            return str(wishes[name])
    return None


def _option(element: Json, wish: str | None) -> str:
    options = [
        *element.get("options", []),
        *(one for group in element.get("option_groups", []) for one in group["options"]),
    ]
    for option in options:
        words = f"{option['value']} {option['text']['text']}".lower()
        if wish is not None and wish.lower() in words:
            return str(option["value"])
    return str(options[0]["value"]) if options else ""


def _typed(kind: str, wish: str | None, now: str, *, begun: bool) -> Any:  # noqa: ANN401 - see above
    moment = datetime.fromisoformat(now) + AHEAD
    if kind == "datetimepicker":
        return None if begun and wish is None else int(moment.timestamp())
    defaults = {
        "datepicker": moment.strftime("%Y-%m-%d"),
        "timepicker": moment.strftime("%H:%M"),
        "url_text_input": "https://till.retail.example",
        "number_input": "1",
    }
    return wish if wish is not None else defaults.get(kind, "See the thread.")
