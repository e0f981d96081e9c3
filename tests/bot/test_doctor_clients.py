"""What the doctor says of clients: whether each has all that it needs to go live."""

import re
from datetime import UTC, datetime
from pathlib import Path

from bot import roster
from bot.doctor import Finding
from bot.doctor_clients import client_findings


def test_a_client_that_lacks_something_to_go_live_is_told(repository: Path) -> None:
    """Before its date and after it, with the keys to write; what is there is not spoken of."""
    text = (repository / "frontdoor.example.toml").read_text(encoding="utf-8")
    whole, bare = (
        roster.parse(text),
        roster.parse(re.sub(r"(?m)^(known_limits|benchmarks) = .*$", "", text, count=2)),
    )
    before, after = datetime(2025, 3, 1, tzinfo=UTC), datetime(2026, 11, 18, tzinfo=UTC)
    mend = "Write known_limits, benchmarks for example-retail: docs/terms.md says how."

    assert [one.said for one in client_findings(whole, after)] == [
        "everything that they need to go live is recorded of each"
    ]
    assert client_findings(bare, after) == [
        Finding(
            "clients",
            "warn",
            "Example Retail is live since 2025-03-03 without known limits, benchmarks",
            mend,
        )
    ]
    assert client_findings(bare, before) == [
        Finding(
            "clients",
            "warn",
            "Example Retail is not ready to go live, without known limits, benchmarks",
            mend,
        )
    ]
