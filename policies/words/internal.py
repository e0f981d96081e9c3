"""Every sentence the bot says to our own people, in Slack and by text message; those for clients stand in client_words."""

from collections.abc import Sequence
from datetime import datetime

from policies.facts import Purpose
from policies.markup import inert, moment, person, quoted, span
from policies.people import Client, Person, Role
from policies.ticket import Ticket, Update

ROLE_NAMES = {
    Role.CLIENT: "The client",
    Role.SUPPORT: "Support",
    Role.SUPPORT_LEAD: "The support lead",
    Role.LEAD: "The development lead",
    Role.BACKUP: "The backup lead",
    Role.DEVELOPER: "The developer",
}

ABOUT: dict[Purpose, str] = {
    "claim": "nobody of support has taken it",
    "check": "the first response is not confirmed",
    "down": "the client says that production is down",
    "acknowledge": "the escalation is not acknowledged",
    "assign": "no developer is assigned",
    "update": "an update is missing",
    "decide": "Severity 1 is proposed and nobody has decided",
}

_ENDED = {
    "no_answer": "did not answer",
    "busy": "is busy",
    "failed": "could not be rung",
    "canceled": "was hung up",
    "unconfirmed": "picked up, but nobody pressed a key (a voicemail, perhaps)",
    "passed": "passes it on",
}


def _for(people: str, words: str) -> str:
    """Words for people who are mentioned before them; a sentence of its own when there is nobody to mention."""
    return f"{people} {words}" if people else f"{words[:1].upper()}{words[1:]}"


def the_client(author: str) -> str:
    """Who of the client, by Slack id: a mention; it notifies nobody outside where only our people are."""
    return person(author) if author else "The client"


def wrote(author: str, text: str, files: tuple[str, ...]) -> str:
    """A client's further words, in the request's thread."""
    attached = f"\n(with {len(files)} file{'s' if len(files) != 1 else ''})" if files else ""
    return f"{the_client(author)} writes:\n{quoted(text)}{attached}"


def edited(author: str, text: str) -> str:
    """The client changed a message."""
    return f"{the_client(author)} edited a message. It now says:\n{quoted(text)}"


def deleted(author: str) -> str:
    """The client took a message back."""
    return f"{the_client(author)} deleted a message of this request."


def wrote_to_client(name: str, text: str) -> str:
    """What was sent to the client from the desk, for whoever else works on it."""
    return f"{inert(name)} wrote to the client:\n{quoted(text)}"


def absorbed(other: str, name: str) -> str:
    """IN-3: for whoever works on the request that another one went into."""
    return f"*{other}* was merged into this request by {inert(name)}."


def reopened_because(ref: str, why: str) -> str:
    """RS-2: for support."""
    return f"*{ref}* is open again: {inert(why)}."


def unclaimed(ref: str, people: tuple[Person, ...], when: str) -> str:
    """IN-5: put before support again; `when` says when the telephone follows."""
    who = " ".join(person(one.slack) for one in people) or "Nobody is on duty."
    return f"{who} *{ref}* is still waiting for somebody to take it. {when} we telephone."


def production_down(ref: str, client: str) -> str:
    """IN-5: for support, while the telephones ring."""
    return (
        f":rotating_light: *{inert(client)}* says that production is down (*{ref}*). Telephoning support now."
    )


def attention(ref: str, owner: str) -> str:
    """Nothing happened to a claimed request."""
    return _for(owner, f"*{ref}* has stood still for a while: answer the client, ask them, or escalate.")


def close_asked(ref: str, owner: str) -> str:
    """TR-6: the client stays silent."""
    return _for(
        owner, f"The client of *{ref}* has been silent through every reminder. Close it, or ask once more."
    )


def still_silent(ref: str, owner: str) -> str:
    """TR-6: the client stays silent while development has it, so that it cannot be closed."""
    return _for(owner, f"The client of *{ref}* has been silent through every reminder. Ask in another way.")


def written_since(ref: str, owner: str) -> str:
    """RS-1: a resolved request whose client has the last word."""
    return _for(
        owner,
        f"The client of *{ref}* has written since it was resolved. Record the confirmation, answer, or reopen it.",
    )


def change_request_open(ref: str, owner: str) -> str:
    """TR-4: told to the client, and still open."""
    return _for(owner, f"*{ref}* became a change request and is still open: please close it.")


def confirmed(ref: str, owner: str, who: str) -> str:
    """RS-1: the client confirmed, or somebody for it; `who` is ready to be said."""
    return _for(owner, f"{who} confirmed that *{ref}* is solved. It can be closed.")


