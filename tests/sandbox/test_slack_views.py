"""Modals: triggers, the stack, updates, and every way a submission can be answered."""

from typing import Any

import pytest

from tests.sandbox.slack_stage import CASEY, SAM, Stage, error_of, field, modal, refusal, words

TEXT = {"type": "plain_text_input"}
SIZES = [{"text": words(name), "value": name.lower()} for name in ("Small", "Large")]


def trigger(stage: Stage, user: str = SAM) -> str:
    """A trigger as a click would give it."""
    return stage.slack.modals.trigger(stage.slack.world.person(user))


async def opened(stage: Stage, view: dict[str, Any], user: str = SAM) -> dict[str, Any]:
    """A modal before somebody's eyes."""
    return dict((await stage.web.views_open(trigger_id=trigger(stage, user), view=view))["view"])


async def answering(stage: Stage, **answer: Any) -> list[dict[str, Any]]:
    """An app that answers every submission of the form so; the bodies it got."""
    app, bodies = stage.app(), []

    @app.view("form")
    async def submitted(ack: Any, body: dict[str, Any]) -> None:
        bodies.append(body)
        await ack(**answer)

    await stage.connect(app)
    return bodies


async def test_a_trigger_lives_three_seconds_and_once(stage: Stage) -> None:
    """expired, exchanged, or never given out."""
    view, used, late = modal(field("a", TEXT)), trigger(stage), trigger(stage)
    await stage.web.views_open(trigger_id=used, view=view)

    assert await error_of(stage.web.views_open(trigger_id=used, view=view)) == "exchanged_trigger_id"
    stage.slack.modals.trigger_seconds = 0
    assert await error_of(stage.web.views_open(trigger_id=late, view=view)) == "expired_trigger_id"
    assert await error_of(stage.web.views_open(trigger_id="1.2.3", view=view)) == "invalid_trigger_id"


async def test_a_submission_carries_every_value(stage: Stage) -> None:
    """In Slack's shapes, untouched elements too; an external person keeps their own team."""
    bodies = await answering(stage)
    view = modal(
        field("name", TEXT),
        field("link", {"type": "url_text_input"}, optional=True),
        field("size", {"type": "static_select", "options": SIZES, "initial_option": SIZES[0]}),
        field("day", {"type": "datepicker"}),
        field("tags", {"type": "checkboxes", "options": SIZES}, optional=True),
        private_metadata="17",
    )
    await opened(stage, view, CASEY)

    done = await stage.post(
        "submit-view", user=CASEY, values={"name": "Printer", "day": "2026-11-18", "size": "large"}
    )

    (body,) = bodies
    values = body["view"]["state"]["values"]
    assert values["name"]["name"] == {"type": "plain_text_input", "value": "Printer"}
    assert values["link"]["link"] == {"type": "url_text_input", "value": None}
    assert values["size"]["size"]["selected_option"]["value"] == "large"
    assert values["day"]["day"] == {"type": "datepicker", "selected_date": "2026-11-18"}
    assert values["tags"]["tags"] == {"type": "checkboxes", "selected_options": []}
    assert body["view"]["private_metadata"] == "17"
    assert (body["team"]["id"], body["view"]["app_installed_team_id"]) == ("T0RETAIL01", "T0FRONTDSK")
    assert (done["response_action"], done["view"]) == (None, None)


@pytest.mark.parametrize(
    ("element", "value", "words_"),
    [
        (TEXT, "", "required"),
        ({**TEXT, "max_length": 3}, "four", "at most 3"),
        ({**TEXT, "min_length": 5}, "four", "at least 5"),
        ({"type": "url_text_input"}, "not an address", "valid URL"),
        ({"type": "email_text_input"}, "nobody", "valid email"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "whole number"),
        ({"type": "number_input", "is_decimal_allowed": True, "max_value": "9"}, "10", "at most 9"),
        ({"type": "timepicker"}, "25:00", "HH:MM"),
        ({"type": "static_select", "options": SIZES}, "huge", "small, large"),
    ],
)
async def test_the_client_does_not_let_it_go(
    stage: Stage, element: dict[str, Any], value: str, words_: str
) -> None:
    """What Slack checks before it sends: the app hears nothing."""
    bodies = await answering(stage)
    await opened(stage, modal(field("a", element)))

    status, answer = await stage.try_post("submit-view", user=SAM, values={"a": value})

    assert status == 400
    assert words_ in answer["error"]
    assert bodies == []


