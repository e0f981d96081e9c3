"""The cast: one support workspace, two client workspaces, and the people, channels, telephones and secrets of the demo."""

from dataclasses import dataclass

TEAM_ID = "T0FRONTDSK"
APP_ID = "A0FRONTAPP"
BOT_USER_ID = "U0FRONTBOT"
BOT_ID = "B0FRONTBOT"
BOT_TOKEN = "xoxb-sandbox-bot"  # noqa: S105 - a stage prop, not a secret
APP_TOKEN = "xapp-sandbox-app"  # noqa: S105 - a stage prop, not a secret
SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105 - a stage prop, not a secret
ACCOUNT_SID = "AC" + "0" * 31 + "1"
AUTH_TOKEN = "sandbox-twilio-token"  # noqa: S105 - a stage prop, not a secret
FROM_NUMBER = "+12025550100"


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace of Slack."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class Person:
    """One of the cast. `tz` is an IANA zone, `phone` is E.164 or empty, `bot_id` is set for bots only."""

    id: str
    name: str
    team: str = TEAM_ID
    tz: str = "Asia/Karachi"
    role: str = ""
    phone: str = ""
    bot_id: str = ""
    app_id: str = ""

    @property
    def handle(self) -> str:
        """The short name Slack calls `name`: lower case, dots for spaces."""
        return self.name.lower().replace(" ", ".")


@dataclass(frozen=True, slots=True)
class Room:
    """A channel at the start of the world; `clients` names the workspaces it is shared with."""

    id: str
    name: str
    members: tuple[str, ...]
    clients: tuple[str, ...] = ()
    topic: str = ""


TEAMS = (
    Team(TEAM_ID, "Frontdoor Demo", "frontdoor-demo"),
    Team("T0RETAIL01", "Example Retail", "example-retail"),
    Team("T0CLINIC01", "Sample Clinics", "sample-clinics"),
)

PEOPLE = (
    Person("U0CASEY001", "Casey Client", "T0RETAIL01", "Europe/London", "client"),
    Person("U0CHRIS001", "Chris Client", "T0RETAIL01", "Europe/London", "client"),
    Person("U0CLEO0001", "Cleo Client", "T0CLINIC01", "Asia/Dubai", "client"),
    Person("U0SAM00001", "Sam Support", role="support", phone="+12025550111"),
    Person("U0SKY00001", "Sky Support", role="support", phone="+12025550112"),
    Person("U0SOL00001", "Sol Supportlead", role="support lead", phone="+12025550113"),
    Person("U0LEE00001", "Lee Lead", role="development lead", phone="+12025550121"),
    Person("U0BO000001", "Bo Backup", role="backup lead", phone="+12025550122"),
    Person("U0DEVI0001", "Devi Developer", role="developer", phone="+12025550131"),
    Person("U0DANA0001", "Dana Developer", role="developer", phone="+12025550132"),
    Person("U0NORA0001", "Nora Norole"),
    Person("U0ALERTBOT", "Alert Bot", bot_id="B0ALERTBOT", app_id="A0ALERTAPP"),
    Person(BOT_USER_ID, "Frontdoor", bot_id=BOT_ID, app_id=APP_ID),
)

STAFF = tuple(person.id for person in PEOPLE if person.team == TEAM_ID and person.id != BOT_USER_ID)

ROOMS = (
    Room(
        "C0RETAIL01",
        "example-retail",
        ("U0CASEY001", "U0CHRIS001", *STAFF, BOT_USER_ID),
        ("T0RETAIL01",),
        "Example Retail and Frontdoor Demo",
    ),
    Room(
        "C0CLINIC01",
        "sample-clinics",
        ("U0CLEO0001", *STAFF, BOT_USER_ID),
        ("T0CLINIC01",),
        "Sample Clinics and Frontdoor Demo",
    ),
    Room("C0SUPPORT1", "support-desk", (*STAFF, BOT_USER_ID), topic="Open requests"),
    Room("C0ESCALATE", "escalations", (*STAFF, BOT_USER_ID), topic="Development acknowledges here"),
    Room("C0GENERAL1", "general", STAFF, topic="Everybody, about anything"),
)


def person_of(user_id: str) -> Person | None:
    """The member of the cast with this id."""
    return next((person for person in PEOPLE if person.id == user_id), None)


def person_at(number: str) -> Person | None:
    """The member of the cast who carries this telephone number."""
    return next((person for person in PEOPLE if person.phone and person.phone == number), None)
