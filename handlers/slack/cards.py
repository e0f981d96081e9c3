"""The two cards of a request, drawn from the ticket: for support and for development. Pure, and the same for the same ticket."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from handlers.slack import blocks, standing
from handlers.slack.blocks import Json
from handlers.slack.names import Desk
from handlers.slack.registered import registered
from handlers.slack.together import together
from policies.clocks import Explained, explain
from policies.events import FIELDS, GAPS, Block
from policies.markup import escape, inert, moment, plain, quoted
from policies.offers import offers, why
from policies.ticket import Ladder, Stage, Ticket

_WORDS = 1_500
_ANSWER = 200
_NEWEST = 3
_OWN_AFFAIRS = frozenset({"first_response", "first_response_check", "call", "round", "target"})
_ON_THE_WAY = frozenset({"assign_nudge", "warning", "neutral", "word"})
"""Clocks at which the bot asks or speaks by itself, shortly before the one that people have to keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What is shown: blocks, and the same in words alone for a screen reader and a notification."""

    text: str
    blocks: list[Json]

    @property
    def digest(self) -> str:
        """Equal when nothing to be seen has changed."""
        return hashlib.sha256(json.dumps([self.text, self.blocks], sort_keys=True).encode()).hexdigest()[:32]


def support(ticket: Ticket, desk: Desk) -> Rendered:
    """The card in the support channel."""
    return _card(ticket, desk, [*_client_words(ticket), *_answered(ticket, desk)], "support")


def escalation(ticket: Ticket, desk: Desk) -> Rendered:
    """The card in the escalation channel: the whole block (TR-3, ES-1), its gaps, and what development has to do."""
    return _card(ticket, desk, _whole(ticket.block), "escalation")


def _card(ticket: Ticket, desk: Desk, about: list[Json], kind: Literal["support", "escalation"]) -> Rendered:
    """What is urgent first: where it stands, who is rung, which clock runs; then what it is about."""
    body = [
        blocks.header(_heading(ticket, desk)),
        blocks.section("\n".join(_standing(ticket, desk))),
        *_running(ticket, desk),
        *about,
        blocks.context(_people(ticket, desk)),
        *_waiting(ticket, desk),
        *blocks.actions((*offers(ticket, kind), *why(ticket)), ticket.id),
    ]
    return Rendered(text=summary(ticket, desk), blocks=blocks.fitted(body))


def _heading(ticket: Ticket, desk: Desk) -> str:
    return " · ".join(
        part for part in (ticket.ref, desk.client(ticket.client), standing.badge(ticket)) if part
    )


def _special(ticket: Ticket, desk: Desk) -> str:
    client = desk.roster.client_by_key.get(ticket.client)
    return standing.special(ticket, client, desk.terms, desk.zone)


def _standing(ticket: Ticket, desk: Desk) -> Iterable[str]:
    if ticket.production_down and ticket.is_open:
        yield "🚨 *Production is down, says the client.*"
    yield f"*{state(ticket, desk)}*"
    yield from together(ticket, desk)
    if line := _ladder_line(ticket.ladder, desk):
        yield line


def summary(ticket: Ticket, desk: Desk) -> str:
    """The card in one paragraph of mrkdwn: all that matters, for whoever sees no blocks."""
    parts = [f"{ticket.ref} · {escape(desk.client(ticket.client))}: {state(ticket, desk)}."]
    if ticket.production_down and ticket.is_open:
        parts.append("Production is down, says the client.")
    parts += [line for line in (_ladder_line(ticket.ladder, desk),) if line]
    parts += [f"{line}." for line in together(ticket, desk)]
    parts += [f"{badge}." for badge in (standing.badge(ticket), _special(ticket, desk)) if badge]
    parts += [f"{clock_line(item, desk.zone)}." for item in shown_clocks(ticket, desk.zone)]
    parts += [f"{line}." for line in (standing.targets(ticket, desk.zone),) if line]
    label = "Issue" if ticket.block else "The client"
    parts.append(f"{label}: {blocks.cut(issue(ticket), _WORDS) or '(no words)'}")
    return blocks.cut("\n".join(parts), blocks.TEXT)


def issue(ticket: Ticket) -> str:
    """What it is about, in one harmless line: as support wrote it for development, else in the client's words."""
    return inert(ticket.block.issue_detail if ticket.block else ticket.words)


