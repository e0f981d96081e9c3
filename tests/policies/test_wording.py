"""Words: a client's cannot mention, link or format; moments stand in the reader's zone; what is late is not said any more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.clocks import explain
from policies.effects import Place, Post, Sms
from policies.hours import next_open
from policies.markup import escape, inert, moment, plain, quoted, span, stamp
from policies.ticket import Ladder, Stage, Ticket
from policies.wanted import still_wanted
from policies.words import client as client_words
from policies.words import internal as wording
from tests.policies.cast import BLOCK, NOON, OTHER_CLIENT, ROSTER, TERMS, staff
from tests.policies.play import Play, escalated

MINUTE = timedelta(minutes=1)
TICKET = Ticket(id=1, ref="SUP-1", client="retail", channel="C1", thread="17.1", stage=Stage.ASSIGNED)


@given(st.text())
def test_quoted_words_hold_no_live_token_and_no_line_outside_the_quote(text: str) -> None:
    said = quoted(text)
    assert all(line.startswith("> ") for line in said.split("\n"))
    assert "<" not in said
    assert not set("*_~`") & set(said)
    assert said.count(">") == said.count("\n") + 1


@given(st.text())
def test_words_in_a_sentence_stay_in_it(text: str) -> None:
    said = inert(text)
    assert not set("<>*_~`\n") & set(said)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("<!channel> help", "(at)channel help"),
        ("<@U1|Boss>", "@Boss"),
        ("<@U1>", "(somebody)"),
        ("<#C1>", "(a channel)"),
        ("<https://bad.example|good.example>", "https://bad.example"),
        ("<mailto:a@b.example|mail>", "a@b.example"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("right\u202eleft", "rightleft"),
    ],
)
def test_slack_text_becomes_plain_words(raw: str, words: str) -> None:
    assert plain(raw) == words


def test_quoted_words_read_as_the_client_meant_them() -> None:
    assert quoted("a &lt;b&gt; &amp; <@U1|Boss>\u202e\nand more") == "> a &lt;b&gt; &amp; @Boss\n> and more"


def test_what_is_cut_says_so() -> None:
    assert quoted("x" * 2000).endswith("(cut here; 2000 characters in all)")


def test_moments_are_each_readers_own_with_a_fallback_in_the_asked_zone() -> None:
    assert moment(NOON, "Asia/Karachi").endswith("|Wed 18 Nov 14:00 PKT>")
    assert stamp(NOON, "Europe/London") == "Wed 18 Nov 09:00 GMT"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (45, "45 seconds"),
        (60, "1 minute"),
        (900, "15 minutes"),
        (7200, "2 hours"),
        (604800, "7 days"),
        (150, "2 minutes"),
    ],
)
def test_lengths_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_only_three_characters_are_escaped_in_what_support_writes() -> None:
    assert escape("<b> & *bold*") == "&lt;b&gt; &amp; *bold*"


def test_a_clients_name_is_escaped_where_it_is_said() -> None:
    play = Play()
    play.write("Oven", by=OTHER_CLIENT, channel="C2")
    play.press("production_down", OTHER_CLIENT)
    play.press("claim", staff("sam"))
    play.escalate(BLOCK)
    said = [text for text in play.words() if "Example Foods" in text]
    assert len(said) >= 3
    assert all("Example Foods &amp; Sons" in text for text in said)


def test_a_client_reads_moments_in_its_own_zone() -> None:
    night = NOON + timedelta(hours=12)
    assert "|Thu 19 Nov 03:00 GMT>" in client_words.back_at(next_open(TERMS.support, night), "Europe/London")


def test_nobody_to_mention_leaves_a_sentence() -> None:
    assert wording.relay_reminder("", 2) == "Update 2 has not been sent to the client yet."
    assert wording.relay_reminder("<@USAM>", 2) == "<@USAM> update 2 has not been sent to the client yet."


def post(slot: str, **more: object) -> Post:
    return replace(Post(slot=slot, to=Place(kind="client_thread"), text="x", lane="client"), **more)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("effect", "ticket", "wanted"),
    [
        (post("1:reply:e1"), TICKET, True),
        (post("1:reply:e1", not_after=NOON - MINUTE), TICKET, False),
        (post("1:reply:e1", not_after=NOON), TICKET, True),
        (post("1:first_response"), TICKET, True),
        (post("1:first_response"), replace(TICKET, stage=Stage.DISMISSED), False),
        (post("1:first_response"), replace(TICKET, stage=Stage.MERGED), False),
        (post("1:neutral:1"), TICKET, True),
        (post("1:neutral:1"), replace(TICKET, stage=Stage.RESOLVED), False),
        (post("1:reminder:20261118090000:0"), replace(TICKET, silence_since=NOON), True),
        (post("1:reminder:20261118090000:0"), TICKET, False),
        (post("1:relay_reminder:1:18090000"), TICKET, True),
        (Sms(person="lee", number="+12025550121", text="x"), replace(TICKET, ladder=Ladder(purpose="update", person="lee")), True),
        (Sms(person="lee", number="+12025550121", text="x"), TICKET, False),
    ],
)  # fmt: skip
def test_what_is_no_longer_wanted_is_not_sent(effect: Post | Sms, ticket: Ticket, wanted: bool) -> None:
    assert still_wanted(ticket, effect, NOON) == wanted


def test_a_text_message_says_nothing_of_the_client() -> None:
    play = escalated(Play(terms=replace(TERMS, sms=True)))
    play.wait(minutes=5)
    (sms,) = [effect for effect in play.said if isinstance(effect, Sms)]
    assert sms.text.startswith("Frontdoor: SUP-1: the escalation is not acknowledged.")
    assert not any(client.name in sms.text for client in ROSTER.clients)


def test_a_clock_says_what_follows_and_not_what_was_done_already() -> None:
    waiting = replace(TICKET, stage=Stage.NEW, unclaimed_at=NOON)
    asked = replace(TICKET, silence_at=NOON, silence_sent=2)
    said = [
        explain(one, "Asia/Karachi")[0].why
        for one in (waiting, replace(waiting, unclaimed_reminded=True), asked)
    ]
    assert said == [
        "Wed 18 Nov 14:00 PKT: support is asked again, then telephoned.",
        "Wed 18 Nov 14:00 PKT: support is telephoned.",
        "Wed 18 Nov 14:00 PKT: support is told of the silence.",
    ]
