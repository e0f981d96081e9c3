"""Severity 1 at night, with executives on both sides; and one cause behind three clients, who never read of each other."""

from pathlib import Path

from tests.journeys.driver import Stage
from tests.journeys.office import open_office
from tests.journeys.telling import BLOCK, CHANNELS, Json, buttons

EXECUTIVES = (
    (
        '# [[executives]]\n# name = "Ellis Executive"           # who it is\n',
        '[[executives]]\nname = "Ellis Executive"\nreach = "telephone"\n',
    ),
    (
        (
            "# executives = [                     # who hears of Severity 1 there, in business words\n"
            '#   { name = "Charlie Chief, managing director", reach = "telephone +44 20 7946 0019" },\n# ]\n'
        ),
        'executives = [{ name = "Charlie Chief", reach = "mail" }]\n',
    ),
)
THIRD = """
[[clients]]
key = "specimen-foods"
name = "Specimen Foods"
channels = ["C0GENERAL1"]
zone = "America/New_York"
"""

OTHERS = {
    "retail": ("Sample Clinics", "Specimen Foods", "SUP-2", "SUP-3"),
    "clinic": ("Example Retail", "Specimen Foods", "SUP-1", "SUP-3"),
    "general": ("Example Retail", "Sample Clinics", "SUP-1", "SUP-2"),
}
"""What a client must not read."""


def in_thread(stage: Stage, place: str, action: str) -> Json:
    """The last message of a channel with this button."""
    found = [one for one in stage.messages(place) if action in buttons(one)]
    return found[-1] | {"channel": CHANNELS[place]}


def informed(stage: Stage) -> None:
    """Sol has telephoned with the executives of both sides, and says so."""
    stage.sol.on_card("executives", place="support")
    assert stage.sol.fills(how="by telephone")["response_action"] is None


def estimate(stage: Stage, minutes: int, text: str) -> None:
    """Devi gives an estimate on the request that leads."""
    stage.devi.on_card("update")
    promise = int(stage.now().timestamp()) + minutes * 60
    assert stage.devi.fills(what="estimate", text=text, promise=promise)["response_action"] is None


def hotfix(stage: Stage) -> None:
    """Devi takes the hotfix path, and leaves out two of its steps."""
    stage.devi.on_card("code_change")
    stage.devi.fills(summary="Roll out the new key", scope="all", urgent="yes")
    for step, note in (("rollback_plan", "the old key is kept"), ("built", "812"), ("deployed", "812")):
        stage.devi.on_card("hotfix", place="escalations")
        assert stage.devi.fills(step=step, note=note)["response_action"] is None


def acknowledged_at_night(stage: Stage) -> None:
    """Production is down at two in the morning: Sam has escalated it, and Lee acknowledged."""
    stage.until("02:00")
    stage.casey.writes("Nothing can be sold, every till shows an error")
    stage.passes(seconds=10)
    stage.casey.presses("production_down", in_thread(stage, "retail", "production_down"))
    stage.sam.answers()
    stage.sam.keys("4")
    stage.sam.on_card("escalate")
    assert stage.sam.fills(**BLOCK)["response_action"] is None
    stage.lee.on_card("acknowledge")
    stage.happened()


def mended(stage: Stage) -> None:
    """The client hears of the estimate, and the hotfix is on its way."""
    informed(stage)
    stage.sam.presses("relay", in_thread(stage, "support", "relay"))
    hotfix(stage)
    stage.passes(minutes=10)
    assert stage.happened() == [
        "02:16:10 escalations thread: :white_check_mark: Sol Supportlead has informed the executives: Ellis Executive, Charlie Chief (by telephone).",
        "02:16:10 escalations thread: Code change *CHG-1-1* is logged for the hotfix path (all clients): Roll out the new key",
        "02:16:10 escalations thread: Hotfix, rollback plan (Devi Developer): the old key is kept",
        "02:16:10 escalations thread: Hotfix, built (Devi Developer): 812",
        "02:16:10 escalations thread: Hotfix, deployed (Devi Developer): 812 :warning: Without: reviewed, tested on staging.",
        "02:16:10 retail line: *SUP-1*, received Wed 18 Nov 21:00 GMT. We are working on it. You hear from us again by Wed 18 Nov 22:16 GMT.",
        "02:16:10 retail thread: An update: A payment key ran out; a new one is being rolled out. / You will hear from us again by Wed 18 Nov 22:16 GMT.",
    ]


