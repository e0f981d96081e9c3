"""The doctor finds what is wrong before a client does, and says the mend."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientSession, web
from aiohttp.test_utils import TestServer
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from bot import doctor, roster
from bot.clock import SystemClock
from bot.doctor import Finding
from bot.doctor_people import coverage_findings
from bot.settings import Settings
from handlers.phone.checks import PhoneChecks
from handlers.phone.signature import Gate
from handlers.slack.checks import SlackChecks
from policies.people import Absence, Reach
from sandbox import cast
from sandbox.server import Sandbox, build_app

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
SUPPORT, GENERAL = "C0SUPPORT1", "C0GENERAL1"


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    """Everything entered here is left at the end."""
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
async def sandbox(stack: AsyncExitStack) -> str:
    """A Slack and a Twilio on loopback: their address."""
    server = await stack.enter_async_context(TestServer(build_app(Sandbox(rate=0))))
    return str(server.make_url("")).rstrip("/")


def _slack(url: str, **changed: Any) -> SlackChecks:
    checks = SlackChecks(
        bot_token=cast.BOT_TOKEN,
        app_token=cast.APP_TOKEN,
        api_url=f"{url}/api/",
        channels={SUPPORT: "support"},
        needed=frozenset({"chat:write"}),
        now=SystemClock().wall,
    )
    return replace(checks, **changed)


def _states(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.about, finding.state) for finding in findings]


async def test_good_tokens_scopes_and_clock_are_fine(sandbox: str) -> None:
    """One answer of Slack tells all three."""
    assert _states(await _slack(sandbox).tokens()) == [("bot token", "ok"), ("scopes", "ok"), ("clock", "ok")]
    assert _states(await _slack(sandbox).sockets()) == [("app token", "ok")]


async def test_a_wrong_token_is_said_in_slacks_own_word(sandbox: str) -> None:
    """And nothing more is concluded from it."""
    assert await _slack(sandbox, bot_token="xoxb-wrong").tokens() == [
        Finding(
            "bot token",
            "fail",
            "Slack says invalid_auth",
            "Install the app in the workspace again and copy the Bot User OAuth Token to SLACK_BOT_TOKEN.",
        )
    ]
    assert _states(await _slack(sandbox, app_token="xapp-wrong").sockets()) == [("app token", "fail")]


async def test_with_a_wrong_token_no_channel_is_judged(sandbox: str) -> None:
    """The ids may be right: only the token is known to be wrong."""
    assert await _slack(sandbox, bot_token="xoxb-wrong").membership() == [
        Finding(
            "channels",
            "warn",
            "not looked at: Slack does not take the bot token",
            "Correct SLACK_BOT_TOKEN first.",
        )
    ]


async def test_a_scope_that_was_not_granted_is_named(sandbox: str) -> None:
    """With the way to have it granted."""
    found = await _slack(sandbox, needed=frozenset({"chat:write", "tokens.basic", "admin"})).tokens()

    assert found[1].said == "not granted: admin, tokens.basic"
    assert found[1].mend.startswith("Take the manifest of `frontdoor manifest`")


async def test_every_channel_has_its_line(sandbox: str) -> None:
    """Joined, not joined, unknown."""
    channels = {SUPPORT: "support", GENERAL: "a client", "C0NOWHERE1": "escalations"}

    assert await _slack(sandbox, channels=channels).membership() == [
        Finding("channel of support", "ok", "#support-desk"),
        Finding(
            "channel of a client",
            "fail",
            "the bot is not in #general",
            "Invite the bot there: /invite @Frontdoor.",
        ),
        Finding(
            "channel of escalations",
            "fail",
            "C0NOWHERE1: Slack says channel_not_found",
            "Check the id. Invite the bot there: /invite @Frontdoor.",
        ),
    ]


@pytest.mark.parametrize(
    ("apart", "state"),
    [(0, "ok"), (30, "ok"), (-29, "ok"), (31, "warn"), (-240, "warn"), (241, "fail"), (-3600, "fail")],
)
def test_a_clock_that_is_off_is_found_in_both_directions(apart: int, state: str) -> None:
    """Half a minute is noise; beyond four minutes signatures fail."""
    date = format_datetime(NOW, usegmt=True)

    assert _states(doctor.skew_findings(date, NOW + timedelta(seconds=apart))) == [("clock", state)]


@pytest.mark.parametrize("date", ["", "soon", "Wed, 18 Nov 2026 09:00:00", "Wed, 18 Nov 2026 09:00:00 -0000"])
def test_an_answer_without_a_date_or_without_its_zone_is_said(date: str) -> None:
    """Nothing is guessed."""
    assert _states(doctor.skew_findings(date, NOW)) == [("clock", "warn")]


def _phone(public_url: str, api_url: str = "http://127.0.0.1:1", **changed: Any) -> PhoneChecks:
    checks = PhoneChecks(
        account_sid=cast.ACCOUNT_SID,
        auth_token=cast.AUTH_TOKEN,
        from_number=cast.FROM_NUMBER,
        api_url=api_url,
        public_url=public_url,
    )
    return replace(checks, **changed)


async def _listening(stack: AsyncExitStack, signed_for: str = "") -> str:
    """A webhook behind the real gate; `signed_for` is the address it believes to be reached at."""
    app = web.Application()
    server = TestServer(app)

    async def answer(request: web.Request) -> web.Response:
        url = signed_for or str(server.make_url("")).rstrip("/")
        await Gate(
            [cast.AUTH_TOKEN], cast.ACCOUNT_SID, url, SystemClock().monotonic, CollectorRegistry()
        ).form(request)
        return web.Response(text="<Response/>")

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    app.router.add_post("/phone/answer/{token}", answer)
    app.router.add_get("/healthz", healthz)
    await stack.enter_async_context(server)
    return str(server.make_url("")).rstrip("/")


async def test_the_telephone_account_is_asked(sandbox: str) -> None:
    """Good credentials and wrong ones."""
    assert _states(await _phone("", sandbox).account()) == [("telephone account", "ok")]
    assert _states(await _phone("", sandbox, auth_token="wrong").account()) == [("telephone account", "fail")]


async def test_a_number_that_is_not_the_accounts_is_told(sandbox: str) -> None:
    """Twilio would refuse every call from it."""
    (found,) = await _phone("", sandbox, from_number="+12025550199").account()

    assert (found.state, found.said) == ("warn", "+12025550199 is no number of this account")


async def test_a_dead_public_address_is_one_failure_with_its_likely_causes() -> None:
    """The bot is not started, or the proxy leads elsewhere; the webhook behind it is not judged."""
    dead = "http://127.0.0.1:1"
    (found,) = await doctor.public_findings(_settings(public_url=dead))

    assert found.state == "fail"
    assert found.mend.startswith("If the bot does not run yet, start it and run doctor again.")
    assert "127.0.0.1:8080 (FRONTDOOR_LISTEN)" in found.mend
    assert _states(await _phone(dead).webhook()) == [("telephone webhook", "warn")]


async def test_a_webhook_that_checks_signatures_is_fine(stack: AsyncExitStack) -> None:
    """Signed is taken, unsigned is refused."""
    assert _states(await _phone(await _listening(stack)).webhook()) == [("telephone webhook", "ok")]


async def test_an_address_that_is_not_the_one_twilio_signs_for_is_found(stack: AsyncExitStack) -> None:
    """The commonest mistake behind a proxy."""
    (found,) = await _phone(await _listening(stack, "https://other.example.com")).webhook()

    assert (found.state, found.said) == ("fail", "a signed webhook is answered with 403")


async def test_a_webhook_that_takes_anything_is_found(stack: AsyncExitStack) -> None:
    """Somebody else answers there."""
    app = web.Application()

    async def anything(_request: web.Request) -> web.Response:
        return web.Response()

    app.router.add_post("/phone/answer/{token}", anything)
    server = await stack.enter_async_context(TestServer(app))
    (found,) = await _phone(str(server.make_url("")).rstrip("/")).webhook()

    assert (found.state, found.said) == ("fail", "an unsigned webhook is answered with 200, not 403")


def _settings(**values: Any) -> Settings:
    return Settings(slack_bot_token=SecretStr("xoxb-1"), slack_app_token=SecretStr("xapp-1"), **values)


async def test_the_public_address_is_asked_for_our_own_health(stack: AsyncExitStack) -> None:
    """It leads here, or it does not."""
    here = await _listening(stack)

    assert await doctor.public_findings(_settings(public_url=here)) == [
        Finding("public address", "ok", f"{here} leads to this bot (of this machine only)")
    ]
    (found,) = await doctor.public_findings(_settings(public_url=f"{here}/elsewhere"))
    assert (found.state, found.said) == ("fail", f"{here}/elsewhere/healthz answers 404")


async def test_what_cannot_be_reached_is_a_finding_and_stops_nothing() -> None:
    """The other checks are made all the same, in their order."""

    async def unreachable() -> list[Finding]:
        raise ClientConnectionError("refused")

    async def fine() -> list[Finding]:
        return [Finding("here", "ok", "yes")]

    found = await doctor.examine([("there", unreachable), ("here", fine)])
    assert [(finding.about, finding.state) for finding in found] == [("there", "fail"), ("here", "ok")]


def test_settings_without_a_telephone_or_a_public_address_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It works with less, and says with how much less."""
    phone = {
        "twilio_account_sid": cast.ACCOUNT_SID,
        "twilio_auth_token": "t",
        "twilio_from_number": cast.FROM_NUMBER,
    }
    monkeypatch.setenv("FRONTDOOR_CONFG", "x")

    without = doctor.settings_findings(_settings())
    assert _states(without) == [
        ("settings", "ok"),
        ("settings", "warn"),
        ("telephone", "warn"),
        ("outside alarm", "warn"),
    ]
    assert without[1].said == "FRONTDOOR_CONFG is no setting of Frontdoor: FRONTDOOR_CONFIG is."
    private = doctor.settings_findings(_settings(**phone))
    assert private[-2].said.startswith("PUBLIC_URL is not set")
    addresses = {
        "public_url": "https://frontdoor.example.com",
        "frontdoor_ping_url": "https://heartbeat.example.com/hush",
    }
    whole = doctor.settings_findings(_settings(**phone, **addresses))
    assert _states(whole) == [("settings", "ok"), ("settings", "warn"), ("outside alarm", "ok")]
    assert "hush" not in repr(whole)


