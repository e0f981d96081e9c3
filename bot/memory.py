"""The garbage collector, kept from holding everything up."""

import gc

YOUNG = 5_000
"""New objects between two looks at the youngest; a burst makes tens of thousands, nearly all of them gone at once."""


def settle() -> None:
    """What was made so far stays to the end and is looked at no more; for a process that has started.

    Before, each look at all objects passed over every module and model: the loop stood still for a tenth of a second
    (benchmarks/README.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
