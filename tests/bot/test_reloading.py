"""A changed frontdoor.toml at one process or several: what is in force, who takes it over, what is said how often."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot import reloading, roster, transaction
from bot.reloading import Reloading
from bot.storage import migrate, terms
from bot.storage.engine import StoreFailed
from bot.transaction import Outcome
from policies.decision import Context, Decision, Refused
from policies.events import Actor, AnyEvent, Pressed
from policies.events.office import TermsChanged
from policies.ticket import Ticket
from tests.bot.stage import EXAMPLE, LEE, START, Stage, build

SOL = Actor(user="U0SOL00001")
OLD, NEW = 'from = "13:00", to = "22:00"', 'from = "13:00", to = "16:00"'
HOUR = timedelta(hours=1)


@dataclass
class Desk:
    """A process with a file of its own."""

    stage: Stage
    path: Path
    reloading: Reloading

    def edit(self, old: str, new: str) -> None:
        said = self.path.read_text(encoding="utf-8")
        assert said.count(old) == 1, old
        self.path.write_text(said.replace(old, new), encoding="utf-8")

    async def says(self, old: str, new: str) -> None:
        """The file is edited and looked at."""
        self.edit(old, new)
        await self.reloading.look()

    async def applies(self, actor: Actor = SOL) -> Outcome:
        """Somebody presses the button of what the file says now."""
        proposed = self.stage.in_force.proposed
        event = Pressed(
            key=self.stage.key(),
            at=self.stage.clock.now(),
            actor=actor,
            verb="terms",
            subject=proposed.id if proposed is not None else "",
        )
        return await self.stage.do(event)

    async def due(self) -> list[Any]:
        """When the response of each open request is due, in hours after the start."""
        found = await self.stage.machinery.board.open_tickets()
        return [(aim.due_at - START) / HOUR for one in found for aim in one.aims if aim.kind == "response"]

    async def posts(self) -> list[str]:
        """The first line of everything said to support."""
        rows = await self.stage.look(
            lambda conn: conn.execute(
                text("SELECT body FROM outbox WHERE stream LIKE 'support:%' AND kind = 'post' ORDER BY id")
            ).all()
        )
        return [line for (body,) in rows for line in [str(body).split('"text":"')[1].split("\\n")[0][:60]]]

    async def settled(self) -> list[str]:
        """The slots of shown changes whose button was taken away, oldest first."""
        rows = await self.stage.look(
            lambda conn: conn.execute(
                text("SELECT slot FROM outbox WHERE slot LIKE 'terms:%' AND kind = 'revise' ORDER BY id")
            ).all()
        )
        return [slot for (slot,) in rows]


async def _desk(stage: Stage, folder: Path, name: str = "frontdoor.toml") -> Desk:
    path = folder / name
    path.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    office = roster.load(path)
    stage.in_force.office = office
    return Desk(stage, path, Reloading(path, stage.in_force, stage.machinery, stage.database, stage.clock))


@pytest.fixture
async def desk(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """One process, begun; nobody is in the middle of writing its file."""
    monkeypatch.setattr(reloading, "STILL", 0)
    made = await _desk(stage, tmp_path)
    await made.reloading.begin()
    return made


CHANGED = "*frontdoor.toml* says something else than what is in force. "
BROKEN = ":warning: *frontdoor.toml* was changed and cannot be used; w"
APPLIED = ":white_check_mark: Sol Supportlead applied the changed *fron"
STARTED = "Started with another *frontdoor.toml* than the one in force "


async def test_what_is_applied_is_in_force_and_open_requests_follow_it(desk: Desk) -> None:
    """Not before: what the file says is only shown."""
    await desk.stage.writes()
    await desk.says(OLD, NEW)
    assert (await desk.due(), await desk.posts()) == ([4.0], [CHANGED])
    assert not (await desk.applies(LEE)).accepted
    assert (await desk.applies()).accepted
    await desk.reloading.look()

    assert await desk.due() == [25.0]
    assert await desk.posts() == [CHANGED, APPLIED]
    applied = await desk.stage.machinery.board.applied()
    assert applied is not None
    assert (applied.number, applied.by, applied.source) == (2, "sol", desk.path.read_text(encoding="utf-8"))
    stamped = [one.terms for one in await desk.stage.machinery.board.open_tickets()]
    found = await desk.stage.database.read(lambda conn: terms.version(conn, stamped[0]))
    assert found == desk.stage.in_force.office.default_terms


async def test_the_same_state_of_the_file_is_said_once(desk: Desk) -> None:
    """Broken, good again, broken again: a line for each state, and figures that follow."""
    figures = []
    for old, new in (
        ('ring = "25 s"', 'ring = "soon"'),
        ('ring = "soon"', 'ring = "20 s"'),
        ('ring = "20 s"', 'ring = "soon"'),
        ('ring = "soon"', 'ring = "20 s"'),
        ('ring = "20 s"', 'ring = "25 s"'),
    ):
        await desk.says(old, new)
        await desk.reloading.look()
        shown = (await desk.stage.machinery.figures()).decode()
        figures.append([shown.split(f"\nfrontdoor_file_{name} ")[1][0] for name in ("problems", "waits")])

    assert figures == [["1", "0"], ["0", "1"], ["1", "0"], ["0", "1"], ["0", "0"]]
    assert await desk.posts() == [BROKEN, CHANGED]
    assert desk.stage.in_force.proposed is None


async def test_what_was_shown_before_loses_its_button_and_is_shown_anew_when_it_comes_back(
    desk: Desk,
) -> None:
    """One after the other within an hour; broken in between; and back to what is in force."""
    for old, new in (
        ('ring = "25 s"', 'ring = "20 s"'),
        ('ring = "20 s"', 'ring = "soon"'),
        ('ring = "soon"', 'ring = "15 s"'),
        ('ring = "15 s"', 'ring = "20 s"'),
        ('ring = "20 s"', 'ring = "25 s"'),
        ('ring = "25 s"', 'ring = "20 s"'),
    ):
        await desk.says(old, new)

    assert await desk.posts() == [CHANGED, BROKEN, CHANGED, CHANGED, CHANGED]
    proposed = desk.stage.in_force.proposed
    assert proposed is not None
    settled = await desk.settled()
    assert (len(settled), len(set(settled)), settled.count(f"terms:{proposed.id}")) == (3, 2, 2)
    assert (await desk.applies()).accepted
    assert (await desk.settled())[3:] == [f"terms:{proposed.id}"]


async def test_another_comment_is_nothing_to_be_applied(desk: Desk) -> None:
    """Nor is another order of keys."""
    await desk.says("\n[terms]\n", "\n# agreed in writing\n[terms]\n")
    assert await desk.posts() == []
    assert desk.stage.in_force.proposed is None


async def test_a_file_in_the_middle_of_being_written_is_not_judged(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked at again with the next beat."""
    whole = desk.path.read_bytes()
    states = [whole[:100], whole[:200]]

    def content(path: Path) -> bytes:
        path.write_bytes(states.pop(0) if states else whole)
        return path.read_bytes()

    monkeypatch.setattr(reloading, "_content", content)
    await desk.reloading.look()
    await desk.reloading.look()
    assert (states, await desk.posts()) == ([], [])


