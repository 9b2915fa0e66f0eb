"""How often long-lived processes look for garbage."""

import gc
from functools import cache

AFTER = 50_000  # objects made and not freed; Python's own figure, 700, is meant for small programs


@cache
def rare_collections() -> None:
    """Look for garbage seldom, and never again among what was there at the start: the code of Django and the rest.

    Under load the courier spent a third of its time looking through objects that all lived.
    """
    gc.freeze()
    gc.set_threshold(AFTER, 20, 50)
