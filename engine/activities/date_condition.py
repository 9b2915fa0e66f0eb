"""Date condition: people go by the date, as calendars in the journey's time zone show it."""

from collections.abc import Iterator
from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.activities.base import Activity, Behaviour, Chance, CompileExpression, Face, Go
from engine.activities.paths import OTHER_CASES, PATHS, OtherCases, otherwise, path_problems
from engine.expressions import Facts
from engine.problems import Problem


class Period(BaseModel):
    """From one day to another, both included; one that is left out leaves the period open on its side."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    label: str = Field(default="", title="Label", max_length=100)
    first: date | None = Field(default=None, title="First day")
    last: date | None = Field(default=None, title="Last day")

    @model_validator(mode="after")
    def _is_a_period(self) -> Self:
        if self.first is None and self.last is None:
            raise ValueError("Give a first or a last day.")
        if self.first and self.last and self.last < self.first:
            raise ValueError("The last day lies before the first.")
        return self

    def holds(self, today: date) -> bool:
        return not (self.first and today < self.first) and not (self.last and today > self.last)


class DateCondition(Activity):
    face = Face(
        kind="date-condition",
        label="Date condition",
        description="Sends people along the first path whose period today falls into.",
        category="condition",
        icon="calendar",
        summary="{paths}",
        ports=(PATHS, OTHER_CASES),
        initial={"paths": [{"id": "path-1", "label": "In the period", "first": None, "last": None}]},
    )

    paths: tuple[Period, ...] = Field(
        min_length=1, max_length=20, title="Paths", json_schema_extra={"x-widget": "rows"}
    )
    other_cases: OtherCases = True

    def problems(self) -> Iterator[Problem]:
        yield from path_problems("paths", [path.id for path in self.paths])

    def compile(self, expression: CompileExpression) -> Behaviour:
        branches = tuple((path.holds, Go(path.id)) for path in self.paths)
        left_over = otherwise(self.other_cases)

        def enter(facts: Facts, chance: Chance, /) -> Go:
            assert facts.local is not None
            today = facts.local.date()
            return next((go for holds, go in branches if holds(today)), left_over)

        return Behaviour(enter=enter, reads_clock=True)
