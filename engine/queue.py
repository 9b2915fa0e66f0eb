"""The only door to django-q2: jobs that come back by themselves, and jobs that are done once, soon.

A job is named by the dotted path of a function in some `tasks.py`. Asking again changes its rhythm, never doubles it.
"""

from datetime import timedelta

from django.db import transaction
from django_q.models import Schedule
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


def soon(task: str, *values: object) -> None:
    """Have `task` called once with these values, after the caller's transaction, as soon as somebody is free."""
    transaction.on_commit(lambda: async_task(task, *values))
