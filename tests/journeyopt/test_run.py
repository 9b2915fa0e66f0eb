"""`manage.py run`, as a person on a new machine would: an empty folder, one command, an address, a living demo."""

import os
import re
import signal
import subprocess
import sys
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import psycopg
import pytest

from tests.processes import ROOT, free_port, wait_until

pytestmark = [pytest.mark.crash, pytest.mark.xdist_group("run")]


@pytest.fixture
def machine(tmp_path):
    """What a new machine has: no DATABASE_URL, nothing in VAR_DIR, nothing listening."""
    web, sink, smtp = free_port(), free_port(), free_port()
    clean = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BASE_URL", "SMTP_URL")}
    return {
        **clean,
        "VAR_DIR": str(tmp_path / "var"),
        "PORT": str(web),
        "DEMO_SINK_URL": f"http://127.0.0.1:{sink}",
        "MAIL_CATCHER_PORT": str(smtp),
    }


def start(machine, log: Path, *words: str) -> subprocess.Popen[bytes]:
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "manage.py", "run", *words],
            cwd=ROOT,
            env=machine,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


def greeting(process, log: Path) -> re.Match[str]:
    def found():
        assert process.poll() is None, log.read_text()
        return re.search(r"Open +(\S+)\n +Log in +(\S+) / (\S+)", log.read_text())

    wait_until(found, "it says where to go", log.read_text, patience=120)
    match = found()
    assert match
    return match


def stop(process) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(60)


def database_of(machine) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from journeyopt import embedded_postgres as p; print(p.url())"],
        cwd=ROOT, env=machine, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def test_one_command_leads_to_a_living_demo_and_a_second_start_keeps_it(machine, tmp_path):
    log = tmp_path / "run.log"
    process = start(machine, log)
    try:
        address, name, password = greeting(process, log).groups()
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        token = re.search(
            r'name="csrfmiddlewaretoken" value="(\w+)"', browser.open(f"{address}/log-in/").read().decode()
        )
        assert token
        form = urlencode({"username": name, "password": password, "csrfmiddlewaretoken": token[1]}).encode()
        page = browser.open(f"{address}/log-in/", form).read().decode()
        assert "Abandoned cart" in page

        with psycopg.connect(database_of(machine), autocommit=True) as database:

            def count(what: str) -> int:
                return database.execute(f"SELECT count(*) FROM {what}").fetchone()[0]

            wait_until(lambda: count("engine_profile") >= 5000, "everybody was introduced", log.read_text)
            wait_until(lambda: count("engine_instance") > 3, "people enter", log.read_text)
            wait_until(lambda: count("engine_caughtmail") > 0, "mail arrives", log.read_text)
            wait_until(lambda: count("engine_audience") == 4, "audiences are there", log.read_text)
            wait_until(lambda: count("engine_membership WHERE is_member") > 1000, "people are in them", log.read_text)
    finally:
        assert stop(process) == 0, log.read_text()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(database_of(machine), connect_timeout=2)

    log = tmp_path / "again.log"
    process = start(machine, log, "--without-demo")
    try:
        again = greeting(process, log)
        assert again[3] == password
        with psycopg.connect(database_of(machine)) as database:
            assert database.execute("SELECT count(*) FROM engine_definition").fetchone() == (4,)
    finally:
        assert stop(process) == 0, log.read_text()


def test_a_taken_port_is_named_with_the_way_out(machine, tmp_path):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(machine["PORT"])))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "manage.py", "run"],
            cwd=ROOT,
            env=machine,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert done.returncode == 1
    assert f"Port {machine['PORT']} is taken" in done.stderr
    assert "PORT=" in done.stderr
