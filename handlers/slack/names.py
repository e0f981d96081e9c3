"""What people and clients are called on what Slack shows."""

from dataclasses import dataclass, field

from policies.markup import inert
from policies.people import Roster
from policies.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a card needs beside the ticket: who there is, the terms, and the team's zone (IANA) for where Slack shows no moments."""

    roster: Roster
    zone: str
    terms: Terms = field(default_factory=Terms)

    def name(self, key: str) -> str:
        """The name behind a roster key or a Slack id of ours; a mention for somebody of a client; nobody for nothing."""
        if not key:
            return "nobody"
        person = self.roster.by_key.get(key) or self.roster.by_slack.get(key)
        if person is not None:
            return person.name
        return f"<@{key}>" if key[:1] in {"U", "W"} and key.isalnum() and key.isupper() else inert(key)

    def client(self, key: str) -> str:
        """The client's name."""
        found = self.roster.client_by_key.get(key)
        return found.name if found else key
