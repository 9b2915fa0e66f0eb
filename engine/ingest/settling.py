"""Settling events before they wait for the engine: which are new, whose they are, who turned out to be one person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import md5
from typing import Any
from uuid import UUID

import orjson
import psycopg

from engine.ingest.business import BusinessEvents, Names, keep
from engine.ingest.items import Incoming, Request
from engine.store.arrays import integers, texts
from engine.store.queries import query
from engine.store.straight import Straight

Identity = tuple[int, str, str]  # sandbox, namespace, value
Line = tuple[int, int, str, bytes, str]  # sandbox, profile, kind, payload, received
AT_ONCE = 1_000  # lines in one statement; of the largest events, half of what PostgreSQL takes in one


@dataclass(frozen=True, slots=True)
class Merge:
    """Two profiles that an event says are one."""

    sandbox_id: int
    one: int
    other: int
    by: str  # 'identify' or 'alias'


def write(database: Straight, requests: list[Request], now: datetime, business: BusinessEvents) -> bool:
    """One transaction: leave out what was seen before, settle who it is, put it into the inbox.

    Business events are queued, whether they belong to somebody or not. Whether there were any.
    """
    connection = database.connection
    while True:
        with connection.transaction():
            known = _ask(database, requests, now, business)
            if known is None:
                raise psycopg.Rollback
            _put(database, _lines(database, requests, known, now))
            is_any = keep(connection, known.unseen, known.matched) if known.matched else False
            _note_rejections(connection, requests)
            return is_any
        business.refresh(connection)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of some events: which are new, and which are business events."""

    unseen: list[tuple[Request, Incoming]]
    matched: dict[int, Names]


def _ask(database: Straight, requests: list[Request], now: datetime, business: BusinessEvents) -> Known | None:
    """Mark events as seen; what is known of them. None when something was defined since `business` was read."""
    matched, refused = business.recognise(requests)
    first: dict[tuple[int, str], tuple[Request, Incoming]] = {}
    for request in requests:
        for item in request.items:
            if id(item) not in refused:
                digest = md5(item.message_id.encode(), usedforsecurity=False).hexdigest()
                first.setdefault((request.sandbox_id, digest), (request, item))
    ordered = sorted(first)
    # Nearly always all of them are new: nobody has to be told which. Telling took 2 us an event.
    revision, which = database.ask(
        "inbox/mark_seen",
        sandboxes=integers([sandbox for sandbox, _ in ordered]),
        digests=f"{{{','.join([digest for _, digest in ordered])}}}",
        now=now.isoformat(),
        most=str(len(ordered)),
    )
    if not business.is_of(int(revision or 0)):
        return None
    for request in requests:
        request.refuse(refused)
    unseen = list(first.values())
    if which is not None:
        told = set(orjson.loads(which))
        unseen = [found for (sandbox, digest), found in first.items() if f"{sandbox} {UUID(digest)}" in told]
    return Known(unseen, matched)


def _lines(database: Straight, requests: list[Request], known: Known, now: datetime) -> list[Line]:
    """What goes into the inbox, in the order in which it came."""
    fresh = [(request, item) for request, item in known.unseen if item.identities]
    profiles, made, merges = _settle(database, fresh, now)
    lines = [_merge_line(merge, now) for merge in merges]
    received_at = {id(request): request.received_at.isoformat() for request in requests}
    for (request, item), profile in zip(fresh, profiles, strict=True):
        payload = _payload(item, known.matched.get(id(item), ()), is_first=profile in made)
        lines.append((request.sandbox_id, profile, "event", payload, received_at[id(request)]))
        made.discard(profile)
    return lines


def _put(database: Straight, lines: list[Line]) -> None:
    for start in range(0, len(lines), AT_ONCE):
        sandboxes, profiles, kinds, payloads, moments = zip(*lines[start : start + AT_ONCE], strict=True)
        database.ask(
            "inbox/put",
            sandboxes=integers(sandboxes),
            profiles=integers(profiles),
            kinds=f"{{{','.join(kinds)}}}",
            payloads=b"\n".join(payloads).decode(),
            received=f"{{{','.join(moments)}}}",
        )


