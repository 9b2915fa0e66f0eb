"""What holds for a journey as a whole: who may come again, between which dates, for how long."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from engine.activities.base import qualified
from engine.expressions.temporal import at_local, find_zone
from engine.problems import Problem

LONGEST_STAY = timedelta(days=91)


class ExitCriterion(BaseModel):
    """People inside leave when this event comes, and what it says meets the condition, if there is one; or when they
    enter, or leave, this audience, and the condition holds. An event or an audience, not both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str = Field(min_length=1, max_length=100, title="Label")
    event: str = Field(default="", max_length=200, title="Event", json_schema_extra={"x-widget": "event"})
    audience: str = Field(
        default="",
        max_length=100,
        title="Audience",
        description="Instead of an event: whoever enters it, or leaves it, leaves the journey.",
        json_schema_extra={"x-widget": "audience"},
    )
    behaviour: Literal["enter", "exit"] = Field(
        default="enter",
        title="Behaviour",
        json_schema_extra={"x-labels": {"enter": "Enter", "exit": "Exit"}, "x-when": "audience"},
    )
    condition: str = Field(
        default="",
        max_length=65_536,
        title="Condition",
        description="Without one, the event, or the change of the audience, is enough.",
        json_schema_extra={"format": "expression", "x-expect": "boolean"},
    )

    @model_validator(mode="after")
    def _is_about_one_thing(self) -> Self:
        if bool(self.event) == bool(self.audience):
            raise ValueError("Choose an event or an audience" + (", not both." if self.event else "."))
        return self

    @property
    def signal(self) -> str:
        """What may meet it."""
        return self.event or qualified(self.audience, is_member=self.behaviour == "enter")


class Properties(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    reentrance: bool = Field(
        default=True,
        title="Allow re-entrance",
        description="Off: nobody comes in a second time. The same in all versions of a journey.",
        json_schema_extra={"x-group": "Entrance"},
    )
    reentrance_wait: timedelta = Field(
        default=timedelta(minutes=5),
        ge=timedelta(0),
        le=timedelta(days=90),
        title="Re-entrance wait period",
        description="Counted from the last entrance; at most 90 days.",
        json_schema_extra={"format": "duration", "x-when": "reentrance", "x-group": "Entrance"},
    )
    rule_set: str = Field(
        default="",
        max_length=60,
        title="Rule set",
        description="How often one person may enter journeys that carry it. Rule sets are kept in Settings.",
        json_schema_extra={"x-widget": "rule-set", "x-group": "Capping"},
    )
    priority: int | None = Field(
        default=None,
        ge=0,
        le=100,
        title="Priority",
        description="0 to 100. Of several journeys that one event starts, the highest goes first, and takes the places "
        "that a rule set has left.",
        json_schema_extra={"x-group": "Capping"},
    )
    starts_at: AwareDatetime | None = Field(
        default=None,
        title="Start date",
        description="Before it, nobody enters.",
        json_schema_extra={"format": "date-time", "x-group": "Dates"},
    )
    ends_at: AwareDatetime | None = Field(
        default=None,
        title="End date",
        description="From it on nobody enters, and everybody inside leaves.",
        json_schema_extra={"format": "date-time", "x-group": "Dates"},
    )
    time_zone: str = Field(
        default="UTC",
        title="Time zone",
        description="Of time and date conditions, and of waits until a moment.",
        json_schema_extra={"x-widget": "time-zone", "x-group": "Time zone"},
    )
    profile_time_zone: bool = Field(
        default=False,
        title="Use the time zone of each person",
        description="Their attribute timeZone, where it names one; else the time zone above.",
        json_schema_extra={"x-group": "Time zone"},
    )
    activity_timeout: timedelta = Field(
        default=timedelta(seconds=30),
        ge=timedelta(seconds=1),
        le=timedelta(seconds=30),
        title="Timeout of actions",
        description="1 to 30 seconds, for all attempts together. Custom actions may have their own. Data engineers and "
        "administrators change it.",
        json_schema_extra={"format": "duration", "x-needs": "set_timeouts", "x-group": "Actions"},
    )
    exit_criteria: tuple[ExitCriterion, ...] = Field(
        default=(),
        max_length=20,
        title="Exit criteria",
        description="People inside leave when one is met, wherever they stand.",
        json_schema_extra={"x-widget": "rows", "x-group": "Exit criteria"},
    )

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        if find_zone(name) is None:
            raise ValueError(f"There is no time zone {name[:80]!r}. Use an IANA name such as Europe/Paris.")
        return name

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValueError("The end lies before the start.")
        return self

    def zone_of(self, attributes: Mapping[str, Any]) -> tzinfo:
        """The time zone of this journey for a person with these attributes."""
        own = attributes.get("timeZone") if self.profile_time_zone else None
        zone = (find_zone(own) if isinstance(own, str) else None) or find_zone(self.time_zone)
        assert zone is not None
        return zone

    def at(self, local: datetime, attributes: Mapping[str, Any]) -> datetime:
        """The instant at which clocks in the journey's time zone show this: later by the gap when the clock skips it,
        the earlier one when it shows it twice. OverflowError outside of the calendar."""
        return at_local(local, self.zone_of(attributes))

    def last_moment(self, entered_at: datetime) -> datetime:
        """Until when a person who enters now may stay."""
        longest = entered_at + LONGEST_STAY
        return longest if self.ends_at is None else min(longest, self.ends_at)

    def is_open(self, now: datetime) -> bool:
        """Whether people may enter at this moment, as far as the dates say."""
        return not (self.starts_at and now < self.starts_at) and not (self.ends_at and now >= self.ends_at)


# What the properties are called, in the order in which they are shown.
TITLES: Mapping[str, str] = {name: field.title or name for name, field in Properties.model_fields.items()}


def properties_problems(properties: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the properties of a journey."""
    try:
        Properties.model_validate(properties)
    except ValidationError as error:
        for at in error.errors(include_url=False, include_input=False, include_context=False):
            field = ".".join(map(str, at["loc"]))
            if at["loc"][:1] == ("exit_criteria",) and len(at["loc"]) == 2 and at["type"] == "value_error":
                field += ".event"  # where it is mended
            name = _called(at["loc"])
            is_empty = at["type"] in ("missing", "string_too_short")
            yield Problem(
                code="ERR_PROPERTY",
                message=f"{name} is empty." if is_empty else f"{name}: {at['msg'].removeprefix('Value error, ')}",
                hint="Fill it in." if is_empty else "Correct it in the journey's properties.",
                field=field or None,
            )


def _called(place: tuple[int | str, ...]) -> str:
    """A property as the form shows it: `Start date`, or `Exit criteria 1, Label` for a field of a row."""
    if not place:
        return "The journey"
    name = TITLES.get(str(place[0]), str(place[0]))
    if len(place) > 1:
        name += f" {int(place[1]) + 1}" if isinstance(place[1], int) else f", {place[1]}"
    if len(place) > 2:
        known = ExitCriterion.model_fields.get(str(place[2]))
        name += f", {known.title if known and known.title else place[2]}"
    return name