def test_severity_1_at_night_has_an_engineer_at_once_and_executives_who_are_told_until_it_is_recorded(
    tmp_path: Path,
) -> None:
    with open_office(tmp_path, *EXECUTIVES) as stage:
        acknowledged_at_night(stage)
        stage.lee.on_card("set_severity", place="escalations")
        assert stage.lee.fills(severity="S1")["response_action"] is None
        assert stage.happened() == [
            "02:00:10 escalations thread: *Lee Lead* set *SUP-1* to *S1* (was S2). / Now a developer by Thu 19 Nov 03:00 PKT, a word to the client by Thu 19 Nov 03:00 PKT, resolved by Thu 19 Nov 06:00 PKT.",
            "02:00:10 escalations thread: :rotating_light: *SUP-1* is Severity 1, day and night. At once: / • Senior engineer: @lee names one now. / • Executives of both sides: @sol informs them; the draft is in support's thread. / • Hotfix path, when all users are concerned or it is down: rollback plan, built, reviewed, tested on staging, deployed, verified / For technicians: Since Thu 19 Nov 02:00 PKT; Till 4.2.1, Production; Printer, Web; at Harbour Street; known so far: nothing yet; engineer: none yet",
            "02:00:10 support thread: *Lee Lead* set *SUP-1* to *S1* (was S2). / Now a developer by Thu 19 Nov 03:00 PKT, a word to the client by Thu 19 Nov 03:00 PKT, resolved by Thu 19 Nov 06:00 PKT.",
            "02:00:10 support thread: @sol please inform the executives of both sides about *SUP-1*: it is Severity 1. Then record it. / For our own executives (Ellis Executive, telephone): / > Till at Example Retail has a critical disturbance since Thu 19 Nov 02:00 PKT. / > Impact: Production is down. Receipts do not print at one branch since this morning. / > What is being done: the development lead has taken it, and an engineer is being assigned. / > Next word: as soon as there is an estimate. / For Example Retail (Charlie Chief, mail): / > Till has a critical disturbance since Wed 18 Nov 21:00 GMT. / > Impact: Production is down. Receipts do not print at one branch since this morning. / > What is being done: the development lead has taken it, and an engineer is being assigned. / > Next word: as soon as there is an estimate. / For end users, if the client asks for words: / > Till does not work as it should at the moment. We know, and our engineers are working on it. We will tell you as soon as it works.",
            "02:00:10 to sol: Please inform the executives of both sides about *SUP-1*: it is Severity 1. Then record it. / > Example Retail: Receipts do not print at one branch since this morning. / [Open the card] in #support",
        ]
        stage.lee.on_card("assign")
        stage.lee.fills(developer="devi")
        stage.passes(minutes=16)
        assert stage.happened() == [
            "02:00:10 escalations thread: @devi this is yours. The next update is due by Thu 19 Nov 02:30 PKT: a preliminary resolution or an estimate.",
            "02:00:10 support thread: @sam Devi Developer is the engineer for *SUP-1* (Severity 1). The client can be told.",
            "02:00:10 to devi: *SUP-1*: this is yours. The next update is due by Thu 19 Nov 02:30 PKT: a preliminary resolution or an estimate. / > Example Retail: Receipts do not print at one branch since this morning. / [Open the card] in #escalations",
            "02:15:10 support thread: @sol it is not recorded yet that the executives know about *SUP-1*.",
            "02:15:10 to sol: It is not recorded yet that the executives know about *SUP-1*. / > Example Retail: Receipts do not print at one branch since this morning. / [Open the card] in #support",
        ]
        informed(stage)
        estimate(stage, 60, "A payment key ran out; a new one is being rolled out.")
        assert stage.happened() == [
            "02:16:10 escalations thread: :white_check_mark: Sol Supportlead has informed the executives: Ellis Executive, Charlie Chief (by telephone).",
            "02:16:10 escalations thread: *Devi Developer* gives update 1: / > A payment key ran out; a new one is being rolled out. / Estimate: Thu 19 Nov 03:16 PKT.",
            "02:16:10 support thread: @sam update 1 for the client. This is what they would read: / > An update: A payment key ran out; a new one is being rolled out. / >  / > You will hear from us again by Wed 18 Nov 22:16 GMT.",
            "02:16:10 support thread: @sol please inform the executives of both sides about *SUP-1*: it has another estimate. Then record it. / For our own executives (Ellis Executive, telephone): / > The critical disturbance of Till at Example Retail that began Thu 19 Nov 02:00 PKT goes on. / > Impact: Production is down. Receipts do not print at one branch since this morning. / > What is being done: an engineer is working on it, before everything else. / > Next word: Thu 19 Nov 03:16 PKT. / For Example Retail (Charlie Chief, mail): / > The critical disturbance of Till that began Wed 18 Nov 21:00 GMT goes on. / > Impact: Production is down. Receipts do not print at one branch since this morning. / > What is being done: an engineer is working on it, before everything else. / > Next word: Wed 18 Nov 22:16 GMT. / For end users, if the client asks for words: / > Till does not work as it should at the moment. We know, and our engineers are working on it. We expect more news by Wed 18 Nov 22:16 GMT.",
            "02:16:10 to sol: Please inform the executives of both sides about *SUP-1*: it has another estimate. Then record it. / > Example Retail: Receipts do not print at one branch since this morning. / [Open the card] in #support",
        ]
        mended(stage)
        stage.devi.on_card("resolve")
        stage.devi.fills(text="Tills sell again.")
        stage.sam.presses("relay", in_thread(stage, "support", "relay"))
        stage.sam.on_card("confirm")
        stage.sam.on_card("close")
        assert stage.happened() == [
            "02:26:10 escalations thread: *Devi Developer* gives update 2: / > Tills sell again.",
            "02:26:10 retail line: *SUP-1*, received Wed 18 Nov 21:00 GMT. We believe that it is solved: please tell us whether it is.",
            "02:26:10 retail line: *SUP-1*, received Wed 18 Nov 21:00 GMT. It is solved.",
            "02:26:10 retail line: *SUP-1*, received Wed 18 Nov 21:00 GMT. It is closed.",
            "02:26:10 retail thread: This is resolved: Tills sell again. / Please have a look: is everything in order now?",
            "02:26:10 retail thread: *SUP-1* is closed. Thank you. If it comes back, just write here within 7 days and we open it again.",
            "02:26:10 support thread: @sam update 2 for the client. This is what they would read: / > This is resolved: Tills sell again. / >  / > Please have a look: is everything in order now?",
            "02:26:10 support thread: @sol please inform the executives of both sides about *SUP-1*: it is resolved. Then record it. / For our own executives (Ellis Executive, telephone): / > The critical disturbance of Till at Example Retail that began Thu 19 Nov 02:00 PKT is resolved. / > Impact: Production was down. Receipts do not print at one branch since this morning. / > What was done: the fault is mended, and whoever reported it is asked to confirm that. / > Next word: only if something is left. / For Example Retail (Charlie Chief, mail): / > The critical disturbance of Till that began Wed 18 Nov 21:00 GMT is resolved. / > Impact: Production was down. Receipts do not print at one branch since this morning. / > What was done: the fault is mended, and whoever reported it is asked to confirm that. / > Next word: only if something is left. / For end users, if the client asks for words: / > Till works again. Thank you for your patience; you need not do anything.",
            "02:26:10 support thread: @sam Sam Support confirmed that *SUP-1* is solved. It can be closed.",
            "02:26:10 to sol: Please inform the executives of both sides about *SUP-1*: it is resolved. Then record it. / > Example Retail: Receipts do not print at one branch since this morning. / [Open the card] in #support",
        ]
        stage.nothing_more()


