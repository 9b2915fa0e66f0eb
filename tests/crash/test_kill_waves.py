"""kill -9 within waves and between them: everybody enters once, and each wave brings its part."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum

from engine import clock
from engine.audiences import reading
from engine.audiences.reading import _COUNTED as COUNTED
from engine.models import InboxItem, Instance, ReadCount, ReadMember, ReadRun
from tests.cast import Shop, node
from tests.crash.test_kill_reading import VICTIMS, kill_while_it_is_read, what_is_left
from tests.processes import ROOT, Product, database_url, wait_until
from tests.readers import makes_audience, makes_people, reading_graph

SEED = 20_263
WAVES, A_WAVE = 3, 1_500
RATE = 600  # so that a wave takes 2.5 s
HOUR = timedelta(hours=1)
JOB = "import django; django.setup(); from engine import tasks; tasks.read_audiences()"


@pytest.fixture
def shop(committed):
    shop = Shop()
    yield shop
    shop.close()


@pytest.mark.crash
def test_killed_within_waves_and_between_them_each_brings_its_part_once(shop, tmp_path, capsys):
    people = makes_people(shop, WAVES * A_WAVE)
    makes_audience(shop, people)
    # Every wave is due: one begins as soon as the one before is through, and a job looks.
    starts = [{"starts_at": (clock.now() - hours * HOUR).isoformat()} for hours in range(WAVES, 0, -1)]
    with clock.travel(-(WAVES + 1) * HOUR):
        shop.publishes(
            reading_graph(
                node("wait-1", duration="P1D"), lines=("read-audience-1 > wait-1",), reading_rate=RATE, waves="dates",
                wave_starts=starts,
            )
        )  # fmt: skip
    product, chance, kills = Product(tmp_path), random.Random(SEED), 0
    product.start(*VICTIMS)
    try:
        for wave in range(WAVES):
            kills += kill_the_job(product, chance) if wave else 0
            assert Instance.objects.count() == wave * A_WAVE
            assert reading.carry_on(clock.now()) == 1
            kills += kill_while_it_is_read(product, chance, most=4)
            wait_until(is_through, f"wave {wave} has entered", what_is_left)
            assert ReadRun.objects.values_list("wave", "read").get() == (wave, (wave + 1) * A_WAVE)
    finally:
        product.stop()
    reading.carry_on(clock.now())

    assert Counter(Instance.objects.values_list("profile_id", flat=True)) == Counter(people)
    assert ReadRun.objects.values_list("state", "read", "total").get() == ("done", len(people), len(people))
    assert not ReadMember.objects.exists()
    fared = ReadCount.objects.aggregate(entered=Sum("entered"), refused=Sum("refused"))
    assert fared == {"entered": len(people), "refused": 0}
    with capsys.disabled():
        print(f"\nkilled {kills} times while {len(people):,} people were read in {WAVES} waves")


def kill_the_job(product: Product, chance: random.Random) -> int:
    """Kill the job that is about to begin the next wave, and a worker with it; how many that were."""
    with connection.cursor() as holding:
        holding.execute("BEGIN")
        holding.execute("SELECT pg_advisory_xact_lock(%s)", [COUNTED])
        job = subprocess.Popen(
            [sys.executable, "-c", JOB], cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "journeyopt.settings"},
        )  # fmt: skip
        wait_until(waits_for_the_lock, "the job is about to begin the next wave")
        victim = chance.choice(VICTIMS)
        os.kill(job.pid, signal.SIGKILL)
        product.kill(victim)
        job.wait(10)
        holding.execute("ROLLBACK")
    wait_until(lambda: not waits_for_the_lock(), "the database has noticed")
    product.start(victim)
    assert ReadRun.objects.get().state == "resting"
    return 2


def waits_for_the_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted", [COUNTED]
        )
        return cursor.fetchone()[0] > 0


def is_through() -> bool:
    return ReadRun.objects.get().state == "resting" and not InboxItem.objects.exists()
