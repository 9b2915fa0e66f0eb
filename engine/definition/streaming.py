"""The audiences of a sandbox as a turn needs them: which of the streaming ones an event or a change concerns. Pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.definition.audience import Reads, Required
from engine.expressions import Facts


@dataclass(frozen=True, kw_only=True, slots=True)
class Streamed:
    """A streaming audience, compiled."""

    id: int
    name: str
    is_met: Callable[[Facts], Any]
    reads: Reads
    required: Required | None = None


class Audiences:
    """`names`: of all audiences, by id. `streamed`: in an order in which none reads one that comes later.

    Places are those in `streamed`.
    """

    def __init__(self, names: Mapping[int, str], streamed: Sequence[Streamed]) -> None:
        self.names = names
        self.ids = {name: id for id, name in names.items()}
        self.streamed = tuple(streamed)
        self._by_attribute: dict[str, set[int]] = defaultdict(set)
        self._by_event: dict[str, set[int]] = defaultdict(set)
        self._by_audience: dict[str, set[int]] = defaultdict(set)
        self._places = {one.name: place for place, one in enumerate(self.streamed)}
        self._unconditional = frozenset(place for place, one in enumerate(self.streamed) if one.required is None)
        self._by_text: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for place, one in enumerate(self.streamed):
            if one.required is not None:
                for text in one.required.texts:
                    self._by_text[one.required.attribute][text].add(place)
            for attribute in one.reads.attributes:
                self._by_attribute[attribute].add(place)
            for event in one.reads.events:
                self._by_event[event].add(place)
            for audience in one.reads.audiences:
                self._by_audience[audience].add(place)

    def concerned(
        self, *, attributes: Iterable[str] = (), events: Iterable[str] = (), audiences: Iterable[str] = ()
    ) -> set[int]:
        """The places of those whose answer may be another one, now that these attributes, events, audiences changed."""
        found: set[int] = set()
        for attribute in attributes:
            found |= self._by_attribute.get(attribute, _NONE)
            found |= self._by_attribute.get("", _NONE)
        for event in events:
            found |= self._by_event.get(event, _NONE)
        for audience in audiences:
            found |= self._by_audience.get(audience, _NONE)
        return found

    def worth_asking(self, places: Collection[int], attributes: Mapping[str, Any], members: Iterable[str]) -> list[int]:
        """Of these, in their order, those that may change: not who lacks a required text, and is in it neither."""
        found = self._unconditional.intersection(places)
        asked = {self._places[name] for name in members if name in self._places}
        for attribute, by_text in self._by_text.items():
            value = attributes.get(attribute)
            if isinstance(value, str):
                asked |= by_text.get(value, _NONE)
        return sorted(found.union(asked.intersection(places)))

    def readers_of(self, name: str) -> Collection[int]:
        """The places of those that read this audience."""
        return self._by_audience.get(name, _NONE)

    def reached_from(self, places: Collection[int]) -> set[int]:
        """These, and whatever reads them, and so on."""
        found: set[int] = set()
        ways = list(places)
        while ways:
            place = ways.pop()
            if place not in found:
                found.add(place)
                ways += self._by_audience.get(self.streamed[place].name, _NONE)
        return found

    def events_read_by(self, places: Iterable[int]) -> set[str]:
        """The events whose history they need."""
        return {event for place in places for event in self.streamed[place].reads.events}


_NONE: frozenset[int] = frozenset()
