"""Step events, written out for other systems: every field that a report or a warehouse joins on, by its usual name.

The table keeps the little that a step adds; what the definition and the instance know is put in when it is read. The
names are those of the reference's step event schema (journeys, 8.4). Fields of what the product does not have yet
(audience exports, test mode, data sources) are left out rather than sent empty.
"""

import json
from typing import Any

from django.db import connection

from engine.activities import all_types
from engine.models import Definition
from engine.store.queries import query

MOST_RUNS = 200  # in one page, each with all its steps

# What kind of thing was processed, in four words.
STEP_TYPES = {"condition": "Condition", "experiment": "Condition", "wait": "Timer", "start": "Scheduler"}
ERRORS = {"timedOut": "timeout", "capped": "capping", "error": "error"}


def step_events(*, version_id: int, after: str | None = None) -> tuple[list[dict[str, Any]], str | None]:
    """Step events of a version, run by run, the oldest run first; and the cursor to go on with (None: no more runs).

    `after` is the cursor of the page before. An unknown version has no step events.
    """
    definition = Definition.objects.filter(version_id=version_id).first()
    if definition is None:
        return [], None
    after_run = int(after) if after and after.isdecimal() and len(after) < 19 else 0
    with connection.cursor() as cursor:
        cursor.execute(
            query("reporting/step_events").decode(), {"version": version_id, "after": after_run, "runs": MOST_RUNS}
        )
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    nodes = {node["id"]: node for node in definition.graph["nodes"]}
    found = [_written_out(row, definition, nodes) for row in rows]
    return found, str(rows[-1]["instance_id"]) if rows else None


def _written_out(row: dict[str, Any], definition: Definition, nodes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    details = json.loads(row["details"] or "{}")  # Django leaves JSON of a raw query as text
    node = nodes.get(row["node"], {})
    parent = nodes.get(row["parent_node"] or "", {})
    return {
        "_id": str(row["id"]),
        "timestamp": row["at"].isoformat().replace("+00:00", "Z"),
        "entrance": bool(details.get("entrance")),
        "reentrance": bool(details.get("reentrance")),
        "instanceEnded": bool(details.get("instanceEnded")),
        "nodeID": row["node"],
        "nodeName": _name(node, row["node"]),
        "nodeType": "start" if details.get("entrance") else _category(node),
        "journeyNodeProcessed": row["status"] != "instanceTimedout",
        "stepID": row["node"],
        "stepName": _name(node, row["node"]),
        "stepType": STEP_TYPES.get(_category(node), "Action"),
        "stepStatus": row["status"],
        "parentStepID": row["parent_node"],
        "parentStepName": _name(parent, row["parent_node"]),
        "parentTransitionID": row["parent_port"],
        "journeyID": str(definition.journey_id),
        "journeyVersionID": str(definition.version_id),
        "journeyVersionName": definition.journey_name,
        "journeyVersion": definition.number,
        "instanceID": str(row["instance_id"]),
        "instanceType": "unitary",
        "externalKey": row["key"],
        "profileID": str(row["profile_id"]),
        "inTest": False,
        "inDryRun": False,
        **(_action(node, row["node"], details) if _category(node) in ("message", "action") else {}),
    }


def _action(node: dict[str, Any], name: str, details: dict[str, Any]) -> dict[str, Any]:
    code = details.get("actionExecutionErrorCode")
    return {
        "actionID": name,
        "actionName": _name(node, name),
        "actionType": node.get("type"),
        "actionExecutionTime": details.get("actionExecutionTime"),
        "actionExecutionError": ERRORS.get(code, "http") if code else None,
        "actionExecutionErrorCode": code,
        "actionExecutionErrorMessage": details.get("actionExecutionError"),
    }


def _name(node: dict[str, Any], otherwise: str | None) -> str | None:
    return node.get("label") or otherwise


def _category(node: dict[str, Any]) -> str:
    activity = all_types().get(str(node.get("type")))
    return activity.face.category if activity else ""
