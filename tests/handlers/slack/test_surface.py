"""What the manifest asks for is what the code uses, and the reverse."""

import ast
import re

import yaml

from handlers.slack import checks, surface
from handlers.slack.forms import FORMS
from tests.house import ROOT, python_files

METHODS = {name.replace(".", "_"): name for name in surface.METHODS | checks.METHODS}


def _called() -> set[str]:
    """Every method of the Web API that the code of the room calls."""
    found: set[str] = set()
    for path, text in python_files("handlers"):
        if path.parts[1] == "slack":
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Attribute) and re.fullmatch(
                    r"(?:chat|views|conversations|auth|apps|files|users|reactions)_\w+", node.attr
                ):
                    found.add(node.attr)
    return found


def test_every_method_in_use_is_named_with_its_scopes() -> None:
    implied = {"apps_connections_open"}  # the SDK calls it for the socket

    assert _called() | implied == set(METHODS)


def test_the_manifest_subscribes_to_what_is_listened_to() -> None:
    manifest = yaml.safe_load((ROOT / "app_manifest.yml").read_text(encoding="utf-8"))

    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == set(surface.EVENTS)
    assert set(surface.EVENT_SCOPES) == set(surface.EVENTS)
    assert surface.scopes() <= set(manifest["oauth_config"]["scopes"]["bot"])


def test_every_subscribed_event_has_a_listener() -> None:
    text = (ROOT / "handlers/slack/listeners.py").read_text(encoding="utf-8")
    listened = set(re.findall(r'app\.event\("(\w+)"\)', text))

    assert {event.partition(".")[0] for event in surface.EVENTS} == listened


def test_names_of_forms_are_names_slack_takes() -> None:
    assert all(re.fullmatch(r"[a-z_]{1,255}", name) for name in FORMS)