async def test_errors_keep_the_modal_open(stage: Stage) -> None:
    """They stand below their input blocks."""
    await answering(stage, response_action="errors", errors={"a": "Not this one"})
    view = await opened(stage, modal(field("a", TEXT)))

    answer = await stage.post("submit-view", user=SAM, values={"a": "x"})

    assert (answer["response_action"], answer["errors"]) == ("errors", {"a": "Not this one"})
    assert answer["view"]["id"] == view["id"]


async def test_errors_must_name_input_blocks(stage: Stage) -> None:
    """Slack shows the person a failure otherwise."""
    await answering(stage, response_action="errors", errors={"nowhere": "x"})
    await opened(stage, modal(field("a", TEXT)))

    status, answer = await stage.try_post("submit-view", user=SAM, values={"a": "x"})

    assert status == 400
    assert "input blocks" in answer["error"]


@pytest.mark.parametrize(
    ("action", "shown"), [("update", ["other"]), ("push", ["form", "other"]), ("clear", [])]
)
async def test_a_submission_can_lead_on(stage: Stage, action: str, shown: list[str]) -> None:
    """To another view in its place, one on top of it, or to the end of all."""
    other = {} if action == "clear" else {"view": modal(field("b", TEXT), callback_id="other")}
    await answering(stage, response_action=action, **other)
    await opened(stage, modal(field("a", TEXT)))

    await stage.post("submit-view", user=SAM, values={"a": "x"})

    stack = (await stage.get(f"views/{SAM}"))["stack"]
    assert [view["callback_id"] for view in stack] == shown


async def test_an_update_keeps_what_was_typed(stage: Stage) -> None:
    """Where block_id and action_id stay the same; an older hash is a conflict; a closed view is not found."""
    view = await opened(stage, modal(field("a", TEXT), field("b", TEXT)))
    await stage.post("interact", user=SAM, view_id=view["id"], action_id="a", value="typed")

    renewed = modal(field("a", TEXT), field("c", TEXT))
    updated = (await stage.web.views_update(view_id=view["id"], hash=view["hash"], view=renewed))["view"]

    assert updated["state"]["values"]["a"]["a"]["value"] == "typed"
    assert set(updated["state"]["values"]) == {"a", "c"}
    again = stage.web.views_update(view_id=view["id"], hash=view["hash"], view=renewed)
    assert await error_of(again) == "hash_conflict"
    await stage.post("close-view", user=SAM)
    assert await error_of(stage.web.views_update(view_id=view["id"], view=renewed)) == "not_found"


async def test_three_views_on_top_of_each_other(stage: Stage) -> None:
    """A push needs a click in the modal; the fourth is refused; closing shows the one below."""
    view = await opened(stage, modal(field("a", TEXT)))
    sam = stage.slack.world.person(SAM)
    for _ in range(2):
        trigger_id = stage.slack.modals.trigger(sam, view["id"])
        await stage.web.views_push(trigger_id=trigger_id, view=modal(field("a", TEXT)))
    trigger_id = stage.slack.modals.trigger(sam, view["id"])

    fourth = stage.web.views_push(trigger_id=trigger_id, view=modal(field("a", TEXT)))

    assert await error_of(fourth) == "push_limit_reached"
    stack = (await stage.get(f"views/{SAM}"))["stack"]
    assert [shown["previous_view_id"] for shown in stack] == [None, stack[0]["id"], stack[1]["id"]]
    await stage.post("close-view", user=SAM)
    assert len((await stage.get(f"views/{SAM}"))["stack"]) == 2


async def test_closing_is_told_when_asked_for(stage: Stage) -> None:
    """view_closed comes only with notify_on_close."""
    app, closed = stage.app(), []

    @app.view_closed("form")
    async def gone(ack: Any, body: dict[str, Any]) -> None:
        closed.append(body["is_cleared"])
        await ack()

    await stage.connect(app)
    await opened(stage, modal(field("a", TEXT)))
    assert (await stage.post("close-view", user=SAM))["acked"] is None
    await opened(stage, modal(field("a", TEXT), notify_on_close=True))
    assert (await stage.post("close-view", user=SAM))["acked"] is True
    assert closed == [False]


