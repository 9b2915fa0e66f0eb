"""An uploaded list: its file read into the database, its people recognised or made, and let in; then once more."""

import os
import time
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction

from engine import audience_control
from engine.audiences import applying
from engine.audiences.keeping import Wanted, keep
from engine.models import AudienceImport, Namespace
from journeyopt.capacity import invented
from tests.benchmarks import ground
from tests.benchmarks.results import Row

FULL = 1_000_000  # rows; LISTS_ROWS asks for another number
USUALLY, QUICK = 200_000, 20_000
READING = audience_control.ListReading(key="email", namespace="Email", columns={"first name": "name", "city": "city"})


class File:
    """A file of so many rows, made as it is read."""

    def __init__(self, rows: int) -> None:
        self._rows = iter(range(rows))
        self._left = b"email,first name,city\n"

    def read(self, size: int) -> bytes:
        parts, length = [self._left], len(self._left)
        while length < size and (number := next(self._rows, None)) is not None:
            parts.append(b"person%d@example.org,Ana %d,Bern\n" % (number, number % 1_000))
            length += len(parts[-1])
        whole = b"".join(parts)
        self._left = whole[size:]
        return whole[:size]


def measure(*, quick: bool) -> Iterator[Row]:
    count = QUICK if quick else int(os.environ.get("LISTS_ROWS", USUALLY))
    applying.A_TURN = timedelta(hours=1)  # no other job waits for its turn
    sandbox = ground.empty()
    Namespace.objects.create(sandbox=sandbox, code="Email", title="E-mail")
    audience = keep(sandbox_id=sandbox.pk, wanted=Wanted(name="List", kind="upload", namespace="Email"), by="bench")
    invented.settle()
    for what in ("nobody is known", "everybody is known, and in it"):
        began = time.perf_counter()
        made = _read(count, audience.pk)
        reading = time.perf_counter() - began
        applying.carry_on(made.pk)
        whole = time.perf_counter() - began
        made.refresh_from_db()
        assert (made.state, made.rows) == ("done", count), made.error
        yield Row(
            what=f"a list with an address, a name and a city in each row: {what}",
            figure=f"{whole:.0f} s, {count / whole:,.0f} rows/s; its file alone {count / reading:,.0f} rows/s",
            budget="1,000,000 in < 120 s",
            size=f"{count:,} rows",
        )
    yield _memory(count)


def _read(count: int, audience_id: int) -> AudienceImport:
    with transaction.atomic():
        staged = audience_control.stage_list(File(count), READING)
        return audience_control.begin_import(
            staged, READING, audience_id=audience_id, file_name="list.csv", mode="replace", by="bench"
        )


def _memory(count: int) -> Row:
    """What reading holds at once, of a small file and of a large one."""
    held = []
    for rows in (count // 10, count):
        tracemalloc.start()
        with transaction.atomic():
            audience_control.stage_list(File(rows), READING)
            transaction.set_rollback(True)
        held.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    most, tenth = held[1] / 1e6, held[0] / 1e6
    return Row(
        what="memory held while the file of a list is read", figure=f"{most:.1f} MB; of a tenth of it {tenth:.1f} MB",
        budget="flat", size=f"{count:,} rows",
    )  # fmt: skip
