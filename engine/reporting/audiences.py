"""Who is in an audience, and what its evaluations came to."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from engine.models import Audience, AudienceRun, Membership, Profile
from engine.reporting.paging import Found, id_in, page
from engine.reporting.people import PREFERRED, matching_profiles, names_of
from engine.shards import shard_of
from engine.store import connection as connections
from engine.store.queries import query

MOST = 200
MATCHES = 2_000  # people with a matching identity who are looked through for members
BLOCK = 2_000  # rows of an export at once


def audience_members(
    *, sandbox_id: int, audience_id: int, text: str = "", cursor: str = "", limit: int = 50
) -> Found[dict[str, Any]]:
    """Who is in an audience, in one order; with `text`, whose identity or e-mail address begins with it."""
    limit = max(1, min(limit, MOST))
    if not Audience.objects.filter(sandbox_id=sandbox_id, pk=audience_id).exists():
        return Found(rows=[])
    members = Membership.objects.filter(audience_id=audience_id, is_member=True)
    after = id_in(cursor)
    if after is not None:
        members = members.filter(pk__gt=(shard_of(after), after, audience_id))
    if text.strip() and "\0" not in text:
        members = members.filter(profile_id__in=matching_profiles(sandbox_id, text.strip(), MATCHES))
    rows = list(
        members.order_by("shard", "profile_id").values_list("profile_id", "changed_at", "attributes")[: limit + 1]
    )
    shown = rows[:limit]
    ids = [profile for profile, _, _ in shown]
    names = names_of(set(ids))
    people = Profile.objects.filter(shard__in={shard_of(id) for id in ids}, id__in=ids)
    emails = dict(people.values_list("id", "attributes__email"))
    return Found(
        rows=[
            {
                "profile_id": str(profile),
                "identity": names.get(profile, str(profile)),
                "email": email if isinstance(email := emails.get(profile), str) else "",
                "since": since,
                "attributes": attributes or {},
            }
            for profile, since, attributes in shown
        ],
        next=str(ids[-1]) if len(rows) > limit else "",
    )


def audience_export(*, sandbox_id: int, audience_id: int) -> Iterator[list[str]]:
    """Everybody in an audience as rows of texts, the first their titles; read a block at a time, however many."""
    audience = Audience.objects.filter(sandbox_id=sandbox_id, pk=audience_id).first()
    if audience is None:
        return
    columns = [str(column) for column in audience.columns]
    yield ["profile", "identity", "email", "since", *columns]
    values = {"audience": audience.pk, "preferred": list(PREFERRED)}
    with connections.connect(name="export") as own, own.cursor("members") as found:
        found.itersize = BLOCK
        for profile, identity, email, since, attributes in found.execute(query("reporting/audience_export"), values):
            extra = [str((attributes or {}).get(column) or "") for column in columns]
            yield [str(profile), identity, email, since.isoformat(), *extra]


def audience_runs(*, audience_id: int, cursor: str = "", limit: int = 50) -> Found[AudienceRun]:
    """The evaluations of an audience, the newest first."""
    runs = AudienceRun.objects.filter(audience_id=audience_id)
    return page(runs, by="started_at", cursor=cursor, limit=max(1, min(limit, MOST)))


def audience_sizes(*, audience_id: int, since: datetime) -> list[tuple[datetime, int, int, int]]:
    """(when, size, entered, left) of every evaluation that was done since then, the oldest first. For a plot."""
    done = AudienceRun.objects.filter(audience_id=audience_id, state="done", started_at__gte=since)
    return list(done.order_by("started_at", "id").values_list("started_at", "size", "entered", "left")[:5_000])


def audiences_of_person(*, profile_id: int) -> list[dict[str, Any]]:
    """The audiences that a person is or was in, by name."""
    of_person = Membership.objects.filter(shard=shard_of(profile_id), profile_id=profile_id)
    found = {one.audience_id: one for one in of_person}
    return [
        {"id": id, "name": name, "is_member": found[id].is_member, "since": found[id].changed_at}
        for id, name in Audience.objects.filter(pk__in=found).order_by("name").values_list("id", "name")
    ]
