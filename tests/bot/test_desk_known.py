"""What the desk promises where requests touch: merged, split, and what a form knows from the others."""

from dataclasses import replace

from bot import transaction
from policies.events import Actor, Escalate, MergeInto, MessageDeleted, MessageEdited, MessagePosted, Split
from tests.bot.stage import BLOCK, CASEY, LEE, RETAIL, SAM, Stage

CHRIS = Actor(user="U0CHRIS001", team="T0RETAIL01")


async def test_a_merge_reaches_both_requests_or_neither(stage: Stage) -> None:
    """Into a closed one it is refused, and the first request stands as it stood."""
    await stage.writes()
    await stage.writes("Another thing", actor=CHRIS)
    await stage.presses("claim", 2, SAM)
    await stage.presses("dismiss", 1, SAM)

    async def merge() -> transaction.Outcome:
        return await stage.do(MergeInto(key=stage.key(), at=stage.clock.now(), actor=SAM, ticket=2, target=1))

    refused = await merge()

    assert (refused.accepted, refused.ticket) == (False, 2)
    ticket = await stage.machinery.board.ticket(2)
    assert ticket is not None
    assert ticket.is_open


async def test_what_led_to_a_merged_request_leads_to_the_other(stage: Stage) -> None:
    """Its thread, and its author's next words."""
    await stage.writes()
    await stage.writes("The same here", actor=CHRIS)
    merged = await stage.do(MergeInto(key="m", at=stage.clock.now(), actor=SAM, ticket=2, target=1))
    second = await stage.machinery.board.ticket(2)
    assert second is not None

    assert merged.accepted
    assert (await stage.writes("Any news?", actor=CHRIS, thread=second.thread)).ticket == 1
    assert (await stage.writes("Hello?", actor=CHRIS)).ticket == 1


async def test_what_is_done_to_a_merged_message_reaches_the_other_request(stage: Stage) -> None:
    """An edit changes the words there, a deletion takes them away."""
    await stage.writes("The printer is down")
    await stage.writes("The sme here", actor=CHRIS)
    second = await stage.machinery.board.ticket(2)
    assert second is not None
    await stage.do(MergeInto(key="m", at=stage.clock.now(), actor=SAM, ticket=2, target=1))
    ts, now = second.messages[0].ts, stage.clock.now()

    async def words() -> str:
        ticket = await stage.machinery.board.ticket(1)
        return ticket.words if ticket is not None else ""

    said = [await words()]
    await stage.do(MessageEdited(key="e", at=now, actor=CHRIS, channel=RETAIL, ts=ts, text="The same here"))
    said.append(await words())
    await stage.do(MessageDeleted(key="d", at=now, actor=CHRIS, channel=RETAIL, ts=ts))

    assert [*said, await words()] == [
        "The printer is down\nThe sme here",
        "The printer is down\nThe same here",
        "The printer is down",
    ]


async def test_a_split_message_has_a_request_of_its_own(stage: Stage) -> None:
    """With its words, which the first one does not have any more."""
    await stage.writes("The printer is down")
    await stage.do(
        MessagePosted(
            key="b", at=stage.clock.now(), actor=CASEY, channel=RETAIL, ts="9.9", text="And the till is slow"
        )
    )
    split = await stage.do(
        Split(key="s", at=stage.clock.now(), actor=SAM, ticket=1, channel=RETAIL, ts="9.9")
    )

    assert split.accepted, split.said
    first, second = await stage.machinery.board.ticket(1), await stage.machinery.board.ticket(2)
    assert first is not None
    assert second is not None
    assert (first.words, second.words) == ("The printer is down", "And the till is slow")


async def test_forms_know_what_was_said_last_and_who_has_how_much(stage: Stage) -> None:
    """Loads by developer; branch and build of the last escalation."""
    number = await stage.escalated()
    await stage.presses("acknowledge", number, LEE)
    await stage.assigns(number, "devi")
    ctx = await stage.machinery.board.context(await stage.machinery.board.ticket(number))

    assert (ctx.loads, ctx.known_branch, ctx.known_build) == ({"devi": 1}, "Main Street", "4.2.0")


async def test_a_branch_is_known_of_its_author_and_a_build_of_its_product(stage: Stage) -> None:
    """Chris does not work where Casey does; the till's build is not the oven's."""
    await stage.escalated()
    await stage.passes(1)
    oven = (await stage.writes("Cold", actor=CHRIS)).ticket
    block = replace(BLOCK, saas_name="Oven", branch="Side Street", build_version="0.9")
    await stage.do(Escalate(key="o", at=stage.clock.now(), actor=SAM, ticket=oven, block=block))
    known = [await stage.machinery.board.context(await stage.machinery.board.ticket(n)) for n in (1, 2)]

    assert [ctx.known_branch for ctx in known] == ["Main Street", "Side Street"]
    assert {(ctx.known_build, ctx.known_builds["Till"], ctx.known_builds["Oven"]) for ctx in known} == {
        ("0.9", "4.2.0", "0.9")
    }
