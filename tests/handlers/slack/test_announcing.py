"""`/frontdoor maintenance`: who, from when until when, and what; the end of the moment is found by reading it."""

from datetime import UTC, datetime

import pytest

from handlers.slack.announcing import Announce, event
from handlers.slack.commands import Mistake, Parsed, parse
from policies.events import Actor
from policies.events.office import SetMaintenance
from policies.people import Maintenance
from tests.handlers.slack.stage import NOW, OFFICE

SOL = Actor(user="U0SOL00001")


def _read(text: str) -> Parsed:
    return parse(f"maintenance {text}", now=NOW, zone="Asia/Karachi", channels={})


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


# NOW is a Wednesday, 14:00 in Karachi (five hours ahead of UTC).
@pytest.mark.parametrize(
    ("text", "start", "end", "what"),
    [
        ("retail from saturday 22:00 until sunday 2:00 new disks", (21, 17), (21, 21), "new disks"),
        ("retail from 22:00 for 3 hours new disks for the till", (18, 17), (18, 20), "new disks for the till"),
        ("retail from tomorrow until friday moving house", (18, 19), (20, 19), "moving house"),
        ("retail from 2026-11-25 9:00 pm until 2026-11-25 11:00 pm x", (25, 16), (25, 18), "x"),
        ("retail FROM 22:00 UNTIL 23:00 until it works", (18, 17), (18, 18), "until it works"),
    ],
)  # fmt: skip
def test_the_moments_end_where_the_words_begin(
    text: str, start: tuple[int, int], end: tuple[int, int], what: str
) -> None:
    window = Maintenance(start=_utc(2026, 11, *start), end=_utc(2026, 11, *end), what=what)
    assert _read(text) == Announce(client="retail", window=window)


def test_off_ends_it() -> None:
    assert _read("retail off") == Announce(client="retail", window=None)


@pytest.mark.parametrize(
    "text", ["", "retail", "retail from never until friday x", "retail from 22:00 until soon x", "off"]
)
def test_what_cannot_be_read_is_answered_with_an_example(text: str) -> None:
    answer = _read(text)
    assert isinstance(answer, Mistake)
    assert answer.said.startswith("Write it like `/frontdoor maintenance example-retail from saturday")


def test_without_a_word_of_what_is_done_it_is_asked_for() -> None:
    answer = _read("retail from 22:00 until 23:00")
    assert isinstance(answer, Mistake)
    assert answer.said.startswith("Say what is done.")


def test_a_client_is_named_by_its_key_or_by_its_channel_and_an_unknown_one_is_said() -> None:
    client = OFFICE.roster.clients[0]
    for name in (client.key, client.key.upper(), f"<#{client.channels[0]}|shared>"):
        made = event(Announce(client=name, window=None), OFFICE.roster, SOL, "k", NOW)
        assert made == SetMaintenance(key="k", at=NOW, actor=SOL, client=client.key, window=None)
    said = event(Announce(client="nobody", window=None), OFFICE.roster, SOL, "k", NOW)
    assert isinstance(said, str)
    assert said.startswith("There is no such client. The clients are: ")
