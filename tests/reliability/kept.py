"""What kept an effect: its way from the moment it was due to the moment it was there, cut into what it waited for.

From outside: by what the network saw of each request, and by when the bot was dead. The bot is not asked.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

DEAD = "the bot was dead"
FAILED = "requests that hung or failed"
SETTLING = "until it could not land any more"
READING = "until somebody could read whether it was there"
ASKED = "put off by the provider"
EARLIER = "before its first attempt"
OTHER = "after what stands before it had landed"
DONE = frozenset({"fine", "delay"})
LANDED = frozenset({"cut after", "500 after", "silence after"})
"""It was there, and nobody heard of it."""
REFUSED = frozenset({"429"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One request in the network: machine seconds of its beginning and end, what became of it, and whose it was.

    `what` is the key of a message or the token of a call, empty for everything else.
    """

    begun: float
    ended: float
    mode: str
    what: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of machine time."""

    begun: float
    ended: float

    def within(self, other: "Span") -> float:
        """Seconds of it that lie in another one."""
        return max(min(self.ended, other.ended) - max(self.begun, other.begun), 0.0)


def kept(way: Span, tries: Sequence[Seen], dead: Sequence[Span], settling: float) -> Counter[str]:
    """Seconds of `way` by what it waited for. `tries` are its own and those it has to stand behind, in their order.

    For `settling` seconds nothing is sent again after an answer that never came; what lasts longer are readings that fail.
    """
    waited: Counter[str] = Counter()
    at, last = way.begun, None
    for one in (*tries, None):
        begun = way.ended if one is None else min(max(one.begun, at), way.ended)
        gap = Span(at, begun)
        without = sum(span.within(gap) for span in dead)
        waited[DEAD] += without
        waited += _between(max(begun - at - without, 0.0), last, settling)
        if one is None or begun >= way.ended:
            break
        at = min(max(one.ended, begun), way.ended)
        waited[FAILED] += at - begun
        last = one
    return waited


def _between(seconds: float, last: Seen | None, settling: float) -> Counter[str]:
    """What a stretch without a request was, by what became of the request before it."""
    if last is None:
        return Counter({EARLIER: seconds})
    if last.mode in DONE:
        return Counter({OTHER: seconds})
    if last.mode in LANDED:
        return Counter({READING: seconds})
    if last.mode in REFUSED:
        return Counter({ASKED: seconds})
    return Counter({SETTLING: min(seconds, settling), READING: max(seconds - settling, 0.0)})


def told(waited: Counter[str]) -> str:
    """In words, the longest first; less than a second is nothing."""
    return ", ".join(f"{seconds:.0f} s {why}" for why, seconds in waited.most_common() if seconds >= 1)
