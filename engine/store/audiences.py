"""Audiences as rows, and which of them somebody listens to."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row

from engine.activities.audience_qualification import AudienceQualification
from engine.definition.audience import audiences_in
from engine.models import Audience, Definition


@dataclass(frozen=True, kw_only=True, slots=True)
class AudienceRow:
    id: int
    sandbox_id: int
    name: str
    evaluation: str
    rule: str
    types: dict[str, str]


def audiences(connection: psycopg.Connection[Any]) -> list[AudienceRow]:
    """Every audience there is."""
    with connection.cursor(row_factory=class_row(AudienceRow)) as cursor:
        return cursor.execute("SELECT id, sandbox_id, name, evaluation, rule, types FROM engine_audience").fetchall()


def ids_of(sandbox_id: int) -> dict[str, int]:
    """Name -> id."""
    return dict(Audience.objects.filter(sandbox_id=sandbox_id).values_list("name", "id"))


def heard(sandbox_id: int) -> set[int]:
    """The audiences of whose changes people must be told: of journeys that listen, and of streaming audiences."""
    names: set[str] = set()
    published = Definition.objects.filter(sandbox_id=sandbox_id).exclude(status__in=["stopped", "finished"])
    for graph, properties in published.values_list("graph", "properties"):
        names |= {
            node["settings"]["audience"] for node in graph["nodes"] if node["type"] == AudienceQualification.face.kind
        }
        names |= {criterion.get("audience", "") for criterion in properties.get("exit_criteria", ())}
    kept = list(Audience.objects.filter(sandbox_id=sandbox_id))
    for audience in kept:
        if audience.evaluation == Audience.Evaluation.STREAMING:
            names |= audiences_in(audience.rule)
    return {audience.pk for audience in kept if audience.name in names}
