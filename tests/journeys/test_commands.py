"""`/frontdoor`, the message shortcuts, App Home, and what is typed or pressed wrongly: each gets a clear sentence."""

import json
import re

from tests.journeys.driver import Stage
from tests.journeys.telling import BLOCK, CHANNELS, Json, plainly


def words(answer: str) -> str:
    """The text of a command's answer; empty when a form is shown instead."""
    told = plainly(str((json.loads(answer)["body"] or {}).get("text", "")))
    return re.sub(r"terms [0-9a-f]{8}", "terms …", told)


def shown(view: Json | None) -> str:
    """What stands on the form on top: its title, and its words where it only says something."""
    if view is None:
        return ""
    said = [block["text"]["text"] for block in view["blocks"] if block["type"] == "section"]
    return " | ".join([view["title"]["text"], *said])


def wrote(stage: Stage, text: str = "Printing fails at Harbour Street") -> str:
    """A client writes and is answered."""
    ts = stage.casey.writes(text)
    stage.passes(seconds=10)
    return ts


def test_help_names_every_command(stage: Stage) -> None:
    for typed in ("", "help", "HELP"):
        told = words(stage.sam.runs(typed))
        for word in ("new", "escalate", "mine", "status", "rota", "away", "letters"):
            assert f"/frontdoor {word}" in told, (typed, word, told)


def test_letters_says_that_nothing_failed(stage: Stage) -> None:
    """Only the desk's own people learn of it."""
    assert words(stage.lee.runs("letters")) == "Nothing waits for a person."
    assert stage.happened() == []


def test_new_opens_a_request_that_the_client_sees_and_that_is_mine(stage: Stage) -> None:
    told = words(stage.sam.runs("new <#C0RETAIL01|example-retail> Lift door sensor reports an error"))
    assert told == "SUP-1 is open and yours."
    assert stage.happened() == [
        "14:00:00 retail: We have opened *SUP-1* for you: / > Lift door sensor reports an error / Write in this thread if there is more to say.",
        "14:00:00 support: card SUP-1 · Example Retail: With Sam Support of support.",
    ]


def test_new_without_a_channel_shows_a_form_that_opens_it(stage: Stage) -> None:
    assert words(stage.sam.runs("new the till is slow")) == ""
    view = stage.sam.view()
    assert view is not None
    assert "the till is slow" in json.dumps(view)
    assert stage.sam.fills(channel="C0CLINIC01", text="the till is slow")["response_action"] is None
    assert stage.happened() == [
        "14:00:00 clinic: We have opened *SUP-1* for you: / > the till is slow / Write in this thread if there is more to say.",
        "14:00:00 support: card SUP-1 · Sample Clinics: With Sam Support of support.",
        "14:00:00 support, only sam: SUP-1 is open and yours.",
    ]


def test_escalate_finds_my_one_request_and_shows_its_form(stage: Stage) -> None:
    wrote(stage)
    stage.sam.on_card("claim")
    stage.sam.runs("escalate")
    view = stage.sam.view()
    assert view is not None
    assert "Harbour Street" in json.dumps(view)
    stage.happened()
    assert stage.sam.fills(**BLOCK)["response_action"] is None
    assert stage.happened() == [
        "14:00:10 escalations: card SUP-1 · Example Retail: Escalated, to be acknowledged by Lee Lead.",
        "14:00:10 escalations thread: @lee *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 14:05 PKT, or we telephone.",
        "14:00:10 to lee: *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 14:05 PKT, or we telephone. / > Receipts do not print at one branch since this morning. / [Open the card] in #escalations",
    ]


