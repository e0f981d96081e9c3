"""Clicks, commands, shortcuts, response addresses and the Home tab, through Bolt."""

import re
from typing import Any

from tests.sandbox.slack_stage import CASEY, CLEO, LEE, RETAIL, SAM, SUPPORT, Stage, actions, button, words


def clicking(stage: Stage) -> tuple[Any, list[dict[str, Any]]]:
    """An app that keeps the bodies of all clicks."""
    app, bodies = stage.app(), []

    @app.action(re.compile(".*"))
    async def keep(ack: Any, body: dict[str, Any]) -> None:
        bodies.append(body)
        await ack()

    return app, bodies


async def test_a_click_in_a_message_has_slacks_shape(stage: Stage) -> None:
    """Container, message, channel, team and user; the actor's own team for a client."""
    app, bodies = clicking(stage)
    await stage.connect(app)
    posted = await stage.web.chat_postMessage(
        channel=RETAIL, text="?", blocks=[actions(button("down", "It is down", value="17", style="danger"))]
    )

    await stage.post("interact", user=CASEY, channel=RETAIL, ts=posted["ts"], action_id="down")

    (body,) = bodies
    assert body["type"] == "block_actions"
    assert body["user"] == {
        "id": CASEY,
        "username": "casey.client",
        "name": "casey.client",
        "team_id": "T0RETAIL01",
    }
    assert body["team"]["id"] == "T0RETAIL01"
    assert body["container"] == {
        "type": "message",
        "message_ts": posted["ts"],
        "channel_id": RETAIL,
        "is_ephemeral": False,
    }
    assert body["channel"] == {"id": RETAIL, "name": "example-retail"}
    assert body["message"]["ts"] == posted["ts"]
    action = body["actions"][0]
    assert action.pop("action_ts")
    assert action == {
        "type": "button",
        "action_id": "down",
        "block_id": "row",
        "text": {"type": "plain_text", "text": "It is down", "emoji": True},
        "value": "17",
        "style": "danger",
    }
    assert body["response_url"].startswith(stage.url)


