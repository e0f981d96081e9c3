"""What delivery promises: a committed lease before any byte, an end state for everything, no ring too many."""

import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from bot.delivery import Patience
from bot.ports import Job, NotSent, Sent, Unknown
from bot.storage import leases, outbox
from bot.storage.engine import Connection
from bot.storage.outbox import Draft
from bot.streams import target
from policies.effects import Call, Card, Place, Post
from policies.events import Actor
from tests.bot.stage import CASEY, QUICK, RETAIL, SAM, START, Stage, build


async def _states(stage: Stage, kind: str) -> list[str]:
    query = f"SELECT state FROM outbox WHERE kind = '{kind}' ORDER BY id"  # noqa: S608 -- our own words
    return [row.state for row in await stage.database.read(lambda conn: conn.execute(text(query)).all())]


async def test_no_byte_leaves_before_its_lease_is_committed(running: Stage) -> None:
    """Whoever looks while a message is being sent finds it in hand already."""
    seen: list[list[str]] = []

    async def send(job: Job) -> Sent:
        rows = await running.database.read(
            lambda conn: conn.execute(
                text(
                    "SELECT state, attempt - put_off AS tries, owner <> '' AS mine FROM outbox WHERE id = :id"
                ),
                {"id": job.id},
            ).one()
        )
        seen.append([rows.state, rows.tries, bool(rows.mine)])
        return running.slack.as_usual(job)

    running.slack.send = send  # type: ignore[method-assign]  # the test looks from inside
    await running.escalated()
    await running.passes(30)

    assert len(seen) > 4
    assert {tuple(row) for row in seen} == {("sending", 1, True)}


async def test_the_first_response_is_posted_once_and_reported(running: Stage) -> None:
    """After the short wait; the ticket knows that Slack has it."""
    number = (await running.writes()).ticket or 0
    await running.passes(120)

    said = [
        job
        for job in running.slack.of(Post)
        if isinstance(job.effect, Post) and job.effect.lane == "first_response"
    ]
    assert len(said) == 1
    kinds = [fact.kind for fact in await running.machinery.board.timeline(number)]
    assert kinds.count("first_response_posted") == 1
    assert "1:first_response" in await running.machinery.board.posts(number)


async def test_a_refused_first_response_alerts_support_at_once(running: Stage) -> None:
    """Rejected for good: the door hears of it in the same transaction."""
    number = (await running.writes()).ticket or 0
    await running.settled()
    running.slack.answers = {"post": [NotSent("channel_not_found")]}
    await running.passes(11)

    facts = await running.machinery.board.timeline(number)
    posted = [fact for fact in facts if fact.kind == "first_response_posted"]
    assert [(fact.sent, fact.reason) for fact in posted if fact.kind == "first_response_posted"] == [
        (False, "channel_not_found")
    ]
    assert "rejected" in await _states(running, "post")


async def test_one_refresh_of_a_card_waits_for_both(stage: Stage) -> None:
    """Ten changes while Slack is slow are one update afterwards, drawn from the ticket as it then stands."""
    number = (await stage.writes()).ticket or 0
    for verb in ("claim", "claim", "claim"):
        await stage.presses(verb, number, SAM)

    assert (await _states(stage, "card")).count("pending") == 1


async def test_a_thread_waits_for_the_card_it_hangs_on(running: Stage) -> None:
    """Too early is no attempt; it goes out as soon as the card stands."""
    await running.escalated()
    await running.settled()

    threads = [
        job
        for job in running.slack.of(Post)
        if isinstance(job.effect, Post) and job.effect.to.kind == "escalation_thread"
    ]
    assert threads
    assert {job.attempt for job in threads} == {1}
    assert set(await _states(running, "post")) == {"sent"}


