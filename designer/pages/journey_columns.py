"""The columns of the list of journeys: which there are, and which somebody wants to see."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Column:
    """`head`: whether it is a column of its own, to sort by; else it stands below the name."""

    key: str
    label: str
    css: str = ""
    head: bool = True
    falls_first: bool = False  # the first click sorts from the top down
    at_first: bool = True  # shown to who has never chosen


COLUMNS = (
    Column(key="description", label="Description", head=False),
    Column(key="tags", label="Tags", head=False),
    Column(key="version", label="Version", css="tiny-hide"),
    Column(key="status", label="Status"),
    Column(key="entered", label="Entered", css="number narrow-hide", falls_first=True),
    Column(key="active", label="Active", css="number narrow-hide", falls_first=True),
    Column(key="errors", label="Errors", css="number narrow-hide", falls_first=True),
    Column(key="created", label="Created", css="narrow-hide", falls_first=True, at_first=False),
    Column(key="published", label="Published", css="narrow-hide", falls_first=True, at_first=False),
    Column(key="changed", label="Last change", css="narrow-hide", falls_first=True),
)
AT_FIRST = [column.key for column in COLUMNS if column.at_first]


def known(keys: object) -> list[str]:
    """Those of these that are columns, in the order of the list; what is shown at first, if this is no choice."""
    if not isinstance(keys, list):
        return AT_FIRST
    return [column.key for column in COLUMNS if column.key in keys]


def choices(shown: Collection[str]) -> list[tuple[Column, bool]]:
    """Every column, and whether it is shown."""
    return [(column, column.key in shown) for column in COLUMNS]
