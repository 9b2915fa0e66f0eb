"""The event definitions of a sandbox, with what is known about their use."""

from collections import defaultdict
from datetime import datetime

from django.db import connection
from django.db.models import Q

from designer.models import Version
from designer.paging import Page, a_text, page_of
from designer.states import Status
from engine import control
from engine.models import EventDefinition, Namespace, Sandbox

PAGE = 50


def listed(sandbox: Sandbox, *, text: str, after: str, size: int = PAGE) -> Page[EventDefinition]:
    """One page of definitions by name, each with the journeys that use it and when it was seen last."""
    rows = EventDefinition.objects.filter(sandbox=sandbox)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(description__icontains=text) | Q(rule__icontains=text))
    page = page_of(rows.defer("schema"), by="name", kind=a_text, descending=False, after=after, size=size)
    journeys, seen = uses(sandbox), last_seen(sandbox)
    for row in page.rows:
        row.journeys = journeys.get(row.name, [])  # type: ignore[attr-defined]
        row.last_seen = seen.get(row.name)  # type: ignore[attr-defined]
    return page


def uses(sandbox: Sandbox) -> dict[str, list[str]]:
    """Event -> the journeys that use it, in a draft or published."""
    found: dict[str, set[str]] = defaultdict(set)
    for event, names in control.event_definitions_in_use(sandbox.pk).items():
        found[event].update(names)
    drafts = Version.objects.filter(journey__sandbox=sandbox, status=Status.DRAFT)
    for event, name in _events_in(drafts.values_list("pk", flat=True)):
        found[event].add(name)
    return {event: sorted(names) for event, names in found.items()}


def last_seen(sandbox: Sandbox) -> dict[str, datetime]:
    """Event -> when it came last, as far as the latest events tell."""
    return control.events_last_seen(sandbox_id=sandbox.pk)


def namespaces_of(sandbox: Sandbox, *, of_people: bool = True) -> list[Namespace]:
    """Those that can name a person; else those that name things."""
    return list(Namespace.objects.filter(sandbox=sandbox, is_people_based=of_people)[:500])


def _events_in(version_ids: object) -> list[tuple[str, str]]:
    """(event, journey) for every event node of these drafts. Taken apart in the database: a graph may have 4 MB."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT node -> 'settings' ->> 'event', journey.name "
            "FROM designer_version AS version JOIN designer_journey AS journey ON journey.id = version.journey_id, "
            "jsonb_array_elements(version.graph -> 'nodes') AS node "
            "WHERE version.id = ANY(%s) AND node ->> 'type' = 'event' AND node -> 'settings' ->> 'event' <> ''",
            [list(version_ids)],  # type: ignore[call-overload]
        )
        return list(cursor.fetchall())
