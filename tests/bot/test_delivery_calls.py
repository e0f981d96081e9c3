"""What delivery promises about telephones: no ring too many, none too few, and a line is free in the end."""

import asyncio
from typing import Any

from sqlalchemy import text

from bot.ports import NotSent
from policies.effects import Call, HangUp
from policies.events import Actor, CallAnswered, CallEnded, CallOutcome, KeyPressed
from tests.bot.stage import LEE, SAM, Stage, build


async def _states(stage: Stage, kind: str) -> list[str]:
    query = f"SELECT state FROM outbox WHERE kind = '{kind}' ORDER BY id"  # noqa: S608 -- our own words
    return [row.state for row in await stage.database.read(lambda conn: conn.execute(text(query)).all())]


async def _ended(stage: Stage, token: str, outcome: CallOutcome = "no_answer") -> None:
    await stage.do(
        CallEnded(
            key=stage.key(), at=stage.clock.now(), actor=Actor(via="phone"), token=token, outcome=outcome
        )
    )


async def _answered(stage: Stage, token: str, person: str = "lee") -> None:
    await stage.do(
        CallAnswered(
            key=stage.key(), at=stage.clock.now(), actor=Actor(person=person, via="phone"), token=token
        )
    )


async def _key(stage: Stage, token: str, digit: Any = "4", person: str = "lee") -> Any:
    return await stage.do(
        KeyPressed(
            key=stage.key(),
            at=stage.clock.now(),
            actor=Actor(person=person, via="phone"),
            token=token,
            digit=digit,
        )
    )


def _rung(stage: Stage) -> list[str]:
    return [job.effect.token for job in stage.phone.of(Call) if isinstance(job.effect, Call)]


async def test_an_acknowledgement_keeps_a_waiting_call_from_being_placed(running: Stage) -> None:
    """After its commit no call is leased (invariant 5)."""
    number = await running.escalated()
    await running.settled()
    running.phone.answers = {"call": [NotSent("Twilio is busy", retry_after=0.3)]}
    await running.presses("call_now", number, SAM)
    await running.phone.until(lambda: running.phone.of(Call))
    await running.presses("acknowledge", number, LEE)
    await running.settled()

    assert len(running.phone.of(Call)) == 1
    assert await _states(running, "call") == ["cancelled"]
    assert running.phone.of(HangUp) == []


async def test_a_call_in_hand_is_hung_up_once_its_id_is_known(running: Stage) -> None:
    """Acknowledged while Twilio is being asked: the call is stopped right after."""
    number = await running.escalated()
    await running.settled()
    running.phone.hold = asyncio.Event()
    await running.presses("call_now", number, SAM)
    await running.phone.until(lambda: running.phone.of(Call))
    await running.presses("acknowledge", number, LEE)
    assert running.phone.of(HangUp) == []
    running.phone.hold.set()
    await running.settled()

    assert [job.effect.token for job in running.phone.of(HangUp) if isinstance(job.effect, HangUp)] == ["1-1"]
    info = await running.machinery.board.call("1-1")
    assert info is not None
    assert (info.person, info.number, info.ticket, info.state, info.sid) == (
        "lee",
        "+12025550121",
        1,
        "sent",
        "CA1",
    )


async def test_a_call_that_cannot_be_placed_leads_to_the_next_person(running: Stage) -> None:
    """Refused for good is the same as nobody there: the backup is rung at once."""
    number = await running.escalated()
    await running.settled()
    running.phone.answers = {"call": [NotSent("the number is not valid")]}
    await running.presses("call_now", number, SAM)
    await running.settled()

    assert _rung(running) == ["1-1", "1-2"]
    over = [fact for fact in await running.machinery.board.timeline(number) if fact.kind == "call_over"]
    assert [(fact.person, fact.outcome, fact.reason) for fact in over if fact.kind == "call_over"] == [
        ("lee", "failed", "the number is not valid")
    ]


async def _two_waiting(stage: Stage) -> tuple[int, int]:
    """Two escalations of two clients, both ringing the lead: one call speaks for both."""
    first = await stage.escalated()
    second = (
        await stage.writes("The till is slow", actor=Actor(user="U0CHRIS001", team="T0RETAIL01"))
    ).ticket or 0
    await stage.presses("claim", second, SAM)
    await stage.escalates(second)
    await stage.presses("call_now", first, SAM)
    await stage.presses("call_now", second, SAM)
    await stage.settled()
    return first, second