async def test_what_is_applied_elsewhere_is_not_what_our_own_file_says_by_chance(desk: Desk) -> None:
    """A third state of the file waits here for its own button."""
    await desk.says(OLD, NEW)
    before, now = desk.stage.in_force.office, desk.stage.clock.now()
    await desk.stage.database.write(lambda conn: terms.apply(conn, "another", "...", "sky", now))
    await desk.reloading.look()
    assert desk.stage.in_force.office is before
    assert desk.stage.in_force.proposed is not None


async def test_a_file_that_is_gone_is_said_and_changes_nothing(desk: Desk) -> None:
    """As a broken one."""
    before = desk.stage.in_force.office
    desk.path.unlink()
    await desk.reloading.look()
    assert await desk.posts() == [BROKEN]
    assert desk.stage.in_force.office is before


async def test_what_could_not_be_stored_is_said_with_the_next_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that failed loses no change."""
    handle = desk.stage.machinery.desk.handle

    async def fails(event: AnyEvent) -> Outcome:
        raise StoreFailed("on purpose")

    monkeypatch.setattr(desk.stage.machinery.desk, "handle", fails)
    with pytest.raises(StoreFailed):
        await desk.says(OLD, NEW)
    monkeypatch.setattr(desk.stage.machinery.desk, "handle", handle)
    await desk.reloading.look()
    assert await desk.posts() == [CHANGED]


async def test_a_request_that_cannot_be_computed_anew_holds_up_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is kept as an event that failed."""
    for number in range(45):
        await desk.stage.writes(actor=Actor(user=f"U{number}", team="T0RETAIL01"))
    decide = transaction.decide

    def poisoned(event: AnyEvent, ticket: Ticket | None, ctx: Context) -> Decision | Refused:
        if isinstance(event, TermsChanged) and event.ticket == 7:
            raise LookupError("on purpose")
        return decide(event, ticket, ctx)

    monkeypatch.setattr(transaction, "decide", poisoned)
    await desk.says(OLD, NEW)
    await desk.applies()
    await desk.reloading.look()
    assert await desk.due() == [25.0] * 6 + [4.0] + [25.0] * 38
    letters = await desk.stage.machinery.board.letters()
    assert [letter.key.rsplit(":", 1)[0] for letter in letters] == ["terms:7"]


