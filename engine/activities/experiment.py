"""Experiment: people are assigned to a treatment by chance, and keep it whenever they come again."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import accumulate
from typing import Literal

from pydantic import Field

from engine.activities.base import Activity, Behaviour, Chance, CompileExpression, Draw, Face, Go, PortRule
from engine.activities.durations import Duration
from engine.activities.paths import NO_MATCH
from engine.activities.shares import Share, share_problems
from engine.expressions import Facts
from engine.problems import Problem

ATTRIBUTION = timedelta(days=7)  # an event counts for a treatment that the person was assigned to so long ago at most


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
    success: str = Field(
        default="",
        max_length=200,
        title="Success",
        description="The event that counts, when the person does it within 7 days after they were assigned.",
        json_schema_extra={"x-widget": "event"},
    )
    method: Literal["ab", "bandit"] = Field(
        default="ab",
        title="Shares",
        description="A bandit gives the treatments that succeed more people, every 7 days.",
        json_schema_extra={
            "x-when": "success",
            "x-labels": {"ab": "Stay as they are (A/B)", "bandit": "Follow success (bandit)"},
        },
    )
    auto_scale: bool = Field(
        default=False,
        title="Give the winner everybody",
        description="As soon as one treatment is the best with a chance of 95 %.",
        json_schema_extra={"x-when": "success"},
    )
    scale_after: Duration | None = Field(
        default=None,
        title="At the latest after",
        description="Then the one ahead takes everybody. Without it, the experiment goes on until there is a winner.",
        json_schema_extra={"format": "duration", "x-when": "auto_scale"},
    )

    def problems(self) -> Iterator[Problem]:
        yield from share_problems("treatments", self.treatments)
        if not self.success and (self.method == "bandit" or self.auto_scale):
            yield Problem(
                code="ERR_EXPERIMENT_SUCCESS",
                message="Nothing says which treatment does better.",
                hint="Choose the event that counts as a success.",
                field="success",
            )

    def compile(self, expression: CompileExpression) -> Behaviour:
        treated = 1 - (self.holdout / 100 if self.has_holdout else 0.0)
        ways = tuple(Go(treatment.id) for treatment in self.treatments)
        settled = tuple(treatment.share / 100 for treatment in self.treatments)
        last = NO_MATCH if self.has_holdout else ways[-1]

        def choose(drawn: float, shares: Sequence[float] | None) -> Go:
            bounds = accumulate(share * treated for share in shares or settled)
            return next((go for bound, go in zip(bounds, ways, strict=True) if drawn < bound), last)

        draw = Draw(choose, is_kept=bool(self.success))

        def enter(facts: Facts, chance: Chance, /) -> Draw:
            return draw

        return Behaviour(enter=enter, success=self.success)
