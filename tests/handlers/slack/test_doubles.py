"""A message that lands after it was given up: what the client reads in the end, over the wire."""

from tests.handlers.slack.wired import Wired, until


async def test_a_first_response_that_lands_late_is_not_read_twice(wired: Wired) -> None:
    """Lost, not there when it was looked for, said again, and then the lost one came: one of them stays."""
    number = await wired.writes()
    await wired.stage.settled()
    await wired.late(1.3)
    wired.stage.clock.move(11)
    wired.stage.machinery.wake()
    await until(lambda: "chat.delete" in wired.wire())
    await wired.stage.settled()

    read, posted = "conversations.replies", "chat.postMessage"
    assert wired.wire() == [read, posted, posted, read, "chat.delete"]
    (ts,) = wired.said()
    places = await wired.stage.machinery.board.posts(number)
    assert places["1:first_response"].ts == ts
    facts = [fact.kind for fact in await wired.stage.machinery.board.timeline(number)]
    assert facts.count("first_response_posted") == 1


async def test_what_was_said_again_is_looked_at_once_more_and_left_alone(wired: Wired) -> None:
    """The lost one stayed lost: one more reading, and nothing else."""
    await wired.writes()
    await wired.stage.settled()
    await wired.fault("500-before")
    wired.stage.clock.move(11)
    wired.stage.machinery.wake()
    await until(lambda: wired.wire().count("conversations.replies") == 2)
    await wired.stage.settled()

    read, posted = "conversations.replies", "chat.postMessage"
    assert wired.wire() == [posted, read, posted, read]
    assert len(wired.said()) == 1
