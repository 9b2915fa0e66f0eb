"""One task of django-q2 for each step of each person; each asks for the next.

python -m tests.benchmarks.peers.q_journey COUNT asks for the first step of COUNT people, with PEER_DATABASE set and
DJANGO_SETTINGS_MODULE=tests.benchmarks.peers.q_settings; `manage.py qcluster`'s like runs beside it.
"""

import sys

from django.db import connection


def note_event(person: int) -> None:
    from django_q.tasks import async_task

    total = person % 200
    _write("INSERT INTO peer_event (profile_id, total) VALUES (%s, %s)", person, total)
    async_task("tests.benchmarks.peers.q_journey.decide", person, total)


def decide(person: int, total: int) -> None:
    from django_q.tasks import async_task

    plan = "EUR" if total >= 100 else "small"
    async_task("tests.benchmarks.peers.q_journey.update_profile", person, plan)


def update_profile(person: int, plan: str) -> None:
    from django_q.tasks import async_task

    change = "UPDATE peer_profile SET attributes = attributes || jsonb_build_object('plan', %s::text) WHERE id = %s"
    _write(change, plan, person)
    async_task("tests.benchmarks.peers.q_journey.end", person)


def end(person: int) -> None:
    _write("INSERT INTO peer_end (profile_id) VALUES (%s)", person)


def _write(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def main() -> None:
    import django

    django.setup()
    from django_q.tasks import async_task

    for person in range(1, int(sys.argv[1]) + 1):
        async_task("tests.benchmarks.peers.q_journey.note_event", person)


if __name__ == "__main__":
    main()
