"""The addresses of Slack that the bot knows."""

from typing import Protocol

from aiohttp import web

from sandbox.slack.slack import Slack


class HasSlack(Protocol):
    """What these routes need of the sandbox."""

    @property
    def slack(self) -> Slack:
        """The Slack side."""
        ...


def add_routes(app: web.Application, sandbox: HasSlack) -> None:
    """Serve the Web API, Socket Mode, response addresses, uploads, downloads and permalinks."""
    slack = sandbox.slack

    async def permalink(request: web.Request) -> web.StreamResponse:
        place = request.match_info["place"]
        ts = f"{place[1:-6]}.{place[-6:]}"
        raise web.HTTPFound(f"/#{request.match_info['channel']}/{ts}")

    app.router.add_route("*", "/api/{method}", slack.web_api.serve)
    app.router.add_get("/link/", slack.sockets.serve)
    app.router.add_post("/actions/{team}/{secret}", slack.responses.serve)
    app.router.add_post("/upload/v1/{secret}", slack.uploads.receive)
    app.router.add_get("/files-pri/{file}/{name}", slack.uploads.download)
    app.router.add_get("/files-pri/{file}/download/{name}", slack.uploads.download)
    app.router.add_get("/archives/{channel}/{place}", permalink)
