"""Who is where: the people behind the counts, and the path of one."""

from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from engine.models import Identity, Instance, Profile, StepEvent
from engine.reporting.paging import LARGEST_ID, id_in
from engine.shards import SHARDS, shard_of
from engine.store.queries import query

MOST = 100
WINDOW = 50_000  # runs of a version that are looked through for those who passed one node
LOOK = 50_000  # people looked through for an attribute that no index knows
# Which of a person's identities is shown first.
PREFERRED = ("Email", "userId", "CRMID", "Phone", "anonymousId")


def people(
    *, version_id: int, node: str, state: str, cursor: str | None = None, limit: int = 25
) -> tuple[list[dict[str, Any]], str | None]:
    """People of a version at a node ('': anywhere), newest first.

    `state`: 'waiting' (here now), 'entered' (ever), 'error' (failed here) or 'ended' (left the journey here).

    The cursor is the id of the last row.
    """
    limit = min(limit, MOST)
    after = id_in(cursor or "")
    inside, ended = _instances(version_id, is_inside=True), _instances(version_id, is_inside=False)
    match state, node:
        case "waiting", "":
            instances = _first(inside, after, limit + 1)
        case "waiting", _:
            instances = _first(inside.filter(_standing_at(version_id, node)), after, limit + 1)
        case "ended", "":
            instances = _first(ended, after, limit + 1)
        case "ended", _:
            instances = _first(ended.filter(node=node), after, limit + 1)
        case "entered", "":
            instances = _first(Instance.objects.filter(version_id=version_id), after, limit + 1)
        case "entered", _:
            # A step is written down when it is left, so those who still wait here are only found where they stand.
            here = _first(inside.filter(_standing_at(version_id, node)), after, limit + 1)
            passed = _passed(version_id, node, failed=False, after=after, limit=limit + 1)
            both = {instance.id: instance for instance in (*here, *passed)}
            instances = sorted(both.values(), key=lambda instance: -instance.id)[: limit + 1]
        case "error", "":
            instances = _first(ended.filter(state="error"), after, limit + 1)
        case _:
            instances = _passed(version_id, node, failed=True, after=after, limit=limit + 1)
    rows, more = instances[:limit], len(instances) > limit
    return shown(rows), str(rows[-1].id) if more and rows else None


def find_people(*, version_id: int, text: str, limit: int = 20) -> list[dict[str, Any]]:
    """Instances of a version whose person has an identity that begins with `text`, or an attribute `email` like it."""
    sandbox_id = _sandbox_of(version_id)
    if sandbox_id is None or not text.strip():
        return []
    profiles = matching_profiles(sandbox_id, text.strip(), 200)
    shards = {shard_of(id) for id in profiles}
    theirs = Instance.objects.filter(shard__in=shards, profile_id__in=profiles, version_id=version_id)
    return shown(list(theirs.order_by("-id")[:limit]))


def matching_profiles(sandbox_id: int, text: str, limit: int) -> list[int]:
    """Ids of profiles with an identity that begins with `text`, or an e-mail address that does.

    Identities are looked up; addresses are attributes, looked for among the 50,000 people who changed last.
    """
    with connection.cursor() as cursor:
        asked: dict[str, int | str] = {"sandbox": sandbox_id, "text": text, "most": limit}
        cursor.execute(query("people/begins_with").decode(), asked)
        found = [profile for (profile,) in cursor.fetchall()]
    if "@" in text or not found:
        alive = Profile.objects.filter(sandbox_id=sandbox_id, merged_into__isnull=True)
        edge = alive.order_by("-updated_at").values_list("updated_at", flat=True)[LOOK : LOOK + 1].first()
        recent = alive if edge is None else alive.filter(updated_at__gte=edge)
        found += recent.filter(attributes__email__istartswith=text).values_list("id", flat=True)[:limit]
    return list(dict.fromkeys(found))[:limit]


