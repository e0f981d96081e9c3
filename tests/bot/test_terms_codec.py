"""Terms as they are kept: everything comes back, equal terms have one hash, other terms have another."""

import json
from dataclasses import fields, replace
from datetime import date, time, timedelta

import pytest

from bot import roster, terms_codec
from policies.hours import Days, Hours, Open, Plain, Span, Window
from policies.terms import Target, Terms
from tests.bot.stage import EXAMPLE

HOURS = Hours(
    zone="Asia/Karachi",
    windows=(
        Window(days=frozenset({0, 4}), start=time(9, 30), end=time(2), zone="Europe/London"),
        Window(days=frozenset({6}), start=time(1), end=time(2)),
    ),
    closed=frozenset({date(2026, 12, 25), date(2026, 1, 1)}),
    dated=((date(2026, 12, 24), (Span(start=time(9), end=time(12)),)),),
)
EVERYTHING = Terms(
    development=HOURS,
    close_silent=timedelta(days=9, microseconds=1),
    severities={
        "S1": Target(response=Plain(timedelta(hours=1)), resolution=None, updates=timedelta(minutes=5))
    }
    | {"S2": Target(response=Open(timedelta(hours=1)), resolution=Days(2), flagged=Days(1))},
    target_warnings=(0.5, timedelta(minutes=3)),
    next_reply=Open(timedelta(hours=4)),
)


def test_every_value_comes_back_as_it_was() -> None:
    """Also where two kinds of amount look alike."""
    for terms in (Terms(), EVERYTHING, roster.load(EXAMPLE).default_terms):
        assert terms_codec.load(terms_codec.dump(terms)) == terms


def test_equal_terms_have_one_hash_and_every_other_value_another() -> None:
    """However they were made; no key is left out of the hash."""
    again = replace(EVERYTHING, severities=dict(reversed(EVERYTHING.severities.items())))
    assert terms_codec.digest(again) == terms_codec.digest(EVERYTHING)
    plain = replace(EVERYTHING, next_reply=Plain(timedelta(hours=4)))
    others = [replace(EVERYTHING, **{item.name: "other"}) for item in fields(Terms)]
    assert len({terms_codec.digest(terms) for terms in (EVERYTHING, plain, *others)}) == len(others) + 2


def test_a_version_from_before_a_key_has_its_default_and_an_unknown_key_is_refused() -> None:
    """What is stored is read for ever, or loudly not."""
    body = json.loads(terms_codec.dump(EVERYTHING))
    del body["Terms"]["sms"]
    assert terms_codec.load(json.dumps(body)) == replace(EVERYTHING, sms=False)
    body["Terms"]["forgotten"] = 1
    with pytest.raises(ValueError, match="forgotten"):
        terms_codec.load(json.dumps(body))
    for wrong in ("[]", '{"us":1}', '{"Nothing":{}}', "7"):
        with pytest.raises(ValueError, match="no terms"):
            terms_codec.load(wrong)


def test_another_comment_makes_no_other_office_and_another_number_does() -> None:
    """The id is of what the file means."""
    text = EXAMPLE.read_text(encoding="utf-8")
    office = roster.parse(text)
    assert roster.parse(f"# a note\n{text}").id == office.id
    other = roster.parse(text.replace('acknowledge = "5 min"', 'acknowledge = "4 min"'))
    assert other.id != office.id
    assert other.terms_id("") != office.terms_id("") == terms_codec.digest(office.default_terms)
    assert office.versions == {office.terms_id("example-retail"): office.default_terms}
    moved = roster.parse(text.replace('phone = "+12025550111"', 'phone = "+12025550119"'))
    assert (moved.id != office.id, moved.terms_id("")) == (True, office.terms_id(""))
