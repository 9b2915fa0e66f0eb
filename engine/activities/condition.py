"""Condition: several paths, tried from top to bottom; the first that is true wins."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from engine.activities.base import Activity, Behaviour, Chance, CompileExpression, ExpressionUse, Face, Go, PortRule
from engine.activities.paths import OTHER_CASES, PATHS, OtherCases, otherwise, path_problems
from engine.expressions import Facts
from engine.problems import Problem


class ConditionPath(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    label: str = Field(default="", title="Label", max_length=100)
    condition: str = Field(title="Condition", json_schema_extra={"format": "expression", "x-expect": "boolean"})


class Condition(Activity):
    face = Face(
        kind="condition",
        label="Condition",
        description="Sends people along the first path whose condition is true.",
        category="condition",
        icon="split",
        summary="{paths}",
        ports=(PATHS, OTHER_CASES, PortRule(name="error", label="Timeout or error", when="error_path")),
        initial={"paths": [{"id": "path-1", "label": "Path 1", "condition": ""}]},
    )

    paths: tuple[ConditionPath, ...] = Field(
        min_length=1, max_length=20, title="Paths", json_schema_extra={"x-widget": "rows"}
    )
    other_cases: OtherCases = True
    error_path: bool = Field(default=False, title="Add an alternative path in case of a timeout or an error")

    def expressions(self) -> Iterator[ExpressionUse]:
        for index, path in enumerate(self.paths):
            yield ExpressionUse(field=f"paths.{index}.condition", text=path.condition, expect="boolean")

    def problems(self) -> Iterator[Problem]:
        yield from path_problems("paths", [path.id for path in self.paths])

    def compile(self, expression: CompileExpression) -> Behaviour:
        branches = tuple((expression(path.condition, "boolean"), Go(path.id)) for path in self.paths)
        left_over = otherwise(self.other_cases)

        def enter(facts: Facts, chance: Chance, /) -> Go:
            for is_true, go in branches:
                if is_true(facts):
                    return go
            return left_over

        return Behaviour(enter=enter, has_error_path=self.error_path)
