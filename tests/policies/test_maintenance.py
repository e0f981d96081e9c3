"""Maintenance windows (PM-2): announced ahead to us, honest to the client, and no promise rests in them."""

from dataclasses import replace
from datetime import datetime, timedelta

from policies.clocks import running
from policies.decide import decide
from policies.decision import Announced, Decision, Refused
from policies.effects import Post
from policies.events.office import MaintenanceNears, SetMaintenance
from policies.maintenance import due, next_at, under_way, with_windows
from policies.people import Maintenance, Roster
from tests.policies.cast import CLIENT, NOON, ROSTER, staff
from tests.policies.play import Play

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def window(start: datetime, hours: float = 2, what: str = "New disks") -> Maintenance:
    return Maintenance(start=start, end=start + hours * HOUR, what=what)


def announced(*windows: Maintenance) -> Roster:
    return with_windows(ROSTER, [("retail", one) for one in windows])


def test_a_window_is_announced_a_day_and_an_hour_before() -> None:
    roster = announced(window(NOON + 2 * DAY))
    assert next_at(roster, NOON) == NOON + DAY
    assert next_at(roster, NOON + DAY) == NOON + 2 * DAY - HOUR
    assert next_at(roster, NOON + 2 * DAY - HOUR) is None
    assert [one.ahead for one in due(roster, NOON + DAY, NOON + DAY)] == [DAY]
    assert [one.ahead for one in due(roster, NOON + 2 * DAY - HOUR, NOON + 2 * DAY - HOUR)] == [HOUR]


def test_after_downtime_only_the_last_word_is_said_and_none_of_what_has_begun() -> None:
    roster = announced(window(NOON + 2 * DAY))
    assert [one.ahead for one in due(roster, NOON + DAY, NOON + 2 * DAY - HOUR / 2)] == [HOUR]
    assert due(roster, NOON + DAY, NOON + 2 * DAY) == ()


def test_what_was_over_when_the_window_was_set_is_not_said_by_the_clock_of_another_one() -> None:
    roster = announced(window(NOON + 3 * HOUR), window(NOON + 25 * HOUR))
    at = NOON + HOUR
    assert [one.window.start for one in due(roster, at, at)] == [NOON + 25 * HOUR]


def test_under_way_from_its_first_moment_to_before_its_last() -> None:
    roster = announced(window(NOON), window(NOON + HOUR, hours=5))
    ends = [under_way(roster, "retail", NOON + hours * HOUR) for hours in (-0.1, 0, 1, 2, 6)]
    assert [one and one.end for one in ends] == [
        None,
        NOON + 2 * HOUR,
        NOON + 6 * HOUR,
        NOON + 6 * HOUR,
        None,
    ]
    assert under_way(roster, "foods", NOON) is None


def _words(play: Play) -> list[str]:
    return [one.text for one in play.said if isinstance(one, Post) and one.to.kind == "client_thread"]


def test_in_a_window_the_first_response_says_so_and_everything_else_goes_on() -> None:
    play, plain = Play(roster=announced(window(NOON))), Play()
    for one in (play, plain):
        one.write()
        one.wait(minutes=0.5)
    assert _words(play)[0] == (
        "We have your message. Your reference is *SUP-1*. The maintenance that was announced is under way until "
        f"<!date^{int((NOON + 2 * HOUR).timestamp())}^{{date_short_pretty}} {{time}}|Wed 18 Nov 11:00 GMT>; until then "
        "some things may not work. Somebody from support will take it within 10 minutes."
    )
    assert running(play.ticket) == running(plain.ticket)
    assert play.ticket.aims == plain.ticket.aims


def sets(who: str, client: str, wanted: Maintenance | None, *known: Maintenance) -> Decision | Refused:
    event = SetMaintenance(key="k", at=NOON, actor=staff(who), client=client, window=wanted)
    return decide(event, None, Play(roster=announced(*known)).context())


