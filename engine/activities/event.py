"""Event: someone did something. It starts a journey, or is waited for in its flow."""

from collections.abc import Iterator

from pydantic import Field

from engine.activities import timeouts
from engine.activities.base import Activity, Behaviour, CompileExpression, Face
from engine.activities.timeouts import Timeout, TimeoutPath, timeout_problems, waits_for
from engine.problems import Problem


class Event(Activity):
    face = Face(
        kind="event",
        label="Event",
        description="Starts the journey when a person does something, or waits in the flow until they do.",
        category="start",
        icon="zap",
        summary="{event}",
        ports=timeouts.PORTS,
        start=True,
        passive=True,
        in_flow_only=timeouts.SETTINGS,
    )

    event: str = Field(title="Event", min_length=1, json_schema_extra={"x-widget": "event"})
    timeout: Timeout = None
    timeout_path: TimeoutPath = False

    def signals(self) -> tuple[str, ...]:
        """What it waits for."""
        return (self.event,)

    def problems(self) -> Iterator[Problem]:
        return timeout_problems(self.timeout, self.timeout_path)

    def compile(self, expression: CompileExpression) -> Behaviour:
        return waits_for(self.signals(), self.timeout, self.timeout_path)
