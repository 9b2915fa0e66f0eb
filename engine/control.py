"""The front door of the engine for the designer: what may be asked of it, and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection

from engine import clock, expressions, queue
from engine.activities import all_types
from engine.activities.jump import Jump
from engine.activities.read_audience import ReadAudience
from engine.audiences import reading
from engine.definition import diff, rules
from engine.definition import graph as graphs
from engine.definition import vocabulary as words
from engine.definition.properties import Properties, properties_problems
from engine.definition.scope import PROFILE_ALONE, scope_at, wanted
from engine.definition.world import EventShape, World
from engine.errors import JourneyOptError
from engine.expressions import Scope
from engine.models import Audience, Definition, Instance, ReadRun, RuleSet, WriteKey
from engine.models.write_key import digest_of, draw
from engine.problems import Problem, errors_in
from engine.reporting import evaluation_preview, preview
from engine.reporting.audience_uses import audiences_mentioned
from engine.reporting.counts import Overview, counts, overview
from engine.reporting.experiments import NoSuchTreatment, Results, Scaled
from engine.reporting.experiments import look_at_all as look_at_experiments
from engine.reporting.experiments import results as experiments
from engine.reporting.experiments import scale as scale_treatment
from engine.reporting.jumps import jump_targets, jumps_into
from engine.reporting.messages import OUTCOME_UNKNOWN, list_messages, message_of
from engine.reporting.paging import Found, cursor_at, place_of
from engine.reporting.people import find_people, matching_profiles, names_of, path, people
from engine.reporting.profiles import Attribute, journeys_of, list_profiles, profile_of
from engine.reporting.step_events import step_events
from engine.reporting.stream import (
    discards,
    event_of,
    events_last_seen,
    latest_events,
    newer_events,
    people_meant,
    rejected_events,
)
from engine.runtime import erasing
from engine.store import catalogue as rows
from engine.store import profiles
from engine.store.world import attributes_of as profile_attributes
from engine.store.world import journeys_reached, world_of

__all__ = [
    "OUTCOME_UNKNOWN",
    "Attribute",
    "Found",
    "NoSuchTreatment",
    "Overview",
    "Results",
    "Scaled",
    "attribute_exit",
    "begins_with",
    "canonical",
    "catalogue",
    "changed",
    "check",
    "check_expression",
    "check_rule",
    "check_structure",
    "close",
    "counts",
    "cursor_at",
    "deploy",
    "differences",
    "discards",
    "erase_profile",
    "event_definitions_in_use",
    "event_of",
    "events_last_seen",
    "exit_by_attribute",
    "experiments",
    "export_profile",
    "find_people",
    "find_profiles",
    "finish",
    "journeys_of",
    "jump_targets",
    "jumps_into",
    "latest_events",
    "list_messages",
    "list_profiles",
    "look_at_experiments",
    "make_write_key",
    "message_of",
    "newer_events",
    "opens",
    "over_at",
    "overview",
    "path",
    "pause",
    "people",
    "people_held",
    "people_inside",
    "people_meant",
    "place_of",
    "preview_email",
    "preview_expression",
    "profile_attributes",
    "profile_of",
    "rejected_events",
    "release",
    "resume",
    "revoke_write_key",
    "rule_sets_in_use",
    "scale_treatment",
    "scope",
    "settle",
    "step_events",
    "stop",
    "vocabulary",
]

Graph = dict[str, Any]


class NotDeployable(JourneyOptError):
    """The version cannot be published; `problems` lists every reason."""

    code = "version.not_publishable"
    status = 422


# Drafts


def check_structure(graph: object) -> list[Problem]:
    """Why this is not a graph at all; nothing when it is one, however unfinished."""
    return graphs.read(graph)[1]


def canonical(graph: Graph) -> Graph:
    """The graph in one order, defaults written out. Only for what `check_structure` finds nothing in."""
    return graphs.canonical(graphs.Graph.model_validate(graph))


def check(
    *,
    sandbox_id: int,
    graph: Graph,
    properties: dict[str, Any],
    journey_id: int | None = None,
    at: datetime | None = None,
) -> list[Problem]:
    """Every problem of a version, from its shape to its expressions. `journey_id`: None for one that is not kept yet.

    `at`: when it was published, if it was: a schedule that lay ahead then is no problem afterwards.
    """
    return _problems(graph, properties, _world_around(graph, sandbox_id, journey_id), at or clock.now())


def catalogue() -> dict[str, Any]:
    """The activities: faces, ports, forms; and the form of a journey's properties. The canvas draws from this."""
    return {"activities": [_shown(kind) for kind in all_types()], "properties_schema": Properties.model_json_schema()}


