"""The whole bot as a process: it starts, serves, can be asked from outside, and ends leaving nothing behind."""

import asyncio
import json
import signal

import pytest

from tests.bot.whole import Frontdoor, World, ended, ready

pytestmark = pytest.mark.journey


async def test_a_client_is_answered_and_a_gentle_end_loses_nothing(
    world: World, frontdoor: Frontdoor
) -> None:
    """Ready, a first response ten seconds later, SIGTERM, exit 0, the sheet current, a second start possible."""
    bot = await frontdoor("run")
    await ready(bot)
    await world.control(
        "message", user="U0CASEY001", channel="C0RETAIL01", text="Printing fails", settle=True
    )
    assert await world.texts("C0RETAIL01") == ["Printing fails"]
    await world.control("clock/advance", seconds=10)
    assert await world.texts("C0RETAIL01") == [
        "Printing fails",
        "We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
    ]

    bot.send_signal(signal.SIGTERM)
    code, _, log = await ended(bot)

    assert (code, json.loads(log[-1])["event"]) == (0, "stopped")
    assert [line for line in log if "Printing fails" in line] == []
    sheet = await asyncio.to_thread((world.home / "records" / "support-issues.csv").read_text, "utf-8-sig")
    assert [line.split(",")[0] for line in sheet.splitlines()] == ["Reference", "SUP-1"]
    again = await frontdoor("run")
    await ready(again)


async def test_a_running_bot_can_be_asked_from_outside(world: World, frontdoor: Frontdoor) -> None:
    """Health, figures, doctor, explain and export beside it; a second one on the same database is refused."""
    await ready(await frontdoor("run"))
    await world.control("message", user="U0CASEY001", channel="C0RETAIL01", text="Printing fails")
    await world.control("clock/advance", seconds=10)

    async with world.http.get(f"{world.public}/readyz") as answer:
        assert await answer.json() == {"ready": True, "missing": {}}
    async with world.http.get(f"{world.public}/metrics") as answer:
        figures = (await answer.text()).splitlines()
    assert {"frontdoor_open_tickets 1.0", "frontdoor_running_clocks 3.0"} <= set(figures)

    code, findings, _ = await ended(await frontdoor("doctor"))
    assert (code, [line.split(":")[0] for line in findings if line.startswith(("warn", "FAIL"))]) == (
        0,
        ["warn  outside alarm"],
    )
    code, explained, _ = await ended(await frontdoor("explain", "sup-1"))
    assert (code, explained[0]) == (0, "SUP-1 of Example Retail, new")
    assert [line.split()[:2] for line in explained[1:]] == [
        ["unclaimed", "IN-5"],
        ["target", "response"],
        ["target", "resolution"],
    ]
    target = world.home / "one.json"
    assert (await ended(await frontdoor("export", "1", "--output", str(target))))[0] == 0
    exported = json.loads(await asyncio.to_thread(target.read_text, "utf-8"))
    assert [message["text"] for message in exported["messages"]] == ["Printing fails"]
    kinds = [fact["kind"] for fact in exported["timeline"]]
    assert kinds == ["opened", "targeted", "first_response", "first_response_posted"]

    code, _, said = await ended(await frontdoor("run"))
    assert (code, said[-1].split(" is in use ")[1]) == (
        1,
        "by another Frontdoor: end that one first, or name another file in DATABASE_URL.",
    )


async def test_a_start_that_cannot_be_is_said_and_ends(world: World, frontdoor: Frontdoor) -> None:
    """Exit 3 for what is configured wrongly, 1 for what is only so at this moment; the last line is the sentence."""
    taken = world.url.removeprefix("http://")
    starts = {
        "token": await frontdoor("run", SLACK_BOT_TOKEN="xoxb-wrong"),
        "file": await frontdoor("run", FRONTDOOR_CONFIG=str(world.home / "none.toml")),
        "place": await frontdoor(
            "run", FRONTDOOR_LISTEN=taken, DATABASE_URL=f"sqlite:///{world.home / 'b.sqlite3'}"
        ),
    }
    ends = {name: await ended(process) for name, process in starts.items()}

    assert {name: end[0] for name, end in ends.items()} == {"token": 3, "file": 3, "place": 1}
    assert ends["token"][2][-1].startswith("SLACK_BOT_TOKEN is refused by Slack (invalid_auth).")
    assert ends["file"][2][-1].endswith(
        "Copy frontdoor.example.toml, or name your file with FRONTDOOR_CONFIG."
    )
    assert ends["place"][2][-1].startswith(f"{taken} cannot be listened on")


async def test_without_a_telephone_it_runs_and_says_so(world: World, frontdoor: Frontdoor) -> None:
    """Nobody can be rung, and the people of support read why."""
    silent = {"TWILIO_ACCOUNT_SID": "", "TWILIO_AUTH_TOKEN": "", "TWILIO_FROM_NUMBER": ""}
    await ready(await frontdoor("run", **silent))
    await world.control("message", user="U0CASEY001", channel="C0RETAIL01", text="All is dark")
    await world.control("clock/advance", seconds=16 * 60)

    assert [text for text in await world.texts("C0SUPPORT1") if "no telephone is set up" in text] != []


QUOTES = """
from bot import cli, transaction

truly = transaction.decide

def decide(event, *rest):
    if event.kind == "message_posted":
        raise {error}
    return truly(event, *rest)

transaction.decide = decide
cli.main()
"""
WORDS = "My till says hunter2 and nobody answers"


@pytest.mark.parametrize(
    "error", ["ValueError(f'no number: {event.text!r}')", "KeyError(event.text)", "LookupError(event)"]
)
async def test_a_step_that_fails_and_quotes_a_client_is_told_without_their_words(
    world: World, frontdoor: Frontdoor, error: str
) -> None:
    """Where it failed stands in the log, and what is kept in the list of letters: of the client nothing, in neither."""
    bot = await frontdoor("run", program=QUOTES.format(error=error))
    await ready(bot)
    await world.control("message", user="U0CASEY001", channel="C0RETAIL01", text=WORDS, settle=True)
    _, letters, _ = await ended(await frontdoor("letters"))
    bot.send_signal(signal.SIGTERM)
    _, _, log = await ended(bot)

    (failed,) = [json.loads(line) for line in log if "a step failed" in line]
    assert failed["exception"].splitlines()[-1].startswith(f"{error.partition('(')[0]}: [")
    assert "in decide" in failed["exception"]
    assert error.partition("(")[0] in "".join(letters)
    assert [line for line in (*log, *letters) if "hunter2" in line or "nobody" in line] == []
