"""What `frontdoor doctor` asks of Slack: tokens, scopes, channels, the clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.doctor import PATIENCE, Finding, skew_findings

METHODS: dict[str, tuple[str, ...]] = {"conversations.info": ("channels:read", "groups:read")}
"""What these checks need beside what the room itself uses."""
SCOPES = frozenset(scope for scopes in METHODS.values() for scope in scopes)

TOKEN_REFUSED = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
)
"""Slack's words for a token that is good for nothing, whatever is asked with it."""


class _TokenRefused(Exception):
    """Nothing that is asked with this token says anything about what was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackChecks:
    """`channels` are channel id and what it is to us; `needed` are scopes; `now` is the machine's time (aware UTC)."""

    bot_token: str
    app_token: str
    api_url: str
    channels: dict[str, str]
    needed: frozenset[str]
    now: Callable[[], datetime]
    client: AsyncWebClient = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """One client without retries: a check says at once how it is."""
        client = AsyncWebClient(self.bot_token, self.api_url, timeout=int(PATIENCE), retry_handlers=[])
        object.__setattr__(self, "client", client)

    async def tokens(self) -> list[Finding]:
        """The bot's token, its scopes, and how far our clock is off."""
        try:
            answer = await self.client.auth_test()
        except SlackApiError as error:
            mend = (
                "Install the app in the workspace again and copy the Bot User OAuth Token to SLACK_BOT_TOKEN."
            )
            return [Finding("bot token", "fail", f"Slack says {error.response['error']}", mend)]
        except SlackClientError as error:
            return [_unclear("bot token", error)]
        headers = {name.lower(): value for name, value in answer.headers.items()}
        received = self.now()
        found = [Finding("bot token", "ok", f"{answer['user']} in {answer['team']}")]
        found.append(self._scopes(headers.get("x-oauth-scopes", "")))
        return found + skew_findings(headers.get("date", ""), received)

    def _scopes(self, header: str) -> Finding:
        granted = {scope.strip() for scope in header.split(",")}
        if missing := sorted(self.needed - granted):
            mend = "Take the manifest of `frontdoor manifest` for the app, then install the app in the workspace again."
            return Finding("scopes", "fail", f"not granted: {', '.join(missing)}", mend)
        return Finding("scopes", "ok", f"all {len(self.needed)} granted")

    async def sockets(self) -> list[Finding]:
        """Whether the app-level token opens connections."""
        about = "app token"
        try:
            await self.client.apps_connections_open(app_token=self.app_token)
        except SlackApiError as error:
            mend = "Make an App-Level Token with connections:write, and switch Socket Mode on in the app's settings."
            return [Finding(about, "fail", f"Slack says {error.response['error']}", mend)]
        except SlackClientError as error:
            return [_unclear(about, error)]
        return [Finding(about, "ok", "Socket Mode can be opened")]

    async def membership(self) -> list[Finding]:
        """Whether the bot is in every channel it works in."""
        try:
            return [await self._channel(channel, name) for channel, name in self.channels.items()]
        except _TokenRefused:
            said = "not looked at: Slack does not take the bot token"
            return [Finding("channels", "warn", said, "Correct SLACK_BOT_TOKEN first.")]

    async def _channel(self, channel: str, name: str) -> Finding:
        about = f"channel of {name}"
        invite = "Invite the bot there: /invite @Frontdoor."
        try:
            info = (await self.client.conversations_info(channel=channel))["channel"]
        except SlackApiError as error:
            why = error.response["error"]
            if why in TOKEN_REFUSED:
                raise _TokenRefused from error
            return Finding(about, "fail", f"{channel}: Slack says {why}", f"Check the id. {invite}")
        except SlackClientError as error:
            return _unclear(about, error)
        if info.get("is_archived"):
            return Finding(
                about, "fail", f"#{info['name']} is archived", "Unarchive it, or name another one."
            )
        if not info.get("is_member"):
            return Finding(about, "fail", f"the bot is not in #{info['name']}", invite)
        return Finding(about, "ok", f"#{info['name']}")


def _unclear(about: str, error: Exception) -> Finding:
    mend = "Try again; if it stays so, see whether Slack has trouble."
    return Finding(about, "fail", f"no clear answer from Slack ({type(error).__name__})", mend)
