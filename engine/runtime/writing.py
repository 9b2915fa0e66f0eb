"""Writing a batch down: COPY for what is new, one UPDATE per table for what changed, counters summed."""

from collections.abc import Iterator
from struct import Struct
from typing import Any

import orjson
import psycopg

from engine.runtime.batch import Batch, Standing
from engine.shards import shard_of
from engine.store.copying import NULL, Lines, copy_into, copy_packed, json, microseconds, moment, text
from engine.store.ids import Ids
from engine.store.queries import query

INBOX = "shard,sandbox_id,profile_id,kind,payload,received_at"
_MEMBERSHIP = Struct("!hihiqiqi?iq").pack  # five fields, each behind its length


def write(connection: psycopg.Connection[Any], batch: Batch, ids: Ids, writer: int) -> None:
    """Write everything a turn decided, in the caller's transaction."""
    ids.reserve(connection, len(batch.events) + len(batch.steps) + len(batch.discards) + len(batch.deliveries))
    _moved(connection, batch)  # who left, first: the same person may enter the same journey again in one turn
    copy_into(
        connection,
        _events(batch, ids),
        _instances(batch),
        _steps(batch, ids),
        _discards(batch, ids),
        _deliveries(batch, ids),
    )
    changed = [
        {"id": person.id, "attributes": person.attributes} for person in batch.people.values() if person.is_changed
    ]
    if changed:
        connection.execute(query("turn/save_profiles"), {"rows": orjson.dumps(changed).decode(), "now": batch.now})
    _memberships(connection, batch)
    _assignments(connection, batch)
    _later(connection, batch)
    _forwards(connection, batch)
    add_counts(connection, batch, writer)


def _moved(connection: psycopg.Connection[Any], batch: Batch) -> None:
    rows = [
        {
            "shard": standing.shard,
            "id": (instance := standing.instance).id,
            "state": instance.state,
            "node": instance.node,
            "port": instance.port,
            "visit": instance.visit,
            "timers": instance.timers or None,
            "wake_at": instance.wake_at,
            "moved_at": instance.moved_at,
            "ended_at": instance.ended_at,
            "context": instance.context,
        }
        for standing in batch.touched
        if not standing.is_new
    ]
    if rows:
        connection.execute(query("turn/save_instances"), {"rows": orjson.dumps(rows).decode()})


def _events(batch: Batch, ids: Ids) -> Lines:
    return Lines(
        "engine_event",
        "shard,id,sandbox_id,profile_id,name,message_id,payload,outcomes,occurred_at,received_at",
        (
            f"{event.item.shard}\t{ids.take()}\t{event.item.sandbox_id}\t{event.item.profile_id}\t{text(event.name)}"
            f"\t{text(event.message_id)}\t{json(event.payload)}\t{json(event.outcomes)}\t{text(event.occurred_at)}"
            f"\t{moment(event.item.at)}"
            for event in batch.events
        ),
    )


def _instances(batch: Batch) -> Lines:
    return Lines(
        "engine_instance",
        "shard,id,sandbox_id,profile_id,journey_id,version_id,key,supplemental_key,state,node,port,visit,timers,wake_at,entered_at,"
        "moved_at,expires_at,ended_at,context",
        (_instance_line(standing) for standing in batch.touched if standing.is_new),
    )


def _instance_line(standing: Standing) -> str:
    instance = standing.instance
    return (
        f"{standing.shard}\t{instance.id}\t{standing.sandbox_id}\t{instance.profile_id}\t{standing.journey_id}"
        f"\t{standing.version_id}\t{text(instance.key)}\t{text(instance.supplemental_key)}\t{instance.state}"
        f"\t{instance.node}\t{instance.port or NULL}\t{instance.visit}"
        f"\t{json(instance.timers) if instance.timers else NULL}\t{moment(instance.wake_at)}"
        f"\t{moment(instance.entered_at)}\t{moment(instance.moved_at)}\t{moment(instance.expires_at)}"
        f"\t{moment(instance.ended_at)}\t{json(instance.context) if instance.context else '{}'}"
    )


def _steps(batch: Batch, ids: Ids) -> Lines:
    return Lines(
        "engine_step",
        "id,shard,at,sandbox_id,journey_id,version_id,instance_id,profile_id,visit,node,port,status,details",
        _step_lines(batch, ids),
    )


def _step_lines(batch: Batch, ids: Ids) -> Iterator[str]:
    now, whose = batch.now.isoformat(), ""
    before: Standing | None = None
    for standing, step in batch.steps:
        if standing is not before:  # the steps of a run come one after the other, and begin the same
            before, instance = standing, standing.instance
            whose = (
                f"{standing.shard}\t{now}\t{standing.sandbox_id}\t{standing.journey_id}\t{standing.version_id}"
                f"\t{instance.id}\t{instance.profile_id}"
            )
        yield (
            f"{ids.take()}\t{whose}\t{step.visit}\t{step.node}\t{step.port or NULL}\t{step.status}"
            f"\t{json(step.details) if step.details else NULL}"
        )


