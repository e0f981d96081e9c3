"""Journey 13: who may not, is told why, and nothing changes."""

import urllib.error
import urllib.request

import pytest

from tests.journeys.driver import BLOCK, Stage


def escalated(stage: Stage) -> None:
    """A request that waits for the lead."""
    stage.casey.writes("Printing fails")
    stage.passes(seconds=10)
    stage.sam.on_card("claim")
    stage.sam.on_card("escalate")
    stage.sam.fills(**BLOCK)
    stage.happened()


def test_journey_13_who_has_no_right_is_told_why_and_nothing_changes(stage: Stage) -> None:
    escalated(stage)
    before = stage.card("escalations")
    for who in (stage.nora, stage.devi, stage.sam):
        who.on_card("acknowledge", place="escalations")
    stage.devi.on_card("reply", place="support")

    print("\n".join(stage.happened()))
    assert stage.card("escalations")["blocks"] == before["blocks"]


def test_journey_13_an_external_person_in_an_internal_channel_can_press_nothing(stage: Stage) -> None:
    escalated(stage)
    stage.control("join", user=stage.casey.id, channel="C0ESCALATE")
    stage.casey.on_card("acknowledge", place="escalations")

    print("\n".join(stage.happened()))


def test_journey_13_a_stranger_at_the_webhook_is_turned_away(stage: Stage) -> None:
    escalated(stage)
    stage.passes(minutes=5)
    stage.happened()
    for path in ("phone/key/1-1", "phone/status/1-1", "phone/answer/1-1", "phone/key/x", "slack/events"):
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{stage.bot.environment['PUBLIC_URL']}/{path}",
            data=b"Digits=4&CallSid=CA00000000000000000000000000000001",
            headers={"X-Twilio-Signature": "forged"},
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=5)  # noqa: S310 - loopback
        refused.value.close()
        assert refused.value.code in {401, 403, 404}, path
    assert stage.happened() == []
