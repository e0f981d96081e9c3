"""Vendors (VE-1): what they were told, what they promised, and somebody who looks whether they kept it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from policies import facts as f
from policies.decision import Context, Decision, Refused, Who
from policies.effects import Button, Place, Post
from policies.events import AskVendor, CheckVendors, ClockFired, VendorAnswer
from policies.folding.fold import apply
from policies.people import Vendor
from policies.steps.common import lead_mention, mention, needs_text, own_thread, owner_mention, to_us
from policies.ticket import Stage, Ticket
from policies.words import register as wording

_UNPROMISED = timedelta(hours=4)
"""VE-1: when somebody looks for an answer that nobody promised for a moment."""
_ASK_AGAIN = timedelta(days=1)


def asked(event: AskVendor, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """A vendor is the cause and was told so; asked again, the newer promise counts."""
    vendor = _vendor(event.vendor, ctx)
    if not ticket.is_open:
        return Refused(verb="vendor", why=f"{ticket.ref} is {ticket.stage}. Nothing was changed.")
    if vendor is None:
        words = "No such vendor is in the register: vendors stand in frontdoor.toml."
        return Refused(verb="vendor", why=words, fields=(("vendor", words),), record=False)
    refused = needs_text("vendor", told=event.told)
    if refused is not None:
        return refused
    if event.answer_at is not None and event.answer_at <= ctx.now:
        words = "The promised answer lies in the future."
        return Refused(verb="vendor", why=words, fields=(("answer_at", words),), record=False)
    fact = f.VendorAsked(
        at=ctx.now,
        by=who.key,
        vendor=vendor.key,
        told=event.told,
        reference=event.reference,
        answer_at=event.answer_at,
        look_at=event.answer_at or ctx.now + _UNPROMISED,
    )
    case = apply(ticket, fact).vendors[-1]
    words = wording.vendor_asked(who.name, vendor, case, ctx.zone)
    slot = f"vendor:{vendor.key}:{ctx.now:%Y%m%d%H%M%S}"
    return Decision(
        facts=(fact,),
        effects=(to_us(ticket, slot, words, own_thread(ticket)),),
        said=f"Recorded: {vendor.name} was asked.",
    )


def answered(event: VendorAnswer, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """What they said; nobody looks for it any more."""
    if all(case.vendor != event.vendor for case in ticket.waiting_vendors):
        return Refused(verb="vendor_answered", why="No answer of this vendor is waited for.")
    refused = needs_text("vendor_answered", said=event.said)
    if refused is not None:
        return refused
    fact = f.VendorAnswered(at=ctx.now, by=who.key, vendor=event.vendor, said=event.said)
    words = wording.vendor_answered(who.name, _name(event.vendor, ctx), event.said)
    slot = f"vendor_answered:{event.vendor}:{ctx.now:%Y%m%d%H%M%S}"
    return Decision(
        facts=(fact,), effects=(to_us(ticket, slot, words, own_thread(ticket)),), said="Recorded."
    )


def clock(event: ClockFired, ticket: Ticket, ctx: Context) -> Decision | None:
    """Whoever has the request looks for the answer, and every day again; None for a clock of another step."""
    if event.clock != "vendor":
        return None
    case = next(one for one in ticket.vendors if one.vendor == event.subject)
    fact = f.Nudged(
        at=ctx.now, by="clock", what="vendor", subject=event.subject, next_at=ctx.now + _ASK_AGAIN
    )
    words = wording.vendor_due(_has_it(ticket, ctx), _name(case.vendor, ctx), ticket.ref, case, ctx.zone)
    buttons = (
        Button(verb="vendor_answered", label="They answered…", value=case.vendor),
        Button(verb="vendor", label="Asked again…", value=case.vendor),
    )
    slot = f"vendor_due:{case.vendor}:{ctx.now:%Y%m%d%H%M}"
    asked_for = to_us(ticket, slot, words, own_thread(ticket), lane="escalation", buttons=buttons)
    return Decision(facts=(fact,), effects=(asked_for,))


def morning(event: CheckVendors, _who: Who, ctx: Context) -> Decision:
    """VE-1: support is reminded of a check-in the day before, and on its day; days are those of the team's zone."""
    today = ctx.now.astimezone(ZoneInfo(ctx.zone)).date()
    near = [one for one in ctx.roster.vendors if one.check_in in {today, today + timedelta(days=1)}]
    posts = (
        Post(
            slot=f"check_in:{one.key}:{event.key}",
            to=Place(kind="support"),
            text=wording.check_in(one, today),
            lane="internal",
        )
        for one in near
    )
    return Decision(effects=tuple(posts))


def _has_it(ticket: Ticket, ctx: Context) -> str:
    """The developer, else the lead while development has it, else support."""
    if ticket.stage is Stage.ASSIGNED and (developer := mention(ticket.developer, ctx)):
        return developer
    return lead_mention(ticket, ctx) if ticket.with_development else owner_mention(ticket, ctx)


def _vendor(key: str, ctx: Context) -> Vendor | None:
    return next((one for one in ctx.roster.vendors if one.key == key), None)


def _name(key: str, ctx: Context) -> str:
    found = _vendor(key, ctx)
    return found.name if found is not None else key
