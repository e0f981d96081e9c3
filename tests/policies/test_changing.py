"""A changed copy is what the standard library would have made, only sooner."""

import dataclasses

import pytest

from policies.changing import replace
from policies.ticket import Ladder, Ticket


@pytest.mark.parametrize("old", [Ticket(id=1, ref="SUP-1"), Ladder(purpose="claim", rung=2)])
def test_a_changed_copy_is_the_standard_one(old: Ticket | Ladder) -> None:
    """The changed field is changed, the others are the same, and the original stays what it was."""
    before = dataclasses.asdict(old)
    name = dataclasses.fields(old)[0].name

    assert replace(old, **{name: "new"}) == dataclasses.replace(old, **{name: "new"})
    assert dataclasses.asdict(old) == before


def test_a_field_that_does_not_exist_is_an_error() -> None:
    """A misspelt field would otherwise be lost in silence."""
    with pytest.raises(TypeError):
        replace(Ticket(id=1), colour="red")


def test_a_changed_copy_is_frozen_too() -> None:
    """Nobody changes a ticket in place."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        replace(Ticket(id=1), ref="SUP-1").ref = "SUP-2"
