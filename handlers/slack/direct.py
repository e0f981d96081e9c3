"""What is said away from the card leads to it: a direct message also says which client and what it is about. Pure."""

from handlers.slack import blocks
from handlers.slack.cards import issue
from handlers.slack.names import Desk
from policies.markup import escape
from policies.people import Role
from policies.ticket import Ticket

_DEVELOPMENT = frozenset({Role.LEAD, Role.BACKUP, Role.DEVELOPER})
_ISSUE = 200


def slot(ticket: Ticket, user: str, desk: Desk) -> str:
    """Which card this person acts on: development's own, once there is one."""
    reader = desk.roster.by_slack.get(user)
    develops = reader is not None and bool(reader.roles & _DEVELOPMENT)
    lead = reader is not None and reader.key == ticket.lead
    return "card:escalation" if ticket.escalated_at is not None and (develops or lead) else "card:support"


def letter(text: str, user: str, ticket: Ticket, desk: Desk, *, link: str, channel: str) -> str:
    """`text` without a mention of its own reader, then the client, the issue in a line, and the way to the card."""
    words = text.replace(f"<@{user}> ", "").replace(f"<@{user}>", "").strip()
    client = escape(desk.client(ticket.client))
    about = blocks.cut(issue(ticket), _ISSUE, " …") or "(no words)"
    about = about if client in words else f"{client}: {about}"
    where = f"<{link}|Open the card> in <#{channel}>" if link else f"The card is in <#{channel}>."
    return blocks.cut(f"{words}\n> {about}\n{where}", blocks.TEXT)


def linked(text: str, ticket: Ticket, link: str) -> str:
    """`text` whose first bold reference leads to the card; unchanged without a link."""
    return text.replace(f"*{ticket.ref}*", f"*<{link}|{ticket.ref}>*", 1) if link else text
