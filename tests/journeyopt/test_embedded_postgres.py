"""The settings of the PostgreSQL that comes along: written once, then its owner's."""

from journeyopt import embedded_postgres


def test_the_settings_are_written_once_and_what_was_edited_stays(monkeypatch, tmp_path):
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    file = embedded_postgres.folder() / "postgresql.conf"
    file.parent.mkdir()
    file.write_text("# as initdb left it\n")

    embedded_postgres.tune()
    written = file.read_text()
    file.write_text(written.replace("max_connections = 100", "max_connections = 300"))
    embedded_postgres.tune()

    (buffers,) = (line for line in written.splitlines() if line.startswith("shared_buffers"))
    assert 128 <= int(buffers.removeprefix("shared_buffers = '").removesuffix("MB'")) <= 2048
    assert written.startswith("# as initdb left it\n")
    assert "max_connections = 300" in file.read_text()
    assert file.read_text().count("shared_buffers") == 1
