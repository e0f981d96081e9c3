"""What a closed request leaves behind: each live workaround has somebody who carries it, and an end (WA-3)."""

from collections.abc import Sequence
from datetime import datetime

from policies.decision import Context, Decision, Refused, Who
from policies.effects import Post
from policies.events.terms import Carried
from policies.folding.fold import apply
from policies.markup import stamp
from policies.steps import workaround
from policies.steps.common import joined, name_of, to_us
from policies.ticket import Ticket
from policies.words import register as wording


def unsettled(ticket: Ticket, now: datetime) -> bool:
    """Whether a live workaround has no end, or one that has passed: then nothing closes the request by itself."""
    return any(item.revert_at is None or item.revert_at <= now for item in ticket.live_workarounds)


def left_behind(carried: Sequence[Carried], ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """WA-3: who carries what is left, until when, said aloud; by default whoever did, until its revert.

    Refused while one of them has no end that lies ahead, with the mend.
    """
    said = {one.number: one for one in carried}
    changes = []
    for item in ticket.live_workarounds:
        one = said.get(item.number, Carried(number=item.number))
        refused = workaround.faulty("close", item, one, ctx, f"_{item.number}")
        if refused is not None:
            return refused if item.number in said else _no_end(ticket, item.number, item.revert_at, ctx)
        fact = workaround.carried(item, one, who, ctx, "closed")
        if (fact.carrier, fact.revert_at) != (item.holder, item.revert_at):
            invited = workaround.invitations(item.number, (fact.carrier, item.author, item.lead), ctx)
            changes.append(Decision(facts=(fact,), effects=invited))
    decision = joined(*changes)
    after = ticket
    for fact_ in decision.facts:
        after = apply(after, fact_)
    return joined(decision, Decision(effects=told(after, ctx)))


def _no_end(ticket: Ticket, number: int, until: datetime | None, ctx: Context) -> Refused:
    """Nobody was asked for an end: by a card of before, or by somebody who closes in another way."""
    now = f"was to be reverted {stamp(until, ctx.zone)}" if until else "has no end"
    why = (
        f"Workaround {number} of {ticket.ref} is live and {now}. Have it reverted, "
        "or press Close on the card and say who carries it, until when. Nothing was changed."
    )
    return Refused(verb="close", why=why)


def told(ticket: Ticket, ctx: Context) -> tuple[Post, ...]:
    """WA-3: for support, in the request's thread; nothing where nothing is left."""
    lines = tuple(
        wording.left(item, name_of(item.holder, ctx), item.revert_at, ctx.zone)
        for item in ticket.live_workarounds
    )
    return (to_us(ticket, "left_behind", wording.left_behind(ticket.ref, lines)),) if lines else ()
