"""What people did, from the facts it left: the event that brought each about. Words are left out: nothing follows from them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from policies import events as e
from policies import facts as f
from policies.events import FIELDS, Actor, Block
from policies.events.terms import SetSeverity
from policies.people import Roster
from policies.ticket import Ticket

WORDS = "(words)"
MACHINE = "Automatic reply: (words)"
UNKNOWN = Block(**{name: "Unknown" for name, _ in FIELDS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What an act is made of: the recorded fact, a key for the event, the request as it stands now, and who there is."""

    fact: Any
    key: str
    ticket: Ticket | None
    roster: Roster
    client: str

    @property
    def common(self) -> dict[str, Any]:
        """What every event has."""
        return {"key": self.key, "at": self.fact.at, "actor": self.actor(self.fact.by)}

    def actor(self, by: str) -> Actor:
        """One of us by roster key or Slack id, else somebody of the client."""
        person = self.roster.by_key.get(by) or self.roster.by_slack.get(by)
        if person is not None:
            return Actor(user=person.slack, person=person.key, ours=True)
        client = self.roster.client_by_key.get(self.client)
        return Actor(user=by, team=next(iter(client.teams), "") if client is not None else "")

    def pressed(self, verb: e.Verb, subject: str = "") -> e.AnyEvent:
        """A button without a form."""
        return e.Pressed(**self.common, verb=verb, subject=subject, note=WORDS)


Maker = Callable[[Act], e.AnyEvent | None]


def _opened(act: Act) -> e.AnyEvent:
    fact: f.Opened = act.fact
    if not fact.ts:
        return e.OpenRequest(**act.common, channel=fact.channel, text=WORDS, author=fact.author)
    split = not fact.thread
    thread = fact.thread if fact.thread and fact.thread != fact.ts else None
    return e.MessagePosted(
        **act.common, channel=fact.channel, ts=fact.ts, thread=thread, text=WORDS, split=split
    )


def _wrote(act: Act) -> e.AnyEvent:
    fact: f.Wrote = act.fact
    text = WORDS if fact.woke or fact.side == "staff" else MACHINE
    thread = act.ticket.thread if act.ticket is not None else None
    return e.MessagePosted(**act.common, channel=fact.channel, ts=fact.ts, thread=thread, text=text)


def _reopened(act: Act) -> e.AnyEvent:
    ours = act.actor(act.fact.by).ours
    return act.pressed("reopen" if ours else "still_broken")


def _confirmed(act: Act) -> e.AnyEvent:
    return act.pressed("confirm" if act.actor(act.fact.by).ours else "solved")


def _resolved(act: Act) -> e.AnyEvent:
    fact: f.Resolved = act.fact
    match fact.outcome:
        case "fixed":
            return e.Resolve(**act.common, text=WORDS)
        case "change_request":
            return e.ChangeRequest(**act.common, work="feature")
        case outcome:
            return e.Answer(**act.common, outcome=outcome, text=WORDS)


def _updated(act: Act) -> e.AnyEvent | None:
    """The final one comes with its resolution."""
    fact: f.Updated = act.fact
    if fact.what == "final":
        return None
    return e.GiveUpdate(**act.common, what=fact.what, text=WORDS, promise=fact.promise)


def _heard(act: Act) -> e.AnyEvent | None:
    """A key on a call: nothing where there is no call."""
    ladder = act.ticket.ladder if act.ticket is not None else None
    if ladder is None or ladder.person != act.fact.person or not ladder.token:
        return None
    phone = Actor(person=act.fact.person, via="phone")
    return e.KeyPressed(key=act.key, at=act.fact.at, actor=phone, token=ladder.token, digit="4")


def _passed(act: Act) -> e.AnyEvent | None:
    """Of calls that ended only those that a person passed on are somebody's act."""
    fact: f.CallOver = act.fact
    return act.pressed("pass_on") if fact.outcome == "passed" else None


def _closed(act: Act) -> e.AnyEvent | None:
    """By a person; what the clock closed it closes again."""
    return act.pressed("close") if act.fact.by != "clock" else None


def _severity(act: Act) -> e.AnyEvent:
    """Set or proposed: what it is follows from the right of whoever did it."""
    fact: f.SeveritySet | f.SeverityProposed = act.fact
    return SetSeverity(
        **act.common, severity=fact.severity, urgent=fact.urgent, why=WORDS, fix_at=fact.fix_at
    )


ACTS: dict[type, Maker] = {
    f.Opened: _opened,
    f.Wrote: _wrote,
    f.ProductionDown: lambda act: act.pressed("production_down"),
    f.Claimed: lambda act: act.pressed("claim"),
    f.Replied: lambda act: e.Reply(**act.common, text=WORDS, asks=act.fact.silence_at is not None),
    f.Escalated: lambda act: e.Escalate(**act.common, block=UNKNOWN),
    f.ReachedByVoice: lambda act: act.pressed("reached_by_voice"),
    f.Acknowledged: lambda act: act.pressed("acknowledge"),
    f.CallOver: _passed,
    f.Heard: _heard,
    f.Assigned: lambda act: e.Assign(**act.common, developer=act.fact.developer),
    f.Declined: lambda act: act.pressed("decline"),
    f.Updated: _updated,
    f.Relayed: lambda act: e.Relay(**act.common, update=act.fact.number, text=WORDS),
    f.WorkaroundRecorded: lambda act: e.Workaround(
        **act.common, what=WORDS, original=WORDS, revert_at=act.fact.revert_at
    ),
    f.Reverted: lambda act: act.pressed("reverted", str(act.fact.number)),
    f.Resolved: _resolved,
    f.Confirmed: _confirmed,
    f.Closed: _closed,
    f.Dismissed: lambda act: act.pressed("dismiss"),
    f.Reopened: _reopened,
    f.SeveritySet: _severity,
    f.SeverityProposed: _severity,
    f.FixIsIn: lambda act: act.pressed("fix_is_in"),
}
"""Fact -> the event of the person behind it; what is not here is brought about by the rules, or concerns other requests."""
