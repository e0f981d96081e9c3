"""What was missed and is made good: messages read back after downtime (IN-6), and events that failed and wait for people."""

from collections import defaultdict

from policies.access import identify, may
from policies.decision import NOTHING, Context, Decision, Refused, Who
from policies.effects import Button, Lane, Place, Post, Revise
from policies.events import CaughtUp, DeadLetter, Missed, Pressed
from policies.words import internal as wording
from policies.words import letters as wording_letters


def caught_up(event: CaughtUp, ctx: Context) -> Decision:
    """IN-6: one summary of what was taken in later than its first response was due; nothing where nothing was."""
    bound = ctx.terms.first_response
    late = [one for one in event.missed if one.taken - one.at > bound and _is_clients(one, ctx)]
    unread = event.unread if late or event.until - event.since > bound else ()
    if not late and not unread:
        return NOTHING
    by_client: dict[str, list[Missed]] = defaultdict(list)
    for one in late:
        by_client[ctx.roster.by_channel[one.channel].name].append(one)
    prefix = ctx.next_ref.rpartition("-")[0]
    lines = [
        wording.missed_of(
            name,
            len(missed),
            [f"{prefix}-{number}" for number in sorted({one.ticket for one in missed})],
            max(one.taken - one.at for one in missed).total_seconds(),
        )
        for name, missed in sorted(by_client.items())
    ]
    lines += [wording.unread(channel, why) for channel, why in event.unread if unread]
    words = wording.caught_up(event.since, event.until, lines, ctx.zone, known=event.known)
    return Decision(effects=(_to_support(f"caught_up:{event.key}", words, "escalation"),))


def _is_clients(one: Missed, ctx: Context) -> bool:
    return (
        one.channel in ctx.roster.by_channel and identify(one.actor, ctx.roster, one.channel).person is None
    )


def dead_letter(event: DeadLetter, ctx: Context) -> Decision:
    """Every retry has failed: people see it, and may have it tried again."""
    again = Button(verb="try_again", label="Try again", value=event.letter)
    words = wording_letters.dead_letter(event.what, event.came, event.place, event.ref, ctx.zone)
    return Decision(effects=(_to_support(_slot(event.letter), words, "escalation", (again,)),))


def try_again(event: Pressed, who: Who) -> Decision | Refused:
    """Somebody of support has a failed event tried again."""
    refused = may(who, "try_again")
    if refused is not None:
        return refused
    past = Revise(
        slot=_slot(event.subject),
        to=Place(kind="support"),
        text=wording_letters.again(who.name),
        below=True,
    )
    return Decision(
        effects=(past,),
        again=event.subject,
        said="It is tried again now. If it fails once more, it is said here.",
    )


def _slot(letter: str) -> str:
    """Of the message that shows this event with its button."""
    return f"letter:{letter}"


def _to_support(slot: str, words: str, lane: Lane, buttons: tuple[Button, ...] = ()) -> Post:
    return Post(slot=slot, to=Place(kind="support"), text=words, lane=lane, buttons=buttons)
