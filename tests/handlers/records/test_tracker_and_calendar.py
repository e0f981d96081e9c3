"""Code changes have a page of their own; workarounds an appointment that says what to restore."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from bot.in_force import InForce
from bot.ports import NotSent
from handlers.records.room import RecordsRoom
from policies.effects import Reminder, TrackerEntry
from policies.ticket import Ticket, Workaround
from tests.handlers.records import cast


class Empty:
    """No tickets at the start."""

    async def all_tickets(self) -> AsyncIterator[Ticket]:
        """None of them."""
        for ticket in ():
            yield ticket


@pytest.fixture
def room(tmp_path: Path) -> RecordsRoom:
    """The room, with everything in files."""
    return RecordsRoom(tmp_path, Empty(), InForce(cast.office()))


async def test_a_code_change_has_its_page_under_its_own_id(room: RecordsRoom, tmp_path: Path) -> None:
    """The id is the one that was decided; the page says where it comes from and which path it takes."""
    sent = await room.send(cast.job(TrackerEntry(number=1), cast.lived()))

    assert sent.external_id == "tracker/CHG-12-1.md"
    assert (tmp_path / "tracker" / "CHG-12-1.md").read_text(encoding="utf-8") == (
        "# CHG-12-1: Ask the driver for its version\n\n"
        "- Request: SUP-12\n"
        "- Client: Example Retail\n"
        "- Concerns: all clients\n"
        "- Path: Hotfix: at once\n"
        "- Developer: Devi Developer\n"
        "\n    Ask the driver for its version\n"
    )


async def test_words_on_a_page_are_words(room: RecordsRoom, tmp_path: Path) -> None:
    """Markup, HTML and headings in a summary stay what was typed."""
    await room.send(cast.job(TrackerEntry(number=2), cast.lived()))

    heading, *rest = (tmp_path / "tracker" / "CHG-12-2.md").read_text(encoding="utf-8").splitlines()
    assert heading == r"# CHG-12-2: Log \*empty\* \<receipts\> \# twice"
    assert rest[-2:] == ["    Log *empty* <receipts>", "    # twice"]


async def test_the_index_lists_every_entry_once_in_order(room: RecordsRoom, tmp_path: Path) -> None:
    """However often and in whatever order they were logged."""
    for number in (2, 1, 2):
        await room.send(cast.job(TrackerEntry(number=number), cast.lived()))

    assert (tmp_path / "tracker" / "index.md").read_text(encoding="utf-8") == (
        "# Code changes\n\n"
        "- [CHG-12-1](CHG-12-1.md): Ask the driver for its version\n"
        r"- [CHG-12-2](CHG-12-2.md): Log \*empty\* \<receipts\> \# twice"
        "\n"
    )


def _event(directory: Path, name: str) -> tuple[Calendar, Any]:
    calendar = Calendar.from_ical((directory / "reminders" / name).read_bytes())
    (event,) = calendar.walk("VEVENT")
    return calendar, event


async def test_a_workaround_has_an_appointment_for_its_author_and_the_lead(
    room: RecordsRoom, tmp_path: Path
) -> None:
    """At the moment of the revert in the author's zone, with the original to restore, ringing half an hour before."""
    sent = await room.send(cast.job(Reminder(number=1), cast.lived()))

    assert sent.external_id == "reminders/SUP-12-workaround-1.ics"
    calendar, event = _event(tmp_path, "SUP-12-workaround-1.ics")
    assert event.decoded("dtstart") == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert event["dtstart"].params["TZID"] == "Asia/Karachi"
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Karachi"]
    assert str(event["summary"]) == "Revert the workaround of SUP-12: Old driver pinned"
    assert str(event["description"]) == "Made: Old driver pinned\n\nOriginal to restore:\ndriver = auto"
    assert [attendee.params["CN"] for attendee in event["attendee"]] == ["Devi Developer", "Lee Lead"]
    assert [alarm.decoded("trigger") for alarm in event.walk("VALARM")] == [
        timedelta(minutes=-30),
        timedelta(0),
    ]
    assert (str(event["status"]), str(calendar["method"])) == ("CONFIRMED", "REQUEST")
    assert event["organizer"].params["CN"] == "Frontdoor"


