"""Wait: people stay here for a while."""

from pydantic import Field

from engine.activities.base import Activity, Behaviour, CompileExpression, Face, Listening
from engine.activities.durations import Duration


class Wait(Activity):
    face = Face(
        kind="wait",
        label="Wait",
        description="Holds people for a while. Beside an event, whichever comes first goes on.",
        category="wait",
        icon="clock",
        summary="{duration}",
        passive=True,
        initial={"duration": "P1D"},
    )

    duration: Duration = Field(title="Wait for", description="At most 90 days.")

    def compile(self, expression: CompileExpression) -> Behaviour:
        return Behaviour(listening=Listening(delay=self.duration))
