"""Update profile: writes attributes of the person."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from engine.activities.base import Activity, Behaviour, Chance, Change, CompileExpression, ExpressionUse, Face, PortRule
from engine.activities.json_values import in_json
from engine.expressions import Facts


class ProfileField(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str = Field(
        title="Attribute",
        pattern=r"^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*){0,7}$",
        json_schema_extra={"x-widget": "profile-field", "x-placeholder": "plan"},
    )
    value: str = Field(title="Value", json_schema_extra={"format": "expression", "x-expect": "any"})


class UpdateProfile(Activity):
    face = Face(
        kind="update-profile",
        needs_person=True,
        label="Update profile",
        description="Writes attributes of the person, for everything that follows.",
        category="action",
        icon="user-pen",
        summary="{fields}",
        ports=(PortRule(name="next"), PortRule(name="error", label="Timeout or error", when="error_path")),
        initial={"fields": [{"field": "", "value": ""}]},
    )

    fields: tuple[ProfileField, ...] = Field(
        min_length=1, max_length=5, title="Attributes", json_schema_extra={"x-widget": "rows"}
    )
    error_path: bool = Field(default=False, title="Add an alternative path in case of a timeout or an error")

    def expressions(self) -> Iterator[ExpressionUse]:
        for index, item in enumerate(self.fields):
            yield ExpressionUse(field=f"fields.{index}.value", text=item.value)

    def compile(self, expression: CompileExpression) -> Behaviour:
        values = tuple((item.field, expression(item.value, "any")) for item in self.fields)

        def enter(facts: Facts, chance: Chance, /) -> Change:
            return Change({field: in_json(value(facts)) for field, value in values})

        return Behaviour(enter=enter, has_error_path=self.error_path, acts=True)
