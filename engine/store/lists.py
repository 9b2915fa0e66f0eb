"""What imports of lists write down between reading a file and letting its people in."""

from collections.abc import Iterable

from django.db.backends.utils import CursorWrapper

from engine.store.arrays import integers
from engine.store.queries import query


def drop_staged(cursor: CursorWrapper, import_ids: Iterable[int]) -> None:
    """Forget what these imports have written down and not let in."""
    imports = integers(import_ids)
    for name in ("lists/drop_rows", "lists/drop_members"):
        cursor.execute(query(name).decode(), {"imports": imports})
