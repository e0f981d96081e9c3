"""The terms change while requests are open: shown first, applied by the one with the right, and the clocks move once."""

import os
import signal
from pathlib import Path

from tests.journeys.driver import HOME, Stage, open_stage
from tests.journeys.telling import Json, buttons

SHOWN = "*frontdoor.toml* says something else than what is in force. Nothing is changed until the support lead applies it: @sol"
APPLIED = (
    ":white_check_mark: Sol Supportlead applied the changed *frontdoor.toml*. It is in force from now on; "
    "open requests are computed anew from their own start."
)


def copied(folder: Path) -> Path:
    """The example office in a file of one's own; nobody is reminded of a request that stands still."""
    path = folder / "frontdoor.toml"
    text = (HOME / "frontdoor.example.toml").read_text(encoding="utf-8")
    path.write_text(text.replace('attention = "30 min"', 'attention = "9 days"'), encoding="utf-8")
    return path


def edits(stage: Stage, path: Path, old: str, new: str) -> None:
    """Somebody edits the file, and the bot looks at it."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert stage.bot.process is not None
    os.kill(stage.bot.process.pid, signal.SIGHUP)
    stage.control("clock/settle")


def shown(stage: Stage) -> Json:
    """The last message with the button."""
    found = [one for one in stage.messages("support") if "terms" in buttons(one)]
    return found[-1] | {"channel": "C0SUPPORT1"}


def settled(stage: Stage) -> list[str]:
    """What became of the changes that were shown and have no button any more, oldest first."""
    found = [one for one in stage.messages("support") if one["text"].startswith("*frontdoor.toml* says")]
    return [
        one["text"].splitlines()[-1].removeprefix(":white_check_mark: ") for one in found if not buttons(one)
    ]


def test_terms_that_change_are_shown_applied_by_the_support_lead_and_move_the_targets_once(
    tmp_path: Path,
) -> None:
    path = copied(tmp_path)
    stage = open_stage(tmp_path, FRONTDOOR_CONFIG=str(path))
    try:
        stage.casey.writes("Printing fails")
        stage.passes(minutes=2)
        stage.sam.on_card("claim")
        stage.until("17:30")
        assert stage.happened() == [
            "14:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
            "14:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
            "14:02:00 support thread: Sam Support has taken it.",
            "17:00:00 support thread: @sam *SUP-1* (S2): a developer is promised by Wed 18 Nov 18:00 PKT, 25% of 4 business hours left.",
        ]

        edits(stage, path, 'from = "13:00", to = "22:00"', 'from = "13:00", to = "21:00"')
        first = shown(stage)
        for person in (stage.sam, stage.lee, stage.sol):
            person.presses("terms", first)
        stage.sol.presses("terms", first, stale=True)
        stage.until("17:50")
        assert settled(stage) == ["Sol Supportlead applied this."]
        hours = "daily 13:00–22:00 Asia/Karachi → daily 13:00–21:00 Asia/Karachi"
        assert stage.happened() == [
            f"17:30:00 support: {SHOWN} / No target of an open request moves. / • Every client: development {hours}; business {hours}.",
            f"17:30:00 support: {APPLIED}",
            "17:30:00 support, only lee: Only the support lead may apply a changed frontdoor.toml. Nothing was changed.",
            "17:30:00 support, only sam: Only the support lead may apply a changed frontdoor.toml. Nothing was changed.",
            "17:30:00 support, only sol: Applied: it is in force within seconds.",
            "17:30:00 support, only sol: That is in force already.",
            "17:45:00 support thread: @sam *SUP-1* (S2): a developer is promised by Wed 18 Nov 18:00 PKT, 15 minutes of 4 business hours left.",
        ]

        edits(stage, path, 'from = "13:00", to = "21:00"', 'from = "13:00", to = "17:00"')
        stage.sol.presses("terms", shown(stage))
        stage.until("14:05")
        hours = "daily 13:00–21:00 Asia/Karachi → daily 13:00–17:00 Asia/Karachi"
        assert stage.happened() == [
            "13:00:00 support thread: @sam *SUP-1* (S2): a developer is promised by Thu 19 Nov 14:00 PKT, 25% of 4 business hours left.",
            "13:00:00 support thread: @sam *SUP-1* (S2): the resolution is aimed at by Thu 19 Nov 14:00 PKT, 25% of 1 business day left.",
            "13:45:00 support thread: @sam *SUP-1* (S2): a developer is promised by Thu 19 Nov 14:00 PKT, 15 minutes of 4 business hours left.",
            "13:45:00 support thread: @sam *SUP-1* (S2): the resolution is aimed at by Thu 19 Nov 14:00 PKT, 15 minutes of 1 business day left.",
            "14:00:00 support thread: :warning: @sam *SUP-1* (S2): a developer was promised by Thu 19 Nov 14:00 PKT (4 business hours) and nobody has it.",
            "14:00:00 support thread: :warning: @sam *SUP-1* (S2): the resolution was aimed at by Thu 19 Nov 14:00 PKT (1 business day). Does the client know until when it takes?",
            f"17:50:00 support: {SHOWN} / 1 open request would have other targets, none of them late at once. / • Every client: development {hours}; business {hours}. / • SUP-1: response due Wed 18 Nov 18:00 PKT → Thu 19 Nov 14:00 PKT",
            f"17:50:00 support: {APPLIED}",
            "17:50:00 support, only sol: Applied: it is in force within seconds.",
        ]
        assert [fact["because"] for fact in stage.timeline("SUP-1") if fact["kind"] == "targeted"] == [
            "opened",
            "terms",
            "terms",
        ]
        assert stage.bot.complaints() == []
    finally:
        stage.close()


def test_a_broken_file_keeps_the_last_good_one_in_force_and_a_start_says_what_it_found(
    tmp_path: Path,
) -> None:
    path = copied(tmp_path)
    stage = open_stage(tmp_path, FRONTDOOR_CONFIG=str(path))
    try:
        edits(stage, path, 'unclaimed = "10 min"', 'unclaimed = "soon"')
        line = path.read_text(encoding="utf-8").split('unclaimed = "soon"')[0].count("\n") + 1
        stage.passes(minutes=1)
        stage.casey.writes("Printing fails")
        stage.passes(minutes=10)
        assert stage.happened() == [
            f'14:00:00 support: :warning: *frontdoor.toml* was changed and cannot be used; what was in force before stays in force. frontdoor.toml, line {line}: terms.unclaimed is no length of time. Write a number and s, min, h or day, such as "30 min".',
            "14:01:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
            "14:01:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
            "14:11:00 support: @sam @sky *[SUP-1]* is still waiting for somebody to take it. In 5 minutes we telephone.",
        ]

        edits(stage, path, 'unclaimed = "soon"', 'unclaimed = "20 min"')
        for _ in range(2):
            stage.bot.stop()
            stage.bot.start()
            stage.control("clock/settle")
        difference = "Every client: unclaimed 10 minutes → 20 minutes."
        assert settled(stage) == ["This came into force with a start of the bot."]
        assert stage.happened() == [
            f"14:11:00 support: {SHOWN} / No target of an open request moves. / • {difference}",
            f"14:11:00 support: Started with another *frontdoor.toml* than the one in force since Wed 18 Nov 14:00 PKT: {difference}",
        ]
    finally:
        stage.close()
