"""What is known already: the escalation block, the developers to suggest, the draft for the client."""

from policies.decision import Context
from policies.markup import plain
from policies.people import Person, Role
from policies.ticket import Ticket, Update
from policies.words import client as client_words

_DETAIL = 2900


def block(ticket: Ticket, ctx: Context) -> dict[str, str]:
    """TR-3: the fields of the escalation block as far as they are known; the others are empty."""
    client = ctx.roster.client_by_key.get(ticket.client)
    product = client.products[0] if client is not None and len(client.products) == 1 else None
    words = plain(ticket.words).lower()
    if client is not None and product is None:
        product = next((one for one in client.products if one.name.lower() in words), None)
    branch = next((one for one in client.branches if one.lower() in words), "") if client is not None else ""
    before = ticket.block
    if before is not None:
        return {name: getattr(before, name) for name in before.__dataclass_fields__}
    return {
        "saas_name": product.name if product is not None else "",
        "saas_url": product.url if product is not None else "",
        "branch": branch or ctx.known_branch,
        "branch_env": "production",
        "device_type": "",
        "build_version": ctx.known_builds.get(product.name if product is not None else "", ctx.known_build),
        "issue_platform": "",
        "issue_detail": plain(ticket.words)[:_DETAIL],
    }


def developers(ticket: Ticket, ctx: Context) -> tuple[Person, ...]:
    """ES-4: developers to choose from, those of the product with the least load first; the absent last of all.

    In its intensive period whoever built it comes first (HC-5).
    """
    client = ctx.roster.client_by_key.get(ticket.client)
    builders = client.builders if client is not None and ticket.intensive else ()
    product = ticket.block.saas_name if ticket.block is not None else ""

    def rank(one: Person) -> tuple[bool, bool, bool, int]:
        away = ctx.roster.away(one, ctx.now)
        return away, one.key not in builders, product not in one.products, ctx.loads.get(one.key, 0)

    return tuple(sorted(ctx.roster.holders(Role.DEVELOPER), key=rank))


def draft(ticket: Ticket, update: Update, zone: str) -> str:
    """UP-4: what the client would read; moments in the client's `zone`. Nothing of it is sent by itself."""
    if update.what == "final":
        return client_words.fixed(update.text)
    return client_words.estimate(update.text, update.promise, zone)