_STATES = {
    Stage.NEW: "Waiting for somebody to take it",
    Stage.CLAIMED: "With {owner} of support",
    Stage.ESCALATED: "Escalated, to be acknowledged by {lead}",
    Stage.ACKNOWLEDGED: "Acknowledged by {acknowledged}, a developer is to be assigned",
    Stage.ASSIGNED: "With {developer} of development",
    Stage.RESOLVED: "Resolved ({outcome}), {next}",
    Stage.CLOSED: "Closed ({outcome})",
    Stage.DISMISSED: "Dismissed: not a request",
    Stage.MERGED: "Merged into {into}",
}
_OUTCOMES = {"client_side": "not the application's fault", "client_silent": "the client stayed silent"}


def state(ticket: Ticket, desk: Desk) -> str:
    """Where the request stands and with whom, in a few words."""
    words = _STATES[ticket.stage].format(
        owner=desk.name(ticket.owner),
        lead=desk.name(ticket.lead),
        acknowledged=desk.name(ticket.acknowledged_by),
        developer=desk.name(ticket.developer),
        outcome=_OUTCOMES.get(ticket.outcome, ticket.outcome.replace("_", " ")) or "no outcome",
        next=_until_closed(ticket, desk),
        into=ticket.merged_into,
    )
    asked = ticket.stage in {Stage.NEW, Stage.CLAIMED} and ticket.silence_since is not None
    return f"{words}, the client is to answer" if asked else words


def _until_closed(ticket: Ticket, desk: Desk) -> str:
    if ticket.confirmed_by:
        return f"confirmed by {desk.name(ticket.confirmed_by)}, to be closed"
    return "the client is still to be told" if ticket.open_updates else "the client is to confirm"


def _people(ticket: Ticket, desk: Desk) -> str:
    """Who wrote where and when, and who has it now: one small line."""
    parts = [f"{desk.name(ticket.author)} in <#{ticket.channel}>"]
    if ticket.opened_at:
        late = " (received late)" if ticket.late else ""
        parts.append(moment(ticket.opened_at, desk.zone) + late)
    parts += [f"Support: {desk.name(ticket.owner)}"] if ticket.owner else []
    parts += [f"Lead: {desk.name(ticket.lead)}"] if ticket.lead else []
    parts += [f"Developer: {desk.name(ticket.developer)}"] if ticket.developer else []
    parts += [f"Follows {ticket.previous}"] if ticket.previous else []
    return " · ".join(parts)


def _client_words(ticket: Ticket) -> list[Json]:
    files = [name for message in ticket.messages if message.side == "client" for name in message.files]
    lines = [quoted(ticket.words, _WORDS) if ticket.words else "> (no words)"]
    if files:
        shown = ", ".join(inert(name) for name in files[:10])
        lines.append(blocks.cut(f"📎 {shown}", 500))
    return [blocks.section("\n".join(lines))]


def _answered(ticket: Ticket, desk: Desk) -> list[Json]:
    """The last of our own words to the client, so that nobody asks the same again."""
    ours = [message for message in ticket.messages if message.side == "staff" and not message.deleted]
    if not ours:
        return []
    last = ours[-1]
    words = blocks.cut(inert(last.text), _ANSWER) or "(a file)"
    return [blocks.context(f"↩ {desk.name(last.author)} answered {moment(last.at, desk.zone)}: {words}")]