def begins_with(graph: Graph) -> str:
    """What kind of step a journey begins with, in words; '' while there is not exactly one that could."""
    read = _readable(graph)
    starts = [
        all_types()[node.type].face.label
        for node in read.nodes
        if node.id not in read.entered and node.type in all_types() and all_types()[node.type].face.start
    ]
    return starts[0] if len(starts) == 1 else ""


def differences(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    properties_before: Mapping[str, Any],
    properties_after: Mapping[str, Any],
) -> list[dict[str, str | None]]:
    """What changed from one graph to the other, in sentences: [{"kind", "node", "sentence"}]."""
    read = [_readable(canonical(dict(graph))) for graph in (before, after)]
    whole = [_whole(properties) for properties in (properties_before, properties_after)]
    found = diff.changes(*read, properties_before=whole[0], properties_after=whole[1])
    return [change.as_json() for change in found]


def vocabulary(*, sandbox_id: int, graph: Graph, node: str) -> dict[str, Any]:
    """What may be written in an expression at `node`."""
    return words.vocabulary(_readable(graph), node, world_of(sandbox_id))


def scope(*, sandbox_id: int, graph: Graph, node: str) -> Scope:
    """The names that an expression at `node` may use, for who reads expressions."""
    return scope_at(_readable(graph), node, world_of(sandbox_id))


def check_expression(*, sandbox_id: int, graph: Graph, node: str, text: str, expect: str) -> dict[str, Any]:
    """The type and the problems of an expression at `node`."""
    return words.checked(text, _readable(graph), node, world_of(sandbox_id), expect)


