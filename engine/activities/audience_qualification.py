"""Audience qualification: someone enters an audience, or leaves it. It starts a journey, or is waited for."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from engine.activities import timeouts
from engine.activities.base import Activity, Behaviour, CompileExpression, Face, qualified
from engine.activities.timeouts import Timeout, TimeoutPath, timeout_problems, waits_for
from engine.problems import Problem


class AudienceQualification(Activity):
    face = Face(
        kind="audience-qualification",
        label="Audience qualification",
        description="Starts the journey when a person enters or leaves an audience, or waits until they do.",
        category="start",
        icon="users",
        summary="{audience}",
        ports=timeouts.PORTS,
        start=True,
        passive=True,
        in_flow_only=timeouts.SETTINGS,
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
    timeout: Timeout = None
    timeout_path: TimeoutPath = False

    def signals(self) -> tuple[str, ...]:
        """What it waits for."""
        states = {"enter": (True,), "exit": (False,), "both": (True, False)}[self.behaviour]
        return tuple(qualified(self.audience, is_member=is_member) for is_member in states)

    def problems(self) -> Iterator[Problem]:
        return timeout_problems(self.timeout, self.timeout_path)

    def compile(self, expression: CompileExpression) -> Behaviour:
        return waits_for(self.signals(), self.timeout, self.timeout_path)
