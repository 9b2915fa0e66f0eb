"""The only door to django-q2: jobs that come back by themselves, and jobs that are done once, soon.

A job is named by the dotted path of a function in some `tasks.py`. Asking again changes its rhythm, never doubles it.
"""

import inspect
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils.module_loading import import_string
from django_q.models import Schedule, Task
from django_q.tasks import async_task

from engine import clock


def every(rhythm: timedelta, task: str) -> None:
    """Have `task` called every `rhythm` (whole minutes), from now on."""
    minutes = round(rhythm.total_seconds() / 60)
    with transaction.atomic():
        found = Schedule.objects.select_for_update().filter(func=task).first()
        if found is None:
            Schedule.objects.create(
                name=task.rpartition(".")[2], func=task, schedule_type=Schedule.MINUTES, minutes=minutes,
                repeats=-1, next_run=clock.now(),
            )  # fmt: skip
        elif found.minutes != minutes:
            Schedule.objects.filter(pk=found.pk).update(minutes=minutes)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job that comes back by itself. `what`: what it does. `took`: the last time. `failures`: of the last 24 hours.

    `is_late`: it should have begun more than two minutes ago: nobody does background jobs, or all who do are busy.
    """

    name: str
    what: str
    rhythm: timedelta
    last_at: datetime | None
    took: timedelta | None
    is_ok: bool | None
    failures: int
    error: str
    next_at: datetime
    is_late: bool


LATE = timedelta(minutes=2)


def jobs(now: datetime) -> list[Job]:
    """Every job that comes back, by its name."""
    schedules = list(Schedule.objects.filter(schedule_type=Schedule.MINUTES).order_by("name"))
    done = Task.objects.filter(func__in=[schedule.func for schedule in schedules])
    last = {task.func: task for task in done.order_by("func", "-stopped").distinct("func")}
    lately = done.filter(success=False, stopped__gte=now - timedelta(days=1))
    failures = dict(lately.values_list("func").annotate(Count("id")))
    found = []
    for schedule in schedules:
        task = last.get(schedule.func)
        is_failed = task is not None and not task.success
        error = str(task.result or "").strip().splitlines() if task is not None and is_failed else []
        found.append(
            Job(
                name=schedule.name or schedule.func,
                what=_what(schedule.func),
                rhythm=timedelta(minutes=schedule.minutes or 0),
                last_at=task.stopped if task is not None else None,
                took=task.stopped - task.started if task is not None else None,
                is_ok=task.success if task is not None else None,
                failures=failures.get(schedule.func, 0),
                error=error[-1][:300] if error else "",
                next_at=schedule.next_run,
                is_late=schedule.next_run < now - LATE,
            )
        )
    return found


def _what(task: str) -> str:
    """The first line of what the job says of itself."""
    try:
        return (inspect.getdoc(import_string(task)) or "").partition("\n")[0]
    except ImportError:
        return ""


def soon(task: str, *values: object) -> None:
    """Have `task` called once with these values, after the caller's transaction, as soon as somebody is free."""
    transaction.on_commit(lambda: async_task(task, *values))
