"""The one line in the client's thread: what is said of the next word stays true, without a message more (UP-3)."""

from tests.journeys.driver import Stage, assigned, buttons
from tests.journeys.telling import plainly

BEGINS = "*SUP-1*, received Wed 18 Nov 09:00 GMT."


def estimate(stage: Stage, minutes: int, text: str) -> None:
    """Devi gives an estimate, and Sam sends it on."""
    stage.devi.on_card("update")
    promise = int(stage.now().timestamp()) + minutes * 60
    assert stage.devi.fills(what="estimate", text=text, promise=promise)["response_action"] is None
    sent(stage)


def sent(stage: Stage) -> None:
    """Sam sends the newest draft on as it is."""
    drafts = [one for one in stage.messages("support") if "for the client. This is what" in one["text"]]
    stage.sam.presses("relay", drafts[-1] | {"channel": "C0SUPPORT1"})


def to_the_client(stage: Stage) -> list[str]:
    """What Casey's channel saw."""
    return [line for line in stage.happened() if " retail" in line]


def test_the_line_is_true_through_an_estimate_the_bots_own_sentence_a_revision_and_the_resolution(
    stage: Stage,
) -> None:
    assigned(stage)
    estimate(stage, 60, "The spooler hangs; restarting it.")
    stage.passes(minutes=54)
    stage.passes(minutes=7)
    estimate(stage, 30, "A part of it is replaced.")
    stage.passes(minutes=10)
    stage.devi.on_card("resolve")
    stage.devi.fills(text="Printing works again.", cause="Spooler", steps="Replaced")
    sent(stage)
    stage.sam.on_card("confirm")
    stage.sam.on_card("close")
    assert to_the_client(stage) == [
        f"14:00:10 retail line: {BEGINS} We are working on it. You hear from us again by Wed 18 Nov 10:00 GMT.",
        "14:00:10 retail thread: An update: The spooler hangs; restarting it. / You will hear from us again by Wed 18 Nov 10:00 GMT.",
        f"14:54:10 retail line: {BEGINS} We are working on it. It takes longer than expected. You hear from us again by Wed 18 Nov 10:30 GMT.",
        "14:54:10 retail thread: About *SUP-1*: it will take longer than we said. You will have the next word from us by Wed 18 Nov 10:30 GMT.",
        f"15:01:10 retail line: {BEGINS} We are working on it. You hear from us again by Wed 18 Nov 10:31 GMT.",
        "15:01:10 retail thread: An update: A part of it is replaced. / You will hear from us again by Wed 18 Nov 10:31 GMT.",
        f"15:11:10 retail line: {BEGINS} We believe that it is solved: please tell us whether it is.",
        f"15:11:10 retail line: {BEGINS} It is solved.",
        f"15:11:10 retail line: {BEGINS} It is closed.",
        "15:11:10 retail thread: This is resolved: Printing works again. / Please have a look: is everything in order now?",
        "15:11:10 retail thread: *SUP-1* is closed. Thank you. If it comes back, just write here within 7 days and we open it again.",
    ]
    first = next(one for one in stage.messages("retail") if one.get("bot_id"))
    assert plainly(first["text"]) == f"{BEGINS} It is closed."
    assert buttons(first) == ["production_down"]


def test_a_resolution_that_nobody_passes_on_makes_us_late_and_the_line_says_so(stage: Stage) -> None:
    assigned(stage)
    estimate(stage, 60, "The spooler hangs; restarting it.")
    stage.passes(minutes=54)
    stage.devi.on_card("resolve")
    stage.devi.fills(text="Printing works again.", cause="Spooler", steps="Replaced")
    stage.happened()
    stage.passes(minutes=35, seconds=59)
    assert stage.happened() == [
        "15:04:10 support thread: @sam update 2 has not been sent to the client yet.",
    ]
    stage.passes(seconds=1)
    assert stage.happened() == [
        f"15:30:10 retail line: {BEGINS} We are working on it. You were to hear from us by Wed 18 Nov 10:30 GMT: we are late, and our people have been told so.",
        "15:30:10 support thread: @sam the client was told to hear from us by Wed 18 Nov 15:30 PKT, and has not. Please write to them now.",
    ]
    sent(stage)
    assert stage.happened() == [
        f"15:30:10 retail line: {BEGINS} We believe that it is solved: please tell us whether it is.",
        "15:30:10 retail thread: This is resolved: Printing works again. / Please have a look: is everything in order now?",
    ]
