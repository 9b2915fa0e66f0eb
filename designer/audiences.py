"""Who uses an audience."""

from dataclasses import dataclass

from designer.models import Version
from designer.states import Status
from engine import audience_control
from engine.definition.audience import audiences_in
from engine.models import Audience


@dataclass(frozen=True, kw_only=True)
class Users:
    """Who names an audience: published journeys that may still hold people, drafts, other audiences."""

    published: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()

    @property
    def holding(self) -> list[str]:
        """Those because of whom it keeps its name, and stays."""
        return [*self.published, *self.audiences]

    @property
    def journeys(self) -> list[str]:
        return sorted({*self.published, *self.drafts})


def users_of(sandbox_id: int) -> dict[str, Users]:
    """Audience -> who names it; whoever nobody names is left out."""
    published = audience_control.audiences_in_use(sandbox_id)
    drafts, audiences = dict[str, set[str]](), dict[str, set[str]]()
    kept = Version.objects.filter(journey__sandbox=sandbox_id, status=Status.DRAFT)
    for journey, graph, properties in audience_control.mentioning(kept).values_list(
        "journey__name", "graph", "properties"
    ):
        for name in audience_control.audiences_mentioned(graph, properties):
            drafts.setdefault(name, set()).add(journey)
    for user, rule in Audience.objects.filter(sandbox=sandbox_id).exclude(rule="").values_list("name", "rule"):
        for name in audiences_in(rule):
            audiences.setdefault(name, set()).add(user)
    return {
        name: Users(
            published=tuple(published.get(name, ())),
            drafts=tuple(sorted(drafts.get(name, ()))),
            audiences=tuple(sorted(audiences.get(name, ()))),
        )
        for name in {*published, *drafts, *audiences}
    }
