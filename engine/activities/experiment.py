"""Experiment: people are assigned to a treatment by chance, and keep it whenever they come again."""

from collections.abc import Iterator
from itertools import accumulate

from pydantic import Field

from engine.activities.base import Activity, Behaviour, Chance, CompileExpression, Draw, Face, Go, PortRule
from engine.activities.paths import NO_MATCH
from engine.activities.shares import Share, share_problems
from engine.expressions import Facts
from engine.problems import Problem


class Experiment(Activity):
    face = Face(
        kind="experiment",
        label="Experiment",
        description="Assigns people to treatments by chance. Whoever comes again gets the same treatment.",
        category="experiment",
        icon="flask-conical",
        summary="{treatments}",
        ports=(PortRule(each="treatments", label_field="label"),),
        initial={
            "treatments": [
                {"id": "treatment-1", "label": "A", "share": 50},
                {"id": "treatment-2", "label": "B", "share": 50},
            ]
        },
    )

    treatments: tuple[Share, ...] = Field(
        min_length=2, max_length=10, title="Treatments", json_schema_extra={"x-widget": "rows"}
    )
    has_holdout: bool = Field(
        default=False,
        title="Keep some people out",
        description="They get no treatment and leave the journey, to compare with.",
    )
    holdout: float = Field(
        default=10, title="Share kept out in %", gt=0, lt=100, json_schema_extra={"x-when": "has_holdout"}
    )

    def problems(self) -> Iterator[Problem]:
        yield from share_problems("treatments", self.treatments)

    def compile(self, expression: CompileExpression) -> Behaviour:
        kept_out = self.holdout / 100 if self.has_holdout else 0.0
        shares = [treatment.share / 100 * (1 - kept_out) for treatment in self.treatments]
        bounds = list(zip(accumulate(shares), (Go(treatment.id) for treatment in self.treatments), strict=True))
        last = NO_MATCH if self.has_holdout else bounds[-1][1]
        draw = Draw(lambda drawn: next((go for bound, go in bounds if drawn < bound), last))

        def enter(facts: Facts, chance: Chance, /) -> Draw:
            return draw

        return Behaviour(enter=enter)
