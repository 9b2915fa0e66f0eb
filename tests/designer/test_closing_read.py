"""A version that read its audience for the last time is closed by itself."""

from datetime import timedelta

from django.contrib.auth.models import User

from designer.actions.close_read import close_read
from designer.actions.create_journey import create_journey
from designer.actions.publish import publish
from designer.models import AuditEntry, Version
from designer.version_rules import problems_of
from engine import clock
from engine.audiences import reading
from engine.clock import travel
from engine.models import Audience, Definition, ReadRun, Sandbox
from tests.designer.conftest import NOW
from tests.readers import reading_graph


def published(shop: Sandbox, ada: User, **settings: object) -> Version:
    Audience.objects.get_or_create(
        sandbox=shop, name="Buyers", kind="rule", rule="true", created_at=NOW, updated_at=NOW, evaluated_at=NOW
    )
    version = create_journey(sandbox=shop, name=f"Reads {settings}", by=ada, now=NOW)
    version.graph = reading_graph(**settings)
    version.save()
    return publish(version, by=ada, now=NOW)


def test_when_everybody_was_read_the_version_is_closed_and_those_inside_finish(shop: Sandbox, ada: User) -> None:
    once, daily = published(shop, ada), published(shop, ada, schedule="daily")
    before = close_read(now=NOW)
    reading.carry_on(NOW)
    while_reading = close_read(now=NOW)
    ReadRun.objects.update(state="done", finished_at=NOW)

    closed = close_read(now=NOW + timedelta(minutes=1))

    once.refresh_from_db()
    daily.refresh_from_db()
    assert (before, while_reading, closed) == (0, 0, 1)
    assert (once.status, daily.status) == ("closed", "live")
    assert Definition.objects.get(version_id=once.pk).status == "closed"
    assert AuditEntry.objects.get(verb="version.closed").by == "JourneyOpt"


def test_a_schedule_that_lay_ahead_when_it_was_published_is_no_problem_afterwards(shop: Sandbox, ada: User) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    version = published(shop, ada, schedule="daily", starts_at=tomorrow.isoformat())
    Version.objects.filter(pk=version.pk).update(published_at=clock.now())
    version.refresh_from_db()

    with travel(timedelta(days=2)):
        found = [problem.code for problem in problems_of(version)]
        version.published_at = None
        drafted = [problem.code for problem in problems_of(version)]

    assert ("ERR_READ_BEGAN" in found, "ERR_READ_BEGAN" in drafted) == (False, True)
