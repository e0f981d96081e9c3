"""The two cards of a request, drawn from the ticket: for support and for development. Pure, and the same for the same ticket."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from handlers.slack import blocks
from handlers.slack.blocks import Json
from policies.clocks import Explained, explain
from policies.events import FIELDS, GAPS, Block
from policies.markup import escape, inert, moment, plain, quoted
from policies.offers import offers
from policies.people import Roster
from policies.ticket import Ladder, Stage, Ticket

_WORDS = 1_500
_ANSWER = 200
_NEWEST = 3
_OWN_AFFAIRS = frozenset({"first_response", "first_response_check", "call", "round"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What is shown: blocks, and the same in words alone for a screen reader and a notification."""

    text: str
    blocks: list[Json]

    @property
    def digest(self) -> str:
        """Equal when nothing to be seen has changed."""
        return hashlib.sha256(json.dumps([self.text, self.blocks], sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a card needs beside the ticket: who there is, and the team's zone (IANA) for where Slack shows no moments."""

    roster: Roster
    zone: str

    def name(self, key: str) -> str:
        """The name behind a roster key; a mention for somebody of a client; nobody for nothing."""
        if not key:
            return "nobody"
        person = self.roster.by_key.get(key)
        if person is not None:
            return person.name
        return f"<@{key}>" if key[:1] in {"U", "W"} and key.isalnum() and key.isupper() else inert(key)

    def client(self, key: str) -> str:
        """The client's name."""
        found = self.roster.client_by_key.get(key)
        return found.name if found else key


def support(ticket: Ticket, desk: Desk) -> Rendered:
    """The card in the support channel."""
    body = [
        *blocks.fields(_facts(ticket, desk)),
        *_client_words(ticket),
        *_running(ticket, desk),
        *_telephone(ticket, desk),
        *_waiting(ticket, desk),
    ]
    return _card(ticket, desk, body, "support")


def escalation(ticket: Ticket, desk: Desk) -> Rendered:
    """The card in the escalation channel: the whole block (TR-3, ES-1), its gaps, and what development has to do."""
    body = [
        *_whole(ticket.block),
        *blocks.fields(_facts(ticket, desk)),
        *_running(ticket, desk),
        *_telephone(ticket, desk),
        *_waiting(ticket, desk),
    ]
    return _card(ticket, desk, body, "escalation")


def _card(ticket: Ticket, desk: Desk, body: list[Json], kind: str) -> Rendered:
    title = f"{ticket.ref} · {desk.client(ticket.client)}"
    down = "🚨 *Production is down, says the client.* " if ticket.production_down and ticket.is_open else ""
    head = [blocks.header(title), blocks.section(f"{down}*{state(ticket, desk)}*")]
    buttons = offers(ticket, "escalation" if kind == "escalation" else "support")
    drawn = blocks.fitted([*head, *body, *blocks.actions(buttons, ticket.id)])
    return Rendered(text=summary(ticket, desk), blocks=drawn)


def summary(ticket: Ticket, desk: Desk) -> str:
    """The card in one paragraph of mrkdwn: all that matters, for whoever sees no blocks."""
    parts = [f"{ticket.ref} · {escape(desk.client(ticket.client))}: {state(ticket, desk)}."]
    if ticket.production_down and ticket.is_open:
        parts.append("Production is down, says the client.")
    parts += [line for line in (_ladder_line(ticket.ladder, desk),) if line]
    detail = ticket.block.issue_detail if ticket.block else ticket.words
    parts.append(
        f"{'Issue' if ticket.block else 'The client'}: {blocks.cut(inert(detail), _WORDS) or '(no words)'}"
    )
    parts += [f"{clock_line(item, desk.zone)}." for item in _shown(ticket, desk)]
    return blocks.cut("\n".join(parts), blocks.TEXT)


_STATES = {
    Stage.NEW: "Waiting for somebody to take it",
    Stage.CLAIMED: "With {owner} of support",
    Stage.ESCALATED: "Escalated, to be acknowledged by {lead}",
    Stage.ACKNOWLEDGED: "Acknowledged by {acknowledged}, a developer is to be assigned",
    Stage.ASSIGNED: "With {developer} of development",
    Stage.RESOLVED: "Resolved ({outcome}), {confirmed}",
    Stage.CLOSED: "Closed ({outcome})",
    Stage.DISMISSED: "Dismissed: not a request",
    Stage.MERGED: "Merged into {into}",
}


def state(ticket: Ticket, desk: Desk) -> str:
    """Where the request stands and with whom, in a few words."""
    confirmed = f"confirmed by {desk.name(ticket.confirmed_by)}, to be closed"
    return _STATES[ticket.stage].format(
        owner=desk.name(ticket.owner),
        lead=desk.name(ticket.lead),
        acknowledged=desk.name(ticket.acknowledged_by),
        developer=desk.name(ticket.developer),
        outcome=ticket.outcome.replace("_", " ") or "no outcome",
        confirmed=confirmed if ticket.confirmed_by else "the client is to confirm",
        into=ticket.merged_into,
    )


def _facts(ticket: Ticket, desk: Desk) -> list[tuple[str, str]]:
    rows = [("From", f"{desk.name(ticket.author)} in <#{ticket.channel}>")]
    if ticket.opened_at:
        late = " (received late)" if ticket.late else ""
        rows.append(("Written", moment(ticket.opened_at, desk.zone) + late))
    rows += [("Support", desk.name(ticket.owner))]
    rows += [("Development lead", desk.name(ticket.lead))] if ticket.lead else []
    rows += [("Developer", desk.name(ticket.developer))] if ticket.developer else []
    rows += [("Follows", ticket.previous)] if ticket.previous else []
    return rows


def _client_words(ticket: Ticket) -> list[Json]:
    files = [name for message in ticket.messages if message.side == "client" for name in message.files]
    lines = [quoted(ticket.words, _WORDS) if ticket.words else "> (no words)"]
    if files:
        shown = ", ".join(inert(name) for name in files[:10])
        lines.append(blocks.cut(f"📎 {shown}", 500))
    return [blocks.section("\n".join(lines))]


def _whole(block: Block | None) -> list[Json]:
    """The eight fields; what nobody knows is named as a gap."""
    if block is None:
        return []
    answers = [(label, name, getattr(block, name)) for name, label in FIELDS]
    shown = [(label, _answer(name, answer)) for label, name, answer in answers if name != "issue_detail"]
    gaps = [label for label, _, answer in answers if answer in GAPS]
    detail = f"*Issue Detail*\n{quoted(block.issue_detail, _WORDS)}"
    listed = [blocks.context(f"⚠ Not known: {', '.join(gaps)}")] if gaps else []
    return [*blocks.fields(shown), blocks.section(detail), *listed]


def _answer(name: str, answer: str) -> str:
    if answer in GAPS:
        return f"⚠ {answer}"
    words = escape(plain(answer)) if name == "saas_url" else inert(answer)
    return blocks.cut(words, _ANSWER)


def clock_line(item: Explained, zone: str) -> str:
    """One running clock: when, in each reader's own zone, and what for, with its rule."""
    purpose = item.why.partition(": ")[2].partition(";")[0].rstrip(".")
    return f"{moment(item.due, zone)}: {purpose} ({item.rule})"


def _shown(ticket: Ticket, desk: Desk) -> list[Explained]:
    """The clocks people act on: what the bot does by itself, and what the telephone's own line says, is left out."""
    return [item for item in explain(ticket, desk.zone) if item.kind not in _OWN_AFFAIRS]


def _running(ticket: Ticket, desk: Desk) -> list[Json]:
    lines = [f"⏱ {clock_line(item, desk.zone)}" for item in _shown(ticket, desk)]
    return [blocks.context("\n".join(lines))] if lines else []


def _ladder_line(ladder: Ladder | None, desk: Desk) -> str:
    if ladder is None:
        return ""
    if ladder.person and ladder.guard_at is not None:
        return f"☎ Ringing {desk.name(ladder.person)} now, round {ladder.round}."
    if ladder.next_round_at is not None:
        return (
            f"☎ Nobody was reached in round {ladder.round}; again {moment(ladder.next_round_at, desk.zone)}."
        )
    return ""


def _telephone(ticket: Ticket, desk: Desk) -> list[Json]:
    line = _ladder_line(ticket.ladder, desk)
    return [blocks.section(line)] if line else []


def _waiting(ticket: Ticket, desk: Desk) -> list[Json]:
    """Updates, workarounds, code changes: the newest of each, and what is still to be done about them."""
    return [blocks.context(line) for line in (*_updates(ticket, desk), *_leftovers(ticket, desk))]


def _updates(ticket: Ticket, desk: Desk) -> Iterable[str]:
    for update in ticket.updates[-_NEWEST:]:
        sent = "sent to the client" if update.relayed else "*not sent to the client yet*"
        until = f", estimate {moment(update.promise, desk.zone)}" if update.promise else ""
        words = blocks.cut(inert(update.text), _ANSWER)
        yield f"Update {update.number} by {desk.name(update.by)}{until} ({sent}): {words}"


def _leftovers(ticket: Ticket, desk: Desk) -> Iterable[str]:
    for item in ticket.live_workarounds[-_NEWEST:]:
        until = f", to be reverted {moment(item.revert_at, desk.zone)}" if item.revert_at else ""
        yield f"🔧 Workaround {item.number} of {desk.name(item.author)}{until}: {blocks.cut(inert(item.what), _ANSWER)}"
    for change in ticket.code_changes[-_NEWEST:]:
        path = "hotfix" if change.urgent else "planning"
        yield f"Code change {change.entry} ({path}): {blocks.cut(inert(change.summary), _ANSWER)}"
