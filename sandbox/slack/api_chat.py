"""chat.*: writing, changing and deleting the bot's own messages."""

from typing import Any

from sandbox.slack.args import Args
from sandbox.slack.blocks import check_blocks, normalise, plain
from sandbox.slack.context import Context, Method
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.model import Channel, Message
from sandbox.slack.words import sent

TEXT = 40_000
UPDATE_TEXT = 4_000
MARKDOWN = 12_000
CUMULATIVE = 13_200
"""Undocumented cap on the characters of all blocks of chat.postMessage (bolt-js #2509, #2867)."""
METADATA_BYTES = 16_000
"""Slack names no number for metadata_too_large; this one is the sandbox's own."""
BLOCKS = 50


def content(args: Args, *, cumulative: bool = True) -> Json:
    """Text, blocks and attachments of a call, checked as Slack checks them."""
    blocks = message_blocks(args.nested("blocks", "invalid_blocks_format"), cumulative=cumulative)
    attachments = args.nested("attachments") or []
    markdown = args.text("markdown_text")
    if markdown and (blocks or args.text("text")):
        raise SlackError("markdown_text_conflict")
    if len(markdown) > MARKDOWN:
        raise SlackError("msg_too_long")
    text = sent(args.text("text") or markdown)[:TEXT]
    if not text and not blocks and not attachments:
        raise SlackError("no_text")
    return {"text": text or plain(blocks), "blocks": blocks, "attachments": attachments}


def message_blocks(given: Any, *, cumulative: bool) -> list[Json]:  # noqa: ANN401 - whatever the app sent
    """The blocks of a message with ids filled in; `invalid_blocks` with Slack's messages when they break a rule."""
    if given is None:
        return []
    if not isinstance(given, list):
        raise SlackError("invalid_blocks_format")
    problems = check_blocks(given, surface="message", most=BLOCKS)
    if problems:
        errors = [problem.removeprefix("[ERROR] ") for problem in problems]
        raise SlackError("invalid_blocks", errors=errors, messages=problems)
    if cumulative and len(plain(given)) > CUMULATIVE:
        raise SlackError("msg_blocks_too_long")
    return normalise(given)


def metadata(args: Args) -> Json | None:
    """The metadata of a call: None when not given, {} when it is to be cleared."""
    given = args.nested("metadata", "invalid_metadata_format")
    if given is None or given == {}:
        return given  # type: ignore[no-any-return]  # narrowed to None or {} by the line above
    shaped = isinstance(given, dict) and isinstance(given.get("event_type"), str)
    if not shaped or not isinstance(given.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if len(str(given).encode()) > METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return {"event_type": given["event_type"], "event_payload": given["event_payload"]}


def _room(ctx: Context, args: Args) -> Channel:
    channel = ctx.world.channel_by(args.need("channel", "channel_not_found"))
    if channel is None or not ctx.world.visible(channel):
        raise SlackError("channel_not_found")
    if channel.is_archived:
        raise SlackError("is_archived")
    return ctx.joined(channel)


def _thread(channel: Channel, args: Args) -> str:
    thread_ts = args.text("thread_ts")
    if not thread_ts:
        return ""
    parent = channel.find(thread_ts)
    if parent is None or parent.subtype in ("channel_join", "channel_leave"):
        raise SlackError("thread_not_found")
    if parent.is_reply:
        raise SlackError("cannot_reply_to_message")
    return thread_ts


def _own(ctx: Context, channel: Channel, thread_ts: str, parts: Json) -> Message:
    app = ctx.world.app
    return Message(
        ts=ctx.world.ids.ts(),
        channel=channel.id,
        user=app.bot_user,
        team=app.team_id,
        bot_id=app.bot_id,
        app_id=app.id,
        thread_ts=thread_ts,
        **parts,
    )


def post_message(ctx: Context, args: Args) -> Json:
    """chat.postMessage."""
    channel = _room(ctx, args)
    parts, meta = content(args), metadata(args)
    message = _own(ctx, channel, _thread(channel, args), parts)
    message.metadata = meta or {}
    if message.is_reply and args.flag("reply_broadcast"):
        message.broadcast, message.subtype = True, "thread_broadcast"
    ctx.acts.post(channel, message)
    return {"channel": channel.id, "ts": message.ts, "message": ctx.shapes.message(message)}


def post_ephemeral(ctx: Context, args: Args) -> Json:
    """chat.postEphemeral: seen by one member, kept by nobody."""
    channel = _room(ctx, args)
    user = ctx.world.users.get(args.need("user", "user_not_in_channel"))
    if user is None or user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    message = _own(ctx, channel, _thread(channel, args), content(args))
    message.ephemeral_to = user.id
    ctx.acts.post(channel, message)
    return {"message_ts": message.ts}


def _mine(ctx: Context, channel: Channel, ts: str, error: str) -> Message:
    message = channel.find(ts)
    if message is None:
        raise SlackError("message_not_found")
    if message.user != ctx.world.app.bot_user or message.subtype.startswith("channel_"):
        raise SlackError(error)
    return message


def update(ctx: Context, args: Args) -> Json:
    """chat.update: text alone removes the blocks, blocks show no "(edited)", metadata stays unless given."""
    channel = ctx.channel(args)
    if len(args.text("text")) > UPDATE_TEXT:
        raise SlackError("msg_too_long")
    parts, meta = content(args), metadata(args)
    message = _mine(ctx, channel, args.text("ts"), "cant_update_message")
    if channel.is_archived:
        raise SlackError("is_archived")
    if meta is not None:
        parts["metadata"] = meta
    ctx.acts.edit(channel, message, by=message.user, flag=not parts["blocks"], **parts)
    shape = ctx.shapes.message(message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shape}


def delete(ctx: Context, args: Args) -> Json:
    """chat.delete."""
    channel = ctx.channel(args)
    message = _mine(ctx, channel, args.text("ts"), "cant_delete_message")
    ctx.acts.delete(channel, message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(ctx: Context, args: Args) -> Json:
    """chat.getPermalink."""
    channel = ctx.channel(args)
    message = channel.find(args.text("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    return {"channel": channel.id, "permalink": ctx.shapes.permalink(message)}


METHODS: dict[str, Method] = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
}
