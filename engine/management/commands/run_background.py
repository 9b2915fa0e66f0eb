"""manage.py run_background: django-q2's cluster, made to stop cleanly whoever stops it.

A runner or a container sends SIGTERM to the whole process group. django-q2's guard then dies before its workers, which
stay behind for ever. So each of its processes gets a group of its own, and only the first one hears the signal and ends
the others in their order; if it is killed instead, the kernel ends them with it.
"""

import ctypes
import os
import signal
import sys
from typing import Any

from django_q.management.commands import qcluster

from engine.logs import announce

PR_SET_PDEATHSIG = 1  # prctl(2)


class Command(qcluster.Command):  # type: ignore[misc]
    help = "Run background jobs until SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        os.register_at_fork(after_in_child=_stand_apart)
        announce(self, "background: working")
        super().handle(*args, **options)


def _stand_apart() -> None:
    os.setpgrp()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
