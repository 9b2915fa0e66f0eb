"""What is published and defined, as rows; engine/catalogue.py compiles and keeps it."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row

from engine.store.queries import query


@dataclass(frozen=True, kw_only=True, slots=True)
class DefinitionRow:
    version_id: int
    sandbox_id: int
    sandbox_name: str
    journey_id: int
    journey_name: str
    number: str
    status: str
    graph: dict[str, Any]
    properties: dict[str, Any]
    world: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class EventDefinitionRow:
    id: int
    sandbox_id: int
    name: str
    type: str
    id_type: str
    rule: str
    event_id: str
    schema: dict[str, Any]
    fields: list[str]
    namespace: str
    key_expression: str
    supplemental_namespace: str
    supplemental_expression: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ExperimentRow:
    version_id: int
    node: str
    shares: list[float]
    winner: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleSetRow:
    id: int
    sandbox_id: int
    name: str
    entries_per_day: int | None
    entries_per_week: int | None
    entries_per_month: int | None
    journeys_at_once: int | None


def revision(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT revision FROM engine_catalogue").fetchone()
    assert row is not None
    return int(row[0])


def holds_no_more(connection: psycopg.Connection[Any]) -> bool:
    """Whether as many people are held as may be."""
    row = connection.execute("SELECT holds_no_more FROM engine_catalogue").fetchone()
    assert row is not None
    return bool(row[0])


def standings(connection: psycopg.Connection[Any]) -> list[tuple[int, str, Any, dict[str, str]]]:
    """(version, status, pause mode, attribute exit) of every version that may still hold people."""
    return connection.execute(
        "SELECT version_id, status, pause_mode, attribute_exit FROM engine_definition WHERE status <> 'finished'"
    ).fetchall()


def experiments(connection: psycopg.Connection[Any]) -> dict[int, list[ExperimentRow]]:
    """Version -> its experiments that are no longer as their settings say."""
    found: dict[int, list[ExperimentRow]] = {}
    with connection.cursor(row_factory=class_row(ExperimentRow)) as cursor:
        for row in cursor.execute(
            "SELECT version_id, node, shares, winner FROM engine_experiment "
            "JOIN engine_definition USING (version_id) WHERE status <> 'finished'"
        ):
            found.setdefault(row.version_id, []).append(row)
    return found


def definitions(connection: psycopg.Connection[Any], version_ids: list[int]) -> list[DefinitionRow]:
    with connection.cursor(row_factory=class_row(DefinitionRow)) as cursor:
        return cursor.execute(
            "SELECT version_id, sandbox_id, sandbox.name AS sandbox_name, journey_id, journey_name, number, "
            "definition.status, graph, properties, world FROM engine_definition AS definition "
            "JOIN engine_sandbox AS sandbox ON sandbox.id = sandbox_id WHERE version_id = ANY(%s)",
            [version_ids],
        ).fetchall()


def event_definitions(connection: psycopg.Connection[Any]) -> list[EventDefinitionRow]:
    with connection.cursor(row_factory=class_row(EventDefinitionRow)) as cursor:
        return cursor.execute(
            "SELECT id, sandbox_id, name, type, id_type, rule, event_id::text, schema, fields, namespace, "
            "key_expression, supplemental_namespace, supplemental_expression FROM engine_eventdefinition"
        ).fetchall()


def rule_sets(connection: psycopg.Connection[Any]) -> list[RuleSetRow]:
    with connection.cursor(row_factory=class_row(RuleSetRow)) as cursor:
        return cursor.execute(
            "SELECT id, sandbox_id, name, entries_per_day, entries_per_week, entries_per_month, journeys_at_once "
            "FROM engine_ruleset"
        ).fetchall()


def carriers(connection: psycopg.Connection[Any]) -> list[tuple[int, int, str]]:
    """(version, sandbox, rule set) of every version that carries one, whatever became of it."""
    return connection.execute(
        "SELECT version_id, sandbox_id, properties ->> 'rule_set' FROM engine_definition "
        "WHERE properties ->> 'rule_set' <> ''"
    ).fetchall()


def touch(connection: Any) -> None:
    """Say that definitions changed, inside the caller's transaction. Takes Django's cursor or psycopg's connection."""
    connection.execute(query("catalogue/touch").decode())
