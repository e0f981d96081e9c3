"""What a severity promises is said before it lapses, once, to those who can act, and not while the client is asked."""

from pathlib import Path

from tests.journeys.driver import Stage
from tests.journeys.office import open_office
from tests.journeys.telling import buttons

OFFICE = """[hours.business]
zone = "Asia/Karachi"
windows = [{ days = ["mon", "tue", "wed", "thu", "fri"], from = "09:00", to = "17:00" }]
closed = [2026-11-23]

[hours.development]
zone"""


PATIENT = ('attention = "30 min"', 'attention = "90 days"')
"""Nobody is reminded of a request that stands still."""


def taken(stage: Stage) -> str:
    """Casey has written, and Sam has it a minute later; the message's ts."""
    ts = stage.casey.writes("Printing fails at Harbour Street since this morning")
    stage.passes(minutes=1)
    stage.sam.on_card("claim")
    stage.happened()
    return ts


def test_severity_2_flagged_at_night_is_proposed_accepted_and_counts_through_the_night(
    tmp_path: Path,
) -> None:
    with open_office(tmp_path, PATIENT) as stage:
        stage.until("23:30")
        taken(stage)
        assert "Proposed. The lead decides." in stage.sam.runs("severity SUP-1 S2 urgent half of the tills")
        asked = stage.messages("escalations")[-1] | {"channel": "C0ESCALATE"}
        stage.lee.presses("severity", asked)
        stage.until("02:00")
        assert stage.happened() == [
            "01:00:00 support thread: @sam *SUP-1* (S2): a developer is promised by Thu 19 Nov 01:30 PKT, 25% of 2 hours left.",
            "01:15:00 support thread: @sam *SUP-1* (S2): a developer is promised by Thu 19 Nov 01:30 PKT, 15 minutes of 2 hours left.",
            "01:30:00 support thread: :warning: @sam *SUP-1* (S2): a developer was promised by Thu 19 Nov 01:30 PKT (2 hours) and nobody has it.",
            "23:31:00 escalations: @lee *Sam Support* proposes *S2, flagged out of hours* for *SUP-1* (now S2): half of the tills.",
            "23:31:00 escalations: *Lee Lead* set *SUP-1* to *S2, flagged out of hours*: half of the tills. / Now a developer by Thu 19 Nov 01:30 PKT, resolved by Thu 19 Nov 22:00 PKT.",
            "23:31:00 support thread: *Lee Lead* set *SUP-1* to *S2, flagged out of hours*: half of the tills. / Now a developer by Thu 19 Nov 01:30 PKT, resolved by Thu 19 Nov 22:00 PKT.",
        ]


