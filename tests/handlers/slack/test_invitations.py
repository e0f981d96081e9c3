"""WA-2: the appointment of a workaround reaches a person as a file, once, as it is when it is sent."""

from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar

from bot.ports import Job, NotSent, Unknown
from policies.effects import Invitation
from policies.ticket import Ticket, Workaround
from tests.handlers.slack.outside import Outside
from tests.handlers.slack.stage import DEVI, NOW, escalated

ITEM = Workaround(
    number=1,
    what="Receipts go to the office printer",
    original="till printer",
    author="devi",
    lead="lee",
    revert_at=NOW + timedelta(hours=2),
    ask_at=NOW + timedelta(hours=2),
)


def _job(item: Workaround = ITEM) -> Job:
    ticket: Ticket = escalated(workarounds=(item,))
    effect = Invitation(number=1, person=DEVI)
    return Job(id=1, key="key-1", attempt=1, effect=effect, ticket=ticket, posts={}, first_at=NOW)


async def _file(outside: Outside, name: str) -> Calendar:
    (found,) = [file for file in outside.sandbox.slack.world.files.values() if file.name == name]
    return Calendar.from_ical(found.content)


async def test_the_appointment_is_a_file_in_the_persons_direct_messages(outside: Outside) -> None:
    await outside.room.sender.send(_job())

    (message,) = await outside.messages(DEVI)
    assert [file["name"] for file in message["files"]] == ["SUP-12-workaround-1-0.ics"]
    assert message["text"].startswith(
        ":calendar: Workaround 1 of *SUP-12* (Receipts go to the office printer) is to be reverted by "
    )
    calendar = await _file(outside, "SUP-12-workaround-1-0.ics")
    assert str(calendar["method"]) == "REQUEST"
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("dtstart") == NOW + timedelta(hours=2)


async def test_once_it_is_reverted_the_file_takes_the_appointment_back(outside: Outside) -> None:
    await outside.room.sender.send(_job(replace(ITEM, reverted=True, moved=1)))

    (message,) = await outside.messages(DEVI)
    assert message["text"] == (
        ":calendar: Workaround 1 of *SUP-12* (Receipts go to the office printer) is reverted. "
        "Opened, this file takes the appointment out of your calendar."
    )
    calendar = await _file(outside, "SUP-12-workaround-1-2.ics")
    (event,) = calendar.walk("VEVENT")
    assert (str(calendar["method"]), str(event["status"]), event["sequence"]) == ("CANCEL", "CANCELLED", 2)


async def test_an_app_that_may_send_no_files_says_it_in_words(outside: Outside) -> None:
    outside.sandbox.slack.world.app.scopes.discard("files:write")

    await outside.room.sender.send(_job())

    (message,) = await outside.messages(DEVI)
    assert message["text"].endswith("Please put it into your calendar.")
    assert not outside.room.sender.refused


@pytest.mark.parametrize(("mode", "done"), [("500-before", False), ("500-after", True), ("drop-after", True)])
async def test_a_file_that_may_have_arrived_is_looked_for(outside: Outside, mode: str, *, done: bool) -> None:
    await outside.fault("files.completeUploadExternal", mode)

    with pytest.raises(Unknown):
        await outside.room.sender.send(_job())
    found = await outside.room.sender.look_up(_job())

    assert (found is not None) == done
    assert len(await outside.messages(DEVI)) == int(done)


async def test_an_upload_that_is_not_taken_shows_nothing_and_is_tried_again(outside: Outside) -> None:
    await outside.fault("files.getUploadURLExternal", "429", retry_after=7)

    with pytest.raises(NotSent) as refusal:
        await outside.room.sender.send(_job())

    assert (refusal.value.retry_after, await outside.messages(DEVI)) == (7.0, [])
