"""A vendor is the cause: what is agreed with them is shown, and their promise is looked after."""

from pathlib import Path

from tests.journeys.driver import BLOCK, open_stage
from tests.journeys.office import variant

VENDOR = """
[[vendors]]
key = "hosting"
name = "Example Hosting"
contact = "support@hosting.example"
needs = "the server's name"
promises = "an answer in two hours"
"""


def test_a_vendor_who_is_the_cause_is_asked_and_reminded_of_its_promise(tmp_path: Path) -> None:
    stage = open_stage(tmp_path, FRONTDOOR_CONFIG=variant(tmp_path, more=VENDOR))
    try:
        stage.casey.writes("Printing fails at Harbour Street since this morning")
        stage.passes(seconds=10)
        stage.sam.on_card("escalate")
        stage.sam.fills(**BLOCK)
        stage.lee.on_card("acknowledge")
        stage.lee.on_card("assign")
        stage.lee.fills(developer="devi")
        stage.happened()
        stage.devi.on_card("vendor")
        assert "They need to know: the server's name" in str(stage.devi.view())
        promised = int(stage.now().timestamp()) // 60 * 60 + 20 * 60
        stage.devi.fills(told="The disk is full", reference="H-77", answer_at=promised)
        assert "asked Wed 18 Nov 14:00 PKT, their reference H-77" in stage.lee.runs("vendors")
        stage.passes(minutes=20)
        asked = stage.messages("escalations")[-1] | {"channel": "C0ESCALATE"}
        stage.devi.presses("vendor_answered", asked)
        stage.devi.fills(said="The disk is replaced.")
        assert stage.happened() == [
            "14:00:10 escalations thread: :factory: Devi Developer asked Example Hosting. Their reference: H-77. They promised an answer by Wed 18 Nov 14:20 PKT. They were told: / > The disk is full",
            "14:20:00 escalations thread: @devi has Example Hosting answered about *SUP-1*? It was promised by Wed 18 Nov 14:20 PKT. Their reference: H-77.",
            "14:20:10 escalations thread: :factory: Example Hosting answered, says Devi Developer: / > The disk is replaced.",
        ]
        (row,) = stage.sheet()
        assert row["Vendors"] == "Example Hosting H-77"
    finally:
        stage.close()