def path(instance_id: int) -> dict[str, Any] | None:
    """Every step of one instance, and where it stands; None when there is no such instance."""
    instance = Instance.objects.filter(shard__in=range(SHARDS), id=instance_id).first()
    if instance is None:
        return None
    theirs = StepEvent.objects.filter(shard=instance.shard, profile_id=instance.profile_id)
    steps = theirs.filter(instance_id=instance_id).order_by("visit", "id")
    return {
        **shown([instance])[0],
        "steps": [
            {
                "node": step.node,
                "port": step.port,
                "at": step.at.isoformat(),
                "status": step.status,
                "error": (step.details or {}).get("actionExecutionError") or (step.details or {}).get("error"),
            }
            for step in steps[:1000]
        ],
        "position": {"node": instance.node, "port": instance.port},
    }


def shown(instances: list[Instance]) -> list[dict[str, Any]]:
    """Rows for a list of people, each with the identity a reader would know them by."""
    names = names_of({instance.profile_id for instance in instances})
    return [
        {
            "instance": str(instance.id),
            "profile_id": str(instance.profile_id),
            "identity": _called(names.get(instance.profile_id) or instance.key, instance),
            "since": instance.moved_at.isoformat(),
            "entered_at": instance.entered_at.isoformat(),
            "state": instance.state,
        }
        for instance in instances
    ]


def _called(name: str, instance: Instance) -> str:
    """The person; with several runs at once, also what this one is about."""
    return f"{name} · {instance.supplemental_key}" if instance.supplemental_key else name


def names_of(profile_ids: set[int]) -> dict[int, str]:
    """Profile -> how people call it: its e-mail address, else its best identity."""
    names: dict[int, tuple[int, str]] = {}
    for profile, namespace, value in Identity.objects.filter(profile_id__in=profile_ids).values_list(
        "profile_id", "namespace", "value"
    ):
        rank = PREFERRED.index(namespace) if namespace in PREFERRED else len(PREFERRED)
        names[profile] = min(names.get(profile, (99, "")), (rank, value))
    found = {profile: name for profile, (_, name) in names.items()}
    shards = {shard_of(profile) for profile in profile_ids}
    for profile, email in Profile.objects.filter(shard__in=shards, id__in=profile_ids).values_list(
        "id", "attributes__email"
    ):
        if isinstance(email, str) and email:
            found[profile] = email
    return found


def _standing_at(version_id: int, node: str) -> Q:
    """At the node itself (an action under way), or at a port with this node among its listeners."""
    from engine.models import Definition

    where = Q(node=node, port__isnull=True)
    definition = Definition.objects.filter(version_id=version_id).values("graph").first()
    for edge in definition["graph"]["edges"] if definition else ():
        if edge["to"] == node:
            where |= Q(node=edge["from"]["node"], port=edge["from"]["port"])
    return where


def _passed(version_id: int, node: str, *, failed: bool, after: int | None, limit: int) -> list[Instance]:
    """Runs with a step at this node. A step is written when its node is left."""
    with connection.cursor() as cursor:
        cursor.execute(
            query("reporting/who_passed").decode(),
            {
                "version": version_id,
                "node": node,
                "failed": failed,
                "before": after or LARGEST_ID,
                "window": WINDOW,
                "most": limit,
            },
        )
        ids = [id for (id,) in cursor.fetchall()]
    return list(Instance.objects.filter(shard__in=range(SHARDS), id__in=ids).order_by("-id"))


def _instances(version_id: int, *, is_inside: bool) -> QuerySet[Instance]:
    return Instance.objects.filter(version_id=version_id, ended_at__isnull=is_inside)


def _first(found: QuerySet[Instance], after: int | None, limit: int) -> list[Instance]:
    return list((found if after is None else found.filter(id__lt=after)).order_by("-id")[:limit])


def _sandbox_of(version_id: int) -> int | None:
    from engine.models import Definition

    row = Definition.objects.filter(version_id=version_id).values("sandbox_id").first()
    return row["sandbox_id"] if row else None
