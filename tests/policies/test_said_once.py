"""What is said by itself is said once: to machines that answer everything, about estimates, and by nobody who only thinks aloud."""

import pytest

from policies.decision import Decision
from policies.effects import Post
from tests.policies.cast import staff
from tests.policies.play import Play, assigned, claimed


def _of_estimates(play: Play) -> list[str]:
    """What was said by itself about estimates, in order: what for, and where."""
    posts = [effect for effect in play.said if isinstance(effect, Post)]
    named = [(post.slot.split(":"), post.to.kind) for post in posts]
    return [
        f"{slot[1]} {slot[2]} -> {kind}"
        for slot, kind in named
        if slot[1] in {"warning", "neutral", "missed"}
    ]


@pytest.mark.parametrize(("in_thread", "after"), [(True, 1), (True, 30), (False, 1)])
def test_a_machine_that_answers_every_word_of_ours_is_one_request_with_one_answer(
    in_thread: bool, after: int
) -> None:
    """Auto-replies that nothing betrays, in the thread or beside it, so many minutes later: the bot answers none of them."""
    play, heard = Play(), 0
    play.write()
    for _ in range(10):
        play.wait(minutes=after)
        said = play.words("client_thread")
        for words in said[heard:]:
            play.write(f"Thank you for {words}", thread=play.ticket.thread if in_thread else None)
        heard = len(said)

    assert list(play.tickets) == [1]
    assert len(play.ticket.messages) == 2
    assert [text.partition(".")[0] for text in play.words("client_thread")] == ["We have your message"]


def test_an_estimate_is_warned_of_once_and_a_moved_one_once_more() -> None:
    """Each estimate: asked before it expires, the client told, missed; then people are rung, and nothing is said again."""
    play = assigned()
    play.update(minutes=60)
    play.relay(1)
    play.wait(minutes=50)
    play.update(minutes=120)
    play.relay(2)
    play.wait(days=3)

    asked = ["escalation_thread", "person", "support_thread"]
    assert _of_estimates(play) == [
        *(f"warning 1 -> {place}" for place in asked),
        *(f"warning 2 -> {place}" for place in asked),
        "neutral 2 -> client_thread",
        "neutral 2 -> support_thread",
        "missed promise -> escalation_thread",
    ]


def test_our_own_words_in_our_own_channels_reach_no_client() -> None:
    """Beside the card, in its thread, in capitals: nobody outside reads it unless it was sent by a button."""
    play = claimed()
    play.wait(minutes=1)
    before = list(play.said)
    answers = [
        play.write(
            "They unplugged it themselves, tell nobody", by=staff("sam"), channel=channel, thread=thread
        )
        for channel in ("CSUPPORT", "CESCALATE")
        for thread in (None, "1.1")
    ]

    assert [answer.effects for answer in answers if isinstance(answer, Decision)] == [(), (), (), ()]
    assert play.said == before
