"""The forms of the registers: support or new work, workarounds that stay, and vendors."""

from typing import get_args

from handlers.slack import blocks
from handlers.slack.blocks import Json
from handlers.slack.forms.form import Common, Faulty, Form, Sheet, moment, text
from handlers.slack.parse import Submission
from policies.events import AskVendor, CarryWorkaround, ChangeRequest, CloseCarried, VendorAnswer, Work
from policies.events.terms import Carried
from policies.markup import escape, inert, plain
from policies.people import Vendor
from policies.ticket import Workaround

WORK: tuple[tuple[Work, str], ...] = (
    ("feature", "A new feature"),
    ("beyond_defect", "A change beyond mending a defect"),
    ("integration", "A new integration"),
    ("capacity", "Capacity beyond the design"),
    ("platform", "A third party's platform changed (reduced rate)"),
)
_LIVE = 5
"""How many workarounds and vendors a form shows."""
_CUT = 600


def _change_request(sheet: Sheet) -> list[Json]:
    """TR-4: decided with the agreed scope before one's eyes."""
    hint = "The client reads a kind explanation for this kind of work first; what you write here follows it."
    return [
        *_scope(sheet),
        blocks.select("work", "What kind of new work is it?", WORK, kind="radio_buttons"),
        blocks.text_input("text", "More for the client", hint=hint, lines=True, optional=True),
    ]


def _scope(sheet: Sheet) -> list[Json]:
    client = sheet.context.roster.client_by_key.get(sheet.ticket.client) if sheet.ticket else None
    agreed = client.scope if client and client.scope else "nothing is recorded for this client"
    limits = client.known_limits if client else ""
    shown = [blocks.section(f"*Agreed as support:* {blocks.cut(escape(agreed), _CUT)}")]
    if limits:
        shown.append(blocks.section(f"*Known limits:* {blocks.cut(escape(limits), _CUT)}"))
    always = "A defect is fixed, and never becomes a change request."
    if sheet.ticket is not None and sheet.ticket.is_defect:
        always = "⚠ *Development has worked on this as a defect:* only the support lead may call it new work."
    return [*shown, blocks.context(always)]


def _as_change_request(sent: Submission, common: Common) -> ChangeRequest:
    chosen = text(sent, "work")
    work = next((kind for kind in get_args(Work) if kind == chosen), None)
    if work is None:
        raise Faulty("work", "Choose the kind of work.")
    return ChangeRequest(**common, work=work, text=text(sent, "text"))


def _live(sheet: Sheet) -> tuple[Workaround, ...]:
    return sheet.ticket.live_workarounds[:_LIVE] if sheet.ticket else ()


def _people(sheet: Sheet) -> list[tuple[str, str]]:
    return [(person.key, person.name) for person in sheet.context.roster.people]


def _until(sheet: Sheet, item: Workaround) -> int | None:
    """The revert that was agreed, where it still lies ahead."""
    ahead = item.revert_at is not None and item.revert_at > sheet.context.now
    return int(item.revert_at.timestamp()) // 60 * 60 if item.revert_at and ahead else None


def _carry(sheet: Sheet) -> list[Json]:
    live = _live(sheet)
    if not live:
        return [blocks.section("No workaround is live any more.")]
    first = next((item for item in live if str(item.number) == sheet.subject), live[0])
    options = [(str(item.number), f"{item.number}: {plain(item.what)}") for item in live]
    hint = f"From then on it is asked about. Your own time; your zone here is {sheet.zone}."
    return [
        blocks.select("number", "Workaround", options, str(first.number)),
        blocks.select("carrier", "Who reverts it", _people(sheet), first.holder, optional=True),
        blocks.when("until", "By when", epoch=_until(sheet, first), hint=hint),
        blocks.text_input("why", "Why not yet", lines=True, limit=500),
    ]


def _as_carry(sent: Submission, common: Common) -> CarryWorkaround:
    number = text(sent, "number")
    if not number.isdecimal():
        raise Faulty("number", "Choose the workaround.")
    carried = Carried(number=int(number), carrier=text(sent, "carrier"), until=moment(sent, "until"))
    return CarryWorkaround(**common, carried=carried, why=text(sent, "why"))


