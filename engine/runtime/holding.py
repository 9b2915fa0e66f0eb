"""How many people are held in paused versions, and whether more may be.

A paused version holds people at the next step that acts. While HELD_PEOPLE or more are held, over all versions and
sandboxes, it lets them leave there instead, as if its pause discarded; who is held already stays held.
"""

from django.conf import settings
from django.db import connection, transaction

from engine.models import Instance
from engine.store import catalogue


def count() -> int:
    """Count who is held, and tell the engine when that comes to the limit, or falls below it again."""
    held = Instance.objects.filter(state=Instance.State.HELD, ended_at__isnull=True).count()
    is_full = held >= settings.HELD_PEOPLE
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE engine_catalogue SET holds_no_more = %s WHERE holds_no_more IS DISTINCT FROM %s", [is_full, is_full]
        )
        if cursor.rowcount:
            catalogue.touch(cursor)
    return held
