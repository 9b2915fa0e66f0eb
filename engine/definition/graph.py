"""The graph: what the canvas saves. Nodes, edges that leave by named ports, and labels of End tags."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.activities import all_types
from engine.problems import Problem

MOST_NODES = 2_000
MOST_PROBLEMS = 200


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Position(_Part):
    x: float = Field(ge=-1e7, le=1e7, allow_inf_nan=False)
    y: float = Field(ge=-1e7, le=1e7, allow_inf_nan=False)


class Node(_Part):
    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    type: str = Field(min_length=1, max_length=60)
    label: str = Field(default="", max_length=200)
    description: str = Field(default="", max_length=2_000)
    settings: dict[str, Any] = Field(default_factory=dict)
    position: Position = Position(x=0, y=0)


class Port(_Part):
    node: str = Field(max_length=64)
    port: str = Field(min_length=1, max_length=64)

    def __str__(self) -> str:
        return f"{self.node}.{self.port}"


class Edge(_Part):
    # `from` is a word of Python; the JSON keeps it.
    source: Port = Field(alias="from")
    to: str = Field(max_length=64)


class End(_Part):
    source: Port = Field(alias="from")
    label: str = Field(default="", max_length=200)


class Graph(_Part):
    """A graph whose parts have the right shape. Whether it makes sense is for `rules` to say."""

    nodes: tuple[Node, ...] = Field(default=(), max_length=MOST_NODES)
    edges: tuple[Edge, ...] = Field(default=(), max_length=MOST_NODES * 10)
    ends: tuple[End, ...] = Field(default=(), max_length=MOST_NODES * 10)

    @cached_property
    def node(self) -> Mapping[str, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def entered(self) -> frozenset[str]:
        """The ids of nodes that some edge leads to."""
        return frozenset(edge.to for edge in self.edges)

    @cached_property
    def targets(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """(node, port) -> the nodes its edges lead to, in canonical order."""
        found: dict[tuple[str, str], list[str]] = {}
        for edge in sorted(self.edges, key=lambda edge: (edge.source.node, edge.source.port, edge.to)):
            found.setdefault((edge.source.node, edge.source.port), []).append(edge.to)
        return {port: tuple(nodes) for port, nodes in found.items()}

    @cached_property
    def sources(self) -> Mapping[str, frozenset[str]]:
        """Node -> the nodes with an edge to it."""
        found: dict[str, set[str]] = {}
        for edge in self.edges:
            found.setdefault(edge.to, set()).add(edge.source.node)
        return {node: frozenset(before) for node, before in found.items()}

    def before(self, node: str) -> set[str]:
        """Every node that a person may have passed on the way to `node`; itself only in a cycle."""
        seen: set[str] = set()
        ahead = list(self.sources.get(node, ()))
        while ahead:
            found = ahead.pop()
            if found not in seen:
                seen.add(found)
                ahead.extend(self.sources.get(found, ()))
        return seen


def read(document: object) -> tuple[Graph | None, list[Problem]]:
    """The graph in a JSON document, or every reason why it is none.

    A graph is refused whole when a part has the wrong shape, an id stands twice, or an edge leads from or to nowhere.
    """
    try:
        graph = Graph.model_validate(document)
    except ValidationError as error:
        return None, [
            Problem(
                code="ERR_GRAPH_SHAPE",
                message=f"{'.'.join(map(str, at['loc'])) or 'The graph'}: {at['msg']}.",
                hint="See the JSON Schema of a graph.",
                field=".".join(map(str, at["loc"])) or None,
            )
            for at in error.errors(include_url=False, include_input=False, include_context=False)[:MOST_PROBLEMS]
        ]
    except RecursionError:
        return None, [Problem(code="ERR_GRAPH_SHAPE", message="The graph is nested too deeply.", hint="Flatten it.")]
    problems = _broken_links(graph)
    return (None if problems else graph), problems[:MOST_PROBLEMS]


def canonical(graph: Graph) -> dict[str, Any]:
    """The graph as JSON in one order, so that a difference is a difference. Defaults are written out.

    So are those of a node's settings, once they are valid: whoever reads what is stored can tell its ports.
    """
    nodes = sorted(
        ({**node.model_dump(mode="json"), "settings": _whole(node)} for node in graph.nodes),
        key=lambda node: str(node["id"]),
    )
    edges = sorted(
        {(edge.source.node, edge.source.port, edge.to) for edge in graph.edges},
    )
    ends = {(end.source.node, end.source.port): end.label for end in graph.ends if end.label}
    return {
        "nodes": nodes,
        "edges": [{"from": {"node": node, "port": port}, "to": to} for node, port, to in edges],
        "ends": [
            {"from": {"node": node, "port": port}, "label": label} for (node, port), label in sorted(ends.items())
        ],
    }


def _whole(node: Node) -> dict[str, Any]:
    """The settings with their defaults. Those of an unknown type, and those with a mistake, as they are."""
    kind = all_types().get(node.type)
    try:
        settings = kind.model_validate(node.settings) if kind else None
    except (ValidationError, RecursionError):
        settings = None
    if settings is None:
        return node.settings
    filled: dict[str, Any] = _filled(node.settings, settings.model_dump(mode="json"))
    return filled


def _filled(given: Any, whole: Any) -> Any:
    """`whole`, with texts as the author wrote them: P1W stays P1W."""
    match given, whole:
        case dict(), dict():
            return {name: _filled(given[name], value) if name in given else value for name, value in whole.items()}
        case list(), list() if len(given) == len(whole):
            return [_filled(one, other) for one, other in zip(given, whole, strict=True)]
        case str(), str():
            return given
    return whole


def _broken_links(graph: Graph) -> list[Problem]:
    problems: list[Problem] = []
    seen: set[str] = set()
    for node in graph.nodes:
        if node.id in seen:
            problems.append(
                Problem(
                    code="ERR_NODE_ID_TWICE",
                    message=f"Two nodes have the id {node.id!r}.",
                    hint="Give every node an id of its own.",
                    node=node.id,
                )
            )
        seen.add(node.id)
    for index, edge in enumerate(graph.edges):
        for end, name in (("from", edge.source.node), ("to", edge.to)):
            if name not in graph.node:
                problems.append(
                    Problem(
                        code="ERR_DANGLING_EDGE",
                        message=f"An edge leads {end} {name!r}, which is not there.",
                        hint="Remove the edge, or connect it to a node.",
                        field=f"edges.{index}.{end}",
                    )
                )
    return problems
