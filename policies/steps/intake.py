"""Intake: what opens a request, what joins one, and the first response (IN-1 to IN-5, RS-2)."""

from dataclasses import replace
from datetime import datetime
from functools import reduce

from policies import facts as f
from policies import ladder, maintenance
from policies.decision import NOTHING, Address, Context, Decision, Refused, Who
from policies.effects import Card
from policies.events import (
    ClockFired,
    EffectSettled,
    MessagePosted,
    OpenRequest,
    Pressed,
)
from policies.folding.fold import apply
from policies.hours import is_open, next_open
from policies.markup import moment, span
from policies.people import Client, Role
from policies.small_talk import is_autoreply, is_bare_thanks
from policies.steps import asked
from policies.steps.common import (
    DOWN,
    attention_once_woken,
    client_zone,
    climbed,
    joined,
    ringing,
    support_time,
    to_client,
    to_us,
)
from policies.ticket import Message, Stage, Ticket
from policies.waiting import no_longer
from policies.words import client as client_words
from policies.words import internal as wording


def message_posted(event: MessagePosted, ticket: Ticket | None, who: Who, ctx: Context) -> Decision:
    """Somebody wrote in a client's channel: open, join, reopen, or nothing."""
    if event.gone:
        return NOTHING
    if who.person is not None or who.client is None:
        return _staff_wrote(event, ticket, who, ctx)
    client = ctx.roster.by_channel.get(event.channel, who.client)
    if event.split:
        return _without_message(event, _open(event, client, ctx, author=event.actor.user), ctx)
    if ticket is not None and ticket.is_open and _joins(event, ticket):
        return _client_wrote(event, ticket, who, ctx)
    if is_bare_thanks(event.text, event.files) or is_autoreply(event.text):
        return NOTHING
    if ticket is not None and event.thread:
        return _came_back(event, ticket, who, client, ctx)
    return _open(event, client, ctx, author=event.actor.user)


def _came_back(event: MessagePosted, ticket: Ticket, who: Who, client: Client, ctx: Context) -> Decision:
    """RS-2: a word in the thread of a request that has ended."""
    if ticket.stage is not Stage.CLOSED:
        return _open(event, client, ctx, author=event.actor.user)
    if ticket.reopen_until is not None and event.at < ticket.reopen_until:
        again = reopen(ticket, ctx, event.at, by=who.key, why="the client wrote")
        words = to_us(ticket, f"wrote:{event.ts}", wording.wrote(event.actor.user, event.text, event.files))
        return joined(_client_message(event, who, ticket, ctx), again, Decision(effects=(words,)))
    return _open(event, client, ctx, author=event.actor.user, previous=ticket.ref)


def _joins(event: MessagePosted, ticket: Ticket) -> bool:
    """IN-3: replies in the thread always, other messages within the grouping window."""
    in_time = ticket.grouping_until is not None and event.at <= ticket.grouping_until
    return bool(event.thread) or in_time


def open_request(event: OpenRequest, ticket: Ticket | None, who: Who, ctx: Context) -> Decision | Refused:
    """One of us opens a request for a client (IN-1); from a message that has one already it only says so."""
    if ticket is not None:
        return Decision(said=f"This message belongs to {ticket.ref} already.")
    client = ctx.roster.by_channel.get(event.channel)
    if client is None:
        return Refused(
            verb="open", why="This is no client's channel, so it is not clear whose request it would be."
        )
    if not event.text.strip() and not event.ts:
        return Refused(verb="open", why="Say what it is about: /frontdoor new printing fails at the till")
    made = _open(event, client, ctx, author=event.author)
    if not event.ts:
        made = _without_message(event, made, ctx)
    claimed = f.Claimed(
        at=ctx.now, by=who.key, owner=who.key, attention_at=support_time(ctx, ctx.terms.attention)
    )
    return replace(made, facts=(*made.facts, claimed), said=f"{ctx.next_ref} is open and yours.")