def check_rule(
    *, sandbox_id: int, event: str, text: str, expect: str, schema: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The same for the rule (expect 'boolean') or the key ('any') of an event; `schema` if it is not saved yet."""
    if schema is None:
        world = world_of(sandbox_id)
    else:
        world = World(events={event: EventShape(name=event, json_schema=schema)})
    return words.checked_rule(text, event, world, expect)


def preview_email(*, sandbox_id: int, graph: Graph, settings: dict[str, Any], profile: str) -> dict[str, Any]:
    """An e-mail as one person would get it. `profile`: 'namespace:value', an id, or '' for nobody in particular."""
    return preview.preview_email(sandbox_id=sandbox_id, graph=_readable(graph), settings=settings, profile=profile)


def preview_expression(
    *,
    sandbox_id: int,
    graph: Graph,
    node: str,
    text: str,
    expect: str,
    profile: str,
    events: Mapping[str, Mapping[str, Any]],
    actions: Mapping[str, Mapping[str, Any]],
    journey: Mapping[str, Any],
) -> dict[str, Any]:
    """What an expression at `node` yields for one person. `events`, `actions`: payloads to take for their own."""
    return evaluation_preview.preview_expression(
        sandbox_id=sandbox_id, graph=_readable(graph), node=node, text=text, expect=expect, profile=profile,
        events=events, actions=actions, journey=journey,
    )  # fmt: skip


# Published versions. All of these belong into the caller's transaction.


def deploy(
    *,
    version_id: int,
    sandbox_id: int,
    journey_id: int,
    journey_name: str,
    number: str,
    graph: Graph,
    properties: dict[str, Any],
    by: str,
    now: datetime,
) -> None:
    """Publish a version: from the commit on, people enter it. Raises NotDeployable with every problem."""
    if isinstance(properties.get("rule_set"), str):
        # Held, so that nobody deletes it between the check and the commit; so are audiences.
        list(RuleSet.objects.select_for_update().filter(sandbox_id=sandbox_id, name=properties["rule_set"]))
    named = Audience.objects.filter(sandbox_id=sandbox_id, name__in=audiences_mentioned(graph, properties))
    list(named.select_for_update(no_key=True).order_by("pk"))
    world = _world_around(graph, sandbox_id, journey_id)
    problems = _problems(graph, properties, world, now)
    if errors_in(problems):
        raise NotDeployable(
            f"{journey_name} {number} cannot be published yet.",
            hint="Mend the problems listed; warnings may stay.",
            problems=problems,
        )
    Definition.objects.create(
        version_id=version_id,
        sandbox_id=sandbox_id,
        journey_id=journey_id,
        journey_name=journey_name,
        number=number,
        status=Definition.Status.LIVE,
        graph=canonical(graph),
        properties=Properties.model_validate(properties).model_dump(mode="json"),
        world=world.as_json(_events_used(graph, properties), _audiences_at_steps(graph)),
        deployed_at=now,
        deployed_by=by,
    )
    changed()
    if any(node["type"] == ReadAudience.face.kind for node in graph["nodes"]):
        queue.soon("engine.tasks.read_audiences")


def close(*, version_id: int, now: datetime) -> None:
    """Nobody enters any more; those inside finish."""
    reading.drop(version_id, reason=ReadRun.Reason.ENDED, now=now)
    _set_status(version_id, Definition.Status.CLOSED, now)


def stop(*, version_id: int, now: datetime) -> None:
    """Nobody enters, and everyone inside leaves at once."""
    reading.drop(version_id, reason=ReadRun.Reason.ENDED, now=now)
    _set_status(version_id, Definition.Status.STOPPED, now)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at) "
            "SELECT shard, sandbox_id, profile_id, 'control', json_build_object('instance', id), %s "
            "FROM engine_instance WHERE version_id = %s AND ended_at IS NULL",
            [now, version_id],
        )


def pause(*, version_id: int, mode: str, now: datetime) -> None:
    """Nobody enters; those inside go on up to the next step that acts, and are held there, or taken out (`mode`)."""
    reading.drop(version_id, reason=ReadRun.Reason.PAUSED, now=now)
    Definition.objects.filter(version_id=version_id).update(status=Definition.Status.PAUSED, pause_mode=mode)
    changed()


def resume(*, version_id: int, now: datetime) -> None:
    """People may enter again. Those who are held are released by `release`, a part at a time, until `settle`."""
    Definition.objects.filter(version_id=version_id).update(status=Definition.Status.RESUMING, pause_mode="")
    changed()


def release(*, version_id: int, after: int, most: int, now: datetime) -> tuple[int, int]:
    """Let up to `most` of those who are held go on, in the order of their ids from `after` on.

    How many it were, and the last of them. Saying it twice of one person does no harm.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at) "
            "SELECT shard, sandbox_id, profile_id, 'control', json_build_object('instance', id, 'release', true), %s "
            "FROM (SELECT * FROM engine_instance WHERE version_id = %s AND state = 'held' AND ended_at IS NULL "
            "AND id > %s ORDER BY id LIMIT %s) AS held RETURNING (payload ->> 'instance')::bigint",
            [now, version_id, after, most],
        )
        released = [int(row[0]) for row in cursor.fetchall()]
        cursor.execute("SELECT pg_notify('engine_work', '')")
    return len(released), max(released, default=after)


def settle(*, version_id: int) -> None:
    """Everybody is released: the version is live as before."""
    Definition.objects.filter(version_id=version_id).update(status=Definition.Status.LIVE)
    changed()


def people_held(version_ids: Sequence[int]) -> dict[int, int]:
    """Version -> how many are held now."""
    from django.db.models import Count

    found = dict.fromkeys(version_ids, 0)
    held = Instance.objects.filter(version_id__in=version_ids, state=Instance.State.HELD, ended_at__isnull=True)
    found.update(held.values_list("version_id").annotate(Count("id")))
    return found


