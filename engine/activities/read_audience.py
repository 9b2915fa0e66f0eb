"""Read audience: the people of an audience enter, at once or by a schedule, so many a second."""

from collections.abc import Iterator
from datetime import timedelta

from pydantic import AwareDatetime, Field, field_validator

from engine.activities.base import (
    Activity,
    Behaviour,
    CompileExpression,
    ExpressionUse,
    Face,
    Note,
    PortRule,
    Reading,
    ReadingRhythm,
    goes_on,
)
from engine.activities.durations import Duration
from engine.activities.waves import (
    FEWEST,
    IN_WAVES,
    MOST,
    PARTS,
    WAVE_NOTES,
    WaveSize,
    WaveStart,
    wave_problems,
    waves_of,
)
from engine.problems import Problem

SLOWEST, FASTEST = 500, 20_000  # people a second
FASTEST_WITH_SUPPLEMENT = 500  # each of whom may begin ten runs
EVALUATION_WAIT = (timedelta(hours=1), timedelta(hours=6))
RECURRING = ("daily", "weekly", "monthly")
IS_RECURRING = "schedule=daily|weekly|monthly"
# Behind a business event there is no schedule: the event says when.
SCHEDULE = (
    *("schedule", "starts_at", "every", "repeats_until", "incremental", "force_reentrance", "wait_for_evaluation"),
    *("supplemental_namespace", "supplemental_expression"),
    *("waves", "wave_count", "wave_sizes", "wave_starts", "wave_interval"),
)


