"""What anybody may send and our own loops may tell, for the machine of tests.bot.replicas: one of each kind of event."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from policies import events as e
from policies.events.incident import HotfixStep, InformExecutives
from policies.events.office import MaintenanceNears, SetMaintenance, TermsChanged
from policies.events.people import AskForCode, CheckCoverage, GiveCode, SetCover, Swap
from policies.events.terms import Carried, SetSeverity
from policies.people import Absence, Maintenance, Vendor
from policies.rota import Cover
from tests.bot.stage import BLOCK

SUPPORT, LEAD, SUPPORT_LEAD, DEVELOPER, BOT = "U0SAM00001", "U0LEE00001", "U0SOL00001", "U0DEVI0001", "bot"
HOURS = timedelta(hours=2)
VENDOR = Vendor(key="hosting", name="Example Hosting", contact="support@hosting.example")
Form = Callable[[dict[str, Any], datetime, int | None], e.AnyEvent]
"""What every event has, now, and minutes until what is promised, None without a promise."""


def _ahead(now: datetime, minutes: int | None) -> datetime | None:
    return None if minutes is None else now + timedelta(minutes=minutes)


def _nobodys(common: dict[str, Any]) -> dict[str, Any]:
    return common | {"ticket": None}


def _missed(common: dict[str, Any], now: datetime) -> e.Missed:
    who = e.Actor(user="U0CASEY001", team="T0RETAIL01")
    at = now - HOURS / 2
    return e.Missed(actor=who, channel="C0RETAIL01", ticket=common["ticket"], at=at, taken=now)


def _update(common: dict[str, Any], now: datetime, minutes: int | None) -> e.AnyEvent:
    what: e.UpdateKind = "preliminary" if minutes is None else "estimate"
    return e.GiveUpdate(**common, what=what, text="Looking", promise=_ahead(now, minutes))


def _work(now: datetime) -> Maintenance:
    return Maintenance(start=now + HOURS, end=now + 2 * HOURS, what="new tills")


FORMS: dict[str, tuple[str, Form]] = {
    "reply": (SUPPORT, lambda c, _, m: e.Reply(**c, text="Which till?", asks=m is None)),
    "escalate": (SUPPORT, lambda c, _, __: e.Escalate(**c, block=BLOCK)),
    "answer": (SUPPORT, lambda c, _, __: e.Answer(**c, outcome="answered", text="Like this")),
    "relay": (SUPPORT, lambda c, _, __: e.Relay(**c, update=1, text="We are on it")),
    "assign": (LEAD, lambda c, _, __: e.Assign(**c, developer="devi")),
    "update": (DEVELOPER, _update),
    "resolve": (
        DEVELOPER,
        lambda c, _, m: e.Resolve(**c, text="Mended", code_change="" if m else "the spooler"),
    ),
    "workaround": (
        DEVELOPER,
        lambda c, now, m: e.Workaround(**c, what="other port", original="9100", revert_at=_ahead(now, m)),
    ),
    "code change": (DEVELOPER, lambda c, _, __: e.CodeChange(**c, summary="Restart it")),
    "new work": (SUPPORT, lambda c, _, __: e.ChangeRequest(**c, work="feature")),
    "severity": (
        LEAD,
        lambda c, now, m: SetSeverity(
            **c, severity="S1" if m else "S3", urgent=m is None, fix_at=_ahead(now, m)
        ),
    ),
    "executives": (LEAD, lambda c, _, __: InformExecutives(**c, whom="Charlie Chief", how="by telephone")),
    "hotfix": (LEAD, lambda c, _, __: HotfixStep(**c, step="built", note="on the branch")),
    "open": (
        SUPPORT,
        lambda c, _, __: e.OpenRequest(**_nobodys(c), channel="C0CLINIC01", text="They telephoned"),
    ),
    "carry": (
        DEVELOPER,
        lambda c, now, m: e.CarryWorkaround(
            **c, carried=Carried(number=1, until=_ahead(now, m)), why="not yet"
        ),
    ),
    "close carried": (
        SUPPORT,
        lambda c, now, m: e.CloseCarried(
            **c, carried=(Carried(number=1, carrier="devi", until=_ahead(now, m)),)
        ),
    ),
    "vendor": (
        LEAD,
        lambda c, now, m: e.AskVendor(**c, vendor="hosting", told="It is slow", answer_at=_ahead(now, m)),
    ),
    "vendor answered": (LEAD, lambda c, _, __: e.VendorAnswer(**c, vendor="hosting", said="Mended")),
    "away": (
        LEAD,
        lambda c, now, _: e.SetAway(**_nobodys(c), absence=Absence(person="lee", start=now, end=now + HOURS)),
    ),
    "cover": (
        LEAD,
        lambda c, now, _: SetCover(
            **_nobodys(c), cover=Cover(person="lee", by="bo", start=now, end=now + HOURS)
        ),
    ),
    "swap": (
        SUPPORT_LEAD,
        lambda c, now, _: Swap(**_nobodys(c), one="sam", other="sky", start=now, end=now + HOURS),
    ),
    "ask for a code": (SUPPORT, lambda c, _, __: AskForCode(**_nobodys(c), code="1234")),
    "give a code": (SUPPORT, lambda c, _, m: GiveCode(**_nobodys(c), code="1234" if m else "4321")),
    "maintenance": (
        SUPPORT_LEAD,
        lambda c, now, m: SetMaintenance(
            **_nobodys(c), client="sample-clinics", window=_work(now) if m else None
        ),
    ),
    "maintenance nears": (
        BOT,
        lambda c, now, _: MaintenanceNears(**_nobodys(c), client="sample-clinics", window=_work(now)),
    ),
    "terms changed": (BOT, lambda c, _, __: TermsChanged(**c)),
    "check coverage": (BOT, lambda c, _, m: CheckCoverage(**_nobodys(c), gaps=m is None)),
    "check vendors": (BOT, lambda c, _, __: e.CheckVendors(**_nobodys(c))),
    "caught up": (
        BOT,
        lambda c, now, _: e.CaughtUp(**_nobodys(c), since=now - HOURS, until=now, missed=(_missed(c, now),)),
    ),
    "dead letter": (
        BOT,
        lambda c, now, _: e.DeadLetter(**_nobodys(c), letter="m1", what="message_posted", came=now),
    ),
    "outside failed": (
        BOT,
        lambda c, _, __: e.OutsideFailed(**_nobodys(c), what="telephone", reason="the account is closed"),
    ),
}
"""Whose form it usually is, and what it says."""
