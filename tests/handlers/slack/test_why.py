"""Why these times? The button shows what runs and what each moment is made of, and leaves no trace."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from handlers.slack import cards
from handlers.slack.names import Desk
from handlers.slack.why import view
from policies.clocks import running
from policies.hours import Hours, Window
from policies.ticket import Stage
from tests.handlers.slack.conftest import FakeSlack
from tests.handlers.slack.limits import texts, view_problems
from tests.handlers.slack.stage import CASEY, DEVI, RETAIL, StubBoard, StubDesk, escalated, press
from tests.policies.cast import NOON, ROSTER, TERMS
from tests.policies.play import Play, assigned
from tests.policies.play import escalated as with_lead

WEEKDAYS = frozenset(range(5))
BUSINESS = Hours(
    zone="Europe/London",
    windows=(Window(days=WEEKDAYS, start=time(9), end=time(17)),),
    closed=frozenset({date(2026, 11, 19)}),
    names=((date(2026, 11, 19), "Founders' Day"),),
)


def lines(shown: Any) -> list[str]:
    """Every line of a view, the dividers aside."""
    return [line for block in shown["blocks"] for text in texts(block) for line in text.splitlines()]


def test_each_clock_says_its_rule_its_amount_its_hours_its_pauses_and_its_holidays() -> None:
    """In the words of `frontdoor terms explain`, in the viewer's zone."""
    play = Play(terms=replace(TERMS, business=BUSINESS), now=NOON + timedelta(hours=5))
    play.write()
    play.reply(asks=True)
    play.wait(hours=1)
    play.write("The one at the till", thread=play.ticket.thread)
    said = lines(view(play.ticket, play.terms, "Europe/London"))

    assert said[:2] == [
        "*SUP-1* · Severity 2",
        "Rested Wed 18 Nov 14:00 GMT to Wed 18 Nov 15:00 GMT: the client was the one to answer (TR-6).",
    ]
    due = next(index for index, line in enumerate(said) if "a developer is to be assigned" in line)
    assert said[due - 1].endswith("· SV-1")
    assert said[due + 1 : due + 7] == [
        "Counted in the hours of business:",
        "• Wed 18 Nov 14:00 to 15:00  does not count: the client is the one to answer",
        "• Wed 18 Nov 15:00 to 17:00  open, counts 2 hours",
        "• Wed 18 Nov 17:00 to Thu 19 Nov 00:00  does not count: outside the hours",
        "• Thu 19 Nov 00:00 to Fri 20 Nov 00:00  does not count: holiday: Founders' Day",
        "• Fri 20 Nov 00:00 to 09:00  does not count: outside the hours",
    ]


def test_what_rests_is_said_to_rest_and_since_when() -> None:
    """TR-6: a target without a clock is not forgotten."""
    play = Play()
    play.write()
    play.reply(asks=True)
    said = lines(view(play.ticket, play.terms, "UTC"))

    assert said[1].startswith("Rests since Wed 18 Nov 09:00 UTC, the client is the one to answer (TR-6): ")
    assert "a developer is to be assigned and it is to be resolved" in said[1]


def test_every_running_clock_is_in_it_and_slack_takes_it() -> None:
    """At whatever stage."""
    for play in (with_lead(), assigned()):
        shown = view(play.ticket, play.terms, "Asia/Karachi")
        heads = [line for line in lines(shown) if line.startswith("*<!date^")]
        assert len(heads) == len(running(play.ticket))
        assert view_problems(shown) == []


async def test_a_press_opens_at_once_fills_and_records_nothing(
    deliver: Any, desk: StubDesk, board: StubBoard, slack: FakeSlack
) -> None:
    """Anyone of ours may; the skeleton first."""
    board.tickets[12] = escalated()
    await deliver(press("why", user=DEVI))

    (opened,) = slack.of("views.open")
    (filled,) = slack.of("views.update")
    assert lines(opened["view"]) == ["One moment…"]
    assert lines(filled["view"])[0].startswith("*SUP-12*")
    assert filled["view"]["title"]["text"] == "Why these times?"
    assert "submit" not in filled["view"]
    assert desk.taken == []


async def test_a_client_learns_nothing(
    deliver: Any, desk: StubDesk, board: StubBoard, slack: FakeSlack
) -> None:
    """Whatever was pressed where."""
    board.tickets[12] = escalated()
    await deliver(press("why", user=CASEY, team="T0RETAIL01", channel={"id": RETAIL}))

    assert [call["text"] for call in slack.of("chat.postEphemeral")] == ["This is for our own people."]
    assert (slack.of("views.open"), desk.taken) == ([], [])


async def test_without_our_records_it_says_so(deliver: Any, board: StubBoard, slack: FakeSlack) -> None:
    """It does not stay at one moment."""
    board.broken = True
    await deliver(press("why"))

    (filled,) = slack.of("views.update")
    assert lines(filled["view"]) == ["Our records cannot be read at the moment. Please try again."]


def test_it_stands_last_on_each_card_while_something_runs() -> None:
    """After whatever moves the request; nobody asks why where nothing runs."""
    desk = Desk(roster=ROSTER, zone="Asia/Karachi")
    for card in (cards.support, cards.escalation):
        shown = card(with_lead().ticket, desk).blocks
        assert [one["action_id"] for one in shown[-1]["elements"]][-1] == "why"
        ended = card(replace(with_lead().ticket, stage=Stage.DISMISSED), desk).blocks
        verbs = [
            one["action_id"] for block in ended if block["type"] == "actions" for one in block["elements"]
        ]
        assert "why" not in verbs
