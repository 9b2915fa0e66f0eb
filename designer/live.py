"""What open canvases hear. The engine commits and says which versions moved; each web process listens once."""

import json

from django.db import connection

CHANNEL = "engine_moved"


def tell(*version_ids: int) -> None:
    """Say, once this transaction is committed, that something about these versions changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(version_ids)])


class LiveFeed:
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
