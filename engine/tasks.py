"""What django-q2 calls for the engine, and how often. Each task may run twice at once, or be missed, without harm."""

from datetime import timedelta

from engine import clock, queue
from engine.audiences import answering, applying, evaluating, keeping, reading, sizes
from engine.reporting import counts, operations
from engine.runtime import holding, retention, stuck


def schedule() -> None:
    """Ask for every job of the engine. Called after each migrate."""
    queue.every(timedelta(minutes=10), "engine.tasks.roll_up_counters")
    queue.every(timedelta(hours=6), "engine.tasks.make_months")
    queue.every(timedelta(hours=1), "engine.tasks.forget")
    queue.every(timedelta(minutes=30), "engine.tasks.count_held")
    queue.every(timedelta(minutes=1), "engine.tasks.help_on")
    queue.every(timedelta(minutes=1), "engine.tasks.take_sample")
    queue.every(timedelta(minutes=1), "engine.tasks.read_audiences")
    queue.every(timedelta(minutes=1), "engine.tasks.evaluate_audiences")
    queue.every(timedelta(minutes=1), "engine.tasks.import_lists")


def roll_up_counters() -> None:
    """Counters older than an hour become one row an hour."""
    counts.roll_up(clock.now())


def make_months() -> None:
    """This month's and the next months' partitions are there before anything is written into them."""
    retention.make_months(clock.now())


def forget() -> dict[str, int]:
    """Drop what is older than it may be kept; how much that was."""
    return retention.forget(clock.now())


def count_held() -> int:
    """Whether more people may be held in paused versions; how many are."""
    return holding.count()


def help_on() -> dict[str, int]:
    """People whom nothing would move are helped on, and told of; how many, by what was wrong."""
    return stuck.look(clock.now())


def take_sample() -> None:
    """How the engine is in this minute is noted, for the curves of the operations page."""
    operations.take_sample(clock.now())


def read_audiences() -> int:
    """Audiences whose reading into journeys is due, or asked for by a business event, begin to be read; how many."""
    answering.answer(clock.now())
    return reading.carry_on(clock.now())


def answer_business_events() -> int:
    """Audiences begin to be read because of business events that came just now; how many."""
    return reading.carry_on(clock.now()) if answering.answer(clock.now()) else 0


def evaluate_audiences() -> int:
    """Audiences whose time has come are evaluated, and streaming ones counted; how many were evaluated."""
    evaluated = len(evaluating.evaluate_due(clock.now()))
    sizes.refresh()
    return evaluated


def evaluate_some_audiences(audience_ids: list[int], by: str) -> int:
    """The same of these, because somebody asked for it."""
    return len(evaluating.evaluate(audience_ids, asked_by=by))


def forget_audience(audience_id: int) -> int:
    """Who was in an audience that was deleted; how many."""
    return keeping.forget(audience_id)


def import_lists() -> int:
    """Imports of lists that are not over go on; how many."""
    return applying.carry_on_all()


def import_list(import_id: int) -> None:
    """The same of one, that has just begun."""
    applying.carry_on(import_id)
