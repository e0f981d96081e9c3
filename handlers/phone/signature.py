"""Whether a webhook really comes from Twilio: the signature over the public address as we configured it, never over headers."""

import logging
import math
import re
from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict
from prometheus_client import CollectorRegistry, Counter
from twilio.request_validator import (  # type: ignore[import-untyped]  # the SDK ships no types
    SIGNATURE_HEADER,
    RequestValidator,
)

LARGEST = 32 * 1024
"""Bytes of a form that is read; Twilio's own are below 2 kB."""
MOST_FIELDS = 100
QUIET = 600.0
"""Seconds after an alarm in which further refusals are only counted."""

_CALL = re.compile(r"CA[0-9a-f]{32}")

log = logging.getLogger(__name__)


class Gate:
    """Lets Twilio's own webhooks in. `public_url` is the address Twilio was given; refusals are counted in `registry`.

    Any of `tokens` will do, so that nothing is refused while the account's token is being changed. `monotonic` gives
    machine seconds.
    """

    def __init__(
        self,
        tokens: Sequence[str],
        account_sid: str,
        public_url: str,
        monotonic: Callable[[], float],
        registry: CollectorRegistry | None,
    ) -> None:
        self._count = Counter(
            "frontdoor_phone_webhooks_refused",
            "Telephone webhooks that did not come from our account at Twilio",
            ["reason"],
            registry=registry,
        )
        self._validators = [RequestValidator(token) for token in tokens]
        self._account_sid, self._public_url = account_sid, public_url.rstrip("/")
        self._monotonic, self._quiet_until, self._unsaid = monotonic, -math.inf, 0

    async def form(self, request: web.Request) -> MultiDict[str]:
        """The fields of a webhook that Twilio signed. Raises HTTPForbidden for any other, and 413 for a huge one."""
        body = await self._body(request)
        signatures = request.headers.getall(SIGNATURE_HEADER, [])
        if len(signatures) != 1:
            raise self._refused("malformed")
        try:
            fields = MultiDict(
                parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
            )
            address = self._public_url + request.raw_path
            signed = any(one.validate(address, fields, signatures[0]) is True for one in self._validators)
        except (ValueError, TypeError, AttributeError, LookupError):
            # The SDK's validator raises instead of saying no to some malformed requests.
            raise self._refused("malformed") from None
        if not signed:
            raise self._refused("signature")
        if fields.get("AccountSid") != self._account_sid:
            raise self._refused("account")
        if not _CALL.fullmatch(fields.get("CallSid", "")):
            raise self._refused("call")
        return fields

    async def _body(self, request: web.Request) -> bytes:
        if (request.content_length or 0) > LARGEST:
            raise web.HTTPRequestEntityTooLarge(LARGEST, request.content_length or 0)
        body = await request.read()
        if len(body) > LARGEST:
            raise web.HTTPRequestEntityTooLarge(LARGEST, len(body))
        return body

    def _refused(self, reason: str) -> web.HTTPForbidden:
        """Count it; and alarm the operator once in a while, not once for each."""
        self._count.labels(reason).inc()
        now = self._monotonic()
        if now >= self._quiet_until:
            log.error(
                "refused a telephone webhook (%s; %d more since the last such line): either somebody forges them,"
                " or PUBLIC_URL or TWILIO_AUTH_TOKEN is not what Twilio uses",
                reason,
                self._unsaid,
            )
            self._quiet_until, self._unsaid = now + QUIET, 0
        else:
            self._unsaid += 1
        return web.HTTPForbidden(text="403: Forbidden")
