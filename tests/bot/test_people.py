"""People and their telephones behind the door: covers that are kept, test calls, keys that count, and the morning's look."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientError, web
from aiohttp.test_utils import TestServer

from bot import feeds as reading
from bot.calendars import Feed
from bot.clock import SystemClock
from bot.feeds import Feeds
from bot.ical import NoCalendar
from bot.storage import day, meta
from bot.storage.engine import Connection
from policies.effects import Call, Post
from policies.events import Actor, CallEnded, SetAway
from policies.events.people import AskForCode, GiveCode, SetCover
from policies.people import Absence, Role, Roster
from policies.rota import Cover
from tests.bot.stage import LEE, START, HandClock, Stage

BO = Actor(user="U0BO000001", team="T0STAFF001", ours=True)
SOL = Actor(user="U0SOL00001", team="T0STAFF001", ours=True)
DAY = timedelta(days=1)


async def roster(stage: Stage) -> Roster:
    return await stage.machinery.board.roster(stage.clock.now())


async def covers(stage: Stage, person: str, by: str, start: datetime, end: datetime) -> str:
    cover = Cover(person=person, by=by, start=start, end=end)
    event = SetCover(key=stage.key(), at=stage.clock.now(), actor=SOL, cover=cover)
    return (await stage.do(event)).said


async def away(stage: Stage, person: str, end: datetime, start: datetime | None = None) -> None:
    absence = Absence(person=person, start=start or stage.clock.now(), end=end)
    event = SetAway(key=stage.key(), at=stage.clock.now(), actor=SOL, absence=absence)
    assert (await stage.do(event)).accepted


async def test_a_cover_is_kept_and_taken_back(stage: Stage) -> None:
    """The one that holds is cut, the one to come is forgotten; another person's stays."""
    await covers(stage, "lee", "bo", START, START + DAY)
    await covers(stage, "lee", "bo", START + 2 * DAY, START + 3 * DAY)
    await covers(stage, "sam", "sky", START, START + DAY)
    stage.clock.move(3600)
    lead = (await roster(stage)).acting_lead(stage.clock.now())
    assert lead is not None
    assert lead.key == "bo"

    now = stage.clock.now()
    assert (await covers(stage, "lee", "", now, now)).startswith("Nobody stands in for Lee Lead any more.")
    assert [(one.person, one.by) for one in (await roster(stage)).covers] == [("sam", "sky")]


async def test_the_same_day_is_the_same_roster(stage: Stage) -> None:
    """So that a burst of events does not sort people anew each time."""
    await covers(stage, "lee", "bo", START, START + DAY)
    first, again = await roster(stage), await roster(stage)
    assert first is again
    await away(stage, "sam", START + DAY)
    assert await roster(stage) is not first


async def ask(stage: Stage, code: str = "0815", actor: Actor = LEE) -> str:
    event = AskForCode(key=stage.key(), at=stage.clock.now(), actor=actor, code=code)
    return (await stage.do(event)).said


async def give(stage: Stage, code: str, actor: Actor = LEE) -> tuple[bool, str]:
    outcome = await stage.do(GiveCode(key=stage.key(), at=stage.clock.now(), actor=actor, code=code))
    return outcome.accepted, outcome.said


async def test_a_test_call_tells_a_code_and_the_code_verifies(running: Stage) -> None:
    """It goes the way of every call; what is known of the number stands in the roster of the next decision."""
    assert await ask(running) == (
        "We are ringing your number that ends in 0121. The call tells you a code of four digits."
    )
    await running.settled()
    (call,) = [job.effect for job in running.phone.of(Call)]
    assert isinstance(call, Call)
    assert "0. 8. 1. 5. Again: 0. 8. 1. 5." in call.says
    assert await ask(running) == "You were rung a moment ago. Another test call is possible in 1 minute."

    assert await give(running, "4711") == (False, "That is not the code the call told you.")
    assert await give(running, "0 8 1 5") == (True, "Thank you, Lee Lead. Your number is verified.")
    assert await give(running, "0815") == (False, "No code is waited for. Start with /frontdoor verify.")
    lee = (await roster(running)).by_key["lee"]
    reach = (await roster(running)).reach_of(lee)
    assert reach is not None
    assert (reach.verified_at, reach.reached_at, reach.code) == (running.clock.now(), running.clock.now(), "")


async def test_a_code_is_forgotten_after_ten_minutes(stage: Stage) -> None:
    await ask(stage)
    stage.clock.move(601)
    assert await give(stage, "0815") == (False, "That code is too old. Start again with /frontdoor verify.")


async def test_the_code_of_another_person_verifies_nothing(stage: Stage) -> None:
    await ask(stage)
    assert (await give(stage, "0815", BO))[0] is False


