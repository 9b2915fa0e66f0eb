"""What came in: the latest events, what was refused at the door, and what journeys refused."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from engine.models import Definition, Discard, Event, RejectedEvent
from engine.reporting.paging import Found, cursor_at, newer, page
from engine.reporting.people import matching_profiles, names_of
from engine.shards import SHARDS

LOOKED_BACK = 5_000  # events: a look at the latest ones, not at all of history
MOST_MATCHES = 200


def events_last_seen(*, sandbox_id: int) -> dict[str, datetime]:
    """Event definition -> when an event last matched it, among the latest ones of the sandbox."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome ->> 'definition', max(latest.received_at) "
            "FROM (SELECT outcomes, received_at FROM engine_event WHERE sandbox_id = %s "
            "ORDER BY received_at DESC LIMIT %s) AS latest, jsonb_array_elements(latest.outcomes) AS outcome "
            "WHERE outcome ? 'definition' GROUP BY 1",
            [sandbox_id, LOOKED_BACK],
        )
        return dict(cursor.fetchall())


def latest_events(
    *, sandbox_id: int, name: str = "", profile_ids: list[int] | None = None, cursor: str = "", limit: int = 50
) -> Found[dict[str, Any]]:
    """Events without their payload, the newest first: of everybody, or of these profiles.

    `name`: part of an event's name, or the name of a definition that it matched.
    """
    rows, where = _chosen(sandbox_id, name, profile_ids)
    found = page(rows, by="received_at", where=where, cursor=cursor, limit=limit)
    return Found(rows=_shown(found.rows), next=found.next, is_partial=found.is_partial)


def newer_events(
    *, sandbox_id: int, than: str, name: str = "", profile_ids: list[int] | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """The same, but those that came after the cursor `than`: at most `limit`, the newest."""
    rows, where = _chosen(sandbox_id, name, profile_ids)
    return _shown(newer(rows.filter(where) if where is not None else rows, by="received_at", than=than, limit=limit))


def event_of(*, sandbox_id: int, event_id: int) -> dict[str, Any] | None:
    """One event with its payload."""
    event = Event.objects.filter(shard__in=range(SHARDS), id=event_id, sandbox_id=sandbox_id).first()
    if event is None:
        return None
    return {**_shown([event])[0], "payload": event.payload, "message_id": event.message_id}


def rejected_events(*, sandbox_id: int, cursor: str = "", limit: int = 50) -> Found[RejectedEvent]:
    """What was refused at the door, the newest first."""
    return page(RejectedEvent.objects.filter(sandbox_id=sandbox_id), by="received_at", cursor=cursor, limit=limit)


def discards(
    *, sandbox_id: int, profile_ids: list[int] | None = None, cursor: str = "", limit: int = 50
) -> Found[dict[str, Any]]:
    """What journeys refused, the newest first, each with its person and its journey."""
    rows = Discard.objects.filter(sandbox_id=sandbox_id)
    if profile_ids is not None:
        rows = rows.filter(profile_id__in=profile_ids)
    found = page(rows, by="at", cursor=cursor, limit=limit)
    return Found(rows=_described(found.rows), next=found.next)


def _described(rows: list[Discard]) -> list[dict[str, Any]]:
    """Discards with the names of their person and journey."""
    names = names_of({row.profile_id for row in rows})
    known = Definition.objects.filter(version_id__in={row.version_id for row in rows if row.version_id})
    definitions = known.defer("graph", "properties").in_bulk()
    return [
        {
            "at": row.at,
            "event": row.event,
            "code": row.code,
            "details": row.details or {},
            "profile_id": row.profile_id,
            "person": names.get(row.profile_id, f"Profile {row.profile_id}"),
            "journey_id": row.journey_id,
            "version_id": row.version_id,
            "journey": str(definitions[row.version_id]) if row.version_id in definitions else "",
        }
        for row in rows
    ]


def people_meant(sandbox_id: int, person: str) -> list[int]:
    """The profiles that a text in a search box means: it begins one of their identities or their e-mail address."""
    return matching_profiles(sandbox_id, person, MOST_MATCHES)


def _chosen(sandbox_id: int, name: str, profile_ids: list[int] | None) -> tuple[QuerySet[Event], Q | None]:
    rows = Event.objects.filter(sandbox_id=sandbox_id).defer("payload")
    if profile_ids is not None:
        rows = rows.filter(profile_id__in=profile_ids)
    if not name:
        return rows, None
    return rows, Q(name__icontains=name) | Q(outcomes__contains=[{"definition": name}]) | Q(
        outcomes__contains=[{"forwarded": name}]
    )


def _shown(rows: list[Event]) -> list[dict[str, Any]]:
    names = names_of({row.profile_id for row in rows})
    return [
        {
            "id": row.id,
            "cursor": cursor_at(row.received_at, row.id),
            "name": row.name,
            "profile_id": row.profile_id,
            # A business event belongs to nobody: no profile has the number 0.
            "person": names.get(row.profile_id, f"Profile {row.profile_id}") if row.profile_id else "",
            "outcomes": row.outcomes,
            "occurred_at": row.occurred_at,
            "received_at": row.received_at,
        }
        for row in rows
    ]
