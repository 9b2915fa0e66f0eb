"""kill -9 in the middle of an import: what it had done stands, and the next one goes on there, to the same end."""

import os
import signal
import subprocess
import sys

import pytest
from django.db import connection

from engine import tasks
from engine.models import AudienceImport, AudienceRun, Identity, Membership, Profile
from tests.cast import Shop
from tests.lists import imports, makes_list, uploads
from tests.processes import ROOT, database_url, wait_until

IMPORT = "import django; django.setup(); from engine import tasks; tasks.import_lists()"
READ = """
import django; django.setup()
import time
from django.db import transaction
from engine import control

class Slow:
    sent = 0
    def read(self, size):
        self.sent += 1
        time.sleep(0 if self.sent < 20 else 0.05)
        return b"id\\n" if self.sent == 1 else b"".join(b"u%d-%d\\n" % (self.sent, n) for n in range(20_000))[:size]

with transaction.atomic():
    control.stage_list(Slow(), control.ListReading(key="id", namespace="userId"))
"""


def process(code: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "journeyopt.settings"}
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment)


def kill(victim: subprocess.Popen[bytes]) -> None:
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait(10)


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM engine_import_row) + (SELECT count(*) FROM engine_import_member)")
        return int(cursor.fetchone()[0])


@pytest.mark.crash
@pytest.mark.parametrize("mode", ["replace", "add"])
def test_an_import_that_is_killed_ends_as_if_it_had_not_been(committed, mode):
    shop = Shop()
    audience = makes_list(shop)
    before, after = range(3_000), range(1_500, 6_000)
    imports(audience, "id\n" + "".join(f"u{n}\n" for n in before))
    oldest = Profile.objects.latest("id").id
    uploads(audience, "id\n" + "".join(f"u{n}\n" for n in after) + "u1500\n", mode=mode)

    with connection.cursor() as holding:
        # Somebody holds a shard in the middle, as a worker would: half of it goes on, and then it is killed.
        holding.execute("BEGIN")
        holding.execute("SELECT id FROM engine_shard WHERE id = 32 FOR UPDATE")
        victim = process(IMPORT)
        wait_until(lambda: AudienceImport.objects.filter(shards_done=32).exists(), "half of the shards are done")
        kill(victim)
        holding.execute("ROLLBACK")
    half = AudienceImport.objects.latest("pk")
    assert (half.state, half.shards_done) == ("running", 32)
    assert half.entered == Membership.objects.filter(is_member=True, profile_id__gt=oldest).count() > 0

    tasks.import_lists()

    half.refresh_from_db()
    expected = {*after, *(before if mode == "add" else ())}
    inside = Membership.objects.filter(audience_id=audience.pk, is_member=True).values_list("profile_id", flat=True)
    known = dict(Identity.objects.values_list("profile_id", "value"))
    assert sorted(known[profile] for profile in inside) == sorted(f"u{n}" for n in expected)
    assert (half.state, half.entered, half.left) == ("done", 3_000, 1_500 if mode == "replace" else 0)
    assert (half.new_people, half.duplicates, half.stayed) == (3_000, 1, len(expected) - 3_000)
    assert Profile.objects.count() == Identity.objects.count() == 6_000
    assert AudienceRun.objects.filter(audience=audience, state="done").count() == 2
    assert waiting() == 0
    shop.close()


@pytest.mark.crash
def test_of_a_file_whose_reading_is_killed_nothing_is_left(committed):
    def is_written() -> bool:
        with connection.cursor() as cursor:  # nobody sees the rows yet, but there are pages of them
            cursor.execute("SELECT pg_relation_size('engine_import_row') > 1000000")
            return bool(cursor.fetchone()[0])

    victim = process(READ)
    wait_until(is_written, "a part of the file is in the database")
    kill(victim)

    def is_over() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY engine_import_row%%' AND state = 'active'"
            )
            return cursor.fetchone() == (0,)

    wait_until(is_over, "the database has noticed")
    assert waiting() == 0
    assert not AudienceImport.objects.exists()
