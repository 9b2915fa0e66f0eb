"""Reading the file of a list: CSV as it comes, a piece at a time, however large. What is wrong says where.

UTF-8, with or without a byte order mark; commas, semicolons or tabs between cells, whichever the header line has most
of; the first line that is not empty is the header.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from engine.errors import JourneyOptError

DELIMITERS = "\t;,"  # of two that stand equally often, the first: a comma stands in names, too
PIECE = 1 << 18  # bytes read at once
LONGEST_RECORD = 1_000_000  # characters of one row, over however many lines
MOST_COLUMNS = 200  # of a file
LONGEST_COLUMN = 100  # characters of its name
UNQUOTED = re.compile(r'"[^"]*"?')
SAYS_DELIMITER = re.compile(r"sep=([,;\t])\r?\n?$")  # a first line that spreadsheets write for each other


class BadList(JourneyOptError):
    """The file cannot be imported; nothing of it is kept. `line`: where that shows, if it shows somewhere."""

    code = "list.unreadable"
    status = 422


class ListTooLarge(BadList):
    code = "list.too_large"
    status = 413


class Source(Protocol):
    """Where the bytes of a file come from: a request, a file that is open."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, and the line on which it begins, counted from 1."""

    line: int
    cells: list[str]


class ListFile:
    """A file that is being read. Its header is known at once; its rows come as they are asked for. BadList."""

    def __init__(self, source: Source, *, most: int) -> None:
        """`most`: the bytes it may have."""
        self._bytes = _Bytes(source, most)
        self._text = io.TextIOWrapper(io.BufferedReader(self._bytes, PIECE), encoding="utf-8-sig", newline="")
        self._text._CHUNK_SIZE = PIECE  # type: ignore[attr-defined]  # 8 kB by default: as many calls, for nothing
        self._lines = 0  # that were read
        self._length = 0  # of the row that is being read
        first = next((line for line in self._read() if line.strip()), "")
        if said := SAYS_DELIMITER.match(first):
            first = next((line for line in self._read() if line.strip()), "")
        self.delimiter = said.group(1) if said else delimiter_of(first)
        begins = self._lines
        self._records = csv.reader(chain([first] if first else [], self._read()), delimiter=self.delimiter, strict=True)
        header = self._next()
        self.header = _checked_header([] if header is None else header, begins)

    def rows(self) -> Iterator[Row]:
        """Every row below the header that is not empty."""
        begins = self._lines + 1
        while (cells := self._next()) is not None:
            if cells:
                yield Row(begins, cells)
            begins = self._lines + 1

    def _next(self) -> list[str] | None:
        self._length = 0
        begins = self._lines + 1
        try:
            return next(self._records, None)
        except csv.Error as error:
            raise _malformed(error, begins) from error

    def _read(self) -> Iterator[str]:
        """Lines with their ends; never more of one than a row may have."""
        while True:
            try:
                line = self._text.readline(LONGEST_RECORD + 1)
            except UnicodeDecodeError as error:
                raise self._not_utf8(error) from error
            if not line:
                return
            self._length += len(line)
            if self._length > LONGEST_RECORD:
                raise BadList(
                    f"The row that begins on line {self._lines + 1} has more than {LONGEST_RECORD:,} characters.",
                    hint="Is it a CSV file? A quote that is opened and not closed makes many lines one.",
                    code="list.row_too_long", line=self._lines + 1,
                )  # fmt: skip
            self._lines += 1
            yield line

    def _not_utf8(self, error: UnicodeDecodeError) -> BadList:
        line = self._lines + 1 + bytes(error.object[: error.start]).count(b"\n")
        return BadList(
            f"The file is not UTF-8: see line {line}.",
            hint="Save it as “CSV UTF-8”, and upload it again.",
            code="list.not_utf8",
            line=line,
        )


