"""files.*: see `uploads`."""

from sandbox.slack.args import Args
from sandbox.slack.context import Context, Method
from sandbox.slack.errors import Json


def begin(ctx: Context, args: Args) -> Json:
    """files.getUploadURLExternal."""
    return ctx.uploads.begin(args)


def complete(ctx: Context, args: Args) -> Json:
    """files.completeUploadExternal."""
    return ctx.uploads.complete(args)


def info(ctx: Context, args: Args) -> Json:
    """files.info."""
    return ctx.uploads.info(args)


METHODS: dict[str, Method] = {
    "files.getUploadURLExternal": begin,
    "files.completeUploadExternal": complete,
    "files.info": info,
}