def _close(sheet: Sheet) -> list[Json]:
    """WA-3: who carries what is left behind, until when."""
    live = _live(sheet)
    if not live:
        return [blocks.section("Nothing is left behind.")]
    shown: list[Json] = [blocks.section("This request leaves something behind that has to be reverted:")]
    for item in live:
        what = blocks.cut(inert(item.what), _CUT)
        original = blocks.cut(inert(item.original), _CUT)
        shown += [
            blocks.section(f"*Workaround {item.number}:* {what}\n*Original:* {original}"),
            blocks.select(f"carrier_{item.number}", "Who carries it", _people(sheet), item.holder),
            blocks.when(f"until_{item.number}", "Until when", epoch=_until(sheet, item)),
        ]
    return shown


def _as_close(sent: Submission, common: Common) -> CloseCarried:
    numbers = [int(name.removeprefix("until_")) for name in sent.values if name.startswith("until_")]
    carried = tuple(
        Carried(number=one, carrier=text(sent, f"carrier_{one}"), until=moment(sent, f"until_{one}"))
        for one in sorted(numbers)
    )
    return CloseCarried(**common, carried=carried)


def _vendor(sheet: Sheet) -> list[Json]:
    """VE-1: the register is consulted here: whom to contact, what they need to know, what they promise."""
    vendors = _of_the_product(sheet)
    if not vendors:
        return [blocks.section("The register has no vendors. They stand in frontdoor.toml, as [[vendors]].")]
    options = [(one.key, one.name) for one in vendors]
    hint = f"Then somebody is asked to look. Without one, after four hours. Your zone here is {sheet.zone}."
    return [
        *(blocks.section(_entry(one)) for one in vendors[:_LIVE]),
        blocks.select("vendor", "Vendor", options, sheet.subject or vendors[0].key),
        blocks.text_input("told", "What they were told", lines=True, limit=1_000),
        blocks.text_input("reference", "Their reference", optional=True, limit=100),
        blocks.when("answer_at", "Their promised answer", hint=hint, optional=True),
    ]


def _of_the_product(sheet: Sheet) -> tuple[Vendor, ...]:
    """Those of the request's product first."""
    name = sheet.ticket.block.saas_name if sheet.ticket and sheet.ticket.block else ""
    return tuple(sorted(sheet.context.roster.vendors, key=lambda one: name not in one.products))


def _entry(vendor: Vendor) -> str:
    lines = [f"*{escape(vendor.name)}*: {escape(vendor.contact)}"]
    lines += [f"They need to know: {escape(vendor.needs)}"] if vendor.needs else []
    lines += [f"They promise: {escape(vendor.promises)}"] if vendor.promises else []
    lines += [f"Their notices: {escape(vendor.notices)}"] if vendor.notices else []
    return "\n".join(blocks.cut(line, _CUT) for line in lines)


def _as_vendor(sent: Submission, common: Common) -> AskVendor:
    return AskVendor(
        **common,
        vendor=text(sent, "vendor"),
        told=text(sent, "told"),
        reference=text(sent, "reference"),
        answer_at=moment(sent, "answer_at"),
    )


def _answer(sheet: Sheet) -> list[Json]:
    waiting = sheet.ticket.waiting_vendors if sheet.ticket else ()
    if not waiting:
        return [blocks.section("No vendor's answer is waited for.")]
    names = {one.key: one.name for one in sheet.context.roster.vendors}
    options = [(case.vendor, names.get(case.vendor, case.vendor)) for case in waiting]
    return [
        blocks.select("vendor", "Vendor", options, sheet.subject or waiting[0].vendor),
        blocks.text_input("said", "What they answered", lines=True, limit=1_000),
    ]


def _as_answer(sent: Submission, common: Common) -> VendorAnswer:
    return VendorAnswer(**common, vendor=text(sent, "vendor"), said=text(sent, "said"))


REGISTERS = (
    Form(
        name="change_request",
        verb="change_request",
        title="Change request",
        submit="Tell the client",
        fill=_change_request,
        read=_as_change_request,
    ),
    Form(name="carry", verb="carry", title="Revert later", submit="Save", fill=_carry, read=_as_carry),
    Form(name="close_carried", verb="close", title="Close", submit="Close", fill=_close, read=_as_close),
    Form(name="vendor", verb="vendor", title="Vendor", submit="Record", fill=_vendor, read=_as_vendor),
    Form(
        name="vendor_answered",
        verb="vendor_answered",
        title="Vendor's answer",
        submit="Record",
        fill=_answer,
        read=_as_answer,
    ),
)
