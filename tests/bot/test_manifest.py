"""The manifest creates exactly the app that the code is written for."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from bot import manifest as m
from bot.settings import Misconfigured
from handlers.slack import checks, surface

USED = m.Surface(
    scopes=surface.scopes() | checks.SCOPES,
    events=frozenset(surface.EVENTS),
    commands=frozenset(surface.COMMANDS),
    shortcuts=dict(surface.SHORTCUTS),
)
HTTP = "https://frontdoor.example.com"


@pytest.fixture
def manifest() -> dict[str, Any]:
    """The committed manifest."""
    return m.load()


def test_the_committed_manifest_and_its_http_variant_are_right(manifest: dict[str, Any]) -> None:
    """Nothing is misspelt, too long, unused or unlisted, in either way of delivery."""
    assert m.problems(manifest, USED) == ()
    assert m.problems(m.over_http(manifest, HTTP), USED) == ()


def test_the_http_variant_sends_everything_to_one_address_and_changes_nothing_else(
    manifest: dict[str, Any],
) -> None:
    """Events, interactivity and the command go to the address; Socket Mode is off; the original stays as it is."""
    before = copy.deepcopy(manifest)
    http = m.over_http(manifest, HTTP + "/")

    target = "https://frontdoor.example.com/slack/events"
    assert http["settings"]["event_subscriptions"].pop("request_url") == target
    assert http["settings"]["interactivity"].pop("request_url") == target
    assert [command.pop("url") for command in http["features"]["slash_commands"]] == [target]
    assert http["settings"].pop("socket_mode_enabled") is False
    assert manifest == before
    del manifest["settings"]["socket_mode_enabled"]
    assert http == manifest


@pytest.mark.parametrize(
    "url", ["http://frontdoor.example.com", "frontdoor.example.com", "https://", "https://a b"]
)
def test_an_address_that_slack_cannot_reach_is_refused(manifest: dict[str, Any], url: str) -> None:
    """Slack delivers over https only."""
    with pytest.raises(Misconfigured, match="https://"):
        m.over_http(manifest, url)


def _set(manifest: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for key in parents:
        manifest = manifest[int(key)] if key.isdecimal() else manifest[key]
    manifest[last] = value


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("oauth_config.scopes.bot", ["chat:writ"], "Slack has no bot scope chat:writ."),
        (
            "settings.event_subscriptions.bot_events",
            ["message.channel"],
            "Slack has no bot event message.channel.",
        ),
        (
            "settings.event_subscriptions.bot_events",
            ["app_home_opened", "app_home_opened"],
            "app_home_opened stands twice.",
        ),
        ("settings.delayed_events", True, "manifest.settings.delayed_events is no key that we know."),
        (
            "display_information.long_description",
            "short",
            "manifest.display_information.long_description has 5 characters, not 175 to 4000.",
        ),
        (
            "features.shortcuts.0.name",
            "Open a request in this channel",
            "manifest.features.shortcuts.1.name has 30 characters, not 1 to 24.",
        ),
        (
            "features.shortcuts.0.name",
            "Open",
            "The shortcut open_request is called Open here and Open a request in the code.",
        ),
        (
            "features.slash_commands.0.command",
            "frontdoor",
            "manifest.features.slash_commands.1.command is not like /[a-z0-9_-]{1,31}.",
        ),
        (
            "features.slash_commands.0.command",
            "/backdoor",
            "The command /backdoor is listed, and nothing in the code uses it.",
        ),
        (
            "settings.socket_mode_enabled",
            "yes",
            "manifest.settings.socket_mode_enabled is neither true nor false.",
        ),
        ("settings.socket_mode_enabled", False, "Without Socket Mode /frontdoor needs a url."),
        ("settings.interactivity.is_enabled", False, "Shortcuts and buttons need interactivity."),
        ("features.bot_user", [], "manifest.features.bot_user is no table."),
        ("features.shortcuts", {}, "manifest.features.shortcuts is no list."),
    ],
)
def test_a_mistake_is_named(manifest: dict[str, Any], path: str, value: Any, said: str) -> None:
    """Each kind of mistake has its sentence."""
    _set(manifest, path, value)

    assert said in m.problems(manifest, USED)


def test_what_the_code_needs_must_be_listed(manifest: dict[str, Any]) -> None:
    """A scope, an event, a command and a shortcut without their line are all missed."""
    manifest["oauth_config"]["scopes"]["bot"].remove("im:write")
    manifest["settings"]["event_subscriptions"]["bot_events"].remove("message.im")
    manifest["features"]["slash_commands"] = []
    del manifest["features"]["shortcuts"][1]

    assert m.problems(manifest, USED) == (
        "The code uses the scope im:write, which is not listed.",
        "The code uses the event message.im, which is not listed.",
        "The code uses the command /frontdoor, which is not listed.",
        "The code uses the shortcut escalate_message, which is not listed.",
    )


def test_every_name_of_the_code_is_one_of_slack(manifest: dict[str, Any]) -> None:
    """The tables of names know what the committed manifest lists, by exact spelling."""
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == USED.scopes
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == USED.events


def test_what_is_printed_is_read_back_the_same(manifest: dict[str, Any]) -> None:
    """The YAML for Slack's form loses nothing."""
    http = m.over_http(manifest, HTTP)

    assert yaml.safe_load(m.dump(http)) == http


def test_a_file_that_is_no_manifest_is_named(tmp_path: Path) -> None:
    """Missing, broken, or something else: the path and the mend are said."""
    broken = tmp_path / "broken.yml"
    broken.write_text("a: [", encoding="utf-8")
    other = tmp_path / "other.yml"
    other.write_text("just words", encoding="utf-8")

    for path in (tmp_path / "none.yml", broken, other):
        with pytest.raises(Misconfigured, match=f"(?s){path.name} .*Take it from the repository again"):
            m.load(path)


@pytest.mark.spec
@pytest.mark.parametrize("http", [False, True], ids=["socket-mode", "http"])
def test_slacks_own_schema_accepts_it(
    manifest: dict[str, Any], slack_manifest_schema: Path, http: bool
) -> None:
    """Both variants are valid for Slack."""
    schema = json.loads(slack_manifest_schema.read_text(encoding="utf-8"))
    subject = m.over_http(manifest, HTTP) if http else manifest

    assert [error.message for error in Draft7Validator(schema).iter_errors(subject)] == []