async def test_a_test_call_that_ended_frees_the_telephone(running: Stage) -> None:
    """A real call waits for its end, and not a moment longer."""
    await running.escalated()
    await running.passes(5 * 60 - 10)
    await ask(running)
    await running.settled()
    (job,) = running.phone.of(Call)
    assert isinstance(job.effect, Call)
    await running.passes(15)
    assert [one.ticket for one in running.phone.of(Call)] == [None]
    ended = CallEnded(
        key="ended",
        at=running.clock.now(),
        actor=Actor(person="lee", via="phone"),
        token=job.effect.token,
        outcome="unconfirmed",
    )
    assert (await running.do(ended)).accepted
    await running.settled()
    assert [one.ticket is None for one in running.phone.of(Call)] == [True, False]


async def test_a_test_call_never_follows_a_real_one_that_rings(running: Stage) -> None:
    """It waits while the telephone rings, and after two minutes it is not made any more."""
    await running.escalated()
    await running.passes(5 * 60)
    assert len(running.phone.of(Call)) == 1
    await ask(running)
    await running.settled()
    assert len(running.phone.of(Call)) == 1
    await running.passes(400)
    assert [job.effect for job in running.phone.of(Call) if job.ticket is None] == []


async def test_a_key_on_a_real_call_counts_as_reached(running: Stage) -> None:
    await running.escalated()
    await running.passes(5 * 60)
    (job,) = running.phone.of(Call)
    from policies.events import KeyPressed

    assert isinstance(job.effect, Call)
    event = KeyPressed(
        key="k",
        at=running.clock.now(),
        actor=Actor(person="lee", via="phone"),
        token=job.effect.token,
        digit="4",
    )
    assert (await running.do(event)).accepted
    found = await roster(running)
    reach = found.reach_of(found.by_key["lee"])
    assert reach is not None
    assert (reach.reached_at, reach.verified_at) == (running.clock.now(), None)


async def test_another_number_is_another_telephone(stage: Stage) -> None:
    """What was known of the old one is forgotten with the first key on the new one."""

    def press(conn: Connection, number: str) -> object:
        day.reached(conn, "lee", number, START)
        return day.read(day.rows(conn, START)).reach

    await ask(stage)
    await give(stage, "0815")
    same = await stage.database.write(lambda conn: press(conn, "+12025550121"))
    other = await stage.database.write(lambda conn: press(conn, "+12025550199"))
    assert [one.verified_at for one in same] == [START]  # type: ignore[attr-defined]  # rows of Reach
    assert [(one.number, one.verified_at) for one in other] == [("+12025550199", None)]  # type: ignore[attr-defined]  # as above


def coverage(stage: Stage) -> list[str]:
    """What was said of coverage, by its first line."""
    posts = [job.effect for job in stage.slack.of(Post)]
    return [
        effect.text.split("\n")[0]
        for effect in posts
        if isinstance(effect, Post) and effect.slot.startswith("coverage:")
    ]


async def morning(stage: Stage, days: int) -> list[str]:
    """What is said at nine in Karachi, so many days after the start. What comes before is skipped."""
    before = len(coverage(stage))
    stage.clock.move_to(datetime(2026, 11, 18, 4, tzinfo=UTC) + days * DAY)
    stage.machinery.wake()
    await stage.settled()
    return coverage(stage)[before:]


async def test_every_morning_at_nine_gaps_are_said_and_once_that_they_are_closed(keeper: Stage) -> None:
    """Nobody of development from Saturday afternoon to Sunday afternoon."""
    saturday = datetime(2026, 11, 21, 9, tzinfo=UTC)
    for person in ("lee", "bo", "sol"):
        await away(keeper, person, saturday + DAY, saturday)
    await keeper.passes(60)
    assert coverage(keeper) == []  # it is further away than two days
    still = [":warning: In the coming 14 days nobody would be reached:"]
    assert await morning(keeper, 1) == still
    assert "frontdoor_coverage_gap_seconds 86400.0" in (await keeper.machinery.figures()).decode()
    await keeper.passes(60)
    assert [await morning(keeper, days) for days in (2, 3, 4)] == [still, still, still]
    closed = ":white_check_mark: Somebody would be reached in every hour of the coming 14 days again."
    assert [await morning(keeper, days) for days in (5, 6, 7)] == [[closed], [], []]
    assert await keeper.look(lambda conn: meta.number_of(conn, meta.GAPS)) == 0


