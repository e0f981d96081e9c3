"""Settings of the process: the environment, each variable also as `NAME_FILE`; read once, frozen, and loud when wrong."""

import difflib
import os
import re
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SLACK = "https://slack.com/api/"
TWILIO = "https://api.twilio.com"
PREFIXES = ("SLACK_", "TWILIO_", "FRONTDOOR_")
FOREIGN = frozenset({"FRONTDOOR_SLACK_MANIFEST_SCHEMA", "FRONTDOOR_TWILIO_OPENAPI", "FRONTDOOR_EXAMPLES"})
"""Variables of the tests: not settings, and no mistake either."""


class Misconfigured(Exception):
    """Something the person who runs this has to mend. `problems` are sentences that name the place and the mend."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Refused(Exception):
    """It cannot be done now; the text says why and what mends it. `code` is what the command ends with."""

    code = 1


class _Environment(PydanticBaseSettingsSource):
    """NAME, or the content of the file that NAME_FILE names; an empty value counts as not set."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[str, str, bool]:
        """The value of one field, its name, and that it is plain text."""
        return _value(field_name.upper()), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Every field that is set."""
        found = ((name, _value(name.upper())) for name in self.settings_cls.model_fields)
        return {name: value for name, value in found if value}


def _value(name: str) -> str:
    direct, file = os.environ.get(name, "").strip(), os.environ.get(f"{name}_FILE", "").strip()
    if direct and file:
        raise Misconfigured((f"{name} and {name}_FILE are both set. Remove one of them.",))
    if not file:
        return direct
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problem = f"{name}_FILE names {file}, which cannot be read ({error}). Name a readable text file."
        raise Misconfigured((problem,)) from error


class Settings(BaseSettings):
    """Everything the environment says. Addresses carry no trailing slash, except Slack's, which needs one."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=False
    )

    slack_bot_token: SecretStr
    """The bot user's token (xoxb-...)."""
    slack_app_token: SecretStr | None = None
    """The app-level token (xapp-...): when set, Socket Mode is used."""
    slack_signing_secret: SecretStr | None = None
    """Needed when Slack delivers over HTTP."""
    slack_api_url: str = SLACK
    """Where Slack's Web API is; another address only for the sandbox or a test."""
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr | None = None
    twilio_auth_token_old: SecretStr | None = None
    """Also accepted under webhooks, while the account's token is being changed."""
    twilio_from_number: str = ""
    """The number that calls come from (E.164)."""
    twilio_api_url: str = TWILIO
    public_url: str = ""
    """Where Slack and Twilio reach this process from outside; without it nobody can press a key on a telephone."""
    database_url: str = "sqlite:///var/frontdoor.sqlite3"
    frontdoor_config: Path = Path("frontdoor.toml")
    frontdoor_listen: str = "127.0.0.1:8080"
    frontdoor_ping_url: SecretStr | None = None
    """Asked for once a minute while everything is ready: whoever expects it alarms when we are silent."""
    frontdoor_clock_url: str = ""
    """The sandbox's clock (ws://...); refused beside the real Slack."""
    frontdoor_records_dir: Path = Path("var/records")
    """Where the Support Issues Sheet, the tracker's pages and the reminders are written."""
    frontdoor_log_level: Literal["debug", "info", "warning", "error"] = "info"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is handed in goes before the environment; there are no hidden files."""
        return (init_settings, _Environment(settings_cls))

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr) -> SecretStr:
        return _prefixed(
            value, "xoxb-", "Copy the Bot User OAuth Token of the app's page OAuth & Permissions."
        )

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: SecretStr | None) -> SecretStr | None:
        mend = "Make an App-Level Token with the scope connections:write on the app's page Basic Information."
        return value and _prefixed(value, "xapp-", mend)

    @field_validator("slack_api_url")
    @classmethod
    def _slack_address(cls, value: str) -> str:
        return _address(value, ("https",)) + "/"

    @field_validator("twilio_api_url", "public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        return _address(value, ("https",))

    @field_validator("frontdoor_clock_url")
    @classmethod
    def _clock_address(cls, value: str) -> str:
        return _address(value, ("wss",))

    @field_validator("frontdoor_ping_url")
    @classmethod
    def _ping_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value:
            _address(value.get_secret_value().partition("?")[0], ("https",))
        return value

    @field_validator("twilio_account_sid")
    @classmethod
    def _sid(cls, value: str) -> str:
        if not re.fullmatch(r"AC[0-9a-fA-F]{32}", value):
            raise ValueError(
                "is no account SID: AC and 32 hexadecimal digits, as the Twilio console shows it."
            )
        return value

    @field_validator("twilio_from_number")
    @classmethod
    def _number(cls, value: str) -> str:
        if not re.fullmatch(r"\+[1-9]\d{7,14}", value):
            raise ValueError(
                "is no number in international form: write + and digits only, such as +12025550100."
            )
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if not re.match(r"(sqlite|postgres(ql)?)(\+[a-z]+)?://", value):
            raise ValueError(
                "is no address of a database: write sqlite:///var/frontdoor.sqlite3, for example."
            )
        return value

    @field_validator("frontdoor_listen")
    @classmethod
    def _listen(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65535:
            raise ValueError("is no place to listen: write host:port, such as 127.0.0.1:8080.")
        return value

    @field_validator("frontdoor_log_level", mode="before")
    @classmethod
    def _level(cls, value: str) -> str:
        return value.lower()

    @model_validator(mode="after")
    def _fits_together(self) -> "Settings":
        telephone = (self.twilio_account_sid, self.twilio_auth_token, self.twilio_from_number)
        if any(telephone) and not all(telephone):
            raise ValueError(
                "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM_NUMBER belong together. "
                "Set all three, or none to run without a telephone."
            )
        if not self.slack_app_token and not self.slack_signing_secret:
            raise ValueError(
                "SLACK_APP_TOKEN is not set, so Slack would deliver over HTTP, which needs SLACK_SIGNING_SECRET. "
                "Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP."
            )
        if self.frontdoor_clock_url and urlsplit(self.slack_api_url).hostname not in LOOPBACK:
            raise ValueError(
                "FRONTDOOR_CLOCK_URL follows a sandbox's clock, and SLACK_API_URL is no sandbox on this machine. "
                "Remove FRONTDOOR_CLOCK_URL."
            )
        return self

    @property
    def has_telephone(self) -> bool:
        """Whether calls can be placed."""
        return bool(self.twilio_account_sid)

    @cached_property
    def listen(self) -> tuple[str, int]:
        """Host and port of our own web server."""
        host, _, port = self.frontdoor_listen.rpartition(":")
        return host.strip("[]"), int(port)


def _prefixed(value: SecretStr, prefix: str, mend: str) -> SecretStr:
    if not value.get_secret_value().startswith(prefix):
        raise ValueError(f"does not begin with {prefix}. {mend}")
    return value


def _address(value: str, secure: tuple[str, ...]) -> str:
    """A web address without a trailing slash; an unencrypted one on this machine only."""
    parts = urlsplit(value)
    plain = tuple(scheme.removesuffix("s") for scheme in secure)
    if parts.scheme not in (*secure, *plain) or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"is no address. Write it in full, such as {secure[0]}://frontdoor.example.com.")
    if parts.scheme in plain and parts.hostname not in LOOPBACK:
        raise ValueError(f"is not encrypted. Begin it with {secure[0]}:// (plain is for this machine only).")
    return value.rstrip("/")


def load() -> Settings:
    """The settings of this process. Raises Misconfigured with every problem at once."""
    try:
        return Settings()  # type: ignore[call-arg]  # the environment supplies what is required
    except ValidationError as error:
        raise Misconfigured(tuple(_sentence(detail) for detail in error.errors())) from None


def config_path() -> Path:
    """Where frontdoor.toml is, for commands that need nothing else of the environment. Raises Misconfigured."""
    return Path(_value("FRONTDOOR_CONFIG") or Settings.model_fields["frontdoor_config"].default)


def strangers() -> tuple[str, ...]:
    """Variables that look like ours and are none, each as a sentence with what was probably meant."""
    known = [name.upper() for name in Settings.model_fields]
    known += [f"{name}_FILE" for name in known]
    found = []
    for name in sorted(os.environ):
        if name.startswith(PREFIXES) and name not in known and name not in FOREIGN:
            near = difflib.get_close_matches(name, known, n=1)
            found.append(f"{name} is no setting of Frontdoor" + (f": {near[0]} is." if near else "."))
    return tuple(found)


def _sentence(detail: ErrorDetails) -> str:
    name = str(detail["loc"][0]).upper() if detail["loc"] else ""
    if detail["type"] == "missing":
        return f"{name} is not set. Set it in the environment, or name a file that holds it with {name}_FILE."
    words = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "literal_error":
        words = f"is none of the levels: {detail.get('ctx', {}).get('expected', '')}."
    return f"{name} {words}".strip()
