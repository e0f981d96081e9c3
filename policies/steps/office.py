"""The office itself: a changed file is shown, and in force once the support lead says so; requests follow the terms in force."""

from policies.access import may
from policies.decision import NOTHING, Application, Context, Decision, Refused, Who
from policies.effects import Button, Place, Post, Revise
from policies.events import Pressed
from policies.events.office import FileBroken, FileChanged, FileTaken, TermsChanged
from policies.people import Role
from policies.targets import retarget
from policies.ticket import Ticket
from policies.words import office as wording_office


def file_changed(event: FileChanged, _who: Who, ctx: Context) -> Decision:
    """What would be different, its effect on open requests, and the button; what was shown before loses its own."""
    words = wording_office.file_superseded(shown=bool(event.changes))
    past = (_settled(event.instead, words),) if event.instead else ()
    if not event.changes:
        return Decision(effects=past)
    leads = ctx.roster.holders(Role.SUPPORT_LEAD)
    words = wording_office.file_changed(event.changes, event.moved, leads, ctx.zone)
    apply = Button(verb="terms", label="Apply", value=event.office, style="primary")
    return Decision(effects=(*past, _to_support(_slot(event.office), words, apply)))


def file_broken(event: FileBroken, _who: Who, _ctx: Context) -> Decision:
    """Said once for each state of the file; what was in force stays in force."""
    return Decision(effects=(_to_support(event.key, wording_office.file_broken(event.problems)),))


def file_taken(event: FileTaken, who: Who, ctx: Context) -> Decision:
    """A start applies what the file says, and says what is different."""
    words = wording_office.file_taken(event.changes, event.since, ctx.zone)
    past = _settled(event.office, wording_office.FILE_STARTED)
    return Decision(
        effects=(past, _to_support(event.key, words)),
        applies=Application(office=event.office, by=who.key),
    )


def apply(event: Pressed, who: Who, ctx: Context) -> Decision | Refused:
    """Only what is on the screen of whoever presses comes into force: a file that was changed again has a line of its own."""
    refused = may(who, "terms")
    if refused is not None:
        return refused
    if event.subject == ctx.in_force:
        return Decision(said="That is in force already.")
    if not ctx.proposed or event.subject != ctx.proposed:
        why = "frontdoor.toml says something else by now: look for a later message. Nothing was changed."
        return Refused(verb="terms", why=why)
    post = _to_support(f"applied:{event.key}", wording_office.applied(who.name))
    past = _settled(event.subject, wording_office.file_settled(who.name))
    return Decision(
        effects=(past, post),
        applies=Application(office=event.subject, by=who.key),
        said="Applied: it is in force within seconds.",
    )


def terms_changed(_event: TermsChanged, ticket: Ticket, _who: Who, ctx: Context) -> Decision:
    """SV-3: computed anew from the request's own start; nobody is told what was told before."""
    anew = retarget(ticket, ticket, ctx, ctx.now)
    return NOTHING if anew is None else Decision(facts=(anew,))


def _slot(office: str) -> str:
    """Of the message that shows this state of the file with its button."""
    return f"terms:{office}"


def _settled(office: str, words: str) -> Revise:
    return Revise(slot=_slot(office), to=Place(kind="support"), text=words, below=True)


def _to_support(slot: str, words: str, *buttons: Button) -> Post:
    return Post(slot=slot, to=Place(kind="support"), text=words, lane="internal", buttons=buttons)
