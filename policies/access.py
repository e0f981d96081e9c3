"""Who may do what: the table of the process, as data, asked behind the door and nowhere else."""

from policies.decision import Refused, Who
from policies.events import Actor, Verb
from policies.people import Client, Role, Roster
from policies.ticket import Ticket

S, SL, L, B, D = Role.SUPPORT, Role.SUPPORT_LEAD, Role.LEAD, Role.BACKUP, Role.DEVELOPER

MAY: dict[Verb, frozenset[Role]] = {
    "claim": frozenset({S, SL}),
    "reply": frozenset({S, SL}),
    "answer": frozenset({S, SL}),
    "change_request": frozenset({S, SL}),
    "dismiss": frozenset({S, SL}),
    "merge": frozenset({S, SL}),
    "split": frozenset({S, SL}),
    "relay": frozenset({S, SL}),
    "open": frozenset({S, SL}),
    "escalate": frozenset({S, SL}),
    "call_now": frozenset({S, SL}),
    "reached_by_voice": frozenset({S, SL}),
    "acknowledge": frozenset({L, B}),
    "pass_on": frozenset({L, B}),
    "assign": frozenset({SL, L, B}),
    "update": frozenset({L, B}),
    "code_change": frozenset({L, B}),
    "workaround": frozenset({L, B}),
    "reverted": frozenset({L, B}),
    "carry": frozenset({L, B}),
    "vendor": frozenset({S, SL, L, B}),
    "vendor_answered": frozenset({S, SL, L, B}),
    "scope": frozenset({SL, L, B}),
    "resolve": frozenset({SL, L, B}),
    "confirm": frozenset({S, SL}),
    "close": frozenset({S, SL}),
    "reopen": frozenset({S, SL}),
    "decline": frozenset(),
    "away": frozenset({SL, L, B}),
    "rota": frozenset({SL, L, B}),
    "verify": frozenset({S, SL, L, B, D}),
    "terms": frozenset({SL}),
    "maintenance": frozenset({SL, L, B}),
    "try_again": frozenset({S, SL}),
    "it_is_there": frozenset({S, SL}),
    "say_again": frozenset({S, SL}),
    "severity": frozenset({S, SL, L, B}),
    "executives": frozenset({S, SL, L, B}),
    "hotfix": frozenset({L, B}),
    "incident": frozenset({S, SL, L, B}),
    "leave_incident": frozenset({S, SL, L, B}),
    "fix_is_in": frozenset({SL, L, B}),
    "production_down": frozenset({Role.CLIENT}),
    "solved": frozenset({Role.CLIENT}),
    "still_broken": frozenset({Role.CLIENT}),
}
"""Verb -> the roles that always have it. What somebody has on their own work, or when rung, is in `may`."""

OWN: frozenset[Verb] = frozenset({
    "update", "code_change", "workaround", "reverted", "carry", "resolve", "decline", "severity", "fix_is_in", "hotfix",
    "vendor", "vendor_answered",
})  # fmt: skip
"""What a developer may do on a ticket that is assigned to them."""

_DOING: dict[Verb, str] = {
    "claim": "take a request",
    "reply": "write to the client from here",
    "answer": "resolve without development",
    "change_request": "turn this into a change request",
    "dismiss": "dismiss a request",
    "merge": "merge requests",
    "split": "split a request",
    "relay": "send an update to the client",
    "open": "open a request for a client",
    "escalate": "escalate",
    "call_now": "start the telephone",
    "reached_by_voice": "record a conversation",
    "acknowledge": "acknowledge an escalation",
    "pass_on": "pass an escalation on",
    "assign": "assign a developer",
    "decline": "decline this",
    "update": "give an update",
    "code_change": "log a code change",
    "scope": "set the scope",
    "workaround": "record a workaround",
    "reverted": "confirm a revert",
    "carry": "put a revert off",
    "vendor": "record a question to a vendor",
    "vendor_answered": "record a vendor's answer",
    "resolve": "resolve this",
    "confirm": "confirm for the client",
    "close": "close a request",
    "reopen": "reopen a request",
    "severity": "set or propose a severity",
    "executives": "record that executives are informed",
    "hotfix": "record a step of the hotfix path",
    "incident": "join requests to one incident",
    "leave_incident": "take a request out of an incident",
    "fix_is_in": "say that the permanent fix is in place",
    "production_down": "say that production is down",
    "solved": "confirm the fix",
    "still_broken": "say that it is still broken",
    "away": "set somebody else's absence",
    "rota": "set the rota",
    "verify": "have a number verified",
    "terms": "apply a changed frontdoor.toml",
    "maintenance": "announce maintenance",
    "try_again": "have this tried again",
    "it_is_there": "say whether a message is there",
    "say_again": "have a message sent again",
}

