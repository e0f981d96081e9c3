"""Triage: taking, answering, asking, resolving without development, merging and splitting (TR-1, TR-2, TR-4 to TR-6)."""

from dataclasses import replace
from datetime import datetime, timedelta

from policies import facts as f
from policies.decision import Address, Context, Decision, Refused, Who
from policies.effects import Post, Remove
from policies.events import Absorb, Answer, ClockFired, MergeInto, MessagePosted, Reply, Split
from policies.ladder import let_go
from policies.markup import escape, span
from policies.steps import asked, carried
from policies.steps.common import (
    SOLVED,
    attention_once_woken,
    attention_time,
    client_place,
    down_now,
    needs_text,
    owner_mention,
    ringing,
    silent_from,
    stage_is,
    support_time,
    to_client,
    to_us,
)
from policies.ticket import Stage, Ticket
from policies.words import client as client_words
from policies.words import internal as wording
from policies.words.incident import quiet

_DAY = timedelta(days=1)


def claim(ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """Somebody of support takes it; a second one is told who has it (IN-5)."""
    if ticket.owner == who.key and not ringing(ticket, "check", "down"):
        return Refused(verb="claim", why=f"{ticket.ref} is yours already.", record=False)
    if not ticket.is_open:
        return Refused(verb="claim", why=f"{ticket.ref} is {ticket.stage} already. Nothing was changed.")
    if ticket.stage is not Stage.NEW and ticket.owner != who.key and _is_there(ticket.owner, ctx):
        name = ctx.roster.names((ticket.owner,))
        return Refused(verb="claim", why=f"{ticket.ref} is already taken by {name}.")
    fact = f.Claimed(at=ctx.now, by=who.key, owner=who.key, attention_at=attention_time(ticket, ctx))
    silenced = let_go(ticket, ctx) if ringing(ticket, "claim", "check", "down") else ()
    told = to_us(ticket, f"claimed:{who.key}", wording.claimed(who.name))
    return Decision(facts=(fact,), effects=(told, *silenced), said=f"{ticket.ref} is yours.")


def _is_there(owner: str, ctx: Context) -> bool:
    person = ctx.roster.by_key.get(owner)
    return person is not None and ctx.roster.on_duty(person, ctx.now)


def reply(event: Reply, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """Support's words for the client, through the preview; asking lets IN-5 rest until the client writes (TR-6)."""
    missing = needs_text("reply", text=event.text)
    if missing is not None or not ticket.is_open:
        return missing or Refused(verb="reply", why=f"{ticket.ref} is closed. Reopen it first.")
    taken = taken_by(ticket, who, ctx)
    attends = ticket.stage in {Stage.NEW, Stage.CLAIMED} and not event.asks
    fact = f.Replied(
        at=ctx.now,
        by=who.key,
        text=event.text,
        grouping_until=ctx.now + ctx.terms.grouping,
        silence_at=silent_from(ctx) if event.asks else None,
        attention_at=attention_time(ticket, ctx) if attends else ticket.attention_at,
    )
    posts = to_client(ticket, f"reply:{event.key}", escape(event.text))
    silenced = let_go(ticket, ctx) if ringing(ticket, "claim", "check", "down") else ()
    effects = (*posts, shown(ticket, event.key, who, escape(event.text)), *silenced)
    return Decision(facts=(*taken, fact), effects=effects, said="Sent to the client.")


def shown(ticket: Ticket, key: str, who: Who, text: str) -> Post:
    """What the client reads is read at the desk as well."""
    return to_us(ticket, f"said:{key}", wording.wrote_to_client(who.name, text))


def taken_by(ticket: Ticket, who: Who, ctx: Context) -> tuple[f.AnyFact, ...]:
    """Whoever answers a request that nobody has, has it."""
    if ticket.stage is not Stage.NEW:
        return ()
    return (f.Claimed(at=ctx.now, by=who.key, owner=who.key, attention_at=attention_time(ticket, ctx)),)


def answer(event: Answer, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """TR-1, TR-2: solved with the client on the same channel; the outcome is logged."""
    refused = needs_text("answer", text=event.text) or _not_without_development(ticket)
    if refused is not None:
        return refused
    taken = taken_by(ticket, who, ctx)
    fact = f.Resolved(
        at=ctx.now,
        by=who.key,
        outcome=event.outcome,
        text=event.text,
        cause=event.cause,
        steps=event.steps,
        silence_at=silent_from(ctx),
    )
    words = asked.answer_words(event.outcome, event.text)
    effects = (
        *to_client(ticket, asked.ANSWER, words, buttons=SOLVED),
        shown(ticket, event.key, who, words),
        *(let_go(ticket, ctx) if ticket.ladder is not None else ()),
    )
    return Decision(
        facts=(*taken, fact), effects=effects, said=f"{ticket.ref} is resolved; the client was told."
    )


def _not_without_development(ticket: Ticket) -> Refused | None:
    if ticket.with_development:
        return Refused(
            verb="answer", why=f"{ticket.ref} is with development: they resolve it. Nothing was changed."
        )
    return stage_is(
        ticket, "answer", Stage.NEW, Stage.CLAIMED, why=f"{ticket.ref} is {ticket.stage} already."
    )


def dismiss(ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """TR-5: no request at all; the bot's own answer is taken back."""
    refused = stage_is(
        ticket, "dismiss", Stage.NEW, Stage.CLAIMED, why=f"{ticket.ref} is {ticket.stage} already."
    )
    if refused is not None:
        return refused
    own = ticket.response_slot
    taken_back = (Remove(slot=own, to=client_place(ticket)),) if own else ()
    effects = (*taken_back, *let_go(ticket, ctx))
    return Decision(
        facts=(f.Dismissed(at=ctx.now, by=who.key),), effects=effects, said=f"{ticket.ref} is dismissed."
    )


def merge(event: MergeInto, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """IN-3: this request goes into another one, whose updates its thread hears from now on."""
    if event.target == ticket.id:
        return Refused(
            verb="merge",
            why="A request cannot be merged into itself.",
            fields=(("target", "Name another request."),),
        )
    refused = stage_is(
        ticket, "merge", Stage.NEW, Stage.CLAIMED, why=f"{ticket.ref} is {ticket.stage} already."
    )
    if refused is not None:
        return refused
    if not ticket.thread:
        return Refused(verb="merge", why=f"{ticket.ref} has no thread of its own yet. Try again in a moment.")
    prefix = ticket.ref.rpartition("-")[0]
    into = f"{prefix}-{event.target}"
    places = [(ticket.channel, ticket.thread), *ticket.also]
    absorbs = tuple(
        Absorb(
            key=f"{event.key}:absorb:{index}",
            at=event.at,
            actor=event.actor,
            ticket=event.target,
            other="" if index else ticket.ref,
            channel=channel,
            thread=thread,
        )
        for index, (channel, thread) in enumerate(places)
    )
    told = to_client(ticket, "merged", client_words.merged(into), lane="first_response")
    return Decision(
        facts=(f.Merged(at=ctx.now, by=who.key, into=into),),
        effects=(*told, *let_go(ticket, ctx)),
        events=absorbs,
        said=f"{ticket.ref} is part of {into} now.",
    )


def absorb(event: Absorb, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """The other side of a merge: the thread leads here from now on. `other` is empty for the further threads it brings."""
    if not ticket.is_open:
        return Refused(verb="merge", why=f"{ticket.ref} is closed: a request cannot be merged into it.")
    client = ctx.roster.by_channel.get(event.channel)
    if client is not None and client.key != ticket.client:
        return Refused(
            verb="merge", why=f"{ticket.ref} belongs to another client, who would read what is said here."
        )
    fact = f.Absorbed(at=ctx.now, by=who.key, other=event.other, channel=event.channel, thread=event.thread)
    words = wording.absorbed(event.other, who.name)
    told = (to_us(ticket, f"absorbed:{event.other}", words),) if event.other else ()
    address = Address(kind="thread", value=f"{event.channel}:{event.thread}")
    return Decision(facts=(fact, *_woken_by(event, ticket, who, ctx)), effects=told, addresses=(address,))


def _woken_by(event: Absorb, ticket: Ticket, who: Who, ctx: Context) -> tuple[f.AnyFact, ...]:
    """TR-6: what was merged into a request that waits for its client is that client's word."""
    if ticket.silence_at is None:
        return ()
    woke = f.Wrote(
        at=ctx.now,
        by=who.key,
        channel=event.channel,
        ts=event.thread,
        side="client",
        grouping_until=ctx.now + ctx.terms.grouping,
        woke=True,
        attention_at=attention_once_woken(ticket, ctx),
    )
    return (woke,)


def split(event: Split, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """IN-3: one message becomes a request of its own, dated by its own time, answered in its own thread."""
    message = next((m for m in ticket.messages if m.ts == event.ts and m.channel == event.channel), None)
    if message is None or message.side != "client":
        return Refused(verb="split", why="That message is not one of the client's in this request.")
    if ticket.began_with(message):
        return Refused(
            verb="split", why="That is the message the request began with: there is nothing to split off."
        )
    anew = MessagePosted(
        key=f"{event.key}:anew",
        at=message.at,
        actor=replace(event.actor, user=message.author, person="", ours=False, team="", via="slack"),
        channel=message.channel,
        ts=message.ts,
        text=message.text,
        files=message.files,
        split=True,
    )
    return Decision(
        facts=(f.SplitOff(at=ctx.now, by=who.key, ts=event.ts),),
        events=(anew,),
        said="It is a request of its own now.",
    )


def clock(event: ClockFired, ticket: Ticket, ctx: Context) -> Decision | None:
    """The clocks of triage; None for a clock of another step."""
    match event.clock:
        case "attention":
            return _attention(ticket, ctx)
        case "silence":
            return _silence(ticket, ctx)
        case _:
            return None


def _attention(ticket: Ticket, ctx: Context) -> Decision:
    """Reminded after half an hour, then every day of support, or every half hour while production is down."""
    owner = owner_mention(ticket, ctx)
    if ticket.is_led:
        words = quiet(ticket.ref, ticket.leader_ref, owner)
    elif ticket.stage is not Stage.RESOLVED:
        words = wording.attention(ticket.ref, owner)
    elif ticket.confirmed_by:
        words = wording.closing_due(ticket.ref, owner)
    elif ticket.outcome == "change_request":
        words = wording.change_request_open(ticket.ref, owner)
    else:
        words = wording.written_since(ticket.ref, owner)
    often = down_now(ticket) and not ticket.is_led
    next_at = attention_time(ticket, ctx) if often else support_time(ctx, _DAY)
    fact = f.Nudged(at=ctx.now, by="clock", what="attention", next_at=next_at)
    return Decision(facts=(fact,), effects=(to_us(ticket, f"attention:{ctx.now:%Y%m%d%H%M%S}", words),))


def _silence(ticket: Ticket, ctx: Context) -> Decision:
    """TR-6: the client is reminded, then support is asked to close; closed by itself only where the terms say so."""
    since = ticket.silence_since or ctx.now
    closes_at = _closes_at(ticket, since, ctx)
    if closes_at is not None and ctx.now >= closes_at:
        return _closed_silent(ticket, ctx)
    done, steps = ticket.silence_sent, ctx.terms.silence
    if done < len(steps):
        next_at = since + (steps[done + 1] if done + 1 < len(steps) else ctx.terms.ask_to_close)
        words = client_words.confirm_reminder if ticket.stage is Stage.RESOLVED else client_words.reminder
        posts = to_client(ticket, f"reminder:{since:%Y%m%d%H%M%S}:{done}", words(ticket.ref))
    else:
        next_at = ctx.now + _DAY
        asked = wording.still_silent if ticket.with_development else wording.close_asked
        text = asked(ticket.ref, owner_mention(ticket, ctx))
        posts = (to_us(ticket, f"ask_close:{since:%Y%m%d%H%M%S}:{done}", text),)
    if closes_at is not None:
        next_at = min(next_at, closes_at)
    fact = f.Nudged(
        at=ctx.now, by="clock", what="silence", next_at=max(next_at, ctx.now + timedelta(minutes=1))
    )
    return Decision(facts=(fact,), effects=posts)


def _closes_at(ticket: Ticket, since: datetime, ctx: Context) -> datetime | None:
    """None for never: what development still works on is not closed by silence, whatever the terms say.

    Nor is what would leave a workaround behind without an end (WA-3), nor what is part of an incident.
    """
    after = ctx.terms.close_silent
    held = ticket.with_development or ticket.is_led or ticket.leads or carried.unsettled(ticket, ctx.now)
    return None if after is None or held else since + after


def _closed_silent(ticket: Ticket, ctx: Context) -> Decision:
    closed = f.Closed(
        at=ctx.now,
        by="clock",
        outcome=ticket.outcome or "client_silent",
        reopen_until=ctx.now + ctx.terms.reopen,
    )
    words = client_words.closed(ticket.ref, span(ctx.terms.reopen.total_seconds()))
    effects = (*to_client(ticket, "closed", words), *asked.no_more(ticket), *let_go(ticket, ctx))
    return Decision(facts=(closed,), effects=(*effects, *carried.told(ticket, ctx)))
