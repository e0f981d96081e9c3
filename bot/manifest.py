"""The Slack app's manifest: reading it, its variant for HTTP, and a check of our own that needs nothing from outside."""

import copy
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.manifest_names import BOT_EVENTS, BOT_SCOPES
from bot.settings import Misconfigured

MANIFEST = Path(__file__).resolve().parent.parent / "app_manifest.yml"
EVENTS_PATH = "/slack/events"
"""Where our web server takes what Slack delivers over HTTP: events, interactions and commands alike."""
Rule = Callable[[object], str]
"""What is wrong with a value, in words; empty when nothing is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What the code uses of Slack. `shortcuts` are callback id and the name people read."""

    scopes: frozenset[str]
    events: frozenset[str]
    commands: frozenset[str]
    shortcuts: dict[str, str]


def load(path: Path = MANIFEST) -> dict[str, Any]:
    """The manifest as data. Raises Misconfigured when the file is not there or is no YAML."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise Misconfigured(
            (f"{path} cannot be read: {error}. Take it from the repository again.",)
        ) from error
    if not isinstance(data, dict):
        raise Misconfigured((f"{path} holds no manifest. Take it from the repository again.",))
    return data


def over_http(manifest: dict[str, Any], url: str) -> dict[str, Any]:
    """The same app with everything delivered to `url` over HTTP. Raises Misconfigured when that is no https address."""
    if not re.fullmatch(r"https://[^\s/?#]+(/[^\s?#]*)?", url):
        raise Misconfigured((f"{url} is no address that Slack can reach. It begins with https://.",))
    target = url.rstrip("/") + EVENTS_PATH
    changed = copy.deepcopy(manifest)
    changed["settings"]["socket_mode_enabled"] = False
    changed["settings"]["event_subscriptions"]["request_url"] = target
    changed["settings"]["interactivity"]["request_url"] = target
    for command in changed["features"].get("slash_commands", []):
        command["url"] = target
    return changed


def dump(manifest: dict[str, Any]) -> str:
    """As YAML that Slack's form accepts."""
    return str(yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=110))


def problems(manifest: dict[str, Any], used: Surface) -> tuple[str, ...]:
    """Everything wrong with a manifest: keys, limits, spelling, and what the code uses otherwise than it says."""
    shape = tuple(_shape(manifest, APP, "manifest"))
    return shape or (*_names(manifest), *_needs(manifest), *_uses(manifest, used))


def _text(least: int, most: int) -> Rule:
    def check(value: object) -> str:
        if not isinstance(value, str):
            return "is not text"
        return "" if least <= len(value) <= most else f"has {len(value)} characters, not {least} to {most}"

    return check


def _like(pattern: str) -> Rule:
    def check(value: object) -> str:
        return "" if isinstance(value, str) and re.fullmatch(pattern, value) else f"is not like {pattern}"

    return check


def _flag(value: object) -> str:
    return "" if isinstance(value, bool) else "is neither true nor false"


def _number(value: object) -> str:
    return "" if isinstance(value, int) and not isinstance(value, bool) else "is no whole number"


@dataclass(frozen=True, slots=True)
class _Many:
    """A list of at most `most` of `each`."""

    each: object
    most: int


URL = _like(r"https://\S+")
SHORTCUT = {
    "name": _text(1, 24),
    "type": _like("message|global"),
    "callback_id": _text(1, 255),
    "description": _text(1, 150),
}
COMMAND = {
    "command": _like(r"/[a-z0-9_-]{1,31}"),
    "description": _text(1, 2000),
    "usage_hint": _text(1, 1000),
    "should_escape": _flag,
    "url": URL,
}
APP: dict[str, object] = {
    "_metadata": {"major_version": _number, "minor_version": _number},
    "display_information": {
        "name": _text(1, 35),
        "description": _text(1, 140),
        "long_description": _text(175, 4000),
        "background_color": _like(r"#(?:[0-9a-fA-F]{3}){1,2}"),
    },
    "features": {
        "app_home": {
            "home_tab_enabled": _flag,
            "messages_tab_enabled": _flag,
            "messages_tab_read_only_enabled": _flag,
        },
        "bot_user": {"display_name": _text(1, 80), "always_online": _flag},
        "shortcuts": _Many(SHORTCUT, 10),
        "slash_commands": _Many(COMMAND, 50),
    },
    "oauth_config": {"scopes": {"bot": _Many(_text(1, 100), 255)}},
    "settings": {
        "event_subscriptions": {"bot_events": _Many(_text(1, 100), 100), "request_url": URL},
        "interactivity": {"is_enabled": _flag, "request_url": URL},
        "org_deploy_enabled": _flag,
        "socket_mode_enabled": _flag,
        "token_rotation_enabled": _flag,
    },
}
"""Every key this app may carry, with its limits as Slack's reference states them. What Slack knows beyond, we do not use."""
MAY_BE_ABSENT = frozenset({"url", "request_url"})
"""Everything else is required: what is left out falls back to a default of Slack's that may change."""


