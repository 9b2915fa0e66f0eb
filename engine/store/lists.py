"""What imports of lists write down between reading a file and letting its people in."""

from collections.abc import Iterable
from datetime import datetime

from django.db.backends.utils import CursorWrapper

from engine.store.arrays import integers
from engine.store.queries import query


def give_up(cursor: CursorWrapper, import_id: int, *, sandbox_id: int, asks: bool, now: datetime) -> None:
    """Let nobody in any more. `asks`: whom the import made, streaming audiences look at like anybody new."""
    if asks:
        cursor.execute(
            query("lists/tell_of_made").decode(), {"import": import_id, "sandbox": sandbox_id, "now": now}
        )  # fmt: skip
        cursor.execute("SELECT pg_notify('engine_work', '')")
    drop_staged(cursor, [import_id])


def drop_staged(cursor: CursorWrapper, import_ids: Iterable[int]) -> None:
    """Forget what these imports have written down and not let in."""
    imports = integers(import_ids)
    for name in ("lists/drop_rows", "lists/drop_members"):
        cursor.execute(query(name).decode(), {"imports": imports})
