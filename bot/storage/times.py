"""Moments as the database keeps them: whole microseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(micros_since_1970: int) -> datetime:
    """The aware UTC moment."""
    return _EPOCH + timedelta(microseconds=micros_since_1970)


def maybe_micros(value: datetime | None) -> int | None:
    """As `micros`, None stays None."""
    return None if value is None else micros(value)


def maybe_moment(value: int | None) -> datetime | None:
    """As `moment`, None stays None."""
    return None if value is None else moment(value)