def test_what_is_mine_where_it_stands_and_who_is_on_duty(stage: Stage) -> None:
    wrote(stage)
    stage.sam.on_card("claim")
    assert [words(stage.sam.runs("mine")), words(stage.sky.runs("mine"))] == [
        "• *SUP-1* · Example Retail · With Sam Support of support; next Wed 18 Nov 14:30 PKT",
        "Nothing waits for you.",
    ]
    assert [words(stage.sam.runs("status")), words(stage.lee.runs("status sup-1"))] == [
        "1 request is open: / • *SUP-1* · Example Retail · With Sam Support of support; next Wed 18 Nov 14:30 PKT",
        "*SUP-1* · Example Retail · With Sam Support of support / Written Wed 18 Nov 14:00 PKT: Printing fails at Harbour Street / ⏱ Wed 18 Nov 14:30 PKT: its owner is reminded. (IN-5) / ⏱ Wed 18 Nov 17:00 PKT: people are warned that a developer is to be assigned, with 25% left; due Wed 18 Nov 18:00 PKT, 4 business hours from Wed 18 Nov 14:00 PKT (S2); terms …. (SV-1) / ⏱ Wed 18 Nov 20:45 PKT: people are warned that it is to be resolved, with 25% left; due Thu 19 Nov 14:00 PKT, 1 business day from Wed 18 Nov 14:00 PKT (S2); terms …. (SV-1)",
    ]
    assert [words(stage.lee.runs("rota"))] == [
        "On duty at Wed 18 Nov 14:00 PKT: / • Support: Sam Support, Sky Support / • Support lead: Sol Supportlead / • Development lead: Lee Lead / • Backup lead: Bo Backup / • Developers: Devi Developer, Dana Developer / Escalations go to Lee Lead. / :white_check_mark: Somebody would be reached in every hour of the coming 14 days.",
    ]
    stage.lee.runs("away for 2 hours")
    assert [words(stage.sam.runs("rota"))] == [
        "On duty at Wed 18 Nov 14:00 PKT: / • Support: Sam Support, Sky Support / • Support lead: Sol Supportlead / • Development lead: *nobody* / • Backup lead: Bo Backup / • Developers: Devi Developer, Dana Developer / Escalations go to Bo Backup. / Lee Lead is away until Wed 18 Nov 16:00 PKT. / The coming two weeks: / • Development lead: from Wed 18 Nov 16:00 PKT Lee Lead / :white_check_mark: Somebody would be reached in every hour of the coming 14 days.",
    ]


def test_what_cannot_be_is_answered_in_a_sentence(stage: Stage) -> None:
    answers = []
    for typed in (
        "status SUP-99",
        "status everything",
        "escalate SUP-99",
        "escalate",
        "dance",
        "away until yesterday",
        "away until never",
        "away @nobody until friday",
        "away <@U0CASEY001> until friday",
        "away from friday until thursday",
        "new <#C0GENERAL1|general> something",
    ):
        answer = words(stage.sam.runs(typed))
        answers.append((typed, answer or shown(stage.sam.view())))
        if not answer:
            stage.control("close-view", user=stage.sam.id)
    assert answers == [
        ("status SUP-99", "There is no SUP-99."),
        ("status everything", "`everything` is no reference. Write it like `/frontdoor status SUP-12`."),
        ("escalate SUP-99", "Escalate | There is no SUP-99."),
        (
            "escalate",
            "Escalate | Say which request, like `/frontdoor escalate SUP-12` (none of them is yours).",
        ),
        ("dance", "There is no `/frontdoor dance`. `/frontdoor help` lists what there is."),
        (
            "away until yesterday",
            "`yesterday` is no moment I can read. Write `/frontdoor away until` and one of `18:00`, `tomorrow 9:00`, `friday`, `2026-11-25 09:00`, or `/frontdoor away for 3 days`; `/frontdoor away off` when you are back.",
        ),
        (
            "away until never",
            "`never` is no moment I can read. Write `/frontdoor away until` and one of `18:00`, `tomorrow 9:00`, `friday`, `2026-11-25 09:00`, or `/frontdoor away for 3 days`; `/frontdoor away off` when you are back.",
        ),
        (
            "away @nobody until friday",
            "`@nobody` is nobody I know: choose the person from the list Slack offers.",
        ),
        ("away <@U0CASEY001> until friday", "That person is not on the roster of the desk."),
        (
            "away from friday until thursday",
            "Sam Support is away from Fri 20 Nov 00:00 PKT until Fri 27 Nov 00:00 PKT.",
        ),
        (
            "new <#C0GENERAL1|general> something",
            "This is no client's channel, so it is not clear whose request it would be.",
        ),
    ]
    stage.nothing_more(1)


