"""The registers, as they are read on the command line and in Slack."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from policies import registers
from policies.people import Vendor
from policies.ticket import Stage, Ticket, VendorCase, Workaround
from tests.policies.cast import NOON, ROSTER

DAY = timedelta(days=1)
ZONE = "Asia/Karachi"


def workaround(number: int = 1, *, until: datetime | None = None, **more: object) -> Workaround:
    item = Workaround(
        number=number,
        what=f"Queue B{number}",
        original="Queue A",
        author="devi",
        lead="lee",
        revert_at=until,
        ask_at=until,
    )
    return replace(item, **more)  # type: ignore[arg-type]  # by name


def ticket(number: int, **more: object) -> Ticket:
    one = Ticket(id=number, ref=f"SUP-{number}", client="retail", opened_at=NOON)
    return replace(one, **more)  # type: ignore[arg-type]  # by name


def lines(*tickets: Ticket, every: bool = False) -> list[str]:
    return registers.workarounds(tickets, ROSTER, ZONE, NOON, str.upper, every=every)


def test_live_workarounds_stand_in_the_order_of_their_urgency_with_what_they_go_back_to() -> None:
    late = ticket(1, stage=Stage.CLOSED, workarounds=(workaround(until=NOON - DAY, carrier="dana"),))
    soon = ticket(2, workarounds=(workaround(until=NOON + DAY), workaround(2, reverted=True)))
    endless = ticket(3, stage=Stage.ASSIGNED, workarounds=(workaround(),))
    assert lines(soon, late, endless) == [
        "SUP-3 (assigned) workaround 1: no end was said; carried by Devi Cast, lead Lee Cast",
        "  made: QUEUE B1",
        "  original: QUEUE A",
        (
            "SUP-1 (closed) workaround 1: was to be reverted Tue 17 Nov 14:00 PKT; "
            "carried by Dana Cast, made by Devi Cast, lead Lee Cast"
        ),
        "  made: QUEUE B1",
        "  original: QUEUE A",
        "SUP-2 (new) workaround 1: to be reverted Thu 19 Nov 14:00 PKT; carried by Devi Cast, lead Lee Cast",
        "  made: QUEUE B1",
        "  original: QUEUE A",
    ]
    assert lines(soon, every=True)[3] == (
        "SUP-2 (new) workaround 2: reverted; carried by Devi Cast, lead Lee Cast"
    )


def test_the_boundary_counts_requests_and_new_work_by_client_and_kind() -> None:
    new = {"outcome": "change_request", "new_work": "feature"}
    tickets = [
        ticket(1, **new),
        ticket(2, **new | {"new_work": "capacity"}),
        ticket(3, outcome="", new_work="feature"),  # opened again since
        ticket(4, client="foods"),
        ticket(5, opened_at=NOON - DAY, **new),
    ]
    assert registers.boundary(tickets, ROSTER, NOON) == [
        "Example Foods & Sons: 1 request, 0 of them new work",
        "Example Retail: 3 requests, 2 of them new work: new feature 1, capacity beyond the design 1",
    ]
    assert registers.boundary(tickets, ROSTER, None)[1].startswith("Example Retail: 4 requests, 3 of them")


def test_a_vendor_shows_what_is_agreed_and_what_is_asked_of_it_now() -> None:
    hosting = Vendor(
        key="hosting",
        name="Example Hosting",
        contact="support@hosting.example",
        needs="The server's name",
        promises="An answer in two hours",
        check_in=date(2026, 12, 1),
        products=("Till",),
    )
    case = VendorCase(
        vendor="hosting",
        asked_by="devi",
        asked_at=NOON,
        told="The disk is full",
        reference="H-77",
        answer_at=datetime(2026, 11, 18, 11, tzinfo=UTC),
        look_at=NOON,
    )
    roster = replace(ROSTER, vendors=(hosting,))
    assert registers.vendors(roster, [ticket(7, vendors=(case,))], ZONE, str) == [
        "Example Hosting: support@hosting.example",
        "  they need to know: The server's name",
        "  they promise: An answer in two hours",
        "  next check-in: Tue 01 Dec 2026",
        "  concerns: Till",
        "  SUP-7 asked Wed 18 Nov 14:00 PKT, their reference H-77, answer promised Wed 18 Nov 16:00 PKT",
    ]
