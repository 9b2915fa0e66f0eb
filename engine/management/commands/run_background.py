"""manage.py run_background: django-q2's cluster, made to stop cleanly whoever stops it, and to outlive its database.

A runner or a container sends SIGTERM to the whole process group. django-q2's guard then dies before its workers, which
stay behind for ever. So each of its processes gets a group of its own, and only the first one hears the signal and ends
the others in their order; if it is killed instead, the kernel ends them with it.

Where the database does not answer at the start, django-q2 gives up. So it is waited for, and a cluster that ended by
itself is followed by another.
"""

import ctypes
import logging
import os
import signal
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django_q.cluster import Cluster
from django_q.scheduler import scheduler

from engine.logs import announce

PR_SET_PDEATHSIG = 1  # prctl(2)
LONGEST_PAUSE = 5.0  # seconds

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Run background jobs until SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        self._cluster: Cluster | None = None
        self._is_asked_to_stop = False
        os.register_at_fork(after_in_child=_stand_apart)
        self._hear_signals()
        announce(self, "background: working")
        pause = 0.2
        while not self._is_asked_to_stop:
            if _database_answers():
                began = time.monotonic()
                self._work()
                if time.monotonic() - began > LONGEST_PAUSE:
                    pause = 0.2
            if not self._is_asked_to_stop:
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _work(self) -> None:
        """One cluster, until it ends."""
        self._cluster = Cluster()
        self._hear_signals()  # it has put handlers of its own there
        try:
            self._cluster.start()
        except RuntimeError as error:
            log.warning("background jobs did not begin (%s); trying again", error)
            return
        if self._is_asked_to_stop:
            self._cluster.stop()
        else:
            _look_at_the_schedule()
        self._cluster.sentinel.join()
        if not self._is_asked_to_stop:
            log.warning("background jobs ended by themselves; beginning again")

    def _hear_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def _stop(self, *_: object) -> None:
        self._is_asked_to_stop = True
        if self._cluster is not None and self._cluster.sentinel is not None:
            self._cluster.stop()


def _database_answers() -> bool:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        log.warning("background jobs wait for the database: %s", error)
        return False
    finally:
        connection.close()  # no other process may inherit it
    return True


def _look_at_the_schedule() -> None:
    """Ask for what is due already: the cluster looks for the first time after half a minute."""
    try:
        scheduler()
    finally:
        connection.close()


def _stand_apart() -> None:
    os.setpgrp()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