async def test_an_external_id_belongs_to_one_view(stage: Stage) -> None:
    """And finds it again."""
    view = modal(field("a", TEXT), external_id="ticket-17")
    first = await opened(stage, view)

    second = stage.web.views_open(trigger_id=trigger(stage, CASEY), view=view)

    assert await error_of(second) == "duplicate_external_id"
    found = await stage.web.views_update(external_id="ticket-17", view=view)
    assert found["view"]["id"] == first["id"]


async def test_the_home_tab_has_a_hash_too(stage: Stage) -> None:
    """views.publish refuses an older one, an unknown person and a modal."""
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = await stage.web.views_publish(user_id=SAM, view=home)
    await stage.web.views_publish(user_id=SAM, view=home, hash=first["view"]["hash"])

    again = stage.web.views_publish(user_id=SAM, view=home, hash=first["view"]["hash"])

    assert await error_of(again) == "hash_conflict"
    assert await error_of(stage.web.views_publish(user_id="U0NOBODY01", view=home)) == "user_not_found"
    assert await error_of(stage.web.views_publish(user_id=SAM, view=modal())) == "invalid_arguments"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": words("x" * 25)}, "/view/title/text"),
        ({"submit": words("x" * 25)}, "/view/submit/text"),
        ({"close": words("x" * 25)}, "/view/close/text"),
        ({"private_metadata": "x" * 3_001}, "/view/private_metadata"),
        ({"callback_id": "x" * 256}, "/view/callback_id"),
        ({"submit": None}, "/view/blocks/0/input"),
        ({"title": None}, "/view"),
        ({"blocks": [{"type": "divider"}] * 101}, "/view/blocks"),
        ({"blocks": [field("a", {**TEXT, "max_length": 3_001})]}, "/view/blocks/0/element/max_length"),
    ],
)
async def test_limits_of_a_view(stage: Stage, change: dict[str, Any], pointer: str) -> None:
    """invalid_arguments with a JSON pointer; the trigger is not spent."""
    trigger_id, view = trigger(stage), modal(field("a", TEXT))

    answer = await refusal(stage.web.views_open(trigger_id=trigger_id, view=view | change))

    assert answer["error"] == "invalid_arguments"
    assert any(f"[json-pointer:{pointer}]" in line for line in answer["response_metadata"]["messages"])
    await stage.web.views_open(trigger_id=trigger_id, view=view)


async def test_a_view_may_not_be_too_large(stage: Stage) -> None:
    """view_too_large above 250 kB of JSON."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_000}}

    big = stage.web.views_open(trigger_id=trigger(stage), view=modal(*[section] * 90))

    assert await error_of(big) == "view_too_large"


async def test_an_external_select_asks_the_app(stage: Stage) -> None:
    """Its options come from the app, and can then be chosen."""
    app, bodies = stage.app(), []

    @app.options("who")
    async def offer(ack: Any, body: dict[str, Any]) -> None:
        await ack(options=[{"text": words(body["value"].title()), "value": body["value"]}])

    @app.view("form")
    async def submitted(ack: Any, body: dict[str, Any]) -> None:
        bodies.append(body)
        await ack()

    await stage.connect(app)
    await opened(stage, modal(field("who", {"type": "external_select"})))
    offered = await stage.post("suggest", user=SAM, action_id="who", value="devi")
    await stage.post("submit-view", user=SAM, values={"who": "devi"})

    assert offered["options"][0]["text"]["text"] == "Devi"
    assert bodies[0]["view"]["state"]["values"]["who"]["who"]["selected_option"]["value"] == "devi"


async def test_an_input_is_silent_unless_it_dispatches(stage: Stage) -> None:
    """block_actions come from inputs only with dispatch_action."""
    app, seen = stage.app(), []

    @app.action("loud")
    async def keep(ack: Any, action: dict[str, Any]) -> None:
        seen.append(action["value"])
        await ack()

    await stage.connect(app)
    view = await opened(stage, modal(field("quiet", TEXT), field("loud", TEXT, dispatch_action=True)))
    quiet = await stage.post("interact", user=SAM, view_id=view["id"], action_id="quiet", value="x")
    loud = await stage.post("interact", user=SAM, view_id=view["id"], action_id="loud", value="y")

    assert (quiet["acked"], loud["acked"]) == (None, True)
    assert seen == ["y"]
