"""VE-1: a vendor that is the cause is asked, and somebody looks whether they kept what they promised."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from policies import events as e
from policies.clocks import explain
from policies.decision import Decision, Refused
from policies.people import Vendor
from policies.ticket import Stage
from tests.policies.cast import CLIENT, ROSTER, staff
from tests.policies.play import Play, assigned, claimed, escalated

HOUR = timedelta(hours=1)
HOSTING = Vendor(key="hosting", name="Example Hosting", contact="support@hosting.example", products=("Till",))
KNOWN = replace(ROSTER, vendors=(HOSTING,))


def ask(
    play: Play, vendor: str = "hosting", told: str = "The disk is full", answer_at: datetime | None = None
) -> Decision | Refused:
    event = e.AskVendor(
        key=play.key(),
        at=play.now,
        actor=staff("devi"),
        vendor=vendor,
        told=told,
        reference="H-77",
        answer_at=answer_at,
    )
    return play.do(event, play.ticket)


def answer(play: Play, said: str = "It is replaced") -> Decision | Refused:
    event = e.VendorAnswer(key=play.key(), at=play.now, actor=staff("devi"), vendor="hosting", said=said)
    return play.do(event, play.ticket)


def asked(play: Play) -> list[str]:
    """Who was asked to look for an answer, in order."""
    return [text for text in play.words() if "has Example Hosting answered" in text]


def test_at_the_promised_moment_whoever_has_it_looks_and_every_day_again() -> None:
    play = assigned(Play(roster=KNOWN))
    play.update(60 * 24 * 30)
    ask(play, answer_at=play.now + 2 * HOUR)
    assert play.ticket.vendors[0].reference == "H-77"
    play.wait(hours=1, minutes=59)
    assert asked(play) == []
    play.wait(minutes=1)
    assert [text.split(" It was")[0] for text in asked(play)] == [
        "<@UDEVI> has Example Hosting answered about *SUP-1*?"
    ]
    assert asked(play)[0].endswith("Their reference: H-77.")
    play.wait(days=1)
    assert len(asked(play)) == 2


def test_without_a_promise_somebody_looks_after_four_hours() -> None:
    play = assigned(Play(roster=KNOWN))
    ask(play)
    assert ("vendor", "hosting", play.now + 4 * HOUR) in [(k, s, at) for at, _, k, s in play.due()]


def test_the_clock_of_a_vendor_speaks_of_what_is_still_to_come() -> None:
    play = assigned(Play(roster=KNOWN))
    ask(play)
    (why,) = [one.why for one in explain(play.ticket, "Asia/Karachi") if one.kind == "vendor"]
    assert why.endswith(": a vendor is to have answered, or somebody is asked to look.")


def test_an_answer_ends_the_asking() -> None:
    play = assigned(Play(roster=KNOWN))
    ask(play)
    assert isinstance(answer(play), Decision)
    assert [kind for _, _, kind, _ in play.due() if kind == "vendor"] == []
    assert isinstance(answer(play), Refused)


def test_before_development_has_it_support_looks() -> None:
    play = claimed(Play(roster=KNOWN))
    event = e.AskVendor(key=play.key(), at=play.now, actor=staff("sam"), vendor="hosting", told="Down?")
    assert isinstance(play.do(event, play.ticket), Decision)
    play.wait(hours=4)
    assert [text.partition(" has")[0] for text in asked(play)] == ["<@USAM>"]


def test_while_it_waits_for_a_developer_the_lead_looks() -> None:
    play = escalated(Play(roster=KNOWN))
    event = e.AskVendor(key=play.key(), at=play.now, actor=staff("lee"), vendor="hosting", told="Down?")
    play.do(event, play.ticket)
    play.wait(hours=4)
    assert [text.partition(" has")[0] for text in asked(play)] == ["<@ULEE>"]


def test_what_cannot_be_right_is_named() -> None:
    play = assigned(Play(roster=KNOWN))
    answers = (ask(play, "unheard-of"), ask(play, told=" "), ask(play, answer_at=play.now))
    faulty = [one.fields[0][0] for one in answers if isinstance(one, Refused)]
    assert faulty == ["vendor", "told", "answer_at"]


def test_a_question_of_before_is_not_taken_up_again_when_the_request_is_reopened() -> None:
    play = assigned(Play(roster=KNOWN))
    ask(play)
    play.resolve()
    play.relay(1)
    play.press("solved", CLIENT)
    play.press("close", staff("sam"))
    play.wait(days=2)
    assert asked(play) == []
    play.press("still_broken", CLIENT)
    assert play.ticket.stage is Stage.NEW
    assert [kind for _, _, kind, _ in play.due() if kind == "vendor"] == []


def mornings(play: Play, days: int) -> list[str]:
    """What support reads on so many mornings."""
    for day in range(days):
        play.do(e.CheckVendors(key=f"vendors:{day}", at=play.now, actor=e.CLOCK))
        play.wait(days=1)
    return play.words("support")


def test_support_is_reminded_of_a_check_in_the_day_before_and_on_its_day() -> None:
    near = replace(HOSTING, check_in=date(2026, 11, 20), notices="https://status.hosting.example")
    play = Play(roster=replace(ROSTER, vendors=(near,)))
    contact = "Contact: support@hosting.example. Their notices: https://status.hosting.example."
    assert mornings(play, 5) == [
        f":factory: The check-in with Example Hosting is tomorrow. {contact}",
        f":factory: The check-in with Example Hosting is today. {contact}",
    ]
