"""The cards: whatever a client writes, within Slack's limits, harmless, and with everything that matters."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.slack import answers, cards, duty, home
from handlers.slack.names import Desk
from policies.events import FIELDS, Block
from policies.people import Absence
from policies.terms import Terms
from policies.ticket import CodeChange, Ladder, Message, Stage, Ticket, Update, Workaround
from tests.handlers.slack.limits import message_problems, texts, view_problems
from tests.handlers.slack.stage import BLOCK, CASEY, NOW, RETAIL, ROSTER, SAM, escalated, ticket

DESK = Desk(roster=ROSTER, zone="Asia/Karachi")
HOSTILE = {
    "mentions": "<!channel> <!here|here> <@U0SAM00001> <#C0SUPPORT1|x> <!subteam^S1> please",
    "a disguised link": "<https://evil.example|https://bank.example>",
    "markup": "```code``` *bold* _it_ ~no~ `x` > quote",
    "very long": "0123456789 " * 1_200,
    "only ampersands": "&amp;" * 4_000,
    "emoji": "🔥" * 6_000,
    "right to left": "الطابعة لا تعمل \u202e evil \u2066",
    "empty": "",
    "many lines": "a\n" * 5_000,
    "control characters": "a\x00b\x1b[31mc",
}


def _all_of(text: str) -> list[Ticket]:
    block = Block(**{name: text or "Unknown" for name, _ in FIELDS})
    update = Update(number=1, at=NOW, by="devi", what="estimate", text=text, promise=NOW)
    workaround = Workaround(
        number=1, what=text, original=text, author="devi", lead="lee", revert_at=NOW, ask_at=NOW
    )
    change = CodeChange(number=1, entry="CHG-12-1", summary=text, urgent=True, scope="all")
    stages = [ticket(stage, text=text, owner="sam", lead="lee", developer="devi") for stage in Stage]
    full = escalated(
        block=block, updates=(update,) * 9, workarounds=(workaround,) * 9, code_changes=(change,) * 9
    )
    return [*stages, full]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_any_words_make_cards_that_slack_takes(text: str) -> None:
    for one in _all_of(text):
        for drawn in (cards.support(one, DESK), cards.escalation(one, DESK)):
            assert message_problems(drawn.text, drawn.blocks) == []


@given(st.text(max_size=4_000))
def test_any_text_at_all_makes_a_card_that_slack_takes(text: str) -> None:
    drawn = cards.escalation(escalated(block=replace(BLOCK, issue_detail=text, saas_url=text)), DESK)

    assert message_problems(drawn.text, drawn.blocks) == []


@pytest.mark.parametrize("text", [HOSTILE["mentions"], HOSTILE["a disguised link"], HOSTILE["markup"]])
def test_client_words_mention_nobody_link_nowhere_and_format_nothing(text: str) -> None:
    for one in (ticket(text=text), escalated(block=replace(BLOCK, issue_detail=text, branch=text))):
        for drawn in (cards.support(one, DESK), cards.escalation(one, DESK)):
            shown = "\n".join([drawn.text, *texts(drawn.blocks)])
            for live in (
                "<!channel",
                "<!here",
                "<!subteam",
                f"<@{'U0SAM00001'}",
                "<https",
                "|https",
                "```",
                "*bold",
            ):
                assert live not in shown


def test_long_words_are_cut_honestly() -> None:
    shown = "\n".join(texts(cards.support(ticket(text=HOSTILE["very long"]), DESK).blocks))

    assert "cut" in shown
    assert "13,199" in shown or "13199" in shown


def test_a_request_of_only_a_file_names_the_file() -> None:
    words = Message(
        channel=RETAIL, ts="1.1", at=NOW, author="U0CASEY001", side="client", text="", files=("till.png",)
    )

    shown = "\n".join(texts(cards.support(ticket(messages=(words,)), DESK).blocks))

    assert "till.png" in shown


def test_the_escalation_shows_the_whole_block_and_names_its_gaps() -> None:
    shown = "\n".join(texts(cards.escalation(escalated(), DESK).blocks))

    for name, label in FIELDS:
        assert label in shown
        assert getattr(BLOCK, name) in shown
    assert "*Build Version*\n⚠ Unknown" in shown


def test_the_text_alone_says_what_the_card_says() -> None:
    said = cards.escalation(escalated(), DESK).text

    for part in ("SUP-12", "Example Retail", "Lee Lead", "is telephoned", "Receipts do not print"):
        assert part in said


def test_the_ladder_is_seen_live() -> None:
    ringing = Ladder(purpose="acknowledge", round=2, person="bo", token="12-1", guard_at=NOW)
    pausing = Ladder(purpose="acknowledge", round=2, next_round_at=NOW + timedelta(minutes=5))

    assert "Calling Bo Backup now, round 2" in cards.escalation(escalated(ladder=ringing), DESK).text
    assert "Nobody was reached in round 2" in cards.escalation(escalated(ladder=pausing), DESK).text


def test_what_is_urgent_stands_before_what_it_is_about() -> None:
    ladder = Ladder(purpose="acknowledge", person="bo", token="12-1", guard_at=NOW)
    one = escalated(ladder=ladder, production_down=True)
    for drawn in (cards.support(one, DESK), cards.escalation(one, DESK)):
        shown = "\n".join(texts(drawn.blocks))

        wanted = [
            "SUP-12 · Example Retail",
            "Production is down",
            "to be acknowledged by Lee Lead",
            "Calling Bo Backup now.",
            "the development lead acknowledges by then",
            "since this morning" if "Issue Detail" in shown else "Printing fails",
            f"<@{CASEY}> in <#{RETAIL}>",
        ]
        assert [part for part in wanted if part not in shown] == []
        assert wanted == sorted(wanted, key=shown.index)


def test_clocks_at_which_only_the_bot_acts_give_way_to_the_one_people_keep() -> None:
    due = {"warn_at": 4, "neutral_at": 5, "promise_at": 6}
    moments = {name: NOW + timedelta(minutes=minutes) for name, minutes in due.items()}
    one = ticket(Stage.ASSIGNED, **moments)

    assert [item.kind for item in cards.shown_clocks(one, "Asia/Karachi")] == ["promise"]


def test_an_older_update_that_was_sent_makes_room_for_the_newest() -> None:
    sent = Update(number=1, at=NOW, by="devi", what="estimate", text="Old words", promise=NOW, relayed=True)
    new = Update(number=2, at=NOW, by="devi", what="estimate", text="New words", promise=NOW)

    shown = "\n".join(texts(cards.support(escalated(updates=(sent, new)), DESK).blocks))

    assert "Old words" not in shown
    assert "*not sent to the client yet*): New words" in shown


def test_what_a_person_answered_in_the_clients_thread_is_on_the_card() -> None:
    asked = ticket().messages[0]
    ours = Message(channel=RETAIL, ts="1.2", at=NOW, author=SAM, side="staff", text="Which till?")

    shown = "\n".join(texts(cards.support(ticket(messages=(asked, ours)), DESK).blocks))

    assert "↩ Sam Support answered" in shown
    assert "Which till?" in shown


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"outcome": "fixed"}, "Resolved (fixed), the client is to confirm"),
        ({"outcome": "client_side", "confirmed_by": "sam"}, "confirmed by Sam Support, to be closed"),
        (
            {
                "outcome": "fixed",
                "updates": (Update(number=1, at=NOW, by="devi", what="final", text="Done", promise=None),),
            },
            "Resolved (fixed), the client is still to be told",
        ),
    ],
)
def test_a_resolved_request_says_what_is_missing_until_it_is_closed(more: Any, said: str) -> None:
    assert said in cards.state(ticket(Stage.RESOLVED, **more), DESK)


def test_what_helped_stays_on_the_card() -> None:
    closed = ticket(Stage.CLOSED, outcome="answered", resolution="Restart the till.", cause="A full disk")

    shown = "\n".join(texts(cards.support(closed, DESK).blocks))

    assert "Resolution: Restart the till." in shown
    assert "Cause: A full disk" in shown


def test_a_request_that_waits_for_the_client_says_so() -> None:
    waiting = ticket(Stage.CLAIMED, owner="sam", silence_since=NOW)

    assert cards.state(waiting, DESK) == "With Sam Support of support, the client is to answer"


def test_moments_are_shown_in_each_readers_own_zone() -> None:
    assert (
        f"<!date^{int((NOW + timedelta(minutes=5)).timestamp())}^" in cards.escalation(escalated(), DESK).text
    )


def test_the_same_ticket_makes_the_same_card() -> None:
    assert cards.support(ticket(), DESK).digest == cards.support(ticket(), DESK).digest
    assert (
        cards.support(ticket(), DESK).digest
        != cards.support(ticket(owner="sam", stage=Stage.CLAIMED), DESK).digest
    )


def test_two_buttons_of_one_verb_stand_in_rows_of_their_own() -> None:
    drawn = cards.escalation(escalated(), DESK)

    pressed = [
        element["value"]
        for block in drawn.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    assert set(pressed) == {"12:"}


def test_home_is_the_own_queue_in_the_own_zone() -> None:
    lee = ROSTER.by_key["lee"]
    view = home.staff(lee, [escalated()], DESK, present=True)

    shown = "\n".join(texts(view["blocks"]))
    assert view_problems(view) == []
    assert "SUP-12" in shown
    assert "14:05 PKT" in shown
    assert "the development lead acknowledges by then" in shown


def test_home_leads_to_the_card_and_shows_the_buttons_of_its_side() -> None:
    lee = ROSTER.by_key["lee"]
    link = "https://frontdoor.example/archives/C0ESCALATE/p1"

    view = home.staff(lee, [escalated()], DESK, present=True, links=[link])

    assert f"*<{link}|SUP-12>*" in "\n".join(texts(view["blocks"]))
    assert "acknowledge" in str(view["blocks"])


def test_home_of_support_has_what_waits_for_anybody_and_the_most_urgent_first() -> None:
    later = replace(ticket(Stage.CLAIMED, owner="sam", attention_at=NOW + timedelta(hours=1)), id=1)
    sooner = replace(ticket(unclaimed_at=NOW + timedelta(minutes=9)), id=2)
    down = replace(
        ticket(Stage.CLAIMED, owner="sam", production_down=True, attention_at=NOW + timedelta(hours=9)), id=3
    )
    others = replace(ticket(Stage.CLAIMED, owner="sky"), id=4)

    mine = home.queue(ROSTER.by_key["sam"], [later, down])

    assert [one.id for one in home.joined(mine, [later, sooner, down, others])] == [3, 2, 1]


def test_a_developer_is_not_shown_what_support_has_to_finish() -> None:
    resolved = ticket(Stage.RESOLVED, owner="sam", developer="devi")

    assert home.queue(ROSTER.by_key["devi"], [resolved]) == ()
    assert home.queue(ROSTER.by_key["sam"], [resolved]) == (resolved,)


def test_home_holds_any_number_of_requests() -> None:
    crowd = [replace(one, id=number) for number, one in enumerate(_all_of(HOSTILE["very long"]) * 20)]

    view = home.staff(ROSTER.by_key["sam"], crowd, DESK, present=False)

    assert view_problems(view) == []


def test_the_answers_fit_into_a_message() -> None:
    crowd = [replace(one, id=number) for number, one in enumerate(_all_of(HOSTILE["very long"]) * 20)]

    assert len(answers.overview(crowd, DESK, "Asia/Karachi")) <= 4_000
    assert "200 requests are open" in answers.overview(crowd, DESK, "Asia/Karachi")
    assert len(answers.status(crowd[9], DESK, "Asia/Karachi")) <= 4_000


def test_the_rota_names_who_has_the_duty_and_who_is_away() -> None:
    gone = Absence(person="lee", start=NOW, end=NOW + timedelta(hours=3))
    desk = Desk(roster=replace(ROSTER, absences=(gone,)), zone="Asia/Karachi")

    said = duty.rota(desk, Terms(), NOW, "Asia/Karachi")

    assert "Escalations go to Bo Backup" in said
    assert "Lee Lead is away until Wed 18 Nov 17:00 PKT" in said
