"""Fixtures that every test may use."""

import pytest
from hypothesis import settings

settings.register_profile("here", deadline=None)  # two busy cores make any time limit a lottery
settings.load_profile("here")

# Made in SQL, so Django's own flush does not know them.
PEOPLE = (
    "engine_profile, engine_identity, engine_inbox, engine_seen_message, engine_instance, engine_delivery, "
    "engine_counter, engine_event, engine_step, engine_discard, engine_cap, engine_assignment, engine_membership, "
    "engine_read_member, engine_read_count, engine_import_row, engine_import_member"
)


@pytest.fixture
def committed(transactional_db):
    """A database in which every process sees what another committed; empty again after the test."""
    yield
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {PEOPLE}")
