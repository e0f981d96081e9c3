"""Invariant 1 over random histories: whatever happens, an open ticket has a running clock, and every clock leaves a trace."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from policies import events as e
from policies.clocks import explain, running
from tests.policies.play import CLIENT, Play, staff

PEOPLE = ("sam", "sky", "sol", "lee", "bo", "devi", "dana")
VERBS: tuple[e.Verb, ...] = (
    "claim", "dismiss", "call_now", "reached_by_voice", "acknowledge", "pass_on", "decline", "reverted",
    "confirm", "close", "reopen", "production_down", "solved", "still_broken",
)  # fmt: skip
OUTCOMES: tuple[e.CallOutcome, ...] = ("no_answer", "busy", "failed", "canceled", "unconfirmed")


def _anything(play: Play, chance: random.Random) -> None:
    """One random thing that could happen, by anybody."""
    person = staff(chance.choice(PEOPLE))
    ticket = play.ticket
    common = {"key": play.key(), "at": play.now, "actor": person}
    moves = [
        lambda: play.press(chance.choice(VERBS), chance.choice([person, CLIENT])),
        lambda: play.press(chance.choice(VERBS), person),
        lambda: play.escalate(by=person),
        lambda: play.assign(chance.choice(["devi", "dana"]), chance.choice(["lee", "bo", "sol"])),
        lambda: play.update(chance.choice([None, 5, 30, 240]), chance.choice(["devi", "dana", "lee"])),
        lambda: play.update(None, chance.choice(["devi", "lee"]), final=True),
        lambda: play.resolve(chance.choice(["devi", "lee"]), chance.choice(["", "Spooler"])),
        lambda: play.relay(chance.randint(1, 3)),
        lambda: play.end_call(chance.choice(OUTCOMES)),
        lambda: play.key_press(chance.choice("45")),
        lambda: play.write(
            chance.choice(["And the scanner", "thanks", "👍"]), by=chance.choice([CLIENT, person])
        ),
        lambda: play.write("In the thread", thread=ticket.thread),
        lambda: play.do(e.Reply(**common, text="Which one?", asks=chance.random() < 0.5), ticket),
        lambda: play.do(e.Answer(**common, outcome="answered", text="Like this"), ticket),
        lambda: play.do(e.ChangeRequest(**common), ticket),
        lambda: (
            play.do(e.MergeInto(**common, target=chance.randint(1, 3)), ticket)
            if len(play.tickets) > 3
            else None
        ),
        lambda: play.do(
            e.Workaround(
                **common, what="Other queue", original="Queue A", revert_at=play.now.replace(year=2027)
            ),
            ticket,
        ),
        lambda: play.wait(minutes=chance.choice([0.2, 2, 11, 31, 95])),
        lambda: play.wait(hours=chance.choice([3, 26, 80])),
    ]
    chance.choice(moves)()


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(5, 60))
def test_every_open_ticket_has_a_running_clock_whatever_happened_to_it(seed: int, steps: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a repeatable history, no secret
    play = Play()
    play.write()
    for _ in range(steps):
        _anything(play, chance)
        for ticket in play.tickets.values():
            assert not ticket.is_open or running(ticket), ticket
            assert len(explain(ticket, "Asia/Karachi")) == len(running(ticket))
            assert ticket.is_open or all(kind == "revert" for kind, _ in running(ticket)), ticket