def exit_by_attribute(*, version_id: int, label: str, condition: str) -> None:
    """People of whom the condition is true leave at the next step that acts. Without a condition: nobody does."""
    if condition:
        problems = expressions.check(condition, PROFILE_ALONE, wanted("boolean")).problems
        if problems:
            raise NotDeployable(
                "The exit criterion cannot be used.", hint="Correct its condition.", problems=list(problems)
            )
    value = {"label": label, "condition": condition} if condition else {}
    Definition.objects.filter(version_id=version_id).update(attribute_exit=value)
    changed()


def over_at(now: datetime) -> list[int]:
    """Versions whose end date has come, and that are not finished yet."""
    dated = Definition.objects.exclude(status__in=["stopped", "finished"]).filter(properties__ends_at__isnull=False)
    return [
        version
        for version, properties in dated.values_list("version_id", "properties")
        if (ends_at := Properties.model_validate(properties).ends_at) is not None and ends_at <= now
    ]


def attribute_exit(version_id: int) -> dict[str, str]:
    """{"label", "condition"} of the exit by an attribute; empty when there is none."""
    found: dict[str, str] = (
        Definition.objects.filter(version_id=version_id).values_list("attribute_exit", flat=True).first() or {}
    )
    return found


def finish(*, version_id: int, now: datetime) -> None:
    """The version is over."""
    reading.drop(version_id, reason=ReadRun.Reason.ENDED, now=now)
    _set_status(version_id, Definition.Status.FINISHED, now)


def people_inside(version_ids: Sequence[int]) -> dict[int, int]:
    """Version -> how many are inside now, counted exactly."""
    from django.db.models import Count

    found = dict.fromkeys(version_ids, 0)
    inside = Instance.objects.filter(version_id__in=version_ids, ended_at__isnull=True)
    found.update(inside.values_list("version_id").annotate(Count("id")))
    return found


# Events, keys, people


def changed() -> None:
    """Event definitions or definitions changed: tell the workers, with the caller's transaction."""
    with connection.cursor() as cursor:
        rows.touch(cursor)


def event_definitions_in_use(sandbox_id: int) -> dict[str, list[str]]:
    """Event -> the published journeys that use it and may still hold people."""
    used: dict[str, set[str]] = {}
    found = Definition.objects.filter(sandbox_id=sandbox_id).exclude(status__in=["stopped", "finished"])
    for name, graph, properties in found.values_list("journey_name", "graph", "properties"):
        for event in _events_used(graph, properties):
            used.setdefault(event, set()).add(name)
    return {event: sorted(names) for event, names in used.items()}


def rule_sets_in_use(sandbox_id: int) -> dict[str, list[str]]:
    """Rule set -> the published journeys that carry it and may still hold people."""
    used: dict[str, set[str]] = {}
    found = Definition.objects.filter(sandbox_id=sandbox_id).exclude(status__in=["stopped", "finished"])
    for name, rule_set in found.values_list("journey_name", "properties__rule_set"):
        if rule_set:
            used.setdefault(rule_set, set()).add(name)
    return {rule_set: sorted(names) for rule_set, names in used.items()}


def make_write_key(*, sandbox_id: int, name: str, by: str) -> str:
    """A new write key. It is returned this once; only its digest is kept."""
    key = draw()
    WriteKey.objects.create(sandbox_id=sandbox_id, name=name, digest=digest_of(key), last_four=key[-4:], created_by=by)
    return key


def opens(key: str) -> int | None:
    """The sandbox that a write key opens; None for one that is unknown or revoked."""
    found = WriteKey.objects.filter(digest=digest_of(key), revoked_at__isnull=True).values_list("sandbox_id", flat=True)
    return found.first()


def revoke_write_key(*, sandbox_id: int, key_id: int, now: datetime) -> None:
    """The key opens nothing any more, within a few seconds everywhere."""
    WriteKey.objects.filter(pk=key_id, sandbox_id=sandbox_id, revoked_at__isnull=True).update(revoked_at=now)


