"""When audiences are read next."""

from dataclasses import dataclass
from datetime import datetime

from engine.activities.read_audience import ReadAudience
from engine.audiences.reading import OPEN, reading_of
from engine.audiences.schedule import latest, next_after
from engine.definition.properties import Properties
from engine.models import Definition, ReadRun


@dataclass(frozen=True, kw_only=True)
class NextReading:
    """The next occurrence of a version's schedule. It is not read if the version is still paused by then."""

    journey_id: int
    version_id: int
    journey: str
    version: str
    audience: str
    at: datetime
    rate: int
    is_paused: bool


def next_readings(*, sandbox_id: int, now: datetime, journey_id: int | None = None) -> list[NextReading]:
    """What is read next by each version that reads by a schedule, the soonest first."""
    kind = {"type": ReadAudience.face.kind}
    open_ones = Definition.objects.filter(sandbox_id=sandbox_id, status__in=OPEN, graph__nodes__contains=[kind])
    if journey_id is not None:
        open_ones = open_ones.filter(journey_id=journey_id)
    found = []
    for definition in open_ones:
        reading = reading_of(definition)
        if reading is None or reading.event:  # nobody knows when an event comes
            continue
        zone = Properties.model_validate(definition.properties).zone_of({})
        opened_at = definition.deployed_at
        at = latest(reading, zone, opened_at=opened_at, now=now)
        if at is None or ReadRun.objects.filter(version_id=definition.version_id, due_at__gte=at).exists():
            at = next_after(reading, zone, opened_at=opened_at, moment=now)
        if at is not None:
            found.append(
                NextReading(
                    journey_id=definition.journey_id, version_id=definition.version_id, version=definition.number,
                    journey=definition.journey_name, audience=reading.audience, at=at, rate=reading.rate,
                    is_paused=definition.status == Definition.Status.PAUSED,
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (one.at, one.version_id))
