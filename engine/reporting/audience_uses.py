"""Which published journeys use which audiences."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from engine.definition.audience import audiences_in
from engine.models import Definition

BY_SETTING = frozenset({"audience-qualification", "read-audience"})  # activities that name one in their settings
# What a graph or its properties hold wherever they may name an audience; the exact answer is read in Python.
MENTION = 'inAudience|inSegment|"audience"'


def audiences_in_use(sandbox_id: int) -> dict[str, list[str]]:
    """Audience -> the published journeys that use it and may still hold people."""
    used: dict[str, set[str]] = {}
    kept = Definition.objects.filter(sandbox_id=sandbox_id).exclude(status__in=["stopped", "finished"])
    for name, graph, properties in mentioning(kept).values_list("journey_name", "graph", "properties"):
        for audience in audiences_mentioned(graph, properties):
            used.setdefault(audience, set()).add(name)
    return {audience: sorted(names) for audience, names in used.items()}


def mentioning(rows: Any) -> Any:
    """Of rows with a graph and properties: those that may name an audience."""
    rows = rows.annotate(in_graph=Cast("graph", TextField()), in_properties=Cast("properties", TextField()))
    return rows.filter(Q(in_graph__regex=MENTION) | Q(in_properties__regex=MENTION))


def audiences_mentioned(graph: Mapping[str, Any], properties: Mapping[str, Any]) -> set[str]:
    """The audiences that a version names: in the settings of its steps, its exit criteria, its expressions."""
    nodes = [node for node in graph.get("nodes", []) if isinstance(node, dict)]
    by_setting = [node.get("settings") for node in nodes if node.get("type") in BY_SETTING]
    criteria = properties.get("exit_criteria")
    named = [*by_setting, *(criteria if isinstance(criteria, list) else [])]
    found = {one["audience"] for one in named if isinstance(one, dict) and isinstance(one.get("audience"), str)}
    for text in _texts([graph, properties]):
        if "inAudience" in text or "inSegment" in text:
            found |= audiences_in(text)
    return found - {""}


def _texts(value: object) -> Iterator[str]:
    """Every text in a JSON value, without recursion."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
