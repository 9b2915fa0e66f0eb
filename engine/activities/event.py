"""Event: someone did something. It starts a journey, or is waited for in its flow."""

from collections.abc import Iterator

from pydantic import Field

from engine.activities.base import Activity, Behaviour, CompileExpression, Face, Listening, PortRule
from engine.activities.durations import Duration
from engine.problems import Problem


class Event(Activity):
    face = Face(
        kind="event",
        label="Event",
        description="Starts the journey when a person does something, or waits in the flow until they do.",
        category="start",
        icon="zap",
        summary="{event}",
        ports=(PortRule(name="next"), PortRule(name="timeout", label="Timeout", when="timeout_path")),
        start=True,
        passive=True,
        in_flow_only=("timeout", "timeout_path"),
    )

    event: str = Field(title="Event", min_length=1, json_schema_extra={"x-widget": "event"})
    timeout: Duration | None = Field(
        default=None,
        title="Wait no longer than",
        description="Without it, people wait here until the event comes or the journey times out.",
        json_schema_extra={"format": "duration"},
    )
    timeout_path: bool = Field(
        default=False,
        title="Set a timeout path",
        description="Off: after the timeout people go on along the normal path.",
        json_schema_extra={"x-when": "timeout"},
    )

    def signals(self) -> tuple[str, ...]:
        """What it waits for."""
        return (self.event,)

    def problems(self) -> Iterator[Problem]:
        if self.timeout_path and self.timeout is None:
            yield Problem(
                code="ERR_TIMEOUT_PATH_WITHOUT_TIMEOUT",
                message="There is a timeout path, but no timeout.",
                hint="Set how long to wait, or switch the timeout path off.",
                field="timeout",
            )

    def compile(self, expression: CompileExpression) -> Behaviour:
        return Behaviour(
            listening=Listening(
                signals=self.signals(), delay=self.timeout, timer_port="timeout" if self.timeout_path else "next"
            )
        )
