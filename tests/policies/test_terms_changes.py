"""Other terms: what is different is said in sentences, and what it means for open requests before anybody applies it."""

from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

import pytest

from policies.decide import decide
from policies.decision import Decision, Refused
from policies.effects import Post, Revise
from policies.events import BOT, AnyEvent, Pressed
from policies.events.office import FileChanged, FileTaken, Moved, TermsChanged
from policies.hours import Days, Open, Plain, Span
from policies.people import Person, Role, Roster
from policies.terms import SEVERITIES, Target, Terms
from policies.terms_changes import changes, differences, moved
from policies.ticket import Ticket
from policies.words.office import effect, told_at
from tests.policies.cast import CLIENT, NOON, ROSTER, TERMS, staff
from tests.policies.play import Play

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Agreed:
    """What a file says, as far as it can differ."""

    roster: Roster = ROSTER
    default: Terms = TERMS
    own: dict[str, Terms] = field(default_factory=dict)
    zone: str = "Asia/Karachi"
    ref_prefix: str = "SUP-"
    support_channel: str = "C8"
    escalation_channel: str = "C9"
    feeds: tuple[object, ...] = ()

    def terms(self, client: str) -> Terms:
        return self.own.get(client, self.default)


def test_the_same_office_has_no_differences() -> None:
    assert differences(Agreed(), Agreed()) == ()


def test_terms_are_told_by_client_and_those_of_all_at_once() -> None:
    quick = replace(TERMS, acknowledge_outside=5 * MINUTE)
    assert differences(Agreed(), Agreed(default=quick)) == (
        "Every client: acknowledge_outside 15 minutes → 5 minutes.",
    )
    assert differences(Agreed(), Agreed(own={"foods": quick})) == (
        "Example Foods & Sons: acknowledge_outside 15 minutes → 5 minutes.",
    )


SLOWER = {**SEVERITIES, "S2": Target(response=Open(2 * HOUR), resolution=Days(1), flagged=Plain(HOUR))}
HOURS = TERMS.support


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("close_silent", 9 * HOUR, ["close_silent none → 9 hours"]),
        ("sms", True, ["sms no → yes"]),
        ("warning_share", 0.25, ["warning_share 20% → 25%"]),
        ("silence", (HOUR,), ["silence 1 day, 3 days → 1 hour"]),
        ("calls_a_day", 7, ["calls_a_day 60 → 7"]),
        ("next_reply", Open(4 * HOUR), ["next_reply none → 4 business hours"]),
        ("severities", SLOWER, ["S2 response 4 business hours → 2 business hours", "S2 flagged 2 hours → 1 hour"]),
        ("support", replace(HOURS, closed=frozenset({date(2026, 12, 25)})), ["support closed on 2026-12-25 too"]),
        (
            "support",
            replace(HOURS, windows=(replace(HOURS.windows[0], days=frozenset({0, 2}), end=time(17)),)),
            ["support daily 08:00–24:00 Asia/Karachi → mon wed 08:00–17:00 Asia/Karachi"],
        ),
        (
            "support",
            replace(HOURS, dated=((date(2026, 12, 24), (Span(start=time(9), end=time(12)),)),)),
            ["support other hours on 2026-12-24"],
        ),
    ],
)  # fmt: skip
def test_every_kind_of_value_is_told_as_people_say_it(key: str, value: object, said: list[str]) -> None:
    assert list(changes(TERMS, replace(TERMS, **{key: value}))) == said


def test_people_and_clients_that_come_go_or_change_are_named_and_no_telephone_number_is() -> None:
    sam, *others = ROSTER.people
    nia = Person(key="nia", name="Nia New", slack="UNIA", roles=frozenset({Role.SUPPORT}), zone="UTC")
    changed = replace(sam, phone="+12025550199", products=("Till",))
    retail = replace(ROSTER.clients[0], branches=("Dock Road",), change_process="By letter")
    new = Agreed(
        roster=replace(ROSTER, people=(changed, *others[1:], nia), clients=(retail,)), support_channel="C7"
    )
    said = differences(Agreed(), new)
    assert said == (
        "The desk: support_channel C8 → C7.",
        "Example Retail: branches Harbour Street → Dock Road; change_process none → By letter.",
        "No client any more: Example Foods & Sons.",
        "Sam Cast: another telephone number; products none → Till.",
        "New person: Nia New.",
        "No person any more: Sky Cast.",
    )
    assert "+1202" not in "".join(said)


def opened() -> tuple[Play, Ticket]:
    """A request of an hour ago; the terms have no business hours, so everything runs day and night."""
    play = Play()
    play.write()
    play.wait(minutes=60)
    return play, play.ticket


def test_the_effect_on_open_requests_names_each_target_and_what_would_be_late_at_once() -> None:
    play, ticket = opened()
    urgent = replace(
        TERMS,
        default_severity="S1",
        severities={**SEVERITIES, "S1": Target(response=Plain(30 * MINUTE), resolution=Plain(4 * HOUR))},
    )
    ctx = replace(play.context(), terms=urgent, terms_id="new")
    found = moved(ticket, ctx)
    assert found == (
        Moved("SUP-1", "response", NOON + 4 * HOUR, NOON + HOUR / 2, late=True),
        Moved("SUP-1", "resolution", NOON + 24 * HOUR, NOON + 4 * HOUR, late=False),
    )
    assert effect(found, told_at("UTC")) == (
        "SUP-1: response due Wed 18 Nov 13:00 UTC → Wed 18 Nov 09:30 UTC",
        "SUP-1: resolution due Thu 19 Nov 09:00 UTC → Wed 18 Nov 13:00 UTC",
        "1 open request would have other targets, 1 of them late at once.",
    )
    assert effect(moved(ticket, play.context()), told_at("UTC")) == ("No target of an open request moves.",)


