"""python -m tests.chaos: kill everything at random under load, and count whether anything was lost or came twice.

CHAOS_SECONDS (600): how long. CHAOS_SEED (drawn, and printed): the same kills in the same order. CHAOS_RATE (20):
people a second. The database is an embedded PostgreSQL in a folder of its own; it is left behind when something failed.
"""

import os
import random
import shutil
import signal
import sys
import tempfile
from pathlib import Path


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: no process is left behind
    seconds = float(os.environ.get("CHAOS_SECONDS") or 600)
    seed = int(os.environ.get("CHAOS_SEED") or random.randrange(1_000_000))
    rate = float(os.environ.get("CHAOS_RATE") or 20)
    folder = Path(tempfile.mkdtemp(prefix="jo-chaos-"))
    folder.chmod(0o755)  # PostgreSQL runs as somebody else when we are root
    _prepare(folder)
    print(f"chaos: {seconds:g} s, {rate:g} people/s, CHAOS_SEED={seed}, logs in {folder}", flush=True)

    from journeyopt import embedded_postgres
    from tests.chaos.campaign import Campaign

    try:
        report = Campaign(folder, seed=seed, rate=rate).run(seconds)
    except AssertionError as error:
        print(f"\nchaos: FAILED with CHAOS_SEED={seed}\n{error}\nEverything is left in {folder}.", flush=True)
        embedded_postgres.stop()
        sys.exit(1)
    embedded_postgres.stop()
    shutil.rmtree(folder, ignore_errors=True)
    print(report)


def _prepare(folder: Path) -> None:
    """A new, empty database, and Django upon it. Before anything of Django is imported."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "journeyopt.settings"
    os.environ["VAR_DIR"] = str(folder)
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ.pop("DATABASE_URL", None)

    from journeyopt import embedded_postgres

    embedded_postgres.ensure()
    os.environ["DATABASE_URL"] = embedded_postgres.url()

    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


main()
