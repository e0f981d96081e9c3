"""conversations.*: what there is, who is in it, what was said."""

from sandbox.slack.args import Args
from sandbox.slack.context import Context, Method
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.model import Channel, Message
from sandbox.slack.pages import page
from sandbox.slack.scopes import HISTORY, READ, check_channel

KINDS = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
HISTORY_MOST = 999


def info(ctx: Context, args: Args) -> Json:
    """conversations.info."""
    channel = ctx.channel(args)
    check_channel(ctx.world.app.scopes, READ, channel)
    shape = ctx.shapes.channel(channel)
    if not args.flag("include_num_members"):
        shape.pop("num_members", None)
    return {"channel": shape}


def _listed(ctx: Context, args: Args, *, member: str = "") -> Json:
    kinds = args.names("types") or ["public_channel"]
    if not set(kinds) <= set(KINDS):
        raise SlackError("invalid_types")
    wanted = {KINDS[kind] for kind in kinds}
    channels = [
        channel
        for channel in ctx.world.channels.values()
        if channel.type in wanted
        and ctx.world.visible(channel)
        and not (args.flag("exclude_archived") and channel.is_archived)
        and (not member or member in channel.members)
    ]
    shapes, more = page([ctx.shapes.channel(channel) for channel in channels], args, 100)
    return {"channels": shapes} | more


def list_all(ctx: Context, args: Args) -> Json:
    """conversations.list."""
    return _listed(ctx, args)


def of_user(ctx: Context, args: Args) -> Json:
    """users.conversations; without a user, those of the bot."""
    member = args.text("user") or ctx.world.app.bot_user
    ctx.world.user(member)
    return _listed(ctx, args, member=member)


def members(ctx: Context, args: Args) -> Json:
    """conversations.members: people of other workspaces too."""
    channel = ctx.channel(args)
    found, more = page(list(channel.members), args, 100)
    return {"members": found} | more


def open_direct(ctx: Context, args: Args) -> Json:
    """conversations.open: the direct message with one person."""
    users = args.names("users")
    if args.has("channel") and not users:
        return {"channel": {"id": ctx.channel(args).id}}
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    user = ctx.world.user(users[0])
    if user.is_bot:
        raise SlackError("cannot_dm_bot")
    channel_id = "D" + user.id[1:]
    known = channel_id in ctx.world.channels
    channel = ctx.world.direct(user.id)
    shape = ctx.shapes.channel(channel) if args.flag("return_im") else {"id": channel.id}
    return {"channel": shape} | ({"no_op": True, "already_open": True} if known else {})


def join(ctx: Context, args: Args) -> Json:
    """conversations.join: public channels only."""
    channel = ctx.channel(args)
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.is_private or channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    joined = ctx.acts.join(channel, ctx.world.users[ctx.world.app.bot_user])
    warning = {} if joined else {"warning": "already_in_channel"}
    return {"channel": ctx.shapes.channel(channel)} | warning


def _between(messages: list[Message], args: Args) -> list[Message]:
    oldest, latest, inclusive = args.text("oldest"), args.text("latest"), args.flag("inclusive")
    floor = float(oldest) if oldest else -1.0
    ceiling = float(latest) if latest else float("inf")
    return [
        message
        for message in messages
        if floor < float(message.ts) < ceiling or (inclusive and float(message.ts) in (floor, ceiling))
    ]


def _shown(ctx: Context, messages: list[Message], args: Args) -> list[Json]:
    everything = args.flag("include_all_metadata")
    return [ctx.shapes.message(message, with_metadata=everything) for message in messages]


def _readable(ctx: Context, args: Args) -> Channel:
    channel = ctx.channel(args)
    check_channel(ctx.world.app.scopes, HISTORY, channel)
    return ctx.joined(channel)


def history(ctx: Context, args: Args) -> Json:
    """conversations.history: newest first, no replies but those sent to the channel as well, nothing ephemeral.

    With `oldest` and no `latest` the pages begin at the oldest end and lead forward, as Slack documents it.
    """
    channel = _readable(ctx, args)
    top = [message for message in channel.messages if not message.is_reply or message.broadcast]
    forward = args.has("oldest") and not args.has("latest")
    found = sorted(_between(top, args), key=lambda message: message.ts, reverse=not forward)
    messages, more = page(found, args, 100, most=HISTORY_MOST)
    messages.sort(key=lambda message: message.ts, reverse=True)
    has_more = bool(more["response_metadata"]["next_cursor"])
    result: Json = {"messages": _shown(ctx, messages, args), "has_more": has_more}
    result |= {"pin_count": len(channel.pins), "channel_actions_ts": None, "channel_actions_count": 0}
    return result | (more if has_more else {})


def replies(ctx: Context, args: Args) -> Json:
    """conversations.replies: the parent, then its replies, oldest first; a reply's own ts gives that reply alone."""
    channel = _readable(ctx, args)
    parent = channel.find(args.need("ts", "thread_not_found"))
    if parent is None:
        raise SlackError("thread_not_found")
    below = [] if parent.is_reply else _between(channel.replies(parent.ts), args)
    messages, more = page([parent, *below], args, 1000, most=1000)
    has_more = bool(more["response_metadata"]["next_cursor"])
    result: Json = {"messages": _shown(ctx, messages, args), "has_more": has_more}
    return result | (more if has_more else {})


METHODS: dict[str, Method] = {
    "conversations.info": info,
    "conversations.list": list_all,
    "conversations.members": members,
    "conversations.open": open_direct,
    "conversations.join": join,
    "conversations.history": history,
    "conversations.replies": replies,
    "users.conversations": of_user,
}
