"""Long lists of what happened, the newest first, a page at a time, without ever reading a whole table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Q, QuerySet

Row = TypeVar("Row")

LARGEST_ID = 2**63 - 1
LOOK = 20_000  # rows that one page looks through for those that fit a filter


@dataclass(frozen=True, kw_only=True)
class Found(Generic[Row]):
    """Some rows. `next` is where the following page begins, '' at the end.

    `is_partial`: the look ended before the page was full; from `next` it goes on further back.
    """

    rows: list[Row]
    next: str = ""
    is_partial: bool = False


def page(
    rows: QuerySet[Any], *, by: str, where: Q | None = None, cursor: str = "", limit: int = 50, look: int = LOOK
) -> Found[Any]:
    """The rows before `cursor`, ordered by the time `by` and the id; an index has to lead there.

    With `where` (for which no index is needed) at most `look` rows are looked through at once.
    """
    place = place_of(cursor)
    if place is not None:
        at, id = place
        rows = rows.filter(Q(**{f"{by}__lt": at}) | Q(**{by: at, "id__lt": id}), **{f"{by}__lte": at})
    rows = rows.order_by(f"-{by}", "-id")
    edge: datetime | None = None
    if where is not None:
        edge = rows.values_list(by, flat=True)[look : look + 1].first()
        rows = rows.filter(where) if edge is None else rows.filter(where, **{f"{by}__gte": edge})
    found = list(rows[: limit + 1])
    if len(found) > limit:
        last = found[limit - 1]
        return Found(rows=found[:limit], next=cursor_at(getattr(last, by), last.id))
    if edge is not None:
        return Found(rows=found, next=cursor_at(edge, 0), is_partial=True)
    return Found(rows=found)


def newer(rows: QuerySet[Any], *, by: str, than: str, limit: int) -> list[Any]:
    """The rows after the cursor `than`, the newest first, at most `limit`. Nothing when it is no cursor."""
    place = place_of(than)
    if place is None:
        return []
    at, id = place
    rows = rows.filter(Q(**{f"{by}__gt": at}) | Q(**{by: at, "id__gt": id}), **{f"{by}__gte": at})
    return list(rows.order_by(f"-{by}", "-id")[:limit])


def cursor_at(at: datetime, id: int) -> str:
    return f"{at.isoformat()}~{id}"


def place_of(cursor: str) -> tuple[datetime, int] | None:
    """What a cursor says; None when it is none."""
    moment, _, written = cursor.partition("~")
    id = id_in(written)
    if id is None:
        return None
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, id) if at.tzinfo is not None and 1900 < at.year < 9000 else None


def id_in(text: str) -> int | None:
    """The id that a stranger wrote; None for anything that cannot be one."""
    found = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None
    return found if found is not None and found <= LARGEST_ID else None