async def test_one_outage_rings_a_lead_once(running: Stage) -> None:
    """The second escalation waits for the same call; key 4 acknowledges both."""
    first, second = await _two_waiting(running)
    assert _rung(running) == ["1-1"]
    waiting = await running.machinery.board.waiting_for("lee")
    assert [ticket.id for ticket in waiting] == [first, second]

    await _answered(running, "1-1")
    assert (await _key(running, "1-1")).accepted
    await _ended(running, "1-1")
    await running.settled()

    found = [await running.machinery.board.ticket(number) for number in (first, second)]
    assert [ticket.acknowledged_by for ticket in found if ticket] == ["lee", "lee"]
    assert _rung(running) == ["1-1"]


async def test_calls_are_counted_by_their_outcome(running: Stage) -> None:
    """What an operator looks at: how often nobody was there, and how often a key was pressed."""
    number = await running.escalated()
    running.phone.answers = {"call": [NotSent("the number is not valid")]}
    await running.presses("call_now", number, SAM)
    await running.settled()
    await _ended(running, "1-2", "busy")
    await running.settled()
    assert (await _key(running, "1-3", person="sol")).accepted
    figures = (await running.machinery.figures()).decode()

    for outcome in ("failed", "busy", "acknowledged"):
        assert f'frontdoor_calls_total{{outcome="{outcome}"}} 1.0' in figures


async def test_nobody_there_counts_for_all_who_waited(running: Stage) -> None:
    """The second one does not ring the same telephone again: both go on to the backup, who is rung once."""
    await _two_waiting(running)
    await _ended(running, "1-1")
    await running.settled()

    assert _rung(running) == ["1-1", "1-2"]
    assert [ticket.id for ticket in await running.machinery.board.waiting_for("bo")] == [1, 2]


async def test_a_call_hung_up_by_us_gives_nobody_up(running: Stage) -> None:
    """The first one is acknowledged by button; the second still wants the lead, and rings."""
    first, _ = await _two_waiting(running)
    await running.presses("acknowledge", first, LEE)
    await running.settled()
    assert len(running.phone.of(HangUp)) == 1
    await _ended(running, "1-1", "canceled")
    await running.settled()

    assert _rung(running) == ["1-1", "2-1"]


async def test_a_line_that_nobody_reports_free_is_free_in_the_end(running: Stage) -> None:
    """No word of the call any more: its guard runs out, and the ladder goes on."""
    number = await running.escalated()
    await running.presses("call_now", number, SAM)
    await running.passes(25 + 180)

    assert _rung(running) == ["1-1", "1-2"]


async def test_a_call_that_ends_before_it_is_known_to_have_begun_frees_the_line(running: Stage) -> None:
    """Busy at once: Twilio's word of the end overtakes its answer to our asking."""
    number = await running.escalated()
    await running.settled()
    running.phone.hold = asyncio.Event()
    await running.presses("call_now", number, SAM)
    await running.phone.until(lambda: running.phone.of(Call))
    await _ended(running, "1-1", "busy")
    running.phone.hold.set()
    await running.settled()
    for token in ("1-2", "1-3"):
        await _ended(running, token, "busy")
    await running.passes(120)

    assert _rung(running) == ["1-1", "1-2", "1-3", "1-4"], "the lead again, in the second round"


async def test_a_kind_that_nobody_carries_out_is_refused_aloud(url: str) -> None:
    """Without a telephone the ladder still goes on, and support reads why."""
    stage = await build(url)
    stage.machinery.delivery._senders.pop("call")
    await stage.machinery.start()
    number = await stage.escalated()
    await stage.presses("call_now", number, SAM)
    await stage.settled()
    facts = await stage.machinery.board.timeline(number)
    await stage.machinery.stop()
    await stage.database.close()

    assert [fact.outcome for fact in facts if fact.kind == "call_over"] == ["failed"] * 3
    assert facts[-1].kind == "round_over"
