"""Which event definitions an event matches, and whose key it carries."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from engine.expressions import EvaluationError, Facts
from engine.expressions.paths import split_path

Payload = dict[str, Any]

NO_SUPPLEMENT = ("",)
MOST_SUPPLEMENTS = 100  # of one event: a person has ten runs at once, each further one is a discard to write


@dataclass(frozen=True, slots=True)
class Matcher:
    """An event definition, compiled. `is_mine` looks at the facts, in which the payload stands under `name`."""

    name: str
    namespace: str
    is_mine: Callable[[Facts], Any]
    key: Callable[[Facts], Any] | None  # None: the sender's identity in the namespace
    fields: tuple[tuple[str, ...], ...]  # the paths that journeys receive, taken apart; none: all
    event_id: str  # of a system-generated event; '' for a rule-based one
    supplement: Callable[[Facts], Any] | None = None  # what a run is about, beside who
    supplemental_namespace: str = ""

    def matches(self, facts: Facts, payload: Payload) -> bool:
        if self.event_id:
            return bool(_orchestration_id(payload) == self.event_id)
        facts.events = {self.name: payload}
        try:
            return self.is_mine(facts) is True
        except EvaluationError:
            return False  # strict typing: a rule that does not fit the payload is not met

    def key_of(self, facts: Facts, payload: Payload) -> str | None:
        """The value of the key, or None when the payload has none."""
        if self.key is None:
            return sender_identity(payload, self.namespace)
        facts.events = {self.name: payload}
        try:
            found = self.key(facts)
        except EvaluationError:
            return None
        return str(found) if _is_id(found) else None

    def supplements_of(self, facts: Facts, payload: Payload) -> tuple[str, ...]:
        """The supplemental ids that the payload names, each once, the first hundred; an empty one when it has none."""
        if self.supplement is None:
            return NO_SUPPLEMENT
        facts.events = {self.name: payload}
        try:
            found = self.supplement(facts)
        except EvaluationError:
            return ()
        return supplements_in(found)

    def received(self, payload: Payload) -> Payload:
        """The payload as journeys receive it: only the selected fields, or all when none are selected."""
        return selected(payload, self.fields) if self.fields else payload


def supplements_in(found: Any) -> tuple[str, ...]:
    """The ids in a value: itself, or those in a list, each once, the first hundred."""
    values = found if isinstance(found, list) else [found]
    return tuple(dict.fromkeys(str(value) for value in values if _is_id(value)))[:MOST_SUPPLEMENTS]


def sender_identity(payload: Payload, namespace: str) -> str | None:
    """Who the sender says it is, in a namespace: userId and anonymousId, or an entry of identityMap.

    Without a namespace: whatever it says first.
    """
    found = payload.get("identityMap")
    identities = found if isinstance(found, dict) else {}
    if not namespace:
        said = [payload.get("userId"), payload.get("anonymousId"), *map(_id_in, identities.values())]
    elif namespace in ("userId", "anonymousId"):
        said = [payload.get(namespace), _id_in(identities.get(namespace))]
    else:
        said = [_id_in(identities.get(namespace))]
    return next((value for value in said if isinstance(value, str) and value), None)


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _id_in(entries: Any) -> str | None:
    """The first id among the entries of one namespace of an identityMap."""
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("id"), str) and entry["id"]:
            return str(entry["id"])
    return None


def _orchestration_id(payload: Payload) -> Any:
    """`_experience.campaign.orchestration.eventID`, or `eventID` among a tracking event's properties."""
    place: Any = payload
    for name in ("_experience", "campaign", "orchestration", "eventID"):
        place = place.get(name) if isinstance(place, dict) else None
    if place is None and isinstance(payload.get("properties"), dict):
        return payload["properties"].get("eventID")
    return place


def taken_apart(fields: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Paths as the names in them: `properties."order.id"` is two."""
    return tuple(tuple(split_path(path)) for path in fields)


def selected(payload: Payload, fields: Iterable[tuple[str, ...]]) -> Payload:
    """Only these paths of a payload. A path through a list keeps the list whole."""
    result: Payload = {}
    for names in fields:
        source: Any = payload
        place = result
        for index, name in enumerate(names):
            if not isinstance(source, dict) or name not in source:
                break
            source = source[name]
            if index == len(names) - 1 or not isinstance(source, dict):
                place[name] = source
                break
            inner = place.setdefault(name, {})
            if inner is source or not isinstance(inner, dict):
                break  # a shorter path has taken it whole
            place = inner
    return result
