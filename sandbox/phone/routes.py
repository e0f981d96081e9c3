"""Twilio's REST API: authentication, faults, and the routes for calls and messages."""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

from aiohttp import web
from multidict import MultiDict, MultiMapping

from sandbox.cast import ACCOUNT_SID, AUTH_TOKEN, FROM_NUMBER
from sandbox.clock import START
from sandbox.faults import Fault
from sandbox.phone import Phone, calls, texts
from sandbox.phone.errors import TwilioError
from sandbox.phone.forms import UPDATE_CALL, known, read_message, read_plan, webhook
from sandbox.phone.listing import LIST_CALLS, LIST_MESSAGES, calls_wanted, page_of, texts_wanted

SILENCE = 30.0
"""Machine seconds a hanging request is held when the fault does not say."""

Form = MultiMapping[str]
Work = Callable[[Form, str], tuple[int, dict[str, Any]]]
"""From the parameters and the SID in the path to the HTTP status and the JSON body."""


class HasPhone(Protocol):
    """What these routes need of the sandbox."""

    @property
    def phone(self) -> Phone:
        """The Twilio side."""
        ...


def add_routes(app: web.Application, sandbox: HasPhone) -> None:
    """Serve Twilio's REST API under /2010-04-01 and let the telephones live as long as the application."""
    phone = sandbox.phone
    account = f"/{calls.API_VERSION}/Accounts/{{account}}"
    api = Api(phone)
    app.router.add_get(f"{account}.json", api.route("accounts.fetch", api.fetch_account))
    app.router.add_get(f"{account}/IncomingPhoneNumbers.json", api.route("numbers.list", api.list_numbers))
    app.router.add_post(f"{account}/Calls.json", api.route("calls.create", api.create_call))
    app.router.add_get(f"{account}/Calls.json", api.route("calls.list", api.list_calls))
    app.router.add_get(f"{account}/Calls/{{sid}}.json", api.route("calls.fetch", api.fetch_call))
    app.router.add_post(f"{account}/Calls/{{sid}}.json", api.route("calls.update", api.update_call))
    app.router.add_post(f"{account}/Messages.json", api.route("messages.create", api.create_message))
    app.router.add_get(f"{account}/Messages.json", api.route("messages.list", api.list_messages))
    app.router.add_get(f"{account}/Messages/{{sid}}.json", api.route("messages.fetch", api.fetch_message))

    async def life(_app: web.Application) -> AsyncIterator[None]:
        await phone.start()
        yield
        await phone.stop()

    app.cleanup_ctx.append(life)


