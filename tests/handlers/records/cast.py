"""A ticket that has lived through everything, and the office it lived in."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import roster
from bot.ports import Job
from bot.roster import Office
from policies.effects import AnyEffect
from policies.events import Block
from policies.ticket import CodeChange, Message, Stage, Ticket, Update, Workaround

ROOT = Path(__file__).resolve().parents[3]
OPENED = datetime(2026, 11, 18, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def office() -> Office:
    """The office of the example: the desk is in Karachi, five hours ahead of UTC."""
    return roster.load(ROOT / "frontdoor.example.toml")


def message(text: str) -> Message:
    """Words of the client."""
    return Message(
        channel="C0RETAIL01", ts="1763456400.000100", at=OPENED, author="U0CASEY001", side="client", text=text
    )


def ticket(
    number: int = 12, words: str = "Printing fails at Harbour Street", *, stage: Stage = Stage.NEW
) -> Ticket:
    """A fresh request."""
    return Ticket(
        id=number,
        ref=f"SUP-{number}",
        client="example-retail",
        channel="C0RETAIL01",
        author="U0CASEY001",
        opened_at=OPENED,
        stage=stage,
        messages=(message(words),),
    )


def lived() -> Ticket:
    """A closed request with every part of the process in it."""
    return Ticket(
        id=12,
        ref="SUP-12",
        client="example-retail",
        channel="C0RETAIL01",
        author="U0CASEY001",
        opened_at=OPENED,
        stage=Stage.CLOSED,
        production_down=True,
        owner="sam",
        responded_by="bot",
        block=Block(
            saas_name="Till",
            saas_url="https://till.example-retail.example",
            branch="Harbour Street",
            branch_env="production",
            device_type="printer",
            build_version="Unknown",
            issue_platform="Windows",
            issue_detail="Receipts are empty since 9:00",
        ),
        escalated_by="sam",
        escalated_at=OPENED + 10 * MINUTE,
        in_hours=True,
        acknowledged_by="lee",
        acknowledged_at=OPENED + 12 * MINUTE,
        calls=2,
        developer="devi",
        assigned_at=OPENED + 15 * MINUTE,
        updates=(
            Update(
                number=1,
                at=OPENED + 35 * MINUTE,
                by="devi",
                what="estimate",
                text="The driver is the cause",
                promise=OPENED + 95 * MINUTE,
            ),
            Update(
                number=2,
                at=OPENED + 90 * MINUTE,
                by="devi",
                what="final",
                text="Driver replaced",
                promise=None,
            ),
        ),
        workarounds=(
            Workaround(
                number=1,
                what="Old driver pinned",
                original="driver = auto",
                author="devi",
                lead="lee",
                revert_at=OPENED + timedelta(days=2),
                ask_at=None,
            ),
            Workaround(
                number=2,
                what="Spooler restarted",
                original="none",
                author="nobody",
                lead="",
                revert_at=None,
                ask_at=None,
            ),
        ),
        severity="S2",
        severity_by="lee",
        urgent=True,
        dues=(("response", OPENED + 120 * MINUTE), ("resolution", OPENED + 80 * MINUTE)),
        resolved_at=OPENED + 90 * MINUTE,
        code_changes=(
            CodeChange(
                number=1, entry="CHG-12-1", summary="Ask the driver for its version", urgent=True, scope="all"
            ),
            CodeChange(
                number=2,
                entry="CHG-12-2",
                summary="Log *empty* <receipts>\n# twice",
                urgent=False,
                scope="site",
            ),
        ),
        outcome="fixed",
        resolution="Driver replaced",
        cause="A driver update",
        steps="Roll back, then replace",
        confirmed_by="U0CASEY001",
        confirmed_at=OPENED + 100 * MINUTE,
        closed_at=OPENED + 101 * MINUTE,
        messages=(message("Printing fails at Harbour Street"),),
    )


def job(effect: AnyEffect, of: Ticket | None) -> Job:
    """The effect, leased."""
    return Job(id=1, key="k", attempt=1, effect=effect, ticket=of, posts={}, first_at=OPENED)


def files(directory: Path) -> list[str]:
    """The names of what stands there."""
    return sorted(path.name for path in directory.iterdir())
