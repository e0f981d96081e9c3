"""The outbox against a plain world: two deliveries that may die at any moment, requests that land, are lost, or land late."""

import itertools
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select, text

from bot import roster
from bot.delivery import taking
from bot.delivery.patience import Patience
from bot.delivery.settling import Settlement, Settling
from bot.delivery.taking import Hands, take_all
from bot.desk import LEASE
from bot.emission import Emission, Leased
from bot.ports import NotSent, Sent
from bot.storage import leases
from bot.storage.ledger import Ledger
from bot.storage.outbox import Lease
from bot.storage.sqlite import writing_engine
from bot.storage.tables import outbox
from bot.transaction import Transaction
from policies.effects import Place, Post, Recheck
from tests.bot.noticing import QUIET, Mutant, assert_noticed
from tests.bot.stage import EXAMPLE, START, migrated

PATIENCE = Patience()
SECOND = timedelta(seconds=1)
MARGIN = PATIENCE.request + PATIENCE.margin
OPEN_ROWS = text("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending', 'unknown')")
ENDED = {"sent", "cancelled", "gave_up", "rejected"}


@dataclass
class InHand:
    """What one delivery has taken, and how far it is: `answer` is what it will hear."""

    leased: Leased
    reads: bool
    answer: str = ""
    begun: datetime = START