def _settle(
    database: Straight, fresh: list[tuple[Request, Incoming]], now: datetime
) -> tuple[list[int], set[int], list[Merge]]:
    """Whose each event is, which of these profiles were made now, and which turned out to be one.

    Unknown identities get a profile: that of a known identity they are linked with, else a new one.
    """
    connection = database.connection
    owner = _owners(database, _identities_of(fresh))
    added: dict[Identity, int] = {}
    made: dict[int, int] = {}  # new profile -> sandbox
    keys_of = [_keys(request, item, owner) for request, item in fresh]
    free = _profile_ids(connection, sum(1 for keys in keys_of if not _known(keys, owner)))
    profiles: list[int] = []
    merges: dict[tuple[int, int], Merge] = {}
    for (request, item), keys in zip(fresh, keys_of, strict=True):
        if item.links:
            keys = _keys(request, item, owner)  # by now a former id may have turned out to be a user id
        profile = _known(keys, owner)
        if not profile:
            profile = free.pop()
            made[profile] = request.sandbox_id
        for key in keys:
            if key not in owner:
                owner[key] = added[key] = profile
            elif owner[key] != profile:
                _note_merge(merges, Merge(request.sandbox_id, owner[key], profile, item.links))
        profiles.append(profile)
    beaten = _add(database, added, now) if added else {}
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


def _known(keys: list[Identity], owner: dict[Identity, int]) -> int:
    """The profile of the first identity that somebody has, or 0."""
    for key in keys:
        if key in owner:
            return owner[key]
    return 0


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


def _owners(database: Straight, wanted: Collection[Identity]) -> dict[Identity, int]:
    if not wanted:
        return {}
    sandboxes, namespaces, values = zip(*wanted, strict=True)
    (found,) = database.ask(
        "people/owners", sandboxes=integers(sandboxes), namespaces=texts(namespaces), values=texts(values)
    )
    profiles = (found or b"{}")[1:-1].split(b",")
    return {key: int(profile) for key, profile in zip(wanted, profiles, strict=True) if profile != b"NULL"}


def _add(database: Straight, added: dict[Identity, int], now: datetime) -> dict[Identity, int]:
    """Add identities; those that another process gave to somebody first, with whom it gave them to."""
    sandboxes, namespaces, values = map(list, zip(*added, strict=True))
    columns = {"sandboxes": sandboxes, "namespaces": namespaces, "values": values}
    rows = database.connection.execute(
        query("people/add_identities"), {**columns, "profiles": list(added.values()), "now": now}
    )
    won = {(sandbox, namespace, value) for sandbox, namespace, value, _ in rows.fetchall()}
    return _owners(database, added.keys() - won)


def _profile_ids(connection: psycopg.Connection[Any], count: int) -> list[int]:
    if not count:
        return []
    rows = connection.execute("SELECT nextval('engine_profile_id') FROM generate_series(1, %s)", [count])
    return [number for (number,) in reversed(rows.fetchall())]


def _payload(item: Incoming, business: Names, *, is_first: bool) -> bytes:
    """`is_first`: nobody knew this person before; the audiences have to be asked about them.

    `business`: the definitions for which it is a business event; for these, it does not matter who the person is.
    """
    said: dict[str, object] = {"n": item.name, "m": item.message_id, "t": item.occurred_at}
    if is_first:
        said["new"] = True
    if business:
        said["business"] = business
    return b'%b,"p":%b}' % (orjson.dumps(said)[:-1], item.body)


def _merge_line(merge: Merge, now: datetime) -> Line:
    younger, older = max(merge.one, merge.other), min(merge.one, merge.other)
    return merge.sandbox_id, younger, "merge", b'{"into":%d,"by":"%b"}' % (older, merge.by.encode()), now.isoformat()


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