def test_an_unverified_number_is_told(repository: Path) -> None:
    """So that somebody rings it before it matters."""
    text = (
        (repository / "frontdoor.example.toml").read_text(encoding="utf-8").replace("verified = true", "", 1)
    )

    office = roster.parse(text)
    terms, now = office.terms(""), datetime(2026, 11, 18, 9, tzinfo=UTC)

    assert [one.said for one in coverage_findings(office.roster, terms, now, office.zone)] == [
        "somebody would be reached in every hour of the coming 14 days",
        "the number of Sam Support is not verified",
    ]


def test_a_number_that_nobody_answered_for_long_and_hours_without_anybody_are_told(repository: Path) -> None:
    """Ninety days; and each stretch with its reasons."""
    office = roster.parse((repository / "frontdoor.example.toml").read_text(encoding="utf-8"))
    terms, now = office.terms(""), datetime(2026, 11, 18, 9, tzinfo=UTC)
    lee = office.roster.by_key["lee"]
    reach = Reach(person="lee", number=lee.phone or "", reached_at=now - timedelta(days=91))
    away = [Absence(person=key, start=now, end=now + timedelta(hours=1)) for key in ("lee", "bo", "sol")]

    found = coverage_findings(office.roster.of_the_day(away, (), (reach,)), terms, now, office.zone)

    assert [one.said.split(": ")[0] for one in found] == [
        "nobody would be reached from Wed 18 Nov 14:00 PKT to Wed 18 Nov 15:00 PKT (acknowledge, S1, S2, S3, S4)",
        "Lee Lead was last reached by telephone on Wed 19 Aug 14:00 PKT",
    ]
    assert found[0].said.endswith("Lee Lead is away; Bo Backup is away; Sol Supportlead is away")


