"""Our account at Twilio: the official SDK on an HTTP client of our own, because the SDK's ignores its timeout and dials twice."""

import asyncio
import base64
import logging
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import aiohttp
from twilio.base.exceptions import (  # type: ignore[import-untyped]  # the SDK ships no types
    TwilioException,
    TwilioRestException,
)
from twilio.http import AsyncHttpClient  # type: ignore[import-untyped]  # as above
from twilio.http.response import Response  # type: ignore[import-untyped]  # as above
from twilio.rest import Client  # type: ignore[import-untyped]  # as above

from bot.ports import NotSent, Unknown
from handlers.phone.errors import BACK_OFF, TOO_MANY, TROUBLES, refusal, trouble

PATIENCE = 10
"""Seconds that one request to Twilio may take in all."""
PAGE = 50
ENOUGH = 500
"""How many calls or messages to one number are read back at most; more are no complete reading."""
ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})

Answer = TypeVar("Answer")

log = logging.getLogger(__name__)
logging.getLogger("twilio").setLevel(logging.WARNING)  # at INFO it writes numbers into the log


class Throttled(Exception):
    """Twilio answered 429; `seconds` is when it may be asked again. The SDK would drop the header that says so."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A call or message as Twilio has it. `created_at` is aware UTC, whole seconds; `body` is empty for calls."""

    sid: str
    status: str
    created_at: datetime
    body: str = ""

    @property
    def over(self) -> bool:
        """Whether the call has come to an end."""
        return self.status in ENDED


class Http(AsyncHttpClient):  # type: ignore[misc]  # the base class has no types
    """One shared session, ten seconds in all, no retries, no redirects; another address when `api_url` names one."""

    def __init__(self, api_url: str) -> None:
        super().__init__(logger=logging.getLogger("twilio.http_client"), is_async=True, timeout=PATIENCE)
        self._api_url = api_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def request(  # noqa: PLR0913, PLR0917 - the SDK's own signature
        self,
        method: str,
        uri: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the SDK's own signature; ours is the session's
        allow_redirects: bool = False,  # noqa: FBT001, FBT002 - as above
    ) -> Response:
        """Ask once. Raises Throttled for a 429, and what aiohttp raises for a broken connection."""
        del timeout, allow_redirects
        session = self._open()
        head = dict(headers or {})
        if auth is not None:
            head["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        body = urlencode(data, doseq=True).encode() if data else None
        async with session.request(
            method.upper(), self._address(uri), params=params, data=body, headers=head, allow_redirects=False
        ) as answer:
            if answer.status == TOO_MANY:
                raise Throttled(_seconds(answer.headers.get("Retry-After", "")))
            return Response(answer.status, await answer.text(errors="replace"), answer.headers)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=PATIENCE, sock_connect=PATIENCE / 2)
            self._session = aiohttp.ClientSession(timeout=timeout)
        return self._session

    def _address(self, uri: str) -> str:
        if not self._api_url:
            return uri
        asked = urlsplit(uri)
        return self._api_url + asked.path + (f"?{asked.query}" if asked.query else "")


class Account:
    """What we ask of Twilio. Every method raises NotSent (surely not done) or Unknown (perhaps done), nothing else."""

    def __init__(self, account_sid: str, auth_token: str, from_number: str, api_url: str = "") -> None:
        self.sid, self.number = account_sid, from_number
        self._http = Http(api_url)
        # An environment of its own, so that no variable bends the SDK towards another region.
        self._client = Client(
            account_sid, auth_token, http_client=self._http, environment={"TWILIO_REGION": ""}
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def check(self) -> str:
        """The account's status as Twilio has it ("active"): whether the credentials work."""
        found = await _asked(self._client.api.accounts(self.sid).fetch_async(), "account")
        return str(found.status)

    async def owns_number(self) -> bool:
        """Whether the number we call from is one of the account's."""
        found = self._client.incoming_phone_numbers.list_async(phone_number=self.number, limit=1)
        return bool(await _asked(found, "account"))

    async def place(self, number: str, **fields: object) -> str:
        """Place a call; the fields are Twilio's. Returns its sid."""
        made = await _asked(self._client.calls.create_async(to=number, from_=self.number, **fields), "calls")
        return _sid(made.sid)

    async def call(self, sid: str) -> Record:
        """A call as it stands."""
        return _record(await _asked(self._client.calls(sid).fetch_async(), "calls"))

    async def calls_to(self, number: str, since: datetime) -> list[Record]:
        """Every call from our number to `number` since a moment, newest first as Twilio lists them."""
        stream = self._client.calls.stream_async(to=number, from_=self.number, page_size=PAGE)
        return await _asked(_complete(stream, since), "calls")

    async def change(self, sid: str, **fields: object) -> None:
        """Change a live call: `status` canceled or completed, or other `twiml`."""
        await _asked(self._client.calls(sid).update_async(**fields), "calls")

    async def text(self, number: str, body: str) -> str:
        """Send a text message. Returns its sid."""
        made = self._client.messages.create_async(to=number, from_=self.number, body=body)
        return _sid((await _asked(made, "messages")).sid)

    async def texts_to(self, number: str, since: datetime) -> list[Record]:
        """Every message from our number to `number` since a moment, newest first as Twilio lists them."""
        stream = self._client.messages.stream_async(to=number, from_=self.number, page_size=PAGE)
        return await _asked(_complete(stream, since), "messages")


async def _complete(stream: Awaitable[AsyncIterator[Any]], since: datetime) -> list[Record]:
    """Page after page until what is older than `since`; raises Unknown when that is too much to read."""
    found: list[Record] = []
    async for item in await stream:
        record = _record(item)
        if record.created_at < since:
            return found
        found.append(record)
        if len(found) >= ENOUGH:
            raise Unknown("reading back: there is more than can be read")
    return found


async def _asked(question: Awaitable[Answer], scope: str) -> Answer:
    """The answer, or what its failure means."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await question
    except Throttled as error:
        raise NotSent(trouble(20429).words, retry_after=error.seconds, scope=scope) from error
    except TwilioRestException as error:
        raise _refused(error.status, error.code, scope) from error
    except TwilioException as error:
        # RFC 9457 errors are of another class; those without a status come from the SDK itself, after an answer.
        raise _refused(getattr(error, "status", 500), getattr(error, "code", None), scope) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise NotSent(
            "the telephone service cannot be connected", retry_after=BACK_OFF, alarm="telephone"
        ) from error
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
        raise Unknown(f"no clear answer from the telephone service: {type(error).__name__}") from error


def _refused(status: int, code: int | None, scope: str) -> NotSent | Unknown:
    failure = refusal(status, code, scope=scope)
    if isinstance(failure, NotSent) and trouble(code or status).alarm and failure.retry_after is None:
        known = "" if code in TROUBLES else " (unknown to us)"
        log.error("telephone configuration: code %s%s: %s", code, known, failure.reason)
    return failure


def _record(item: Any) -> Record:  # noqa: ANN401 - the SDK's own class, which has no types
    if not isinstance(item.date_created, datetime):
        raise Unknown("the telephone service gave no date of creation")
    return Record(
        sid=str(item.sid),
        status=str(item.status),
        created_at=item.date_created,
        body=str(getattr(item, "body", "")),
    )


def _sid(given: object) -> str:
    if not isinstance(given, str) or not given:
        raise Unknown("the telephone service gave no id for what it accepted")
    return given


def _seconds(text: str) -> float:
    return float(text) if text.isdigit() and int(text) > 0 else BACK_OFF
