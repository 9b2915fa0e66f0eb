"""Settling events before they wait for the engine: which are new, whose they are, who turned out to be one person."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import md5
from typing import Any
from uuid import UUID

import orjson
import psycopg

from engine.ingest.business import BusinessEvents, Names, keep
from engine.ingest.items import Incoming, Request
from engine.shards import shard_of
from engine.store.arrays import integers
from engine.store.copying import copy_into, moment, text
from engine.store.queries import query

Identity = tuple[int, str, str]  # sandbox, namespace, value


@dataclass(frozen=True, slots=True)
class Merge:
    """Two profiles that an event says are one."""

    sandbox_id: int
    one: int
    other: int
    by: str  # 'identify' or 'alias'


def write(
    connection: psycopg.Connection[Any], requests: list[Request], now: datetime, business: BusinessEvents
) -> bool:
    """One transaction: leave out what was seen before, settle who it is, put it into the inbox.

    Business events are queued, whether they belong to somebody or not. Whether there were any.
    """
    with connection.transaction():
        matched = business.recognise(connection, requests)
        unseen = _unseen(connection, requests, now)
        fresh = [(request, item) for request, item in unseen if item.identities]
        profiles, made, merges = _settle(connection, fresh, now)
        lines = [_merge_line(merge, now) for merge in merges]
        for (request, item), profile in zip(fresh, profiles, strict=True):
            lines.append(_line(request, item, profile, matched.get(id(item), ()), is_first=profile in made))
            made.discard(profile)
        if lines:
            copy_into(connection, "engine_inbox", "shard, sandbox_id, profile_id, kind, payload, received_at", lines)
            connection.execute("SELECT pg_notify('engine_work', '')")
        is_any = keep(connection, unseen, matched) if matched else False
        _note_rejections(connection, requests)
    return is_any


def _unseen(
    connection: psycopg.Connection[Any], requests: list[Request], now: datetime
) -> list[tuple[Request, Incoming]]:
    """The events whose message id was not seen in their sandbox before, in the order they came."""
    first: dict[tuple[int, str], tuple[Request, Incoming]] = {}
    for request in requests:
        for item in request.items:
            digest = md5(item.message_id.encode(), usedforsecurity=False).hexdigest()
            first.setdefault((request.sandbox_id, digest), (request, item))
    if not first:
        return []
    ordered = sorted(first)
    digests = f"{{{','.join(digest for _, digest in ordered)}}}"
    columns = {"sandboxes": integers(sandbox for sandbox, _ in ordered), "digests": digests, "now": now}
    # Nearly always all of them are new: nobody has to be told which. Telling took 2 us an event.
    ((new, which),) = connection.execute(query("inbox/mark_seen"), {**columns, "most": len(ordered)}).fetchall()
    if new == len(ordered):
        return list(first.values())
    unseen = set(which)
    return [found for (sandbox, digest), found in first.items() if f"{sandbox} {UUID(digest)}" in unseen]


def _settle(
    connection: psycopg.Connection[Any], fresh: list[tuple[Request, Incoming]], now: datetime
) -> tuple[list[int], set[int], list[Merge]]:
    """Whose each event is, which of these profiles were made now, and which turned out to be one.

    Unknown identities get a profile: that of a known identity they are linked with, else a new one.
    """
    owner = _find(connection, _identities_of(fresh))
    added: dict[Identity, int] = {}
    made: dict[int, int] = {}  # new profile -> sandbox
    keys_of = [_keys(request, item, owner) for request, item in fresh]
    free = _profile_ids(connection, sum(1 for keys in keys_of if not any(key in owner for key in keys)))
    profiles: list[int] = []
    merges: dict[tuple[int, int], Merge] = {}
    for (request, item), keys in zip(fresh, keys_of, strict=True):
        if item.links:
            keys = _keys(request, item, owner)  # by now a former id may have turned out to be a user id
        profile = next((owner[key] for key in keys if key in owner), 0)
        if not profile:
            profile = free.pop()
            made[profile] = request.sandbox_id
        for key in keys:
            if key not in owner:
                owner[key] = added[key] = profile
            elif owner[key] != profile:
                _note_merge(merges, Merge(request.sandbox_id, owner[key], profile, item.links))
        profiles.append(profile)
    beaten = _add(connection, added, now) if added else {}
    if beaten:
        won = {profile for identity, profile in added.items() if identity not in beaten}
        replaced: dict[int, int] = {}  # profiles that nobody needs, as another process made one for the same person
        for identity, theirs in beaten.items():
            mine = added[identity]
            if mine in made and mine not in won:
                mine = replaced.setdefault(mine, theirs)
            if mine != theirs:
                _note_merge(merges, Merge(identity[0], mine, theirs, "identify"))
        profiles = [replaced.get(profile, profile) for profile in profiles]
        made = {profile: sandbox for profile, sandbox in made.items() if profile not in replaced}
        noted, merges = merges, {}
        for merge in noted.values():
            one, other = replaced.get(merge.one, merge.one), replaced.get(merge.other, merge.other)
            if one != other:
                _note_merge(merges, Merge(merge.sandbox_id, one, other, merge.by))
    if made:
        connection.execute(
            query("people/new_profiles"), {"ids": list(made), "sandboxes": list(made.values()), "now": now}
        )
    return profiles, set(made), list(merges.values())


def _note_merge(merges: dict[tuple[int, int], Merge], merge: Merge) -> None:
    """Note that two profiles are one. An alias says so for sure, an identify call only of those not yet known."""
    pair = min(merge.one, merge.other), max(merge.one, merge.other)
    if pair not in merges or merges[pair].by == "identify":
        merges[pair] = merge


def _keys(request: Request, item: Incoming, owner: dict[Identity, int]) -> list[Identity]:
    """The identities that count for this event. A former id is a user id if somebody has it, else an anonymous one."""
    keys: list[Identity] = []
    for namespace, value in item.identities if item.links else item.identities[:1]:
        if namespace == "previousId":
            namespace = "userId" if (request.sandbox_id, "userId", value) in owner else "anonymousId"
        keys.append((request.sandbox_id, namespace, value))
    return keys


def _identities_of(fresh: list[tuple[Request, Incoming]]) -> set[Identity]:
    wanted: set[Identity] = set()
    for request, item in fresh:
        for namespace, value in item.identities if item.links else item.identities[:1]:
            if namespace == "previousId":
                wanted.add((request.sandbox_id, "userId", value))
                namespace = "anonymousId"
            wanted.add((request.sandbox_id, namespace, value))
    return wanted


def _find(connection: psycopg.Connection[Any], wanted: set[Identity]) -> dict[Identity, int]:
    if not wanted:
        return {}
    sandboxes, namespaces, values = map(list, zip(*wanted, strict=True))
    rows = connection.execute(
        query("people/find_identities"), {"sandboxes": sandboxes, "namespaces": namespaces, "values": values}
    )
    return {(sandbox, namespace, value): profile for sandbox, namespace, value, profile in rows.fetchall()}


def _add(connection: psycopg.Connection[Any], added: dict[Identity, int], now: datetime) -> dict[Identity, int]:
    """Add identities; those that another process gave to somebody first, with whom it gave them to."""
    sandboxes, namespaces, values = map(list, zip(*added, strict=True))
    columns = {"sandboxes": sandboxes, "namespaces": namespaces, "values": values}
    rows = connection.execute(query("people/add_identities"), {**columns, "profiles": list(added.values()), "now": now})
    won = {(sandbox, namespace, value) for sandbox, namespace, value, _ in rows.fetchall()}
    return _find(connection, added.keys() - won)


def _profile_ids(connection: psycopg.Connection[Any], count: int) -> list[int]:
    if not count:
        return []
    rows = connection.execute("SELECT nextval('engine_profile_id') FROM generate_series(1, %s)", [count])
    return [number for (number,) in reversed(rows.fetchall())]


def _line(request: Request, item: Incoming, profile: int, business: Names, *, is_first: bool) -> str:
    """`is_first`: nobody knew this person before; the audiences have to be asked about them.

    `business`: the definitions for which it is a business event; for these, it does not matter who the person is.
    """
    said: dict[str, object] = {"n": item.name, "m": item.message_id, "t": moment(item.occurred_at)}
    if is_first:
        said["new"] = True
    if business:
        said["business"] = business
    head = orjson.dumps(said).decode()
    payload = f'{head[:-1]},"p":{item.body.decode()}}}'
    received_at = moment(request.received_at)
    return f"{shard_of(profile)}\t{request.sandbox_id}\t{profile}\tevent\t{text(payload)}\t{received_at}"


def _merge_line(merge: Merge, now: datetime) -> str:
    younger, older = max(merge.one, merge.other), min(merge.one, merge.other)
    payload = f'{{"into":{older},"by":"{merge.by}"}}'
    return f"{shard_of(younger)}\t{merge.sandbox_id}\t{younger}\tmerge\t{payload}\t{now.isoformat()}"


def _note_rejections(connection: psycopg.Connection[Any], requests: list[Request]) -> None:
    rows = [
        (request.sandbox_id, request.received_at, request.dialect, found.code, found.message[:500], found.item)
        for request in requests
        for found in request.rejections
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO engine_rejectedevent (sandbox_id, received_at, dialect, code, message, item) "
                "VALUES (%s, %s, %s, %s, %s, %s)",
                rows,
            )
