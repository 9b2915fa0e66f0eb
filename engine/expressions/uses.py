"""What an expression reads: for validation ("this event comes later in the journey") and for finding its users."""

from dataclasses import dataclass, field

from engine.expressions import tree
from engine.expressions.tree import Node, bare


@dataclass(frozen=True, slots=True, order=True)
class Field:
    """A field that is read: where it comes from, and the names of its path, methods left out."""

    source: tree.Source
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Uses:
    """The names an expression mentions."""

    events: frozenset[str] = frozenset()
    sources: frozenset[tuple[str, str]] = frozenset()
    actions: frozenset[str] = frozenset()
    lookups: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    journey: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    fields: frozenset[Field] = field(default_factory=frozenset)


def references(root: Node | None) -> Uses:
    """Everything that the tree reads; nothing for no tree."""
    fields: set[Field] = set()
    journey: set[str] = set()
    audiences: set[str] = set()
    functions: set[str] = set()
    for node, _ in tree.walk(root) if root else ():
        if isinstance(node, tree.Reference):
            path = tuple(segment.text for segment in node.segments if isinstance(segment, tree.Name))
            fields.add(Field(node.source, path))
        elif isinstance(node, tree.Property):
            journey.add(node.name)
        elif isinstance(node, tree.Call):
            functions.add(node.name)
            constant = bare(node.arguments[0]) if node.arguments else None
            if node.name in ("inAudience", "inSegment") and isinstance(constant, tree.Literal):
                audiences.add(str(constant.value))

    def roots(source: tree.Source) -> frozenset[str]:
        return frozenset(item.path[0] for item in fields if item.source == source)

    return Uses(
        events=roots("event"),
        sources=frozenset((item.path[0], item.path[1]) for item in fields if item.source == "source" and item.path[1:]),
        actions=roots("action"),
        lookups=roots("lookup"),
        decisions=roots("decision"),
        journey=frozenset(journey),
        audiences=frozenset(audiences),
        functions=frozenset(functions),
        fields=frozenset(fields),
    )
