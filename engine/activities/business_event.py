"""Business event: something happens that belongs to nobody. An audience is read because of it."""

from pydantic import Field

from engine.activities.base import Activity, Behaviour, CompileExpression, Face, PortRule, goes_on


class BusinessEvent(Activity):
    face = Face(
        kind="business-event",
        label="Business event",
        description="Starts the journey when something happens that belongs to no person: an audience is read then.",
        category="start",
        icon="radio",
        summary="{event}",
        ports=(PortRule(name="next"),),
        start=True,
        in_flow=False,
        brings="read-audience",
    )

    event: str = Field(title="Event", min_length=1, json_schema_extra={"x-widget": "business-event"})
    multiple_executions: bool = Field(
        default=False,
        title="Allow multiple executions",
        description="Off: the first event alone has the audience read. On: with each further event whoever is still "
        "inside leaves, and the audience is read again.",
    )

    def compile(self, expression: CompileExpression) -> Behaviour:
        return Behaviour(enter=goes_on)
