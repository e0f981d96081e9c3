"""The arguments of a Web API call, whether they came as a form, a query or JSON."""

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.slack.errors import Json, SlackError

SECRET = frozenset({"token", "client_secret", "refresh_token"})


@dataclass(frozen=True, slots=True)
class Args:
    """Typed reading of the arguments; what is nested may come as a JSON string, as in forms."""

    given: Json

    def has(self, name: str) -> bool:
        """Whether it was given at all."""
        return self.given.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers are taken as written."""
        value = self.given.get(name)
        return default if value is None else str(value)

    def need(self, name: str, error: str = "invalid_arguments") -> str:
        """A string that must be there and not empty; `error` otherwise."""
        value = self.text(name)
        if not value:
            messages = [f"[ERROR] missing required field: {name}"] if error == "invalid_arguments" else None
            raise SlackError(error, messages=messages)
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean in any of its spellings."""
        value = self.given.get(name)
        return default if value is None else str(value).lower() in ("1", "true", "yes")

    def number(self, name: str, default: int) -> int:
        """A whole number; `invalid_arguments` for anything else."""
        value = self.text(name)
        try:
            return int(value) if value else default
        except ValueError:
            raise SlackError("invalid_arguments", messages=[f"[ERROR] must be an integer: {name}"]) from None

    def nested(self, name: str, error: str = "invalid_arguments") -> Any:  # noqa: ANN401 - any JSON
        """An object or a list, given as such or as JSON text; None when missing, `error` when it is not JSON."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None

    def names(self, name: str) -> list[str]:
        """A list of words, comma separated or as JSON."""
        value = self.given.get(name)
        if isinstance(value, list):
            return [str(item) for item in value]
        return [part.strip() for part in str(value or "").split(",") if part.strip()]

    def shown(self) -> Json:
        """The arguments without tokens, nested text opened, for the wire log."""
        return {name: self._opened(value) for name, value in self.given.items() if name not in SECRET}

    @staticmethod
    def _opened(value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, str) and value[:1] in "[{" and value:
            try:
                return json.loads(value)
            except ValueError:
                return value
        return value


async def read(request: web.Request) -> tuple[str, Args]:
    """The token and the arguments of a request; `invalid_json` and `invalid_form_data` as Slack has them."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        try:
            decoded = json.loads(body) if body else {}
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(decoded, dict):
            raise SlackError("json_not_object")
        given |= decoded
    elif request.method == "POST":
        given |= dict(await request.post())
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return (token.strip() if scheme.lower() == "bearer" else str(given.get("token", ""))), Args(given)
