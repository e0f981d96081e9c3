"""What `/frontdoor letters` answers: events that failed and wait for a person, each with its button. Pure."""

from collections.abc import Sequence

from bot.letters import Letter
from handlers.slack import blocks
from handlers.slack.blocks import Json
from policies.effects import Button
from policies.words import letters as wording

SHOWN = 10
"""So many are listed: the longest waiting."""


def shown(letters: Sequence[Letter], *, more: bool, prefix: str, zone: str) -> tuple[str, list[Json]]:
    """Words and blocks for one pair of eyes. `more`: there are failed events behind these; `prefix` begins a reference."""
    waiting = [one for one in letters if one.waits]
    head = wording.waiting(len(waiting), more=more, trying=len(letters) - len(waiting))
    rows = [blocks.section(head)]
    for one in waiting[:SHOWN]:
        ref = f"{prefix}{one.ticket}" if one.ticket is not None else ""
        what = wording.about(one.kind, one.at, one.place, ref, zone)
        again = Button(verb="try_again", label="Try again", value=one.key)
        words = wording.line(what, one.tries, one.error)
        rows.append(blocks.section(words) | {"accessory": blocks.button(again, None)})
    if len(waiting) > SHOWN:
        rows.append(blocks.context(wording.left_out(len(waiting) - SHOWN)))
    return head, rows
