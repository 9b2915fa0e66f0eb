"""Two people who turn out to be one: in which audiences the one is, and since when."""

from datetime import timedelta

import pytest
from django.db import connection

from engine import clock
from engine.models import Membership
from engine.store.queries import query

pytestmark = pytest.mark.django_db
EARLY, LATE = clock.now() - timedelta(days=9), clock.now() - timedelta(days=2)
OLDER, YOUNGER = 1, 2


@pytest.mark.parametrize(
    ("older", "younger", "merged"),
    [
        ((True, LATE), (True, EARLY), (True, EARLY)),
        ((True, LATE), (False, EARLY), (True, LATE)),
        ((False, EARLY), (True, LATE), (True, LATE)),
        ((False, EARLY), (False, LATE), (False, EARLY)),
        (None, (True, LATE), (True, LATE)),
        ((True, EARLY), None, (True, EARLY)),
    ],
)
def test_whoever_survives_is_a_member_where_either_was(older, younger, merged):
    for profile, found in ((OLDER, older), (YOUNGER, younger)):
        if found:
            Membership.objects.create(
                shard=profile % 64, profile_id=profile, audience_id=7, is_member=found[0], changed_at=found[1]
            )

    with connection.cursor() as cursor:
        cursor.execute(query("merging/move_memberships").decode(), {"loser": YOUNGER, "winner": OLDER})

    (left,) = Membership.objects.all()
    assert (left.profile_id, left.is_member, left.changed_at) == (OLDER, *merged)


def test_what_a_list_said_of_the_member_is_kept():
    for profile, is_member, said in ((OLDER, False, {"tier": "old"}), (YOUNGER, True, {"tier": "new"})):
        Membership.objects.create(
            shard=profile, profile_id=profile, audience_id=7, is_member=is_member, changed_at=LATE, attributes=said
        )

    with connection.cursor() as cursor:
        cursor.execute(query("merging/move_memberships").decode(), {"loser": YOUNGER, "winner": OLDER})

    assert Membership.objects.get().attributes == {"tier": "new"}
