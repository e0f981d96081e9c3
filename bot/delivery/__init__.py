"""Carries out what the outbox holds: leased before any byte leaves, settled afterwards, looked up when in doubt."""

from bot.delivery.delivery import Delivery
from bot.delivery.patience import Patience

__all__ = ["Delivery", "Patience"]
