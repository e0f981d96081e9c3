"""Updates: the first, the second, the estimate as a promise, and the way to the client (UP-1 to UP-4)."""

from datetime import datetime, timedelta

from policies import facts as f
from policies import ladder
from policies.decision import Context, Decision, Refused, Who
from policies.effects import AnyEffect, Button, Place, Revise
from policies.events import ClockFired, GiveUpdate, Relay
from policies.folding.fold import apply
from policies.ladder import let_go
from policies.markup import escape, stamp
from policies.prefill import draft
from policies.steps.common import (
    SOLVED,
    client_zone,
    climbed,
    joined,
    lead_mention,
    mention,
    name_of,
    needs_text,
    owner_mention,
    ringing,
    silent_from,
    to_client,
    to_person,
    to_us,
)
from policies.ticket import Stage, Ticket, Update
from policies.waiting import development_time
from policies.words import client as client_words
from policies.words import internal as wording


def give_update(event: GiveUpdate, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """UP-1, UP-2: a preliminary resolution or an estimate; the second one is final or a revised estimate."""
    refused = _cannot_update(event, ticket, ctx)
    if refused is not None:
        return refused
    return updated(event, ticket, who, ctx)


def _cannot_update(event: GiveUpdate, ticket: Ticket, ctx: Context) -> Refused | None:
    declined = ticket.stage is Stage.ACKNOWLEDGED and ticket.assigned_at is not None
    if ticket.stage is not Stage.ASSIGNED and not declined:
        return Refused(verb="update", why=f"{ticket.ref} is not assigned: there is nothing to update.")
    missing = needs_text("update", text=event.text)
    if missing is not None:
        return missing
    if event.promise is not None and event.promise <= ctx.now:
        words = "An estimate lies in the future."
        return Refused(verb="update", why=words, fields=(("promise", words),), record=False)
    if event.promise is None and (event.what == "estimate" or ticket.cycle_updates):
        words = (
            "Say until when: a second update is the final resolution or a revised estimate."
            if ticket.cycle_updates
            else "Say until when."
        )
        return Refused(verb="update", why=words, fields=(("promise", words),), record=False)
    return None


def updated(event: GiveUpdate, ticket: Ticket, who: Who, ctx: Context) -> Decision:
    """The update is recorded, its promise gets its clocks, and support gets the draft for the client."""
    now, terms = ctx.now, ctx.terms
    warn_at, neutral_at = promise_moments(now, event.promise, terms.warning_share, terms.warning_least)
    final = event.what == "final"
    fact = f.Updated(
        at=now,
        by=who.key,
        number=len(ticket.updates) + 1,
        what=event.what,
        text=event.text,
        relay_at=now + terms.relay,
        promise=None if final else event.promise,
        warn_at=None if final else warn_at,
        neutral_at=None if final else neutral_at,
        next_at=development_time(ticket, ctx, terms.second_update)
        if not ticket.cycle_updates and not final
        else None,
    )
    after = apply(ticket, fact)
    update = after.updates[-1]
    effects: list[AnyEffect] = [
        to_us(
            ticket,
            f"update:{update.number}",
            wording.updated(who.name, update, ctx.zone),
            "escalation_thread",
        )
    ]
    effects.append(_draft(after, update, ctx))
    effects += let_go(ticket, ctx) if ringing(ticket, "update") else ()
    return Decision(
        facts=(fact,), effects=tuple(effects), said="Recorded. Support has the draft for the client."
    )


def _draft(ticket: Ticket, update: Update, ctx: Context) -> AnyEffect:
    words = draft(ticket, update, client_zone(ticket, ctx))
    buttons = (
        Button(verb="relay", label=_send_label(ticket), value=str(update.number), style="primary"),
        Button(verb="relay_edit", label="Edit first", value=str(update.number)),
    )
    text = wording.draft(owner_mention(ticket, ctx), update, words)
    return to_us(ticket, f"draft:{update.number}", text, lane="client", buttons=buttons)


def _send_label(ticket: Ticket) -> str:
    """One approval reaches every client of an incident."""
    clients = len(ticket.all_clients)
    return f"Send to all {clients} clients" if clients > 1 else "Send to the client"


def promise_moments(
    given: datetime, promise: datetime | None, share: float, least: timedelta
) -> tuple[datetime | None, datetime | None]:
    """UP-3: when to warn, and when half of the warning is left; never before the estimate was given."""
    if promise is None:
        return None, None
    warn = max(promise - max((promise - given) * share, least), given)
    return warn, warn + (promise - warn) / 2


def relay(event: Relay, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """UP-4: a person sends it, in the words of the draft or better ones."""
    update = next((one for one in ticket.updates if one.number == event.update), None)
    if update is None:
        return Refused(verb="relay", why=f"{ticket.ref} has no update {event.update}.")
    if update.relayed:
        return Refused(verb="relay", why=f"Update {update.number} was sent to the client already.")
    if problem := _not_to_send(update, ticket):
        return Refused(verb="relay", why=f"{problem} Nothing was sent.")
    text = event.text.strip() or draft(ticket, update, client_zone(ticket, ctx))
    asks = update.what == "final" and ticket.stage is Stage.RESOLVED
    fact = f.Relayed(
        at=ctx.now,
        by=who.key,
        number=update.number,
        text=text,
        grouping_until=ctx.now + ctx.terms.grouping,
        silence_at=silent_from(ctx) if asks else None,
        promised=_promised(update, text, ctx.now, client_zone(ticket, ctx)),
    )
    posts = to_client(ticket, f"relay:{update.number}", escape(text), buttons=SOLVED if asks else ())
    done = wording.draft_sent(who.name, update, text)
    sent = Revise(slot=f"{ticket.cycle}:draft:{update.number}", to=Place(kind="support_thread"), text=done)
    return Decision(facts=(fact,), effects=(*posts, sent), said="Sent to the client.")


def _promised(update: Update, text: str, now: datetime, zone: str) -> datetime | None:
    """The moment of the next word, where the words as they were sent still name it and it lies ahead."""
    if update.promise is None or update.promise <= now or stamp(update.promise, zone) not in text:
        return None
    return update.promise


def _not_to_send(update: Update, ticket: Ticket) -> str:
    """Why an update would mislead the client now; empty when it would not."""
    if not ticket.is_open:
        return f"{ticket.ref} is {ticket.stage}."
    if update.number <= ticket.updates_before:
        return f"Update {update.number} is from before {ticket.ref} was reopened."
    if update not in ticket.open_updates:
        return f"A newer update than {update.number} was sent already."
    return ""


def clock(event: ClockFired, ticket: Ticket, ctx: Context) -> Decision | None:
    """The clocks of updates; None for a clock of another step."""
    match event.clock:
        case "update" | "promise":
            return _missed(ticket, "promise" if event.clock == "promise" else ticket.update_which, ctx)
        case "warning":
            return _warned(ticket, ctx)
        case "neutral":
            return _neutral(ticket, ctx)
        case "heard":
            return _still_missing(ticket, ctx)
        case "word":
            return _word_missed(event, ticket, ctx)
        case "relay":
            return _unsent(ticket, int(event.subject), ctx)
        case _:
            return None


def _missed(ticket: Ticket, which: str, ctx: Context) -> Decision:
    fact = f.UpdateMissed(
        at=ctx.now,
        by="clock",
        which="promise"
        if which == "promise"
        else "first_update"
        if which == "first_update"
        else "second_update",
    )
    words = wording.missed(which, name_of(ticket.developer, ctx) or "development", lead_mention(ticket, ctx))
    slot = f"missed:{which}:{len(ticket.updates)}:{ctx.now:%H%M%S}"
    told = to_us(ticket, slot, words, "escalation_thread", lane="escalation")
    decision = Decision(facts=(fact,), effects=(told,))
    if ringing(ticket, "assign", "update"):
        return decision
    return joined(decision, climbed(ladder.start(apply(ticket, fact), "update", ctx)))


def _still_missing(ticket: Ticket, ctx: Context) -> Decision:
    """Ten minutes after it was heard: still nothing, so the telephone again."""
    return climbed(ladder.start(ticket, "assign" if ticket.stage is Stage.ACKNOWLEDGED else "update", ctx))


def _warned(ticket: Ticket, ctx: Context) -> Decision:
    """UP-3: developer and support are asked before it expires; for an incident only where it is led."""
    if ticket.promise_at is None or ticket.is_led:
        return Decision(facts=(f.Warned(at=ctx.now, by="clock"),))
    slot = f"warning:{len(ticket.updates)}"
    words = wording.warning(mention(ticket.developer, ctx), ticket.promise_at, ctx.zone)
    effects: list[AnyEffect] = [to_us(ticket, slot, words, "escalation_thread", lane="escalation")]
    developer = ctx.roster.by_key.get(ticket.developer)
    if developer is not None:
        effects.append(to_person(ticket, slot, developer, f"*{ticket.ref}*: {words}"))
    support = wording.warning_support(owner_mention(ticket, ctx), ticket.promise_at, ctx.zone)
    effects.append(to_us(ticket, f"{slot}:support", support, lane="escalation"))
    return Decision(facts=(f.Warned(at=ctx.now, by="clock"),), effects=tuple(effects))


def _neutral(ticket: Ticket, ctx: Context) -> Decision:
    """UP-3: nobody told the client in time; the bot says the one fixed sentence it may. Late too it names a moment ahead."""
    next_word = max(ticket.promise_at or ctx.now, ctx.now) + ctx.terms.first_update
    fact = f.ClientToldNeutral(at=ctx.now, by="bot", next_word=next_word)
    said = any(update.relayed and update.promise is not None for update in ticket.cycle_updates)
    words = client_words.neutral(ticket.ref, next_word, client_zone(ticket, ctx), said=said)
    slot = f"neutral:{len(ticket.updates)}"
    posts = to_client(ticket, slot, words, not_after=next_word)
    return Decision(facts=(fact,), effects=(*posts, to_us(ticket, f"{slot}:told", wording.told_neutral())))


def _word_missed(event: ClockFired, ticket: Ticket, ctx: Context) -> Decision:
    """UP-3: the client was told to hear from us by now; support is asked, and the line in its thread owns up to it."""
    fact = f.WordMissed(at=ctx.now, by="clock", due=event.due)
    words = wording.word_missed(owner_mention(ticket, ctx), event.due, ctx.zone)
    slot = f"word_missed:{ctx.now:%d%H%M%S}"
    return Decision(facts=(fact,), effects=(to_us(ticket, slot, words, lane="escalation"),))


def _unsent(ticket: Ticket, number: int, ctx: Context) -> Decision:
    fact = f.Nudged(
        at=ctx.now, by="clock", what="relay", subject=str(number), next_at=ctx.now + 3 * ctx.terms.relay
    )
    words = wording.relay_reminder(owner_mention(ticket, ctx), number)
    slot = f"relay_reminder:{number}:{ctx.now:%d%H%M%S}"
    return Decision(facts=(fact,), effects=(to_us(ticket, slot, words, lane="client"),))