async def test_a_reverted_workaround_takes_its_appointment_back(room: RecordsRoom, tmp_path: Path) -> None:
    """The same appointment, newer, and cancelled."""
    item = Workaround(
        number=1,
        what="Old driver pinned",
        original="driver = auto",
        author="devi",
        lead="devi",
        revert_at=cast.OPENED,
        ask_at=None,
        reverted=True,
    )
    await room.send(cast.job(Reminder(number=1), cast.lived()))
    _, before = _event(tmp_path, "SUP-12-workaround-1.ics")
    await room.send(cast.job(Reminder(number=1), Ticket(id=12, ref="SUP-12", workarounds=(item,))))

    calendar, after = _event(tmp_path, "SUP-12-workaround-1.ics")
    assert (str(calendar["method"]), after.walk("VALARM")) == ("CANCEL", [])
    assert after["uid"] == before["uid"]
    assert (after["sequence"], str(after["status"])) == (1, "CANCELLED")
    assert after["attendee"].params["CN"] == "Devi Developer"


async def test_a_revert_that_was_put_off_moves_its_appointment(room: RecordsRoom, tmp_path: Path) -> None:
    """A request again, under the same UID and one further; whoever carries it now is invited first."""
    (first, *_) = cast.lived().workarounds
    moved = replace(first, carrier="dana", revert_at=cast.OPENED + timedelta(days=5), moved=1)
    await room.send(cast.job(Reminder(number=1), cast.lived()))
    _, before = _event(tmp_path, "SUP-12-workaround-1.ics")
    await room.send(cast.job(Reminder(number=1), replace(cast.lived(), workarounds=(moved,))))

    calendar, after = _event(tmp_path, "SUP-12-workaround-1.ics")
    assert (str(calendar["method"]), after["uid"], after["sequence"]) == ("REQUEST", before["uid"], 1)
    assert after.decoded("dtstart") - before.decoded("dtstart") == timedelta(days=3)
    names = [attendee.params["CN"] for attendee in after["attendee"]]
    assert names == ["Dana Developer", "Devi Developer", "Lee Lead"]


async def test_words_in_an_appointment_cannot_add_lines_to_it(room: RecordsRoom, tmp_path: Path) -> None:
    """Text that looks like the format's own stays text."""
    original = "x\r\nATTENDEE:mailto:evil@evil.example\r\nEND:VEVENT"
    item = Workaround(
        number=1, what="a;b,c\\d", original=original, author="", lead="", revert_at=cast.OPENED, ask_at=None
    )
    await room.send(cast.job(Reminder(number=1), Ticket(id=12, ref="SUP-12", workarounds=(item,))))

    _, event = _event(tmp_path, "SUP-12-workaround-1.ics")
    assert "attendee" not in event
    assert str(event["description"]) == (
        "Made: a;b,c\\d\n\nOriginal to restore:\nx\nATTENDEE:mailto:evil@evil.example\nEND:VEVENT"
    )


async def test_a_workaround_without_an_end_needs_no_appointment(room: RecordsRoom, tmp_path: Path) -> None:
    """It is done, and no file is made."""
    sent = await room.send(cast.job(Reminder(number=2), cast.lived()))

    assert sent.external_id == ""
    assert cast.files(tmp_path) == []


@pytest.mark.parametrize("effect", [TrackerEntry(number=9), Reminder(number=9)])
async def test_what_the_request_does_not_have_is_refused_for_good(
    room: RecordsRoom, effect: TrackerEntry | Reminder
) -> None:
    """A plain reason, and nothing is tried again."""
    with pytest.raises(NotSent, match="SUP-12 has no") as caught:
        await room.send(cast.job(effect, cast.lived()))

    assert caught.value.retry_after is None
