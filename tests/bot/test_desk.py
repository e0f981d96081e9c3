"""What the door promises: one transaction for everything that follows, once for each event, to the right request."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot import transaction
from bot.desk import KEPT, NotStored
from bot.storage import clocks, inbox
from policies.decision import Context, Decision, Refused
from policies.events import (
    Actor,
    AnyEvent,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    OpenRequest,
    Pressed,
    SetAway,
)
from policies.people import Absence
from policies.ticket import Ticket
from tests.bot.stage import CASEY, LEE, RETAIL, SAM, Stage

CHRIS = Actor(user="U0CHRIS001", team="T0RETAIL01")
NORA = Actor(user="U0NORA0001", team="T0FRONTDSK")
Step = Callable[[AnyEvent, Ticket | None, Context], Decision | Refused]


async def _rows(stage: Stage, query: str) -> list[Any]:
    return list(await stage.database.read(lambda conn: conn.execute(text(query)).all()))


async def _count(stage: Stage, table: str) -> int:
    but_the_house = " WHERE id > 0" if table == "tickets" else ""
    return int((await _rows(stage, f"SELECT count(*) FROM {table}{but_the_house}"))[0][0])  # noqa: S608 -- our own words


@pytest.fixture
def break_steps(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[AnyEvent], bool]], None]:
    """Make the steps of some events raise, until the patch is undone."""
    real: Step = transaction.decide

    def install(is_bad: Callable[[AnyEvent], bool]) -> None:
        def decide(event: AnyEvent, ticket: Ticket | None, ctx: Context) -> Decision | Refused:
            decision = real(event, ticket, ctx)
            if is_bad(event):
                raise LookupError("a step that is broken on purpose")
            return decision

        monkeypatch.setattr(transaction, "decide", decide)

    return install


async def test_an_opening_stores_everything_at_once(stage: Stage) -> None:
    """Facts, clocks, effects, words, the way back, and the answer: in one commit."""
    outcome = await stage.writes("It is broken")

    assert (outcome.accepted, outcome.ticket) == (True, 1)
    ticket = await stage.machinery.board.ticket(1)
    assert ticket is not None
    assert (ticket.ref, ticket.client, ticket.words) == ("SUP-1", "example-retail", "It is broken")
    assert await _rows(stage, "SELECT kind FROM clocks WHERE state = 'armed' ORDER BY due_at") == [
        ("first_response",),
        ("unclaimed",),
        ("target",),
        ("target",),
    ]
    assert ("card",) in await _rows(stage, "SELECT kind FROM outbox WHERE ticket = 1")
    assert await _count(stage, "inbox") == 1


async def test_an_event_that_comes_again_gets_its_answer_again(stage: Stage) -> None:
    """Slack delivers twice: nothing happens twice."""
    event = MessagePosted(
        key="slack:1", at=stage.clock.now(), actor=CASEY, channel=RETAIL, ts="1.1", text="Help"
    )
    first = await stage.do(event)
    facts, effects = await _count(stage, "timeline"), await _count(stage, "outbox")
    again = await stage.do(event)

    assert (again.ticket, again.accepted, again.repeated, first.repeated) == (first.ticket, True, True, False)
    assert (await _count(stage, "timeline"), await _count(stage, "outbox")) == (facts, effects)


async def test_a_failing_step_leaves_nothing_but_its_record(stage: Stage, break_steps: Any) -> None:
    """The event is kept with its error; the person hears that it will be tried again."""
    break_steps(lambda event: event.kind == "message_posted")
    outcome = await stage.writes()

    assert (outcome.accepted, outcome.said) == (False, KEPT)
    assert [await _count(stage, table) for table in ("tickets", "timeline", "outbox", "clocks")] == [
        0,
        0,
        0,
        0,
    ]
    assert await _rows(stage, "SELECT tries, answer FROM inbox") == [(1, None)]


async def test_what_failed_is_tried_again(
    stage: Stage, break_steps: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the fault is mended the kept event is taken through, once."""
    break_steps(lambda event: event.kind == "message_posted")
    await stage.writes("Still there?")
    monkeypatch.undo()
    await stage.database.write(lambda conn: conn.execute(text("UPDATE inbox SET retry_at = 0")))

    assert await stage.machinery.desk.retry_failed() == 1
    assert await stage.machinery.desk.retry_failed() == 0
    ticket = await stage.machinery.board.by_ref("sup-1")
    assert ticket is not None
    assert ticket.words == "Still there?"


async def test_what_keeps_failing_waits_for_a_person(stage: Stage, break_steps: Any) -> None:
    """After its retries an event is a dead letter: counted, and left alone."""
    break_steps(lambda event: event.kind == "message_posted")
    await stage.writes()
    for _ in range(3):
        await stage.database.write(lambda conn: conn.execute(text("UPDATE inbox SET retry_at = 0")))
        assert await stage.machinery.desk.retry_failed() == 1

    assert (
        await stage.database.read(lambda conn: inbox.failed(conn, stage.clock.wall() + timedelta(days=9), 9))
        == []
    )
    assert (await stage.machinery.board.counts()).dead_letters == 1