def _whole(block: Block | None) -> list[Json]:
    """The eight fields, the issue first; what nobody knows is marked as a gap."""
    if block is None:
        return []
    answers = [(label, name, getattr(block, name)) for name, label in FIELDS]
    shown = [(label, _answer(name, answer)) for label, name, answer in answers if name != "issue_detail"]
    detail = f"*Issue Detail*\n{quoted(block.issue_detail, _WORDS)}"
    return [blocks.section(detail), *blocks.fields(shown)]


def _answer(name: str, answer: str) -> str:
    if answer in GAPS:
        return f"⚠ {answer}"
    words = escape(plain(answer)) if name == "saas_url" else inert(answer)
    return blocks.cut(words, _ANSWER)


def clock_line(item: Explained, zone: str) -> str:
    """One running clock: when, in each reader's own zone, and what for."""
    purpose = item.why.partition(": ")[2].partition(";")[0].rstrip(".")
    return f"{moment(item.due, zone)}: {purpose}"


def shown_clocks(ticket: Ticket, zone: str) -> list[Explained]:
    """The clocks people act on, soonest first: what the bot does by itself, and what is said elsewhere, is left out."""
    running = [item for item in explain(ticket, zone) if item.kind not in _OWN_AFFAIRS]
    kept = [item for item in running if item.kind not in _ON_THE_WAY]
    return kept or running


def _running(ticket: Ticket, desk: Desk) -> list[Json]:
    lines = [_special(ticket, desk)]
    lines += [f"⏱ {clock_line(item, desk.zone)}" for item in shown_clocks(ticket, desk.zone)]
    lines = [line for line in (*lines, standing.targets(ticket, desk.zone)) if line]
    return [blocks.context("\n".join(lines))] if lines else []


def _ladder_line(ladder: Ladder | None, desk: Desk) -> str:
    if ladder is None:
        return ""
    if ladder.person and ladder.guard_at is not None:
        again = f", round {ladder.round}" if ladder.round > 1 else ""
        return f"☎ Calling {desk.name(ladder.person)} now{again}."
    if ladder.next_round_at is not None:
        return (
            f"☎ Nobody was reached in round {ladder.round}; again {moment(ladder.next_round_at, desk.zone)}."
        )
    return ""


def _waiting(ticket: Ticket, desk: Desk) -> list[Json]:
    """Updates, workarounds, code changes: what is still to be done about them, and how far it got."""
    lines = (*_resolution(ticket), *_updates(ticket, desk), *_leftovers(ticket, desk))
    return [blocks.context(line) for line in lines]


def _resolution(ticket: Ticket) -> Iterable[str]:
    """What helped, and why it happened: for whoever meets it the next time."""
    if ticket.stage in {Stage.RESOLVED, Stage.CLOSED}:
        for label, words in (("Resolution", ticket.resolution), ("Cause", ticket.cause)):
            if words:
                yield f"{label}: {blocks.cut(inert(words), _ANSWER)}"


def _updates(ticket: Ticket, desk: Desk) -> Iterable[str]:
    """The newest update, and those that the client still has to hear of; none that the resolution repeats."""
    for update in ticket.updates[-_NEWEST:]:
        newest = update is ticket.updates[-1] and ticket.with_development
        if not newest and update not in ticket.open_updates:
            continue
        sent = "sent to the client" if update.relayed else "*not sent to the client yet*"
        until = f", estimate {moment(update.promise, desk.zone)}" if update.promise else ""
        words = blocks.cut(inert(update.text), _ANSWER)
        yield f"Update {update.number} by {desk.name(update.by)}{until} ({sent}): {words}"


def _leftovers(ticket: Ticket, desk: Desk) -> Iterable[str]:
    yield from registered(ticket, desk)
    for change in ticket.code_changes[-_NEWEST:]:
        path = "hotfix" if change.urgent else "planning"
        yield f"Code change {change.entry} ({path}): {blocks.cut(inert(change.summary), _ANSWER)}"
