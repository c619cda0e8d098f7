"""How often Python looks for objects that refer to each other in a circle.

By default every 700 new objects, every so often among all that is loaded. A batch of events or a market file makes a
hundred thousand objects and no circles: a quarter of its time went into looking for them.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (50_000, 10, 10)
"""For ``gc.set_threshold``."""


@contextmanager
def collected_seldom() -> Iterator[None]:
    """For acts that make many objects at once. What was set before is set again after it."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
