"""Importing a list, first half: its file is read whole into the database, in one transaction, or nothing of it is.

The second half, applying.py, lets its people in, in the background.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import orjson
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from engine import clock, queue
from engine.audiences.keeping import NoSuchAudience
from engine.audiences.list_file import BadList, ListFile, Row, Source, too_large
from engine.errors import JourneyOptError
from engine.models import OPEN_IMPORT, Audience, AudienceImport, ImportProblem
from engine.store.catalogue import touch
from engine.store.copying import text

LONGEST_KEY = 300  # characters, as of the ids that senders of events give
LONGEST_CELL = 1_000  # characters of a cell that is kept
MOST_KEPT = 50  # further columns
MOST_PROBLEMS = 1_000  # kept of one import; all are counted
BLOCK = 1 << 20  # characters sent to the database at once
APPLY = "engine.tasks.import_list"


class ImportUnderWay(JourneyOptError):
    """A list takes in one file after the other."""

    code = "list.import_under_way"
    status = 409


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How a file is to be read. `columns`: those to keep beside the key, by their names in the file: -> in the list."""

    key: str
    namespace: str
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Staged:
    """A file that was read: the id that its import will have, and what was found in it."""

    import_id: int
    rows: int = 0
    bad: int = 0
    problems: list[ImportProblem] = field(default_factory=list)

    def leave_out(self, row: Row, code: str, message: str, key: str = "") -> None:
        """Note a row that says of nobody who it is."""
        self.bad += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(
                ImportProblem(audience_import_id=self.import_id, line=row.line, code=code, message=message, key=key)
            )


def stage(source: Source, reading: Reading, *, length: int | None = None) -> Staged:
    """Read a file into the database. To be called in a transaction, which keeps it with its import, or nothing.

    `length`: how many bytes are announced, if any are. BadList: it cannot be read, or there is nobody in it.
    """
    if length is not None and length > settings.LIST_LIMIT:
        raise too_large(settings.LIST_LIMIT)
    file = ListFile(source, most=settings.LIST_LIMIT)
    _check(file, reading)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('engine_audienceimport', 'id'))")
        staged = Staged(cursor.fetchone()[0])
        with cursor.copy("COPY engine_import_row (import_id, line, key, columns) FROM STDIN") as copy:
            for block in _blocks(_lines(file, reading, staged)):
                copy.write(block)
    if staged.rows == staged.bad:
        first = staged.problems[0].message if staged.problems else "There is no row below its header."
        raise BadList(
            f"There is nobody in this file. {first}",
            hint=f"The column {reading.key!r} says who people are: is it the right one?",
            code="list.nobody",
        )
    return staged


def refuse_another(audience_id: int) -> None:
    """ImportUnderWay, if a file is being taken in. Asked before a file is read; the database has the last word."""
    if AudienceImport.objects.filter(audience_id=audience_id, state__in=OPEN_IMPORT).exists():
        raise ImportUnderWay(
            "Another file is being taken into this list.", hint="Wait until it is in, then upload this one."
        )


def begin(staged: Staged, reading: Reading, *, audience_id: int, file_name: str, mode: str, by: str) -> AudienceImport:
    """Have the people of a file that was read let in soon. In the transaction in which it was read.

    The list has the columns of the file from now on; where the file adds to it, also those that it had.
    """
    now = clock.now()
    audience = Audience.objects.select_for_update(no_key=True).filter(pk=audience_id).first()
    if audience is None:
        raise NoSuchAudience("There is no such audience.", hint="It may have been deleted.")
    before = audience.columns if mode == AudienceImport.Mode.ADD else []
    columns = list(dict.fromkeys([*before, *reading.columns.values()]))
    if len(columns) > MOST_KEPT:
        raise BadList(
            f"The list would have {len(columns)} columns; {MOST_KEPT} is the most.",
            hint="Leave some out, or replace the list.", code="list.too_many_columns",
        )  # fmt: skip
    made = AudienceImport(
        pk=staged.import_id, audience=audience, file_name=file_name[:255], namespace=reading.namespace,
        key_column=reading.key, columns=[list(pair) for pair in reading.columns.items()], mode=mode,
        namespace_before=audience.namespace, columns_before=audience.columns,
        rows=staged.rows, bad=staged.bad, created_at=now, created_by=by,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        refuse_another(audience_id)
        raise ImportUnderWay("Another file was taken into this list meanwhile.", hint="Upload yours again.") from error
    ImportProblem.objects.bulk_create(staged.problems)
    audience.namespace, audience.columns, audience.updated_at, audience.updated_by = reading.namespace, columns, now, by
    audience.save(update_fields=["namespace", "columns", "updated_at", "updated_by"])
    with connection.cursor() as cursor:
        touch(cursor)
    queue.soon(APPLY, made.pk)
    return made


def _check(file: ListFile, reading: Reading) -> None:
    for column in (reading.key, *reading.columns):
        if column not in file.header:
            known = ", ".join(file.header[:10])
            is_key = column == reading.key
            raise BadList(
                f"The file has no column {column!r}, {'that says who people are' if is_key else 'that is to be kept'}.",
                hint=f"Its columns: {known}.",
                code="list.no_key_column" if is_key else "list.no_such_column",
                line=1,
            )
    names = list(reading.columns.values())
    if len(names) > MOST_KEPT:
        raise BadList(
            f"{len(names)} columns are too many to keep.", hint=f"Choose at most {MOST_KEPT}.",
            code="list.too_many_columns",
        )  # fmt: skip
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BadList(
            f"Two columns would be called {twice!r}.", hint="Give each a name of its own.", code="list.column_twice"
        )


def _lines(file: ListFile, reading: Reading, staged: Staged) -> Iterator[str]:
    """The rows that name somebody, as lines for COPY."""
    width, at = len(file.header), file.header.index(reading.key)
    kept = [(file.header.index(column), name) for column, name in reading.columns.items()]
    begin = f"{staged.import_id}\t"
    for row in file.rows():
        staged.rows += 1
        cells = row.cells
        if len(cells) != width and (len(cells) < width or any(cells[width:])):
            said = "1 cell" if len(cells) == 1 else f"{len(cells):,} cells"
            staged.leave_out(row, "cells", f"It has {said}; the header has {width}.")
            continue
        key = cells[at].strip()
        if not key:
            staged.leave_out(row, "no_key", f"The column {reading.key!r} is empty.")
            continue
        if len(key) > LONGEST_KEY:
            staged.leave_out(row, "long_key", f"The key has more than {LONGEST_KEY} characters.", key[:LONGEST_KEY])
            continue
        said_of = {name: cells[place] for place, name in kept if cells[place]} if kept else {}
        for name, cell in said_of.items():
            if len(cell) > LONGEST_CELL:
                raise BadList(
                    f"On line {row.line}, {name!r} has more than {LONGEST_CELL:,} characters.",
                    hint="Shorten it, or leave the column out.", code="list.cell_too_long", line=row.line,
                )  # fmt: skip
        yield f"{begin}{row.line}\t{text(key)}\t{text(orjson.dumps(said_of).decode()) if said_of else '{}'}\n"


def _blocks(lines: Iterator[str]) -> Iterator[bytes]:
    """Lines, many at once."""
    waiting: list[str] = []
    length = 0
    for line in lines:
        waiting.append(line)
        length += len(line)
        if length > BLOCK:
            yield "".join(waiting).encode()
            waiting, length = [], 0
    yield "".join(waiting).encode()