def three_requests(stage: Stage) -> None:
    """Two clients wrote and a third telephoned; Devi has the first request."""
    stage.control("join", user="U0FRONTBOT", channel=CHANNELS["general"])
    stage.casey.writes("Payments fail in every shop")
    stage.passes(seconds=1)
    stage.cleo.writes("Nobody can pay", "clinic")
    stage.passes(seconds=1)
    stage.sam.runs("new <#C0GENERAL1> They telephoned: payments are refused")
    stage.passes(seconds=10)
    for ref in ("SUP-1", "SUP-2"):
        stage.sam.on_card("claim", ref)
    stage.sam.on_card("escalate", "SUP-1")
    stage.sam.fills(**BLOCK)
    stage.lee.on_card("acknowledge")
    stage.lee.on_card("assign")
    stage.lee.fills(developer="devi")
    stage.happened()


def down_at_the_clinic(stage: Stage) -> None:
    """IN-5: one member says so, and the incident is as urgent as that."""
    stage.cleo.presses("production_down", in_thread(stage, "clinic", "production_down"))
    stage.sam.answers()
    stage.sam.keys("4")
    assert stage.happened() == [
        "14:00:12 calls sam",
        "14:00:12 clinic thread: Understood: production is down (*SUP-2*). We are telephoning our people now, and somebody will write to you here.",
        "14:00:12 escalations thread: :rotating_light: *Sample Clinics* says that production is down (*SUP-2*, same cause). *SUP-1* is as urgent as that.",
        "14:00:12 escalations thread: :telephone_receiver: Calling Sam Support: the client says that production is down.",
        "14:00:12 escalations thread: :telephone_receiver: Sam Support's telephone was picked up.",
        "14:00:12 escalations thread: Sam Support has heard of it.",
        "14:00:12 support: :rotating_light: *Sample Clinics* says that production is down (*[SUP-2]*). Telephoning support now.",
    ]


