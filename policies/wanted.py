"""Asked just before sending: is this still wanted, as the ticket stands now?"""

from datetime import datetime

from policies.effects import AnyEffect, Call, Post, Sms
from policies.ticket import Stage, Ticket


def still_wanted(ticket: Ticket | None, effect: AnyEffect, now: datetime) -> bool:
    """False for a call nobody waits for any more (invariant 5) and for words whose time is over."""
    if isinstance(effect, Call):
        return _still_to_ring(ticket, effect, now)
    if isinstance(effect, Sms):
        return ticket is not None and ticket.ladder is not None and ticket.ladder.person == effect.person
    if isinstance(effect, Post):
        if effect.not_after is not None and now > effect.not_after:
            return False
        if ticket is not None and effect.slot.endswith(":first_response"):
            return ticket.stage not in {Stage.DISMISSED, Stage.MERGED}
        if ticket is not None and ":neutral:" in effect.slot:
            return ticket.with_development or ticket.is_led
        if ticket is not None and ":reminder:" in effect.slot:
            return ticket.silence_since is not None
    return True


def _still_to_ring(ticket: Ticket | None, call: Call, now: datetime) -> bool:
    """A test call has its time; any other is wanted while its ticket waits for it."""
    if call.says:
        return call.not_after is None or now <= call.not_after
    return ticket is not None and ticket.ladder is not None and ticket.ladder.token == call.token
