"""The loop around turns: what wakes it, and for how long it sleeps."""

import threading
import time

import psycopg

from engine.runtime.worker import Worker
from tests.processes import database_url

SOON = 0.6  # seconds


def test_a_worker_that_was_told_many_times_looks_once_more_and_then_sleeps(committed):
    worker = Worker(limit=100)
    worker.run_once()
    with psycopg.connect(database_url(), autocommit=True) as sender:
        for _ in range(300):
            sender.execute("NOTIFY engine_work")
    worker.run_once()  # they come in beside the answers of this turn

    began = time.monotonic()
    worker._sleep()
    first = time.monotonic() - began
    stopping = threading.Timer(SOON, worker.stop)
    stopping.start()
    worker._sleep()
    second = time.monotonic() - began - first
    stopping.join()
    worker._drop_connection()

    assert first < SOON / 2
    assert second > SOON / 2
