"""What the metronome and its guard promise."""

import asyncio

from structlog.testing import capture_logs

from bot.scheduler import ALARM, STALL, Metronome, guard


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


async def test_the_guard_alarms_and_then_gives_up() -> None:
    """Once each, and again after a recovery."""
    ages = iter([0.0, ALARM, ALARM + 1, STALL, STALL + 1, 0.0, STALL])
    stalls: list[int] = []
    done = asyncio.Event()

    def age() -> float:
        value = next(ages, None)
        if value is None:
            done.set()
            return 0.0
        return value

    with capture_logs() as logs:
        task = asyncio.create_task(guard(age, lambda: stalls.append(1), check=0))
        async with asyncio.timeout(10):
            await done.wait()
        task.cancel()

    assert (len(logs), len(stalls)) == (2, 2)
