"""The event definitions of a sandbox, with what is known about their use."""

from collections import defaultdict
from datetime import datetime

from django.db.models import Q

from designer.models import Version
from designer.paging import Page, a_text, page_of
from designer.queries.journey_filters import items_of
from engine import control
from engine.models import EventDefinition, Namespace, Sandbox

PAGE = 50
MOST = 20_000  # uses that are looked at


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
    """Event -> the journeys with a version that uses it: those that the list shows under the filter of this event."""
    versions = Version.objects.filter(journey__sandbox=sandbox).order_by()
    steps, exits = (
        versions.values_list(items_of(column), "journey__name") for column in ("event_steps", "event_exits")
    )
    found: dict[str, list[str]] = defaultdict(list)
    for event, journey in steps.union(exits)[:MOST]:
        if event:
            found[event].append(journey)
    return {event: sorted(names, key=str.casefold) for event, names in found.items()}


def last_seen(sandbox: Sandbox) -> dict[str, datetime]:
    """Event -> when it came last, as far as the latest events tell."""
    return control.events_last_seen(sandbox_id=sandbox.pk)


def namespaces_of(sandbox: Sandbox, *, of_people: bool = True) -> list[Namespace]:
    """Those that can name a person; else those that name things."""
    return list(Namespace.objects.filter(sandbox=sandbox, is_people_based=of_people)[:500])
