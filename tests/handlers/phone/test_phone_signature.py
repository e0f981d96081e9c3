"""Twilio's signature: over the address as it was configured, whatever stands between Twilio and us."""

from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from multidict import CIMultiDict, MultiDict
from prometheus_client import CollectorRegistry
from twilio.request_validator import RequestValidator
from yarl import URL

from handlers.phone.signature import QUIET, Gate
from tests.handlers.phone.stage import ACCOUNT, PUBLIC, TOKEN, Answer, Stage, sid

OLD = "sandbox-twilio-token-of-before"
PATH = "/phone/status/12-1"
FORM = [("AccountSid", ACCOUNT), ("CallSid", sid(1)), ("CallStatus", "ringing")]
Fields = list[tuple[str, str]]


def signature(address: str, fields: Fields, token: str = TOKEN) -> str:
    """As Twilio signs."""
    made: str = RequestValidator(token).compute_signature(address, MultiDict(fields))
    return made


class Post:
    """A gate of its own on loopback; what came through it is in `seen`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.seconds = 100.0
        self.public = PUBLIC
        self.seen: list[Fields] = []
        self._servers: list[TestServer] = []

    async def open(self, public: str = PUBLIC) -> "Post":
        """Begin to listen, as the one whom Twilio was told to ask at `public`."""
        self.public = public
        gate = Gate([TOKEN, OLD], ACCOUNT, public, lambda: self.seconds, self.registry)

        async def take(request: web.Request) -> web.Response:
            self.seen.append(list((await gate.form(request)).items()))
            return web.Response(status=204)

        app = web.Application()
        app.router.add_post("/phone/{what}/{token}", take)
        server = TestServer(app, host="127.0.0.1")
        await server.start_server()
        self._servers.append(server)
        return self

    async def close(self) -> None:
        """Everything ends."""
        for server in self._servers:
            await server.close()

    async def send(
        self,
        fields: Fields | None = None,
        *,
        signed_for: str = "",
        token: str = TOKEN,
        path: str = PATH,
        headers: dict[str, str] | None = None,
        signatures: list[str] | None = None,
    ) -> int:
        """A webhook that Twilio signed for an address (the configured one, if none is named); its status."""
        sent = FORM if fields is None else fields
        right = signature(signed_for or self.public.rstrip("/") + path, sent, token)
        asked: CIMultiDict[str] = CIMultiDict(
            {"Content-Type": "application/x-www-form-urlencoded"} | (headers or {})
        )
        for one in [right] if signatures is None else [one or right for one in signatures]:
            asked.add("X-Twilio-Signature", one)
        url = URL(f"http://127.0.0.1:{self._servers[-1].port}{path}", encoded=True)
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=urlencode(sent), headers=asked) as answer,
        ):
            return answer.status

    def refused(self) -> float:
        """How many were refused."""
        samples = [sample for metric in self.registry.collect() for sample in metric.samples]
        return sum(one.value for one in samples if one.name == "frontdoor_phone_webhooks_refused_total")


@pytest.fixture
async def opened() -> AsyncIterator[Callable[..., Awaitable[Post]]]:
    """Opens a gate for an address."""
    post = Post(CollectorRegistry())
    yield post.open
    await post.close()


Opened = Callable[..., Awaitable[Post]]


@pytest.mark.parametrize(
    "more",
    [
        [("Digits", "4"), ("Digits", "5")],
        [("Digits", "4"), ("Digits", "4")],
        [("FromCity", ""), ("Digits", "")],
        [("CallerName", "Łódź 香港 🔔")],
        [("CallerName", "a&b=c+d %41")],
        [("ZZ", "last"), ("AA", "first"), ("aa", "lower")],
    ],
    ids=["doubled", "doubled alike", "empty", "other scripts", "signs of the form itself", "any order"],
)
async def test_whatever_twilio_puts_into_a_form_comes_through(opened: Opened, more: Fields) -> None:
    post = await opened()

    assert await post.send(FORM + more) == 204
    assert (post.seen, post.refused()) == ([FORM + more], 0)


@pytest.mark.parametrize(
    "path",
    [PATH, f"{PATH}?b=2&a=1", f"{PATH}?a=%41%20b+c", f"{PATH}?a=", f"{PATH}?a=1&a=2", "/phone/key/1%2D1"],
)
async def test_the_address_is_taken_as_it_came_and_never_put_in_order(opened: Opened, path: str) -> None:
    """Neither the order of a query nor the way it is encoded is changed before the signature is looked at."""
    post = await opened()

    assert await post.send(path=path) == 204


@pytest.mark.parametrize(
    ("configured", "signed_for"),
    [
        ("https://desk.example.com", "https://desk.example.com"),
        ("https://desk.example.com", "https://desk.example.com:443"),
        ("https://desk.example.com:443", "https://desk.example.com"),
        ("https://desk.example.com:8443", "https://desk.example.com:8443"),
        ("https://desk.example.com/", "https://desk.example.com"),
        ("https://example.com/desk", "https://example.com/desk"),
        ("https://example.com/desk/", "https://example.com/desk"),
    ],
)
async def test_the_configured_address_counts_with_port_slash_and_path(
    opened: Opened, configured: str, signed_for: str
) -> None:
    """Twilio signs with or without a port; a path in front is the proxy's, which takes it off."""
    post = await opened(configured)

    assert await post.send(signed_for=signed_for + PATH) == 204