def _shape(value: object, rule: object, place: str) -> Iterator[str]:
    if isinstance(rule, dict):
        yield from _table(value, rule, place)
    elif isinstance(rule, _Many):
        yield from _list(value, rule, place)
    elif callable(rule) and (wrong := rule(value)):
        yield f"{place} {wrong}."


def _table(value: object, rules: dict[str, object], place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} is no table."
        return
    yield from (f"{place}.{key} is no key that we know." for key in value if key not in rules)
    yield from (
        f"{place}.{key} is missing." for key in rules if key not in value and key not in MAY_BE_ABSENT
    )
    for key, rule in rules.items():
        if key in value:
            yield from _shape(value[key], rule, f"{place}.{key}")


def _list(value: object, rule: _Many, place: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{place} is no list."
        return
    if len(value) > rule.most:
        yield f"{place} has {len(value)} items, not {rule.most} at most."
    for index, item in enumerate(value):
        yield from _shape(item, rule.each, f"{place}.{index + 1}")


def _names(manifest: dict[str, Any]) -> Iterator[str]:
    """Spelling, and that nothing stands twice."""
    scopes, events = _scopes(manifest), _events(manifest)
    yield from (f"Slack has no bot scope {scope}." for scope in scopes if scope not in BOT_SCOPES)
    yield from (f"Slack has no bot event {event}." for event in events if event not in BOT_EVENTS)
    commands = [command["command"] for command in manifest["features"]["slash_commands"]]
    shortcuts = [shortcut["callback_id"] for shortcut in manifest["features"]["shortcuts"]]
    for names in (scopes, events, commands, shortcuts):
        yield from (f"{name} stands twice." for name in dict.fromkeys(names) if names.count(name) > 1)


def _needs(manifest: dict[str, Any]) -> Iterator[str]:
    """What one part asks of another."""
    settings, features = manifest["settings"], manifest["features"]
    if "commands" not in _scopes(manifest) and (features["slash_commands"] or features["shortcuts"]):
        yield "Commands and shortcuts need the scope commands."
    if not settings["interactivity"]["is_enabled"] and features["shortcuts"]:
        yield "Shortcuts and buttons need interactivity."
    addressed = [settings["event_subscriptions"], settings["interactivity"]]
    yield from (
        "Without Socket Mode a request_url is needed."
        for part in addressed
        if _unreachable(settings, part, "request_url")
    )
    yield from (
        f"Without Socket Mode {command['command']} needs a url."
        for command in features["slash_commands"]
        if _unreachable(settings, command, "url")
    )


def _unreachable(settings: dict[str, Any], part: dict[str, Any], key: str) -> bool:
    return not settings["socket_mode_enabled"] and not part.get(key)


def _uses(manifest: dict[str, Any], used: Surface) -> Iterator[str]:
    """Each name has its user in the code, and each user its name."""
    features = manifest["features"]
    commands = {command["command"] for command in features["slash_commands"]}
    shortcuts = {shortcut["callback_id"]: shortcut["name"] for shortcut in features["shortcuts"]}
    yield from _both_ways("scope", _scopes(manifest), used.scopes)
    yield from _both_ways("event", _events(manifest), used.events)
    yield from _both_ways("command", commands, used.commands)
    yield from _both_ways("shortcut", shortcuts, used.shortcuts)
    for name in sorted(shortcuts.keys() & used.shortcuts.keys()):
        if shortcuts[name] != used.shortcuts[name]:
            yield f"The shortcut {name} is called {shortcuts[name]} here and {used.shortcuts[name]} in the code."


def _both_ways(what: str, listed: Iterable[str], used: Iterable[str]) -> Iterator[str]:
    listed, used = set(listed), set(used)
    yield from (
        f"The {what} {name} is listed, and nothing in the code uses it." for name in sorted(listed - used)
    )
    yield from (f"The code uses the {what} {name}, which is not listed." for name in sorted(used - listed))


def _scopes(manifest: dict[str, Any]) -> list[str]:
    return list(manifest["oauth_config"]["scopes"]["bot"])


def _events(manifest: dict[str, Any]) -> list[str]:
    return list(manifest["settings"]["event_subscriptions"]["bot_events"])
