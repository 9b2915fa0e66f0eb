"""Background jobs, by the real cluster: they are done, and the cluster leaves nothing behind however it ends."""

import os
import signal
from datetime import timedelta

import pytest
from django_q.models import Schedule

from engine import clock, queue
from tests.processes import Product, wait_until


@pytest.fixture
def product(committed, tmp_path):
    product = Product(tmp_path, Q_WORKERS="1")
    yield product
    for process in product.processes.values():
        if process.poll() is None:
            process.kill()


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for entry in os.listdir("/proc"):
        try:
            with open(f"/proc/{entry}/stat") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if parent == pid:
            found |= {int(entry)} | descendants(int(entry))
    return found


def are_gone(pids: set[int]) -> bool:
    return not any(os.path.exists(f"/proc/{pid}") for pid in pids)


def test_a_job_is_done_when_it_is_due(product):
    Schedule.objects.all().delete()
    queue.every(timedelta(minutes=10), "engine.tasks.make_months")
    asked = Schedule.objects.get().next_run

    product.start("background")

    wait_until(lambda: Schedule.objects.get().next_run > asked, "the job was taken", lambda: product.log("background"))
    assert Schedule.objects.get().next_run > clock.now()
    product.stop()


def test_it_ends_with_all_its_processes_when_its_whole_group_is_told_to(product):
    product.start("background")
    process = product.processes["background"]
    wait_until(lambda: len(descendants(process.pid)) >= 4, "guard, worker, monitor and pusher run")
    everybody = descendants(process.pid)

    os.killpg(process.pid, signal.SIGTERM)

    assert process.wait(30) == 0
    wait_until(lambda: are_gone(everybody), "nobody is left", patience=5)


def test_it_takes_its_processes_along_when_it_is_killed(product):
    product.start("background")
    process = product.processes["background"]
    wait_until(lambda: len(descendants(process.pid)) >= 4, "guard, worker, monitor and pusher run")
    everybody = descendants(process.pid)

    process.kill()

    wait_until(lambda: are_gone(everybody), "nobody is left", patience=10)
