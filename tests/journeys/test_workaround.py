"""A temporary change is recorded with what it was before, and somebody is asked until it is reverted."""

from tests.journeys.driver import Stage, assigned


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
    assert "METHOD:REQUEST" in reminders[0].read_text(encoding="utf-8")
    assert [appointments(stage, who) for who in ("devi", "lee")] == [["SUP-1-workaround-1-0.ics"]] * 2


def appointments(stage: Stage, who: str) -> list[str]:
    """The files for the calendar in somebody's direct messages, oldest first."""
    return [file["name"] for one in stage.messages(who) for file in one.get("files") or ()]


def test_a_workaround_is_put_off_and_reverted_late_and_the_calendars_follow(stage: Stage) -> None:
    assigned(stage)
    stage.devi.on_card("workaround")
    stage.devi.fills(what="Receipts go to the office printer", original="Receipts go to the till printer")
    stage.devi.on_card("resolve")
    stage.devi.fills(text="Printing works again.", cause="Spooler", steps="Restarted")
    sent = [one for one in stage.messages("support") if "update 1 for the client" in one["text"]]
    stage.sam.presses("relay", sent[-1] | {"channel": "C0SUPPORT1"})
    stage.sam.on_card("confirm")
    stage.happened()
    stage.sam.on_card("close_carried")
    assert "This request leaves something behind that has to be reverted" in str(stage.sam.view())
    friday = int(stage.now().timestamp()) // 60 * 60 + 2 * 86400
    assert stage.sam.tries(until_1=friday)["response_action"] is None
    assert stage.happened() == [
        "14:00:10 retail thread: *SUP-1* is closed. Thank you. If it comes back, just write here within 7 days and we open it again.",
        "14:00:10 support thread: :wrench: *SUP-1* is closed and leaves behind: workaround 1 (Receipts go to the office printer), carried by Devi Developer until Fri 20 Nov 14:00 PKT.",
    ]
    (row,) = stage.sheet()
    assert row["Workarounds"] == (
        "Receipts go to the office printer (live, carried by Devi Developer until Fri 20 Nov 14:00 PKT)"
    )
    assert "Workaround reverted" in stage.lee.home()
    assert "original: Receipts go to the till printer" in stage.sol.runs("workarounds")
    stage.passes(days=2)
    assert stage.happened() == [
        "14:00:00 escalations thread: @devi is this workaround reverted? Receipts go to the office printer",
    ]
    asked = stage.messages("escalations")[-1] | {"channel": "C0ESCALATE"}
    stage.devi.presses("carry", asked)
    stage.devi.fills(until=friday + 86400, why="The new printer comes on Saturday")
    assert stage.happened() == [
        "14:00:10 escalations thread: Devi Developer: Devi Developer reverts workaround 1 by Sat 21 Nov 14:00 PKT. The new printer comes on Saturday",
    ]
    stage.passes(days=2)
    assert stage.happened() == [
        "14:00:00 escalations thread: @devi is this workaround reverted? Receipts go to the office printer",
        "14:00:00 escalations thread: @devi @lee is this workaround reverted? Receipts go to the office printer",
    ]
    stage.devi.presses("reverted", stage.messages("escalations")[-1] | {"channel": "C0ESCALATE"})
    assert stage.happened() == [
        "14:00:10 escalations thread: Devi Developer confirmed that workaround 1 is reverted.",
    ]
    names = [f"SUP-1-workaround-1-{change}.ics" for change in (1, 2, 3)]
    assert [appointments(stage, who) for who in ("devi", "lee")] == [names] * 2
    (reminder,) = (stage.data / "records").rglob("*.ics")
    assert "METHOD:CANCEL" in reminder.read_text(encoding="utf-8")
    assert stage.calls() == []
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
