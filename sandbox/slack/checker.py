"""The small tools of Block Kit validation: every breach is a line with a JSON pointer, as Slack words them."""

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.errors import Json


@dataclass(slots=True)
class Checker:
    """Collects what is wrong. Paths are JSON pointers."""

    problems: list[str] = field(default_factory=list)

    def fail(self, path: str, words: str) -> None:
        """Note a breach."""
        self.problems.append(f"[ERROR] {words} [json-pointer:{path}]")

    def object(self, value: Any, path: str) -> bool:  # noqa: ANN401 - any JSON
        """It must be an object."""
        if isinstance(value, dict):
            return True
        self.fail(path, "must provide an object")
        return False

    def require(self, holder: Json, path: str, *names: str) -> bool:
        """All of these fields must be there."""
        missing = [name for name in names if holder.get(name) is None]
        for name in missing:
            self.fail(path, f"missing required field: {name}")
        return not missing

    def string(self, holder: Json, name: str, path: str, most: int, *, least: int = 0) -> None:
        """When there, it must be a string of `least` to `most` characters."""
        value = holder.get(name)
        if value is None:
            return
        where = f"{path}/{name}"
        if not isinstance(value, str):
            self.fail(where, "must be a string")
        elif len(value) > most:
            self.fail(where, f"must be less than {most + 1} characters")
        elif len(value) < least:
            self.fail(where, f"must be more than {least - 1} characters")

    def text(self, holder: Json, name: str, path: str, most: int, *, mrkdwn: bool = False) -> None:
        """When there, it must be a text object of at most `most` characters; mrkdwn only where allowed."""
        value = holder.get(name)
        if value is None:
            return
        where = f"{path}/{name}"
        if not self.object(value, where):
            return
        kind = value.get("type")
        if kind != "plain_text" and not (mrkdwn and kind == "mrkdwn"):
            self.fail(f"{where}/type", f"unsupported type: {kind}")
        if self.require(value, where, "text"):
            self.string(value, "text", where, most, least=1)

    def items(self, holder: Json, name: str, path: str, least: int, most: int) -> list[Any]:
        """When there, it must be a list of so many; what can be looked at is given back."""
        value = holder.get(name)
        if value is None:
            return []
        where = f"{path}/{name}"
        if not isinstance(value, list):
            self.fail(where, "must provide an array")
            return []
        if len(value) > most:
            self.fail(where, f"no more than {most} items allowed")
        if len(value) < least:
            self.fail(where, f"no fewer than {least} items allowed")
        return value

    def one_of(self, holder: Json, name: str, path: str, allowed: tuple[str, ...]) -> None:
        """When there, it must be one of these words."""
        value = holder.get(name)
        if value is not None and value not in allowed:
            self.fail(f"{path}/{name}", f"must be one of: {', '.join(allowed)}")

    def matches(self, holder: Json, name: str, path: str, pattern: str) -> None:
        """When there, it must look like this."""
        value = holder.get(name)
        if value is not None and not (isinstance(value, str) and re.fullmatch(pattern, value)):
            self.fail(f"{path}/{name}", "is not in the right format")

    def between(self, holder: Json, name: str, path: str, least: int, most: int) -> None:
        """When there, it must be a whole number in these bounds."""
        value = holder.get(name)
        if value is None:
            return
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not least <= value <= most:
            self.fail(f"{path}/{name}", f"must be a number from {least} to {most}")

    def unique(self, names: list[Any], path: str, what: str) -> None:
        """No two of these may be the same; None counts as not given."""
        seen: set[str] = set()
        for name in names:
            if isinstance(name, str) and name in seen:
                self.fail(path, f"`{what}` {name} already exists")
            seen.add(str(name) if name is not None else "")
