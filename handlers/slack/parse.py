"""Slack's payloads become events: pure, and without any rule of the process."""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, get_args

from policies.events import (
    Actor,
    AnyEvent,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    OpenRequest,
    Pressed,
    Relay,
    Verb,
)

Json = dict[str, Any]

PEOPLE_WRITE = frozenset({None, "file_share", "me_message", "thread_broadcast"})
"""Subtypes of messages that a person wrote; every other one is Slack's or an app's own."""
VERBS: frozenset[str] = frozenset(get_args(Verb))


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who acted, and where an answer can be shown to them. `view` is set when it was pressed inside a view."""

    user: str
    team: str
    ours: bool = False
    channel: str = ""
    thread: str = ""
    trigger: str = ""
    response_url: str = ""
    view: str = ""

    @property
    def actor(self) -> Actor:
        """The same for the door."""
        return Actor(user=self.user, team=self.team, ours=self.ours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A pressed button of ours: what is asked for, of which ticket, and which part of it (`subject`)."""

    origin: Origin
    key: str
    verb: str
    ticket: int | None
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A form that was sent. `values` are by field name; `key` is the same for the same words sent twice."""

    origin: Origin
    key: str
    verb: str
    ticket: int | None
    subject: str
    values: dict[str, str]
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A message shortcut, and the message it was used on."""

    origin: Origin
    key: str
    callback: str
    channel: str
    ts: str
    thread: str
    author: str
    text: str


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(shown: Any) -> Any:  # noqa: ANN401 -- JSON of any shape, and the same shape back
    """What Slack shows, with a mark in the place of what JSON may carry and no database takes: nulls, halves of characters."""
    if isinstance(shown, str):
        return _UNSTORABLE.sub("\ufffd", shown)
    if isinstance(shown, dict):
        return {name: storable(value) for name, value in shown.items()}
    if isinstance(shown, list):
        return [storable(value) for value in shown]
    return shown


def moment(ts: str) -> datetime:
    """Slack's ts as aware UTC."""
    return datetime.fromtimestamp(float(ts), UTC)


def message(body: Json, own: str) -> AnyEvent | None:
    """What a message event says; None when nobody wrote, edited or deleted anything. `own` is our workspace."""
    event = body["event"]
    match event.get("subtype"):
        case "message_changed":
            return _edited(event, own)
        case "message_deleted":
            return _deleted(event, event["deleted_ts"], own)
        case subtype if subtype in PEOPLE_WRITE and not _by_app(event):
            return _posted(event, own)
    return None


def read_back(shown: Json, channel: str, own: str) -> AnyEvent | None:
    """A message as history shows it: the very event that its delivery is."""
    return message({"event": {**shown, "channel": channel}}, own)


def edit_read_back(shown: Json, channel: str, own: str) -> AnyEvent | None:
    """The last edit of a message as history shows it; None for one that was never edited."""
    at = (shown.get("edited") or {}).get("ts")
    if not at:
        return None
    event = {"subtype": "message_changed", "channel": channel, "message": shown, "ts": at}
    return message({"event": event}, own)


def _posted(event: Json, own: str) -> MessagePosted:
    """Its key is of our own workspace, which a delivery names too, except in some shared channels: history names none."""
    channel, ts, thread = event["channel"], event["ts"], event.get("thread_ts")
    return MessagePosted(
        key=f"msg:{own}:{channel}:{ts}",
        at=moment(ts),
        actor=_author(event, own),
        channel=channel,
        ts=ts,
        thread=thread if thread != ts else None,
        text=_words(event),
        files=tuple(
            str(file.get("name") or file.get("title") or "a file") for file in event.get("files") or ()
        ),
    )


def _edited(event: Json, own: str) -> AnyEvent | None:
    """The key is of the edit as the message itself tells it (to the second), and of its words: history shows the same."""
    new, old = event["message"], event.get("previous_message") or {}
    if new.get("subtype") == "tombstone":
        return _deleted(event, new["ts"], own)
    if new.get("subtype") not in PEOPLE_WRITE or _by_app(new) or (old and _words(new) == _words(old)):
        return None
    channel, at = event["channel"], event.get("event_ts") or event["ts"]
    told = (new.get("edited") or {}).get("ts") or at
    return MessageEdited(
        key=f"edit:{own}:{channel}:{new['ts']}:{told}:{fingerprint({'text': _words(new)})}",
        at=moment(at),
        actor=_author(new, own),
        channel=channel,
        ts=new["ts"],
        text=_words(new),
        posted=_posted({**new, "channel": channel}, own),
    )


def _deleted(event: Json, ts: str, own: str) -> MessageDeleted | None:
    old = event.get("previous_message") or {}
    if _by_app(old):
        return None
    channel = event["channel"]
    posted = _posted({**old, "channel": channel, "ts": ts}, own) if old else None
    return MessageDeleted(
        key=f"del:{own}:{channel}:{ts}",
        at=moment(event.get("event_ts") or event["ts"]),
        actor=_author(old, own),
        channel=channel,
        ts=ts,
        posted=replace(posted, gone=True) if posted else None,
    )


def _by_app(event: Json) -> bool:
    return bool(event.get("bot_id") or event.get("app_id") or event.get("bot_profile"))


def _author(event: Json, own: str) -> Actor:
    """The workspace is the author's own: in a shared channel it is not the one the event came through."""
    team = event.get("user_team") or event.get("source_team") or event.get("team") or ""
    return Actor(user=event.get("user", ""), team=team, ours=bool(team) and team == own)