async def test_what_cannot_be_stored_is_not_acknowledged(stage: Stage) -> None:
    """A locked database: the caller hears that nothing was stored, and brings it again."""
    await stage.database.write(lambda conn: conn.execute(text("PRAGMA busy_timeout=20")))
    other = sqlite3.connect(stage.url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(NotStored, match="locked"):
        await stage.writes()
    other.execute("ROLLBACK")
    other.close()

    assert (await stage.writes()).ticket == 1


async def test_a_reply_in_a_thread_joins_its_request(stage: Stage) -> None:
    """By the thread, whoever of the client writes it."""
    await stage.writes("The printer is down")
    ticket = await stage.machinery.board.ticket(1)
    assert ticket is not None
    joined = await stage.writes("All of them", actor=CHRIS, thread=ticket.thread)

    assert joined.ticket == 1
    assert (await stage.machinery.board.find("thread", f"{RETAIL}:{ticket.thread}")) == 1


async def test_a_reply_that_overtakes_what_it_replies_to_is_one_request_with_it(stage: Stage) -> None:
    """Envelopes run side by side: whichever comes first opens, the other one joins."""
    root = "1763456400.000001"
    reply = await stage.writes("Here too", actor=CHRIS, thread=root)
    parent = await stage.do(
        MessagePosted(
            key="p", at=stage.clock.now(), actor=CASEY, channel=RETAIL, ts=root, text="The printer is down"
        )
    )

    assert (reply.ticket, parent.ticket) == (1, 1)


async def test_a_second_message_joins_what_its_author_last_wrote_to(stage: Stage) -> None:
    """Three messages in a row are one request; another person's is another one."""
    numbers = [(await stage.writes(words)).ticket for words in ("Hello", "The printer", "is down")]
    other = await stage.writes("The till is slow", actor=CHRIS)

    assert (numbers, other.ticket) == ([1, 1, 1], 2)


async def test_the_first_word_of_support_answers_whoever_waits(stage: Stage) -> None:
    """Unthreaded, in the client's channel: the bot has nothing to say any more."""
    await stage.writes()
    assert (await stage.writes("Good morning, I am looking", actor=SAM)).ticket == 1

    ticket = await stage.machinery.board.ticket(1)
    assert ticket is not None
    assert (ticket.responded_by, ticket.respond_at) == ("sam", None)
    assert (await stage.writes("And lunch?", actor=SAM)).ticket is None


async def test_an_edit_and_a_deletion_reach_their_request(stage: Stage) -> None:
    """By the message itself."""
    await stage.do(
        MessagePosted(
            key="a", at=stage.clock.now(), actor=CASEY, channel=RETAIL, ts="1.1", text="It is broken"
        )
    )
    at = stage.clock.now()
    edited = await stage.do(
        MessageEdited(key="b", at=at, actor=CASEY, channel=RETAIL, ts="1.1", text="It is slow")
    )
    ticket = await stage.machinery.board.ticket(1)
    assert ticket is not None
    assert (edited.ticket, ticket.words) == (1, "It is slow")

    await stage.do(MessageDeleted(key="c", at=at, actor=CASEY, channel=RETAIL, ts="1.1"))
    ticket = await stage.machinery.board.ticket(1)
    assert ticket is not None
    assert ticket.words == ""


async def test_a_message_that_has_a_request_opens_no_second_one(stage: Stage) -> None:
    """The shortcut on such a message says which it is."""
    await stage.do(
        MessagePosted(
            key="a", at=stage.clock.now(), actor=CASEY, channel=RETAIL, ts="1.1", text="It is broken"
        )
    )
    again = await stage.do(
        OpenRequest(
            key="b", at=stage.clock.now(), actor=SAM, channel=RETAIL, text="x", ts="1.1", author="U0CASEY001"
        )
    )

    assert "SUP-1" in again.said
    assert await _count(stage, "tickets") == 1


async def test_a_refusal_changes_nothing_and_is_recorded(stage: Stage) -> None:
    """Who tried what, and why not: on the timeline."""
    number = await stage.escalated()
    before = await stage.machinery.board.ticket(number)
    refused = await stage.presses("acknowledge", number, NORA)

    assert not refused.accepted
    assert "Nothing was changed" in refused.said
    assert await stage.machinery.board.ticket(number) == before
    last = (await stage.machinery.board.timeline(number))[-1]
    assert (last.kind, last.by) == ("refused", "U0NORA0001")


async def test_a_request_that_does_not_exist_is_refused_in_words(stage: Stage) -> None:
    """A button of another world."""
    refused = await stage.presses("claim", 99, SAM)

    assert (refused.accepted, refused.said) == (False, transaction.NO_SUCH_REQUEST)


async def test_the_loser_of_a_race_hears_who_was_first(stage: Stage) -> None:
    """Two acknowledge at once: one has it, the other is told."""
    number = await stage.escalated()
    first = await stage.presses("acknowledge", number, LEE)
    second = await stage.presses("acknowledge", number, Actor(user="U0BO000001"))

    assert (first.accepted, second.accepted) == (True, False)
    assert "already acknowledged by Lee Lead" in second.said


async def test_an_absence_counts_until_its_end_or_a_return(stage: Stage) -> None:
    """Set in Slack, in force at once, over when the person says so."""
    now = stage.clock.now()
    lee = next(person for person in stage.office.roster.people if person.key == "lee")

    async def set_away(hours: int) -> bool:
        absence = Absence(person="lee", start=now, end=now + timedelta(hours=hours))
        assert (await stage.do(SetAway(key=stage.key(), at=now, actor=LEE, absence=absence))).accepted
        return (await stage.machinery.board.context(None)).roster.away(lee, now)

    assert [await set_away(2), await set_away(0)] == [True, False]


async def test_the_board_finds_by_reference_and_by_person(stage: Stage) -> None:
    """In any spelling; and what concerns somebody."""
    number = await stage.escalated()
    board = stage.machinery.board
    found = [await board.by_ref(ref) for ref in ("SUP-1", " sup-1 ", "1", "SUP-2", "nonsense")]

    assert [ticket.id if ticket else None for ticket in found] == [1, 1, 1, None, None]
    assert [ticket.id for ticket in await board.mine("sam")] == [number]
    assert [ticket.id for ticket in await board.mine("lee")] == [number]
    assert await board.mine("devi") == ()
    assert [ticket.id for ticket in await board.open_tickets()] == [number]
    assert [ticket.id async for ticket in board.all_tickets()] == [number]


async def test_many_clocks_are_fired_together(stage: Stage) -> None:
    """One transaction for a batch, each clock once."""
    for number in range(5):
        await stage.writes(actor=Actor(user=f"U{number}", team="T0RETAIL01"))
    stage.clock.move(11)
    due = await stage.database.read(lambda conn: clocks.due(conn, stage.clock.now(), 100))

    assert (await stage.machinery.desk.handle_clocks(due)).done == 5
    assert (await stage.machinery.desk.handle_clocks(due)).done == 0


async def test_a_broken_request_hurts_only_itself(stage: Stage, break_steps: Any) -> None:
    """The others of its batch fire; its own clock stays armed."""
    for number in range(3):
        await stage.writes(actor=Actor(user=f"U{number}", team="T0RETAIL01"))
    break_steps(lambda event: event.kind == "clock_fired" and event.ticket == 2)
    stage.clock.move(11)
    due = await stage.database.read(lambda conn: clocks.due(conn, stage.clock.now(), 100))
    fired = await stage.machinery.desk.handle_clocks(due)

    assert (fired.done, [clock.ticket for clock in fired.failed]) == (2, [2])
    left = await stage.database.read(lambda conn: clocks.due(conn, stage.clock.now(), 100))
    assert [clock.ticket for clock in left] == [2]


async def test_a_clock_that_nothing_ends_is_an_error(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would fire for ever: it is undone and reported instead."""
    await stage.writes()
    monkeypatch.setattr(transaction, "decide", lambda *_: Decision())
    stage.clock.move(11)
    due = await stage.database.read(lambda conn: clocks.due(conn, stage.clock.now(), 100))

    assert [clock.kind for clock in (await stage.machinery.desk.handle_clocks(due)).failed] == [
        "first_response"
    ]


async def test_what_is_undone_is_forgotten_too(stage: Stage) -> None:
    """A step that fails in a savepoint leaves nothing, and the next event starts from what is stored."""
    await stage.writes()

    owners: list[str] = []

    def look(work: transaction.Transaction) -> None:
        ticket = work.ticket(1)
        owners.append(ticket.owner if ticket is not None else "no request")

    def fail(work: transaction.Transaction) -> None:
        with work.undoable():
            work.handle(Pressed(key="k1", at=stage.clock.now(), actor=SAM, ticket=1, verb="claim"))
            look(work)
            raise LookupError("broken on purpose")

    def step(work: transaction.Transaction) -> None:
        look(work)
        with pytest.raises(LookupError):
            fail(work)
        look(work)

    await stage.machinery.desk.transact(step)
    assert owners == ["", "sam", ""]
    assert await _rows(stage, "SELECT kind FROM timeline WHERE ticket = 1 ORDER BY seq") == [
        ("opened",),
        ("targeted",),
    ]
    assert (await stage.presses("claim", 1, SAM)).accepted