class Outbox(RuleBasedStateMachine):
    """Whatever dies, however late an answer is: nothing is lost, nothing is said twice, each stream keeps its order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.engine = writing_engine(Path(migrated(Path(self.folder.name)).removeprefix("sqlite:///")))
        self.office = roster.load(EXAMPLE)
        self.wall = START
        self.numbers = itertools.count()
        self.hands: list[list[InHand]] = [[], []]
        self.landing: list[tuple[datetime, str]] = []
        self.landed: list[str] = []

    def _work(self, step: Callable[[Transaction], Any]) -> Any:
        with self.engine.begin() as conn:
            emission = Emission(ledger=Ledger(conn, self.wall))
            done = step(Transaction(office=self.office, emission=emission))
            emission.flush()
            return done

    def _settling(self) -> Settling:
        return Settling(patience=PATIENCE, now=self.wall, wall=self.wall)

    def _settle(self, settlement: Settlement) -> None:
        self._work(lambda work: settlement.change(work.conn))

    @initialize()
    def a_day_has_begun(self) -> None:
        """Something is to be said in two threads."""
        for stream in (0, 1):
            self.words_are_decided(stream, 2)

    @rule(stream=st.integers(0, 2), many=st.integers(1, 3))
    def words_are_decided(self, stream: int, many: int) -> None:
        """Into one of three threads of clients."""
        place = Place(kind="client_thread", channel="C1", thread=f"{stream}.0")
        posts = [
            Post(slot=f"s{next(self.numbers)}", to=place, text="Hello", lane="client") for _ in range(many)
        ]
        self._work(lambda work: work.emission.emit(f"k{posts[0].slot}", None, posts))

    @rule(which=st.integers(0, 1))
    def a_delivery_takes(self, which: int) -> None:
        """What it may: to be sent, and to be looked up."""
        lease = Lease(owner=f"p{which}", until=self.wall + LEASE)
        taken = self._work(lambda work: take_all(work, self._settling(), lease, Hands(4, 4, 4)))
        held = {  # somebody who only reads may be overtaken: their word is of an attempt that counts no more
            one.leased.entry.id
            for hand in self.hands
            for one in hand
            if one.leased.until > self.wall and not one.reads
        }
        for leased in taken.to_send:
            assert leased.entry.id not in held, "two have the same effect in hand"
        self.hands[which] += [InHand(leased, reads=False) for leased in taken.to_send]
        self.hands[which] += [InHand(leased, reads=True) for leased in taken.to_look_up]

    @precondition(lambda self: any(not one.answer for hand in self.hands for one in hand))
    @rule(
        which=st.integers(0, 1),
        chance=st.integers(0, 5),
        fate=st.sampled_from(["ok", "ok", "refused", "lost", "answer lost", "late"]),
        seconds=st.sampled_from([1, 11, 19]),
    )
    def a_request_leaves(self, which: int, chance: int, fate: str, seconds: int) -> None:
        """Only well within the lease; what becomes of it, the delivery hears later, if it still lives."""
        waiting = [one for one in self.hands[which] if not one.answer]
        if not waiting:
            return
        one = waiting[chance % len(waiting)]
        if not one.reads and self.wall > one.leased.until - MARGIN:
            self.hands[which].remove(one)
            self._settle(self._settling().later(one.leased.entry, 0, "too little of its lease is left"))
        else:
            self._request(one, fate, seconds)

    def _request(self, one: InHand, fate: str, seconds: int) -> None:
        if one.reads:
            one.begun = self.wall
            there = one.leased.entry.key in self.landed
            one.answer = "unread" if fate in {"refused", "lost"} else "there" if there else "not there"
        else:
            self._leaves(one, fate, seconds)

    def _leaves(self, one: InHand, fate: str, seconds: int) -> None:
        entry = one.leased.entry
        one.answer = fate
        if isinstance(entry.effect, Recheck):
            one.answer = "ok"
            return
        earlier = select(outbox.c.state).where(
            outbox.c.stream == select(outbox.c.stream).where(outbox.c.id == entry.id).scalar_subquery(),
            outbox.c.id < entry.id,
        )
        states = set(self._work(lambda work: work.conn.execute(earlier).scalars().all()))
        assert states <= ENDED, "it overtakes an earlier one of its stream"
        if fate in {"ok", "answer lost"}:
            self.landed.append(entry.key)
        elif fate == "late":
            self.landing.append((self.wall + seconds * SECOND, entry.key))

    @precondition(lambda self: any(one.answer for hand in self.hands for one in hand))
    @rule(which=st.integers(0, 1), chance=st.integers(0, 5))
    def a_delivery_hears(self, which: int, chance: int) -> None:
        """Perhaps after its lease, when somebody else has gone on: then it changes nothing."""
        known = [one for one in self.hands[which] if one.answer]
        if known:
            self._hears(self.hands[which], known[chance % len(known)])

    def _hears(self, hand: list[InHand], one: InHand) -> None:
        hand.remove(one)
        settling, leased = self._settling(), one.leased
        there = Sent(external_id="1.1")
        self._settle(
            {
                "ok": lambda: settling.sent(leased, there),
                "refused": lambda: settling.not_sent(leased, NotSent("ratelimited", retry_after=1.0)),
                "there": lambda: settling.sent(leased, there),
                "not there": lambda: settling.not_found(leased, one.begun),
                "unread": lambda: settling.unread(leased, "no answer"),
            }.get(one.answer, lambda: settling.in_doubt(leased, "no answer"))()
        )

    @rule(which=st.integers(0, 1))
    def a_delivery_dies(self, which: int) -> None:
        """Without a word: its leases run out by themselves."""
        self.hands[which].clear()

    @rule(
        which=st.integers(0, 1),
        fate=st.sampled_from(["late", "answer lost"]),
        later=st.sampled_from([1, 21]),
        answer=st.sampled_from(["ok", "lost"]),
    )
    def an_answer_is_lost(self, which: int, fate: str, later: int, answer: str) -> None:
        """What was under way is looked up by the other one, with or without success, and perhaps sent again."""
        self.a_delivery_takes(which)
        for _ in list(self.hands[which]):
            self.a_request_leaves(which, 0, fate, 19)
            self.a_delivery_hears(which, 0)
        self.time_passes(later)
        for fate_of_it in (answer, "ok"):
            self.a_delivery_takes(1 - which)
            for _ in list(self.hands[1 - which]):
                self.a_request_leaves(1 - which, 0, fate_of_it, 1)
                self.a_delivery_hears(1 - which, 0)

    @rule(which=st.integers(0, 1), fate=st.sampled_from(["ok", "refused", "lost"]))
    def a_delivery_stands_still(self, which: int, fate: str) -> None:
        """Longer than its lease; it hears its answer when others have gone on."""
        self.a_delivery_takes(which)
        for _ in list(self.hands[which]):
            self.a_request_leaves(which, 0, fate, 1)
        for seconds in (31, 21):
            self.time_passes(seconds, heard=1 - which)
            self.a_delivery_takes(1 - which)
            self.a_request_leaves(1 - which, 0, "ok", 1)
            if seconds == 31:
                self.a_delivery_hears(1 - which, 0)
        for _ in list(self.hands[which]):
            self.a_delivery_hears(which, 0)
        self.time_passes(1, heard=which)
        self.a_delivery_takes(1 - which)
        for _ in list(self.hands[1 - which]):
            self.a_request_leaves(1 - which, 0, "ok", 1)

    @rule(seconds=st.sampled_from([1, 5, 12, 21, 31]))
    def time_passes(self, seconds: int, heard: int | None = None) -> None:
        """What was on its way lands at its moment. Whoever waits for an answer gives up in time, unless it stands still."""
        self.wall += seconds * SECOND
        for hand in self.hands if heard is None else [self.hands[heard]]:
            for one in [one for one in hand if one.answer and one.leased.until <= self.wall]:
                self._hears(hand, one)
        self.landed += [key for at, key in self.landing if at <= self.wall]
        self.landing = [(at, key) for at, key in self.landing if at > self.wall]

    @invariant()
    def nobody_reads_anything_twice(self) -> None:
        """As long as a request lands within the settling time or never."""
        assert max(Counter(self.landed).values(), default=0) <= 1, "said twice"

    def teardown(self) -> None:
        """The world is good again: everything comes to its end, and what is noted as said was said."""
        try:
            for _ in range(60):
                self.time_passes(31)
                if not self._work(lambda work: work.conn.execute(OPEN_ROWS).scalar()):
                    break
                self.a_delivery_takes(0)
                for one in list(self.hands[0]):
                    if not one.answer:
                        self._request(one, "ok", 0)
                    self._hears(self.hands[0], one)
                self.nobody_reads_anything_twice()
            self._judge()
        finally:
            self.engine.dispose()
            self.folder.cleanup()

    def _judge(self) -> None:
        rows = self._work(
            lambda work: work.conn.execute(text("SELECT key, kind, state, attempt FROM outbox")).all()
        )
        said = set(self.landed)
        for row in rows:
            assert row.state in ENDED, "without an end"
            assert row.kind != "post" or row.state != "gave_up" or row.attempt >= 5, "given up too soon"
            assert row.kind != "post" or row.state != "sent" or row.key in said, (
                "noted as said, and never said"
            )


TestOutbox = Outbox.TestCase
TestOutbox.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=QUIET
)


def _no_time(real: Any) -> Any:
    return lambda self, entry: real(self, entry) * 0


def _like_a_card(real: Any) -> Any:
    def in_doubt(self: Settling, leased: Leased, reason: str) -> Settlement:
        entry = leased.entry
        return Settlement(state="again", change=lambda conn: leases.again(conn, entry, self.wall, reason))

    return in_doubt


def _whoever_says_it(real: Any) -> Any:
    def change(conn: Any, statement: Any, entry: Any, **values: object) -> Any:
        fence = conn.execute(select(outbox.c.attempt).where(outbox.c.id == entry.id)).scalar()
        return real(conn, statement, replace(entry, attempt=fence), **values)

    return change


def _in_any_order(real: Any) -> Any:
    ready = select(outbox).where(
        text(
            "state = 'pending' AND (retry_at IS NULL OR retry_at <= :machine) AND lane BETWEEN :first AND :last AND :now > 0"
        )
    )
    return ready.limit(20)


def _without_a_mark(real: Any) -> Any:
    return real.values(state="pending")


def _as_said(real: Any) -> Any:
    return lambda self, leased, _begun: self.sent(leased, Sent())


def _too_soon(real: Any) -> Any:
    return lambda self, leased, _begun: self._once_more(leased.entry, "it is not there")


def _as_nothing(real: Any) -> Any:
    return lambda self, leased, reason: self._once_more(leased.entry, reason)


def _as_unsent(real: Any) -> Any:
    def doubt(conn: Any, settling: Settling, left: Any) -> int:
        return sum(leases.again(conn, entry, settling.wall, "gone") for entry in left)

    return doubt


def _its_number_again(real: Any) -> Any:
    return real.values(attempt=outbox.c.attempt - 1, put_off=outbox.c.put_off)


MUTANTS: dict[str, Mutant] = {
    "what is in doubt is simply sent again": (Settling, "in_doubt", _like_a_card),
    "nothing is given time to settle": (Patience, "settling", _no_time),
    "an outcome counts whoever brings it": (leases, "_change", _whoever_says_it),
    "a stream keeps no order": (leases, "_READY", _in_any_order),
    "a lease leaves no mark": (leases, "_LEASE", _without_a_mark),
    "what was not found is taken as said": (Settling, "not_found", _as_said),
    "what is not there yet is sent again": (Settling, "not_found", _too_soon),
    "a failed reading is taken as nothing found": (Settling, "unread", _as_nothing),
    "an attempt that was put off gives its number back": (leases, "_PUT_OFF", _its_number_again),
    "whoever is gone had sent nothing": (taking, "doubt", _as_unsent),
}
"""Ways in which delivery could be wrong: where, and what stands there instead."""


@pytest.mark.parametrize("name", MUTANTS)
def test_the_model_of_the_outbox_notices_when(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What passes for right must be able to fail: each of these faults in the product is found."""
    assert_noticed(Outbox, MUTANTS[name], monkeypatch)
