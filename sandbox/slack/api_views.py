"""views.*: modals and Home tabs."""

from sandbox.slack.args import Args
from sandbox.slack.context import Context, Method
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.modals import MODAL
from sandbox.slack.views import read_view


def _definition(args: Args, kinds: tuple[str, ...]) -> Json:
    if not args.has("view"):
        raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: view"])
    return read_view(args.nested("view"), kinds)


def open_view(ctx: Context, args: Args) -> Json:
    """views.open."""
    view = ctx.modals.open(args.need("trigger_id"), _definition(args, MODAL))
    return {"view": ctx.modals.shape(view)}


def push(ctx: Context, args: Args) -> Json:
    """views.push."""
    view = ctx.modals.push(args.need("trigger_id"), _definition(args, MODAL))
    return {"view": ctx.modals.shape(view)}


def update(ctx: Context, args: Args) -> Json:
    """views.update."""
    view = ctx.modals.update(
        view_id=args.text("view_id"),
        external_id=args.text("external_id"),
        given_hash=args.text("hash"),
        definition=_definition(args, ("modal", "home")),
    )
    return {"view": ctx.modals.shape(view)}


def publish(ctx: Context, args: Args) -> Json:
    """views.publish."""
    definition = _definition(args, ("home",))
    user = ctx.world.user(args.need("user_id"))
    return {"view": ctx.modals.shape(ctx.modals.publish(user, args.text("hash"), definition))}


METHODS: dict[str, Method] = {
    "views.open": open_view,
    "views.push": push,
    "views.update": update,
    "views.publish": publish,
}