def test_severity_1_proposed_at_night_rings_those_who_decide_until_one_of_them_has(tmp_path: Path) -> None:
    """As soon as an escalation would be rung for; before the escalation support reads each call in the request's thread."""
    with open_office(tmp_path, PATIENT) as stage:
        stage.until("23:30")
        taken(stage)
        assert "we telephone." in stage.sam.runs("severity SUP-1 S1 every till is down")
        asked = stage.messages("escalations")[-1] | {"channel": "C0ESCALATE"}
        stage.passes(minutes=15, seconds=25)
        stage.bo.answers()
        stage.bo.keys("4")
        assert stage.bo.heard() == [
            "Hello Bo Backup. This is Frontdoor. S U P 1 is proposed as Severity 1 and waits for your decision. Press 4 to say that you have heard it, 5 to pass on to the next person, star to repeat.",
            "Thank you. You have 10 minutes. Goodbye.",
        ]
        stage.passes(minutes=10)
        stage.lee.presses("severity", asked)
        stage.passes(minutes=10)
        assert stage.happened() == [
            "23:31:00 escalations: @lee *Sam Support* proposes *S1* for *SUP-1* (now S2): every till is down. Please decide by Wed 18 Nov 23:46 PKT, or we telephone.",
            "23:46:00 calls lee",
            "23:46:00 support thread: :telephone_receiver: Calling Lee Lead: Severity 1 is proposed and nobody has decided.",
            "23:46:25 calls bo",
            "23:46:25 support thread: :telephone_receiver: Lee Lead did not answer.",
            "23:46:25 support thread: :telephone_receiver: Calling Bo Backup: Severity 1 is proposed and nobody has decided.",
            "23:46:25 support thread: :telephone_receiver: Bo Backup's telephone was picked up.",
            "23:46:25 support thread: Bo Backup has heard that Severity 1 is proposed and nobody has decided, and has until Wed 18 Nov 23:56 PKT.",
            "23:56:25 calls lee",
            "23:56:25 escalations: *Lee Lead* set *SUP-1* to *S1* (was S2): every till is down. / Now a developer by Thu 19 Nov 00:30 PKT, a word to the client by Thu 19 Nov 00:30 PKT, resolved by Thu 19 Nov 03:30 PKT.",
            "23:56:25 hangs up: canceled",
            "23:56:25 support thread: :telephone_receiver: Calling Lee Lead: Severity 1 is proposed and nobody has decided.",
            "23:56:25 support thread: *Lee Lead* set *SUP-1* to *S1* (was S2): every till is down. / Now a developer by Thu 19 Nov 00:30 PKT, a word to the client by Thu 19 Nov 00:30 PKT, resolved by Thu 19 Nov 03:30 PKT.",
            "23:56:25 support thread: :rotating_light: *SUP-1* is Severity 1, day and night. At once: / • Senior engineer: escalate it now, so that one can be named. / • Executives of both sides: no contact is recorded on either side. Please have them recorded. / • Hotfix path, when all users are concerned or it is down: rollback plan, built, reviewed, tested on staging, deployed, verified / For technicians: Since Wed 18 Nov 23:30 PKT; known so far: nothing yet; engineer: none yet",
        ]
        settled = stage.messages("escalations")[0]
        assert settled["text"] == (
            "*Sam Support* proposes *S1* for *SUP-1* (now S2): every till is down.\n"
            ":white_check_mark: *Lee Lead* set it to *S1*."
        )
        assert buttons(settled) == []


def test_severity_3_over_a_weekend_with_a_holiday_disturbs_nobody_before_tuesday(tmp_path: Path) -> None:
    with open_office(tmp_path, PATIENT, ("[hours.development]\nzone", OFFICE)) as stage:
        stage.passes(days=2, hours=1)
        taken(stage)
        stage.lee.on_card("set_severity")
        assert stage.lee.fills(severity="S3", why="A workaround is there")["response_action"] is None
        assert stage.happened() == [
            "15:01:00 support thread: *Lee Lead* set *SUP-1* to *S3* (was S2): A workaround is there. / Now a developer by Tue 24 Nov 15:00 PKT, resolved by Mon 30 Nov 15:00 PKT.",
        ]
        stage.passes(days=3, hours=21)
        assert stage.happened() == []
        stage.passes(hours=4)
        assert stage.happened() == [
            "13:00:00 support thread: @sam *SUP-1* (S3): a developer is promised by Tue 24 Nov 15:00 PKT, 25% of 1 business day left.",
            "14:45:00 support thread: @sam *SUP-1* (S3): a developer is promised by Tue 24 Nov 15:00 PKT, 15 minutes of 1 business day left.",
            "15:00:00 support thread: :warning: @sam *SUP-1* (S3): a developer was promised by Tue 24 Nov 15:00 PKT (1 business day) and nobody has it.",
        ]


