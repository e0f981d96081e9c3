"""The queue of one of us, read from the board: the same for App Home and for `/frontdoor mine`."""

from handlers.slack import home
from handlers.slack.tools import Tools
from policies.people import Person, Role, Roster
from policies.ticket import Ticket


async def queue(tools: Tools, person: Person, roster: Roster) -> tuple[Ticket, ...]:
    """What this person has to do, most urgent first; on duty in support, also what waits for anybody of support."""
    own = {ticket.id: ticket for ticket in await tools.board.mine(person.key)}
    own |= {ticket.id: ticket for ticket in await tools.board.carrying() if home.carries(ticket, person)}
    tickets = home.queue(person, tuple(own.values()))
    if Role.SUPPORT in person.roles and roster.on_duty(person, tools.clock.now()):
        return home.joined(tickets, await tools.board.open_tickets())
    return tickets
