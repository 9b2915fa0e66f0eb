"""kill -9 in the middle of an evaluation: what it had done stands, and the next one makes it right."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection

from engine.audiences.evaluating import evaluate
from engine.audiences.keeping import Wanted, keep
from engine.clock import travel
from engine.models import AudienceRun, Membership
from tests.cast import Shop
from tests.processes import ROOT, database_url, wait_until

PEOPLE = 6_400
EVALUATE = "import django; django.setup(); from engine import tasks; tasks.evaluate_audiences()"


@pytest.mark.crash
def test_an_evaluation_that_is_killed_is_made_right_by_the_next(committed):
    shop = Shop()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO engine_profile (shard, id, sandbox_id, attributes, created_at, updated_at) "
            "SELECT id %% 64, id, %s, jsonb_build_object('age', id %% 100), now(), now() "
            "FROM generate_series(1, %s) AS id",
            [shop.sandbox.pk, PEOPLE],
        )
    audience = keep(
        sandbox_id=shop.sandbox.pk, wanted=Wanted(name="Young", rule="#{Profile.attributes.age} < 30"), by="ana"
    )

    with connection.cursor() as holding:
        # Somebody holds a shard in the middle, as a worker would: half of it goes on, and then it is killed.
        holding.execute("BEGIN")
        holding.execute("SELECT id FROM engine_shard WHERE id = 32 FOR UPDATE")
        victim = subprocess.Popen(
            [sys.executable, "-c", EVALUATE],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "journeyopt.settings"},
        )
        wait_until(lambda: AudienceRun.objects.filter(shards_done=32).exists(), "half of the shards are done")
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait(10)
        holding.execute("ROLLBACK")
    run = AudienceRun.objects.get()
    half = Membership.objects.filter(audience_id=audience.pk, is_member=True)
    assert (run.state, run.shards_done) == ("running", 32)
    assert half.count() == run.size == run.entered > 0
    assert set(half.values_list("shard", flat=True)) == set(range(32))
    assert evaluate([audience.pk]) == [], "for some minutes it may still be alive"

    with travel(timedelta(minutes=11)):
        (again,) = evaluate([audience.pk])

    run.refresh_from_db()
    assert (run.state, again.state, again.shards_done) == ("failed", "done", 64)
    young = sum(1 for id in range(1, PEOPLE + 1) if id % 100 < 30)
    assert again.size == young == Membership.objects.filter(audience_id=audience.pk, is_member=True).count()
    assert (again.stayed, again.entered) == (run.entered, young - run.entered)
    shop.close()
