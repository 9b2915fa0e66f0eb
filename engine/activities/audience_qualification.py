"""Audience qualification: someone enters an audience, or leaves it. It starts a journey, or is waited for."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from engine.activities.base import Activity, Behaviour, CompileExpression, Face, Listening, PortRule, qualified
from engine.activities.durations import Duration
from engine.problems import Problem


class AudienceQualification(Activity):
    face = Face(
        kind="audience-qualification",
        label="Audience qualification",
        description="Starts the journey when a person enters or leaves an audience, or waits until they do.",
        category="start",
        icon="users",
        summary="{audience}",
        ports=(PortRule(name="next"), PortRule(name="timeout", label="Timeout", when="timeout_path")),
        start=True,
        passive=True,
        in_flow_only=("timeout", "timeout_path"),
        start_only=("namespace",),
        says={
            "status": "string",
            "audience": "string",
            "audienceId": "string",
            "lastQualificationTime": "dateTime",
        },
    )

    audience: str = Field(title="Audience", min_length=1, json_schema_extra={"x-widget": "audience"})
    behaviour: Literal["enter", "exit", "both"] = Field(
        default="enter",
        title="Behaviour",
        description="Only changes count: who was in the audience before the journey went live does not enter.",
        json_schema_extra={"x-labels": {"enter": "Enter", "exit": "Exit", "both": "Enter or exit"}},
    )
    namespace: str = Field(
        default="",
        max_length=60,
        title="Namespace",
        description="What people are known by in this journey, where it begins here. Who has no identity in it does "
        "not enter.",
        json_schema_extra={"x-widget": "namespace"},
    )
    timeout: Duration | None = Field(
        default=None,
        title="Wait no longer than",
        description="Without it, people wait here until it happens or the journey times out.",
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
        states = {"enter": (True,), "exit": (False,), "both": (True, False)}[self.behaviour]
        return tuple(qualified(self.audience, is_member=is_member) for is_member in states)

    def problems(self) -> Iterator[Problem]:
        if self.timeout_path and self.timeout is None:
            yield Problem(
                code="ERR_TIMEOUT_PATH_WITHOUT_TIMEOUT",
                message="There is a timeout path, but no timeout.",
                hint="Set how long to wait, or switch the timeout path off.",
                field="timeout",
            )

    def compile(self, expression: CompileExpression) -> Behaviour:
        port = "timeout" if self.timeout_path else "next"
        return Behaviour(listening=Listening(signals=self.signals(), delay=self.timeout, timer_port=port))
