"""What the designer needs of a graph: the empty one, what is stored, its labels. Its meaning is the engine's."""

import json
import re
from typing import Any

from designer.errors import NotAGraph
from designer.payload import measured, require_fits
from engine import control

Graph = dict[str, Any]

EMPTY: Graph = {"nodes": [], "edges": [], "ends": []}
LARGEST_PROPERTIES = 256 * 1024
ZERO = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
LABEL_LENGTH = 200
DESCRIPTION_LENGTH = 2000


def accepted(graph: object) -> Graph:
    """The graph in canonical order. Raises NotAGraph with every reason, or TooLarge. An unfinished graph is welcome."""
    _require_storable(graph)
    problems = control.check_structure(graph)
    if problems:
        raise NotAGraph("This is not a graph.", hint="`problems` says where.", problems=problems)
    canonical: Graph = control.canonical(graph)
    require_fits(canonical)
    return canonical


def accepted_properties(properties: object) -> dict[str, Any]:
    """The properties as they are to be stored. What is wrong with them is a problem of the draft, not refused."""
    _require_storable(properties)
    if not isinstance(properties, dict) or measured(properties) > LARGEST_PROPERTIES:
        raise NotAGraph(
            "These are no properties of a journey.", hint=f"Send an object of at most {LARGEST_PROPERTIES:,} bytes."
        )
    return properties


def _require_storable(graph: object) -> None:
    """JSON may say things that the database cannot keep: a zero character, half a character, a million brackets."""
    try:
        text = json.dumps(graph, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (RecursionError, ValueError) as exc:
        raise NotAGraph(
            "This graph cannot be stored.",
            hint="It nests too deeply, a number in it is endless, or a text is broken.",
        ) from exc
    if ZERO.search(text):
        raise NotAGraph("A text in this graph holds a zero character.", hint="Take it out.")


def labelled(graph: Graph, nodes: dict[str, dict[str, str]], ends: list[dict[str, Any]] | None) -> Graph:
    """The same graph with other labels and descriptions. Raises NotAGraph for a node that is not there."""
    known = {node["id"] for node in graph["nodes"]}
    strangers = sorted(set(nodes) - known)
    if strangers:
        raise NotAGraph(
            f"There is no node {', '.join(strangers)} in this version.",
            hint="Reload the canvas.",
            code="graph.unknown_node",
        )
    return {
        **graph,
        "nodes": [{**node, **nodes.get(node["id"], {})} for node in graph["nodes"]],
        "ends": graph.get("ends", []) if ends is None else ends,
    }
