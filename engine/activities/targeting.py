"""Targeting: people go along the first rule they meet; whoever meets none takes the fallback, or leaves."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from engine.activities.base import Activity, Behaviour, Chance, CompileExpression, ExpressionUse, Face, Go, PortRule
from engine.activities.paths import NO_MATCH, path_problems
from engine.expressions import Facts
from engine.problems import Problem


class Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    label: str = Field(default="", title="Label", max_length=100)
    rule: str = Field(title="Rule", json_schema_extra={"format": "expression", "x-expect": "boolean"})


class Targeting(Activity):
    face = Face(
        kind="targeting",
        label="Targeting",
        description="Gives each group of people its own path: they go along the first rule they meet.",
        category="experiment",
        icon="target",
        summary="{rules}",
        ports=(
            PortRule(each="rules", label_field="label"),
            PortRule(name="fallback", label="Fallback", when="fallback"),
            PortRule(name="error", label="Timeout or error", when="error_path"),
        ),
        initial={"rules": [{"id": "rule-1", "label": "Rule 1", "rule": ""}]},
    )

    rules: tuple[Rule, ...] = Field(min_length=1, max_length=20, title="Rules", json_schema_extra={"x-widget": "rows"})
    fallback: bool = Field(
        default=True, title="Fallback path", description="Off: the journey ends for people who meet no rule."
    )
    error_path: bool = Field(default=False, title="Add an alternative path in case of a timeout or an error")

    def expressions(self) -> Iterator[ExpressionUse]:
        for index, rule in enumerate(self.rules):
            yield ExpressionUse(field=f"rules.{index}.rule", text=rule.rule, expect="boolean")

    def problems(self) -> Iterator[Problem]:
        yield from path_problems("rules", [rule.id for rule in self.rules])

    def compile(self, expression: CompileExpression) -> Behaviour:
        branches = tuple((expression(rule.rule, "boolean"), Go(rule.id)) for rule in self.rules)
        otherwise = Go("fallback") if self.fallback else NO_MATCH

        def enter(facts: Facts, chance: Chance, /) -> Go:
            return next((go for is_met, go in branches if is_met(facts)), otherwise)

        return Behaviour(enter=enter, has_error_path=self.error_path)