async def test_a_morning_that_comes_late_in_the_night_is_the_morning_of_that_day(keeper: Stage) -> None:
    """Days are those of the team's zone: a start at two in the night and nine o'clock are one, the next day is another."""
    saturday = datetime(2026, 11, 21, 9, tzinfo=UTC)
    for person in ("lee", "bo", "sol"):
        await away(keeper, person, saturday + DAY, saturday)
    said = []
    for moment in (datetime(2026, 11, 19, 21, tzinfo=UTC), datetime(2026, 11, 20, 4, tzinfo=UTC)):
        before = len(coverage(keeper))
        keeper.clock.move_to(moment)
        keeper.machinery.wake()
        await keeper.settled()
        said.append(len(coverage(keeper)) - before)
    assert said == [1, 0]
    assert len(await morning(keeper, 3)) == 1


async def test_without_gaps_it_is_said_once_a_week(keeper: Stage) -> None:
    """On Mondays; a telephone that nobody answered for ninety days is named there."""

    def answered(conn: Connection) -> None:
        day.reached(conn, "lee", "+12025550121", START - 90 * DAY)

    await keeper.database.write(answered)
    words = [await morning(keeper, days) for days in range(1, 9)]
    assert [len(said) for said in words] == [0, 0, 0, 0, 1, 0, 0, 0]
    (post,) = [job.effect for job in keeper.slack.of(Post)]
    assert isinstance(post, Post)
    assert post.text.startswith(
        ":white_check_mark: Somebody would be reached in every hour of the coming 14 days.\n"
        "Not reached by telephone for 90 days: Lee Lead (last "
    )


ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20260101T000000Z\r\n"
    "SUMMARY:Bo Backup\r\nDTSTART:{start}\r\nDURATION:P7D\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


async def test_a_calendar_is_the_rota_and_the_last_good_one_stays(tmp_path: Path, stage: Stage) -> None:
    """Before it was read everybody with the role counts; a file that is broken afterwards changes nothing."""
    file = tmp_path / "rota.ics"
    clock = SystemClock()
    now = clock.now()
    in_force = stage.machinery._in_force
    from dataclasses import replace

    feed = Feed(role=Role.BACKUP, source=str(file), zone="Asia/Karachi")
    in_force.office = replace(in_force.office, feeds=(feed,))
    feeds = Feeds(in_force, clock)

    async def backups() -> list[str]:
        return [one.key for one in (await stage.machinery.board.roster(now)).holders(Role.BACKUP, now)]

    await feeds.read_all()
    assert await backups() == ["bo"]
    file.write_text(ICS.format(start=f"{now + DAY:%Y%m%dT%H%M%SZ}"))
    await feeds.read_all()
    assert await backups() == []
    file.write_text(ICS.format(start=f"{now - DAY:%Y%m%dT%H%M%SZ}"))
    await feeds.read_all()
    assert await backups() == ["bo"]
    file.write_text("broken")
    await feeds.read_all()
    assert await backups() == ["bo"]
    assert isinstance(stage.clock, HandClock)


async def test_a_file_in_another_encoding_does_not_end_the_reading(tmp_path: Path, stage: Stage) -> None:
    """Names and keys in it that can be read still count; nothing raises out of the loop."""
    file = tmp_path / "rota.ics"
    clock = SystemClock()
    now = clock.now()
    text = ICS.format(start=f"{now - DAY:%Y%m%dT%H%M%SZ}").replace("Bo Backup", "Büro: Bo Backup")
    file.write_bytes(text.encode("latin-1"))
    feed = Feed(role=Role.BACKUP, source=str(file), zone="UTC")
    calendar, strangers = await reading.read(feed, stage.office.roster, clock)
    assert ([turn.person for turn in calendar.turns], strangers) == (["bo"], 0)


async def test_a_calendar_is_read_from_an_address_and_refused_when_it_is_too_large(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers that are none (a 404, a page, too much) change nothing and end the reading."""
    now = SystemClock().now()
    text = ICS.format(start=f"{now - DAY:%Y%m%dT%H%M%SZ}")

    async def answer(request: web.Request) -> web.Response:
        bodies = {"good": text, "page": "<html>", "large": text + "X" * 2000}
        body = bodies.get(request.match_info["what"])
        return web.Response(text=body) if body else web.Response(status=404)

    app = web.Application()
    app.router.add_get("/{what}", answer)
    monkeypatch.setattr(reading, "LARGEST", 1000)
    people = stage.office.roster
    async with TestServer(app, host="127.0.0.1") as server:

        async def read(what: str) -> list[str]:
            feed = Feed(role=Role.BACKUP, source=str(server.make_url(f"/{what}")), zone="UTC")
            calendar, _ = await reading.read(feed, people, SystemClock())
            return [turn.person for turn in calendar.turns]

        assert await read("good") == ["bo"]
        for what, error in {"page": NoCalendar, "large": NoCalendar, "none": ClientError}.items():
            with pytest.raises(error):
                await read(what)
