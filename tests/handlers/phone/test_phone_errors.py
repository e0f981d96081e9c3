"""What Twilio's refusals come to: given up with words, tried again, or perhaps done."""

import pytest

from bot.ports import NotSent, Unknown
from handlers.phone.errors import TROUBLES, refusal, trouble

ALARMS = {
    10001,
    11200,
    12100,
    20005,
    13227,
    20003,
    21205,
    21210,
    21215,
    21216,
    21219,
    21408,
    21609,
    32205,
    573005,
}


@pytest.mark.parametrize("code", sorted(set(TROUBLES) - {20429}))
def test_a_known_refusal_is_final_and_has_plain_words(code: int) -> None:
    """The next rung is rung at once; the words carry no code and can stand in a sentence."""
    failure = refusal(400, code, scope="calls")

    assert isinstance(failure, NotSent)
    assert (failure.retry_after, failure.scope) == (None, "")
    assert failure.reason[0].islower()
    assert not any(letter.isdigit() for letter in failure.reason)


def test_the_alarm_is_for_what_we_have_set_up_wrong() -> None:
    """Credentials, our own number, geography, trial, addresses: no other person's number cures those."""
    assert {code for code, found in TROUBLES.items() if found.alarm} == ALARMS


def test_a_refusal_we_do_not_know_is_final_and_alarms() -> None:
    failure = refusal(400, 29999)

    assert isinstance(failure, NotSent)
    assert failure.retry_after is None
    assert "29999" in failure.reason
    assert trouble(29999).alarm


@pytest.mark.parametrize("code", [20429, None, 14107])
def test_too_many_requests_wait_and_go_on(code: int | None) -> None:
    """A 429 was not processed, whatever its code: safe to try again, and only calls have to wait."""
    failure = refusal(429, code, scope="calls")

    assert isinstance(failure, NotSent)
    assert failure.retry_after is not None
    assert failure.scope == "calls"


@pytest.mark.parametrize("status", [302, 408, 500, 502, 503, 504])
def test_no_clear_answer_is_perhaps_done(status: int) -> None:
    """A call may be ringing: it is read back before anybody is rung twice."""
    assert isinstance(refusal(status, 20500), Unknown)
