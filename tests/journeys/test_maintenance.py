"""Work at a client is announced, said to our people once ahead, and to the client honestly while it is under way."""

from pathlib import Path

from tests.journeys.driver import Stage
from tests.journeys.office import open_office
from tests.journeys.telling import plainly

HELP = "Somebody from support will take it within 10 minutes."


def test_announced_maintenance_is_said_ahead_to_us_and_honestly_to_the_client(stage: Stage) -> None:
    assert "Only the support lead" in stage.sam.runs("maintenance example-retail off")
    assert "There is no such client" in stage.sol.runs("maintenance nobody off")
    stage.sol.runs("maintenance example-retail from 16:00 until 18:00 new disks")
    stage.until("16:10")
    stage.casey.writes("The till is slow")
    stage.passes(seconds=10)
    stage.sol.runs("maintenance <#C0RETAIL01|example-retail> off")
    stage.passes(seconds=10)
    stage.chris.writes("Printing fails")
    stage.passes(seconds=10)
    when = "from Wed 18 Nov 16:00 PKT until Wed 18 Nov 18:00 PKT: new disks"
    assert stage.happened() == [
        f"14:00:00 support: Sol Supportlead announced maintenance at *Example Retail* {when}. Tell the client: the bot does not write to them by itself.",
        f"15:00:00 support: :calendar: Maintenance at *Example Retail* is announced {when}. Has the client been told?",
        "16:10:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        f"16:10:10 retail thread: We have your message. Your reference is *SUP-1*. The maintenance that was announced is under way until Wed 18 Nov 13:00 GMT; until then some things may not work. {HELP}",
        "16:10:10 support: Sol Supportlead ended the announced maintenance at *Example Retail*.",
        "16:10:20 support: card SUP-2 · Example Retail: Waiting for somebody to take it.",
        f"16:10:30 retail thread: We have your message. Your reference is *SUP-2*. {HELP}",
    ]


FILED = (
    """# maintenance = [                    # announced work, in the client's zone: its quiet hours
#   { from = "2026-12-06 22:00", to = "2026-12-07 02:00", what = "new tills at Harbour Street" },
# ]
""",
    'maintenance = [{ from = "2026-11-18 08:30", to = "2026-11-18 11:00", what = "new tills" }]\n',
)


def test_what_stands_in_the_file_is_not_said_to_have_ended(tmp_path: Path) -> None:
    """The client goes on reading of it, and whoever typed reads where it is ended."""
    with open_office(tmp_path, FILED) as stage:
        answer = plainly(stage.sol.runs("maintenance example-retail off"))
        assert (
            "This stands in *frontdoor.toml* and goes on: from Wed 18 Nov 13:30 PKT until Wed 18 Nov 16:00 PKT: new tills."
            " To end it, take it out there; the support lead then applies the changed file. Nothing was changed."
        ) in answer
        stage.passes(minutes=1)
        stage.casey.writes("The till is slow")
        stage.passes(seconds=20)
        assert stage.happened() == [
            "14:01:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
            f"14:01:10 retail thread: We have your message. Your reference is *SUP-1*. The maintenance that was announced is under way until Wed 18 Nov 11:00 GMT; until then some things may not work. {HELP}",
        ]