async def test_order_is_kept_within_a_stream_and_urgency_between_them(stage: Stage) -> None:
    """A page never waits for a card; what is said in one thread is said in its order."""
    stage.slack.hold = stage.phone.hold = asyncio.Event()
    number = await stage.escalated()
    await stage.presses("call_now", number, SAM)
    rows = await stage.database.read(
        lambda conn: conn.execute(text("SELECT kind, lane, stream, state FROM outbox")).all()
    )
    assert [row.state for row in rows if row.kind == "call"] == ["sending"], "born leased"
    streams = [row.stream for row in rows if row.state == "sending"]
    assert len(streams) == len(set(streams)), "one of each stream in hand"
    stage.slack.hold.set()


async def test_a_timeout_is_looked_up_and_adopted(running: Stage) -> None:
    """The message was there: it is not said twice."""
    await running.writes()
    await running.settled()
    running.slack.answers = {"post": [Unknown("timed out")]}
    running.slack.found = [Sent(external_id="5.5")]
    await running.passes(10)
    await running.slack.until(lambda: running.slack.looked_up)
    await running.settled()

    said = [
        job
        for job in running.slack.of(Post)
        if isinstance(job.effect, Post) and job.effect.lane == "first_response"
    ]
    assert (len(said), len(running.slack.looked_up)) == (1, 1)
    assert "unknown" not in await _states(running, "post")


async def test_what_a_complete_reading_does_not_find_is_sent_again(running: Stage) -> None:
    """Under the same key, as the next attempt; and only within its budget."""
    await running.writes()
    await running.settled()
    running.slack.answers = {"post": [Unknown("timed out")] * 5}
    await running.passes(10)
    await running.settled()

    said = [
        job
        for job in running.slack.of(Post)
        if isinstance(job.effect, Post) and job.effect.lane == "first_response"
    ]
    assert [job.attempt for job in said] == [1, 2, 3, 4, 5]
    assert len({job.key for job in said}) == 1
    assert (await _states(running, "post")).count("gave_up") == 1, "and not for ever"


async def test_what_nobody_can_read_is_not_said_to_a_client_twice(url: str) -> None:
    """Slack cannot be read for long: the client's words end here, aloud; a call would be placed again."""
    patience = replace(QUICK, settle=timedelta(0))
    stage = await build(url, patience=patience)
    await stage.machinery.start()
    number = await stage.escalated()
    await stage.settled()
    stage.slack.answers, stage.slack.found = {"post": [Unknown("timed out")]}, [Unknown("timed out")] * 2
    stage.clock.move(10)
    wall = stage.clock.wall
    stage.machinery.wake()
    await stage.slack.until(lambda: stage.slack.looked_up)
    stage.clock.wall = lambda: wall() + timedelta(minutes=20)  # type: ignore[method-assign]  # the machine's time goes on
    stage.machinery.wake()
    await stage.slack.until(lambda: len(stage.slack.looked_up) == 2)
    await stage.settled()
    facts = await stage.machinery.board.timeline(number)
    await stage.machinery.stop()
    await stage.database.close()

    posted = [fact.sent for fact in facts if fact.kind == "first_response_posted"]
    assert posted == [False]


async def test_what_can_be_repeated_is_not_looked_up(running: Stage) -> None:
    """A card that stands is simply drawn again."""
    number = (await running.writes()).ticket or 0
    await running.settled()
    cards = len(running.slack.of(Card))
    running.slack.answers = {"card": [Unknown("500")]}
    await running.presses("claim", number, SAM)
    await running.settled()

    assert len(running.slack.of(Card)) >= cards + 2
    assert running.slack.looked_up == []


async def test_a_429_holds_only_its_own_place(running: Stage) -> None:
    """Another channel goes on at once; nothing is lost in the held one."""
    running.slack.answers = {
        "card": [NotSent("ratelimited", retry_after=0.3, scope="chat.postMessage:C0SUPPORT1")]
    }
    await running.writes()
    await running.slack.until(lambda: running.slack.of(Card))
    running.clock.move(10)
    running.machinery.wake()
    await running.slack.until(lambda: running.slack.of(Post))
    assert await _states(running, "card") != ["sent"], "the client's channel did not wait"
    await running.settled()

    assert set(await _states(running, "card")) == {"sent"}


