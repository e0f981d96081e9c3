"""Whatever people, bot and time do to calls in whatever order: each ends once, and its callbacks tell it in order."""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.clock import Clock
from sandbox.phone.calls import ENDED, EVENTS, Plan, Webhook
from sandbox.phone.exchange import BEHAVIOURS, Exchange, NoSuchCall
from sandbox.phone.webhooks import Letter, Reply
from sandbox.wire import WireLog
from tests.sandbox.phone_stage import FRONTDOOR, LEE, MENU, SAM

ACTS = st.one_of(
    st.tuples(st.just("place"), st.sampled_from([LEE, SAM])),
    st.tuples(st.just("answer"), st.sampled_from([LEE, SAM])),
    st.tuples(st.just("voicemail"), st.sampled_from([LEE, SAM])),
    st.tuples(st.just("press"), st.sampled_from([LEE, SAM])),
    st.tuples(st.just("hang up"), st.sampled_from([LEE, SAM])),
    st.tuples(st.just("cancel"), st.sampled_from([LEE, SAM])),
    st.tuples(st.sampled_from(BEHAVIOURS), st.sampled_from([LEE, SAM])),
    st.tuples(st.just("skip"), st.sampled_from([0, 1, 5, 20, 60])),
)


class Mailbox:
    """In place of the network: callbacks are kept, documents are given at once."""

    def __init__(self) -> None:
        self.told: defaultdict[str, list[dict[str, str]]] = defaultdict(list)

    def tell(self, letter: Letter, _heard: Callable[[Reply], None]) -> None:
        self.told[letter.lane].append(letter.fields)

    def ask(self, _letter: Letter, answered: Callable[[Reply], None]) -> None:
        answered(Reply(200, MENU, "text/xml"))


def act(exchange: Exchange, clock: Clock, name: str, value: Any) -> None:
    if name in BEHAVIOURS:
        exchange.behaviour[value] = name
    elif name == "place":
        here = Webhook("http://127.0.0.1:9/")
        exchange.place(Plan(value, FRONTDOOR, answer=here, callback=here, events=EVENTS, timeout=25))
    elif name == "answer":
        exchange.pick_up(value)
    elif name == "voicemail":
        exchange.pick_up(value, machine=True)
    elif name == "press":
        exchange.talk.key(exchange.at(value, "in-progress"), "4")
    elif name == "hang up":
        exchange.end(exchange.at(value, "ringing", "in-progress"), "completed", "person")
    elif name == "cancel":
        exchange.end(exchange.at(value, "queued", "ringing"), "canceled", "bot")
    else:
        live(exchange, clock, value)


def live(exchange: Exchange, clock: Clock, seconds: float) -> None:
    """Let time pass by way of everything that is due."""
    target = clock.now() + timedelta(seconds=seconds)
    exchange.fire_due()
    while (due := exchange.next_event()) is not None and due <= target:
        clock.advance_to(due)
        exchange.fire_due()
    clock.advance_to(target)


@given(st.lists(ACTS, max_size=40))
def test_every_call_ends_once_and_says_so_in_order(acts: list[tuple[str, Any]]) -> None:
    clock, mailbox = Clock(rate=0), Mailbox()
    exchange = Exchange(clock, WireLog(clock), mailbox)
    for name, value in acts:
        try:
            act(exchange, clock, name, value)
        except NoSuchCall:
            continue
    live(exchange, clock, 5 * 3600)
    for call in exchange.calls.values():
        told = mailbox.told[call.sid]
        statuses = [fields["CallStatus"] for fields in told]
        assert call.status in ENDED
        assert call.timers == {}
        assert statuses[-1:] == [call.status]
        assert [status for status in statuses if status in ENDED] == [call.status]
        assert statuses[:-1] == ["initiated", "ringing", "in-progress"][: len(statuses) - 1]
        assert [int(fields["SequenceNumber"]) for fields in told] == list(range(len(told)))
        assert call.ended_at is not None
        assert call.queued_at <= call.ended_at


@given(st.lists(ACTS, max_size=40))
def test_no_two_calls_are_dialled_in_one_second_nor_ring_one_telephone(acts: list[tuple[str, Any]]) -> None:
    clock = Clock(rate=0)
    exchange = Exchange(clock, WireLog(clock), Mailbox())
    for name, value in acts:
        try:
            act(exchange, clock, name, value)
        except NoSuchCall:
            continue
        up = [call.plan.to for call in exchange.calls.values() if call.status in ("ringing", "in-progress")]
        assert len(up) == len(set(up))
    dialled = sorted(call.dialled_at for call in exchange.calls.values() if call.dialled_at)
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in pairwise(dialled))
