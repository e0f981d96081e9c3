"""Journey 13: who may not, is told why, and nothing changes."""

import urllib.error
import urllib.request

import pytest

from tests.journeys.driver import BLOCK, Stage
from tests.journeys.leaks import asked


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
    before = stage.card("escalations")["blocks"]
    for who in (stage.nora, stage.devi, stage.sam):
        who.on_card("acknowledge", place="escalations")
    stage.devi.on_card("reply", place="support")

    assert stage.happened() == [
        "14:00:10 escalations, only devi: Only the development lead or the backup lead may acknowledge an escalation. Nothing was changed.",
        "14:00:10 escalations, only nora: Only the development lead or the backup lead may acknowledge an escalation. Nothing was changed.",
        "14:00:10 escalations, only sam: Only the development lead or the backup lead may acknowledge an escalation. Nothing was changed.",
    ]
    assert "Only support or the support lead" in str(stage.devi.view())
    assert stage.card("escalations")["blocks"] == before
    assert [fact["verb"] for fact in stage.timeline("SUP-1") if fact["kind"] == "refused"] == [
        "acknowledge",
        "acknowledge",
        "acknowledge",
        "reply",
    ]


def test_journey_13_a_developer_may_not_close(stage: Stage) -> None:
    stage.casey.writes("Printing fails")
    stage.passes(seconds=10)
    stage.sam.on_card("answer")
    stage.sam.fills(outcome="answered", text="Like this.")
    stage.happened()
    stage.devi.on_card("close", place="support")

    assert stage.happened() == [
        "14:00:10 support, only devi: Only support or the support lead may close a request. Nothing was changed.",
    ]
    assert "Resolved" in str(stage.card("support"))


def test_journey_13_an_external_person_in_an_internal_channel_can_press_nothing(stage: Stage) -> None:
    escalated(stage)
    before = stage.card("escalations")["blocks"]
    stage.control("channel", user=stage.sam.id, channel="C0ESCALATE", act="share", value="T0RETAIL01")
    stage.control("join", user=stage.casey.id, channel="C0ESCALATE")
    stage.casey.on_card("acknowledge", place="escalations")

    assert stage.happened() == [
        "14:00:10 escalations, only casey: Only the development lead or the backup lead may acknowledge an escalation. Nothing was changed.",
    ]
    assert stage.card("escalations")["blocks"] == before


def test_journey_13_a_stranger_at_the_webhook_is_turned_away(strangers: Stage) -> None:
    escalated(strangers)
    strangers.passes(minutes=5)
    strangers.happened()
    for path in ("phone/key/1-1", "phone/status/1-1", "phone/answer/1-1", "phone/key/x", "slack/events"):
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{strangers.bot.environment['PUBLIC_URL']}/{path}",
            data=b"Digits=4&CallSid=CA00000000000000000000000000000001",
            headers={"X-Twilio-Signature": "forged"},
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=5)  # noqa: S310 - loopback
        refused.value.close()
        assert refused.value.code in {401, 403, 404}, path

    assert strangers.happened() == []
    alarms = [line for line in strangers.bot.complaints() if "refused a telephone webhook" in line]
    figures = asked(strangers.bot.environment["FRONTDOOR_LISTEN"])[0]
    assert len(alarms) == 1
    assert 'frontdoor_phone_webhooks_refused_total{reason="signature"} 4.0' in figures
