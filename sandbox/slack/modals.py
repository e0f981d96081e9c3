"""Triggers, the stack of modals of each person, and their Home tabs."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.slack.errors import Json, SlackError
from sandbox.slack.ids import Ids
from sandbox.slack.model import User
from sandbox.slack.views import View
from sandbox.slack.world import World

TRIGGER_SECONDS = 3.0
STACK = 3
MODAL = ("modal",)


@dataclass(slots=True)
class Trigger:
    """Allows one modal for one person. `born` is machine time; `view` is where it was clicked."""

    user: User
    born: float
    view: str = ""
    used: bool = False


class Modals:
    """Open views by person, newest on top. `on_change` tells that something visible changed."""

    def __init__(self, world: World, on_change: Callable[[], None]) -> None:
        self._world = world
        self._on_change = on_change
        self.trigger_seconds = TRIGGER_SECONDS
        self._triggers: dict[str, Trigger] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def trigger(self, user: User, view_id: str = "") -> str:
        """A trigger_id for what this person just did."""
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**9)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user, time.monotonic(), view_id)
        return trigger_id

    def _exchange(self, trigger_id: str) -> Trigger:
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.born > self.trigger_seconds:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def open(self, trigger_id: str, definition: Json) -> View:
        """views.open: a new stack for the person who clicked."""
        self._unnamed(definition)
        user = self._exchange(trigger_id).user
        view = self._new(user, definition)
        self.stacks[user.id] = [view]
        self._on_change()
        return view

    def push(self, trigger_id: str, definition: Json) -> View:
        """views.push: on top of the modal that was clicked, three at most."""
        self._unnamed(definition)
        trigger = self._exchange(trigger_id)
        stack = self.stacks.get(trigger.user.id, [])
        if not any(view.id == trigger.view for view in stack):
            raise SlackError("not_found")
        return self.put_on(trigger.user, definition)

    def put_on(self, user: User, definition: Json) -> View:
        """A view on top of this person's stack; `push_limit_reached` beyond three."""
        stack = self.stacks.setdefault(user.id, [])
        if len(stack) >= STACK:
            raise SlackError("push_limit_reached")
        view = self._new(user, definition)
        if stack:
            view.previous, view.root = stack[-1].id, stack[0].id
        stack.append(view)
        self._on_change()
        return view

    def update(self, *, view_id: str, external_id: str, given_hash: str, definition: Json) -> View:
        """views.update: by id or external id; `not_found` once closed, `hash_conflict` for an older hash."""
        view = self.find(view_id, external_id)
        if view is None:
            raise SlackError("not_found")
        if given_hash and given_hash != view.hash:
            raise SlackError("hash_conflict")
        self._unnamed(definition, but=view)
        view.redefine(definition)
        self._on_change()
        return view

    def publish(self, user: User, given_hash: str, definition: Json) -> View:
        """views.publish: the Home tab of one person."""
        view = self.homes.get(user.id)
        if view is None:
            view = self.homes[user.id] = self._new(user, definition)
        elif given_hash and given_hash != view.hash:
            raise SlackError("hash_conflict")
        else:
            view.redefine(definition)
        self._on_change()
        return view

    def _unnamed(self, definition: Json, but: View | None = None) -> None:
        name = definition.get("external_id")
        if name and any(view.external_id == name and view is not but for view in self.all()):
            raise SlackError("duplicate_external_id")

    def _new(self, user: User, definition: Json) -> View:
        view = View(id=Ids.new("V"), user=user.id, team=user.team, definition={})
        view.redefine(definition)
        return view

    def all(self) -> list[View]:
        """Every open view, Home tabs too."""
        return [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())

    def find(self, view_id: str, external_id: str = "") -> View | None:
        """An open view or Home tab."""
        for view in self.all():
            if (view_id and view.id == view_id) or (external_id and view.external_id == external_id):
                return view
        return None

    def top(self, user_id: str) -> View | None:
        """The view this person sees."""
        stack = self.stacks.get(user_id)
        return stack[-1] if stack else None

    def close(self, view: View) -> None:
        """Take one view away; the one below shows again."""
        stack = self.stacks.get(view.user, [])
        if view in stack:
            stack.remove(view)
        if not stack:
            self.stacks.pop(view.user, None)
        self._on_change()

    def clear(self, user_id: str) -> list[View]:
        """Take all away; those that were open are given back, top first."""
        gone = self.stacks.pop(user_id, [])
        self._on_change()
        return gone[::-1]

    def shape(self, view: View) -> Json:
        """The view as Slack gives it."""
        app = self._world.app
        return view.shape(app.id, app.team_id, app.bot_id)

    def reset(self) -> None:
        """Close everything: only with a fresh world."""
        self._triggers.clear()
        self.stacks.clear()
        self.homes.clear()
