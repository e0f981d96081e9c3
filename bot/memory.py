"""The garbage collector, kept from holding everything up."""

import gc

YOUNG, MIDDLE, OLD = 5_000, 5, 1_000
"""New objects between two looks at the youngest, looks at those between two at the middle ones, and so on to the oldest.

A burst makes millions, nearly all of them gone at once. A look at the middle ones passes over some 25,000 objects; one at
all of them took 0.3 seconds with ten thousand requests in hand, so it comes only once in some 25 million new objects.
"""


def settle() -> None:
    """What was made so far stays to the end and is looked at no more; for a process that has started.

    Before, each look at all objects passed over every module and model: the loop stood still for a tenth of a second
    (benchmarks/README.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
