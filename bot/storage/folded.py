"""Tickets folded lately, so that one that is looked at again and again is not folded each time.

A ticket is known by the hash of its last fact, which stands for everything before it: whoever appends a fact, here or in
another process, makes another ticket of it. Erasing appends one too.
"""

import threading
from collections import OrderedDict

from policies.changing import replace
from policies.ticket import Ticket

KEPT = 2_000
"""How many; a ticket takes a few kilobytes."""

_lock = threading.Lock()
_recent: OrderedDict[str, Ticket] = OrderedDict()


def known(head: str) -> Ticket | None:
    """The ticket, without its messages, whose timeline ends with the hash `head`; None when it is to be folded."""
    with _lock:
        ticket = _recent.get(head)
        if ticket is not None:
            _recent.move_to_end(head)
        return ticket


def keep(head: str, ticket: Ticket) -> None:
    """Remember what the facts up to `head` add up to."""
    if not head:
        return
    bare = replace(ticket, messages=()) if ticket.messages else ticket
    with _lock:
        _recent[head] = bare
        if len(_recent) > KEPT:
            _recent.popitem(last=False)
