"""A fault of ours while somebody is on the line: they hear words and can press a key, never an error of the telephone service."""

import re

import pytest

from handlers.phone.lines import MENUS
from policies.words import spoken
from tests.handlers.phone.stage import Stage
from tests.handlers.phone.test_phone_webhook import ANSWER, KEY, action, words


@pytest.fixture
def unreadable(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """What waits for Lee cannot be read any more."""

    async def broken(_person: str) -> None:
        raise ValueError("a fact of a kind nobody knows")

    monkeypatch.setattr(stage.board, "waiting_for", broken)
    return stage


async def test_whoever_picks_up_can_take_it_though_what_waits_cannot_be_read_out(
    unreadable: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """Fixed words, the same keys, and the fault in the log."""
    picked_up = await unreadable.says(ANSWER)
    done = await unreadable.says(action(picked_up), Digits="4")

    assert words(picked_up) == spoken.blind()
    assert words(done) == spoken.taken()
    assert unreadable.desk.kinds() == ["call_answered", "key_pressed"]
    assert "a fact of a kind nobody knows" in caplog.text


async def test_the_fixed_words_are_not_said_for_ever(unreadable: Stage) -> None:
    """Stars into a broken menu: each has its own number, and the last one is a farewell."""
    path, heard = KEY, 0
    while re.search("<Gather", document := await unreadable.says(path, Digits="*")):
        path, heard = action(document), heard + 1

    assert heard == MENUS - 1
    assert words(document) == spoken.voicemail()
