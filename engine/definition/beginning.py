"""How a journey begins, however unfinished its graph is: with which step, and what people are known by in it."""

from dataclasses import dataclass

from engine.activities import all_types
from engine.activities.business_event import BusinessEvent
from engine.activities.event import Event
from engine.definition.graph import Graph, Node
from engine.definition.world import EventShape, World


@dataclass(frozen=True, kw_only=True, slots=True)
class Beginning:
    """`event`: of a person, with which it begins; '' when it begins with an audience, or has one read because of a
    business event. `namespace`: None while nobody can know."""

    node: str
    event: str = ""
    namespace: str | None = None
    supplemental: str = ""

    @property
    def shape(self) -> EventShape | None:
        """What its keys are, in the form that events say it; None while nobody can know."""
        if self.namespace is None:
            return None
        return EventShape(name=self.event, namespace=self.namespace, supplemental=self.supplemental)


def beginning_of(graph: Graph, world: World) -> Beginning | None:
    """The first step that can begin a journey and that nothing leads to; None while there is none."""
    for node in graph.nodes:
        kind = all_types().get(node.type)
        if kind is None or not kind.face.start or node.id in graph.entered:
            continue
        if node.type == BusinessEvent.face.kind:
            says = next((graph.node[edge.to] for edge in graph.edges if edge.source.node == node.id), node)
            return Beginning(node=node.id, namespace=_namespace_of(says))
        if node.type != Event.face.kind:
            supplemental = str(node.settings.get("supplemental_namespace") or "")
            return Beginning(node=node.id, namespace=_namespace_of(node), supplemental=supplemental)
        event = str(node.settings.get("event", ""))
        shape = world.events.get(event)
        if shape is None:
            return Beginning(node=node.id, event=event)
        return Beginning(node=node.id, event=event, namespace=shape.namespace, supplemental=shape.supplemental)
    return None


def _namespace_of(node: Node) -> str | None:
    return str(node.settings.get("namespace") or "") or None