def test_a_severity_that_is_raised_after_half_the_time_has_half_the_time_left(tmp_path: Path) -> None:
    with open_office(tmp_path, PATIENT) as stage:
        taken(stage)
        stage.passes(minutes=29)
        assert "SUP-1 is S1." in stage.sol.runs("severity SUP-1 S1 nobody can sell")
        assert stage.happened()[0] == (
            "14:30:00 support thread: *Sol Supportlead* set *SUP-1* to *S1* (was S2): nobody can sell. / Now a developer by Wed 18 Nov 15:00 PKT, a word to the client by Wed 18 Nov 15:00 PKT, resolved by Wed 18 Nov 18:00 PKT."
        )
        stage.passes(minutes=31)
        assert stage.happened() == [
            "14:45:00 support thread: @sam *SUP-1* (S1): a developer is promised by Wed 18 Nov 15:00 PKT, 15 minutes of 1 hour left.",
            "14:45:10 support thread: @sam *SUP-1* (S1): the client expects a word by Wed 18 Nov 15:00 PKT, 15 minutes of 1 hour left.",
            "15:00:00 support thread: :warning: @sam *SUP-1* (S1): a developer was promised by Wed 18 Nov 15:00 PKT (1 hour) and nobody has it.",
            "15:00:10 support thread: :warning: @sam *SUP-1* (S1): the client has heard nothing since Wed 18 Nov 14:00 PKT; a word was promised within 1 hour.",
        ]


def test_a_client_who_is_asked_and_answers_twice_puts_the_targets_off_twice(tmp_path: Path) -> None:
    """Two hours of asking: what was due at six is due at eight."""
    with open_office(tmp_path, PATIENT) as stage:
        root = taken(stage)
        for _ in range(2):
            stage.passes(minutes=30)
            stage.sam.on_card("reply")
            stage.sam.fills(text="Which printer?", asks="yes")
            stage.passes(hours=1)
            stage.casey.replies("The one at the till", root)
        stage.until("20:00")
        assert stage.happened() == [
            "14:31:00 retail thread: Which printer?",
            "14:31:00 support thread: Sam Support wrote to the client: / > Which printer?",
            "15:31:00 support thread: @casey writes: / > The one at the till",
            "16:01:00 retail thread: Which printer?",
            "16:01:00 support thread: Sam Support wrote to the client: / > Which printer?",
            "17:01:00 support thread: @casey writes: / > The one at the till",
            "19:00:00 support thread: @sam *SUP-1* (S2): a developer is promised by Wed 18 Nov 20:00 PKT, 25% of 4 business hours left.",
            "19:45:00 support thread: @sam *SUP-1* (S2): a developer is promised by Wed 18 Nov 20:00 PKT, 15 minutes of 4 business hours left.",
            "20:00:00 support thread: :warning: @sam *SUP-1* (S2): a developer was promised by Wed 18 Nov 20:00 PKT (4 business hours) and nobody has it.",
        ]


def test_an_intensive_period_that_ends_in_the_middle_of_a_request_ends_for_the_next_one(
    tmp_path: Path,
) -> None:
    """The last of the thirty days: what began in it keeps its halved response, whatever is set on the day after."""
    with open_office(tmp_path, PATIENT, ("live_on = 2025-03-03", "live_on = 2026-10-20")) as stage:
        taken(stage)
        stage.passes(hours=24)
        assert stage.happened()[:3] == [
            "13:45:00 support thread: @sam *SUP-1* (S2): the resolution is aimed at by Thu 19 Nov 14:00 PKT, 15 minutes of 1 business day left.",
            "14:00:00 support thread: :warning: @sam *SUP-1* (S2): the resolution was aimed at by Thu 19 Nov 14:00 PKT (1 business day). Does the client know until when it takes?",
            "15:30:00 support thread: @sam *SUP-1* (S2): a developer is promised by Wed 18 Nov 16:00 PKT, 25% of 2 business hours left.",
        ]
        stage.casey.writes("The stock list is empty")
        stage.passes(minutes=1)
        stage.sam.on_card("claim", "SUP-2")
        stage.happened()
        for ref in ("SUP-1", "SUP-2"):
            stage.lee.runs(f"severity {ref} S4 only the colour")
        assert stage.happened() == [
            "14:02:00 support thread: *Lee Lead* set *SUP-1* to *S4* (was S2): only the colour.",
            "14:02:00 support thread: :warning: @sam *SUP-1* (S4): a developer was promised by Thu 19 Nov 14:00 PKT (1 business day) and nobody has it.",
            "14:02:00 support thread: *Lee Lead* set *SUP-2* to *S4* (was S2): only the colour. / Now a developer by Sat 21 Nov 14:01 PKT.",
        ]
