"""What django-q2 calls for the designer."""

from datetime import timedelta

from designer.actions.finish_due import finish_due
from engine import clock, queue


def schedule() -> None:
    """Ask for every job of the designer. Called after each migrate."""
    queue.every(timedelta(hours=1), "designer.tasks.finish_versions")


def finish_versions() -> int:
    """Versions that have been closed for 91 days are finished; how many."""
    return finish_due(now=clock.now())