class ReadAudience(Activity):
    face = Face(
        kind="read-audience",
        label="Read audience",
        description="The people of an audience enter the journey, at once or by a schedule.",
        category="start",
        icon="users",
        summary="{audience}",
        notes=(*WAVE_NOTES, Note("One for each {supplemental_namespace}")),
        ports=(PortRule(name="next"),),
        start=True,
        in_flow=False,
        start_only=SCHEDULE,
        flow_note="The audience is read when the business event comes: there is no schedule.",
        says={"audience": "string", "readAt": "dateTime"},
    )

    audience: str = Field(title="Audience", min_length=1, max_length=100, json_schema_extra={"x-widget": "audience"})
    namespace: str = Field(
        title="Namespace",
        description="What people are known by in this journey. Who has no such identity does not enter.",
        min_length=1,
        max_length=60,
        json_schema_extra={"x-widget": "namespace"},
    )
    reading_rate: int = Field(
        default=5_000,
        ge=SLOWEST,
        le=FASTEST,
        title="Reading rate",
        description="How many people enter in a second, at most: 500 to 20,000.",
    )
    supplemental_namespace: str = Field(
        default="",
        max_length=60,
        title="Supplemental id",
        description="With one, a person has a run for each booking, order or contract, up to ten at once.",
        json_schema_extra={"x-widget": "thing-namespace"},
    )
    supplemental_expression: str = Field(
        default="",
        max_length=65_536,
        title="Where it is found",
        description="An attribute of the person, or a column of an uploaded list. Each element of a list has a run.",
        json_schema_extra={"format": "expression", "x-expect": "any", "x-when": "supplemental_namespace"},
    )
    schedule: ReadingRhythm = Field(
        default="as_soon_as_possible",
        title="Schedule",
        json_schema_extra={
            "x-labels": {
                "as_soon_as_possible": "As soon as possible",
                "once": "Once",
                "daily": "Daily",
                "weekly": "Weekly",
                "monthly": "Monthly",
            }
        },
    )
    starts_at: AwareDatetime | None = Field(
        default=None,
        title="Start",
        description="Without it, a schedule that repeats begins when the journey is published. Repeated at this hour "
        "of the journey's time zone.",
        json_schema_extra={"format": "date-time", "x-when": "schedule=once|daily|weekly|monthly"},
    )
    every: int = Field(
        default=1,
        ge=1,
        le=365,
        title="Repeat every",
        description="Days, weeks or months.",
        json_schema_extra={"x-when": IS_RECURRING},
    )
    repeats_until: AwareDatetime | None = Field(
        default=None,
        title="Repeat until",
        description="Without it, the journey does not end by itself.",
        json_schema_extra={"format": "date-time", "x-when": IS_RECURRING},
    )
    incremental: bool = Field(
        default=False,
        title="Read newcomers only",
        description="The first time everybody enters, then those who came into the audience since the last time.",
        json_schema_extra={"x-when": IS_RECURRING},
    )
    force_reentrance: bool = Field(
        default=False,
        title="Take everybody out first",
        description="Whoever is still inside leaves before the audience is read again.",
        json_schema_extra={"x-when": IS_RECURRING},
    )
    wait_for_evaluation: Duration | None = Field(
        default=None,
        title="Wait for an evaluation of the audience",
        description="1 to 6 hours. The audience is read when it has been evaluated anew; if it is not within this "
        "time, it is not read on that day.",
        json_schema_extra={"format": "duration", "x-when": "schedule=daily", "x-unit": "hour"},
    )

    waves: PARTS = Field(
        default="none",
        title="Deliver in waves",
        description="People enter in parts, so that not all of them come at once to what follows. Who is read is "
        "settled at the first wave.",
        json_schema_extra={
            "x-when": IN_WAVES,
            "x-labels": {
                "none": "No: everybody in one go",
                "equal": "Equal parts",
                "percent": "Parts in percent",
                "people": "Numbers of people",
                "dates": "Equal parts, each with its own start",
            },
        },
    )
    wave_count: int = Field(
        default=FEWEST,
        ge=FEWEST,
        le=MOST,
        title="Number of waves",
        description=f"{FEWEST} to {MOST}.",
        json_schema_extra={"x-when": f"{IN_WAVES}&waves=equal"},
    )
    wave_sizes: tuple[WaveSize, ...] = Field(
        default=(),
        max_length=MOST,
        title="Waves",
        description="Sizes in percent of the audience, or in people, as chosen above.",
        json_schema_extra={"x-widget": "rows", "x-when": f"{IN_WAVES}&waves=percent|people"},
    )
    wave_starts: tuple[WaveStart, ...] = Field(
        default=(),
        max_length=MOST,
        title="Waves",
        description="They begin at least 30 minutes after one another.",
        json_schema_extra={"x-widget": "rows", "x-when": f"{IN_WAVES}&waves=dates"},
    )
    wave_interval: Duration = Field(
        default=timedelta(hours=1),
        title="From one wave to the next",
        description="From start to start; at least 30 minutes. A wave never begins before the last one is through.",
        json_schema_extra={"format": "duration", "x-when": f"{IN_WAVES}&waves=equal|percent|people", "x-unit": "hour"},
    )

    @field_validator("starts_at", "repeats_until")
    @classmethod
    def _is_near(cls, moment: AwareDatetime | None) -> AwareDatetime | None:
        if moment is not None and not 2000 <= moment.year < 2100:
            raise ValueError("Give a year between 2000 and 2099.")
        return moment

    def expressions(self) -> Iterator[ExpressionUse]:
        if self.supplemental_namespace and self.supplemental_expression:
            yield ExpressionUse(field="supplemental_expression", text=self.supplemental_expression)

    def problems(self) -> Iterator[Problem]:
        if self.supplemental_namespace and not self.supplemental_expression.strip():
            yield Problem(
                code="ERR_MISSING_SETTING",
                message="Where the supplemental id is found is missing.",
                hint="Name an attribute, or choose no supplemental id.",
                field="supplemental_expression",
            )
        if self.supplemental_namespace and self.reading_rate > FASTEST_WITH_SUPPLEMENT:
            yield Problem(
                code="ERR_READ_RATE",
                message=f"With a supplemental id, {FASTEST_WITH_SUPPLEMENT} people a second are the most.",
                hint=f"Set the reading rate to {FASTEST_WITH_SUPPLEMENT}.",
                field="reading_rate",
            )
        if self.schedule == "once" and self.starts_at is None and self.waves != "dates":
            yield Problem(
                code="ERR_MISSING_SETTING",
                message="When the audience is read is missing.",
                hint="Give a start, or let it be read as soon as possible.",
                field="starts_at",
            )
        if self.schedule not in RECURRING:
            yield from wave_problems(self.waves, self.wave_sizes, self.wave_starts, self.wave_interval)
        if (
            self.schedule in RECURRING
            and self.repeats_until
            and self.starts_at
            and self.repeats_until <= self.starts_at
        ):
            yield Problem(
                code="ERR_READ_UNTIL",
                message="The schedule ends before it starts.",
                hint="Let it repeat until a later moment, or for good.",
                field="repeats_until",
            )
        if self.schedule == "daily" and self.wait_for_evaluation is not None:
            shortest, longest = EVALUATION_WAIT
            if not shortest <= self.wait_for_evaluation <= longest:
                yield Problem(
                    code="ERR_READ_EVALUATION_WAIT",
                    message="An evaluation is waited for 1 to 6 hours.",
                    hint="Give a duration between 1 and 6 hours.",
                    field="wait_for_evaluation",
                )

    def reading(self) -> Reading:
        """What runs need of the settings; what was set for another schedule does not count."""
        repeats = self.schedule in RECURRING
        waves = None
        rhythm, starts_at = self.schedule, None if self.schedule == "as_soon_as_possible" else self.starts_at
        if not repeats:
            waves = waves_of(self.waves, self.wave_count, self.wave_sizes, self.wave_starts, self.wave_interval)
        if waves is not None and waves.moments:
            rhythm, starts_at = "once", waves.moments[0]
        return Reading(
            audience=self.audience,
            namespace=self.namespace,
            rate=self.reading_rate,
            rhythm=rhythm,
            starts_at=starts_at,
            every=self.every if repeats else 1,
            until=self.repeats_until if repeats else None,
            incremental=repeats and self.incremental,
            force_reentrance=repeats and self.force_reentrance,
            wait_for_evaluation=self.wait_for_evaluation if self.schedule == "daily" else None,
            waves=waves,
        )

    def compile(self, expression: CompileExpression) -> Behaviour:
        supplement = None
        if self.supplemental_namespace:
            supplement = expression(self.supplemental_expression, "any")
        return Behaviour(enter=goes_on, supplement=supplement)
