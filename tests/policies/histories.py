"""Random histories: whatever several people, clients, telephones and clocks may do, in worlds that are not all well staffed."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import get_args

from policies import events as e
from policies.decision import Decision
from policies.events import Actor
from policies.events.incident import FormIncident, HotfixStep, HotfixStepName, InformExecutives
from policies.events.office import TermsChanged
from policies.events.terms import Carried, SetSeverity
from policies.hours import Open
from policies.maintenance import with_windows
from policies.people import Contact, Maintenance, Role, Roster, Vendor
from policies.terms import HOUR, Terms
from policies.ticket import Stage, Ticket
from tests.policies.cast import CLIENT, NOON, OTHER_CLIENT, ROSTER, STRANGER, TERMS, staff
from tests.policies.play import Play

INTERNAL = "zq-internal"
"""Stands in every word of ours that a client must not read."""
NASTY = "evil <!channel> <@UBOSS> *bold* <https://bad.example|good.example> `code`"
"""A client's words that try to mention, format and link."""
CHRIS = Actor(user="UCHRIS", team="T1")
PEOPLE = ("sam", "sky", "sol", "lee", "bo", "devi", "dana")
VERBS: tuple[e.Verb, ...] = (
    "claim", "dismiss", "call_now", "reached_by_voice", "acknowledge", "pass_on", "decline", "reverted",
    "confirm", "close", "reopen", "production_down", "solved", "still_broken",
)  # fmt: skip
USUAL = {"acknowledge": "lee", "pass_on": "bo", "decline": "devi", "reverted": "devi"}
OUTCOMES: tuple[e.CallOutcome, ...] = ("no_answer", "busy", "failed", "canceled", "unconfirmed")
DAY = timedelta(days=1)


def _without(*roles: Role) -> Roster:
    return replace(ROSTER, people=tuple(one for one in ROSTER.people if one.roles.isdisjoint(roles)))


VENDOR = Vendor(key="hosting", name="Example Hosting", contact="support@hosting.example")
ROSTERS: tuple[Roster, ...] = (
    replace(ROSTER, vendors=(VENDOR,), executives=(Contact(name="Erin Executive", reach="telephone"),)),
    with_windows(
        ROSTER, [("retail", Maintenance(start=NOON, end=NOON + 2 * DAY, what=f"{INTERNAL} <!here>"))]
    ),
    _without(Role.LEAD, Role.BACKUP),
    _without(Role.SUPPORT_LEAD),
    replace(ROSTER, people=tuple(replace(one, phone=None) for one in ROSTER.people)),
    replace(ROSTER, people=tuple(replace(one, shift=TERMS.development) for one in ROSTER.people)),
)
AGREED: tuple[Terms, ...] = (
    TERMS,
    replace(TERMS, silence=()),
    replace(TERMS, close_silent=2 * DAY),
    replace(TERMS, silence=(DAY,), support=replace(TERMS.support, windows=())),
    Terms(sms=True, calls_a_day=3),
    replace(TERMS, business=TERMS.development, next_reply=Open(HOUR), low_waits=True, default_severity="S3"),
)
Move = Callable[[Play, random.Random], object]
Watch = Callable[[Play, e.AnyEvent, Ticket | None, Decision], None]


def _event(play: Play, chance: random.Random, usually: str = "sam") -> dict[str, object]:
    person = usually if chance.random() < 0.8 else chance.choice(PEOPLE)
    return {"key": play.key(), "at": play.now, "actor": staff(person)}


def _support(play: Play, chance: random.Random) -> object:
    """One of support's forms, filled in by anybody."""
    common = _event(play, chance)
    events: tuple[Callable[[], e.AnyEvent], ...] = (
        lambda: e.Reply(**common, text="Which one?", asks=chance.random() < 0.6),  # type: ignore[arg-type]  # by name
        lambda: e.Answer(**common, outcome="answered", text="Like this", cause=INTERNAL, steps=INTERNAL),  # type: ignore[arg-type]  # by name
        lambda: e.ChangeRequest(**common, work="feature"),  # type: ignore[arg-type]  # by name
        lambda: e.MergeInto(**common, target=chance.choice(sorted(play.tickets))),  # type: ignore[arg-type]  # by name
        lambda: e.Relay(**common, update=chance.randint(1, 1 + len(play.ticket.updates))),  # type: ignore[arg-type]  # by name
    )
    return play.do(chance.choice(events)(), play.ticket)