def _words(event: Json) -> str:
    """The text; of a forwarded message without one, what it forwards."""
    text = str(event.get("text") or "")
    if text:
        return text
    parts = (item.get("text") or item.get("fallback") or "" for item in event.get("attachments") or ())
    return "\n".join(part for part in parts if part)


def click(body: Json, own: str) -> Click | None:
    """The button of ours that was pressed; None for links and for fields of a form."""
    action = body["actions"][0]
    number, separator, subject = str(action.get("value") or "").partition(":")
    if action.get("type") != "button" or not separator or action.get("url"):
        return None
    origin = _origin(body, own)
    place = (body.get("container") or {}).get("message_ts") or origin.view
    key = f"click:{origin.team}:{origin.user}:{place}:{action['action_id']}:{action['value']}:{action.get('action_ts', '')}"
    ticket = int(number) if number.isdecimal() else None
    return Click(origin=origin, key=key, verb=action["action_id"], ticket=ticket, subject=subject)


def wish(pressed: Click, now: datetime) -> AnyEvent | None:
    """The event of a button that needs no form; None for a verb nobody knows (a button of an older version)."""
    origin = pressed.origin
    if pressed.verb == "relay" and pressed.subject.isdecimal():
        number = int(pressed.subject)
        return Relay(key=pressed.key, at=now, actor=origin.actor, ticket=pressed.ticket, update=number)
    verb = next((verb for verb in get_args(Verb) if verb == pressed.verb), None)
    if verb is None:
        return None
    return Pressed(
        key=pressed.key, at=now, actor=origin.actor, ticket=pressed.ticket, verb=verb, subject=pressed.subject
    )


def submission(body: Json, own: str) -> Submission:
    """A form that was sent."""
    view = body["view"]
    meta = json.loads(view.get("private_metadata") or "{}")
    values = _values(view["state"]["values"])
    user, team = body["user"]["id"], _team(body)
    origin = Origin(
        user=user,
        team=team,
        ours=team == own,
        channel=meta.get("channel", ""),
        thread=meta.get("thread", ""),
        trigger=body.get("trigger_id", ""),
        view=view["id"],
    )
    return Submission(
        origin=origin,
        key=f"view:{view['id']}:{view['callback_id']}:{fingerprint(values)}",
        verb=view["callback_id"],
        ticket=meta.get("ticket"),
        subject=meta.get("subject", ""),
        values=values,
        seen=meta.get("seen", ""),
    )


def fingerprint(values: dict[str, str]) -> str:
    """Short and the same for the same words."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def _values(blocks: dict[str, dict[str, Json]]) -> dict[str, str]:
    """Every field as text: a choice by its value, several with commas, a moment in seconds since 1970, a tick as "yes"."""
    values = {}
    for name, actions in blocks.items():
        for state in actions.values():
            one = state.get("selected_option")
            chosen = [one] if one else state.get("selected_options") or []
            plain = state.get("value") or state.get("selected_date_time") or ""
            values[name] = ",".join(str(item["value"]) for item in chosen) if chosen else str(plain)
    return values


def shortcut(body: Json, own: str) -> Chosen:
    """A message shortcut."""
    chosen, origin = body["message"], _origin(body, own)
    ts = chosen.get("ts") or body.get("message_ts", "")
    return Chosen(
        origin=origin,
        key=f"shortcut:{origin.team}:{origin.user}:{body['callback_id']}:{ts}:{body.get('action_ts', '')}",
        callback=body["callback_id"],
        channel=origin.channel,
        ts=ts,
        thread=chosen.get("thread_ts") or ts,
        author=chosen.get("user", ""),
        text=_words(chosen),
    )


def open_from(chosen: Chosen, now: datetime) -> OpenRequest:
    """A request opened for the author of a message."""
    return OpenRequest(
        key=chosen.key,
        at=now,
        actor=chosen.origin.actor,
        channel=chosen.channel,
        text=chosen.text,
        ts=chosen.ts,
        author=chosen.author,
    )


def command(body: Json, own: str) -> tuple[Origin, str]:
    """Who typed the command and where, and the key of what follows."""
    origin = Origin(
        user=body["user_id"],
        team=body.get("team_id", ""),
        ours=body.get("team_id") == own,
        channel=body.get("channel_id", ""),
        trigger=body.get("trigger_id", ""),
        response_url=body.get("response_url", ""),
    )
    return origin, f"command:{origin.team}:{origin.user}:{origin.trigger}"


def _origin(body: Json, own: str) -> Origin:
    container, shown, team = body.get("container") or {}, body.get("message") or {}, _team(body)
    thread = shown.get("thread_ts") or container.get("thread_ts") or ""
    ts = shown.get("ts") or container.get("message_ts")
    return Origin(
        user=body["user"]["id"],
        team=team,
        ours=team == own,
        channel=(body.get("channel") or {}).get("id") or container.get("channel_id") or "",
        thread=thread if thread != ts else "",
        trigger=body.get("trigger_id", ""),
        response_url=body.get("response_url", ""),
        view=(body.get("view") or {}).get("id", ""),
    )


def _team(body: Json) -> str:
    """The workspace of the person who acted, which in a shared channel may not be the one the bot is installed in."""
    return str(body["user"].get("team_id") or (body.get("team") or {}).get("id") or "")