async def test_a_sender_that_breaks_is_doubted_not_believed(running: Stage) -> None:
    """A fault of ours may come after the byte left."""
    await running.writes()
    await running.settled()
    running.slack.answers = {"post": [ZeroDivisionError("on purpose")]}
    running.slack.found = [Sent(external_id="5.5")]
    await running.passes(10)
    await running.settled()

    assert len(running.slack.looked_up) == 1
    assert set(await _states(running, "post")) == {"sent"}


async def test_what_a_dead_process_had_in_hand_is_doubted(url: str) -> None:
    """Killed between lease and answer: the next start looks it up before it sends again."""
    first = await build(url)
    first.slack.hold = asyncio.Event()
    first.phone.hold = first.slack.hold
    number = await first.escalated()
    await first.presses("call_now", number, SAM)
    await first.phone.until(lambda: first.phone.of(Call))
    for task in asyncio.all_tasks() - {asyncio.current_task()}:  # type: ignore[arg-type]  # a test has a task
        if "_in_hand" in repr(task):
            task.cancel()
    await first.database.close()

    second = await build(url, clock=first.clock)
    second.phone.found = [Sent(external_id="CA77")]
    await second.machinery.start()
    await second.settled()
    info = await second.machinery.board.call("1-1")
    await second.machinery.stop()
    await second.database.close()

    assert info is not None
    assert (info.state, info.sid) == ("sent", "CA77")
    assert second.phone.of(Call) == []


async def test_a_late_answer_of_an_old_attempt_changes_nothing(stage: Stage) -> None:
    """Fenced: only the attempt that has the lease settles it; an outcome in doubt is adopted all the same."""
    await stage.writes()
    effect = Post(slot="x", to=Place(kind="support"), text="Words", lane="internal")
    lease = outbox.Lease(owner="me", until=stage.clock.wall())

    def work(conn: Connection) -> tuple[bool, ...]:
        (first,) = outbox.put_all(conn, [Draft("x", 1, effect, target(effect, 1))], START, lease, {"x"})
        leases.again(conn, first, START, "the lease ran out")
        second = replace(first, attempt=2)
        leases.lease(conn, first, lease, START)
        late = leases.sent(conn, first, "late", START, None)
        leases.unknown(conn, second, START, START, "timed out")
        return (
            late,
            leases.sent(conn, second, "1.1", START, None),
            leases.sent(conn, second, "2.2", START, None),
        )

    assert await stage.database.write(work) == (False, True, False)


async def test_what_cannot_be_dealt_with_holds_up_nothing_else(running: Stage) -> None:
    """An effect of another program, a request that cannot be folded: reported, and the others go out."""
    first = (await running.writes()).ticket or 0
    second = (await running.writes("Slow", actor=Actor(user="U0CHRIS001", team="T0RETAIL01"))).ticket or 0
    await running.settled()
    effect = Post(slot="x", to=Place(kind="support"), text="Words", lane="internal")

    def spoil(conn: Connection) -> None:
        outbox.put(conn, Draft("a", first, effect, target(effect, first)), START)
        outbox.put(conn, Draft("b", second, effect, target(effect, second)), START)
        aside = replace(effect, to=Place(kind="person", person="U1"))
        outbox.put(conn, Draft("c", second, aside, target(effect, 9)), START)
        outbox.put(conn, Draft("d", first, replace(effect, slot="y"), target(effect, 8)), START)
        conn.execute(text("UPDATE outbox SET body = '{\"kind\": \"invented\"}' WHERE key = 'a'"))
        conn.execute(text("UPDATE timeline SET kind = 'invented', version = 7, body = '{}' WHERE ticket = 1"))
        conn.execute(text("UPDATE tickets SET head = 'unknown' WHERE id = 1"))

    await running.database.write(spoil)
    running.machinery.wake()
    await running.slack.until(lambda: [job for job in running.slack.jobs if job.key == "c"])
    await running.settled()

    assert [job.key for job in running.slack.jobs if job.key in {"a", "b", "c", "d"}] == ["b", "c"]
    assert (await _states(running, "post"))[-4:] == ["gave_up", "sent", "sent", "pending"]


