"""HTTP mode: signed POSTs to one address, three seconds for the answer."""

import hashlib
import hmac
import json
import secrets
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout

from sandbox.clock import machine_now
from sandbox.slack.app import App
from sandbox.slack.errors import Refused
from sandbox.slack.parcel import Answer, Parcel

ANSWER_SECONDS = 3.0
FORM = "application/x-www-form-urlencoded"


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's signature: v0= and HMAC-SHA256 over `v0:timestamp:body` with the signing secret."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpCarrier:
    """Carries parcels to `app.request_url`. `reachable` is what the last attempt found."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.answer_seconds = ANSWER_SECONDS
        self._session: ClientSession | None = None
        self._reachable = True

    @property
    def request_url(self) -> str:
        """Where to; empty means Socket Mode."""
        return self.app.request_url

    def connected(self) -> bool:
        """Whether an address is set and the last attempt reached somebody."""
        return bool(self.app.request_url) and self._reachable

    async def connect(self, url: str) -> None:
        """Check `url` with Slack's challenge and use it from now on; empty goes back to Socket Mode."""
        if not url:
            self.app.request_url = ""
            return
        challenge = secrets.token_hex(24)
        body = {"token": self.app.verification_token, "challenge": challenge, "type": "url_verification"}
        answer = await self._post(url, json.dumps(body).encode(), "application/json", {})
        said = answer.body.get("challenge") if isinstance(answer.body, dict) else answer.body
        if not answer.acked or said != challenge:
            why = answer.why_not or "the challenge did not come back"
            raise Refused(f"{url} did not answer the challenge: {why}, HTTP {answer.status}.")
        self.app.request_url = url
        self._reachable = True

    async def carry(self, parcel: Parcel, attempt: int, reason: str) -> Answer:
        """POST a parcel, signed."""
        headers: dict[str, str] = {}
        if attempt:
            headers = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        body, content_type = self._encode(parcel)
        answer = await self._post(self.app.request_url, body, content_type, headers)
        self._reachable = answer.why_not != "connection_failed"
        return answer

    @staticmethod
    def _encode(parcel: Parcel) -> tuple[bytes, str]:
        if parcel.kind == "events_api":
            return json.dumps(parcel.payload).encode(), "application/json"
        if parcel.kind == "slash_commands":
            return urlencode(parcel.payload).encode(), FORM
        return urlencode({"payload": json.dumps(parcel.payload)}).encode(), FORM

    async def _post(self, url: str, body: bytes, content_type: str, headers: dict[str, str]) -> Answer:
        timestamp = str(int(machine_now()))
        headers = headers | {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self.app.signing_secret, timestamp, body),
        }
        if self._session is None:
            self._session = ClientSession()
        limit = ClientTimeout(total=self.answer_seconds)
        try:
            async with self._session.post(
                url, data=body, headers=headers, timeout=limit, max_redirects=2
            ) as response:
                return self._answer(
                    response.status, response.headers.get("X-Slack-No-Retry"), await response.text()
                )
        except TimeoutError:
            return Answer(acked=False, why_not="http_timeout")
        except ClientError:
            return Answer(acked=False, why_not="connection_failed")

    @staticmethod
    def _answer(status: int, no_retry: str | None, text: str) -> Answer:
        if not 200 <= status < 300:
            return Answer(acked=False, status=status, why_not="http_error", no_retry=no_retry == "1")
        try:
            body = json.loads(text) if text else None
        except ValueError:
            body = text
        return Answer(acked=True, body=body, status=status)

    async def close(self) -> None:
        """Close the connections to the app."""
        if self._session is not None:
            await self._session.close()
            self._session = None
