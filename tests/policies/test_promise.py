"""The one line in the client's thread (UP-3): what it says at every moment, and that a clock of ours stands behind it."""

from dataclasses import replace
from datetime import timedelta

from policies import promise
from policies.clocks import running
from policies.effects import Post, Revise
from policies.steps.common import DOWN
from policies.words import client as client_words
from tests.policies.cast import CLIENT, NOON, ROSTER, staff
from tests.policies.play import Play, assigned, claimed

LONDON = "Europe/London"
BEGINS = "*SUP-1*, received Wed 18 Nov 09:00 GMT."


def line(play: Play) -> str:
    """The line as it should stand now."""
    return plainly(promise.line(play.ticket, LONDON))


def plainly(text: str) -> str:
    """Moments by their fallback, in the client's zone."""
    while "<!date" in text:
        before, _, rest = text.partition("<!date")
        token, _, after = rest.partition(">")
        text = before + token.partition("|")[2] + after
    return text


def shown(play: Play) -> list[str]:
    """Everything that was written into the line, in order."""
    return [
        plainly(one.text)
        for one in play.said
        if isinstance(one, Post | Revise) and plainly(one.text).startswith("*SUP-1*, received")
    ]


def estimated(play: Play | None = None, minutes: float = 60) -> Play:
    """The client was told of an estimate."""
    play = assigned(play)
    play.update(minutes)
    play.relay(1)
    return play


def answered_by_the_bot() -> Play:
    """The bot gave the first response."""
    play = Play()
    play.write()
    play.wait(seconds=10)
    return play


def test_nothing_is_said_before_a_person_has_told_the_client_of_an_estimate() -> None:
    play = assigned()
    play.update(60)
    assert line(play) == ""
    assert shown(play) == []


def test_the_line_says_received_when_where_it_stands_and_when_the_next_word_comes() -> None:
    play = estimated()
    assert line(play) == f"{BEGINS} We are working on it. You hear from us again by Wed 18 Nov 10:00 GMT."


def test_the_line_takes_the_place_of_our_own_first_response_and_keeps_its_button() -> None:
    play = estimated(answered_by_the_bot())
    (there,) = [one for one in play.said if isinstance(one, Revise) and one.slot == "1:first_response"]
    assert plainly(there.text) == line(play)
    assert there.buttons == DOWN
    assert [one for one in play.said if isinstance(one, Post) and one.slot == "1:promise"] == []


def test_where_a_person_gave_the_first_response_the_line_is_said_once_and_then_only_edited() -> None:
    play = claimed()
    play.reply("I am looking")
    estimated(play)
    play.wait(minutes=95)
    play.resolve()
    play.relay(2)
    kinds = [
        (one.kind, one.slot)
        for one in play.said
        if isinstance(one, Post | Revise) and one.slot == "1:promise"
    ]
    assert kinds[0] == ("post", "1:promise")
    assert set(kinds[1:]) == {("revise", "1:promise")}


def test_a_moment_that_the_person_took_out_of_the_words_is_not_promised() -> None:
    play = assigned()
    play.update(60)
    play.relay(1, text="We have found the cause.")
    assert line(play) == ""
    assert play.ticket.word is None


def test_the_line_is_true_from_the_estimate_to_the_closing() -> None:
    play = estimated()
    play.wait(minutes=54)
    play.wait(minutes=8)
    play.update(60, text="A part is replaced")
    play.relay(2)
    play.resolve()
    play.relay(3)
    play.press("solved", CLIENT)
    play.press("close", staff("sam"))
    assert shown(play) == [
        f"{BEGINS} We are working on it. You hear from us again by Wed 18 Nov 10:00 GMT.",
        f"{BEGINS} We are working on it. It takes longer than expected. You hear from us again by Wed 18 Nov 10:30 GMT.",
        f"{BEGINS} We are working on it. You hear from us again by Wed 18 Nov 11:02 GMT.",
        f"{BEGINS} We believe that it is solved: please tell us whether it is.",
        f"{BEGINS} It is solved.",
        f"{BEGINS} It is closed.",
    ]


def test_a_resolution_that_nobody_sent_to_the_client_yet_is_not_told_by_the_line() -> None:
    play = estimated()
    before = line(play)
    play.resolve()
    assert line(play) == before


def test_whatever_moment_the_line_names_a_clock_of_ours_stands_behind_it() -> None:
    play = estimated()
    for _ in range(130):
        play.wait(minutes=1)
        word = play.ticket.word
        if word is not None and not word.late:
            assert running(play.ticket)["word", ""] == word.by > play.now
            assert plainly(client_words.line_next(word.by, LONDON, longer=word.longer)) in line(play)
    assert "we are late" in line(play)


