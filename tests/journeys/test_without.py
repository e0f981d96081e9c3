"""Less than everything: without a public address, without a telephone, and with text messages beside the calls."""

from pathlib import Path

from tests.journeys.driver import HOME, open_stage
from tests.journeys.test_escalation import escalated

NO_TELEPHONE = {"TWILIO_ACCOUNT_SID": "", "TWILIO_AUTH_TOKEN": "", "TWILIO_FROM_NUMBER": ""}


def test_without_a_public_address_the_ladder_goes_on_at_the_right_second(tmp_path: Path) -> None:
    stage = open_stage(tmp_path, PUBLIC_URL="")
    try:
        escalated(stage)
        stage.happened()
        stage.passes(minutes=5, seconds=30)
        stage.bo.answers()
        assert stage.happened() == [
            "14:05:10 calls lee",
            "14:05:10 escalations thread: :telephone_receiver: Calling Lee Lead: the escalation is not acknowledged.",
            "14:05:35 calls bo",
            "14:05:35 escalations thread: :telephone_receiver: Lee Lead did not answer.",
            "14:05:35 escalations thread: :telephone_receiver: Calling Bo Backup: the escalation is not acknowledged.",
            "14:05:40 calls sol",
            "14:05:40 escalations thread: :telephone_receiver: Bo Backup picked up, but nobody pressed a key (a voicemail, perhaps).",
            "14:05:40 escalations thread: :telephone_receiver: Calling Sol Supportlead: the escalation is not acknowledged.",
        ]
        stage.bo.on_card("acknowledge")
        stage.passes(minutes=4)
        assert stage.happened() == [
            "14:05:40 escalations thread: :white_check_mark: Bo Backup acknowledged. Next: assign a developer.",
            "14:05:40 hangs up: canceled",
        ]
        assert stage.bot.complaints() == []
    finally:
        stage.close()


def test_without_a_public_address_a_call_that_is_heard_to_its_end_reached_nobody(tmp_path: Path) -> None:
    stage = open_stage(tmp_path, PUBLIC_URL="")
    try:
        escalated(stage)
        stage.happened()
        stage.lee.phone("voicemail")
        stage.bo.phone("busy")
        stage.sol.phone("fail")
        stage.passes(minutes=6)
        assert stage.happened() == [
            "14:05:10 calls lee",
            "14:05:10 escalations thread: :telephone_receiver: Calling Lee Lead: the escalation is not acknowledged.",
            "14:05:30 calls bo",
            "14:05:30 escalations thread: :telephone_receiver: Lee Lead picked up, but nobody pressed a key (a voicemail, perhaps).",
            "14:05:30 escalations thread: :telephone_receiver: Calling Bo Backup: the escalation is not acknowledged.",
            "14:05:31 calls sol",
            "14:05:31 escalations thread: :telephone_receiver: Bo Backup is busy.",
            "14:05:31 escalations thread: :telephone_receiver: Calling Sol Supportlead: the escalation is not acknowledged.",
            "14:05:32 escalations thread: :telephone_receiver: Sol Supportlead could not be rung (the telephone network could not connect the call).",
            "14:05:32 escalations thread: Nobody was reached in round 1. The next round begins Wed 18 Nov 14:07 PKT.",
        ]
        assert stage.bot.complaints() == []
    finally:
        stage.close()


def test_without_any_telephone_each_round_is_one_line(tmp_path: Path) -> None:
    stage = open_stage(tmp_path, **NO_TELEPHONE)
    try:
        escalated(stage)
        stage.happened()
        stage.passes(minutes=6)
        assert stage.happened() == [
            "14:05:10 escalations thread: @lee @bo @sol *SUP-1*: the escalation is not acknowledged, and no telephone is set up, so nobody is rung (round 1). You are named again Wed 18 Nov 14:07 PKT.",
        ]
        stage.passes(minutes=7)
        assert stage.happened() == [
            "14:07:10 escalations thread: @lee @bo @sol *SUP-1*: the escalation is not acknowledged, and no telephone is set up, so nobody is rung (round 2). You are named again Wed 18 Nov 14:12 PKT.",
            "14:12:10 escalations thread: @lee @bo @sol *SUP-1*: the escalation is not acknowledged, and no telephone is set up, so nobody is rung (round 3). You are named again Wed 18 Nov 14:22 PKT.",
        ]
        stage.lee.on_card("acknowledge")
        stage.passes(minutes=4)
        assert stage.happened() == [
            "14:13:10 escalations thread: :white_check_mark: Lee Lead acknowledged. Next: assign a developer.",
        ]
        assert stage.calls() == []
        assert stage.bot.complaints() == []
    finally:
        stage.close()


def test_where_it_is_agreed_a_text_message_goes_beside_each_call(tmp_path: Path) -> None:
    config = tmp_path / "frontdoor.toml"
    example = (HOME / "frontdoor.example.toml").read_text(encoding="utf-8")
    assert "sms = false" in example
    config.write_text(example.replace("sms = false", "sms = true"), encoding="utf-8")
    stage = open_stage(tmp_path, FRONTDOOR_CONFIG=str(config))
    try:
        escalated(stage)
        stage.happened()
        stage.passes(minutes=5, seconds=10)
        assert stage.happened() == [
            "14:05:10 calls lee",
            "14:05:10 escalations thread: :telephone_receiver: Calling Lee Lead: the escalation is not acknowledged.",
            "14:05:10 sms lee: Frontdoor: SUP-1: the escalation is not acknowledged. We are calling you; open Slack to act.",
        ]
        assert stage.bot.complaints() == []
    finally:
        stage.close()
