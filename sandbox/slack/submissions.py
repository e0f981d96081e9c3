"""Submitting and closing modals, and what the app's answer makes of them."""

from typing import Any

from sandbox.slack.errors import Json, Refused, SlackError
from sandbox.slack.inputs import fill, holds, objection
from sandbox.slack.interactions import Interactions
from sandbox.slack.modals import MODAL
from sandbox.slack.model import User
from sandbox.slack.parcel import Answer, Parcel
from sandbox.slack.views import View, read_view


class Submissions:
    """The end of a modal."""

    def __init__(self, interactions: Interactions) -> None:
        self._at = interactions

    async def submit(self, user: User, view_id: str, values: Json) -> Json:
        """Fill in and press submit. Refused, block named, where Slack's client would not let it go."""
        view = self._at.view_of(user, view_id)
        title = view.definition.get("title", {}).get("text", "a modal")
        if view.definition["type"] != "modal" or view.definition.get("submit") is None:
            raise Refused(f"{title} has no submit button.")
        self._merge(view, values)
        self._check(view)
        summary = f"{user.real_name} submits “{title}”"
        request: Json = {"user": user.id, "view_id": view.id, "values": values}
        self._at.wire.record("slack", "person", "submit-view", summary, request=request)
        payload = self._at.envelope("view_submission", user) | {
            "trigger_id": self._at.modals.trigger(user, view.id),
            "view": self._at.modals.shape(view),
            "response_urls": self._addresses(user, view),
        }
        parcel = Parcel("interactive", "view_submission", payload, summary, answers=True)
        return self._conclude(user, view, await self._at.delivery.ask(parcel))

    def _merge(self, view: View, values: Json) -> None:
        for name, value in values.items():
            for block, element in self._named(view, name):
                suggested = view.suggested.get(element["action_id"], [])
                state = fill(element, value, suggested)
                view.values.setdefault(block["block_id"], {})[element["action_id"]] = state

    @staticmethod
    def _named(view: View, name: str) -> list[tuple[Json, Json]]:
        for block_id, actions in view.values.items():
            for action_id in actions:
                found = view.find(action_id, block_id)
                if name in (block_id, action_id) and found is not None and holds(found[1]):
                    return [found]
        known = ", ".join(action for actions in view.values.values() for action in actions)
        raise Refused(f"There is no field {name!r}; there are: {known}")

    @staticmethod
    def _check(view: View) -> None:
        for block in view.blocks:
            if block["type"] == "input":
                state = view.values[block["block_id"]][block["element"]["action_id"]]
                if words := objection(block, state):
                    raise Refused(f"{block['block_id']}: {words}")

    def _addresses(self, user: User, view: View) -> list[Json]:
        found: list[Json] = []
        for block in view.blocks:
            element: Any = block.get("element") or {}
            if not element.get("response_url_enabled"):
                continue
            state = view.values[block["block_id"]][element["action_id"]]
            channel_id = state.get("selected_conversation") or state.get("selected_channel") or ""
            channel = self._at.world.channel_by(channel_id)
            if channel is not None:
                found.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": channel.id,
                        "response_url": self._at.responses.address(channel, user),
                    }
                )
        return found

    def _conclude(self, user: User, view: View, answer: Answer) -> Json:
        body: Json = answer.body if isinstance(answer.body, dict) else {}
        result: Json = {"acked": answer.acked, "ack": answer.json(), "errors": {}, "view": None}
        if not answer.acked:
            return result | {"response_action": None, "view": self._at.modals.shape(view)}
        action = body.get("response_action")
        try:
            after = self._apply(user, view, action, body)
        except SlackError as error:
            raise Refused(self._at.error_words(error)) from error
        errors = view.errors = body.get("errors", {}) if action == "errors" else {}
        shape = self._at.modals.shape(after) if after is not None else None
        return result | {"response_action": action, "errors": errors, "view": shape}

    def _apply(self, user: User, view: View, action: Any, body: Json) -> View | None:  # noqa: ANN401 - any JSON
        modals = self._at.modals
        if action is None:
            modals.close(view)
        elif action == "clear":
            modals.clear(user.id)
        elif action == "errors":
            self._known_blocks(view, body.get("errors"))
        elif action == "update":
            view.redefine(read_view(body.get("view"), MODAL))
        elif action == "push":
            modals.put_on(user, read_view(body.get("view"), MODAL))
        else:
            raise Refused(f"the answer of the bot is not valid: response_action {action!r}")
        return modals.top(user.id)

    @staticmethod
    def _known_blocks(view: View, errors: Any) -> None:  # noqa: ANN401 - any JSON
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
            raise Refused(f"the answer of the bot is not valid: errors must name input blocks ({errors!r})")

    async def close(self, user: User, view_id: str) -> Answer | None:
        """Close a modal by its cross; the app hears of it when it asked to."""
        view = self._at.view_of(user, view_id)
        if view.definition["type"] != "modal":
            raise Refused("The Home tab cannot be closed.")
        summary = f"{user.real_name} closes a modal"
        request: Json = {"user": user.id, "view_id": view.id}
        self._at.wire.record("slack", "person", "close-view", summary, request=request)
        cleared = bool(view.definition.get("clear_on_close"))
        gone = self._at.modals.clear(user.id) if cleared else [view]
        if not cleared:
            self._at.modals.close(view)
        answer: Answer | None = None
        for closed in gone:
            if closed.definition.get("notify_on_close"):
                answer = await self._closed(user, closed, cleared=cleared)
        return answer

    async def _closed(self, user: User, view: View, *, cleared: bool) -> Answer:
        payload = self._at.envelope("view_closed", user) | {
            "view": self._at.modals.shape(view),
            "is_cleared": cleared,
        }
        words = f"{user.real_name} closed a modal"
        return await self._at.delivery.ask(Parcel("interactive", "view_closed", payload, words))
