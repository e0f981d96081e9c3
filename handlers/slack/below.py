"""A line under what was said of no request: its words stand as they were said, and its buttons are gone."""

from bot.board import Board
from bot.ports import Posted
from handlers.slack import blocks
from policies.effects import Revise


async def stands(board: Board, revise: Revise, channel: str) -> tuple[Posted | None, str]:
    """Where the message stands in `channel`, and what it says with the line under it; nowhere where it was never posted."""
    said = await board.said(revise.slot)
    if said is None:
        return None, ""
    words = blocks.cut(said.text, blocks.TEXT - blocks.size(revise.text) - 1)
    return Posted(slot=revise.slot, channel=channel, ts=said.ts), f"{words}\n{revise.text}"
