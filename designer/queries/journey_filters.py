"""What the list of journeys is narrowed by, and what there is to choose from. All filters that are set must hold."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from django.db.models import Count, Func, Q, QuerySet, TextField, Value

from designer.models import Journey, Version
from designer.states import Status
from engine.activities import all_types
from engine.models import Sandbox

MOST = 500  # of what there is to choose from
NOTHING = "nothing"  # a draft in which nothing begins yet
Rows = Literal["", "latest", "all"]
Choices = dict[str, list[tuple[str, str]]]


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What somebody looks for; empty is whatever. Days are those of UTC, both ends belong to it.

    `rows`: one for each journey, as its version that counts most; or its latest; or every version.
    """

    text: str = ""
    status: str = ""
    rows: Rows = ""
    tag: str = ""
    begins_with: str = ""
    event: str = ""
    activity: str = ""
    created_from: date | None = None
    created_to: date | None = None
    created_by: str = ""
    published_from: date | None = None
    published_to: date | None = None
    published_by: str = ""

    def of_journey(self) -> Q:
        """What the journey of a version must be."""
        found = Q()
        if self.text:
            found &= Q(journey__name__icontains=self.text) | Q(journey__description__icontains=self.text)
        if self.tag:
            found &= Q(journey__tags__name__iexact=self.tag)
        if self.created_by:
            found &= Q(journey__created_by__username=self.created_by)
        return found & _within("journey__created_at", self.created_from, self.created_to)

    def of_version(self) -> Q:
        """What the version itself must be."""
        found = Q()
        if self.status:
            found &= Q(status=self.status)
        if self.begins_with == NOTHING:
            found &= ~Q(begins_with__has_any_keys=starts())
        elif self.begins_with:
            found &= Q(begins_with__contains=[self.begins_with])
        if self.event:
            found &= uses_event(self.event)
        if self.activity:
            found &= Q(activities__contains=[self.activity])
        if self.published_by:
            found &= Q(published_by__username=self.published_by)
        return found & _within("published_at", self.published_from, self.published_to)


def choices(sandbox: Sandbox) -> Choices:
    """Filter -> what it may be set to, each with its name: only what there is in this sandbox. One query."""
    versions, journeys = Version.objects.filter(journey__sandbox=sandbox), Journey.objects.filter(sandbox=sandbox)
    parts = [
        _named("tag", sandbox.tags, "name"),
        _named("created_by", journeys, "created_by__username"),
        _named("published_by", versions, "published_by__username"),
        _named("activity", versions, items_of("activities")),
        _named("event", versions, items_of("event_steps")),
        _named("event", versions, items_of("event_exits")),
    ]
    found: dict[str, set[str]] = defaultdict(set)
    for word, name in parts[0].union(*parts[1:])[: MOST * len(parts)]:
        if name:
            found[word].add(name)
    return {
        "status": list(Status.choices),
        "rows": [("latest", "Latest versions only"), ("all", "Every version")],
        "begins_with": [*((kind, _label(kind)) for kind in starts()), (NOTHING, "Nothing yet")],
        "activity": sorted(((kind, _label(kind)) for kind in found["activity"]), key=lambda choice: choice[1]),
        **{
            word: [(name, name) for name in sorted(found[word], key=str.casefold)]
            for word in ("tag", "event", "created_by", "published_by")
        },
    }


def uses_event(name: str) -> Q:
    """Versions in which this event starts somebody, is waited for, or takes people out."""
    return Q(event_steps__contains=[name]) | Q(event_exits__contains=[name])


def items_of(column: str) -> Func:
    """Each item of the lists in this column of a version: a row for each."""
    each = Func(column, function="jsonb_array_elements_text", output_field=TextField())
    each.set_returning = True
    return each


def journeys_that_use(sandbox: Sandbox, event: str) -> int:
    """How many journeys the list shows under the filter `event`."""
    found = Version.objects.filter(uses_event(event), journey__sandbox=sandbox)
    counted: int = found.aggregate(count=Count("journey", distinct=True))["count"]
    return counted


def starts() -> list[str]:
    """The activities that a journey can begin with."""
    return [kind for kind, activity in all_types().items() if activity.face.start]


def _label(kind: str) -> str:
    activity = all_types().get(kind)
    return activity.face.label if activity else kind


def _within(field: str, first: date | None, last: date | None) -> Q:
    found = Q()
    if first:
        found &= Q(**{f"{field}__gte": datetime.combine(first, time.min, tzinfo=UTC)})
    if last:
        found &= Q(**{f"{field}__lt": datetime.combine(last, time.min, tzinfo=UTC) + timedelta(days=1)})
    return found


def _named(word: str, rows: Any, name: str | Func) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.order_by().values_list(Value(word, output_field=TextField()), name)
    return found
