"""Faults on demand: what shall go wrong next, for which service and method, and how often."""

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal

Service = Literal["slack", "twilio"]

REQUEST_MODES = ("429", "500-before", "500-after", "hang", "hang-after", "drop-after", "lands-late")
"""What can go wrong with a request of the bot.

`500-before`: nothing is done, 500. `500-after`: it is done, 500. `hang`: nothing is done and nobody answers for `delay`
machine seconds. `hang-after`: it is done, then the same silence. `drop-after`: it is done, the connection is cut.
`lands-late`: the connection is cut, and `delay` machine seconds later it is done after all.
"""

NAMED_MODE = re.compile(r"^(ok_false|error):([A-Za-z0-9_]+)$")
"""`ok_false:<error>` is Slack's way to refuse, `error:<code>` is Twilio's (HTTP 400 with that code)."""

DELIVERY_MODES = ("duplicate-delivery", "late-delivery", "reorder", "drop-socket")
"""What can go wrong with something sent to the bot: twice, `delay` seconds late, after its successor, or not at all."""


class BadFault(ValueError):
    """The fault asked for does not exist; its text says what does."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that shall go wrong, `times` times. `retry_after` and `delay` are seconds."""

    service: str
    method: str
    mode: str
    times: int = 1
    retry_after: float | None = None
    delay: float | None = None

    @property
    def error(self) -> str:
        """The error named by `ok_false:<error>` or `error:<code>`, else empty."""
        found = NAMED_MODE.match(self.mode)
        return found.group(2) if found else ""

    @property
    def of_delivery(self) -> bool:
        """Whether it befalls what is sent to the bot, not what the bot asks."""
        return self.mode in DELIVERY_MODES


class Faults:
    """The faults still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Fault, int]] = []

    def add(self, fault: Fault) -> None:
        """Ask for `fault`; raises BadFault when its service, mode or number is not known."""
        if fault.service not in ("slack", "twilio"):
            raise BadFault(f"service is slack or twilio, not {fault.service!r}")
        if fault.mode not in REQUEST_MODES + DELIVERY_MODES and not fault.error:
            known = ", ".join((*REQUEST_MODES, "ok_false:<error>", "error:<code>", *DELIVERY_MODES))
            raise BadFault(f"mode {fault.mode!r} is not known; there are: {known}")
        if fault.times < 1:
            raise BadFault("times is a number from 1")
        self._waiting.append((fault, fault.times))

    def clear(self) -> None:
        """From now on nothing goes wrong on purpose."""
        self._waiting.clear()

    def take(self, service: Service, method: str, *, delivery: bool = False) -> Fault | None:
        """The next fault for this service and method, used up by one; `delivery` asks for those of what we send."""
        for place, (fault, left) in enumerate(self._waiting):
            if fault.service == service and fault.method in (method, "*") and fault.of_delivery == delivery:
                self._waiting[place : place + 1] = [(fault, left - 1)] if left > 1 else []
                return fault
        return None

    def waiting(self) -> list[dict[str, Any]]:
        """What is still to go wrong, as plain data."""
        return [{**asdict(fault), "times": left} for fault, left in self._waiting]