def _split(play: Play, chance: random.Random) -> object:
    messages = play.ticket.messages
    if not messages:
        return None
    message = chance.choice(messages)
    event = e.Split(**_event(play, chance), channel=message.channel, ts=message.ts)  # type: ignore[arg-type]  # by name
    return play.do(event, play.ticket)


def _development(play: Play, chance: random.Random) -> object:
    """One of development's forms."""
    common = _event(play, chance, play.ticket.developer or "lee")
    moves: tuple[Callable[[], object], ...] = (
        lambda: play.assign(chance.choice(["devi", "dana"]), chance.choice(["lee", "bo", "sol"])),
        lambda: play.update(
            chance.choice([None, 5, 30, 240]), chance.choice(["devi", "dana", "lee"]), INTERNAL
        ),
        lambda: play.update(None, chance.choice(["devi", "lee"]), INTERNAL, final=True),
        lambda: play.do(
            e.Resolve(**common, text=INTERNAL, cause=INTERNAL, code_change=chance.choice(["", INTERNAL])),  # type: ignore[arg-type]  # by name
            play.ticket,
        ),
        lambda: play.do(
            e.Workaround(**common, what=INTERNAL, original=INTERNAL, revert_at=play.now + 9 * DAY),  # type: ignore[arg-type]  # by name
            play.ticket,
        ),
        lambda: play.do(e.CodeChange(**common, summary=INTERNAL), play.ticket),  # type: ignore[arg-type]  # by name
    )
    return chance.choice(moves)()


def _register(play: Play, chance: random.Random) -> object:
    """Workarounds that stay and vendors that are asked, in any order, by anybody."""
    common = _event(play, chance, play.ticket.developer or "lee")
    carried = Carried(
        number=1, carrier=chance.choice(["", "dana"]), until=play.now + chance.choice([-1, 2]) * DAY
    )
    promised = chance.choice([None, play.now + timedelta(hours=2)])
    events: tuple[Callable[[], e.AnyEvent], ...] = (
        lambda: e.Workaround(**common, what=INTERNAL, original=INTERNAL),  # type: ignore[arg-type]  # by name
        lambda: e.CarryWorkaround(**common, carried=carried, why=INTERNAL),  # type: ignore[arg-type]  # by name
        lambda: e.CloseCarried(**(common | {"actor": staff("sol")}), carried=(carried,)),  # type: ignore[arg-type]  # by name
        lambda: e.AskVendor(**common, vendor="hosting", told=INTERNAL, answer_at=promised),  # type: ignore[arg-type]  # by name
        lambda: e.VendorAnswer(**common, vendor="hosting", said=INTERNAL),  # type: ignore[arg-type]  # by name
    )
    return play.do(chance.choice(events)(), play.ticket)


def _severity(play: Play, chance: random.Random) -> object:
    """Set, proposed, accepted and fixed for good, by anybody."""
    severity = chance.choice(["S1", "S2", "S3", "S4"])
    if chance.random() < 0.5:
        common = _event(play, chance, chance.choice(["lee", "sol", "sam"]))
        fix_at = chance.choice([None, None, play.now + 2 * DAY])
        event = SetSeverity(
            **common,  # type: ignore[arg-type]  # by name
            severity=severity,
            urgent=chance.random() < 0.3,
            why=NASTY,
            fix_at=fix_at,
        )
        return play.do(event, play.ticket)
    proposed = play.ticket.proposed.severity if play.ticket.proposed is not None else severity
    verb, subject = chance.choice([("severity", proposed), ("fix_is_in", "")])
    return play.do(e.Pressed(**_event(play, chance, "lee"), verb=verb, subject=subject), play.ticket)  # type: ignore[arg-type]  # by name


