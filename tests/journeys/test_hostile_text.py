"""Journey 14: text that wants to be more than text."""

import pytest

from tests.journeys.driver import BLOCK, Stage

HOSTILE = {
    "mentions": "<!channel> <!here> <@U0LEE00001> <https://evil.example|https://bank.example> help",
    "formatting": "``` *bold* _it_ ~gone~ > quote ``` `code` & <b>",
    "formula": '=HYPERLINK("https://evil.example","click")',
    "long": "printing fails " * 800,
    "emoji": "🖨️🔥 does not work 😀",
    "right to left": "الطابعة لا تعمل \u202eabc\u202c في الفرع",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_journey_14_hostile_words_stay_words(stage: Stage, kind: str) -> None:
    stage.casey.writes(HOSTILE[kind])
    stage.passes(seconds=10)
    stage.sam.on_card("claim")
    stage.sam.on_card("escalate")
    stage.sam.fills(**BLOCK | {"issue_detail": HOSTILE[kind][:2900]})
    shown = str(stage.messages("support")) + str(stage.messages("escalations"))

    assert "<!channel>" not in shown
    assert "<!here>" not in shown
    assert "evil.example|" not in shown
    assert "\u202e" not in shown
    assert stage.sheet()[0]["Reference"] == "SUP-1"
    assert not any(cell.startswith("=") for cell in stage.sheet()[0].values())


def test_journey_14_only_a_file_is_a_request_and_nothing_at_all_is_none(stage: Stage) -> None:
    stage.casey.writes("", files=[{"name": "screen.png"}])
    stage.passes(seconds=10)

    assert len(stage.said("retail")) == 1