def test_the_bots_own_moment_that_goes_by_asks_support_and_the_line_owns_up_to_it() -> None:
    play = estimated()
    play.wait(minutes=89)
    assert not any("and has not" in text for text in play.words("support_thread"))
    play.wait(minutes=1)
    assert [plainly(text) for text in play.words("support_thread") if "and has not" in text] == [
        "<@USAM> the client was told to hear from us by Wed 18 Nov 15:30 PKT, and has not. Please write to them now."
    ]
    assert line(play) == (
        f"{BEGINS} We are working on it. You were to hear from us by Wed 18 Nov 10:30 GMT: "
        "we are late, and our people have been told so."
    )
    play.reply("We are sorry, it takes another hour.")
    assert line(play) == f"{BEGINS} We are working on it."


def test_a_resolution_kept_from_the_client_past_the_promised_moment_is_late_too() -> None:
    play = estimated()
    play.wait(minutes=55)
    play.update(30, text="Almost")
    play.resolve()
    play.wait(minutes=40)
    assert "we are late" in line(play)


def test_a_revised_estimate_that_nobody_sent_on_does_not_spare_the_client_the_word_before_the_old_one() -> (
    None
):
    play = estimated(minutes=50)
    play.wait(minutes=30)
    play.update(120, text="It takes longer")
    play.wait(minutes=14)
    assert not any("longer than we said" in text for text in play.words("client_thread"))
    play.wait(minutes=1)
    assert len([text for text in play.words("client_thread") if "longer than we said" in text]) == 1
    assert line(play) == (
        f"{BEGINS} We are working on it. It takes longer than expected. You hear from us again by Wed 18 Nov 12:00 GMT."
    )


def test_a_revised_estimate_that_was_sent_on_has_its_own_warning_for_the_client() -> None:
    play = estimated(minutes=50)
    play.wait(minutes=30)
    play.update(120, text="It takes longer")
    play.relay(2)
    play.wait(minutes=107)
    assert not any("longer than we said" in text for text in play.words("client_thread"))
    play.wait(minutes=1)
    assert len([text for text in play.words("client_thread") if "longer than we said" in text]) == 1


def test_an_estimate_shortened_behind_the_clients_back_does_not_make_us_late_for_the_client() -> None:
    play = estimated(minutes=240)
    play.update(30, text="Sooner than thought")
    play.wait(minutes=30)
    assert play.rung() == ["lee"]
    play.wait(minutes=30)
    assert line(play) == f"{BEGINS} We are working on it. You hear from us again by Wed 18 Nov 13:00 GMT."
    assert not any("longer than we said" in text for text in play.words("client_thread"))
    play.wait(minutes=156)
    assert len([text for text in play.words("client_thread") if "longer than we said" in text]) == 1


def test_a_word_of_support_in_the_warning_counts_and_one_before_it_does_not() -> None:
    for minutes, promised in ((10, True), (49, False)):
        play = estimated()
        play.wait(minutes=minutes)
        play.reply("We are on it.")
        assert ("You hear from us again" in line(play)) is promised


def test_a_client_who_was_asked_reads_that_we_wait_for_the_answer() -> None:
    play = estimated()
    play.reply("Which printer?", asks=True)
    assert line(play) == (
        f"{BEGINS} We have asked you something, and wait for your answer. You hear from us again by Wed 18 Nov 10:00 GMT."
    )


def test_a_request_that_comes_back_is_open_again_in_the_same_line() -> None:
    play = estimated(answered_by_the_bot())
    play.resolve()
    play.relay(2)
    play.press("still_broken", CLIENT)
    assert line(play) == f"{BEGINS} It is open again."
    assert play.ticket.line == "1:first_response"
    play.press("claim", staff("sam"))
    play.escalate()
    assert line(play) == f"{BEGINS} It is open again."


def test_a_thread_that_was_merged_into_it_has_the_line_too() -> None:
    play = estimated()
    play.wait(minutes=20)
    play.write("The same here")
    play.merge(1)
    posts = [one for one in play.said if isinstance(one, Post) and one.slot == "1:promise:1"]
    assert [plainly(one.text) for one in posts] == [promise_of(play, 1)]
    play.focus = 1
    play.resolve()
    play.relay(2)
    revised = [one.to.thread for one in play.said[-12:] if isinstance(one, Revise) and "received" in one.text]
    assert len(revised) == 2
    assert len(set(revised)) == 2


def promise_of(play: Play, number: int) -> str:
    """The line of another request."""
    return plainly(promise.line(play.tickets[number], LONDON))


def test_the_moments_are_in_the_zone_of_the_client() -> None:
    clients = tuple(replace(one, zone="Asia/Tokyo") for one in ROSTER.clients)
    play = estimated(Play(roster=replace(ROSTER, clients=clients)))
    (first,) = shown(play)
    assert first.endswith("You hear from us again by Wed 18 Nov 19:00 JST.")
    assert play.ticket.word is not None
    assert play.ticket.word.by == NOON + timedelta(minutes=60)


def test_an_update_sent_on_after_its_own_moment_promises_nothing() -> None:
    play = assigned()
    play.update(12)
    play.wait(minutes=13)
    play.relay(1)
    assert play.ticket.word is None
    assert line(play) == f"{BEGINS} We are working on it."
