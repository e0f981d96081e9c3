"""How many refusals a second strangers get in full; beyond that they are told to come later, and the log stays quiet."""

import math
from collections.abc import Callable

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry, Counter

BURST = 60
"""Refusals in a row that are answered each with its own reason."""
RATE = 1.0
"""Refusals a second that are, from then on."""


class Allowance:
    """One token bucket for everybody's refused requests: two numbers, however many strangers there are.

    Addresses are not told apart: behind a proxy they are its own, and what a header claims can be forged. Nobody who is
    let in pays, so it costs no real request anything. `monotonic` gives machine seconds.
    """

    def __init__(self, monotonic: Callable[[], float], burst: int = BURST, rate: float = RATE) -> None:
        self._monotonic, self._burst, self._rate = monotonic, burst, rate
        self._tokens, self._at = float(burst), monotonic()

    def wait(self) -> int:
        """Take one token: 0, or the whole seconds until there is one again."""
        now = self._monotonic()
        self._tokens = min(self._tokens + (now - self._at) * self._rate, self._burst)
        self._at = now
        if self._tokens < 1:
            return math.ceil((1 - self._tokens) / self._rate)
        self._tokens -= 1
        return 0


def limited(allowance: Allowance, registry: CollectorRegistry | None) -> Middleware:
    """A middleware that counts every refusal (4xx) by its status, and turns those beyond the allowance into a 429.

    Whether a request is real is known only after its signature was looked at: so it is looked at first, always, and a
    flood of forged ones never stands before a real one.
    """
    count = Counter(
        "frontdoor_requests_refused", "Requests that were refused, by status", ["status"], registry=registry
    )

    @web.middleware
    async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
        answer: web.StreamResponse
        try:
            answer = await handler(request)
        except web.HTTPClientError as refusal:
            answer = refusal
        if not 400 <= answer.status < 500:
            return answer
        if seconds := allowance.wait():
            answer = _later(seconds)
        count.labels(str(answer.status)).inc()
        if isinstance(answer, web.HTTPException):
            raise answer
        return answer

    return refuse


def _later(seconds: int) -> web.Response:
    headers = {hdrs.RETRY_AFTER: str(seconds)}
    return web.Response(status=429, text="429: Too Many Requests", headers=headers)
