"""reactions.* and pins.*."""

from sandbox.slack.args import Args
from sandbox.slack.context import Context, Method
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.model import Channel, Message


def _message(ctx: Context, args: Args) -> tuple[Channel, Message]:
    channel = ctx.channel(args)
    message = channel.find(args.need("timestamp", "no_item_specified"))
    if message is None:
        raise SlackError("message_not_found")
    return channel, message


def add(ctx: Context, args: Args) -> Json:
    """reactions.add."""
    channel, message = _message(ctx, args)
    ctx.joined(channel)
    if channel.is_archived:
        raise SlackError("is_archived")
    name = args.need("name", "invalid_name").strip(":")
    if not ctx.acts.react(channel, message, ctx.world.users[ctx.world.app.bot_user], name):
        raise SlackError("already_reacted")
    return {}


def remove(ctx: Context, args: Args) -> Json:
    """reactions.remove."""
    channel, message = _message(ctx, args)
    name = args.need("name", "invalid_name").strip(":")
    if not ctx.acts.unreact(channel, message, ctx.world.users[ctx.world.app.bot_user], name):
        raise SlackError("no_reaction")
    return {}


def get(ctx: Context, args: Args) -> Json:
    """reactions.get: the message with all its reactions."""
    channel, message = _message(ctx, args)
    shape = ctx.shapes.message(message) | {"permalink": ctx.shapes.permalink(message)}
    return {"type": "message", "channel": channel.id, "message": shape}


def pin(ctx: Context, args: Args) -> Json:
    """pins.add."""
    channel, message = _message(ctx, args)
    ctx.joined(channel)
    if message.ts in channel.pins:
        raise SlackError("already_pinned")
    channel.pins.append(message.ts)
    return {}


METHODS: dict[str, Method] = {
    "reactions.add": add,
    "reactions.remove": remove,
    "reactions.get": get,
    "pins.add": pin,
}
