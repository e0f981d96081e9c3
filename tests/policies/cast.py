"""The cast and the terms of the pure rules' tests."""

from datetime import UTC, datetime, time

from policies.events import Actor, Block
from policies.hours import Hours, Window
from policies.people import Client, Person, Product, Role, Roster
from policies.terms import Terms

NOON = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
"""Wednesday 14:00 in Karachi."""

DAILY = frozenset(range(7))
TERMS = Terms(
    development=Hours(zone="Asia/Karachi", windows=(Window(days=DAILY, start=time(13), end=time(22)),)),
    support=Hours(zone="Asia/Karachi", windows=(Window(days=DAILY, start=time(8), end=time(0)),)),
)
BLOCK = Block(
    saas_name="Till",
    saas_url="https://till.example-retail.example",
    branch="Harbour Street",
    branch_env="production",
    device_type="printer",
    build_version="Unknown",
    issue_platform="web",
    issue_detail="Receipts do not print since this morning.",
)


def _person(key: str, *roles: Role, phone: str | None = "+12025550100") -> Person:
    return Person(
        key=key,
        name=f"{key.title()} Cast",
        slack=f"U{key.upper()}",
        roles=frozenset(roles),
        zone="Asia/Karachi",
        phone=phone,
    )


ROSTER = Roster(
    people=(
        _person("sam", Role.SUPPORT, phone="+12025550111"),
        _person("sky", Role.SUPPORT, phone="+12025550112"),
        _person("sol", Role.SUPPORT_LEAD, phone="+12025550113"),
        _person("lee", Role.LEAD, phone="+12025550121"),
        _person("bo", Role.BACKUP, phone="+12025550122"),
        _person("devi", Role.DEVELOPER, phone="+12025550131"),
        _person("dana", Role.DEVELOPER, phone=None),
    ),
    clients=(
        Client(
            key="retail",
            name="Example Retail",
            channels=("C1",),
            zone="Europe/London",
            teams=("T1",),
            products=(Product(name="Till", url="https://till.example-retail.example"),),
            branches=("Harbour Street",),
        ),
        Client(
            key="foods", name="Example Foods & Sons", channels=("C2",), zone="America/New_York", teams=("T2",)
        ),
    ),
)
CLIENT = Actor(user="UCASEY", team="T1")
OTHER_CLIENT = Actor(user="UFINN", team="T2")
STRANGER = Actor(user="UNORA", team="T0", ours=True)
"""Somebody of our own workspace who is not in the roster."""


def staff(key: str) -> Actor:
    """One of our own people, acting in Slack."""
    return Actor(user=f"U{key.upper()}", team="T0", ours=True)
