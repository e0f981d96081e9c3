"""The settings are read once, from the environment or from files it names, and every mistake has its sentence."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot import settings as s

SOCKETS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
APP_TOKEN_MEND = (
    "SLACK_APP_TOKEN does not begin with xapp-. "
    "Make an App-Level Token with the scope connections:write on the app's page Basic Information."
)
SID = "AC" + "0" * 32
TELEPHONE = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": "token", "TWILIO_FROM_NUMBER": "+12025550100"}


def _environment(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def _problems(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> tuple[str, ...]:
    _environment(monkeypatch, values)
    with pytest.raises(s.Misconfigured) as caught:
        s.load()
    return caught.value.problems


def test_two_tokens_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Socket Mode with one SQLite file, listening on this machine only; no telephone."""
    _environment(monkeypatch, SOCKETS)

    settings = s.load()

    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.database_url == "sqlite:///var/frontdoor.sqlite3"
    assert settings.listen == ("127.0.0.1", 8080)
    assert not settings.has_telephone


def test_everything_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each value arrives; addresses lose their trailing slash, Slack's keeps it."""
    _environment(
        monkeypatch,
        {
            **SOCKETS,
            **TELEPHONE,
            "SLACK_SIGNING_SECRET": "secret",
            "SLACK_API_URL": "http://127.0.0.1:9/api",
            "TWILIO_API_URL": "http://127.0.0.1:9/",
            "PUBLIC_URL": "https://frontdoor.example.com/",
            "DATABASE_URL": "postgresql://frontdoor@db/frontdoor",
            "FRONTDOOR_CONFIG": "team.toml",
            "FRONTDOOR_LISTEN": "0.0.0.0:80",
            "FRONTDOOR_PING_URL": "https://heartbeat.example.com/secret?up=1",
            "FRONTDOOR_CLOCK_URL": "ws://127.0.0.1:9/_clock",
            "FRONTDOOR_RECORDS_DIR": "records",
            "FRONTDOOR_LOG_LEVEL": "DEBUG",
        },
    )

    settings = s.load()

    assert settings.slack_api_url == "http://127.0.0.1:9/api/"
    assert settings.twilio_api_url == "http://127.0.0.1:9"
    assert settings.public_url == "https://frontdoor.example.com"
    assert settings.database_url == "postgresql://frontdoor@db/frontdoor"
    assert settings.frontdoor_config == Path("team.toml")
    assert settings.listen == ("0.0.0.0", 80)  # noqa: S104 - a value to be read, nothing listens
    assert settings.frontdoor_ping_url
    assert settings.frontdoor_ping_url.get_secret_value() == "https://heartbeat.example.com/secret?up=1"
    assert "heartbeat.example.com" not in repr(settings)
    assert settings.frontdoor_clock_url == "ws://127.0.0.1:9/_clock"
    assert settings.frontdoor_records_dir == Path("records")
    assert settings.frontdoor_log_level == "debug"
    assert settings.has_telephone


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://heartbeat.example.com/hush", "is not encrypted"),
        ("heartbeat.example.com/hush", "is no address"),
        ("https://heartbeat.example.com/#hush", "is no address"),
    ],
)
def test_a_ping_goes_to_an_encrypted_address(monkeypatch: pytest.MonkeyPatch, url: str, why: str) -> None:
    """And a wrong one is refused without repeating it: it is a secret."""
    problems = _problems(monkeypatch, SOCKETS | {"FRONTDOOR_PING_URL": url})

    assert [problem.startswith(f"FRONTDOOR_PING_URL {why}") for problem in problems] == [True]
    assert "hush" not in problems[0]


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """NAME_FILE names a file whose content is the value, without the newline at its end."""
    token = tmp_path / "token"
    token.write_text("xoxb-from-file\n", encoding="utf-8")
    _environment(monkeypatch, {"SLACK_BOT_TOKEN_FILE": str(token), "SLACK_APP_TOKEN": "xapp-1"})

    assert s.load().slack_bot_token.get_secret_value() == "xoxb-from-file"


