"""A temporary change is recorded with what it was before, and somebody is asked until it is reverted."""

from tests.journeys.driver import Stage
from tests.journeys.telling import BLOCK


def assigned(stage: Stage) -> None:
    """Devi has it since 14:00:10."""
    stage.casey.writes("Printing fails at Harbour Street since this morning")
    stage.passes(seconds=10)
    stage.sam.on_card("escalate")
    assert stage.sam.fills(**BLOCK)["response_action"] is None
    stage.lee.on_card("acknowledge")
    stage.lee.on_card("assign")
    stage.lee.fills(developer="devi")
    stage.happened()


def test_a_workaround_without_its_original_is_not_accepted_and_the_rest_is_remembered(stage: Stage) -> None:
    assigned(stage)
    stage.devi.on_card("workaround")
    revert = int(stage.now().timestamp()) + 2 * 3600
    answer = stage.devi.tries(what="Receipts go to the office printer", original="  ", revert_at=revert)
    assert list(answer["errors"].items()) == [
        ("original", "Please fill this in."),
    ]
    assert stage.happened() == []
    assert stage.devi.tries(original="Receipts go to the till printer")["response_action"] is None
    assert stage.happened() == [
        "14:00:10 escalations thread: :wrench: Devi Developer recorded a workaround, to be reverted by Wed 18 Nov 16:00 PKT: / > Receipts go to the office printer / Original: / > Receipts go to the till printer",
    ]
    reminders = list((stage.data / "records").rglob("*.ics"))
    assert len(reminders) == 1
    assert "DTSTART" in reminders[0].read_text(encoding="utf-8")

    stage.devi.on_card("resolve")
    stage.devi.fills(text="Printing works again.", cause="Spooler", steps="Restarted")
    sent = [one for one in stage.messages("support") if "update 1 for the client" in one["text"]]
    stage.sam.presses("relay", sent[-1] | {"channel": "C0SUPPORT1"})
    stage.sam.on_card("confirm")
    stage.sam.on_card("close")
    assert stage.happened() == [
        "14:00:10 escalations thread: *Devi Developer* gives update 1: / > Printing works again.",
        "14:00:10 retail thread: This is resolved: Printing works again. / Please have a look: is everything in order now?",
        "14:00:10 retail thread: *SUP-1* is closed. Thank you. If it comes back, just write here within 7 days and we open it again.",
        "14:00:10 support thread: @sam update 1 for the client. This is what they would read: / > This is resolved: Printing works again. / >  / > Please have a look: is everything in order now?",
        "14:00:10 support thread: @sam Sam Support confirmed that *SUP-1* is solved. It can be closed.",
    ]
    stage.passes(hours=2)
    assert stage.happened() == [
        "16:00:10 escalations thread: @devi @lee is this workaround reverted? Receipts go to the office printer",
    ]
    stage.passes(days=1)
    assert stage.happened() == [
        "16:00:10 escalations thread: @devi @lee is this workaround reverted? Receipts go to the office printer",
    ]
    stage.devi.on_card("reverted")
    assert stage.happened() == [
        "16:00:10 escalations thread: Devi Developer confirmed that workaround 1 is reverted.",
    ]
    stage.nothing_more(49)


def test_a_code_change_is_logged_with_its_reach_and_its_path(stage: Stage) -> None:
    assigned(stage)
    stage.devi.on_card("code_change")
    answer = stage.devi.tries(summary="Restart the spooler by itself", scope="site", urgent=["yes"])
    assert list(answer["errors"].items()) == [
        (
            "scope",
            "The hotfix path is for all users or for downtime: choose the scope, or leave it to planning.",
        ),
    ]
    assert stage.devi.tries(scope="all")["response_action"] is None
    assert stage.happened() == [
        "14:00:10 escalations thread: Code change *CHG-1-1* is logged for the hotfix path (all clients): Restart the spooler by itself",
    ]
    (row,) = stage.sheet()
    assert [row["Code changes"]] == [
        "CHG-1-1 (urgent): Restart the spooler by itself",
    ]