def test_a_request_follows_the_terms_in_force_once_and_nobody_is_told_anything() -> None:
    play, ticket = opened()
    slow = replace(TERMS, severities={**SEVERITIES, "S2": Target(response=Plain(9 * HOUR), resolution=None)})
    ctx = replace(play.context(), terms=slow, terms_id="new")
    event = TermsChanged(key="k", at=play.now, actor=staff("sol"), ticket=ticket.id)
    first = decide(event, ticket, ctx)
    assert isinstance(first, Decision)
    assert [effect for effect in first.effects if isinstance(effect, Post)] == []
    assert [(fact.kind, fact.at) for fact in first.facts] == [("targeted", play.now)]
    after = play._kept(ticket, first)
    assert [(aim.kind, aim.due_at) for aim in after.aims] == [("response", NOON + 9 * HOUR)]
    assert decide(event, after, ctx) == Decision()


def test_only_the_support_lead_applies_a_changed_file_and_only_what_the_file_says_now() -> None:
    ctx = replace(Play().context(), in_force="old", proposed="new")

    def presses(who: str, subject: str) -> Decision | Refused:
        event = Pressed(key="k", at=NOON, actor=staff(who), verb="terms", subject=subject)
        return decide(event, None, ctx)

    for who in ("sam", "lee", "bo", "devi"):
        refused = presses(who, "new")
        assert isinstance(refused, Refused)
        assert refused.why == "Only the support lead may apply a changed frontdoor.toml. Nothing was changed."
    client = decide(Pressed(key="k", at=NOON, actor=CLIENT, verb="terms", subject="new"), None, ctx)
    assert isinstance(client, Refused)
    stale = presses("sol", "older")
    assert isinstance(stale, Refused)
    assert stale.why.startswith("frontdoor.toml says something else by now")
    nothing = decide(
        Pressed(key="k", at=NOON, actor=staff("sol"), verb="terms"), None, replace(ctx, proposed="")
    )
    assert isinstance(nothing, Refused)
    assert presses("sol", "old") == Decision(said="That is in force already.")
    applied = presses("sol", "new")
    assert isinstance(applied, Decision)
    assert applied.applies is not None
    assert (applied.applies.office, applied.applies.by) == ("new", "sol")


@pytest.mark.parametrize(
    ("event", "revised"),
    [
        (
            FileChanged(key="k", at=NOON, actor=BOT, office="third", changes=("Rota.",), instead="second"),
            (
                "terms:second",
                "The file was changed once more: a later message shows it. This cannot be applied any more.",
            ),
        ),
        (
            FileChanged(key="k", at=NOON, actor=BOT, office="first", changes=(), instead="second"),
            (
                "terms:second",
                "The file was changed once more: it says again what is in force. This cannot be applied any more.",
            ),
        ),
        (
            FileTaken(key="k", at=NOON, actor=BOT, office="second", changes=("Rota.",), since=NOON),
            ("terms:second", ":white_check_mark: This came into force with a start of the bot."),
        ),
        (
            Pressed(key="k", at=NOON, actor=staff("sol"), verb="terms", subject="second"),
            ("terms:second", ":white_check_mark: Sol Cast applied this."),
        ),
    ],
)
def test_a_change_that_is_settled_says_so_in_place_of_its_button(
    event: AnyEvent, revised: tuple[str, str]
) -> None:
    """Its words stay, so that one can read what it was."""
    ctx = replace(Play().context(), in_force="first", proposed="second")
    decision = decide(event, None, ctx)
    assert isinstance(decision, Decision)
    (one,) = [effect for effect in decision.effects if isinstance(effect, Revise)]
    assert ((one.slot, one.text), one.below, one.buttons) == (revised, True, ())


def test_a_change_that_is_shown_for_the_first_time_touches_no_other_message() -> None:
    event = FileChanged(key="k", at=NOON, actor=BOT, office="second", changes=("Rota.",))
    decision = decide(event, None, Play().context())
    assert isinstance(decision, Decision)
    assert [type(effect) for effect in decision.effects] == [Post]


def test_a_long_list_of_changes_is_cut_and_says_how_many_more_there_are() -> None:
    lines = tuple(f"Client {number}: sms no → yes." for number in range(20))
    event = FileChanged(key="k", at=NOON, actor=staff("sol"), office="new", changes=lines)
    decision = decide(event, None, Play().context())
    assert isinstance(decision, Decision)
    (post,) = decision.effects
    assert isinstance(post, Post)
    assert len(post.text.splitlines()) == 1 + 12 + 1 + 1
    assert "… and 8 more: `frontdoor terms diff FILE` lists them" in post.text
    assert [(button.verb, button.value) for button in post.buttons] == [("terms", "new")]