def _open(
    event: MessagePosted | OpenRequest, client: Client, ctx: Context, *, author: str, previous: str = ""
) -> Decision:
    """A new request. Its clocks start at the time of the message itself (IN-1)."""
    terms, at = ctx.terms, event.at
    late = (ctx.now - at) > terms.first_response
    ts = event.ts
    thread = _thread_of(event)
    fact = f.Opened(
        at=at,
        by=author or event.actor.user,
        ref=ctx.next_ref,
        client=client.key,
        channel=event.channel,
        ts=ts,
        thread=thread,
        author=author,
        respond_at=_respond_at(event, ctx, late=late),
        check_at=max(ctx.now, at) + terms.first_response_check if late else at + terms.first_response_check,
        unclaimed_at=support_time(ctx, terms.unclaimed, at),
        grouping_until=at + terms.grouping,
        late=late,
        previous=previous,
    )
    addresses = [Address(kind="thread", value=f"{event.channel}:{thread}")] if thread else []
    message = Message(
        channel=event.channel,
        ts=ts or ctx.next_ref,
        at=at,
        author=author or event.actor.user,
        side="client",
        text=event.text,
        files=event.files if isinstance(event, MessagePosted) else (),
    )
    addresses.append(Address(kind="message", value=f"{event.channel}:{message.ts}"))
    decision = Decision(
        opens=True,
        facts=(fact,),
        effects=(Card(slot="card:support", lane="internal"),),
        addresses=tuple(addresses),
        messages=(message,),
    )
    if not thread or ctx.now < fact.respond_at:
        return decision
    number = int(ctx.next_ref.rpartition("-")[2])
    opened = apply(Ticket(id=number), fact)
    away = event.away if isinstance(event, MessagePosted) else None
    return joined(decision, first_response(opened, ctx, away))


def _respond_at(event: MessagePosted | OpenRequest, ctx: Context, *, late: bool) -> datetime:
    """Late is answered at once, unless what was written after it comes next: that may be support's own answer."""
    if not late:
        return event.at + ctx.terms.short_wait
    more = isinstance(event, MessagePosted) and event.more
    return ctx.now + ctx.terms.short_wait if more else ctx.now


def _thread_of(event: MessagePosted | OpenRequest) -> str:
    """The root of the client's thread; a message taken out of another request gets a thread of its own later."""
    if isinstance(event, OpenRequest):
        return event.ts
    return "" if event.split else event.thread or event.ts


def _without_message(event: OpenRequest | MessagePosted, made: Decision, ctx: Context) -> Decision:
    """The client reads that a request was opened; that message becomes its thread."""
    number = int(ctx.next_ref.rpartition("-")[2])
    ticket = apply(Ticket(id=number), made.facts[0])
    post = replace(
        to_client(ticket, "opened", client_words.opened_for(ctx.next_ref, event.text))[0], report=True
    )
    fact = f.FirstResponse(at=ctx.now, by=event.actor.user, slot=post.slot)
    return replace(made, facts=(made.facts[0], fact), effects=(*made.effects, post))


def _client_message(
    event: MessagePosted, who: Who, ticket: Ticket, ctx: Context, *, woke: bool = True
) -> Decision:
    """A client's words join a request and are put before support."""
    side = "client" if who.person is None else "staff"
    fact = f.Wrote(
        at=event.at,
        by=who.key,
        channel=event.channel,
        ts=event.ts,
        side="client" if side == "client" else "staff",
        grouping_until=event.at + ctx.terms.grouping,
        woke=woke,
        attention_at=_attention_after_word(ticket, ctx) if woke else None,
    )
    message = Message(
        channel=event.channel,
        ts=event.ts,
        at=event.at,
        author=event.actor.user,
        side=side,
        text=event.text,
        files=event.files,
    )
    return Decision(
        facts=(fact,),
        addresses=(Address(kind="message", value=f"{event.channel}:{event.ts}"),),
        messages=(message,),
    )


def _attention_after_word(ticket: Ticket, ctx: Context) -> datetime | None:
    """A client who answered waits for support again: only where nothing else runs for it."""
    waited = ticket.silence_at is not None or ticket.attention_at is None
    return attention_once_woken(ticket, ctx) if waited else None


def _client_wrote(event: MessagePosted, ticket: Ticket, who: Who, ctx: Context) -> Decision:
    decision = _client_message(event, who, ticket, ctx, woke=_wakes(event, ticket))
    words = wording.wrote(event.actor.user, event.text, event.files)
    posts = [to_us(ticket, f"wrote:{event.ts}", words)]
    if ticket.with_development:
        posts.append(to_us(ticket, f"wrote-dev:{event.ts}", words, "escalation_thread"))
    return replace(decision, effects=tuple(posts))


def _wakes(event: MessagePosted, ticket: Ticket) -> bool:
    """TR-6: whatever a client says who was asked; otherwise what says more than thanks. A machine's reply never."""
    if is_autoreply(event.text):
        return False
    return ticket.silence_at is not None or not is_bare_thanks(event.text, event.files)


