"""Rows as CSV that a spreadsheet may open: what is written out runs nothing there."""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse

FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d .()-]*$)")  # what a spreadsheet would run; a number or a phone is none


def as_csv(rows: Iterable[list[Any]], file_name: str) -> StreamingHttpResponse:
    """A file to download, written while it is read, however many rows it has."""
    response = StreamingHttpResponse(_written(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response["Cache-Control"] = "no-store"
    return response


class _Line:
    """What a CSV writer writes to, so that it gives its line back."""

    def write(self, line: str) -> str:
        return line


def _written(rows: Iterable[list[Any]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    for row in rows:
        yield writer.writerow([f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell for cell in row])
