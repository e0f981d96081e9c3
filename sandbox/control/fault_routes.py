"""Asking for faults, and calling them off."""

from typing import Any, Protocol

from aiohttp import web

from sandbox.control.posted import Refused, Timed, posted, wanted
from sandbox.faults import BadFault, Fault, Faults
from sandbox.wire import WireLog


class World(Timed, Protocol):
    """What these routes need of the sandbox."""

    faults: Faults
    wire: WireLog


def add_routes(app: web.Application, sandbox: World) -> None:
    """Serve /_control/fault and /_control/faults/clear."""

    async def add(given: dict[str, Any]) -> dict[str, Any]:
        fault = Fault(
            service=wanted(given, "service"),
            method=wanted(given, "method"),
            mode=wanted(given, "mode"),
            times=count(given, "times"),
            retry_after=seconds(given, "retry_after"),
            delay=seconds(given, "delay"),
        )
        try:
            sandbox.faults.add(fault)
        except BadFault as error:
            raise Refused(str(error)) from error
        words = f"{fault.mode} for {fault.service} {fault.method}, {fault.times} times"
        sandbox.wire.record("control", "person", "fault", words, request=given)
        return {"faults": sandbox.faults.waiting()}

    async def clear(_given: dict[str, Any]) -> dict[str, Any]:
        sandbox.faults.clear()
        sandbox.wire.record("control", "person", "faults.clear", "nothing goes wrong on purpose any more")
        return {}

    app.router.add_post("/_control/fault", posted(sandbox, add))
    app.router.add_post("/_control/faults/clear", posted(sandbox, clear))


def seconds(given: dict[str, Any], key: str) -> float | None:
    """A number of seconds from 0, or None when not given; raises Refused for anything else."""
    value = given.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise Refused(f"{key} is a number of seconds from 0")
    return float(value)


def count(given: dict[str, Any], key: str) -> int:
    """A whole number, 1 when not given; raises Refused for anything else."""
    value = given.get(key, 1)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(f"{key} is a whole number")
    return value