def test_a_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Both the variable and the path are said."""
    (said,) = _problems(monkeypatch, {**SOCKETS, "SLACK_SIGNING_SECRET_FILE": str(tmp_path / "none")})

    assert said.startswith(f"SLACK_SIGNING_SECRET_FILE names {tmp_path / 'none'}, which cannot be read")
    assert said.endswith("Name a readable text file.")


def test_a_value_and_its_file_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody guesses which of two was meant."""
    problems = _problems(monkeypatch, {**SOCKETS, "SLACK_APP_TOKEN_FILE": "somewhere"})

    assert problems == ("SLACK_APP_TOKEN and SLACK_APP_TOKEN_FILE are both set. Remove one of them.",)


def test_every_wrong_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One start shows all of them, each with its mend."""
    problems = _problems(
        monkeypatch,
        {
            "SLACK_APP_TOKEN": "xoxb-1",
            "TWILIO_ACCOUNT_SID": "AC1",
            "TWILIO_FROM_NUMBER": "0300 1234567",
            "PUBLIC_URL": "http://frontdoor.example.com",
            "DATABASE_URL": "mysql://db",
            "FRONTDOOR_LISTEN": "8080",
            "FRONTDOOR_LOG_LEVEL": "loud",
        },
    )

    assert problems == (
        "SLACK_BOT_TOKEN is not set. Set it in the environment, or name a file that holds it with SLACK_BOT_TOKEN_FILE.",
        APP_TOKEN_MEND,
        "TWILIO_ACCOUNT_SID is no account SID: AC and 32 hexadecimal digits, as the Twilio console shows it.",
        "TWILIO_FROM_NUMBER is no number in international form: write + and digits only, such as +12025550100.",
        "PUBLIC_URL is not encrypted. Begin it with https:// (plain is for this machine only).",
        "DATABASE_URL is no address of a database: write sqlite:///var/frontdoor.sqlite3, for example.",
        "FRONTDOOR_LISTEN is no place to listen: write host:port, such as 127.0.0.1:8080.",
        "FRONTDOOR_LOG_LEVEL is none of the levels: 'debug', 'info', 'warning' or 'error'.",
    )


@pytest.mark.parametrize("url", ["https://slack.com/api/", "https://sandbox.example.com/api/"])
def test_a_foreign_clock_is_refused_beside_a_slack_that_is_not_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """Only a sandbox on this machine may move the clock."""
    clock = {"FRONTDOOR_CLOCK_URL": "ws://127.0.0.1:9/_clock", "SLACK_API_URL": url}

    (said,) = _problems(monkeypatch, {**SOCKETS, **clock})

    assert said.endswith("Remove FRONTDOOR_CLOCK_URL.")


@pytest.mark.parametrize("missing", sorted(TELEPHONE))
def test_a_telephone_is_set_up_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """Two of three are a mistake."""
    some = {name: value for name, value in TELEPHONE.items() if name != missing}

    (said,) = _problems(monkeypatch, {**SOCKETS, **some})

    assert said.endswith("Set all three, or none to run without a telephone.")


def test_http_needs_the_signing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Socket Mode nothing else tells Slack from a stranger."""
    (said,) = _problems(monkeypatch, {"SLACK_BOT_TOKEN": "xoxb-1"})

    assert said.endswith("Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP.")


def test_no_secret_is_ever_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by printing the settings nor by complaining about them."""
    _environment(monkeypatch, {**SOCKETS, **TELEPHONE, "SLACK_SIGNING_SECRET": "hush"})
    shown = repr(s.load())
    said = _problems(monkeypatch, {"SLACK_BOT_TOKEN": "wrong-secret"})

    assert [word for word in ("xoxb-1", "xapp-1", "'token'", "hush") if word in shown] == []
    assert "wrong-secret" not in " ".join(said)


def test_settings_do_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are read once."""
    _environment(monkeypatch, SOCKETS)
    settings = s.load()

    with pytest.raises(ValidationError):
        settings.public_url = "https://other.example.com"


def test_a_misspelt_variable_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What looks like ours and is not is named with what was probably meant; what belongs to others is left alone."""
    _environment(
        monkeypatch,
        {
            **SOCKETS,
            "SLACK_SIGNIN_SECRET": "x",
            "FRONTDOOR_EXAMPLES": "10",
            "SLACK_BOT_TOKEN_FILE": "",
            "OTHER": "1",
        },
    )

    assert s.strangers() == ("SLACK_SIGNIN_SECRET is no setting of Frontdoor: SLACK_SIGNING_SECRET is.",)
