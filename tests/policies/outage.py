"""An outage that three clients write of, and how their requests become one incident."""

from dataclasses import replace

from policies.clocks import running
from policies.decision import Decision, Refused
from policies.effects import Post
from policies.events import Actor, Relay
from policies.events.incident import FormIncident
from policies.people import Client
from tests.policies.cast import CLIENT, OTHER_CLIENT, ROSTER, staff
from tests.policies.play import Play

THIRD = Actor(user="UCORA", team="T3")
CLINIC = Client(key="clinic", name="Sample Clinics", channels=("C3",), zone="Asia/Dubai", teams=("T3",))
THREE = replace(ROSTER, clients=(*ROSTER.clients, CLINIC))
NAMES = [client.name for client in THREE.clients]


def three() -> Play:
    """SUP-1 of retail, escalated and with Devi; SUP-2 of foods, which Sam has; SUP-3 of the clinic, which nobody has."""
    play = Play(roster=THREE)
    play.write("Payments fail", by=CLIENT, channel="C1")
    play.press("claim", staff("sam"))
    play.escalate()
    play.press("acknowledge", staff("lee"))
    play.assign()
    play.write("Payments down here", by=OTHER_CLIENT, channel="C2")
    play.press("claim", staff("sam"))
    play.write("No payments", by=THIRD, channel="C3")
    play.focus = 1
    return play


def join(play: Play, *members: int, by: str = "sam", title: str = "payments down") -> Decision | Refused:
    event = FormIncident(key=play.key(), at=play.now, actor=staff(by), members=members, title=title)
    return play.do(event, play.ticket)


def together() -> Play:
    """All three are one incident, led by SUP-1; the first responses are over."""
    play = three()
    assert isinstance(join(play, 2, 3), Decision)
    play.wait(minutes=2)
    return play


def relay(play: Play, number: int, text: str = "", ticket: int = 1) -> Decision | Refused:
    event = Relay(key=play.key(), at=play.now, actor=staff("sam"), update=number, text=text)
    return play.do(event, play.tickets[ticket])


def kinds(play: Play, number: int) -> set[str]:
    return {kind for kind, _ in running(play.tickets[number]) if kind != "target"}


def heard(play: Play, channel: str) -> list[str]:
    """What a client reads, in its channel, since the first responses; without the line that is kept true."""
    posts = [x for x in play.said if isinstance(x, Post) and x.to.channel == channel]
    return [x.text for x in posts if "first_response" not in x.slot and ":promise" not in x.slot]


def drafts(play: Play) -> list[tuple[str, str]]:
    """The buttons that send something to clients: label and subject."""
    buttons = [button for x in play.said if isinstance(x, Post) for button in x.buttons]
    return [(button.label, button.value) for button in buttons if button.verb == "relay"]