def find_profiles(*, sandbox_id: int, text: str, limit: int = 20) -> list[dict[str, Any]]:
    """People by the beginning of an identity or of their e-mail address; without text, the latest."""
    from engine.models import Profile

    alive = Profile.objects.filter(sandbox_id=sandbox_id, merged_into__isnull=True)
    if text.strip():
        alive = alive.filter(id__in=matching_profiles(sandbox_id, text.strip(), limit))
    found = list(alive.order_by("-updated_at")[:limit])
    names = names_of({profile.id for profile in found})
    return [
        {"id": str(profile.id), "identity": names.get(profile.id, str(profile.id)), "attributes": profile.attributes}
        for profile in found
    ]


def export_profile(*, sandbox_id: int, profile_id: int) -> dict[str, Any] | None:
    return profiles.export(sandbox_id=sandbox_id, profile_id=profile_id)


def erase_profile(*, sandbox_id: int, profile_id: int, by: str, now: datetime) -> int:
    """Erase a person. The number of rows removed; 0 when there is no such person."""
    return erasing.erase(sandbox_id=sandbox_id, profile_id=profile_id, now=now)


def _problems(graph: Graph, properties: dict[str, Any], world: World, now: datetime) -> list[Problem]:
    read, problems = graphs.read(graph)
    wrong = list(properties_problems(properties))
    if read is None:
        return [*wrong, *problems]
    return [*wrong, *rules.problems_of(read, world, None if wrong else Properties.model_validate(properties), now)]


def _world_around(graph: Graph, sandbox_id: int, journey_id: int | None) -> World:
    """What exists around a journey; of the other journeys only those that its jumps reach, for there may be many."""
    world = world_of(sandbox_id)
    targets = {
        journey
        for node in _readable(graph).nodes
        if node.type == Jump.face.kind
        and isinstance(journey := node.settings.get("journey"), int)
        and 0 < journey < 2**63
    }
    return replace(world, journeys=journeys_reached(sandbox_id, targets), journey_id=journey_id) if targets else world


def _whole(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties with their defaults; as they are when something is wrong with them."""
    if any(True for _ in properties_problems(properties)):
        return dict(properties)
    return Properties.model_validate(properties).model_dump(mode="json")


def _events_used(graph: Graph, properties: dict[str, Any]) -> set[str]:
    settings = [node["settings"] for node in graph["nodes"]]
    steps = {str(one[name]) for one in settings for name in ("event", "success") if one.get(name)}
    exits = {criterion.event for criterion in Properties.model_validate(properties).exit_criteria if criterion.event}
    return steps | exits


def _audiences_at_steps(graph: Graph) -> set[str]:
    return {str(node["settings"]["audience"]) for node in graph["nodes"] if node["settings"].get("audience")}


def _set_status(version_id: int, status: str, now: datetime) -> None:
    ended_at = None if status == Definition.Status.LIVE else now
    Definition.objects.filter(version_id=version_id).update(status=status, ended_at=ended_at, pause_mode="")
    changed()


def _readable(graph: Graph) -> graphs.Graph:
    return graphs.read(graph)[0] or graphs.Graph()


def _shown(kind: str) -> dict[str, Any]:
    activity = all_types()[kind]
    face = activity.face
    schema = activity.model_json_schema()
    return {
        "type": face.kind,
        "label": face.label,
        "description": face.description,
        "category": face.category,
        "icon": face.icon,
        "start": face.start,
        "in_flow": face.in_flow,
        "passive": face.passive,
        "placeable": face.placeable,
        "summary": face.summary,
        "notes": [{"text": note.text, "when": note.when} for note in face.notes],
        "ports": [rule.as_json() for rule in face.ports],
        "in_flow_only": list(face.in_flow_only),
        "start_only": list(face.start_only),
        "brings": face.brings,
        "flow_note": face.flow_note,
        "settings_schema": schema,
        "defaults": {
            **{name: found["default"] for name, found in schema.get("properties", {}).items() if "default" in found},
            **face.initial,
        },
    }
