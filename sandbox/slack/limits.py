"""Rate limits: calls per minute by tier and method, one message a second per channel. Machine time, and what was skipped."""

import math
import time
from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.slack.errors import Json, SlackError

PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100, 0: 600}
POSTS_PER_SECOND = 1.0
POST_BURST = 5
"""How many messages a channel takes at once before one a second counts; Slack says "short bursts" and no number."""
WORKSPACE_POSTS_PER_MINUTE = 300


@dataclass(slots=True)
class Bucket:
    """A token bucket: `size` at once, `rate` per second."""

    size: float
    rate: float
    level: float = field(init=False)
    seen: float = field(init=False, default=-math.inf)

    def __post_init__(self) -> None:
        self.level = self.size

    def take(self, now: float) -> float:
        """0 when a call is allowed at `now` (seconds), otherwise the seconds to wait."""
        self.level = min(self.size, self.level + (now - self.seen) * self.rate)
        self.seen = now
        if self.level >= 1:
            self.level -= 1
            return 0.0
        return (1 - self.level) / self.rate


class RateLimited(SlackError):
    """HTTP 429 with Retry-After in whole seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__("ratelimited")
        self.retry_after = max(1, math.ceil(seconds))

    def body(self) -> Json:
        """Slack's short answer."""
        return {"ok": False, "error": "ratelimited"}


class Limits:
    """Counts calls; switched off, everything passes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.enabled = True
        self._buckets: dict[str, Bucket] = {}

    def check(self, method: str, tier: int, channel: str) -> None:
        """Raises RateLimited when the method, or a channel's posts, come too fast."""
        if not self.enabled:
            return
        if method == "chat.postMessage":
            self._take("posts", WORKSPACE_POSTS_PER_MINUTE, WORKSPACE_POSTS_PER_MINUTE / 60)
            self._take(f"post {channel}", POST_BURST, POSTS_PER_SECOND)
        else:
            self._take(method, PER_MINUTE[tier], PER_MINUTE[tier] / 60)

    def _take(self, key: str, size: float, rate: float) -> None:
        now = time.monotonic() + self._clock.skipped
        seconds = self._buckets.setdefault(key, Bucket(size, rate)).take(now)
        if seconds:
            raise RateLimited(seconds)

    def reset(self) -> None:
        """Forget what was counted; on or off stays."""
        self._buckets.clear()
