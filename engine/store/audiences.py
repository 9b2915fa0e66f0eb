"""Audiences of a sandbox: their ids by name, and those that somebody hears of."""

from engine.definition.audience import audiences_in
from engine.models import Audience, Definition


def ids_of(sandbox_id: int) -> dict[str, int]:
    """Name -> id."""
    return dict(Audience.objects.filter(sandbox_id=sandbox_id).values_list("name", "id"))


def heard(sandbox_id: int) -> set[int]:
    """Audiences whose changes move people: open versions use them, or streaming audiences read them."""
    names = set[str]()
    open_ = Definition.objects.filter(sandbox_id=sandbox_id).exclude(status__in=["stopped", "finished"])
    for graph, properties in open_.values_list("graph", "properties"):
        names |= {
            str(node["settings"].get("audience")) for node in graph["nodes"] if node["type"] == "audience-qualification"
        }
        names |= {str(one["audience"]) for one in properties.get("exit_criteria", ()) if one.get("audience")}
    streaming = Audience.objects.filter(sandbox_id=sandbox_id, evaluation=Audience.Evaluation.STREAMING)
    for rule in streaming.values_list("rule", flat=True):
        names |= audiences_in(rule)
    return {id for name, id in ids_of(sandbox_id).items() if name in names}