async def test_the_database_is_looked_at(tmp_path: Path) -> None:
    """Not there yet, without tables, up to date."""
    from bot.storage import migrate

    url = f"sqlite:///{tmp_path / 'frontdoor.sqlite3'}"
    assert _states(await doctor.database_findings(url)) == [("database", "warn")]

    sqlite3.connect(tmp_path / "frontdoor.sqlite3").close()
    (found,) = await doctor.database_findings(url)
    assert (found.state, found.mend) == ("fail", "Stop the bot and run `frontdoor migrate`.")

    migrate.upgrade(url)
    assert _states(await doctor.database_findings(url)) == [("database", "ok")]


def test_records_are_written_somewhere_possible(tmp_path: Path) -> None:
    """A folder that is still to be made is fine, a file in its way is not."""
    (tmp_path / "file").touch()

    assert _states(doctor.records_findings(tmp_path / "new" / "records")) == [("records", "ok")]
    assert _states(doctor.records_findings(tmp_path / "file" / "records")) == [("records", "fail")]


async def test_nobody_is_left_connected(sandbox: str) -> None:
    """The checks close what they open."""
    await _slack(sandbox).tokens()
    async with ClientSession() as session, session.get(f"{sandbox}/_control/state") as answer:
        assert (await answer.json())["bots"] == []
