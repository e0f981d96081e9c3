"""How Slack says no."""

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """A Web API call refused with Slack's error code; `more` joins the answer (needed, provided, response_metadata)."""

    def __init__(self, code: str, *, messages: list[str] | None = None, **more: Any) -> None:  # noqa: ANN401
        super().__init__(code)
        self.code = code
        self.more: Json = dict(more)
        if messages:
            self.more["response_metadata"] = {"messages": messages}

    def body(self) -> Json:
        """The answer as Slack words it."""
        return {"ok": False, "error": self.code, **self.more}


class Refused(Exception):
    """Something a person cannot do here, in words: the control API answers 400 with them."""