def _staff_wrote(event: MessagePosted, ticket: Ticket | None, who: Who, ctx: Context) -> Decision:
    """Our own people never open a request; their word to a waiting client is its first response (IN-2)."""
    if ticket is None or not ticket.is_open:
        return NOTHING
    decision = _client_message(event, who, ticket, ctx, woke=False)
    waits = ticket.respond_at is not None or ringing(ticket, "check")
    if not waits or not who.has(Role.SUPPORT, Role.SUPPORT_LEAD):
        return decision
    silenced = ladder.let_go(ticket, ctx) if ringing(ticket, "check") else ()
    answered = f.FirstResponse(at=event.at, by=who.key)
    return replace(decision, facts=(*decision.facts, answered), effects=silenced)


def first_response(ticket: Ticket, ctx: Context, away: tuple[datetime, datetime] | None = None) -> Decision:
    """IN-2: the bot's first response, true to the hour; in a new cycle it says that the request is open again.

    `away`: from when to when we could not be reached, where that is why it is late (IN-6).
    """
    slot = "first_response"
    if ticket.cycle > 1:
        text = client_words.reopened(ticket.ref, taken=bool(ticket.owner))
    else:
        zone = client_zone(ticket, ctx)
        sorry = client_words.sorry(away, zone) if ticket.late else ""
        expectation = maintenance.honest_word(ctx.roster, ticket.client, zone, ctx.now) + _expectation(
            ticket, ctx
        )
        text = client_words.first_response(ticket.ref, expectation, sorry)
    post = replace(to_client(ticket, slot, text, lane="first_response", buttons=DOWN)[0], report=True)
    return Decision(facts=(f.FirstResponse(at=ctx.now, by="bot", slot=post.slot),), effects=(post,))


def _expectation(ticket: Ticket, ctx: Context) -> str:
    """What may be promised at this hour: no more than the people who are there can keep."""
    support = ctx.terms.support
    if ticket.owner:
        return client_words.taken()
    if not is_open(support, ctx.now):
        return client_words.back_at(next_open(support, ctx.now), client_zone(ticket, ctx))
    there = (ctx.roster.duty(role, ctx.now) for role in (Role.SUPPORT, Role.SUPPORT_LEAD))
    return (
        client_words.soon(span(ctx.terms.unclaimed.total_seconds()))
        if any(there)
        else client_words.nobody_there()
    )


def first_response_settled(event: EffectSettled, ticket: Ticket, ctx: Context) -> Decision:
    """Slack has the first response, or never will: then support is alerted at once (IN-2)."""
    if not event.slot.startswith(f"{ticket.cycle}:"):
        return NOTHING  # news of the time before it was reopened
    fact = f.FirstResponsePosted(at=ctx.now, by="bot", sent=event.sent, reason=event.reason)
    if event.sent and event.ts and not ticket.thread:
        started = f.ThreadStarted(at=ctx.now, by="bot", ts=event.ts)
        address = Address(kind="thread", value=f"{ticket.channel}:{event.ts}")
        return Decision(facts=(fact, started), addresses=(address,))
    if event.sent or ticket.check_at is None:
        return Decision(
            facts=(fact,),
            effects=ladder.let_go(ticket, ctx) if event.sent and ringing(ticket, "check") else (),
        )
    return joined(Decision(facts=(fact,)), _alert(ticket, ctx))


def _alert(ticket: Ticket, ctx: Context) -> Decision:
    """Another way than the channel that may have failed: the telephone."""
    fact = f.FirstResponseUnconfirmed(at=ctx.now, by="clock")
    told = to_us(ticket, "unconfirmed", wording.not_confirmed(ticket.ref), "support", lane="escalation")
    climb = ladder.start(apply(ticket, fact), "check", ctx) if ticket.ladder is None else ladder.Climb(ticket)
    return joined(Decision(facts=(fact,), effects=(told,)), climbed(climb))


