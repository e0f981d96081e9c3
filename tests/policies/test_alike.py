"""Rounds of calls that go on alike are not decided one by one, and nothing of the answer changes by that."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from policies import events as e
from policies.events.terms import SetSeverity
from policies.people import Absence, Roster
from policies.people import Role as Part
from policies.questions import alike, rehearsal
from policies.questions.rehearsal import Rehearsal, Setting, Turn, play
from policies.rota import Cover, Rotation
from policies.terms import Terms
from policies.ticket import Ticket
from tests.policies.cast import BLOCK, CLIENT, NOON, ROSTER, TERMS, staff

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def writes(key: str, _ticket: Ticket | None) -> e.AnyEvent:
    """The client does."""
    return e.MessagePosted(key=key, at=NOON, actor=CLIENT, channel="C1", ts="1.1", text="The printer is dead")


def escalates(key: str, _ticket: Ticket | None) -> e.AnyEvent:
    """Sam does."""
    return e.Escalate(key=key, at=NOON + MINUTE, actor=staff("sam"), block=BLOCK)


def acknowledges(key: str, _ticket: Ticket | None) -> e.AnyEvent:
    """Lee does."""
    return e.Pressed(key=key, at=NOON + DAY, actor=staff("lee"), verb="acknowledge")


def calls_now(key: str, _ticket: Ticket | None) -> e.AnyEvent:
    """Sam does not wait for the next round."""
    return e.Pressed(key=key, at=NOON + DAY, actor=staff("sam"), verb="call_now")


def sets(severity: str) -> Callable[[str, Ticket | None], e.AnyEvent]:
    """Lee sets a severity."""

    def act(key: str, _ticket: Ticket | None) -> e.AnyEvent:
        at = NOON + 30 * MINUTE
        return SetSeverity(key=key, at=at, actor=staff("lee"), severity=severity)  # type: ignore[arg-type]  # of the table

    return act


def _away(*people: str) -> Roster:
    """They are, for a day and a bit, from the next morning on."""
    start = NOON + timedelta(hours=17, minutes=3)
    return replace(
        ROSTER, absences=tuple(Absence(person=one, start=start, end=start + 1.3 * DAY) for one in people)
    )


def _turns() -> Roster:
    """Lee and Bo take turns of a day as the lead, and Sol stands in for Bo on one of them."""
    people = tuple(
        replace(one, roles=one.roles | {Part.LEAD}) if one.key == "bo" else one for one in ROSTER.people
    )
    rotation = Rotation(
        people=("lee", "bo"), first=date(2026, 11, 1), at=time(9), zone="Asia/Karachi", days=1
    )
    cover = Cover(person="bo", by="sol", start=NOON + DAY, end=NOON + 1.5 * DAY)
    return replace(ROSTER, people=people, rota=((Part.LEAD, rotation),), covers=(cover,))


def _unreachable() -> Roster:
    """Nobody has a telephone."""
    return replace(ROSTER, people=tuple(replace(one, phone=None) for one in ROSTER.people))


def _shifts() -> Roster:
    """The backup is there in development's hours only."""
    people = tuple(replace(one, shift=TERMS.development) if one.key == "bo" else one for one in ROSTER.people)
    return replace(ROSTER, people=people)


def _setting(roster: Roster = ROSTER, *, telephone: bool = True, **terms: object) -> Setting:
    agreed: Terms = replace(TERMS, **terms)  # type: ignore[arg-type]  # by name
    return Setting(roster=roster, terms=agreed, zone="Asia/Karachi", telephone=telephone)


ALONE = (Turn(at=NOON, act=writes),)
ESCALATED = (*ALONE, Turn(at=NOON + MINUTE, act=escalates))
SETTINGS = {
    "as agreed": _setting(),
    "two are away for a day": _setting(_away("bo", "sol")),
    "everybody is away for a day": _setting(_away("lee", "bo", "sol", "sam", "sky")),
    "they take turns": _setting(_turns()),
    "the backup has hours": _setting(_shifts()),
    "nobody has a telephone": _setting(_unreachable()),
    "there is no telephone at all": _setting(telephone=False),
    "one pause": _setting(round_pauses=(7 * MINUTE,)),
    "pauses that grow late": _setting(round_pauses=(2 * MINUTE, 2 * MINUTE, 9 * MINUTE)),
    "a short alarm": _setting(calls_a_day=7),
    "low severities wait": _setting(low_waits=True),
    "a pause over midnight": _setting(round_pauses=(2 * MINUTE, timedelta(hours=5))),
}
SCRIPTS = {
    "nobody does anything": ALONE,
    "escalated": ESCALATED,
    "escalated as S1": (*ESCALATED, Turn(at=NOON + 30 * MINUTE, act=sets("S1"))),
    "escalated as S4": (*ESCALATED, Turn(at=NOON + 30 * MINUTE, act=sets("S4"))),
    "called at once a day later": (*ESCALATED, Turn(at=NOON + DAY, act=calls_now)),
    "acknowledged a day later": (*ESCALATED, Turn(at=NOON + DAY, act=acknowledges)),
}


def _all_of(played: Rehearsal) -> tuple[object, ...]:
    """What an answer is made of."""
    said = [(step.at, step.facts) for step in played.steps]
    return said, played.ticket, played.now, played.cut, played.turns


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("setting", SETTINGS)
def test_the_same_happens_as_when_every_round_is_decided(
    setting: str, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every fact with its moments, the request as it stands then, and where the steps were used up."""
    quickly = play(SETTINGS[setting], SCRIPTS[script], 2.5 * DAY)
    monkeypatch.setattr(alike, "last", lambda *_: None)
    assert _all_of(play(SETTINGS[setting], SCRIPTS[script], 2.5 * DAY)) == _all_of(quickly)


@pytest.mark.parametrize("most", [40, 41, 42, 43, 44, 300])
def test_what_is_cut_is_cut_at_the_same_step(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "MOST_STEPS", most)
    quickly = play(SETTINGS["as agreed"], SCRIPTS["escalated"], 10 * DAY)
    monkeypatch.setattr(alike, "last", lambda *_: None)
    slowly = play(SETTINGS["as agreed"], SCRIPTS["escalated"], 10 * DAY)
    assert (_all_of(slowly), quickly.cut) == (_all_of(quickly), True)


@pytest.mark.parametrize("minutes", [1, 7, 600, 601])
def test_it_is_played_on_from_wherever_it_was_left(minutes: int) -> None:
    """As a replay does, act by act."""
    whole = play(SETTINGS["they take turns"], ESCALATED, 2 * DAY)
    parts = Rehearsal(setting=SETTINGS["they take turns"], turns=list(ESCALATED), now=NOON)
    moment: datetime = NOON
    while moment < NOON + 2 * DAY:
        moment = min(moment + minutes * MINUTE, NOON + 2 * DAY)
        parts.run(moment)
    assert _all_of(parts) == _all_of(whole)


def test_a_month_is_decided_in_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one by one: otherwise whoever asks waits for many seconds."""
    decided = 0
    whole = rehearsal.decide

    def counted(*given: object) -> object:
        nonlocal decided
        decided += 1
        return whole(*given)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(rehearsal, "decide", counted)
    played = play(SETTINGS["as agreed"], SCRIPTS["escalated as S1"], 31 * DAY)
    assert len(played.steps) > 16_000
    assert decided < 3_000