def closing_due(ref: str, owner: str) -> str:
    """RS-1: confirmed and still open."""
    return _for(owner, f"*{ref}* is confirmed and still open: please close it.")


def not_confirmed(ref: str) -> str:
    """IN-2: Slack has not confirmed our first response."""
    return f":warning: Our first response to *{ref}* is not confirmed as posted. Please look into the client's channel and answer there."


def escalated(ticket: Ticket, client: Client | None, lead: Person | None, due: datetime, zone: str) -> str:
    """ES-1: for the lead, in the channel and directly."""
    who = person(lead.slack) if lead is not None else "Nobody of development is on the rota."
    name = client.name if client is not None else ticket.client
    return f"{who} *{ticket.ref}* of {inert(name)} is escalated. Please acknowledge by {moment(due, zone)}, or we telephone."


def calling(who: Person, purpose: Purpose, rounds: int) -> str:
    """ES-7: support sees each call live."""
    again = f", round {rounds}" if rounds > 1 else ""
    unverified = " (number not verified)" if not who.verified else ""
    return f":telephone_receiver: Calling {inert(who.name)}{unverified}: {ABOUT[purpose]}{again}."


def picked_up(name: str) -> str:
    """ES-7: answered, nothing confirmed."""
    return f":telephone_receiver: {inert(name)}'s telephone was picked up."


def call_over(name: str, outcome: str, reason: str) -> str:
    """ES-7: a call that reached nobody."""
    detail = f" ({inert(reason)})" if reason else ""
    return f":telephone_receiver: {inert(name)} {_ENDED[outcome]}{detail}."


def skipped(name: str, why: str) -> str:
    """ES-5: said aloud."""
    return f":fast_forward: {inert(name)} {why}: skipped."


def round_over(rounds: int, next_at: datetime, zone: str, *, anybody: bool) -> str:
    """ES-3: nobody was reached."""
    who = "Nobody was reached" if anybody else ":warning: There is nobody we could telephone"
    return f"{who} in round {rounds}. The next round begins {moment(next_at, zone)}."


def not_rung(
    people: Sequence[Person], ref: str, purpose: Purpose, rounds: int, next_at: datetime, zone: str
) -> str:
    """ES-3 without a telephone: everybody of the ladder is named instead of rung."""
    who = " ".join(person(one.slack) for one in people) or ":warning: Nobody is on duty."
    about = f"*{ref}*: {ABOUT[purpose]}, and no telephone is set up, so nobody is rung (round {rounds})."
    return f"{who} {about} You are named again {moment(next_at, zone)}."


def many_calls(cap: int) -> str:
    """ES-3: an alarm that silences nothing."""
    return f":warning: {cap} calls were made today. Calling goes on; please look at what keeps the telephones busy."


def reached_by_voice(name: str, lead: str, note: str, *, waiting: bool) -> str:
    """ES-7: for the record; only the person's own click or key acknowledges, while that is `waiting`."""
    detail = f" {inert(note).rstrip('. ')}." if note.strip() else ""
    still = f" It still needs {inert(lead)}'s own click or key." if waiting else ""
    return f"{inert(name)} reached {inert(lead)} by voice.{detail}{still}"


def acknowledged(name: str, via: str) -> str:
    """ES-2."""
    how = " by telephone" if via == "phone" else ""
    return f":white_check_mark: {inert(name)} acknowledged{how}. Next: assign a developer."


def passed(name: str) -> str:
    """ES-3: the next person is rung."""
    return f"{inert(name)} passes it on to the next person."


def assign_nudge(lead: str, minutes: str) -> str:
    """ES-4."""
    return _for(lead, f"no developer is assigned yet. In {minutes} we telephone.")


def assigned(developer: Person, due: datetime | None, zone: str) -> str:
    """ES-4, UP-1: for the developer."""
    by = (
        f" The next update is due by {moment(due, zone)}: a preliminary resolution or an estimate."
        if due is not None
        else ""
    )
    return f"{person(developer.slack)} this is yours.{by}"


def declined(name: str, why: str, lead: str) -> str:
    """ES-4."""
    reason = inert(why) or "no reason given"
    return _for(lead, f"{inert(name)} cannot take it: {reason}. Please assign somebody else.")


def updated(name: str, update: Update, zone: str) -> str:
    """UP-1, UP-2: in the escalation's thread."""
    until = f"\nEstimate: {moment(update.promise, zone)}." if update.promise is not None else ""
    return f"*{inert(name)}* gives update {update.number}:\n{quoted(update.text)}{until}"


def draft(owner: str, update: Update, words: str) -> str:
    """UP-4: one click to send."""
    return _for(
        owner, f"update {update.number} for the client. This is what they would read:\n{quoted(words)}"
    )


