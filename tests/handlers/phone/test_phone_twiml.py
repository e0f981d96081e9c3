"""What a call is told to do, as documents that Twilio can read whatever the words are."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.phone import twiml

ACTION = "https://frontdoor.example.test/phone/key/12-1?n=1&silent=2"


def read(document: str) -> ET.Element:
    """The document as Twilio parses it."""
    return ET.fromstring(document)  # noqa: S314 - our own text


def spoken(document: str) -> str:
    """The words of the only Say."""
    (say,) = read(document).iter("Say")
    return say.text or ""


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        ("Press 4.", "Press 4."),
        ('Fish & <chips> "salt" \'n vinegar', 'Fish & "salt" \'n vinegar'),
        ("a\x0bb\x00c\x1bd\x7fe", "a b c d e"),
        ("line one\n\nline\ttwo  ", "line one line two"),
        ("*Lee Lead* took `SUP-12` _already_", "Lee Lead took SUP-12 already"),
        ("snake_case 2*3", "snake_case 2*3"),
        ("at <!date^1763456400^{date_short_pretty} {time}|Wed 18 Nov 14:00 PKT>", "at Wed 18 Nov 14:00 PKT"),
        ("see <https://evil.example.test|the page> <@U0LEE00001> now", "see the page now"),
        ("</Say><Hangup/>", ""),
        ("lone \ud800 surrogate \ufffe", "lone surrogate"),
        ("پرنٹر 🖨", "پرنٹر 🖨"),
    ],
)
def test_a_voice_says_only_what_can_be_said(words: str, heard: str) -> None:
    """Markup, links, mentions and control characters are not for the ear, nor for an XML parser."""
    assert spoken(twiml.farewell(words)) == heard


def test_the_menu_waits_for_one_key_and_asks_again_after_silence() -> None:
    (gather,) = read(twiml.menu("Press 4.", ACTION))

    assert gather.tag == "Gather"
    assert gather.attrib == {
        "input": "dtmf",
        "numDigits": "1",
        "finishOnKey": "",
        "timeout": "8",
        "actionOnEmptyResult": "true",
        "method": "POST",
        "action": ACTION,
    }
    assert [(verb.tag, verb.text) for verb in gather] == [("Say", "Press 4.")]


def test_a_farewell_hangs_up() -> None:
    assert [verb.tag for verb in read(twiml.farewell("Goodbye."))] == ["Say", "Hangup"]


def test_waiting_pauses_and_comes_back() -> None:
    verbs = list(read(twiml.wait("One moment.", 5, ACTION)))

    assert [(verb.tag, verb.get("length"), verb.get("method")) for verb in verbs] == [
        ("Say", None, None),
        ("Pause", "5", None),
        ("Redirect", None, "POST"),
    ]
    assert verbs[2].text == ACTION


@given(st.text(max_size=6000) | st.text("&<>\"' a", min_size=3000, max_size=6000))
def test_any_words_make_a_document_within_the_limit(words: str) -> None:
    """Well-formed and at most 4,000 characters, however hostile or long the words are."""
    document = twiml.menu(words, ACTION)

    assert len(document) <= 4000
    assert twiml.speakable(words).startswith(spoken(document))


def test_long_words_are_cut_between_words() -> None:
    heard = spoken(twiml.farewell("fish&chips " * 1000))

    assert heard.endswith("fish&chips")
    assert len(heard) > 2500