async def test_behind_a_proxy_nothing_that_a_header_claims_is_believed(opened: Opened) -> None:
    """The proxy speaks plain HTTP to us, and says where it was asked; a stranger could say so too."""
    post = await opened()
    claims = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "Host": "evil.example"}

    assert await post.send(headers=claims) == 204
    assert await post.send(headers=claims, signed_for=f"https://evil.example{PATH}") == 403


async def test_while_the_token_is_changed_both_are_good(opened: Opened) -> None:
    post = await opened()

    assert [await post.send(token=token) for token in (TOKEN, OLD, "a third")] == [204, 204, 403]


@pytest.mark.parametrize(
    "signatures", [[], ["", ""], [""] * 3, ["forged", ""], ["", "forged"], ["ä"], ["x" * 5000]]
)
async def test_one_signature_and_no_more(opened: Opened, signatures: list[str]) -> None:
    """Two are refused even where one is right (an empty one here): two readers could take each another."""
    post = await opened()

    assert await post.send(signatures=signatures) == 403
    assert (post.seen, post.refused()) == ([], 1)


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "text/plain; charset=klingon"]
)
async def test_the_bytes_count_and_not_what_a_header_calls_them(opened: Opened, kind: str) -> None:
    post = await opened()

    assert await post.send(headers={"Content-Type": kind}) == 204


async def test_a_thousand_forgeries_are_one_alarm_and_the_next_one_tells_how_many(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody who forges must not be able to bury the log; the figures count each."""
    post = await opened()

    for _ in range(30):
        assert await post.send(token="forged") == 403
    assert len(caplog.records) == 1
    post.seconds += QUIET
    assert await post.send(token="forged") == 403

    assert [record.args for record in caplog.records] == [("signature", 0), ("signature", 29)]
    assert post.refused() == 31


async def test_a_request_of_an_ended_call_sent_again_changes_nothing(stage: Stage) -> None:
    """Somebody who has seen a signed request can only repeat it: the same key has the same answer, stored once."""
    stage.desk.answers["key_pressed"] = Answer(said="Thank you. Goodbye.")
    key = "/phone/key/12-1?n=1"
    first = await stage.ask(key, Digits="4")
    await stage.ask(PATH, CallStatus="completed", CallDuration="20", SequenceNumber="3")
    once = stage.desk.kinds()
    again = await stage.ask(key, Digits="4")
    await stage.ask(PATH, CallStatus="completed", CallDuration="20", SequenceNumber="3")

    assert (first, again, stage.desk.kinds()) == (again, first, once)