def test_strangers_and_clients_are_told_whom_the_command_is_for(stage: Stage) -> None:
    assert [words(stage.nora.runs("mine", "general"))] == [
        "This command is for the people of the desk. Ask the support lead to put you on the roster.",
    ]
    stage.nothing_more(1)


def test_nobody_sets_the_absence_of_somebody_else_without_the_right(stage: Stage) -> None:
    assert [words(stage.sam.runs("away <@U0LEE00001> until friday"))] == [
        "You can set your own absence, a development lead that of development, the support lead everybody's. Nothing was changed.",
    ]
    assert [words(stage.sol.runs("away <@U0LEE00001> until friday 09:00"))] == [
        "Lee Lead is away from Wed 18 Nov 14:00 PKT until Fri 20 Nov 09:00 PKT. Bo Backup has the lead's duties.",
    ]
    assert stage.happened() == [
        "14:00:00 support: Lee Lead is away from Wed 18 Nov 14:00 PKT until Fri 20 Nov 09:00 PKT. Bo Backup has the lead's duties.",
    ]


def test_the_shortcut_opens_a_request_from_a_message_once(stage: Stage) -> None:
    ts = stage.casey.writes("thanks!")
    stage.passes(seconds=10)
    assert stage.happened() == []
    for _ in range(2):
        stage.control(
            "message-shortcut",
            user=stage.sam.id,
            channel=CHANNELS["retail"],
            ts=ts,
            callback_id="open_request",
        )
    assert stage.happened() == [
        "14:00:10 retail, only sam: SUP-1 is open and yours.",
        "14:00:10 retail, only sam: This message belongs to SUP-1 already.",
        "14:00:10 support: card SUP-1 · Example Retail: With Sam Support of support.",
    ]
    stage.passes(seconds=10)
    assert stage.happened() == [
        "14:00:20 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support has taken it and will write to you here.",
    ]


def test_the_shortcut_escalates_the_request_of_a_message(stage: Stage) -> None:
    ts = wrote(stage)
    stage.happened()
    stage.control(
        "message-shortcut",
        user=stage.sam.id,
        channel=CHANNELS["retail"],
        ts=ts,
        callback_id="escalate_message",
    )
    assert stage.sam.fills(**BLOCK)["response_action"] is None
    assert stage.happened() == [
        "14:00:10 escalations: card SUP-1 · Example Retail: Escalated, to be acknowledged by Lee Lead.",
        "14:00:10 escalations thread: @lee *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 14:05 PKT, or we telephone.",
        "14:00:10 retail, only sam: SUP-1 is escalated.",
        "14:00:10 to lee: *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 14:05 PKT, or we telephone. / > Receipts do not print at one branch since this morning. / [Open the card] in #escalations",
    ]


def texts(home: str) -> list[str]:
    """The words of an App Home, one line a block."""
    found = []
    for block in json.loads(home)["blocks"]:
        parts = [block.get("text"), *block.get("elements", [])] if block["type"] != "divider" else []
        for part in parts:
            if part and part.get("type") == "button":
                found.append(f"[{part['text']['text']}]")
            elif part:
                found.append(plainly(part["text"]))
    return found


