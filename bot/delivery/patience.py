"""How long delivery waits, and how often it tries. All of it is machine time."""

from dataclasses import dataclass
from datetime import timedelta

from bot.ports import Posted
from bot.storage.outbox import Entry
from policies.effects import LANES, AnyEffect, Call, Card, Post, Sms

SECOND = timedelta(seconds=1)
CALLS = range(1)
"""The telephone has hands of its own: a Slack that hangs with every message keeps no call waiting."""
URGENT = range(len(CALLS), LANES.index("internal"))
"""Lanes that somebody waits for; those behind them have few hands, so that no card keeps a first response waiting."""
BACKGROUND = range(LANES.index("internal"), len(LANES))
CLIENT_LANES = frozenset({LANES.index("first_response"), LANES.index("client")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """`settle` is how long a request of unknown outcome may still land; `hands` how many effects are carried out at once.

    `inside` is the same for a call and for words to our own people. No provider states a bound; by then the request is 18 s
    old at Slack and 20 s at Twilio, and if it lands all the same its double is taken back, or hung up while it rings: that
    costs less than ten more seconds of silence. `first_look` is when it is looked for first: what landed can usually be
    read at once, and what waits behind it goes on. What is not there before the settling is over proves nothing.
    `calls` and `background` are how many hands there are beside those for telephones, and for what is not urgent.
    `rate` and `burst` are messages a second into one channel: Slack's own bound is about 1, with short bursts.
    An attempt is begun only with `request` and `margin` left of its lease, so that no byte leaves after it.
    """

    settle: timedelta = 20 * SECOND
    inside: timedelta = 10 * SECOND
    first_look: timedelta = SECOND
    hands: int = 16
    calls: int = 8
    background: int = 6
    rate: float = 1.0
    burst: int = 4
    request: timedelta = 12 * SECOND
    margin: timedelta = 3 * SECOND
    first_retry: timedelta = SECOND / 4
    last_retry: timedelta = 60 * SECOND
    urgent_retry: timedelta = 5 * SECOND

    def retry(self, times: int) -> timedelta:
        """How long to wait before the next try, after `times` (from 0) in vain."""
        return min(self.first_retry * (1 << min(times, 20)), self.last_retry)

    def awaited(self, entry: Entry, asked: float) -> float:
        """Seconds until the next try of what was surely not done: as `asked`, or growing, but little where somebody waits."""
        most = self.last_retry if entry.lane in BACKGROUND else self.urgent_retry
        return max(asked, min(self.retry(entry.put_off), most).total_seconds())

    def too_early(self, times: int) -> timedelta:
        """How long to wait for what an effect stands on; usually it is being posted at this moment."""
        return min(self.first_retry / 5 * (1 << min(times, 20)), self.last_retry / 2)

    def settling(self, entry: Entry) -> timedelta:
        """How long this may still land after it was given up: only what is not there after that is sent again."""
        return min(self.inside, self.settle) if resends_unread(entry) else self.settle

    def again_read(self, entry: Entry, doubt: timedelta) -> timedelta:
        """How long to wait before another reading, when readings have failed for as long as `doubt`.

        A quarter more each time: from 1 s to 20 s of doubt it is read ten times, of the fifty a minute that Slack allows.
        """
        most = self.last_retry if entry.lane in BACKGROUND else self.urgent_retry
        return min(max(doubt / 4, self.first_look), most)

    def recheck(self, times: int) -> timedelta:
        """How long to wait before a late double is looked for again, after `times` in vain: soon, for people can read it."""
        return min(self.settle / 4 * (1 << min(times, 20)), self.last_retry)

    def reads(self, doubt: timedelta) -> timedelta:
        """How long a reading may take. The first ones are given up soon, for a page takes a second; a long one comes to its

        end all the same, since the later ones are given more.
        """
        return min(max(doubt / 2, self.request / 3), 2 * self.request)


RECHECKS = 8
"""So often it is tried to look for a late double when the reading fails: over about five minutes."""
TOO_EARLY_LIMIT = 60
"""So often an effect waits for what it stands on (about half an hour); then that will not come any more."""


def is_repeatable(effect: AnyEffect, posts: dict[str, Posted]) -> bool:
    """Whether doing it twice is the same as doing it once. A card is, once it stands somewhere."""
    if isinstance(effect, Card):
        return effect.slot in posts
    return not isinstance(effect, Post | Call | Sms)


def sends(entry: Entry) -> int:
    """How often an effect may be sent at most, when each time a complete reading found nothing of it.

    Bounded, because a provider that never shows what it did would otherwise be asked for ever.
    """
    return 2 if isinstance(entry.effect, Sms) else 5


def longest_doubt(entry: Entry) -> timedelta:
    """How long readings may fail before it is decided without them."""
    if isinstance(entry.effect, Call):
        return 60 * SECOND
    return 600 * SECOND


def resends_unread(entry: Entry) -> bool:
    """Whether it is sent again when nobody could read whether it is there.

    A second ring beats silence; a second message to a client does not.
    """
    return not (entry.lane in CLIENT_LANES or isinstance(entry.effect, Sms))
