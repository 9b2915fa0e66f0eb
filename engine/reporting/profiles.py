"""People: finding them, and everything about one of them."""

from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import F, Func, JSONField, Q, TextField, Value

from engine.expressions.paths import split_path
from engine.models import Definition, Identity, Instance, Profile
from engine.reporting.paging import Found, page
from engine.reporting.people import matching_profiles, names_of
from engine.reporting.positions import positions
from engine.shards import shard_of
from engine.store import profiles

Operator = Literal["is", "is_not", "contains", "more", "less", "set", "not_set"]
MOST_MATCHES = 100
LOOK = 50_000


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """A question about an attribute: `city` `is` `Paris`. A dotted name looks inside an object.

    A name that holds a dot itself stands in quotes: `"order.id"`.
    """

    name: str
    operator: Operator
    value: str = ""


def list_profiles(
    *, sandbox_id: int, text: str = "", attribute: Attribute | None = None, cursor: str = "", limit: int = 50
) -> Found[dict[str, Any]]:
    """Profiles, the latest changed first. `text`: the beginning of an identity or of an e-mail address.

    A text is looked up (at most 100 people); an attribute is looked for among 50,000 people at a time.
    """
    alive = Profile.objects.filter(sandbox_id=sandbox_id, merged_into__isnull=True)
    if text:
        alive = alive.filter(id__in=matching_profiles(sandbox_id, text, MOST_MATCHES))
    where: Q | None = None
    if attribute is not None:
        alive, where = _asked(alive, attribute)
    found = page(alive, by="updated_at", where=where, cursor=cursor, limit=limit, look=LOOK)
    rows = [_shown(profile) for profile in found.rows]
    names = names_of({profile.id for profile in found.rows})
    identities = _identities({profile.id for profile in found.rows})
    for row in rows:
        row["name"] = names.get(row["id"], f"Profile {row['id']}")
        row["identities"] = identities.get(row["id"], [])
    return Found(rows=rows, next=found.next, is_partial=found.is_partial)


def profile_of(*, sandbox_id: int, profile_id: int) -> dict[str, Any] | None:
    """One person; for a profile that was merged away, the one it lives on in. None when there is none."""
    profile = profiles.find(sandbox_id=sandbox_id, profile_id=profile_id)
    if profile is None:
        return None
    return {
        **_shown(profile),
        "name": names_of({profile.id}).get(profile.id, f"Profile {profile.id}"),
        "identities": _identities({profile.id}).get(profile.id, []),
    }


def journeys_of(*, profile_id: int, limit: int = 50) -> list[dict[str, Any]]:
    """The journeys of a person, the latest first, each with where they stand or how it ended."""
    theirs = Instance.objects.filter(shard=shard_of(profile_id), profile_id=profile_id)
    instances = list(theirs.order_by("-entered_at", "-id")[:limit])
    known = Definition.objects.filter(version_id__in={instance.version_id for instance in instances})
    definitions = known.defer("graph", "properties").in_bulk()
    places = positions(instances)
    return [
        {
            "id": instance.id,
            "journey_id": instance.journey_id,
            "version_id": instance.version_id,
            "journey": definitions[instance.version_id].journey_name if instance.version_id in definitions else "",
            "number": definitions[instance.version_id].number if instance.version_id in definitions else "",
            "about": instance.supplemental_key,
            "state": instance.state,
            "state_words": Instance.State(instance.state).label,
            "is_inside": instance.ended_at is None,
            "position": places.get(instance.id, ""),
            "entered_at": instance.entered_at,
            "moved_at": instance.moved_at,
            "wake_at": instance.wake_at if instance.ended_at is None else None,
        }
        for instance in instances
    ]


def _shown(profile: Profile) -> dict[str, Any]:
    return {
        "id": profile.id,
        "attributes": profile.attributes,
        "created_at": profile.created_at,
        "updated_at": profile.updated_at,
    }


def _identities(profile_ids: set[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    rows = Identity.objects.filter(profile_id__in=profile_ids).order_by("namespace", "created_at", "value")
    for row in rows.values("profile_id", "namespace", "value", "created_at")[:5_000]:
        found.setdefault(row["profile_id"], []).append(dict(row))
    return found


def _asked(rows: Any, attribute: Attribute) -> tuple[Any, Q]:
    """The rows with the attribute beside them, and the condition on it. A name is data here, never a lookup."""
    # Not a KeyTransform: that takes the name 1 for the place in a list.
    names = [Value(name) for name in split_path(attribute.name)]
    text = Func(F("attributes"), *names, function="jsonb_extract_path_text", output_field=TextField())
    value = Func(F("attributes"), *names, function="jsonb_extract_path", output_field=JSONField())
    kind = Func(value, function="jsonb_typeof", output_field=TextField())
    rows = rows.annotate(asked_text=text, asked_kind=kind, asked=value)
    there = Q(asked_text__isnull=False)
    match attribute.operator:
        case "is":
            return rows, Q(asked_text=attribute.value)
        case "is_not":
            return rows, there & ~Q(asked_text=attribute.value)
        case "contains":
            return rows, Q(asked_text__icontains=attribute.value)
        case "set":
            return rows, there
        case "not_set":
            return rows, Q(asked_text__isnull=True)
    number = _number(attribute.value)
    if number is None:
        return rows, Q(pk__in=[])
    # Numbers only: JSON orders its kinds, and every list and every `true` is more than any number.
    step = Q(asked__gt=number) if attribute.operator == "more" else Q(asked__lt=number)
    return rows, Q(asked_kind="number") & step


def _number(text: str) -> float | int | None:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < 1e300 else None
