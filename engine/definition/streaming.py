"""The audiences of a sandbox as a turn needs them: which of the streaming ones an event or a change concerns. Pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from engine.activities.base import qualified
from engine.definition.audience import Reads, Required
from engine.definition.counting import Counting, Counts
from engine.expressions import Facts


@dataclass(frozen=True, kw_only=True, slots=True)
class Streamed:
    """A streaming audience, compiled."""

    id: int
    name: str
    is_met: Callable[[Facts], Any]
    reads: Reads
    required: Required | None = None
    counts: Counts | None = None


class Asked(NamedTuple):
    """What a turn needs of a streaming audience; a tuple, because one is taken apart for each rule that is asked.

    `readers`: the places of those that read it. `signals`: what is said when somebody left it, and when they entered.
    """

    name: str
    id: int
    is_met: Callable[[Facts], Any]
    events: frozenset[str]
    readers: frozenset[int]
    signals: tuple[str, str]


class Audiences:
    """`names`: of all audiences, by id. `streamed`: in an order in which none reads one that comes later.

    Places are those in `streamed`, and in `asked`.
    """

    def __init__(self, names: Mapping[int, str], streamed: Sequence[Streamed]) -> None:
        self.names = names
        self.ids = {name: id for id, name in names.items()}
        self.streamed = tuple(streamed)
        self.places = frozenset(range(len(self.streamed)))
        by_attribute: dict[str, set[int]] = defaultdict(set)
        by_event: dict[str, set[int]] = defaultdict(set)
        by_audience: dict[str, set[int]] = defaultdict(set)
        self._by_text: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for place, one in enumerate(self.streamed):
            if one.required is not None:
                for text in one.required.texts:
                    self._by_text[one.required.attribute][text].add(place)
            for attribute in one.reads.attributes:
                by_attribute[attribute].add(place)
            for event in one.reads.events:
                by_event[event].add(place)
            for audience in one.reads.audiences:
                by_audience[audience].add(place)
        self._all_attributes = frozenset(by_attribute.get("", _NONE))
        self._by_attribute = {name: self._all_attributes | found for name, found in by_attribute.items()}
        self._by_event = {name: frozenset(found) for name, found in by_event.items()}
        self._by_audience = {name: frozenset(found) for name, found in by_audience.items()}
        self._requiring = {one.name: place for place, one in enumerate(self.streamed) if one.required is not None}
        self._unconditional = self.places.difference(self._requiring.values())
        self.counting = Counting({place: one.counts for place, one in enumerate(self.streamed) if one.counts})
        self.asked = tuple(
            Asked(
                one.name,
                one.id,
                one.is_met,
                one.reads.events,
                self._by_audience.get(one.name, _NONE),
                (qualified(one.name, is_member=False), qualified(one.name, is_member=True)),
            )
            for one in self.streamed
        )

    def concerned(
        self, *, attributes: Iterable[str] = (), events: Iterable[str] = (), audiences: Iterable[str] = ()
    ) -> frozenset[int]:
        """The places of those whose answer may be another one, now that these attributes, events, audiences changed."""
        found: list[frozenset[int]] = []
        for attribute in attributes:
            found.append(self._by_attribute.get(attribute, self._all_attributes))
        for event in events:
            found.append(self._by_event.get(event, _NONE))
        for audience in audiences:
            found.append(self._by_audience.get(audience, _NONE))
        return found[0] if len(found) == 1 else _NONE.union(*found)

    def worth_asking(self, places: frozenset[int], attributes: Mapping[str, Any], members: Iterable[str]) -> list[int]:
        """Of these, in their order, those that may change: not who lacks a required text, and is in it neither."""
        if places <= self._unconditional:
            return sorted(places)
        asked = {self._requiring[name] for name in members if name in self._requiring}
        for attribute, by_text in self._by_text.items():
            value = attributes.get(attribute)
            if isinstance(value, str):
                asked |= by_text.get(value, _NONE)
        return sorted(asked.union(self._unconditional).intersection(places))

    def reached_from(self, places: Collection[int]) -> set[int]:
        """These, and whatever reads them, and so on."""
        found: set[int] = set()
        ways = list(places)
        while ways:
            place = ways.pop()
            if place not in found:
                found.add(place)
                ways += self.asked[place].readers
        return found

    def events_read_by(self, places: Iterable[int]) -> set[str]:
        """The events whose history they need."""
        return {event for place in places for event in self.streamed[place].reads.events}


_NONE: frozenset[int] = frozenset()
