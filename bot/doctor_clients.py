"""What `frontdoor doctor` says of each client: whether everything is recorded that it needs to go live (ON-1)."""

from datetime import datetime

from bot.doctor import Finding
from bot.roster import Office
from policies.going_live import is_live, missing

ABOUT = "clients"
KEYS = {
    "a date of go-live": "live_on",
    "hours": "the [hours] that its terms name",
    "targets": "[terms.severities]",
    "contacts": "contacts",
    "a change process": "change_process",
    "known limits": "known_limits",
    "benchmarks": "benchmarks",
}
"""Where each of them is written."""


def client_findings(office: Office, now: datetime) -> list[Finding]:
    """A line for each client that lacks something at `now` (aware UTC), or one for all."""
    found = []
    for client in office.roster.clients:
        words = missing(client, office.terms(client.key))
        if not words:
            continue
        since = f"is live since {client.live_on}" if is_live(client, now) else "is not ready to go live,"
        mend = f"Write {', '.join(KEYS[one] for one in words)} for {client.key}: docs/terms.md says how."
        found.append(Finding(ABOUT, "warn", f"{client.name} {since} without {', '.join(words)}", mend))
    return found or [Finding(ABOUT, "ok", "everything that they need to go live is recorded of each")]
