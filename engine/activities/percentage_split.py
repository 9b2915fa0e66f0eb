"""Percentage split: sends people along its paths at random, by share."""

from collections.abc import Iterator
from itertools import accumulate

from pydantic import Field

from engine.activities.base import Activity, Behaviour, Chance, CompileExpression, Face, Go, PortRule
from engine.activities.shares import Share, share_problems
from engine.expressions import Facts
from engine.problems import Problem


class PercentageSplit(Activity):
    face = Face(
        kind="percentage-split",
        label="Percentage split",
        description="Sends people along its paths at random, by share. Not exact, and drawn anew on every pass.",
        category="condition",
        icon="percent",
        summary="{splits}",
        ports=(PortRule(each="splits", label_field="label"),),
        initial={
            "splits": [{"id": "split-1", "label": "A", "share": 50}, {"id": "split-2", "label": "B", "share": 50}]
        },
    )

    splits: tuple[Share, ...] = Field(
        min_length=2, max_length=20, title="Splits", json_schema_extra={"x-widget": "rows"}
    )

    def problems(self) -> Iterator[Problem]:
        yield from share_problems("splits", self.splits)

    def compile(self, expression: CompileExpression) -> Behaviour:
        bounds = list(accumulate(split.share / 100 for split in self.splits))
        gos = [Go(split.id) for split in self.splits]

        def enter(facts: Facts, chance: Chance, /) -> Go:
            drawn = chance()
            for bound, go in zip(bounds, gos, strict=True):
                if drawn < bound:
                    return go
            return gos[-1]

        return Behaviour(enter=enter)