def test_app_home_shows_my_queue_with_its_clocks_and_a_client_nothing_of_ours(stage: Stage) -> None:
    wrote(stage)
    assert texts(stage.sky.home()) == [
        "Your desk",
        "You are on duty.",
        "[Open a request…]",
        "[I am away…]",
        "*[SUP-1]* · Example Retail · Waiting for somebody to take it / Printing fails at Harbour Street",
        "⏱ Wed 18 Nov 14:10 PKT: support is asked again, then telephoned",
        "[I take it]",
        "[Write to the client]",
        "[Resolve without development]",
        "[Escalate]",
        "[Change request]",
    ]
    stage.sam.on_card("claim")
    stage.sam.on_card("escalate")
    stage.sam.fills(**BLOCK)
    assert texts(stage.sam.home()) == [
        "Your desk",
        "You are on duty.",
        "[Open a request…]",
        "[I am away…]",
        "*[SUP-1]* · Example Retail · Escalated, to be acknowledged by Lee Lead / Receipts do not print at one branch since this morning.",
        "⏱ Wed 18 Nov 14:05 PKT: the development lead acknowledges by then, or is telephoned",
        "[Write to the client]",
        "[Severity]",
        "[Same cause…]",
    ]
    assert texts(stage.lee.home()) == [
        "Your desk",
        "You are on duty.",
        "[I am away…]",
        "*[SUP-1]* · Example Retail · Escalated, to be acknowledged by Lee Lead / Receipts do not print at one branch since this morning.",
        "⏱ Wed 18 Nov 14:05 PKT: the development lead acknowledges by then, or is telephoned",
        "[Acknowledge]",
        "[Pass on]",
        "[Call now]",
        "[Reached by voice]",
        "[Severity]",
    ]
    assert texts(stage.casey.home()) == [
        "Support",
        "Write in the channel that we share with you: every message there is answered, and gets a reference. / If production is down, press *Production is down* under our first answer.",
    ]


def test_a_form_that_arrives_twice_counts_once(stage: Stage) -> None:
    wrote(stage)
    stage.sam.on_card("claim")
    stage.sam.on_card("escalate")
    stage.happened()
    stage.control("fault", service="slack", method="interactive", mode="duplicate-delivery", times=1)
    assert stage.sam.fills(**BLOCK)["response_action"] is None
    assert stage.happened() == [
        "14:00:10 escalations: card SUP-1 · Example Retail: Escalated, to be acknowledged by Lee Lead.",
        "14:00:10 escalations thread: @lee *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 14:05 PKT, or we telephone.",
        "14:00:10 to lee: *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 14:05 PKT, or we telephone. / > Receipts do not print at one branch since this morning. / [Open the card] in #escalations",
    ]


def test_a_click_that_arrives_twice_counts_once(stage: Stage) -> None:
    wrote(stage)
    stage.happened()
    stage.control("fault", service="slack", method="interactive", mode="duplicate-delivery", times=1)
    stage.sam.on_card("claim")
    assert stage.happened() == [
        "14:00:10 support thread: Sam Support has taken it.",
    ]


def test_two_forms_for_one_request_the_second_is_told_why_not(stage: Stage) -> None:
    wrote(stage)
    stage.sam.on_card("escalate")
    stage.sky.on_card("escalate")
    assert stage.sam.fills(**BLOCK)["response_action"] is None
    stage.happened()
    second = stage.sky.tries(**BLOCK)
    assert list(second["errors"].items()) == [
        ("saas_name", "SUP-1 is escalated already. Nothing was changed."),
    ]
    assert stage.happened() == []


def test_a_stale_button_is_answered_and_changes_nothing(stage: Stage) -> None:
    wrote(stage)
    card = stage.card("support") | {"channel": "C0SUPPORT1"}
    stage.sam.on_card("claim")
    stage.sam.on_card("escalate")
    stage.sam.fills(**BLOCK)
    escalated = stage.card("escalations") | {"channel": "C0ESCALATE"}
    stage.lee.on_card("acknowledge")
    stage.happened()
    stage.sky.presses("claim", card, stale=True)
    stage.sky.presses("dismiss", card, stale=True)
    stage.sky.presses("answer", card, stale=True)
    stage.sky.fills(outcome="answered", text="Turn it off and on.")
    stage.bo.presses("acknowledge", escalated, stale=True)
    stage.sam.presses("call_now", escalated, stale=True)
    stage.lee.presses("pass_on", escalated, stale=True)
    assert stage.happened() == [
        "14:00:10 escalations, only bo: SUP-1 is already acknowledged by Lee Lead, Wed 18 Nov 14:00 PKT.",
        "14:00:10 escalations, only lee: SUP-1 is already acknowledged by you, Wed 18 Nov 14:00 PKT.",
        "14:00:10 escalations, only sam: SUP-1 is already acknowledged by Lee Lead. Nothing was changed.",
        "14:00:10 support, only sky: SUP-1 is already taken by Sam Support.",
        "14:00:10 support, only sky: SUP-1 is acknowledged already. Nothing was changed.",
    ]