def test_one_cause_three_clients_one_approval_and_none_of_them_reads_of_another(tmp_path: Path) -> None:
    with open_office(tmp_path, more=THIRD) as stage:
        three_requests(stage)
        stage.sam.on_card("incident", "SUP-1", place="support")
        assert stage.sam.fills(members=["2"], title="payments down")["response_action"] is None
        assert "SUP-1 leads the incident." in stage.sam.runs("incident SUP-1 SUP-3")
        assert stage.happened() == [
            "14:00:12 escalations thread: *SUP-2* of Sample Clinics has the same cause: it is part of this incident “payments down” now, says Sam Support.",
            "14:00:12 escalations thread: *SUP-3* of Specimen Foods has the same cause: it is part of this incident “payments down” now, says Sam Support.",
            "14:00:12 support thread: Sam Support joined *SUP-2* to the incident of *SUP-1* (“payments down”): development works on it there, and one approval there sends each update here too. What the client writes is still answered here.",
            "14:00:12 support thread: Sam Support joined *SUP-3* to the incident of *SUP-1* (“payments down”): development works on it there, and one approval there sends each update here too. What the client writes is still answered here.",
        ]
        estimate(stage, 60, "A payment key ran out; it is mended for Sample Clinics first.")
        stage.sam.presses("relay", in_thread(stage, "support", "relay"))
        stage.sam.presses("relay_edit", in_thread(stage, "support", "relay_edit"))
        stage.sam.fills(text="A payment key ran out. You will hear from us again by Wed 18 Nov 10:00 GMT.")
        assert stage.happened() == [
            "14:00:12 clinic line: *SUP-2*, received Wed 18 Nov 13:00 +04. We are working on it. You hear from us again by Wed 18 Nov 14:00 +04.",
            "14:00:12 clinic thread: A payment key ran out. You will hear from us again by Wed 18 Nov 14:00 +04.",
            "14:00:12 escalations thread: *Devi Developer* gives update 1: / > A payment key ran out; it is mended for Sample Clinics first. / Estimate: Wed 18 Nov 15:00 PKT.",
            "14:00:12 general thread: A payment key ran out. You will hear from us again by Wed 18 Nov 05:00 EST.",
            "14:00:12 general thread: *SUP-3*, received Wed 18 Nov 04:00 EST. We are working on it. You hear from us again by Wed 18 Nov 05:00 EST.",
            "14:00:12 retail line: *SUP-1*, received Wed 18 Nov 09:00 GMT. We are working on it. You hear from us again by Wed 18 Nov 10:00 GMT.",
            "14:00:12 retail thread: A payment key ran out. You will hear from us again by Wed 18 Nov 10:00 GMT.",
            "14:00:12 support thread: @sam update 1 for the client. This is what they would read: / > An update: A payment key ran out; it is mended for Sample Clinics first. / >  / > You will hear from us again by Wed 18 Nov 10:00 GMT.",
            "14:00:12 support thread: Sam Support sent update 1 to the client: / > A payment key ran out. You will hear from us again by Wed 18 Nov 14:00 +04.",
            "14:00:12 support thread: Sam Support sent update 1 to the client: / > A payment key ran out. You will hear from us again by Wed 18 Nov 05:00 EST.",
            "14:00:12 support, only sam: These words name Sample Clinics, which other clients would read. Edit them first. Nothing was sent.",
        ]
        down_at_the_clinic(stage)
        stage.sam.on_card("leave_incident", "SUP-3", place="support")
        stage.devi.on_card("resolve")
        stage.devi.fills(text="The new key works.")
        stage.sam.presses("relay", in_thread(stage, "support", "relay"))
        stage.cleo.presses("solved", in_thread(stage, "clinic", "solved"))
        assert stage.happened() == [
            "14:00:12 clinic line: *SUP-2*, received Wed 18 Nov 13:00 +04. We believe that it is solved: please tell us whether it is.",
            "14:00:12 clinic line: *SUP-2*, received Wed 18 Nov 13:00 +04. It is solved.",
            "14:00:12 clinic thread: This is resolved: The new key works. / Please have a look: is everything in order now?",
            "14:00:12 clinic, only cleo: Thank you. Support closes it.",
            "14:00:12 escalations thread: *SUP-3* is no longer part of the incident of *SUP-1*.",
            "14:00:12 escalations thread: *Devi Developer* gives update 2: / > The new key works.",
            "14:00:12 retail line: *SUP-1*, received Wed 18 Nov 09:00 GMT. We believe that it is solved: please tell us whether it is.",
            "14:00:12 retail thread: This is resolved: The new key works. / Please have a look: is everything in order now?",
            "14:00:12 support thread: *SUP-3* is no longer part of the incident of *SUP-1*.",
            "14:00:12 support thread: @sam update 2 for the client. This is what they would read: / > This is resolved: The new key works. / >  / > Please have a look: is everything in order now?",
            "14:00:12 support thread: Sam Support sent update 2 to the client: / > This is resolved: The new key works. / >  / > Please have a look: is everything in order now?",
            "14:00:12 support thread: @sam @cleo confirmed that *SUP-2* is solved. It can be closed.",
        ]
        for place, others in OTHERS.items():
            assert [words for words in stage.said(place) for name in others if name in words] == []
