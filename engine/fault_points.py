"""Moments at which a process can be made to die as by `kill -9`, for tests of what is left then.

FAULT_POINT=after-send kills a process that sends at its first delivery, FAULT_POINT=after-send:3 at its third. Without
that variable nothing happens, at the cost of one look into an empty dict.
"""

import os
import signal

from django.core.exceptions import ImproperlyConfigured

POINTS = {
    "before-turn-commit": "everything of a turn is written and nothing is committed",
    "after-turn-commit": "a turn is committed and nobody has heard of it",
    "before-send": "a delivery is leased and its courier is about to hand it over",
    "after-send": "a delivery was handed over and nothing is noted",
    "after-ingest-commit": "events are on disk and their sender has no answer",
}


def _set(given: str) -> dict[str, int]:
    name, _, count = given.partition(":")
    if not given:
        return {}
    if name not in POINTS or not (count or "1").isdecimal() or int(count or 1) < 1:
        known = ", ".join(POINTS)
        raise ImproperlyConfigured(f"FAULT_POINT={given!r}: say one of {known}, or one with a number: after-send:3.")
    return {name: int(count or 1)}


_passings_left = _set(os.environ.get("FAULT_POINT", ""))


def passing(point: str) -> None:
    """Die here, if this is the passing that FAULT_POINT names."""
    if point in _passings_left:
        _passings_left[point] -= 1
        if _passings_left[point] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
