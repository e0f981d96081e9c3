"""What kept a late effect is told by what the network saw."""

from tests.reliability.kept import Seen, Span, kept, told


def _seen(begun: float, ended: float, mode: str) -> Seen:
    return Seen(begun=begun, ended=ended, mode=mode, what="k")


def test_a_late_effect_is_cut_into_what_it_waited_for() -> None:
    """Due at 0, hung for 8 s, settled, could not be read for long, refused once, the bot died, landed at 60."""
    tries = [_seen(1, 9, "silence before"), _seen(39, 39, "429"), _seen(60, 61, "fine")]
    waited = kept(Span(0, 60), tries, [Span(42, 50)], settling=20)

    assert told(waited) == (
        "20 s until it could not land any more, 13 s put off by the provider, 10 s until somebody could read whether it "
        "was there, 8 s requests that hung or failed, 8 s the bot was dead, 1 s before its first attempt"
    )
    assert sum(waited.values()) == 60


def test_what_was_asked_of_the_network_before_its_moment_counts_from_then() -> None:
    """Its telephone was in doubt for somebody else."""
    waited = kept(Span(5, 30), [_seen(1, 11, "silence after"), _seen(30, 30, "fine")], [], settling=10)

    assert (
        told(waited)
        == "19 s until somebody could read whether it was there, 6 s requests that hung or failed"
    )


def test_what_landed_without_being_asked_for_again_ends_there() -> None:
    waited = kept(Span(0, 3), [_seen(2, 12, "silence after")], [], settling=20)

    assert told(waited) == "2 s before its first attempt, 1 s requests that hung or failed"