async def test_a_choice_in_a_message_carries_its_option_and_state(stage: Stage) -> None:
    """selected_option in the action and in state.values."""
    app, bodies = clicking(stage)
    await stage.connect(app)
    options = [{"text": words(name), "value": name.lower()} for name in ("One", "Two")]
    menu = {"type": "static_select", "action_id": "pick", "options": options}
    posted = await stage.web.chat_postMessage(channel=SUPPORT, text="?", blocks=[actions(menu)])

    await stage.post("interact", user=SAM, channel=SUPPORT, ts=posted["ts"], action_id="pick", selected="two")

    assert bodies[0]["actions"][0]["selected_option"]["value"] == "two"
    assert bodies[0]["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "two"


async def test_what_is_not_there_cannot_be_clicked(stage: Stage) -> None:
    """Nor by somebody who does not see it, nor with nobody to hear."""
    posted = await stage.web.chat_postMessage(channel=RETAIL, text="?", blocks=[actions(button("down"))])
    click = {"channel": RETAIL, "ts": posted["ts"], "action_id": "down"}

    status, nobody = await stage.try_post("interact", user=CASEY, **click)
    app, bodies = clicking(stage)
    await stage.connect(app)
    _, wrong = await stage.try_post("interact", user=CASEY, **(click | {"action_id": "up"}))
    _, outsider = await stage.try_post("interact", user=CLEO, **click)

    assert (status, nobody["error"]) == (400, "no bot is connected")
    assert "there are: down" in wrong["error"]
    assert "does not see" in outsider["error"]
    assert bodies == []


async def test_an_unanswered_click_is_reported(stage: Stage) -> None:
    """Nothing is sent again; the person sees an error."""
    stage.slack.sockets.ack_seconds = 0.05
    app = stage.app()

    @app.action("x")
    async def silent(body: dict[str, Any]) -> None:
        """Never acknowledges."""

    await stage.connect(app)
    posted = await stage.web.chat_postMessage(channel=SUPPORT, text="?", blocks=[actions(button("x"))])

    answer = await stage.post("interact", user=SAM, channel=SUPPORT, ts=posted["ts"], action_id="x")

    assert answer["acked"] is False
    assert (await stage.kinds("out")).count("block_actions") == 1


async def test_a_command_is_answered_for_one_or_for_all(stage: Stage) -> None:
    """Ephemeral unless it says in_channel."""
    app = stage.app()

    @app.command("/frontdoor")
    async def run(ack: Any, body: dict[str, Any]) -> None:
        assert body["team_domain"] == "frontdoor-demo"
        everybody = {"response_type": "in_channel"} if body["text"] == "all" else {}
        await ack(text=f"For {body['user_id']}", **everybody)

    await stage.connect(app)
    for text in ("", "all"):
        answer = await stage.post("command", user=SAM, channel=SUPPORT, command="/frontdoor", text=text)
        assert answer["acked"] is True

    messages = (await stage.get(f"messages/{SUPPORT}"))["messages"]
    assert [message.get("ephemeral_to") for message in messages] == [SAM, None]


async def test_clients_have_neither_commands_nor_shortcuts(stage: Stage) -> None:
    """As in shared channels of Slack."""
    await stage.connect(stage.app())
    message = await stage.say(CASEY, RETAIL, "Help")

    status, refused = await stage.try_post(
        "command", user=CASEY, channel=RETAIL, command="/frontdoor", text=""
    )
    place = {"channel": RETAIL, "ts": message["ts"], "callback_id": "open"}
    shortcut, _ = await stage.try_post("message-shortcut", user=CASEY, **place)

    assert (status, shortcut) == (400, 400)
    assert "another workspace" in refused["error"]


async def test_a_message_shortcut_brings_the_message(stage: Stage) -> None:
    """With a trigger that opens a modal."""
    app, seen = stage.app(), []

    @app.shortcut("open")
    async def run(ack: Any, body: dict[str, Any]) -> None:
        seen.append(body)
        await ack()

    await stage.connect(app)
    message = await stage.say(CASEY, RETAIL, "Help")
    await stage.post("message-shortcut", user=SAM, channel=RETAIL, ts=message["ts"], callback_id="open")

    assert seen[0]["type"] == "message_action"
    assert seen[0]["message"]["text"] == "Help"
    assert seen[0]["trigger_id"]


async def test_a_response_address_works_five_times(stage: Stage) -> None:
    """Ephemeral by default, can replace and delete what was clicked, then is used up."""
    app, bodies = clicking(stage)
    await stage.connect(app)
    posted = await stage.web.chat_postMessage(channel=SUPPORT, text="?", blocks=[actions(button("x"))])
    await stage.post("interact", user=SAM, channel=SUPPORT, ts=posted["ts"], action_id="x")
    url = bodies[0]["response_url"]

    statuses = []
    for body in (
        {"text": "psst"},
        {"text": "aloud", "response_type": "in_channel"},
        {"text": "replaced", "replace_original": True},
        {"delete_original": True},
        {"text": "fifth"},
        {"text": "sixth"},
    ):
        async with stage.http.post(url, json=body) as response:
            statuses.append(response.status)
        if body.get("replace_original"):
            assert (await stage.texts(SUPPORT))[0] == "replaced"

    assert statuses == [200] * 5 + [404]
    seen_by_lee = (await stage.get(f"messages/{SUPPORT}?as={LEE}"))["messages"]
    assert [message["text"] for message in seen_by_lee] == ["aloud"]
    assert await stage.texts(SUPPORT) == ["psst", "aloud", "fifth"]


async def test_the_home_tab(stage: Stage) -> None:
    """Opening it is an event; the app draws; a click there names the view; a client's keeps the client's team."""
    app, bodies = clicking(stage)

    @app.event("app_home_opened")
    async def draw(event: dict[str, Any]) -> None:
        view = {"type": "home", "blocks": [actions(button("more"))]}
        await stage.web.views_publish(user_id=event["user"], view=view)

    await stage.connect(app)
    answer = await stage.post("open-home", user=CASEY, settle=True)
    await stage.post("interact", user=CASEY, view_id=answer["home"]["id"], action_id="more")

    assert answer["home"]["type"] == "home"
    assert bodies[0]["container"] == {"type": "view", "view_id": answer["home"]["id"]}
    assert bodies[0]["view"]["app_installed_team_id"] == "T0FRONTDSK"
    assert bodies[0]["team"]["id"] == "T0RETAIL01"
    assert "channel" not in bodies[0]


async def test_a_mention_is_told_twice(stage: Stage) -> None:
    """As a message and as app_mention."""
    app, kinds = stage.app(), []

    @app.event({"type": "message"})
    async def message() -> None:
        kinds.append("message")

    @app.event("app_mention")
    async def mention(event: dict[str, Any]) -> None:
        kinds.append(event["text"])

    await stage.connect(app)
    await stage.say(CASEY, RETAIL, "@Frontdoor urgent")
    await stage.settle()

    assert sorted(kinds) == ["<@U0FRONTBOT> urgent", "message"]


async def test_a_reset_begins_anew(stage: Stage) -> None:
    """Messages, views and log are gone; the connection stays."""
    app, _ = clicking(stage)
    await stage.connect(app)
    await stage.say(CASEY, RETAIL, "Help")

    await stage.post("reset")

    assert await stage.texts(RETAIL) == []
    state = await stage.get("state")
    assert state["now"] == "2026-11-18T09:00:00.000000Z"
    assert state["slack"]["connected"] is True


async def test_a_screen_that_is_not_refreshed_yet_may_still_be_clicked(stage: Stage) -> None:
    """The button of an earlier version is gone for everybody else, and pressed by whoever still sees it."""
    app, bodies = clicking(stage)
    await stage.connect(app)
    posted = await stage.web.chat_postMessage(
        channel=RETAIL, text="?", blocks=[actions(button("down", "It is down"))]
    )
    await stage.web.chat_update(
        channel=RETAIL, ts=posted["ts"], text="!", blocks=[{"type": "section", "text": words("It is over")}]
    )

    await stage.post("interact", user=CASEY, channel=RETAIL, ts=posted["ts"], action_id="down", stale=True)

    assert [body["actions"][0]["action_id"] for body in bodies] == ["down"]