def test_the_support_lead_and_the_leads_announce_it_and_nobody_else_does() -> None:
    soon = window(NOON + DAY)
    for who in ("sol", "lee", "bo"):
        decision = sets(who, "retail", soon)
        assert isinstance(decision, Decision)
        assert decision.maintenance == Announced(client="retail", window=soon, by=who)
    for who in ("sam", "devi"):
        refused = sets(who, "retail", soon)
        assert isinstance(refused, Refused)
        assert refused.why == (
            "Only the support lead, the development lead or the backup lead may announce maintenance. Nothing was changed."
        )
    event = SetMaintenance(key="k", at=NOON, actor=CLIENT, client="retail", window=soon)
    assert isinstance(decide(event, None, Play().context()), Refused)


def test_what_nobody_announced_is_not_said_to_have_ended() -> None:
    for known in ((), (window(NOON - 2 * HOUR),)):
        refused = sets("sol", "retail", None, *known)
        assert isinstance(refused, Refused)
        assert refused.why == "No maintenance is announced at Example Retail. Nothing was changed."


STAYS = (
    "This stands in *frontdoor.toml* and goes on: from "
    "<!date^1795078800^{date_short_pretty} {time}|Thu 19 Nov 14:00 PKT> until "
    "<!date^1795086000^{date_short_pretty} {time}|Thu 19 Nov 16:00 PKT>: New disks. "
    "To end it, take it out there; the support lead then applies the changed file."
)


def filed(*windows: Maintenance) -> Roster:
    """The roster with windows of Example Retail that stand in the file."""
    clients = (replace(one, maintenance=windows if one.key == "retail" else ()) for one in ROSTER.clients)
    return replace(ROSTER, clients=tuple(clients))


def ends(roster: Roster) -> Decision | Refused:
    event = SetMaintenance(key="k", at=NOON, actor=staff("sol"), client="retail", window=None)
    return decide(event, None, Play(roster=roster).context())


def test_a_window_of_the_file_is_not_said_to_have_ended_and_it_is_said_who_ends_it() -> None:
    refused = ends(filed(window(NOON + DAY)))
    assert isinstance(refused, Refused)
    assert refused.why == f"{STAYS} Nothing was changed."


def test_what_was_announced_by_command_ends_and_what_stands_in_the_file_is_named() -> None:
    both = with_windows(filed(window(NOON + DAY)), [("retail", window(NOON + DAY)), ("retail", window(NOON))])
    decision = ends(both)
    assert isinstance(decision, Decision)
    assert decision.maintenance == Announced(client="retail", window=None, by="sol")
    (post,) = decision.effects
    assert isinstance(post, Post)
    said = "Sol Cast ended the maintenance at *Example Retail* that was announced by command."
    assert (post.text, decision.said) == (f"{said} {STAYS}", f"{said} {STAYS}")


def test_many_windows_of_the_file_are_counted() -> None:
    refused = ends(filed(*(window(NOON + number * DAY, what=f"step {number}") for number in range(1, 6))))
    assert isinstance(refused, Refused)
    assert "step 3; and 2 more. To end it" in refused.why
    assert "step 4" not in refused.why


def test_it_is_said_in_the_support_channel_only() -> None:
    soon = window(NOON + DAY)
    nears = MaintenanceNears(key="k", at=NOON, actor=staff("sol"), client="retail", window=soon)
    for decision in (
        sets("sol", "retail", soon),
        sets("sol", "retail", None, soon),
        decide(nears, None, Play().context()),
    ):
        assert isinstance(decision, Decision)
        (post,) = decision.effects
        assert isinstance(post, Post)
        assert post.to.kind == "support"


def test_a_window_that_cannot_be_is_refused() -> None:
    for client, wanted in (
        ("nobody", window(NOON)),
        ("retail", window(NOON - 3 * HOUR)),
        ("retail", replace(window(NOON + HOUR), end=NOON + HOUR)),
    ):
        assert isinstance(sets("sol", client, wanted), Refused)
