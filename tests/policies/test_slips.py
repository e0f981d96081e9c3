"""What became of estimates, counted by client and by team: kept, missed, revised in time, told late."""

from dataclasses import replace

from policies import slips
from policies.slips import Slips
from policies.ticket import Ticket
from tests.policies.cast import BLOCK, NOON, ROSTER
from tests.policies.play import Play, assigned


def estimated(minutes: float = 60) -> Play:
    play = assigned()
    play.update(minutes)
    play.relay(1)
    return play


def test_an_estimate_that_still_runs_counts_for_nothing() -> None:
    assert slips.of(estimated().ticket) == Slips()


def test_an_estimate_is_kept_by_a_resolution_in_time() -> None:
    play = estimated()
    play.wait(minutes=59)
    play.resolve()
    assert slips.of(play.ticket) == Slips(kept=1)


def test_an_estimate_that_ran_out_is_missed_whatever_comes_after() -> None:
    play = estimated()
    play.wait(minutes=60)
    assert slips.of(play.ticket) == Slips(missed=1)
    play.resolve()
    assert slips.of(play.ticket) == Slips(missed=1)


def test_a_revision_before_it_ran_out_is_no_slip() -> None:
    play = estimated()
    play.wait(minutes=30)
    play.update(120)
    assert slips.of(play.ticket) == Slips(revised=1)
    assert not slips.of(play.ticket).slipped


def test_a_client_told_late_is_counted_each_time() -> None:
    play = estimated()
    play.wait(minutes=90)
    assert slips.of(play.ticket) == Slips(missed=1, told_late=1)
    assert slips.of(play.ticket).slipped


def test_what_was_promised_before_a_day_is_left_out() -> None:
    play = estimated()
    play.wait(minutes=90)
    assert slips.of(play.ticket, NOON) == Slips(missed=1, told_late=1)
    assert slips.of(play.ticket, play.now) == Slips(told_late=1)
    play.wait(minutes=1)
    assert slips.of(play.ticket, play.now) == Slips()


def test_an_estimate_that_another_request_carries_is_counted_there() -> None:
    play = estimated()
    play.wait(minutes=60)
    ticket = play.ticket
    carried = replace(ticket, updates=tuple(replace(one, carried=1) for one in ticket.updates))
    assert slips.of(carried) == Slips()


def _late(client: str, product: str) -> Ticket:
    play = estimated()
    play.wait(minutes=90)
    return replace(play.ticket, client=client, block=replace(BLOCK, saas_name=product))


def test_the_table_counts_by_client_and_by_the_team_of_a_product() -> None:
    tickets = [_late("retail", "Till"), _late("retail", "Something else"), _late("foods", "Till")]
    assert slips.table(tickets, ROSTER) == [
        "client                     kept     missed    revised  told late",
        "Example Foods & Sons          0          1          0          1",
        "Example Retail                0          2          0          2",
        "",
        "team of                    kept     missed    revised  told late",
        "(other)                       0          2          0          2",
        "Till                          0          1          0          1",
    ]
    assert slips.table([estimated().ticket], ROSTER) == []


def test_only_a_client_that_a_promise_was_broken_to_has_a_line() -> None:
    revised = estimated()
    revised.update(90)
    assert slips.broken([revised.ticket], ROSTER) == []
    assert slips.broken([_late("retail", "Till"), _late("retail", "Till")], ROSTER) == [
        "Example Retail: 2 estimates missed, told late 2 times"
    ]
