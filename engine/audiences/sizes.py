"""The sizes of streaming audiences between their evaluations: people enter and leave without anybody counting."""

import time
from datetime import timedelta

from django.db import connection

from engine.models import Audience
from engine.store.queries import query

LONGEST = timedelta(seconds=3)  # of each minute; an audience of a million is counted in about a tenth of a second


def refresh(longest: timedelta = LONGEST) -> int:
    """Count streaming audiences, in any order, until the time is over; how many had another size."""
    until = time.monotonic() + longest.total_seconds()
    changed = 0
    streaming = Audience.objects.filter(evaluation=Audience.Evaluation.STREAMING)
    for id in streaming.order_by("?").values_list("pk", flat=True):
        if time.monotonic() > until:
            break
        with connection.cursor() as cursor:
            cursor.execute(query("audiences/refresh_size").decode(), {"audience": id})
            changed += cursor.rowcount
    return changed
