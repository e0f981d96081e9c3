"""Which elements there are, where they may stand, and what Slack checks of each."""

from collections.abc import Callable

from sandbox.slack.checker import Checker
from sandbox.slack.errors import Json

SINGLE = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
MULTI = tuple(f"multi_{kind}" for kind in SINGLE)
CHOICES = (*SINGLE, *MULTI)
PICKERS = ("datepicker", "timepicker", "datetimepicker", "checkboxes", "radio_buttons")
TYPED = ("plain_text_input", "url_text_input", "email_text_input", "number_input")
ACTIONS = frozenset({"button", "overflow", "workflow_button", *CHOICES, *PICKERS})
ACCESSORY = ACTIONS | {"image"}
INPUT = frozenset({*CHOICES, *PICKERS, *TYPED, "rich_text_input", "file_input"})
CONTEXT_ACTIONS = frozenset({"feedback_buttons", "icon_button"})

ID = 255
PLACEHOLDER = 150
OPTION_TEXT = 75
OPTION_VALUE = 150
LONGEST_INPUT = 3_000


def check_element(c: Checker, element: object, path: str, allowed: frozenset[str]) -> None:
    """Check one interactive element (or accessory image)."""
    if not isinstance(element, dict):
        c.fail(path, "must provide an object")
        return
    kind = element.get("type")
    if kind not in allowed:
        c.fail(f"{path}/type", f"unsupported type: {kind}")
        return
    c.string(element, "action_id", path, ID)
    c.text(element, "placeholder", path, PLACEHOLDER)
    _confirm(c, element, path)
    checks.get(str(kind), _nothing)(c, element, path)


def _nothing(_c: Checker, _element: Json, _path: str) -> None:
    """Elements of which only the common parts are checked."""


def _confirm(c: Checker, element: Json, path: str) -> None:
    confirm = element.get("confirm")
    if confirm is None or not c.object(confirm, f"{path}/confirm"):
        return
    where = f"{path}/confirm"
    c.require(confirm, where, "title", "text", "confirm", "deny")
    c.text(confirm, "title", where, 100)
    c.text(confirm, "text", where, 300, mrkdwn=True)
    c.text(confirm, "confirm", where, 30)
    c.text(confirm, "deny", where, 30)


def _button(c: Checker, element: Json, path: str) -> None:
    c.require(element, path, "text")
    c.text(element, "text", path, 75)
    c.string(element, "value", path, 2_000)
    c.string(element, "url", path, 3_000)
    c.string(element, "accessibility_label", path, 75)
    c.one_of(element, "style", path, ("primary", "danger"))


def _options(
    c: Checker, holder: Json, path: str, least: int, most: int, *, mrkdwn: bool = False
) -> list[str]:
    values: list[str] = []
    for place, option in enumerate(c.items(holder, "options", path, least, most)):
        where = f"{path}/options/{place}"
        if c.object(option, where) and c.require(option, where, "text", "value"):
            c.text(option, "text", where, OPTION_TEXT, mrkdwn=mrkdwn)
            c.text(option, "description", where, OPTION_TEXT, mrkdwn=mrkdwn)
            c.string(option, "value", where, OPTION_VALUE)
            values.append(str(option["value"]))
    c.unique(values, f"{path}/options", "value")
    return values


def _initial(c: Checker, element: Json, path: str, values: list[str]) -> None:
    if "initial_option" in element and not c.object(element["initial_option"], f"{path}/initial_option"):
        return
    given = element.get("initial_options", [element.get("initial_option")])
    for option in given if isinstance(given, list) else []:
        if isinstance(option, dict) and str(option.get("value")) not in values:
            name = "initial_options" if "initial_options" in element else "initial_option"
            c.fail(f"{path}/{name}", "must be one of the provided options")


def _select(c: Checker, element: Json, path: str) -> None:
    if ("options" in element) == ("option_groups" in element):
        c.fail(path, "must define either `options` or `option_groups`")
        return
    values = _options(c, element, path, 1, 100)
    for place, group in enumerate(c.items(element, "option_groups", path, 1, 100)):
        where = f"{path}/option_groups/{place}"
        if c.object(group, where) and c.require(group, where, "label", "options"):
            c.text(group, "label", where, OPTION_TEXT)
            values += _options(c, group, where, 0, 100)
    _initial(c, element, path, values)
    c.between(element, "max_selected_items", path, 1, 100)


def _few(c: Checker, element: Json, path: str) -> None:
    c.require(element, path, "options")
    _initial(c, element, path, _options(c, element, path, 1, 10, mrkdwn=True))


def _overflow(c: Checker, element: Json, path: str) -> None:
    c.require(element, path, "options")
    _options(c, element, path, 1, 5)


def _plain_text(c: Checker, element: Json, path: str) -> None:
    c.between(element, "min_length", path, 0, LONGEST_INPUT)
    c.between(element, "max_length", path, 1, LONGEST_INPUT)
    most = element.get("max_length")
    c.string(element, "initial_value", path, most if isinstance(most, int) else LONGEST_INPUT)


def _number(c: Checker, element: Json, path: str) -> None:
    c.require(element, path, "is_decimal_allowed")
    for name in ("initial_value", "min_value", "max_value"):
        c.matches(element, name, path, r"-?\d+(\.\d+)?")


def _image(c: Checker, element: Json, path: str) -> None:
    check_image(c, element, path)


def check_image(c: Checker, holder: Json, path: str) -> None:
    """An image, as block or element: an address or a file of Slack, and words for those who do not see it."""
    if "image_url" not in holder and "slack_file" not in holder:
        c.fail(path, "missing required field: image_url")
    c.require(holder, path, "alt_text")
    c.string(holder, "image_url", path, 3_000, least=1)
    c.string(holder, "alt_text", path, 2_000)


def _file(c: Checker, element: Json, path: str) -> None:
    c.between(element, "max_files", path, 1, 10)


def _date(c: Checker, element: Json, path: str) -> None:
    c.matches(element, "initial_date", path, r"\d{4}-\d{2}-\d{2}")


def _time(c: Checker, element: Json, path: str) -> None:
    c.matches(element, "initial_time", path, r"([01]\d|2[0-3]):[0-5]\d")


def _moment(c: Checker, element: Json, path: str) -> None:
    c.between(element, "initial_date_time", path, 1_000_000_000, 9_999_999_999)


checks: dict[str, Callable[[Checker, Json, str], None]] = {
    "button": _button,
    "static_select": _select,
    "multi_static_select": _select,
    "checkboxes": _few,
    "radio_buttons": _few,
    "overflow": _overflow,
    "plain_text_input": _plain_text,
    "number_input": _number,
    "datepicker": _date,
    "timepicker": _time,
    "datetimepicker": _moment,
    "file_input": _file,
    "image": _image,
}
