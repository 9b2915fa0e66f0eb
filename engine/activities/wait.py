"""Wait: people stay here for a while, or until a moment of their own."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from engine.activities.base import Activity, Behaviour, CompileExpression, ExpressionUse, Face, Listening
from engine.activities.durations import Duration
from engine.problems import Problem


class Wait(Activity):
    face = Face(
        kind="wait",
        label="Wait",
        description="Holds people for a while, or until a moment of their own. Beside an event, whichever comes first "
        "goes on.",
        category="wait",
        icon="clock",
        summary="{duration}{until}",
        passive=True,
        initial={"duration": "P1D"},
    )

    mode: Literal["duration", "custom"] = Field(
        default="duration",
        title="Wait",
        json_schema_extra={"x-labels": {"duration": "For a while", "custom": "Until a moment of each person"}},
    )
    duration: Duration | None = Field(
        default=None,
        title="Wait for",
        description="At most 90 days.",
        json_schema_extra={"format": "duration", "x-when": "mode=duration"},
    )
    until: str = Field(
        default="",
        title="Wait until",
        description="A dateTimeOnly, read in the journey's time zone. A moment that is past lets people on at once.",
        json_schema_extra={
            "format": "expression",
            "x-expect": "dateTimeOnly",
            "x-when": "mode=custom",
            "x-placeholder": "toDateTimeOnly(#{Profile.attributes.renewal_date})",
        },
    )

    def expressions(self) -> Iterator[ExpressionUse]:
        if self.mode == "custom":
            yield ExpressionUse(field="until", text=self.until, expect="dateTimeOnly")

    def problems(self) -> Iterator[Problem]:
        if self.mode == "duration" and self.duration is None:
            yield Problem(
                code="ERR_MISSING_SETTING",
                message="How long to wait is missing.",
                hint="Give a duration of at most 90 days.",
                field="duration",
            )

    def compile(self, expression: CompileExpression) -> Behaviour:
        if self.mode == "custom":
            return Behaviour(listening=Listening(until=expression(self.until, "dateTimeOnly")))
        return Behaviour(listening=Listening(delay=self.duration))
