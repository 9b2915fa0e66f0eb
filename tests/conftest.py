"""Fixtures that every test may use."""

import pytest
from hypothesis import settings

settings.register_profile("here", deadline=None)  # two busy cores make any time limit a lottery
settings.load_profile("here")

# Where there is something of a person. Made in SQL, so Django does not know them.
PEOPLE = (
    "engine_profile, engine_identity, engine_inbox, engine_seen_message, engine_instance, engine_delivery, "
    "engine_counter, engine_event, engine_step, engine_discard, engine_cap, engine_assignment, engine_membership, "
    "engine_read_member, engine_read_count, engine_import_row, engine_import_member"
)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """As pytest-django makes it, and emptied in our way after each test that commits."""
    from django.test import TransactionTestCase
    from django_q.models import Schedule

    from tests.emptying import empty

    with django_db_blocker.unblock():
        schedules = list(Schedule.objects.all())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(TransactionTestCase, "_fixture_teardown", lambda _: empty(schedules))
        yield


@pytest.fixture
def committed(transactional_db):
    """A database in which every process sees what another committed; empty again after the test."""
