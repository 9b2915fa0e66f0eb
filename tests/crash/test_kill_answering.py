"""kill -9 while business events are answered: no event is lost, and none is answered twice."""

import os
import signal
import subprocess
import sys

import pytest
from django.db import connection

from engine import clock, tasks
from engine.models import BusinessEvent, Event, ReadRun
from tests.cast import Shop
from tests.processes import ROOT, database_url, wait_until
from tests.readers import makes_audience, makes_people
from tests.stories.test_business_events import RULE, SCHEMA, alert, falls

ANSWER = "import django; django.setup(); from engine import tasks; tasks.answer_business_events()"
EVENTS = 3


@pytest.mark.crash
def test_killed_between_the_runs_and_the_history_nothing_has_happened_and_the_next_job_does_it_once(committed):
    shop = Shop()
    shop.defines("PriceFell", RULE, type="business", namespace="", schema=SCHEMA)
    makes_audience(shop, makes_people(shop, 2))
    shop.publishes(alert(multiple_executions=True))
    for price in range(EVENTS):
        falls(shop, price)

    with connection.cursor() as holding:
        holding.execute("BEGIN")
        holding.execute("LOCK TABLE engine_event IN SHARE MODE")  # the runs are made; the history cannot be written
        victim = subprocess.Popen(
            [sys.executable, "-c", ANSWER],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "journeyopt.settings"},
        )
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'engine_event'::regclass"

        def is_held() -> bool:
            holding.execute(waiting)
            return holding.fetchone() == (1,)

        wait_until(is_held, "the history is waited for")
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait(10)
        holding.execute("ROLLBACK")
    assert (ReadRun.objects.count(), Event.objects.count(), BusinessEvent.objects.count()) == (0, 0, EVENTS)

    tasks.answer_business_events()

    assert (ReadRun.objects.count(), Event.objects.count(), BusinessEvent.objects.count()) == (EVENTS, EVENTS, 0)
    assert ReadRun.objects.filter(due_at__lte=clock.now()).values("event_id").distinct().count() == EVENTS
    shop.close()
