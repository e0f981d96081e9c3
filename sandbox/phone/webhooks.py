"""Asks the bot: signed requests as Twilio sends them, in order within a lane, with the faults asked for."""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urldefrag, urlencode

import aiohttp
from yarl import URL

from sandbox.cast import AUTH_TOKEN
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.phone.calls import Webhook
from sandbox.wire import WireLog

PATIENCE = aiohttp.ClientTimeout(total=15, connect=5)
"""Machine seconds Twilio waits for an answer."""

LATE = 5.0
"""Sandbox seconds a late or reordered webhook is held when the fault does not say."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Something to tell or ask the bot. `lane` keeps order: one call, one message. `about` is for people."""

    lane: str
    kind: str
    about: str
    to: Webhook
    fields: dict[str, str]
    token: str = field(default_factory=secrets.token_hex)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot answered; `problem` says in words why it is no answer."""

    status: int = 0
    body: str = ""
    content_type: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A letter kept back by a fault until `due` (sandbox time), or until its successor has gone."""

    letter: Letter
    heard: Callable[[Reply], None]
    due: datetime
    until_next: bool


def sign(url: str, fields: dict[str, str], token: str = AUTH_TOKEN) -> str:
    """X-Twilio-Signature: base64 of HMAC-SHA1 over the url and the sorted fields, names and values run together."""
    text = url + "".join(name + value for name, value in sorted(fields.items()))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


class Webhooks:
    """Sends letters to the bot. Everything under way counts as busy."""

    def __init__(self, clock: Clock, wire: WireLog, faults: Faults) -> None:
        self._clock, self._wire, self._faults = clock, wire, faults
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._lanes: defaultdict[str, deque[tuple[Letter, Callable[[Reply], None]]]] = defaultdict(deque)
        self._under_way: dict[int, str] = {}
        self._counter = 0
        self.held: list[Held] = []

    def busy(self) -> list[str]:
        """What was sent and is not answered yet, in words."""
        return [f"webhook to the bot: {about}" for about in self._under_way.values()]

    async def stop(self) -> None:
        """Give up what is under way and close the connections."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
        self._session = None

    def reset(self) -> None:
        """Forget what is held and what waits its turn."""
        self.held.clear()
        self._lanes.clear()

    def tell(self, letter: Letter, heard: Callable[[Reply], None]) -> None:
        """Send a status callback after those before it in its lane; `heard` gets the answer."""
        fault = self._faults.take("twilio", letter.kind, delivery=True)
        if fault is not None and fault.mode in ("late-delivery", "reorder"):
            wait = timedelta(seconds=LATE if fault.delay is None else fault.delay)
            self.held.append(Held(letter, heard, self._clock.now() + wait, fault.mode == "reorder"))
            return
        twice = fault is not None and fault.mode == "duplicate-delivery"
        for _ in range(2 if twice else 1):
            self._enqueue(letter, heard)
        self._release([held for held in self.held if held.until_next and held.letter.lane == letter.lane])

    def next_event(self) -> datetime | None:
        """When the first held letter goes out, in sandbox time."""
        return min((held.due for held in self.held), default=None)

    def fire_due(self) -> None:
        """Send the held letters whose time has come."""
        now = self._clock.now()
        self._release([held for held in self.held if held.due <= now])

    def _release(self, chosen: list[Held]) -> None:
        for held in chosen:
            self.held.remove(held)
            self._enqueue(held.letter, held.heard)

    def ask(self, letter: Letter, answered: Callable[[Reply], None]) -> None:
        """Send at once, beside any lane; `answered` gets the reply (TwiML is fetched so)."""
        self._start(letter.about, self._one(letter, answered))

    def _enqueue(self, letter: Letter, heard: Callable[[Reply], None]) -> None:
        waiting = self._lanes[letter.lane]
        waiting.append((letter, heard))
        if len(waiting) == 1:
            self._start(letter.about, self._drain(letter.lane))

    async def _drain(self, lane: str) -> None:
        while waiting := self._lanes.get(lane):
            await self._one(*waiting[0])
            if waiting:
                waiting.popleft()
        self._lanes.pop(lane, None)

    def _start(self, about: str, work: Coroutine[Any, Any, None]) -> None:
        self._counter += 1
        number = self._counter
        self._under_way[number] = about
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)

        def ended(done: asyncio.Task[None]) -> None:
            self._tasks.discard(done)
            self._under_way.pop(number, None)

        task.add_done_callback(ended)

    async def _one(self, letter: Letter, heard: Callable[[Reply], None]) -> None:
        entry = self._wire.record(
            "twilio",
            "out",
            letter.kind,
            letter.about,
            request={"url": letter.to.url, "method": letter.to.method, "fields": letter.fields},
        )
        reply = await self._send(letter)
        answer = {"status": reply.status, "body": reply.body[:4000], "problem": reply.problem}
        self._wire.amend(entry, answer, ok=not reply.problem)
        heard(reply)

    async def _send(self, letter: Letter) -> Reply:
        url, fields = urldefrag(letter.to.url).url, letter.fields
        if letter.to.method == "GET":
            url, fields = f"{url}{'&' if '?' in url else '?'}{urlencode(fields)}", {}
        headers = {
            "X-Twilio-Signature": sign(url, fields),
            "I-Twilio-Idempotency-Token": letter.token,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
        }
        for last in (False, True):
            try:
                return await self._exchange(letter.to.method, url, fields, headers)
            except aiohttp.ClientConnectorError as error:
                if last:
                    return Reply(problem=f"11200 no connection: {error.strerror or error}")
            except TimeoutError:
                return Reply(problem="11200 no answer within 15 seconds")
            except (aiohttp.ClientError, ValueError) as error:
                return Reply(problem=f"11200 {type(error).__name__}: {error}")
        return Reply(problem="11200 no connection")

    async def _exchange(
        self, method: str, url: str, fields: dict[str, str], headers: dict[str, str]
    ) -> Reply:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=PATIENCE)
        body = urlencode(fields).encode() if method == "POST" else None
        form = (
            {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"} if method == "POST" else {}
        )
        async with self._session.request(
            method, URL(url, encoded=True), data=body, headers=headers | form, allow_redirects=False
        ) as response:
            text = await response.text(errors="replace")
            kind = response.headers.get("Content-Type", "")
            return Reply(response.status, text, kind, problem_of(response.status, text, kind))


def problem_of(status: int, body: str, content_type: str) -> str:
    """Why an answer is none, in Twilio's view; empty when it is fine. An empty 200 without a type counts as 502."""
    if not 200 <= status < 300:
        return f"11200 HTTP {status}"
    if status == 200 and not body and not content_type:
        return "11200 an empty 200 without Content-Type (answer 204)"
    return ""