def _discards(batch: Batch, ids: Ids) -> Lines:
    now = batch.now.isoformat()
    return Lines(
        "engine_discard",
        "shard,id,at,sandbox_id,profile_id,journey_id,version_id,event,code,details",
        (
            f"{found.shard}\t{ids.take()}\t{now}\t{found.sandbox_id}\t{found.profile_id}\t{found.journey_id or NULL}"
            f"\t{found.version_id or NULL}\t{text(found.event)}\t{found.code}"
            f"\t{json(found.details) if found.details else NULL}"
            for found in batch.discards
        ),
    )


def _deliveries(batch: Batch, ids: Ids) -> Lines:
    now = batch.now.isoformat()
    return Lines(
        "engine_delivery",
        "shard,id,sandbox_id,profile_id,journey_id,version_id,instance_id,node,visit,channel,state,due_at,created_at",
        (
            f"{standing.shard}\t{ids.take()}\t{standing.sandbox_id}\t{standing.instance.profile_id}"
            f"\t{standing.journey_id}\t{standing.version_id}\t{standing.instance.id}\t{node}\t{visit}\t{channel}"
            f"\tqueued\t{now}\t{now}"
            for standing, node, visit, channel in batch.deliveries
        ),
    )


def _assignments(connection: psycopg.Connection[Any], batch: Batch) -> None:
    rows = [
        {
            "profile_id": profile,
            "version_id": version,
            "node": node,
            "treatment": one.treatment,
            "assigned_at": one.assigned_at,
            "succeeded_at": one.succeeded_at,
        }
        for (profile, version), found in batch.assignments.items()
        for node, one in found.items()
        if one.is_changed
    ]
    if rows:
        connection.execute(query("turn/save_assignments"), {"rows": orjson.dumps(rows).decode()})


def _memberships(connection: psycopg.Connection[Any], batch: Batch) -> None:
    """Most people enter an audience for the first time: their rows are copied in, packed (seven rows: 2 us less)."""
    now = microseconds(batch.now)
    new: list[bytes] = []
    changed: list[dict[str, Any]] = []
    for profile, found in batch.memberships.items():
        shard = shard_of(profile)
        for audience, is_member in found.items():
            if (profile, audience) in batch.kept:
                changed.append({"profile_id": profile, "audience_id": audience, "is_member": is_member})
            else:
                new.append(_MEMBERSHIP(5, 2, shard, 8, profile, 8, audience, 1, is_member, 8, now))
    copy_packed(connection, "engine_membership", "shard,profile_id,audience_id,is_member,changed_at", new)
    if changed:
        connection.execute(query("turn/save_memberships"), {"rows": orjson.dumps(changed).decode(), "now": batch.now})


def _later(connection: psycopg.Connection[Any], batch: Batch) -> None:
    """What is left for the next turn, in which everything that it needs is read."""
    rows = (
        f"{item.shard}\t{item.sandbox_id}\t{item.profile_id}\tmembership\t{json(payload)}\t{moment(item.at)}"
        for item, payload in batch.later
    )
    copy_into(connection, Lines("engine_inbox", INBOX, rows))


def _forwards(connection: psycopg.Connection[Any], batch: Batch) -> None:
    rows = (
        f"{shard_of(profile)}\t{item.sandbox_id}\t{profile}\t{item.kind}\t{json(payload)}\t{moment(item.at)}"
        for item, profile, payload in batch.forwards
    )
    copy_into(connection, Lines("engine_inbox", INBOX, rows))


def add_counts(connection: psycopg.Connection[Any], batch: Batch, writer: int) -> None:
    """One row per (version, node, port, metric) of this batch, added to this writer's minute."""
    rows = [
        {"version_id": version, "node": node, "port": port, "metric": metric, "value": value}
        for version, node, port, metric, value in batch.counts()
    ]
    if rows:
        connection.execute(
            query("counters/add"), {"rows": orjson.dumps(rows).decode(), "now": batch.now, "writer": writer}
        )
    _read_counts(connection, batch, writer)


def _read_counts(connection: psycopg.Connection[Any], batch: Batch, writer: int) -> None:
    """How those fared who were read from audiences, by run."""
    rows = [
        {"run_id": run, "entered": count if entered else 0, "refused": 0 if entered else count}
        for (run, entered), count in batch.read.items()
    ]
    if rows:
        connection.execute(query("reads/add_counts"), {"rows": orjson.dumps(rows).decode(), "writer": writer})
