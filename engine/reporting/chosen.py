"""The person for whom something is tried out, with the last thing of each kind that they did, or that befell all."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from engine.models import Event, Identity, Profile
from engine.reporting.paging import id_in
from engine.store import profiles

LOOK = 100  # of the person's latest events, for one of each that is asked for


def person_named(*, sandbox_id: int, text: str) -> Profile | None:
    """The person of this sandbox with this id, or this identity ('namespace:value'); None when there is none."""
    namespace, colon, value = text.replace("\0", "").partition(":")
    if colon:
        found = Identity.objects.filter(sandbox_id=sandbox_id, namespace=namespace, value=value).first()
        profile_id = found.profile_id if found else 0
    else:
        profile_id = id_in(text) or 0
    return profiles.find(sandbox_id=sandbox_id, profile_id=profile_id) if profile_id else None


def latest_payloads(person: Profile, names: Collection[str]) -> dict[str, Any]:
    """Event definition -> payload of the person's latest such event; the latest of all last."""
    return _latest(Event.objects.filter(profile_id=person.id), names)


def latest_of_nobody(sandbox_id: int, names: Collection[str]) -> dict[str, Any]:
    """The same of business events, which belong to nobody."""
    return _latest(Event.objects.filter(profile_id=0, sandbox_id=sandbox_id), names)


def _latest(events: QuerySet[Event], names: Collection[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for event in events.order_by("-received_at")[:LOOK]:
        for outcome in event.outcomes:
            if outcome.get("definition") in names:
                found.setdefault(outcome["definition"], event.payload)
    return dict(reversed(found.items()))