async def test_words_whose_time_is_over_are_not_said(running: Stage) -> None:
    """They come back through the door instead, as not sent."""
    number = (await running.writes()).ticket or 0
    await running.settled()
    effect = Post(
        slot="1:first_response",
        to=Place(kind="client_thread", channel=RETAIL, thread="1.1"),
        text="Now",
        lane="first_response",
        not_after=START - timedelta(seconds=1),
        report=True,
    )
    await running.database.write(
        lambda conn: outbox.put(conn, Draft("x", number, effect, target(effect, number)), START)
    )
    running.machinery.wake()
    await running.settled()

    assert "Now" not in [job.effect.text for job in running.slack.of(Post) if isinstance(job.effect, Post)]
    assert (await _states(running, "post"))[0] == "cancelled"


async def test_messages_into_one_place_keep_its_pace(url: str) -> None:
    """A burst, and then one after the other; another place does not wait."""
    patience = Patience(settle=QUICK.settle, first_retry=QUICK.first_retry, rate=50.0, burst=2)
    stage = await build(url, patience=patience)
    await stage.machinery.start()
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number in range(12):
        await stage.writes(actor=Actor(user=f"U{number}", team="T0RETAIL01"))
    await stage.settled()
    took = loop.time() - begun
    cards = set(await _states(stage, "card"))
    await stage.machinery.stop()
    await stage.database.close()

    assert cards == {"sent"}
    assert took >= 10 / 50.0


async def test_cards_that_hang_keep_no_first_response_waiting(running: Stage) -> None:
    """What nobody waits for has a few hands of its own; the others stay free for what is urgent."""
    for_ever, all_said = asyncio.Event(), asyncio.Event()
    usual, said, hanging = running.slack.as_usual, list[str](), 0

    async def send(job: Job) -> Sent:
        nonlocal hanging
        if isinstance(job.effect, Card):
            hanging += 1
            try:
                await for_ever.wait()
            finally:
                hanging -= 1
        if isinstance(job.effect, Post) and job.effect.lane == "first_response":
            said.append(job.key)
            if len(said) == 20:
                all_said.set()
        return usual(job)

    running.slack.send = send  # type: ignore[method-assign]  # a Slack that is slow with cards only
    for number in range(20):
        await running.writes(actor=replace(CASEY, user=f"U{number:08}"))
    running.clock.move_to(START + timedelta(seconds=11))
    running.machinery.wake()
    async with asyncio.timeout(10):
        await all_said.wait()

    assert hanging == Patience().background
    for_ever.set()


async def test_stopping_finishes_what_is_in_hand(running: Stage) -> None:
    """Nothing new is begun; what waits is there for the next start."""
    running.slack.hold = asyncio.Event()
    await running.writes()
    await running.slack.until(lambda: running.slack.jobs)
    stopping = asyncio.create_task(running.machinery.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    running.slack.hold.set()
    await stopping

    assert "sending" not in await _states(running, "card")


async def test_stopping_ends_a_loop_that_is_in_the_middle_of_a_commit(running: Stage) -> None:
    """Its commit goes through, and takes the first word to end with it."""
    begun, release = asyncio.Event(), asyncio.Event()

    async def committing() -> None:
        begun.set()
        with contextlib.suppress(asyncio.CancelledError):
            await release.wait()
        await release.wait()

    loop = asyncio.create_task(committing())
    running.machinery._tasks.append(loop)
    await begun.wait()
    async with asyncio.timeout(10):
        await running.machinery.stop()

    assert loop.cancelled()
