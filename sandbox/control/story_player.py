"""Plays a step of the story: does, through the control API, what a person would do with mouse and keyboard."""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from sandbox.cast import person_of
from sandbox.control.posted import Refused
from sandbox.control.story_fields import value_for
from sandbox.seen import RETAIL
from sandbox.story import BO, CASEY, DEVI, ESCALATIONS, LEE, SAM, SUPPORT

Json = dict[str, Any]
FIRST_WORDS = (
    "Good morning! At Harbour Street printing has stopped: since this morning both tills show “printer offline”, "
    "and the cashiers write receipts by hand. Nothing was changed on our side."
)
SHORT_WAIT = 10
LONGEST_WAIT = 20 * 60
BLOCK = {
    "saas_name": "Till",
    "branch": "Harbour Street",
    "device_type": "Printer",
    "build_version": "4.2.1",
    "issue_platform": "Windows",
}
UPDATE = {
    "what": "estimate",
    "text": "The print service of Harbour Street lost its certificate in the night. We are making a new one.",
}
RESOLUTION = {
    "text": "The certificate is renewed, and both tills of Harbour Street print again.",
    "cause": "The certificate of the print service had expired, and nobody was warned.",
    "steps": "Renewed the certificate and restarted the print service.",
    "code_change": "Warn two weeks before a certificate of the print service expires.",
}


class Player:
    """The hands of the cast. `skip` lets time pass and stops when a telephone begins to ring."""

    def __init__(
        self, base_url: str, session: aiohttp.ClientSession, skip: Callable[[float], Awaitable[str]]
    ) -> None:
        self._root, self._session, self._skip = f"{base_url}/_control", session, skip

    async def play(self, step: str) -> None:
        """Do one step; raises Refused in words when it cannot be done now."""
        await PLAYS[step](self)

    async def get(self, path: str) -> Json:
        """GET of the control API."""
        async with self._session.get(f"{self._root}/{path}") as response:
            return await _read(response)

    async def post(self, path: str, **body: Any) -> Json:  # noqa: ANN401 - a JSON body
        """POST of the control API; settles, so that what follows from it is to be seen."""
        async with self._session.post(f"{self._root}/{path}", json={"settle": True, **body}) as response:
            return await _read(response)

    async def press(self, user: str, channel: str, *actions: str) -> None:
        """Press the newest button of this name that the person sees in a channel, or in their talk with the bot."""
        for place in (channel, user):
            for message in reversed((await self.get(f"messages/{place}"))["messages"]):
                action = _button(message, actions)
                if action is not None and message.get("ephemeral_to", user) == user:
                    await self.post("interact", user=user, channel=place, ts=message["ts"], **action)
                    return
        person = person_of(user)
        who, what = person.name if person else user, " or ".join(actions)
        raise Refused(
            f"{who} sees no button for this ({what}). Is the step before done, and the bot connected?"
        )

    async def submit(self, user: str, wishes: Json) -> None:
        """Fill in what is asked for in the person's open windows and send them, until none is open."""
        for _ in range(3):
            stack = (await self.get(f"views/{user}"))["stack"]
            if not stack:
                return
            view = stack[-1]
            moment = (await self.get("state"))["now"]
            answer = await self.post(
                "submit-view", user=user, view_id=view["id"], values=filled(view, wishes, moment)
            )
            if answer.get("errors"):
                raise Refused("; ".join(f"{field}: {words}" for field, words in answer["errors"].items()))

    async def act(self, user: str, channel: str, *actions: str, wishes: Json | None = None) -> None:
        """Press a button, and fill in the form it opens, if it opens one."""
        await self.press(user, channel, *actions)
        await self.submit(user, wishes or {})

    async def wait(self, seconds: float) -> str:
        """Let time pass; the number that begins to ring ends it, otherwise an empty text."""
        return await self._skip(seconds)

    async def ringing(self) -> str:
        """The number that rings; time passes until one does."""
        for call in (await self.get("calls"))["calls"]:
            if call["status"] == "ringing":
                return str(call["to"])
        number = await self.wait(LONGEST_WAIT)
        if not number:
            raise Refused("No telephone rings.")
        return number


async def _read(response: aiohttp.ClientResponse) -> Json:
    body: Json = await response.json()
    if response.status >= 400 or body.get("ok") is False:
        raise Refused(str(body.get("error", response.status)))
    return body


def _button(message: Json, actions: tuple[str, ...]) -> Json | None:
    for block in message.get("blocks", []):
        for element in [*block.get("elements", []), block.get("accessory") or {}]:
            if element.get("action_id") in actions:
                return {"action_id": element["action_id"], "block_id": block["block_id"]}
            for option in element.get("options", []) if element.get("type") == "overflow" else []:
                if option["value"].split(":")[0] in actions:
                    return {
                        "action_id": element["action_id"],
                        "block_id": block["block_id"],
                        "selected": option["value"],
                    }
    return None


def filled(view: Json, wishes: Json, now: str) -> Json:
    """A value for every field that is wished for, or that must be filled in and is empty."""
    values: Json = {}
    for block in view.get("blocks", []):
        if block.get("type") != "input":
            continue
        value = value_for(block, wishes, now)
        if value is not None:
            values[block["block_id"]] = value
    return values


async def _write(player: Player) -> None:
    await player.post("message", user=CASEY, channel=RETAIL, text=FIRST_WORDS)


async def _let_it_ring(player: Player) -> None:
    await player.wait(LONGEST_WAIT)


async def _acknowledge(player: Player) -> None:
    number = await player.ringing()
    await player.post("phone/answer", number=number)
    await player.post("phone/press", number=number, digit="4")


async def _update(player: Player) -> None:
    await player.wait(12 * 60)
    await player.act(DEVI, ESCALATIONS, "update", wishes=UPDATE)


async def _resolve(player: Player) -> None:
    await player.wait(25 * 60)
    await player.act(DEVI, ESCALATIONS, "resolve", wishes=RESOLUTION)


async def _assign(player: Player) -> None:
    try:
        await player.act(BO, ESCALATIONS, "assign", wishes={"developer": "Devi"})
    except Refused:
        await player.act(LEE, ESCALATIONS, "assign", wishes={"developer": "Devi"})


async def _short_wait(player: Player) -> None:
    await player.wait(SHORT_WAIT)


PLAYS: dict[str, Callable[[Player], Awaitable[None]]] = {
    "write": _write,
    "answer": _short_wait,
    "claim": lambda player: player.act(SAM, SUPPORT, "claim"),
    "escalate": lambda player: player.act(SAM, SUPPORT, "escalate", wishes=BLOCK),
    "ring": _let_it_ring,
    "unreached": _let_it_ring,
    "acknowledge": _acknowledge,
    "assign": _assign,
    "update": _update,
    "relay": lambda player: player.act(SAM, SUPPORT, "relay"),
    "resolve": _resolve,
    "tell": lambda player: player.act(SAM, SUPPORT, "relay"),
    "confirm": lambda player: player.press(CASEY, RETAIL, "solved"),
    "close": lambda player: player.act(SAM, SUPPORT, "close"),
}
