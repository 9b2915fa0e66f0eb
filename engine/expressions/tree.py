"""The tree of an expression: what was written, with its place in the text, and no opinion about it."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Literal as OneOf

from engine.expressions.types import Type

Constant = object  # str, int, float, bool, None, date, datetime or timedelta
Source = OneOf["event", "source", "action", "lookup", "decision"]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A part of the text, from `start` to `end`. Nodes are compared by identity."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Node):
    value: Constant
    type: Type


@dataclass(frozen=True, slots=True, eq=False)
class ListLiteral(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Name(Node):
    """A segment of a path that names a field."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Method(Node):
    """A segment of a path that chooses from a list or a map: `all(...)`, `first()`, `at(0)`, ..."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Param(Node):
    """A parameter given to a field group of an external data source."""

    name: str
    value: Node


@dataclass(frozen=True, slots=True, eq=False)
class Reference(Node):
    """`@event{...}`, `#{...}`, `@action{...}`, `@datasetLookup{...}`, `@decision{...}`."""

    source: Source
    segments: tuple[Name | Method, ...]
    default: Node | None
    params: tuple[Param, ...] | None


@dataclass(frozen=True, slots=True, eq=False)
class Loop(Node):
    """The element that a collection condition looks at, and a path below it."""

    variable: str
    segments: tuple[Name | Method, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Property(Node):
    """`${name}`: a property of the journey."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Conditional(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True, eq=False)
class Logic(Node):
    """`and` or `or` of two or more operands."""

    operator: OneOf["and", "or"]
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Not(Node):
    operand: Node


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False)
class IsNull(Node):
    operand: Node
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class IsKind(Node):
    """`is numeric`, `is integer`, `is decimal`."""

    operand: Node
    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class HasNull(Node):
    operand: Node


@dataclass(frozen=True, slots=True, eq=False)
class Group(Node):
    """`( ... )`: transparent, but `+` and `defaultValue` ask for it around a bare function call."""

    inner: Node


@dataclass(frozen=True, slots=True, eq=False)
class Bad(Node):
    """Something that reads like a constant and is none."""

    message: str
    hint: str


def bare(node: Node) -> Node:
    """The node without the parentheses around it."""
    while isinstance(node, Group):
        node = node.inner
    return node


def children(node: Node) -> list[Node]:
    """The nodes directly below."""
    found: list[Node] = []
    for name in _parts(type(node)):  # type: ignore[arg-type]  # classes are hashable, whatever their instances are
        value = getattr(node, name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found += [item for item in value if isinstance(item, Node)]
    return found


@cache
def _parts(kind: type[Node]) -> tuple[str, ...]:
    """The fields of a class of nodes in which other nodes may stand."""
    return tuple(field.name for field in fields(kind) if field.name not in ("start", "end", "name", "text", "type"))


def walk(node: Node) -> Iterator[tuple[Node, int]]:
    """Every node from here down with its depth, without recursion: the text may nest as deep as it likes."""
    waiting = [(node, 1)]
    while waiting:
        current, depth = waiting.pop()
        yield current, depth
        waiting += [(child, depth + 1) for child in children(current)]