_ROLE_WORDS = {
    Role.CLIENT: "the client",
    Role.SUPPORT: "support",
    Role.SUPPORT_LEAD: "the support lead",
    Role.LEAD: "the development lead",
    Role.BACKUP: "the backup lead",
    Role.DEVELOPER: "a developer",
}


def identify(actor: Actor, roster: Roster, channel: str = "") -> Who:
    """Who `actor` is. Ours by roster id; of a client by workspace or by the client's own channel; never by name."""
    if actor.via in {"clock", "bot"}:
        return Who(key=actor.via, name="Frontdoor", slack="")
    person = roster.by_key.get(actor.person) or roster.by_slack.get(actor.user)
    if person is not None:
        return Who(key=person.key, name=person.name, slack=person.slack, person=person)
    client = _client_of(actor, roster, channel) if actor.via == "slack" else None
    return Who(key=actor.user or "somebody", name="the client", slack=actor.user, client=client)


def _client_of(actor: Actor, roster: Roster, channel: str) -> Client | None:
    """By workspace, and the channel tells apart two clients of one workspace; an unknown workspace counts as the channel's."""
    here = roster.by_channel.get(channel)
    known = [client for client in roster.clients if actor.team and actor.team in client.teams]
    if known:
        return here if here in known else known[0]
    return None if actor.ours else here


def may(who: Who, verb: Verb, ticket: Ticket | None = None) -> Refused | None:
    """None when `who` may `verb` on `ticket`, else the refusal in words for them."""
    if who.person is None:
        own = who.client is not None and (ticket is None or ticket.client == who.client.key)
        return None if own and Role.CLIENT in MAY[verb] else _refusal(verb)
    if not who.person.roles.isdisjoint(MAY[verb]):
        return None
    if ticket is not None and verb in OWN and who.key in _owners(verb, ticket):
        return None
    if verb in {"acknowledge", "pass_on"} and who.has(Role.SUPPORT_LEAD) and _is_rung(ticket, who.key):
        return None
    return _refusal(verb)


def _owners(verb: Verb, ticket: Ticket) -> tuple[str, ...]:
    """Whose work it is: the assigned developer's; a revert also belongs to whoever made or carries the workaround (WA-2)."""
    live = ticket.live_workarounds if verb in {"reverted", "carry"} else ()
    return (ticket.developer, *(key for item in live for key in (item.author, item.holder)))


def _is_rung(ticket: Ticket | None, key: str) -> bool:
    """The last rung has the lead's duties from the moment its telephone rings."""
    return (
        ticket is not None
        and ticket.ladder is not None
        and key in ticket.ladder.rung_people | ticket.ladder.rung_before
    )


def _refusal(verb: Verb) -> Refused:
    allowed = [word for role, word in _ROLE_WORDS.items() if role in MAY[verb]]
    if verb in OWN:
        allowed.append("the developer it is assigned to")
    listed = f"{', '.join(allowed[:-1])} or {allowed[-1]}" if len(allowed) > 1 else allowed[0]
    return Refused(verb=verb, why=f"Only {listed} may {_DOING[verb]}. Nothing was changed.")
