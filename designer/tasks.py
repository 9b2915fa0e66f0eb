"""What django-q2 calls for the designer."""

import time
from datetime import timedelta

from designer.actions.close_read import close_read
from designer.actions.finish_due import finish_due
from designer.actions.release import release_some, resuming
from designer.actions.resume import resume_due
from designer.actions.scale_treatment import look_at_experiments
from engine import clock, queue

A_RUN = 50  # seconds; the next run goes on where this one stops


def schedule() -> None:
    """Ask for every job of the designer. Called after each migrate."""
    queue.every(timedelta(minutes=1), "designer.tasks.finish_versions")
    queue.every(timedelta(minutes=1), "designer.tasks.resume_versions")
    queue.every(timedelta(minutes=10), "designer.tasks.decide_experiments")


def finish_versions() -> int:
    """Versions whose end date has come, or that have been closed for 91 days, are finished; how many.

    Before that, those are closed whose audience has been read for the last time.
    """
    close_read(now=clock.now())
    return finish_due(now=clock.now())


def decide_experiments() -> int:
    """Winners of experiments get everybody, and bandits new shares, where that is due; how many won."""
    return look_at_experiments(now=clock.now())


def resume_versions() -> int:
    """Pauses that are over end, and who is held in a resuming version goes on, so many a second; how many ended."""
    resumed = resume_due(now=clock.now())
    until = time.monotonic() + A_RUN
    places = {version.pk: (version, 0) for version in resuming()}
    while places and time.monotonic() < until:
        began = time.monotonic()
        for pk, (version, after) in list(places.items()):
            last = release_some(version, after=after, now=clock.now())
            if last is None:
                del places[pk]
            else:
                places[pk] = (version, last)
        if places:
            time.sleep(max(0.0, 1 - (time.monotonic() - began)))
    return resumed