def draft_sent(name: str, update: Update, words: str) -> str:
    """UP-4: the draft, after somebody sent it."""
    return f"{inert(name)} sent update {update.number} to the client:\n{quoted(words)}"


def relay_reminder(owner: str, number: int) -> str:
    """UP-4: nobody sent it."""
    return _for(owner, f"update {number} has not been sent to the client yet.")


def missed(which: str, name: str, lead: str) -> str:
    """UP-1 to UP-3: the ladder follows."""
    what = {
        "first_update": f"the first update from {inert(name)} is missing",
        "second_update": f"the second update from {inert(name)} is missing",
        "promise": f"the estimate ran out without a word from {inert(name)}",
    }
    return f":warning: {_for(lead, f'{what[which]}. Telephoning now.')}"


def heard(name: str, purpose: Purpose, until: datetime | None, zone: str) -> str:
    """UP-1: key 4 on a call that asks for no acknowledgement."""
    if until is None:
        return f"{inert(name)} has heard of it."
    return f"{inert(name)} has heard that {ABOUT[purpose]}, and has until {moment(until, zone)}."


def warning(developer: str, promise: datetime, zone: str) -> str:
    """UP-3: for the developer."""
    return _for(
        developer, f"the estimate ends {moment(promise, zone)}. Will it hold? If not, give a revised one now."
    )


def warning_support(owner: str, promise: datetime, zone: str) -> str:
    """UP-3: for support."""
    return _for(
        owner,
        f"the estimate of development ends {moment(promise, zone)}. If it will take longer, tell the client now.",
    )


def word_missed(owner: str, by: datetime, zone: str) -> str:
    """UP-3: for support; the client sees that we are late."""
    return _for(
        owner,
        f"the client was told to hear from us by {moment(by, zone)}, and has not. Please write to them now.",
    )


def told_neutral() -> str:
    """UP-3: support sees what the bot said."""
    return "The bot told the client that it will take longer than said."


def resolved(name: str, text: str) -> str:
    """RS-1: in the threads."""
    return f":white_check_mark: *{inert(name)}* resolved it:\n{quoted(text)}"


def code_change(entry: str, summary: str, *, urgent: bool, scope: str) -> str:
    """UP-5, UP-6."""
    path = "the hotfix path" if urgent else "planning"
    reach = {"site": "one site", "client": "the whole client", "all": "all clients"}.get(
        scope, "scope not said"
    )
    return f"Code change *{entry}* is logged for {path} ({reach}): {inert(summary)}"


def away(name: str, start: datetime, end: datetime, zone: str, stand_in: str) -> str:
    """ES-5: for everybody."""
    duty = f" {stand_in}" if stand_in else ""
    return f"{inert(name)} is away from {moment(start, zone)} until {moment(end, zone)}.{duty}"


def back(name: str) -> str:
    """An absence ended."""
    return f"{inert(name)} is back."


def claimed(name: str) -> str:
    """IN-5."""
    return f"{name} has taken it."


def sms(ticket: Ticket, purpose: Purpose) -> str:
    """The text message beside a call: no client data."""
    return f"Frontdoor: {ticket.ref}: {ABOUT[purpose]}. We are calling you; open Slack to act."


def missed_of(name: str, count: int, refs: Sequence[str], seconds: float) -> str:
    """IN-6: what one client wrote meanwhile; `seconds` is how late the oldest of it was taken in."""
    messages = f"{count} message{'s' if count != 1 else ''}"
    return f"{inert(name)}: {messages} ({', '.join(f'*{ref}*' for ref in refs)}), up to {span(60 * round(seconds / 60))} late"


_UNREAD = {
    "not_in_channel": "we are not a member of it",
    "channel_not_found": "we are not a member of it, or it is gone",
    "is_archived": "it is archived",
    "missing_scope": "the app lacks a permission",
}


def unread(channel: str, why: str) -> str:
    """IN-6: a channel that could not be read back; `why` is Slack's word."""
    return f":warning: <#{channel}> could not be read: {_UNREAD.get(why, inert(why))}. Please look there yourself"


def caught_up(since: datetime, until: datetime, lines: Sequence[str], zone: str, *, known: bool) -> str:
    """IN-6: one summary for support. `known`: that we were away, rather than Slack silent."""
    what = "We could not hear Slack" if known else "Slack did not bring us everything"
    listed = "\n".join(f"• {line}." for line in lines)
    return f":hourglass: {what} from {moment(since, zone)} to {moment(until, zone)}. Taken in late:\n{listed}"
