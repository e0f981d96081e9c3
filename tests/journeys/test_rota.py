"""Journey 10: who is rung when somebody is away, has no number, or nobody takes a request; and production is down."""

from pathlib import Path

from tests.journeys.driver import Stage, open_stage
from tests.journeys.office import variant
from tests.journeys.telling import BLOCK


def wrote(stage: Stage, text: str = "Printing fails at Harbour Street since this morning") -> str:
    """A client writes and is answered."""
    ts = stage.casey.writes(text)
    stage.passes(seconds=10)
    return ts


def escalated(stage: Stage) -> None:
    """Sam took it and escalated it."""
    wrote(stage)
    stage.sam.on_card("claim")
    stage.sam.on_card("escalate")
    assert stage.sam.fills(**BLOCK)["response_action"] is None


def answer_of(stage: Stage) -> dict[str, object]:
    """The bot's first response, with its button."""
    found = [one for one in stage.messages("retail") if one.get("bot_id")]
    return found[0] | {"channel": "C0RETAIL01"}


def test_journey_10_with_the_lead_away_the_backup_is_asked_and_rung_at_once(stage: Stage) -> None:
    said = stage.lee.runs("away until tomorrow 09:00")
    assert "Lee Lead is away" in said
    stage.passes(seconds=1)
    escalated(stage)
    assert stage.happened() == [
        "14:00:00 support: Lee Lead is away from Wed 18 Nov 14:00 PKT until Thu 19 Nov 09:00 PKT. Bo Backup has the lead's duties.",
        "14:00:01 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "14:00:11 escalations: card SUP-1 · Example Retail: Escalated, to be acknowledged by Bo Backup.",
        "14:00:11 escalations thread: @bo *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 14:05 PKT, or we telephone.",
        "14:00:11 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
        "14:00:11 support thread: Sam Support has taken it.",
        "14:00:11 to bo: *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 14:05 PKT, or we telephone. / > Receipts do not print at one branch since this morning. / [Open the card] in #escalations",
    ]
    stage.passes(minutes=5, seconds=5)
    stage.bo.answers()
    stage.bo.keys("4")
    stage.bo.on_card("assign")
    stage.bo.fills(developer="devi")
    assert stage.happened() == [
        "14:05:11 calls bo",
        "14:05:11 escalations thread: :fast_forward: Lee Lead is away: skipped.",
        "14:05:11 escalations thread: :telephone_receiver: Calling Bo Backup: the escalation is not acknowledged.",
        "14:05:16 escalations thread: :telephone_receiver: Bo Backup's telephone was picked up.",
        "14:05:16 escalations thread: :white_check_mark: Bo Backup acknowledged by telephone. Next: assign a developer.",
        "14:05:16 escalations thread: @devi this is yours. The next update is due by Wed 18 Nov 14:35 PKT: a preliminary resolution or an estimate.",
        "14:05:16 to devi: *SUP-1*: this is yours. The next update is due by Wed 18 Nov 14:35 PKT: a preliminary resolution or an estimate. / > Example Retail: Receipts do not print at one branch since this morning. / [Open the card] in #escalations",
    ]
    assert "Lee Lead is back" in stage.lee.runs("away off")


def test_journey_10_an_absence_that_is_over_counts_no_more(stage: Stage) -> None:
    stage.lee.runs("away for 1 hour")
    stage.passes(minutes=60)
    stage.happened()
    escalated(stage)
    stage.passes(minutes=5)
    assert [line for line in stage.happened() if "lee" in line or "Lee" in line] == [
        "15:00:10 escalations: card SUP-1 · Example Retail: Escalated, to be acknowledged by Lee Lead.",
        "15:00:10 escalations thread: @lee *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 15:05 PKT, or we telephone.",
        "15:00:10 to lee: *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 15:05 PKT, or we telephone. / > Receipts do not print at one branch since this morning. / [Open the card] in #escalations",
        "15:05:10 calls lee",
        "15:05:10 escalations thread: :telephone_receiver: Calling Lee Lead: the escalation is not acknowledged.",
    ]


