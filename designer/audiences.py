"""What may be said of an audience, and who uses it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from designer.errors import BadAudience
from designer.models import Version
from designer.states import Status
from engine import control
from engine.definition.audience import audiences_in, rule_of
from engine.models import Audience, Namespace
from engine.problems import Problem, errors_in

NAME_LENGTH = 100
DESCRIPTION_LENGTH = 500
LONGEST_RULE = 10_000
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=7)  # from one evaluation to the next
MOST_COLUMNS = 50


@dataclass(frozen=True, kw_only=True)
class Given:
    """An audience as somebody wants it. `every`: None for evaluation on demand alone."""

    name: str
    description: str = ""
    kind: str = Audience.Kind.RULE
    evaluation: str = Audience.Evaluation.BATCH
    rule: str = ""
    composition: dict[str, Any] = field(default_factory=dict)
    namespace: str = ""
    columns: tuple[str, ...] = ()
    every: timedelta | None = None

    @classmethod
    def of(cls, audience: Audience) -> "Given":
        kept = {name: getattr(audience, name) for name in cls.__dataclass_fields__ if name != "columns"}
        return cls(**kept, columns=tuple(audience.columns))

    def whole(self) -> "Given":
        """With the rule that its composition writes. What its kind has no use for is left out."""
        if self.kind == Audience.Kind.UPLOAD:
            return replace(self, rule="", composition={}, evaluation=Audience.Evaluation.BATCH, every=None)
        given = replace(self, namespace="", columns=())
        if self.kind == Audience.Kind.RULE:
            return replace(given, composition={})
        try:
            return replace(given, rule=rule_of(self.composition))
        except ValueError as exc:
            problem = Problem(code="ERR_AUDIENCE_COMPOSITION", message=str(exc), field="composition")
            raise BadAudience(str(exc), hint="Choose an operator and at least two.", problems=[problem]) from exc

    def column_values(self) -> dict[str, Any]:
        return {**{name: getattr(self, name) for name in self.__dataclass_fields__}, "columns": list(self.columns)}

    def wanted(self) -> control.AudienceWanted:
        """The same for the engine, which keeps it."""
        return control.AudienceWanted(**self.column_values())


def require_sound(given: Given, *, sandbox_id: int, types: Mapping[str, str] | None = None) -> None:
    """Raises BadAudience with every problem, each with its field."""
    problems = problems_of(given, sandbox_id=sandbox_id, types=types)
    if errors_in(problems):
        raise BadAudience("This audience cannot be kept yet.", hint="`problems` says why.", problems=problems)


def problems_of(given: Given, *, sandbox_id: int, types: Mapping[str, str] | None = None) -> list[Problem]:
    """Every reason why this cannot be kept. `types`: those that its rule was kept with, if it is kept already."""
    found: list[Problem] = []

    def wrong(at: str, message: str) -> None:
        found.append(Problem(code="ERR_AUDIENCE", message=message, field=at))

    if not given.name.strip() or len(given.name) > NAME_LENGTH or not given.name.isprintable():
        wrong("name", f"An audience needs a name of at most {NAME_LENGTH} characters, in one line.")
    if len(given.description) > DESCRIPTION_LENGTH or "\0" in given.description:
        wrong("description", f"A description has at most {DESCRIPTION_LENGTH} characters.")
    if given.every is not None and not SHORTEST <= given.every <= LONGEST:
        wrong("every", "An audience is evaluated every hour at most, and every 7 days at least.")
    if given.kind == Audience.Kind.UPLOAD:
        people = Namespace.objects.filter(sandbox=sandbox_id, code=given.namespace, is_people_based=True)
        if "\0" in given.namespace or not people.exists():
            wrong("namespace", "Choose what the people of the list are known by.")
        if len(given.columns) > MOST_COLUMNS or len(set(given.columns)) < len(given.columns):
            wrong("columns", f"A list has at most {MOST_COLUMNS} columns, each with a name of its own.")
        if not all(column.strip() and column.isprintable() and len(column) <= NAME_LENGTH for column in given.columns):
            wrong("columns", f"A column has a name of at most {NAME_LENGTH} characters.")
        return found
    if not given.rule.strip():
        wrong("rule", "Say who is in it.")
    elif len(given.rule) > LONGEST_RULE or "\0" in given.rule:
        wrong("rule", f"A rule has at most {LONGEST_RULE:,} characters.")
    else:
        at = "composition" if given.kind == Audience.Kind.COMPOSITION else "rule"
        in_rule = control.check_audience(sandbox_id=sandbox_id, name=given.name, rule=given.rule, types=types)
        found += [replace(problem, field=at) for problem in in_rule]
    return found


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
    published = control.audiences_in_use(sandbox_id)
    drafts, audiences = dict[str, set[str]](), dict[str, set[str]]()
    kept = Version.objects.filter(journey__sandbox=sandbox_id, status=Status.DRAFT)
    for journey, graph, properties in control.mentioning(kept).values_list("journey__name", "graph", "properties"):
        for name in control.audiences_mentioned(graph, properties):
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
