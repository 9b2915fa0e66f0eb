"""Waves of a read audience: in how many parts its people enter, and when each part begins."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from engine.activities.base import Note, Waves
from engine.problems import Problem

FEWEST, MOST = 2, 10
SHORTEST = timedelta(minutes=30)  # from the start of one wave to the start of the next
PARTS = Literal["none", "equal", "percent", "people", "dates"]
IN_WAVES = "schedule=as_soon_as_possible|once"
WAVE_NOTES = (
    Note("In {wave_count} waves, every {wave_interval}", when="waves=equal"),
    Note("In waves of {wave_sizes} %, every {wave_interval}", when="waves=percent"),
    Note("In waves of {wave_sizes} people, every {wave_interval}", when="waves=people"),
    Note("In {wave_starts.length} waves, each at its time", when="waves=dates"),
)


class WaveSize(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int = Field(default=10, ge=1, le=1_000_000_000, title="Size")


class WaveStart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    starts_at: AwareDatetime | None = Field(default=None, title="Start", json_schema_extra={"format": "date-time"})


def wave_problems(
    parts: PARTS, sizes: Sequence[WaveSize], starts: Sequence[WaveStart], interval: timedelta
) -> Iterator[Problem]:
    """What is wrong with the waves as they are set, whenever that is."""
    rows, field = (starts, "wave_starts") if parts == "dates" else (sizes, "wave_sizes")
    if parts in ("percent", "people", "dates") and len(rows) < FEWEST:
        yield Problem(
            code="ERR_WAVE_COUNT",
            message=f"{'One wave is' if rows else 'No wave is'} set.",
            hint=f"Set {FEWEST} to {MOST} waves, or let everybody be read in one go.",
            field=field,
        )
    if parts == "percent" and rows and (total := sum(one.size for one in sizes)) != 100:
        rest = "the rest is never read" if total < 100 else "the last waves come away short"
        yield Problem(
            code="ERR_WAVE_TOTAL",
            message=f"The waves add up to {total} %: {rest}.",
            hint="Make them add up to 100 %.",
            severity="warning",
            field=field,
        )
    if parts in ("equal", "percent", "people") and interval < SHORTEST:
        yield Problem(
            code="ERR_WAVE_INTERVAL",
            message="Waves begin at least 30 minutes after one another.",
            hint="Give 30 minutes or more.",
            field="wave_interval",
        )
    if parts == "dates":
        yield from _starts(starts)


def _starts(starts: Sequence[WaveStart]) -> Iterator[Problem]:
    last: datetime | None = None
    for index, one in enumerate(starts):
        if one.starts_at is None:
            yield Problem(
                code="ERR_MISSING_SETTING",
                message=f"When wave {index + 1} begins is missing.",
                hint="Give a start.",
                field=f"wave_starts.{index}.starts_at",
            )
        elif last is not None and one.starts_at < last + SHORTEST:
            yield Problem(
                code="ERR_WAVE_STARTS",
                message=f"Wave {index + 1} begins less than 30 minutes after the one before it.",
                hint="Give a later start.",
                field=f"wave_starts.{index}.starts_at",
            )
        last = one.starts_at or last


def waves_of(
    parts: PARTS, count: int, sizes: Sequence[WaveSize], starts: Sequence[WaveStart], interval: timedelta
) -> Waves | None:
    """What runs need of the settings; None: everybody in one go."""
    match parts:
        case "equal":
            return Waves(parts=(1,) * count, whole=count, interval=interval)
        case "percent":
            return Waves(parts=tuple(one.size for one in sizes), whole=100, interval=interval)
        case "people":
            return Waves(parts=tuple(one.size for one in sizes), interval=interval)
        case "dates":
            moments = tuple(one.starts_at for one in starts if one.starts_at is not None)
            return Waves(parts=(1,) * len(moments), whole=len(moments), moments=moments)
    return None