def test_journey_10_a_person_without_a_number_is_skipped_aloud(tmp_path: Path) -> None:
    config = variant(
        tmp_path,
        ('phone = "+12025550121"\nverified = true\n', ""),
        ('phone = "+12025550122"\nverified = true\n', 'phone = "+12025550122"\n'),
    )
    stage = open_stage(tmp_path, FRONTDOOR_CONFIG=config)
    try:
        escalated(stage)
        stage.happened()
        stage.passes(minutes=5, seconds=26)
        assert stage.happened() == [
            "14:05:10 calls bo",
            "14:05:10 escalations thread: :fast_forward: Lee Lead has no telephone number: skipped.",
            "14:05:10 escalations thread: :telephone_receiver: Calling Bo Backup (number not verified): the escalation is not acknowledged.",
            "14:05:35 calls sol",
            "14:05:35 escalations thread: :telephone_receiver: Bo Backup did not answer.",
            "14:05:35 escalations thread: :telephone_receiver: Calling Sol Supportlead: the escalation is not acknowledged.",
        ]
        stage.lee.on_card("acknowledge")
        assert stage.happened() == [
            "14:05:36 escalations thread: :white_check_mark: Lee Lead acknowledged. Next: assign a developer.",
            "14:05:36 hangs up: canceled",
        ]
        assert stage.bot.complaints() == []
    finally:
        stage.close()


def test_journey_10_a_request_that_nobody_takes_is_put_before_support_and_then_rung(stage: Stage) -> None:
    wrote(stage)
    stage.happened()
    stage.passes(minutes=9, seconds=49)
    assert stage.happened() == []
    stage.passes(seconds=1)
    assert stage.happened() == [
        "14:10:00 support: @sam @sky *[SUP-1]* is still waiting for somebody to take it. In 5 minutes we telephone.",
    ]
    stage.passes(minutes=4, seconds=59)
    assert stage.happened() == []
    stage.sam.phone("busy")
    stage.passes(seconds=40)
    stage.sol.answers()
    assert stage.sol.heard() == [
        "Hello Sol Supportlead. This is Frontdoor. S U P 1 is waiting for support. Press 4 to take it, 5 to pass on to the next person, star to repeat.",
    ]
    stage.sol.keys("4")
    assert stage.sol.heard()[-1:] == [
        "Thank you. That is yours now. You find it in Slack. Goodbye.",
    ]
    assert stage.happened() == [
        "14:15:00 calls sam",
        "14:15:00 support thread: :telephone_receiver: Calling Sam Support: nobody of support has taken it.",
        "14:15:01 calls sky",
        "14:15:01 support thread: :telephone_receiver: Sam Support is busy.",
        "14:15:01 support thread: :telephone_receiver: Calling Sky Support: nobody of support has taken it.",
        "14:15:26 calls sol",
        "14:15:26 support thread: :telephone_receiver: Sky Support did not answer.",
        "14:15:26 support thread: :telephone_receiver: Calling Sol Supportlead: nobody of support has taken it.",
        "14:15:39 support thread: :telephone_receiver: Sol Supportlead's telephone was picked up.",
        "14:15:39 support thread: Sol Supportlead has taken it.",
    ]
    assert "Sol Supportlead" in str(stage.card("support"))


def test_journey_10_taking_it_in_slack_stops_the_telephone(stage: Stage) -> None:
    wrote(stage)
    stage.passes(minutes=14, seconds=55)
    stage.happened()
    stage.sky.on_card("claim")
    assert stage.happened() == [
        "14:15:05 hangs up: canceled",
        "14:15:05 support thread: Sky Support has taken it.",
    ]
    stage.passes(minutes=20)
    assert stage.happened() == []


