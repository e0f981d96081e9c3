"""What calendar feeds of the rota say at present: read again every hour, kept in memory, the last good answer until then."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from policies.people import Role
from policies.rota import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A calendar whose events are turns of `role`: `source` is an https address or the path of a file.

    `zone` (IANA) is that of events which name none, such as whole days.
    """

    role: Role
    source: str
    zone: str


@dataclass(slots=True)
class Calendars:
    """The feeds that were read, each with what it said; `version` grows with every change."""

    version: int = 0
    _of: dict[Feed, Calendar] = field(default_factory=dict)

    @property
    def known(self) -> tuple[tuple[Role, Calendar], ...]:
        """For the roster. A feed that was never read is not here: then everybody with its role counts."""
        return tuple((feed.role, calendar) for feed, calendar in self._of.items())

    def of(self, feeds: Iterable[Feed]) -> "Calendars":
        """What is known of these feeds, for another office that has them too."""
        return Calendars(_of={feed: self._of[feed] for feed in feeds if feed in self._of})

    def take(self, feed: Feed, calendar: Calendar) -> None:
        """From now on the feed says this."""
        if self._of.get(feed) != calendar:
            self._of[feed] = calendar
            self.version += 1
