"""Rules that do nothing but count the events of a window of time, all answered at once. Pure.

`count(#{Profile.events.Order.all(inLastDays(currentDataPackField.timestamp, 7))}) >= 3`: of such rules a sandbox has
many, and they differ in the window and in the number. The moments of a person's events are read and sorted once for
all of them: eight rules of one event take 3 us instead of 15.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from engine.expressions import Checked, tree
from engine.expressions.functions.dates import WINDOWS, Window
from engine.expressions.types import DATE_TIME
from engine.expressions.values import as_date_time

# Before and after every moment that there is, whatever its offset.
EARLIEST = datetime.min.replace(tzinfo=timezone(timedelta(hours=23)))
LATEST = datetime.max.replace(tzinfo=timezone(timedelta(hours=-23)))

Payload = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """What such a rule says: events in whose `field` there is a moment of the window are at least so many."""

    event: str
    field: str
    window: Window
    delta: int
    least: int


def counts_of(checked: Checked) -> Counts | None:
    """What a rule counts, when it does nothing else. `> 2` is `>= 3`."""
    match checked.tree and tree.bare(checked.tree):
        case tree.Comparison(
            operator=">=" | ">" as operator,
            left=tree.Call(
                name="count",
                arguments=(
                    tree.Reference(
                        source="source",
                        segments=(
                            tree.Name(text="Profile"),
                            tree.Name(text="events"),
                            tree.Name(text=event),
                            tree.Method(
                                name="all",
                                arguments=(
                                    tree.Call(
                                        name=window,
                                        arguments=(
                                            tree.Loop(
                                                variable="currentDataPackField", segments=(tree.Name(text=field),)
                                            ) as moment,
                                            tree.Literal(value=int(delta)),
                                        ),
                                    ),
                                ),
                            ),
                        ),
                        default=None,
                    ),
                ),
            ),
            right=tree.Literal(value=int(number)),
        ) if window in WINDOWS and delta >= 0 and checked.notes.types[moment] == DATE_TIME:
            return Counts(
                event=event, field=field, window=WINDOWS[window], delta=delta, least=number + (operator == ">")
            )
    return None


class Counting:
    """The rules of a sandbox that only count, by their places. Used by one worker alone."""

    def __init__(self, counts: Mapping[int, Counts]) -> None:
        self.places = frozenset(counts)
        self._counts = counts
        self._now: datetime | None = None
        self._thresholds: dict[tuple[str, str], list[tuple[int, int, datetime, datetime]]] = {}

    def answers(self, events: Mapping[str, Iterable[Payload]], now: datetime) -> dict[int, bool]:
        """Place -> whether the rule is met. `events`: of one person, by definition; rules about others are left out."""
        if now != self._now:  # once in a turn
            self._begin(now)
        found: dict[int, bool] = {}
        for (event, field), thresholds in self._thresholds.items():
            if event in events:
                read = [as_date_time(payload.get(field)) for payload in events[event]]
                moments = sorted([moment for moment in read if moment is not None])
                most = len(moments)
                for place, least, first, last in thresholds:
                    found[place] = least <= most and bisect_right(moments, last) - bisect_left(moments, first) >= least
        return found

    def _begin(self, now: datetime) -> None:
        """Work out the windows: (event, field) -> (place, least, from when, until when)."""
        self._now, self._thresholds = now, defaultdict(list)
        for place, one in self._counts.items():
            first, last = one.window(now, one.delta)
            self._thresholds[one.event, one.field].append((place, one.least, first or EARLIEST, last or LATEST))
