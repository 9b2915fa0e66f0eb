"""When each wave of a run begins, and how many people are read when it is over. Pure."""

from datetime import datetime
from itertools import accumulate

from engine.activities.base import Waves


def planned(waves: Waves, total: int, begun_at: datetime) -> list[tuple[datetime, int]]:
    """(start, how many are read after it) of each wave of an audience of `total`, the first of which begins now.

    Parts that come to more than everybody leave nothing for the last waves; parts that come to less leave people out.
    """
    starts = waves.moments or tuple(begun_at + number * waves.interval for number in range(len(waves.parts)))
    ends = (part if waves.whole is None else total * part // waves.whole for part in accumulate(waves.parts))
    return [(start, min(total, end)) for start, end in zip(starts, ends, strict=True)]
