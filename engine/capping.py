"""How often people may enter: what a rule set allows, and whether somebody has come to one of its caps. Pure."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

Period = Literal["day", "week", "month"]
PERIODS: tuple[Period, ...] = ("day", "week", "month")


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleSet:
    """Rules for all journeys that carry it together. `entries`: at most so many in a period; `at_once`: journeys."""

    id: int
    name: str
    entries: Mapping[Period, int]
    at_once: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reached:
    """The cap that somebody has come to: `count` of them are taken, and `most` there are."""

    rule_set: str
    rule: str
    most: int
    count: int

    def __str__(self) -> str:
        return f"{self.count} of {self.most} {self.rule}"

    def as_json(self) -> dict[str, Any]:
        return {"ruleSet": self.rule_set, "rule": self.rule, "most": self.most, "count": self.count}


class Entries:
    """How often people entered journeys with a rule set in the day, week and month that run now."""

    def __init__(self) -> None:
        self._counts: dict[tuple[int, int], Counter[Period]] = defaultdict(Counter)

    def add(self, profile_id: int, rule_set: RuleSet, counts: Mapping[Period, int]) -> None:
        self._counts[profile_id, rule_set.id].update(counts)

    def add_one(self, profile_id: int, rule_set: RuleSet) -> None:
        self.add(profile_id, rule_set, dict.fromkeys(PERIODS, 1))

    def of(self, profile_id: int, rule_set: RuleSet) -> Mapping[Period, int]:
        return self._counts.get((profile_id, rule_set.id), {})


def cap_reached(rule_set: RuleSet, *, entries: Mapping[Period, int], others_inside: int) -> Reached | None:
    """The first cap that stands against one more entry; None when there is room.

    `entries`: how often this person entered journeys with the rule set. `others_inside`: in how many other such
    journeys the person is.
    """
    for period, most in rule_set.entries.items():
        count = entries.get(period, 0)
        if count >= most:
            return Reached(rule_set=rule_set.name, rule=f"entries per {period}", most=most, count=count)
    if rule_set.at_once is not None and others_inside >= rule_set.at_once:
        return Reached(rule_set=rule_set.name, rule="journeys at once", most=rule_set.at_once, count=others_inside)
    return None


def beginnings(now: datetime) -> dict[str, datetime]:
    """When the day, the week (Monday) and the month that run now began, in UTC."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}
