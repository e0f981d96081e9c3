"""The bot ends in the middle, by a power cut or by a signal, and goes on where it was: nothing twice, nothing lost."""

import time
from collections.abc import Callable

from tests.journeys.driver import PATIENCE, Stage
from tests.journeys.telling import BLOCK


def escalated_at_night(stage: Stage) -> None:
    """Escalated at 22:30:10: the lead has until 22:45:10."""
    stage.until("22:30")
    stage.casey.writes("Printing fails at Harbour Street since this morning")
    stage.passes(seconds=10)
    stage.sam.on_card("claim")
    stage.sam.on_card("escalate")
    assert stage.sam.fills(**BLOCK)["response_action"] is None
    stage.happened()


def back(stage: Stage) -> None:
    """The bot is started again, and everything that waited for it is done."""
    stage.bot.start()
    stage.control("clock/settle")


def until(true: Callable[[], bool]) -> None:
    """Machine time passes until it is so: what an earlier process left is asked for by machine time."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it never came to it"


def test_killed_while_the_leads_telephone_rings_it_goes_on_to_the_backup(stage: Stage) -> None:
    escalated_at_night(stage)
    stage.passes(minutes=15, seconds=5)
    assert stage.happened() == [
        "22:45:10 calls lee",
        "22:45:10 escalations thread: :telephone_receiver: Calling Lee Lead: the escalation is not acknowledged.",
    ]
    stage.bot.kill()
    back(stage)
    assert stage.happened() == []
    stage.passes(seconds=25)
    stage.bo.answers()
    stage.bo.keys("4")
    assert stage.happened() == [
        "22:45:35 calls bo",
        "22:45:35 escalations thread: :telephone_receiver: Lee Lead did not answer.",
        "22:45:35 escalations thread: :telephone_receiver: Calling Bo Backup: the escalation is not acknowledged.",
        "22:45:40 escalations thread: :telephone_receiver: Bo Backup's telephone was picked up.",
        "22:45:40 escalations thread: :white_check_mark: Bo Backup acknowledged by telephone. Next: assign a developer.",
    ]
    assert [(one["to"][-3:], one["status"]) for one in stage.calls()] == [
        ("121", "no-answer"),
        ("122", "completed"),
    ]
    stage.bo.on_card("assign")
    stage.bo.fills(developer="devi")
    stage.devi.on_card("resolve")
    stage.devi.fills(text="Printing works again.", cause="Spooler", steps="Restarted")
    sent = [one for one in stage.messages("support") if "update 1 for the client" in one["text"]]
    stage.sam.presses("relay", sent[-1] | {"channel": "C0SUPPORT1"})
    stage.sam.on_card("confirm")
    stage.sam.on_card("close")
    assert stage.happened() == [
        "22:45:40 escalations thread: @devi this is yours. The next update is due by Wed 18 Nov 23:15 PKT: a preliminary resolution or an estimate.",
        "22:45:40 escalations thread: *Devi Developer* gives update 1: / > Printing works again.",
        "22:45:40 retail thread: This is resolved: Printing works again. / Please have a look: is everything in order now?",
        "22:45:40 retail thread: *SUP-1* is closed. Thank you. If it comes back, just write here within 7 days and we open it again.",
        "22:45:40 support thread: @sam update 1 for the client. This is what they would read: / > This is resolved: Printing works again. / >  / > Please have a look: is everything in order now?",
        "22:45:40 support thread: @sam Sam Support confirmed that *SUP-1* is solved. It can be closed.",
        "22:45:40 to devi: *SUP-1*: this is yours. The next update is due by Wed 18 Nov 23:15 PKT: a preliminary resolution or an estimate. / > Example Retail: Receipts do not print at one branch since this morning. / [Open the card] in #escalations",
    ]
    stage.nothing_more()


def test_down_while_the_call_ends_it_asks_how_the_call_ended_and_goes_on(stage: Stage) -> None:
    escalated_at_night(stage)
    stage.passes(minutes=15, seconds=5)
    stage.happened()
    stage.bot.kill()
    stage.passes(seconds=60)
    assert stage.happened() == []
    back(stage)
    until(lambda: len(stage.calls()) == 2)
    stage.control("clock/settle")
    assert stage.happened() == [
        "22:46:15 calls bo",
        "22:46:15 escalations thread: :telephone_receiver: Lee Lead did not answer.",
        "22:46:15 escalations thread: :telephone_receiver: Calling Bo Backup: the escalation is not acknowledged.",
    ]
    stage.passes(seconds=25)
    assert stage.happened() == [
        "22:46:40 calls sol",
        "22:46:40 escalations thread: :telephone_receiver: Bo Backup did not answer.",
        "22:46:40 escalations thread: :telephone_receiver: Calling Sol Supportlead: the escalation is not acknowledged.",
    ]


def test_down_over_the_lapse_the_lead_is_called_at_once_on_return(stage: Stage) -> None:
    escalated_at_night(stage)
    stage.passes(minutes=5)
    stage.bot.kill()
    stage.passes(minutes=20)
    assert stage.happened() == []
    back(stage)
    assert stage.happened() == [
        "22:55:10 calls lee",
        "22:55:10 escalations thread: :telephone_receiver: Calling Lee Lead: the escalation is not acknowledged.",
    ]
    stage.passes(seconds=25)
    assert stage.happened() == [
        "22:55:35 calls bo",
        "22:55:35 escalations thread: :telephone_receiver: Lee Lead did not answer.",
        "22:55:35 escalations thread: :telephone_receiver: Calling Bo Backup: the escalation is not acknowledged.",
    ]


def test_a_message_written_while_it_was_down_is_dated_by_its_own_time(stage: Stage) -> None:
    stage.bot.kill()
    stage.casey.writes("The till shows an error", settle=False)
    stage.passes(minutes=4)
    back(stage)
    assert sorted(stage.happened()) == [
        "14:04:00 retail thread: We could not be reached between Wed 18 Nov 09:00 GMT and Wed 18 Nov 09:04 GMT; your message was not lost. We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
        "14:04:00 support: :hourglass: We could not hear Slack from Wed 18 Nov 14:00 PKT to Wed 18 Nov 14:04 PKT. Taken in late: / • Example Retail: 1 message (*SUP-1*), up to 4 minutes late.",
        "14:04:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
    ]
    (row,) = stage.sheet()
    assert row["Opened (Asia/Karachi)"] == "2026-11-18 14:00:00"
    stage.passes(minutes=5, seconds=59)
    assert stage.happened() == []
    stage.passes(seconds=1)
    assert stage.happened() == [
        "14:10:00 support: @sam @sky *[SUP-1]* is still waiting for somebody to take it. In 5 minutes we telephone.",
    ]


def test_asked_to_stop_it_ends_cleanly_and_goes_on_afterwards(stage: Stage) -> None:
    stage.casey.writes("The till shows an error")
    stage.passes(seconds=3)
    stage.bot.stop()
    assert stage.bot.process is not None
    assert stage.bot.process.returncode == 0
    back(stage)
    stage.passes(seconds=7)
    assert stage.happened() == [
        "14:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "14:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
    ]


def test_killed_again_and_again_nothing_is_said_twice(stage: Stage) -> None:
    stage.casey.writes("The till shows an error")
    for _ in range(3):
        stage.bot.kill()
        back(stage)
        stage.passes(seconds=4)
    stage.bot.kill()
    back(stage)
    stage.sam.on_card("claim")
    stage.bot.kill()
    back(stage)
    assert stage.happened() == [
        "14:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "14:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
        "14:00:12 support thread: Sam Support has taken it.",
    ]