class _Bytes(io.RawIOBase):
    """The bytes of a source, as many as there may be, and none that no text has."""

    def __init__(self, source: Source, most: int) -> None:
        self._source = source
        self._most = most
        self._read = 0
        self._lines = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self._source.read(len(buffer))
        if self._read == 0:
            _refuse_what_is_no_text(piece)
        self._read += len(piece)
        if self._read > self._most:
            raise too_large(self._most)
        at = piece.find(b"\0")
        if at >= 0:
            line = self._lines + piece.count(b"\n", 0, at) + 1
            raise BadList(
                f"There is a NUL byte on line {line}, which no text has.",
                hint="Save it as “CSV UTF-8”, and upload it again.", code="list.nul", line=line,
            )  # fmt: skip
        self._lines += piece.count(b"\n")
        buffer[: len(piece)] = piece
        return len(piece)


def too_large(most: int) -> ListTooLarge:
    return ListTooLarge(
        f"The file has more than {most:,} bytes.", hint="Split it: the first part replaces the list, the others add."
    )


def delimiter_of(line: str) -> str:
    """The one that stands most often between the cells of this line; a comma where none does."""
    outside = UNQUOTED.sub("", line)
    return max(DELIMITERS, key=outside.count) if any(one in outside for one in DELIMITERS) else ","


def _refuse_what_is_no_text(begin: bytes) -> None:
    if begin.startswith(b"PK\x03\x04"):
        raise BadList(
            "This is a spreadsheet, not a CSV file.", hint="Save it as “CSV UTF-8”, and upload that.",
            code="list.not_csv", line=1,
        )  # fmt: skip
    if begin.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadList(
            "The file is UTF-16.", hint="Save it as “CSV UTF-8”, and upload it again.", code="list.not_utf8", line=1
        )


def _checked_header(cells: list[str], line: int) -> tuple[str, ...]:
    header = tuple(cell.strip() for cell in cells)
    if not any(header):
        raise BadList(
            "The file is empty.", hint="Its first line says what the columns are called.", code="list.no_header", line=1
        )
    if len(header) > MOST_COLUMNS:
        raise BadList(
            f"The file has {len(header):,} columns; {MOST_COLUMNS} is the most.",
            hint="Leave out those that nobody needs.", code="list.too_many_columns", line=line,
        )  # fmt: skip
    for number, name in enumerate(header, 1):
        if not name or len(name) > LONGEST_COLUMN or not name.isprintable():
            raise BadList(
                f"Column {number} has no name that can be kept.",
                hint=f"The first line gives each column a name of 1 to {LONGEST_COLUMN} characters.",
                code="list.bad_column", line=line,
            )  # fmt: skip
        if name in header[: number - 1]:
            raise BadList(
                f"Two columns are called {name!r}.", hint="Give each a name of its own.",
                code="list.column_twice", line=line,
            )  # fmt: skip
    return header


def _malformed(error: csv.Error, line: int) -> BadList:
    said = str(error)
    if "end of data" in said:
        return BadList(
            f"The quote that is opened in the row of line {line} is never closed.",
            hint='A quote inside quotes is written twice: "".', code="list.unclosed_quote", line=line,
        )  # fmt: skip
    if "field limit" in said:
        return BadList(
            f"A cell on line {line} has more than {csv.field_size_limit():,} characters.",
            hint="Is a quote opened there and not closed?", code="list.cell_too_long", line=line,
        )  # fmt: skip
    return BadList(
        f"Line {line} is not CSV: {said}.", hint='A quote inside quotes is written twice: "".',
        code="list.malformed", line=line,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Beginning:
    """What the first bytes of a file show of it."""

    delimiter: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def beginning(begin: bytes, *, is_whole: bool, most: int = 8) -> Beginning:
    """The header and the first rows. What a cut leaves open is no mistake. BadList."""
    whole_lines = begin if is_whole else begin[: begin.rfind(b"\n") + 1] or begin
    file = ListFile(io.BytesIO(whole_lines), most=len(begin) + 1)
    rows: list[tuple[str, ...]] = []
    try:
        for row in file.rows():
            if len(rows) == most:
                break
            rows.append(tuple(row.cells))
    except BadList as error:
        if is_whole or error.code != "list.unclosed_quote":
            raise
    return Beginning(delimiter=file.delimiter, header=file.header, rows=tuple(rows))
