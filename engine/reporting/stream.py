"""What came in: the latest events, what was refused at the door, and what journeys refused."""

from datetime import datetime

from django.db import connection

LOOKED_BACK = 5_000  # events: a look at the latest ones, not at all of history


def events_last_seen(*, sandbox_id: int) -> dict[str, datetime]:
    """Event definition -> when an event last matched it, among the latest ones of the sandbox."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome ->> 'definition', max(latest.received_at) "
            "FROM (SELECT outcomes, received_at FROM engine_event WHERE sandbox_id = %s "
            "ORDER BY received_at DESC LIMIT %s) AS latest, jsonb_array_elements(latest.outcomes) AS outcome "
            "WHERE outcome ? 'definition' GROUP BY 1",
            [sandbox_id, LOOKED_BACK],
        )
        return dict(cursor.fetchall())