def _proposed(play: Play, chance: random.Random) -> object:
    """Severity 1 is proposed, and for a while nobody decides (SV-2)."""
    event = SetSeverity(**_event(play, chance, "sam"), severity="S1", why=NASTY)  # type: ignore[arg-type]  # by name
    play.do(event, play.ticket)
    return play.wait(minutes=chance.choice([4, 16]))


def _incident(play: Play, chance: random.Random) -> object:
    """One cause behind requests of several clients; executives and hotfixes: by anybody, whether it fits or not."""
    common = _event(play, chance, chance.choice(["sam", "lee"]))
    others = tuple(chance.sample(sorted(play.tickets), min(2, len(play.tickets))))
    steps = get_args(HotfixStepName)
    events: tuple[Callable[[], e.AnyEvent], ...] = (
        lambda: FormIncident(**common, members=others, title=NASTY),  # type: ignore[arg-type]  # by name
        lambda: FormIncident(**common, members=others),  # type: ignore[arg-type]  # by name
        lambda: e.Pressed(**common, verb="leave_incident"),  # type: ignore[arg-type]  # by name
        lambda: InformExecutives(**common, whom=INTERNAL, how=NASTY),  # type: ignore[arg-type]  # by name
        lambda: HotfixStep(**common, step=chance.choice(steps), note=NASTY),  # type: ignore[arg-type]  # by name
        lambda: e.CodeChange(**common, summary=INTERNAL, urgent=True, scope="all"),  # type: ignore[arg-type]  # by name
    )
    return play.do(chance.choice(events)(), play.ticket)


def _outage(play: Play, chance: random.Random) -> None:
    """Two clients write of the same cause, and support sees it at once; sometimes it goes far before anything else happens."""
    play.write(NASTY, by=OTHER_CLIENT, channel="C2")
    play.do(FormIncident(key=play.key(), at=play.now, actor=staff("sam"), members=(2,)), play.tickets[1])
    if chance.random() < 0.3:
        play.focus = 2
        play.press("production_down", OTHER_CLIENT)
    play.focus = 1
    for _ in range(chance.choice([0, 3, 5])):
        _onward(play, chance)
    if play.ticket.stage is Stage.ASSIGNED and chance.random() < 0.3:
        play.do(
            e.CodeChange(**_event(play, chance, "lee"), summary=INTERNAL, urgent=True, scope="all"),
            play.ticket,
        )  # type: ignore[arg-type]  # by name
        play.resolve()
        play.press("reopen", staff("sam"))


def _write(play: Play, chance: random.Random) -> object:
    who = chance.choice([CLIENT, CLIENT, CHRIS, OTHER_CLIENT, STRANGER, staff(chance.choice(PEOPLE))])
    channel = "C2" if who is OTHER_CLIENT else "C1"
    thread = play.ticket.thread if chance.random() < 0.5 and play.ticket.channel == channel else None
    text = chance.choice([NASTY, "thanks", "👍", "Automatic reply: away"]) if not who.ours else "Hello"
    ago = timedelta(seconds=chance.choice([0, 0, 70, 3000]))
    return play.write(text, by=who, thread=thread, channel=channel, ago=ago)


def _press(play: Play, chance: random.Random) -> object:
    verb = chance.choice(VERBS)
    own = OTHER_CLIENT if play.ticket.client == "foods" else CLIENT
    usual = own if verb in {"solved", "still_broken", "production_down"} else staff(USUAL.get(verb, "sam"))
    who = usual if chance.random() < 0.8 else chance.choice([CLIENT, OTHER_CLIENT, *map(staff, PEOPLE)])
    return play.press(verb, who, note=f"{INTERNAL} <!here>")


def _telephone(play: Play, chance: random.Random) -> object:
    if chance.random() < 0.3:
        return play.pick_up()
    if chance.random() < 0.5:
        return play.end_call(chance.choice(OUTCOMES))
    if chance.random() < 0.5:
        return play.key_press(chance.choice("45"))
    return play.key_for_all(chance.choice("45"))


