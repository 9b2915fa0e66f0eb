"""A week of the calendar: which versions live in it, from when to when, and where each is drawn. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from designer.models import Version

DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Life:
    """From when to when a version takes people in. Without `ends_at` it has no end yet."""

    version: Version
    starts_at: datetime
    ends_at: datetime | None
    is_scheduled: bool = False  # it is published, and begins later

    @property
    def is_short(self) -> bool:
        """It begins and ends on one day."""
        return self.ends_at is not None and self.last_day == self.starts_at.date()

    @property
    def last_day(self) -> date | None:
        """What ends at midnight ends with the day before."""
        if self.ends_at is None:
            return None
        return max(self.starts_at, self.ends_at - timedelta(microseconds=1)).date()


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A life of more than one day, as far as it lies in the week: columns 1 to 7, and a lane that is its own there."""

    life: Life
    first: int
    last: int
    lane: int
    began_before: bool
    goes_on: bool

    @property
    def is_all_week(self) -> bool:
        return self.first == 1 and self.last == DAYS


@dataclass(frozen=True, kw_only=True)
class Day:
    """`lives`: what begins, ends or only lives on this day, for lists that do not draw."""

    date: date
    short: list[Life] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Week:
    monday: date
    days: list[Day]
    bars: list[Bar]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=DAYS - 1)

    @property
    def lanes(self) -> int:
        return max((bar.lane for bar in self.bars), default=0)

    @property
    def all_week(self) -> list[Bar]:
        return [bar for bar in self.bars if bar.is_all_week]

    @property
    def is_empty(self) -> bool:
        return not self.bars and not any(day.short for day in self.days)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def bounds(monday: date) -> tuple[datetime, datetime]:
    """The moments at which the week begins and is over."""
    begins = datetime.combine(monday, time.min, tzinfo=UTC)
    return begins, begins + timedelta(days=DAYS)


def laid_out(lives: Iterable[Life], monday: date) -> Week:
    """The week that begins on this Monday. Longer lives come first, each in the first lane that is free for it."""
    begins, over = bounds(monday)
    days = [Day(date=monday + timedelta(days=number)) for number in range(DAYS)]
    bars: list[Bar] = []
    free_from: list[int] = []  # lane -> the first column that nothing stands in yet
    for life in sorted(lives, key=lambda life: (life.starts_at, life.version.journey.name.casefold())):
        if life.starts_at >= over or (life.last_day is not None and life.last_day < monday):
            continue
        first = max(0, (life.starts_at.date() - monday).days)
        if life.is_short:
            days[first].short.append(life)
            continue
        last = DAYS - 1 if life.last_day is None else min(DAYS - 1, (life.last_day - monday).days)
        lane = next((lane for lane, column in enumerate(free_from) if column <= first), len(free_from))
        free_from[lane:] = [last + 1, *free_from[lane + 1 :]]
        bar = Bar(
            life=life,
            first=first + 1,
            last=last + 1,
            lane=lane + 1,
            began_before=life.starts_at < begins,
            goes_on=life.ends_at is None or life.ends_at > over,
        )
        bars.append(bar)
        if not bar.is_all_week:
            for day in days[first : last + 1]:
                day.bars.append(bar)
    return Week(monday=monday, days=days, bars=bars)
