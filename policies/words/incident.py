"""What is said to our own people in a Severity 1, and of an incident over several clients."""

from collections.abc import Sequence

from policies.events.incident import HotfixStepName
from policies.facts import ExecutiveNews
from policies.markup import inert, quoted
from policies.people import Contact

STEPS: dict[HotfixStepName, str] = {
    "rollback_plan": "rollback plan",
    "built": "built",
    "reviewed": "reviewed",
    "staging": "tested on staging",
    "deployed": "deployed",
    "verified": "verified",
}
"""UP-5: the steps of the hotfix path."""

NEWS: dict[ExecutiveNews, str] = {
    "declared": "it is Severity 1",
    "again": "it is open again",
    "estimate": "it has another estimate",
    "resolved": "it is resolved",
    "lowered": "it is no longer Severity 1",
}
"""SV-2: what the executives are to hear."""


def checklist(ref: str, engineer: str, informer: str, technicians: str) -> str:
    """SV-2: what a Severity 1 asks for at once, and of whom."""
    return (
        f":rotating_light: *{ref}* is Severity 1, day and night. At once:\n"
        f"• Senior engineer: {engineer}\n"
        f"• Executives of both sides: {informer}\n"
        "• Hotfix path, when all users are concerned or it is down: rollback plan, built, reviewed, tested on staging, "
        "deployed, verified\n"
        f"For technicians: {technicians}"
    )


def engineer_wanted(lead: str, stage: str) -> str:
    """SV-2: who names the engineer, as a line of the checklist; `stage` is what comes before."""
    return {
        "escalate": "escalate it now, so that one can be named.",
        "acknowledge": f"{lead or 'the development lead'} acknowledges and names one now.",
        "assign": f"{lead or 'the development lead'} names one now.",
    }[stage]


def engineer_named(ref: str, owner: str, name: str) -> str:
    """SV-2: support can tell the client."""
    words = f"{inert(name)} is the engineer for *{ref}* (Severity 1). The client can be told."
    return f"{owner} {words}" if owner else words


def informer(person: str) -> str:
    """SV-2: who informs the executives, as a line of the checklist."""
    return f"{person or 'whoever reads this first'} informs them; the draft is in support's thread."


NOBODY_TO_INFORM = "no contact is recorded on either side. Please have them recorded."


def inform(ref: str, person: str, news: ExecutiveNews) -> str:
    """SV-2: asked of one person."""
    words = f"please inform the executives of both sides about *{ref}*: {NEWS[news]}. Then record it."
    return f"{person} {words}" if person else f"{words[:1].upper()}{words[1:]}"


def inform_again(ref: str, person: str) -> str:
    """SV-2: nobody has recorded it."""
    words = f"it is not recorded yet that the executives know about *{ref}*."
    return f"{person} {words}" if person else f"{words[:1].upper()}{words[1:]}"


def drafts(sides: Sequence[tuple[str, Sequence[Contact], str]], end_users: str) -> str:
    """CO-1: for each side its name, its contacts and its draft; then the words for end users. Nothing of it is sent by itself."""
    parts = [
        f"For {inert(name)} ({', '.join(map(_contact, contacts)) or 'no contact is recorded'}):\n{quoted(words)}"
        for name, contacts, words in sides
    ]
    return "\n".join([*parts, f"For end users, if the client asks for words:\n{quoted(end_users)}"])


def _contact(one: Contact) -> str:
    how = one.reach or ("Slack" if one.slack else "")
    return f"{inert(one.name)}, {inert(how)}" if how else inert(one.name)


def informed(name: str, whom: str, how: str) -> str:
    """SV-2: recorded."""
    return f":white_check_mark: {inert(name)} has informed the executives: {inert(whom)} ({inert(how)})."


def hotfix_step(name: str, step: HotfixStepName, note: str, missing: Sequence[HotfixStepName]) -> str:
    """UP-5: a step, and what was left out before it."""
    more = f": {inert(note)}" if note.strip() else ""
    without = f" :warning: Without: {', '.join(STEPS[one] for one in missing)}." if missing else ""
    return f"Hotfix, {STEPS[step]} ({inert(name)}){more}{without}"


def joined(ref: str, client: str, title: str, name: str) -> str:
    """For whoever works on the request that leads."""
    about = f" “{inert(title)}”" if title else ""
    return f"*{ref}* of {inert(client)} has the same cause: it is part of this incident{about} now, says {inert(name)}."


def led(ref: str, leader: str, title: str, name: str) -> str:
    """For whoever has the request that is led from now on."""
    about = f" (“{inert(title)}”)" if title else ""
    return (
        f"{inert(name)} joined *{ref}* to the incident of *{leader}*{about}: development works on it there, and one approval "
        "there sends each update here too. What the client writes is still answered here."
    )


def left(ref: str, leader: str) -> str:
    """It goes on by itself."""
    return f"*{ref}* is no longer part of the incident of *{leader}*."


def member_down(ref: str, client: str, leader: str) -> str:
    """IN-5: the urgency is that of the whole incident."""
    return (
        f":rotating_light: *{inert(client)}* says that production is down (*{ref}*, same cause). "
        f"*{leader}* is as urgent as that."
    )


def quiet(ref: str, leader: str, owner: str) -> str:
    """No silent ticket: nothing was sent to this client for a while."""
    words = f"nothing new for the client of *{ref}*, which waits with the incident of *{leader}*. Does it know enough?"
    return f"{owner} {words}" if owner else f"{words[:1].upper()}{words[1:]}"


def carried_draft(owner: str, leader: str, number: int, words: str) -> str:
    """UP-4: a client that came to an incident later has not read its newest update."""
    said = (
        f"the newest update of *{leader}* for this client, as update {number}. This is what they would read:"
    )
    return f"{owner} {said}\n{quoted(words)}" if owner else f"{said[:1].upper()}{said[1:]}\n{quoted(words)}"


def names_others(name: str) -> str:
    """Nothing of one client reaches another."""
    return f"These words name {name}, which other clients would read. Edit them first. Nothing was sent."


def carried_elsewhere(ref: str, leader: str) -> str:
    """Why development's buttons rest here."""
    return f"{ref} is part of the incident of {leader}: do it there, or let {ref} leave the incident first."


def leads(ref: str) -> str:
    """Why a request with members cannot go this way."""
    return f"{ref} leads an incident: resolve it for all, or let the others leave it first."
