"""Values of the expression language as JSON: what is written to profiles and sent to other systems."""

from datetime import date, datetime, timedelta
from typing import Any

from engine.activities.durations import iso


def in_json(value: Any) -> Any:
    """Dates as ISO 8601 text (Z for UTC), durations as ISO 8601 durations; nulls inside lists are left out."""
    if isinstance(value, list):
        return [in_json(item) for item in value if item is not None]
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return iso(value)
    return value


def in_text(value: Any) -> str:
    """The same for places that hold text: headers and query parameters."""
    found = in_json(value)
    return ("true" if found else "false") if isinstance(found, bool) else str(found)
