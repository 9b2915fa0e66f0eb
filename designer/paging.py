"""Long lists, a page at a time: a cursor says after which row to go on, so that page 1,000 costs as much as page 1."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

LARGEST = 2**63 - 1
Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class Page(Generic[Row]):
    """Some rows, and where the next page begins ('' when there is none)."""

    rows: list[Row]
    next: str = ""


def a_number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
        raise ValueError(value)
    return value


def a_text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(value)
    return value


def a_time(value: Any) -> datetime:
    found = datetime.fromisoformat(a_text(value))
    if found.tzinfo is None or not 1900 < found.year < 9000:
        raise ValueError(value)
    return found


def page_of(
    rows: QuerySet[Any], *, by: str, kind: Callable[[Any], Any], descending: bool, after: str, size: int
) -> Page[Any]:
    """One page of `rows`, ordered by the field or annotation `by` and then by id. A cursor that is none is ignored."""
    step = "lt" if descending else "gt"
    sign = "-" if descending else ""
    place = _place(after, kind)
    if place is not None:
        value, pk = place
        rows = rows.filter(Q(**{f"{by}__{step}": value}) | Q(**{by: value, f"pk__{step}": pk}))
    found = list(rows.order_by(f"{sign}{by}", f"{sign}pk")[: size + 1])
    return Page(rows=found[:size], next=_cursor(found[size - 1], by) if len(found) > size else "")


def _place(cursor: str, kind: Callable[[Any], Any]) -> tuple[Any, int] | None:
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return kind(value), a_number(pk)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        return None


def _cursor(row: Model, by: str) -> str:
    value: Any = row
    for name in by.split("__"):
        value = getattr(value, name)
    return base64.urlsafe_b64encode(json.dumps([value, row.pk], default=datetime.isoformat).encode()).decode()
