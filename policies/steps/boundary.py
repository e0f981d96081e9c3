"""Support or new work (TR-4): what is new work becomes a change request; a defect never does."""

from policies import facts as f
from policies.decision import Context, Decision, Refused, Who
from policies.events import ChangeRequest
from policies.ladder import let_go
from policies.markup import escape
from policies.people import Role
from policies.steps.common import stage_is, support_time, to_client
from policies.steps.triage import shown, taken_by
from policies.ticket import Stage, Ticket
from policies.words import client as client_words


def change_request(event: ChangeRequest, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """TR-4: not support but new work, of which kind; the client is told so, and planning has it."""
    refused = stage_is(
        ticket, "change_request", Stage.NEW, Stage.CLAIMED, why=f"{ticket.ref} is {ticket.stage} already."
    )
    refused = refused or _defect(ticket, who)
    if refused is not None:
        return refused
    work = f.NewWork(at=ctx.now, by=who.key, work=event.work)
    resolved = f.Resolved(
        at=ctx.now,
        by=who.key,
        outcome="change_request",
        text=event.text,
        silence_at=None,
        attention_at=support_time(ctx, ctx.terms.attention),
    )
    words = client_words.change_request(ticket.ref, event.work, escape(event.text))
    posts = (*to_client(ticket, "change_request", words), shown(ticket, event.key, who, words))
    return Decision(
        facts=(*taken_by(ticket, who, ctx), work, resolved),
        effects=(*posts, *let_go(ticket, ctx)),
        said="The client was told. Close it when nothing is left.",
    )


def _defect(ticket: Ticket, who: Who) -> Refused | None:
    """A defect is fixed: once development has worked on it as one, only the support lead may judge otherwise."""
    if not ticket.is_defect or who.has(Role.SUPPORT_LEAD):
        return None
    return Refused(
        verb="change_request",
        why=f"Development has worked on {ticket.ref} as a defect, and a defect is fixed: only the support lead "
        "may call it new work. Nothing was changed.",
    )
