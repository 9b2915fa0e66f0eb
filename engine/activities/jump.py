"""Jump: the person enters another journey, and goes on in this one."""

from collections.abc import Iterator

from pydantic import Field

from engine.activities.base import Activity, Behaviour, Chance, CompileExpression, ExpressionUse, Face, JumpTo, PortRule
from engine.activities.bodies import BodyField, nested
from engine.expressions import Facts


class Jump(Activity):
    face = Face(
        kind="jump",
        needs_person=True,
        label="Jump",
        description="The person enters another journey as well, and goes on here. Who is in it already just goes on.",
        category="action",
        icon="corner-up-right",
        summary="{event}",
        ports=(PortRule(name="next"), PortRule(name="error", label="Timeout or error", when="error_path")),
    )

    journey: int = Field(ge=1, title="Target journey", json_schema_extra={"x-widget": "journey"})
    event: str = Field(
        title="First event of the target",
        description="What the target journey begins with. It is filled in when you choose the journey.",
        min_length=1,
        json_schema_extra={"readOnly": True},
    )
    fields: tuple[BodyField, ...] = Field(
        default=(),
        max_length=100,
        title="Event fields",
        description="What the first event says, as the target journey reads it.",
        json_schema_extra={"x-widget": "rows"},
    )
    error_path: bool = Field(default=False, title="Add an alternative path in case of a timeout or an error")

    def expressions(self) -> Iterator[ExpressionUse]:
        for index, item in enumerate(self.fields):
            yield ExpressionUse(field=f"fields.{index}.value", text=item.value)

    def compile(self, expression: CompileExpression) -> Behaviour:
        fields = tuple((item.name.split("."), expression(item.value, "any")) for item in self.fields)

        def enter(facts: Facts, chance: Chance, /) -> JumpTo:
            return JumpTo(self.journey, self.event, nested(fields, facts))

        return Behaviour(enter=enter, has_error_path=self.error_path, acts=True, jumps_to=self.journey)