def production_down(ticket: Ticket, who: Who, ctx: Context, event: Pressed) -> Decision | Refused:
    """IN-5: telephones at once, whatever the hour and the stage; what was solved or closed is opened again."""
    if ticket.stage is Stage.MERGED:
        target = int(ticket.merged_into.rpartition("-")[2])
        further = replace(event, key=f"{event.key}:into", ticket=target)
        return Decision(events=(further,), said=client_words.DOWN_SAID)
    if ticket.stage is Stage.DISMISSED or (
        ticket.stage is Stage.CLOSED and (ticket.reopen_until is None or ctx.now >= ticket.reopen_until)
    ):
        return Refused(
            verb="production_down", why=f"{ticket.ref} is closed. Please write a new message here."
        )
    again = ticket.stage in {Stage.RESOLVED, Stage.CLOSED}
    if ticket.production_down and not again:
        return Decision(said=client_words.down_again(ringing=ticket.ladder is not None))
    before = _solved_no_more(ticket, who, ctx) if again else Decision()
    return joined(before, _down(reduce(apply, before.facts, ticket), who, ctx))


def _solved_no_more(ticket: Ticket, who: Who, ctx: Context) -> Decision:
    why = "the client says that production is down"
    return joined(
        reopen(ticket, ctx, ctx.now, by=who.key, why=why), Decision(effects=ladder.let_go(ticket, ctx))
    )


def _down(ticket: Ticket, who: Who, ctx: Context) -> Decision:
    down = f.ProductionDown(at=ctx.now, by=who.key)
    facts: tuple[f.AnyFact, ...] = (replace(down, **no_longer(ticket, apply(ticket, down), ctx)),)
    waits_for_support = ticket.silence_at is not None if ticket.is_led else ticket.stage is Stage.CLAIMED
    if waits_for_support:
        soon = ctx.now + ctx.terms.attention
        facts = (*facts, f.Nudged(at=ctx.now, by=who.key, what="attention", next_at=soon))
    client = ctx.roster.client_by_key.get(ticket.client)
    name = client.name if client is not None else ticket.client
    told = (
        *to_client(ticket, "down", client_words.production_down_noted(ticket.ref), lane="first_response"),
        to_us(
            ticket, "down-support", wording.production_down(ticket.ref, name), "support", lane="escalation"
        ),
    )
    after = reduce(apply, facts, ticket)
    climb = (
        ladder.Climb(after) if ticket.is_led else ring_at_once(after, ctx)
    )  # who leads the incident is rung
    return joined(Decision(facts=facts, effects=told), climbed(climb))


def ring_at_once(ticket: Ticket, ctx: Context) -> ladder.Climb:
    """Whoever is being rung hears it on that call; between rounds nobody waits for the next one."""
    if ticket.ladder is not None and ticket.ladder.token:
        return ladder.Climb(ticket)
    if ringing(ticket, "acknowledge", "assign", "update"):
        return ladder.go_on(ticket, ctx)
    return ladder.start(ticket, "acknowledge" if ticket.stage is Stage.ESCALATED else "down", ctx)


def reopen(ticket: Ticket, ctx: Context, at: datetime, by: str, why: str) -> Decision:
    """RS-2: a new cycle, taken by whoever is there. `why` is the end of a sentence for support."""
    fact = f.Reopened(
        at=at,
        by=by,
        respond_at=at + ctx.terms.short_wait,
        check_at=at + ctx.terms.first_response_check,
        unclaimed_at=support_time(ctx, ctx.terms.unclaimed, at),
        grouping_until=at + ctx.terms.grouping,
    )
    words = wording.reopened_because(ticket.ref, why)
    again = to_us(apply(ticket, fact), "reopened", words, "support", lane="internal")
    return Decision(facts=(fact,), effects=(again, *asked.no_more(ticket)))


def clock(event: ClockFired, ticket: Ticket, ctx: Context) -> Decision | None:
    """The clocks of intake; None for a clock of another step."""
    match event.clock:
        case "first_response":
            return first_response(ticket, ctx)
        case "first_response_check":
            return _alert(ticket, ctx)
        case "unclaimed":
            return _unclaimed(ticket, ctx)
        case _:
            return None


def _unclaimed(ticket: Ticket, ctx: Context) -> Decision:
    if ticket.unclaimed_reminded:
        return climbed(ladder.start(ticket, "claim", ctx))
    wait = ctx.terms.unclaimed_ring
    next_at = support_time(ctx, wait)
    when = (
        f"In {span(wait.total_seconds())}" if next_at == ctx.now + wait else f"At {moment(next_at, ctx.zone)}"
    )
    words = wording.unclaimed(ticket.ref, ctx.roster.duty(Role.SUPPORT, ctx.now), when)
    fact = f.Nudged(at=ctx.now, by="clock", what="unclaimed", next_at=next_at)
    return Decision(facts=(fact,), effects=(to_us(ticket, "unclaimed", words, "support", lane="escalation"),))