def _change(play: Play, chance: random.Random) -> object:
    """A message has other words, or none."""
    messages = play.ticket.messages
    if not messages:
        return None
    message = chance.choice(messages)
    common = {"key": play.key(), "at": play.now, "actor": Actor(user=message.author, team="T1")}
    where = {"channel": message.channel, "ts": message.ts}
    if chance.random() < 0.4:
        return play.do(e.MessageDeleted(**common, **where), play.ticket)  # type: ignore[arg-type]  # by name
    return play.do(e.MessageEdited(**common, **where, text=f"{NASTY} again"), play.ticket)  # type: ignore[arg-type]  # by name


def _open(play: Play, chance: random.Random) -> object:
    """Support opens one by command, for a client who telephoned."""
    channel = chance.choice(["C1", "C2", "C9"])
    return play.do(e.OpenRequest(**_event(play, chance), channel=channel, text=NASTY))  # type: ignore[arg-type]  # by name


def _agreed_anew(play: Play, chance: random.Random) -> object:
    """Other terms come into force; the open requests hear of it at once, or with whatever happens to them next."""
    play.terms, play.terms_id = chance.choice(AGREED), play.key()
    told = [ticket for ticket in play.tickets.values() if ticket.is_open and chance.random() < 0.8]
    for ticket in told:
        event = TermsChanged(key=play.key(), at=play.now, actor=e.BOT, ticket=ticket.id)
        play.do(event, ticket)
        assert play.tickets[ticket.id].terms == play.terms_id
    return None


def _look(play: Play, chance: random.Random) -> object:
    play.focus = chance.choice(sorted(play.tickets))
    return None


def _onward(play: Play, chance: random.Random) -> object:
    """The step that usually comes next, so that histories get far."""
    steps: dict[Stage, Callable[[], object]] = {
        Stage.NEW: lambda: play.press("claim", staff("sam")),
        Stage.CLAIMED: play.escalate,
        Stage.ESCALATED: lambda: play.press("acknowledge", staff(chance.choice(["lee", "bo"]))),
        Stage.ACKNOWLEDGED: play.assign,
        Stage.ASSIGNED: lambda: play.update(chance.choice([None, 40]), play.ticket.developer, INTERNAL),
        Stage.RESOLVED: lambda: play.relay(len(play.ticket.updates)),
    }
    return steps.get(play.ticket.stage, lambda: play.press("reopen", staff("sam")))()


MOVES: tuple[Move, ...] = (
    _onward, _onward, _onward, _press, _press, _support, _support, _development, _development, _register, _severity, _proposed, _write,
    _write, _incident, _incident,
    _telephone, _telephone, _telephone, _look, _look, _split, _change, _open, _agreed_anew,
    lambda play, chance: play.leave(chance.choice(PEOPLE), chance.choice(PEOPLE), hours=chance.choice([1, 60])),
    lambda play, chance: play.cover(chance.choice(PEOPLE), chance.choice(PEOPLE), hours=chance.choice([1, 60])),
    lambda play, chance: setattr(play, "confirms", chance.random() < 0.7),
    lambda play, chance: play.wait(minutes=chance.choice([0.2, 2, 11, 31, 95])),
    lambda play, chance: play.wait(hours=chance.choice([1, 3, 26])),
)  # fmt: skip


def history(
    seed: int,
    steps: int,
    after: Callable[[Play], None],
    watch: Watch | None = None,
    *,
    late: bool = False,
) -> Play:
    """A history of `steps` moves, the same for the same seed; `after` looks at it after every move.

    A `late` one is of a bot that is down whenever time passes.
    """
    chance = random.Random(seed)  # noqa: S311 - a repeatable history, no secret
    play = Play(terms=chance.choice(AGREED), roster=chance.choice(ROSTERS), watch=watch, late=late)
    play.write(NASTY)
    if chance.random() < 0.2:
        _outage(play, chance)
    for _ in range(steps):
        chance.choice(MOVES)(play, chance)
        after(play)
    return play
