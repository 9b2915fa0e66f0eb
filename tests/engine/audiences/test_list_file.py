"""Files of lists, as people save them and as they should not: what is read, and what is said of the rest."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.audiences.list_file import LONGEST_RECORD, BadList, ListFile, ListTooLarge, beginning

MOST = 10_000_000
CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def read(content, most=MOST):
    file = ListFile(io.BytesIO(content if isinstance(content, bytes) else content.encode()), most=most)
    return file.header, [(row.line, row.cells) for row in file.rows()]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_of_any_program_is_read(delimiter, end, mark):
    lines = [["e-mail", "Ort, Land"], ["ana@example.org", 'Bern; "Stadt"'], ["zoë@example.org", "Zürich\nAltstadt"]]
    written = io.StringIO()
    quoting = csv.QUOTE_ALL if end == "\r" else csv.QUOTE_MINIMAL  # it quotes its own line ends alone
    csv.writer(written, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(lines)

    header, rows = read(mark + written.getvalue().encode())

    assert header == ("e-mail", "Ort, Land")
    assert rows == [(2, lines[1]), (3, lines[2])]


@given(rows=st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=20), delimiter=st.sampled_from(",;\t"))
def test_whatever_a_csv_writer_writes_is_read_as_it_was(rows, delimiter):
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows([["one", "two", "three"], *rows])

    header, found = read(written.getvalue())

    assert header == ("one", "two", "three")
    assert [cells for _, cells in found] == rows
    lines = [line for line, _ in found]
    assert lines == sorted(set(lines))


def test_lines_are_counted_as_an_editor_does_with_empty_ones_and_cells_of_several():
    header, rows = read('\n\nkey,note\n\na,"one\ntwo"\n\nb,three\n')

    assert header == ("key", "note")
    assert rows == [(5, ["a", "one\ntwo"]), (8, ["b", "three"])]


def test_a_first_line_that_names_the_delimiter_is_no_header():
    assert read("sep=;\r\nkey;a,b\r\nx;1\r\n")[0] == ("key", "a,b")


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        pytest.param(b"", "list.no_header", 1, id="empty"),
        pytest.param(b"\n\n  \n", "list.no_header", 1, id="blank"),
        pytest.param(b"key,\na,b\n", "list.bad_column", 1, id="column without a name"),
        pytest.param(b"key,a\x07\n", "list.bad_column", 1, id="name that cannot be shown"),
        pytest.param(b"key," + b"n" * 101 + b"\n", "list.bad_column", 1, id="long name"),
        pytest.param(b"key, key \na,b\n", "list.column_twice", 1, id="same name twice"),
        pytest.param(b",".join(b"c%d" % n for n in range(201)) + b"\n", "list.too_many_columns", 1, id="columns"),
        pytest.param(b"key\na\nb\xe9\nc\n", "list.not_utf8", 3, id="latin-1"),
        pytest.param(b"key\n" + b"a\n" * 300_000 + b"\xff\n", "list.not_utf8", 300_002, id="latin-1, far down"),
        pytest.param(b"key\nab\xc3", "list.not_utf8", 2, id="cut in a character"),
        pytest.param("key\na\n".encode("utf-16"), "list.not_utf8", 1, id="utf-16"),
        pytest.param(b"PK\x03\x04 workbook", "list.not_csv", 1, id="spreadsheet"),
        pytest.param(b"key\na\n\0\n", "list.nul", 3, id="nul"),
        pytest.param(b'key\na\n"b\nc\n', "list.unclosed_quote", 3, id="open quote"),
        pytest.param(b'key\na\n"b" c\n', "list.malformed", 3, id="text after a quote"),
        pytest.param(b'key\n"' + b"x" * 200_000 + b'"\n', "list.cell_too_long", 2, id="long cell"),
        pytest.param(b"key\na\n" + b"x" * (LONGEST_RECORD + 1), "list.row_too_long", 3, id="long line"),
        pytest.param(b"key\n" + b'"\n",' * 400_000, "list.row_too_long", None, id="a row without end"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(content, code, line):
    with pytest.raises(BadList) as refused:
        read(content)

    assert refused.value.code == code
    assert refused.value.hint
    if line is not None:
        assert refused.value.extra["line"] == line


def test_a_file_that_is_too_large_is_read_no_further():
    source = io.BytesIO(b"key\n" + b"a\n" * 5_000_000)

    with pytest.raises(ListTooLarge):
        list(ListFile(source, most=1_000_000).rows())

    assert source.tell() < 2_000_000


def test_the_beginning_of_a_file_shows_its_first_rows_whatever_the_cut_left_open():
    content = 'key;note\na;1\nzoë;"two\nlines"\nc;"cut'.encode()

    cut = beginning(content, is_whole=False)

    assert (cut.delimiter, cut.header) == (";", ("key", "note"))
    assert cut.rows == (("a", "1"), ("zoë", "two\nlines"))
    assert beginning("key\nzoë".encode()[:-1], is_whole=False).rows == ()
    with pytest.raises(BadList):
        beginning(content, is_whole=True)
