"""TR-4: what is new work becomes a change request of a kind, kindly; a defect never does."""

from typing import get_args

import pytest

from policies import events as e
from policies.decision import Decision, Refused
from policies.events.terms import Work
from policies.words.client import change_request
from tests.policies.cast import CLIENT, staff
from tests.policies.play import Play, assigned, claimed


def new_work(play: Play, work: Work = "feature", by: str = "sam") -> Decision | Refused:
    event = e.ChangeRequest(key=play.key(), at=play.now, actor=staff(by), work=work)
    return play.do(event, play.ticket)


@pytest.mark.parametrize("work", get_args(Work))
def test_each_kind_of_new_work_is_recorded_and_told_in_words_of_its_own(work: Work) -> None:
    play = claimed()
    before = play.now
    new_work(play, work)
    assert (play.ticket.new_work, play.ticket.new_work_at, play.ticket.outcome) == (
        work,
        before,
        "change_request",
    )
    told = play.words("client_thread")[-1]
    assert told == change_request("SUP-1", work, "")
    assert told.endswith("and the people who plan new work with you will come back to you.")
    assert len({change_request("SUP-1", one, "") for one in get_args(Work)}) == len(get_args(Work))


def reopened_defect() -> Play:
    """Resolved by development with a change of code, and not right for the client."""
    play = assigned()
    play.resolve(code_change="Restart the spooler")
    play.relay(1)
    play.press("still_broken", CLIENT)
    return play


def test_a_defect_never_becomes_a_change_request_by_support() -> None:
    play = reopened_defect()
    refused = new_work(play)
    assert isinstance(refused, Refused)
    assert refused.why == (
        "Development has worked on SUP-1 as a defect, and a defect is fixed: only the support lead may call it "
        "new work. Nothing was changed."
    )
    assert play.ticket.new_work == ""


def test_the_support_lead_may_judge_otherwise() -> None:
    play = reopened_defect()
    assert isinstance(new_work(play, "beyond_defect", by="sol"), Decision)
    assert play.ticket.new_work == "beyond_defect"