def test_journey_10_production_is_down_rings_support_at_once(stage: Stage) -> None:
    stage.control("clock/night")
    wrote(stage, "Nothing works")
    stage.casey.presses("production_down", answer_of(stage))
    assert stage.happened() == [
        "23:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "23:00:10 calls sam",
        "23:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
        "23:00:10 retail thread: Understood: production is down (*SUP-1*). We are telephoning our people now, and somebody will write to you here.",
        "23:00:10 support: :rotating_light: *Example Retail* says that production is down (*[SUP-1]*). Telephoning support now.",
        "23:00:10 support thread: :telephone_receiver: Calling Sam Support: the client says that production is down.",
    ]
    stage.passes(seconds=5)
    stage.sam.answers()
    assert stage.sam.heard() == [
        "Hello Sam Support. This is Frontdoor. S U P 1 says that production is down. Press 4 to take it, 5 to pass on to the next person, star to repeat.",
    ]
    stage.sam.keys("4")
    stage.casey.presses("production_down", answer_of(stage))
    assert stage.happened() == [
        "23:00:15 retail, only casey: We know already: somebody from support has it.",
        "23:00:15 support thread: :telephone_receiver: Sam Support's telephone was picked up.",
        "23:00:15 support thread: Sam Support has taken it.",
    ]


def test_journey_10_when_support_sleeps_the_support_lead_is_rung_at_once_and_nobody_is_told_untruths(
    tmp_path: Path,
) -> None:
    config = variant(
        tmp_path,
        ('phone = "+12025550111"', 'shift = "support"\nphone = "+12025550111"'),
        ('phone = "+12025550112"', 'shift = "support"\nphone = "+12025550112"'),
    )
    stage = open_stage(tmp_path, FRONTDOOR_CONFIG=config)
    try:
        stage.until("02:00")
        wrote(stage, "Nothing works")
        assert stage.happened() == [
            "02:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
            "02:00:10 retail thread: We have your message. Your reference is *SUP-1*. Support is back Thu 19 Nov 03:00 GMT. If production is down, press the button: we will telephone the person on call now.",
        ]
        stage.casey.presses("production_down", answer_of(stage))
        stage.passes(seconds=7)
        stage.sol.answers()
        stage.sol.keys("4")
        assert stage.happened() == [
            "02:00:10 calls sol",
            "02:00:10 retail thread: Understood: production is down (*SUP-1*). We are telephoning our people now, and somebody will write to you here.",
            "02:00:10 support: :rotating_light: *Example Retail* says that production is down (*[SUP-1]*). Telephoning support now.",
            "02:00:10 support thread: :fast_forward: Support has nobody on duty: skipped.",
            "02:00:10 support thread: :telephone_receiver: Calling Sol Supportlead: the client says that production is down.",
            "02:00:17 support thread: :telephone_receiver: Sol Supportlead's telephone was picked up.",
            "02:00:17 support thread: Sol Supportlead has taken it.",
        ]
        assert stage.bot.complaints() == []
    finally:
        stage.close()


def test_journey_10_a_quiet_request_of_the_night_rings_nobody_until_support_is_back(tmp_path: Path) -> None:
    config = variant(
        tmp_path,
        ('phone = "+12025550111"', 'shift = "support"\nphone = "+12025550111"'),
        ('phone = "+12025550112"', 'shift = "support"\nphone = "+12025550112"'),
    )
    stage = open_stage(tmp_path, FRONTDOOR_CONFIG=config)
    try:
        stage.until("02:00")
        wrote(stage, "The label on the invoice is too small")
        stage.happened()
        stage.until("08:09")
        assert stage.happened() == []
        stage.until("08:10")
        assert stage.happened() == [
            "08:10:00 support: @sam @sky *[SUP-1]* is still waiting for somebody to take it. In 5 minutes we telephone.",
        ]
        stage.until("08:15")
        assert stage.happened() == [
            "08:15:00 calls sam",
            "08:15:00 support thread: :telephone_receiver: Calling Sam Support: nobody of support has taken it.",
        ]
        assert stage.bot.complaints() == []
    finally:
        stage.close()
