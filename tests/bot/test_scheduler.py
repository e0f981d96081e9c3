"""What the metronome promises."""

import asyncio

from bot.scheduler import Metronome


async def test_the_metronome_beats_on_the_loop_until_it_is_stopped() -> None:
    """Again and again, where asyncio may be touched."""
    loop, beats = asyncio.get_running_loop(), asyncio.Queue[bool]()
    metronome = Metronome()
    metronome.every(0.01, lambda: beats.put_nowait(asyncio.get_running_loop() is loop))
    metronome.start()
    async with asyncio.timeout(10):
        assert [await beats.get() for _ in range(3)] == [True, True, True]
    metronome.stop()
    metronome.stop()


async def test_a_beat_that_fails_does_not_stop_the_next() -> None:
    """A metronome that dies of one error would be silence."""
    beats = asyncio.Queue[int]()

    def beat() -> None:
        beats.put_nowait(1)
        raise ZeroDivisionError("on purpose")

    metronome = Metronome()
    metronome.every(0.01, beat)
    metronome.start()
    async with asyncio.timeout(10):
        assert await beats.get() + await beats.get() == 2
    metronome.stop()