async def test_a_start_applies_what_the_file_says_and_says_what_is_new(url: str, tmp_path: Path) -> None:
    """Once, and not for another comment; the requests of before follow it."""
    said = []
    for old, new in ((OLD, OLD), (OLD, NEW), ("\n[terms]\n", "\n# a note\n[terms]\n")):
        stage = await build(url)
        path = tmp_path / "frontdoor.toml"
        text_of = (path if path.exists() else EXAMPLE).read_text(encoding="utf-8")
        path.write_text(text_of.replace(old, new), encoding="utf-8")
        stage.in_force.office = roster.load(path)
        mine = Desk(
            stage, path, Reloading(path, stage.in_force, stage.machinery, stage.database, stage.clock)
        )
        await mine.reloading.begin()
        if not said:
            await stage.writes()
        await mine.reloading.look()
        said.append((await mine.due(), len(await mine.posts())))
        await stage.machinery.stop()
        await stage.database.close()
    assert said == [([4.0], 0), ([25.0], 1), ([25.0], 1)]


async def test_a_file_of_then_that_cannot_be_read_any_more_is_said_so(desk: Desk) -> None:
    """A later program may not know a key of it."""
    database, now = desk.stage.database, desk.stage.clock.now()
    await database.write(lambda conn: terms.apply(conn, "older", "nonsense", "sol", now))
    await desk.reloading.begin()
    assert await desk.posts() == [STARTED]


@pytest.fixture
async def replicas(
    new_postgresql: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Desk, Desk]]:
    """Two processes on one database, with one time and a file each."""
    monkeypatch.setattr(reloading, "STILL", 0)
    address = new_postgresql()
    migrate.upgrade(address)
    first = await build(address)
    second = await build(address, clock=first.clock)
    second.keys = iter(range(1000, 2000))
    desks = (await _desk(first, tmp_path, "one.toml"), await _desk(second, tmp_path, "two.toml"))
    for one in desks:
        await one.reloading.begin()
    yield desks
    for one in desks:
        await one.stage.machinery.stop()
        await one.stage.database.close()


async def test_every_replica_whose_file_says_the_same_takes_over_what_one_of_them_applied(
    replicas: tuple[Desk, Desk],
) -> None:
    """Said once; what the other one decided meanwhile by the old terms is computed anew too."""
    first, second = replicas
    await first.stage.writes()
    await first.says(OLD, NEW)
    await second.says(OLD, NEW)
    assert (await first.applies()).accepted
    await first.reloading.look()
    await second.stage.writes(actor=Actor(user="U1", team="T0RETAIL01"))
    assert await second.due() == [25.0, 4.0]
    await second.reloading.look()
    assert await second.due() == [25.0, 25.0]
    assert first.stage.in_force.office.id == second.stage.in_force.office.id
    assert (await second.applies()).said.startswith("frontdoor.toml says something else by now")
    assert await first.posts() == [CHANGED, APPLIED]


async def test_a_replica_without_the_file_goes_on_with_its_own_until_it_has_it(
    replicas: tuple[Desk, Desk],
) -> None:
    """What is in force elsewhere is said in its log, and taken over as soon as its file says it."""
    first, second = replicas
    await first.says(OLD, NEW)
    await first.applies()
    before = second.stage.in_force.office
    await second.reloading.look()
    assert second.stage.in_force.office is before
    await second.says(OLD, NEW)
    assert second.stage.in_force.office.id == roster.load(first.path).id
    assert await first.posts() == [CHANGED, APPLIED]
