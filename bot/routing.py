"""Which request an event is about."""

from bot.roster import Office
from bot.storage import addresses, tickets
from bot.storage.engine import Connection
from policies.access import identify
from policies.events import AnyEvent, MessageDeleted, MessageEdited, MessagePosted, OpenRequest


def channel_of(event: AnyEvent) -> str:
    """The channel an event happened in, empty for those that happen in none."""
    return str(getattr(event, "channel", ""))


def route(conn: Connection, event: AnyEvent, office: Office) -> int | None:
    """The number of the request concerned; None when there is none, or none yet."""
    if event.ticket is not None:
        return event.ticket
    match event:
        case MessagePosted(thread=str() as thread):
            return addresses.find(conn, "thread", f"{event.channel}:{thread}")
        case MessageEdited() | MessageDeleted():
            return addresses.find(conn, "message", f"{event.channel}:{event.ts}")
        case OpenRequest() if event.ts:
            return addresses.find(conn, "message", f"{event.channel}:{event.ts}")
        case MessagePosted():
            return _unthreaded(conn, event, office)
        case _:
            return None


def _unthreaded(conn: Connection, event: MessagePosted, office: Office) -> int | None:
    """A client's word belongs to what they last wrote to; one of ours to the client who still waits for a first word."""
    who = identify(event.actor, office.roster, event.channel)
    if who.person is not None:
        return tickets.awaiting_response(conn, event.channel)
    root = addresses.find(conn, "thread", f"{event.channel}:{event.ts}")
    if root is not None:
        return root  # a reply to it came first
    found = addresses.conversation(conn, event.channel, event.actor.user)
    return found if found is not None and tickets.is_open(conn, found) else None
