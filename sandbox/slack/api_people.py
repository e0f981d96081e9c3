"""auth.*, users.*, team.*, bots.*, usergroups.* and the opening of connections."""

from sandbox.slack.args import Args
from sandbox.slack.context import Context, Method
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.pages import page


def api_test(_ctx: Context, args: Args) -> Json:
    """api.test: says back what it was told, and fails when told to."""
    if args.has("error"):
        raise SlackError(args.text("error"), args=args.shown())
    return {"args": args.shown()}


def auth_test(ctx: Context, _args: Args) -> Json:
    """auth.test: whose token it is."""
    app, team = ctx.world.app, ctx.world.teams[ctx.world.app.team_id]
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": ctx.world.users[app.bot_user].name,
        "team_id": team.id,
        "user_id": app.bot_user,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(ctx: Context, _args: Args) -> Json:
    """apps.connections.open: an address for one Socket Mode connection."""
    return {"url": ctx.sockets.ticket(ctx.shapes.base_url)}


def users_info(ctx: Context, args: Args) -> Json:
    """users.info; the locale is told of people of the own workspace only."""
    user = ctx.world.user(args.text("user"))
    shape = ctx.shapes.user(user)
    if args.flag("include_locale") and user.team == ctx.world.app.team_id:
        shape["locale"] = "en-GB"
    return {"user": shape}


def users_list(ctx: Context, args: Args) -> Json:
    """users.list: people of other workspaces are not in it."""
    own = [user for user in ctx.world.users.values() if user.team == ctx.world.app.team_id]
    shapes, more = page([ctx.shapes.user(user) for user in own], args, 1000)
    return {"members": shapes, "cache_ts": ctx.world.ids.epoch()} | more


def team_info(ctx: Context, args: Args) -> Json:
    """team.info: the own workspace, or one a channel is shared with."""
    team = ctx.world.teams.get(args.text("team") or ctx.world.app.team_id)
    if team is None:
        raise SlackError("team_not_found")
    shape = {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}
    return {"team": shape | {"url": f"https://{team.domain}.slack.com/"}}


def bots_info(ctx: Context, args: Args) -> Json:
    """bots.info."""
    bot_id = args.text("bot") or ctx.world.app.bot_id
    found = next((user for user in ctx.world.users.values() if user.bot_id == bot_id), None)
    if found is None:
        raise SlackError("bot_not_found")
    return {"bot": ctx.shapes.bot_profile(found)}


def usergroups_list(ctx: Context, args: Args) -> Json:
    """usergroups.list: the one group of the cast."""
    members = ["U0LEE00001", "U0BO000001"]
    group: Json = {
        "id": "S0ONCALL01",
        "team_id": ctx.world.app.team_id,
        "is_usergroup": True,
        "is_external": False,
        "name": "Development leads on call",
        "handle": "oncall",
        "description": "",
        "date_delete": 0,
        "user_count": len(members),
    }
    if args.flag("include_users"):
        group["users"] = members
    return {"usergroups": [group]}


METHODS: dict[str, Method] = {
    "api.test": api_test,
    "auth.test": auth_test,
    "apps.connections.open": connections_open,
    "users.info": users_info,
    "users.list": users_list,
    "team.info": team_info,
    "bots.info": bots_info,
    "usergroups.list": usergroups_list,
}
