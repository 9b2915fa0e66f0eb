"""The settings of the PostgreSQL that comes along: written once, then its owner's."""

import pytest

from journeyopt import embedded_postgres


@pytest.fixture
def file(monkeypatch, tmp_path):
    """The settings of a folder that has just been made."""
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    file = embedded_postgres.folder() / "postgresql.conf"
    file.parent.mkdir()
    file.write_text("# as initdb left it\n")
    return file


def buffers(file):
    """MB."""
    (line,) = (line for line in file.read_text().splitlines() if line.startswith("shared_buffers"))
    return int(line.removeprefix("shared_buffers = '").removesuffix("MB'"))


def test_the_settings_are_written_once_and_what_was_edited_stays(file):
    embedded_postgres.tune()
    written = file.read_text()
    file.write_text(written.replace("max_connections = 100", "max_connections = 300"))
    embedded_postgres.tune()

    assert 128 <= buffers(file) <= 2048
    assert written.startswith("# as initdb left it\n")
    assert "max_connections = 300" in file.read_text()


@pytest.mark.parametrize(
    ("limit", "expected"),
    [("1610612736\n", 192), ("268435456\n", 128), ("9223372036854771712\n", None), ("max\n", None)],
)
def test_a_container_has_no_more_memory_than_it_may_have(file, monkeypatch, tmp_path, limit, expected):
    said = tmp_path / "memory.max"
    monkeypatch.setattr(embedded_postgres, "LIMITS", (tmp_path / "nowhere",))
    of_machine = min(embedded_postgres._memory() // 8, 2048)
    said.write_text(limit)
    monkeypatch.setattr(embedded_postgres, "LIMITS", (said, tmp_path / "nowhere"))

    embedded_postgres.tune()

    assert buffers(file) == (expected or of_machine)