class Api:
    """The account's REST API on top of the telephones."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    def fetch_account(self, _asked: Form, _sid: str) -> tuple[int, dict[str, Any]]:
        """GET Accounts/{account}.json: the one account there is, active since the world began."""
        since = calls.rfc2822(START)
        return 200, {
            "sid": ACCOUNT_SID,
            "owner_account_sid": ACCOUNT_SID,
            "friendly_name": "Frontdoor Demo",
            "status": "active",
            "type": "Full",
            "date_created": since,
            "date_updated": since,
            "auth_token": None,
            "uri": f"/{calls.API_VERSION}/Accounts/{ACCOUNT_SID}.json",
            "subresource_uris": {},
        }

    def create_call(self, form: Form, _sid: str) -> tuple[int, dict[str, Any]]:
        """POST Calls.json."""
        return 201, calls.resource(self._phone.exchange.place(read_plan(form)))

    def list_numbers(self, asked: Form, _sid: str) -> tuple[int, dict[str, Any]]:
        """GET IncomingPhoneNumbers.json: the one number there is, by PhoneNumber or all."""
        wanted = [number for number in (FROM_NUMBER,) if asked.get("PhoneNumber", number) == number]
        return 200, page_of("incoming_phone_numbers", wanted, _own_number, asked)

    def list_calls(self, asked: Form, _sid: str) -> tuple[int, dict[str, Any]]:
        """GET Calls.json."""
        known(asked, LIST_CALLS)
        rows = calls_wanted(list(self._phone.exchange.calls.values()), asked)
        return 200, page_of("calls", rows, calls.resource, asked)

    def fetch_call(self, _asked: Form, sid: str) -> tuple[int, dict[str, Any]]:
        """GET Calls/{sid}.json."""
        return 200, calls.resource(self._call(sid))

    def update_call(self, form: Form, sid: str) -> tuple[int, dict[str, Any]]:
        """POST Calls/{sid}.json: end the call, or give it another document.

        `canceled` leaves an answered call alone; an ended call can no longer be changed (21220).
        """
        known(form, UPDATE_CALL)
        call, exchange = self._call(sid), self._phone.exchange
        status = form.get("Status", "")
        if status not in ("", "canceled", "completed"):
            raise TwilioError(20001, "Status is canceled or completed")
        if not call.live:
            raise TwilioError(21220)
        if call.status != "in-progress" and status:
            exchange.end(call, "canceled", "bot")
        elif status == "completed":
            exchange.end(call, "completed", "bot")
        elif call.status == "in-progress" and form.get("Url"):
            exchange.talk.fetch(call, webhook(form, "Url", "Method", 21205))
        elif call.status == "in-progress" and form.get("Twiml"):
            exchange.talk.play(call, form["Twiml"])
        elif not status:
            raise TwilioError(21220)
        return 200, calls.resource(call)

    def create_message(self, form: Form, _sid: str) -> tuple[int, dict[str, Any]]:
        """POST Messages.json."""
        return 201, texts.resource(self._phone.texts.send(*read_message(form)))

    def list_messages(self, asked: Form, _sid: str) -> tuple[int, dict[str, Any]]:
        """GET Messages.json."""
        known(asked, LIST_MESSAGES)
        rows = texts_wanted(list(self._phone.texts.texts.values()), asked)
        return 200, page_of("messages", rows, texts.resource, asked)

    def fetch_message(self, _asked: Form, sid: str) -> tuple[int, dict[str, Any]]:
        """GET Messages/{sid}.json."""
        text = self._phone.texts.texts.get(sid)
        if text is None:
            raise TwilioError(20404, sid)
        return 200, texts.resource(text)

    def route(self, method: str, work: Work) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """A handler for `work` with authentication, faults, the wire log, and being busy meanwhile."""

        async def handler(request: web.Request) -> web.StreamResponse:
            with self._phone.answering(method):
                form = await _form(request)
                fault = self._phone.faults.take("twilio", method)
                if fault is not None and fault.mode == "lands-late":
                    loop = asyncio.get_running_loop()
                    loop.call_later(fault.delay or 0, self._do, method, request, form, fault, work)
                    status, body = TwilioError(20500).status, TwilioError(20500).body()
                else:
                    status, body = self._do(method, request, form, fault, work)
            return await _answer(request, status, body, fault)

        return handler

    def _do(
        self, method: str, request: web.Request, form: Form, fault: Fault | None, work: Work
    ) -> tuple[int, dict[str, Any]]:
        status, body = self._outcome(request, form, fault, work)
        self._record(method, form, status, body, fault)
        return status, body

    def _outcome(
        self, request: web.Request, form: Form, fault: Fault | None, work: Work
    ) -> tuple[int, dict[str, Any]]:
        try:
            _authenticate(request)
            _refuse(fault)
            return work(form, request.match_info.get("sid", ""))
        except TwilioError as error:
            return error.status, error.body()

    def _record(
        self, method: str, form: Form, status: int, body: dict[str, Any], fault: Fault | None
    ) -> None:
        asked = {key: form.getall(key) if len(form.getall(key)) > 1 else form[key] for key in form}
        words = (
            body.get("message")
            or body.get("status")
            or f"{len(body.get('calls', body.get('messages', ())))} found"
        )
        wrong = f" [fault: {fault.mode}]" if fault else ""
        self._phone.wire.record(
            "twilio",
            "in",
            method,
            f"{method} {form.get('To', body.get('to', ''))}: {words}{wrong}",
            request=asked,
            response={"status": status, "body": body},
            ok=status < 400 and fault is None,
        )

    def _call(self, sid: str) -> calls.Call:
        call = self._phone.exchange.calls.get(sid)
        if call is None:
            raise TwilioError(20404, sid)
        return call


def _own_number(number: str) -> dict[str, Any]:
    return {
        "sid": "PN" + "0" * 31 + "1",
        "account_sid": ACCOUNT_SID,
        "phone_number": number,
        "friendly_name": "Frontdoor Demo",
        "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
        "date_created": calls.rfc2822(START),
        "date_updated": calls.rfc2822(START),
    }


async def _form(request: web.Request) -> Form:
    if request.method != "POST":
        return request.query
    posted = await request.post()
    return MultiDict((key, value) for key, value in posted.items() if isinstance(value, str))


def _authenticate(request: web.Request) -> None:
    kind, _, code = request.headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(code, validate=True).decode() if kind.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        given = ""
    if given != f"{ACCOUNT_SID}:{AUTH_TOKEN}":
        raise TwilioError(20003)
    if request.match_info["account"] != ACCOUNT_SID:
        raise TwilioError(20404, request.path)


def _refuse(fault: Fault | None) -> None:
    """Raise what a fault puts in the place of the work; the others come after it."""
    if fault is None:
        return
    if fault.mode == "429":
        raise TwilioError(20429, retry_after=fault.retry_after)
    if fault.mode in ("500-before", "hang"):
        raise TwilioError(20500)
    if fault.mode.startswith("error:") and fault.error.isdigit():
        raise TwilioError(int(fault.error))


async def _answer(
    request: web.Request, status: int, body: dict[str, Any], fault: Fault | None
) -> web.StreamResponse:
    mode = "" if fault is None else fault.mode
    if fault is not None and mode in ("hang", "hang-after"):
        await _hold(request, SILENCE if fault.delay is None else fault.delay)
    if mode in ("hang", "hang-after", "drop-after", "lands-late"):
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
    if mode == "500-after":
        return web.json_response(TwilioError(20500).body(), status=500)
    waits = fault is not None and mode == "429" and fault.retry_after is not None
    headers = {"Retry-After": f"{fault.retry_after:g}"} if fault is not None and waits else {}
    return web.json_response(body, status=status, headers=headers)


async def _hold(request: web.Request, seconds: float) -> None:
    """Say nothing for `seconds` of machine time, or until the other side gives up."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while loop.time() < until and request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110 - nobody is told of a hang-up
        await asyncio.sleep(0.05)
