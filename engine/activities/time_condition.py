"""Time condition: people go by the hour and the day of the week, as clocks in the journey's time zone show them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.activities.base import Activity, Behaviour, Chance, CompileExpression, Face, Go
from engine.activities.paths import OTHER_CASES, PATHS, OtherCases, otherwise, path_problems
from engine.expressions import Facts
from engine.problems import Problem

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Day, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Hour = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]


class TimePath(BaseModel):
    """From an hour up to, not including, another; past midnight when the second is the earlier one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    label: str = Field(default="", title="Label", max_length=100)
    starts: Hour = Field(default="00:00", title="From", json_schema_extra={"x-placeholder": "09:00"})
    ends: Hour = Field(default="12:00", title="Until", json_schema_extra={"x-placeholder": "17:30"})
    days: tuple[Day, ...] = Field(default=(), title="On", description="No day chosen: every day.")

    @model_validator(mode="after")
    def _is_a_while(self) -> Self:
        if self.starts == self.ends:
            raise ValueError("It begins and ends at the same time. For the whole day: 00:00 until 24:00.")
        return self

    def holds(self, local: datetime) -> bool:
        """Whether the path is open at this moment. What began before midnight belongs to the day it began on."""
        clock = f"{local.hour:02}:{local.minute:02}"
        day = local.weekday()
        if self.starts < self.ends:
            if not self.starts <= clock < self.ends:
                return False
        elif clock < self.ends:
            day = (day - 1) % 7
        elif clock < self.starts:
            return False
        return not self.days or DAYS[day] in self.days


class TimeCondition(Activity):
    face = Face(
        kind="time-condition",
        label="Time condition",
        description="Sends people along the first path that is open at this hour and on this day of the week.",
        category="condition",
        icon="alarm-clock",
        summary="{paths}",
        ports=(PATHS, OTHER_CASES),
        initial={"paths": [{"id": "path-1", "label": "Morning", "starts": "00:00", "ends": "12:00", "days": []}]},
    )

    paths: tuple[TimePath, ...] = Field(
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
            return next((go for holds, go in branches if holds(facts.local)), left_over)

        return Behaviour(enter=enter, reads_clock=True)
