"""Clicks, selections, shortcuts and commands of people, in Slack's payload shapes."""

from dataclasses import dataclass
from typing import Any

from sandbox.slack.blocks import elements_of
from sandbox.slack.delivery import Delivery
from sandbox.slack.errors import Json, Refused, SlackError
from sandbox.slack.inputs import HOLDERS, begin, fill, holds, options_of
from sandbox.slack.modals import Modals
from sandbox.slack.model import Channel, Message, User
from sandbox.slack.parcel import Answer, Parcel, quoted
from sandbox.slack.responses import Responses
from sandbox.slack.shapes import Shapes
from sandbox.slack.views import View
from sandbox.slack.world import World
from sandbox.wire import WireLog


@dataclass(frozen=True, slots=True)
class Click:
    """What a person does to an element. `value` is typed or `selected` chosen; `stale`: on a screen not yet refreshed."""

    action_id: str
    block_id: str = ""
    value: Any = None
    selected: Any = None
    stale: bool = False

    @property
    def chosen(self) -> Any:  # noqa: ANN401 - whatever a script gives
        """What goes into an element that holds a value."""
        return self.selected if self.selected is not None else self.value


class Interactions:
    """People acting on what the app has put before them."""

    def __init__(
        self,
        world: World,
        shapes: Shapes,
        modals: Modals,
        responses: Responses,
        delivery: Delivery,
        wire: WireLog,
    ) -> None:
        self.world, self.shapes, self.modals = world, shapes, modals
        self.responses, self.delivery, self.wire = responses, delivery, wire

    def who(self, user: User) -> Json:
        """`user` of a payload."""
        return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team}

    def envelope(self, kind: str, user: User) -> Json:
        """What every interactive payload begins with; `team` is the workspace of the person."""
        app, team = self.world.app, self.world.teams[user.team]
        return {
            "type": kind,
            "token": app.verification_token,
            "user": self.who(user),
            "api_app_id": app.id,
            "team": {"id": team.id, "domain": team.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _record(self, kind: str, summary: str, request: Json) -> None:
        self.wire.record("slack", "person", kind, summary, request=request)

    async def in_message(self, user: User, channel_id: str, ts: str, click: Click) -> Answer:
        """Click or choose in a message."""
        channel, message = self.world.locate(channel_id, ts)
        self._may_see(user, channel, message)
        shown = [*message.blocks, *message.earlier] if click.stale else message.blocks
        block, element = self._find(shown, click)
        state = message.state.setdefault(user.id, {})
        action = self._act(user, block, element, click, state.setdefault(block["block_id"], {}))
        where = f"#{channel.name}" if channel.name else "a direct message"
        summary = f"{user.real_name} {_doing(element, action)} in {where}"
        self._record(
            "interact", summary, {"user": user.id, "channel": channel.id, "ts": ts, "action": action}
        )
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": bool(message.ephemeral_to),
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload = self.envelope("block_actions", user) | {
            "container": container,
            "trigger_id": self.modals.trigger(user),
            "channel": {"id": channel.id, "name": channel.name or "directmessage"},
            "message": self.shapes.message(message),
            "state": {"values": self._message_state(message, user)},
            "response_url": self.responses.address(channel, user, message),
            "actions": [action],
        }
        return await self.delivery.ask(Parcel("interactive", "block_actions", payload, summary))

    @staticmethod
    def _may_see(user: User, channel: Channel, message: Message) -> None:
        if user.id not in channel.members or message.ephemeral_to not in ("", user.id):
            raise Refused(f"{user.real_name} does not see that message.")

    @staticmethod
    def _message_state(message: Message, user: User) -> Json:
        values: Json = {}
        for block in message.blocks:
            for element in elements_of(block):
                if holds(element):
                    kept = message.state.get(user.id, {}).get(block["block_id"], {}).get(element["action_id"])
                    values.setdefault(block["block_id"], {})[element["action_id"]] = kept or begin(element)
        return values

    @staticmethod
    def _find(blocks: list[Json], click: Click) -> tuple[Json, Json]:
        known: list[str] = []
        for block in blocks:
            for element in elements_of(block):
                known.append(element.get("action_id", ""))
                if known[-1] == click.action_id and click.block_id in ("", block["block_id"]):
                    return block, element
        there = ", ".join(known) or "none"
        raise Refused(f"There is no element {click.action_id!r} there; there are: {there}")

    def _act(
        self, user: User, block: Json, element: Json, click: Click, state: Json, view: View | None = None
    ) -> Json:
        """The `actions` entry; what the element holds afterwards goes into `state`."""
        kind = element["type"]
        action: Json = {"type": kind, "action_id": element["action_id"], "block_id": block["block_id"]}
        for name in ("text", "value", "style", "url", "placeholder"):
            if name in element and (kind == "button" or name == "placeholder"):
                action[name] = element[name]
        if kind == "button" and click.value is not None and click.value != element.get("value", ""):
            raise Refused(f"That button carries {element.get('value')!r}, not {click.value!r}.")
        if kind == "overflow":
            chosen = [option for option in options_of(element) if option.get("value") == click.chosen]
            if not chosen:
                raise Refused(f"There is no option {click.chosen!r} in that menu.")
            action["selected_option"] = chosen[0]
        elif holds(element):
            suggested = view.suggested.get(element["action_id"], []) if view else []
            held = state[element["action_id"]] = fill(element, click.chosen, suggested)
            key = HOLDERS[kind][0]
            action[key] = held[key]
        return action | {"action_ts": self.world.ids.ts()}

    async def in_view(self, user: User, view_id: str, click: Click) -> Answer | None:
        """Click or choose in a modal or the Home tab; None when the element only keeps the value until submission."""
        view = self.view_of(user, view_id)
        block, element = self._find(view.blocks, click)
        action = self._act(user, block, element, click, view.values.setdefault(block["block_id"], {}), view)
        where = "the Home tab" if view.definition["type"] == "home" else "a modal"
        summary = f"{user.real_name} {_doing(element, action)} in {where}"
        self._record("interact", summary, {"user": user.id, "view_id": view.id, "action": action})
        if block["type"] == "input" and not block.get("dispatch_action"):
            return None
        payload = self.envelope("block_actions", user) | {
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": self.modals.trigger(user, view.id),
            "view": self.modals.shape(view),
            "actions": [action],
        }
        return await self.delivery.ask(Parcel("interactive", "block_actions", payload, summary))

    def view_of(self, user: User, view_id: str) -> View:
        """The named view of this person, or the one they see."""
        view = self.modals.find(view_id) if view_id else self.modals.top(user.id)
        if view is None or view.user != user.id:
            raise Refused(f"{user.real_name} has no such view open.")
        return view

    async def suggest(self, user: User, view_id: str, action_id: str, typed: str) -> list[Json]:
        """The options of an external select for what was typed, asked of the app."""
        view = self.view_of(user, view_id)
        block, element = self._find(view.blocks, Click(action_id))
        payload = self.envelope("block_suggestion", user) | {
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "value": typed,
            "container": {"type": "view", "view_id": view.id},
            "view": self.modals.shape(view),
        }
        words = f"{user.real_name} looks for {quoted(typed)} in a list"
        answer = await self.delivery.ask(
            Parcel("interactive", "block_suggestion", payload, words, answers=True)
        )
        body = answer.body if isinstance(answer.body, dict) else {}
        options = options_of(body)
        view.suggested[action_id] = options
        return options

    async def message_shortcut(self, user: User, channel_id: str, ts: str, callback_id: str) -> Answer:
        """Run a message shortcut; people of other workspaces do not have them, ephemerals neither."""
        if self.world.is_external(user.id):
            raise Refused("Message shortcuts are not available to people of another workspace.")
        channel, message = self.world.locate(channel_id, ts)
        self._may_see(user, channel, message)
        if message.ephemeral_to:
            raise Refused("There are no shortcuts on ephemeral messages.")
        summary = f"{user.real_name} runs the message shortcut {callback_id}"
        self._record("message-shortcut", summary, {"user": user.id, "channel": channel.id, "ts": ts})
        payload = self.envelope("message_action", user) | {
            "callback_id": callback_id,
            "trigger_id": self.modals.trigger(user),
            "action_ts": self.world.ids.ts(),
            "message_ts": message.ts,
            "message": self.shapes.message(message),
            "channel": {"id": channel.id, "name": channel.name or "directmessage"},
            "response_url": self.responses.address(channel, user),
        }
        return await self.delivery.ask(Parcel("interactive", "message_action", payload, summary))

    async def global_shortcut(self, user: User, callback_id: str) -> Answer:
        """Run a global shortcut: no channel, no response address."""
        if self.world.is_external(user.id):
            raise Refused("Shortcuts are not available to people of another workspace.")
        summary = f"{user.real_name} runs the shortcut {callback_id}"
        self._record("shortcut", summary, {"user": user.id, "callback_id": callback_id})
        payload = self.envelope("shortcut", user) | {
            "callback_id": callback_id,
            "trigger_id": self.modals.trigger(user),
            "action_ts": self.world.ids.ts(),
        }
        return await self.delivery.ask(Parcel("interactive", "shortcut", payload, summary))

    def error_words(self, error: SlackError) -> str:
        """A refused answer of the app, for whoever clicked."""
        details = error.more.get("response_metadata", {}).get("messages", [])
        return "; ".join([f"the answer of the bot is not valid: {error.code}", *details])


def _doing(element: Json, action: Json) -> str:
    kind = element["type"]
    if kind == "button":
        return f"presses {quoted(element['text']['text'])}"
    chosen = action.get("selected_option") or {}
    if isinstance(chosen, dict) and chosen:
        return f"chooses {quoted(chosen['text']['text'])}"
    return f"fills in {element['action_id']}"
