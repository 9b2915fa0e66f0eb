"""The people of one turn, in memory: what they are, where they stand, and what came of their stimuli.

Nothing here talks to the database. `Batch` is filled by turn.py, moved by deciding.py, written down by writing.py.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from engine.activities.experiment import ATTRIBUTION
from engine.capping import Entries
from engine.instance import UNASSIGNED, Effects, Instance, Step

EMPTY: dict[str, Any] = {}
Run = tuple[int, str]  # (journey, supplemental key): a person is inside of each once at most
MOST_RUNS = 10  # of one journey by one person at once


@dataclass(slots=True)
class Item:
    """One stimulus of this turn: an inbox item, or (kind 'due') a moment that has come."""

    id: int
    shard: int
    sandbox_id: int
    profile_id: int
    kind: str
    payload: dict[str, Any]
    at: datetime


class Happened(NamedTuple):
    """An event of a person that matched a definition. They sort by time, and then as they came."""

    at: datetime
    order: int
    payload: dict[str, Any]


@dataclass(slots=True)
class Person:
    """A profile and its active instances."""

    id: int
    attributes: dict[str, Any]
    inside: dict[Run, "Standing"] = field(default_factory=dict)
    is_changed: bool = False
    audiences: dict[str, str] = field(default_factory=dict)  # name -> 'realized', of those somebody asks for
    history: dict[str, list["Happened"]] | None = None  # what they did, by definition: of those that were read
    did: dict[str, list[dict[str, Any]]] | None = None  # the payloads of the history, newest first, once asked for
    changed: set[str] = field(default_factory=set)  # the first names of attributes, since audiences were looked at

    def runs_in(self, journey_id: int) -> int:
        """How many times they are inside of this journey now."""
        return sum(journey == journey_id for journey, _ in self.inside)


@dataclass(slots=True)
class Standing:
    """An instance and what the engine must know to write it back."""

    instance: Instance
    shard: int
    sandbox_id: int
    journey_id: int
    version_id: int
    is_new: bool = False
    is_moved: bool = False

    @property
    def run(self) -> Run:
        return self.journey_id, self.instance.supplemental_key


@dataclass(slots=True)
class EventRecord:
    item: Item
    name: str
    message_id: str
    payload: dict[str, Any]
    occurred_at: str
    outcomes: list[dict[str, Any]]


@dataclass(slots=True)
class DiscardRecord:
    shard: int
    sandbox_id: int
    profile_id: int
    journey_id: int | None
    version_id: int | None
    event: str
    code: str
    details: dict[str, Any] | None = None


@dataclass(slots=True)
class Assignment:
    """What a person was assigned to at an experiment, and when they did what counts as a success."""

    treatment: str
    assigned_at: datetime
    succeeded_at: datetime | None = None
    is_changed: bool = False


@dataclass(slots=True)
class Batch:
    """Everything one turn reads and writes."""

    now: datetime
    people: dict[int, Person] = field(default_factory=dict)
    standings: dict[int, Standing] = field(default_factory=dict)  # by instance id
    without_profile: list[Standing] = field(default_factory=list)  # due, and nobody knows whose they are
    last_entry: dict[tuple[int, Run], datetime] = field(default_factory=dict)  # (profile, run)
    entries: Entries = field(default_factory=Entries)
    assignments: dict[tuple[int, int], dict[str, Assignment]] = field(default_factory=dict)  # (profile, version)
    supplements: dict[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)  # (item, event), if it has any
    keys: dict[tuple[int, str], str] = field(default_factory=dict)  # (profile, namespace) -> what they are called there
    foreseen: set[tuple[int, Run]] = field(default_factory=set)  # (profile, run) of whose last entrance we know
    kept: set[tuple[int, int]] = field(default_factory=set)  # (profile, audience) of which there is a row
    memberships: dict[int, dict[int, bool]] = field(default_factory=lambda: defaultdict(dict))  # profile -> audience
    answered: dict[int, dict[str, Any]] = field(default_factory=dict)  # run -> the business event that it answers
    read: Counter[tuple[int, bool]] = field(default_factory=Counter)  # (run of a read audience, whether they entered)
    later: list[tuple[Item, dict[str, Any]]] = field(default_factory=list)  # for the next turn, of the same person
    touched: list[Standing] = field(default_factory=list)
    steps: list[tuple[Standing, Step]] = field(default_factory=list)
    deliveries: list[tuple[Standing, str, int, str]] = field(default_factory=list)
    events: list[EventRecord] = field(default_factory=list)
    discards: list[DiscardRecord] = field(default_factory=list)
    forwards: list[tuple[Item, int, dict[str, Any]]] = field(default_factory=list)  # (item, to profile, payload)
    forwarded: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))  # item -> the definitions
    counted: dict[int, list[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(list))

    def counts(self) -> Iterator[tuple[int, str, str, str, int]]:
        """(version, node, port, metric, how often), in one order for all writers."""
        for version in sorted(self.counted):
            for (node, port, metric), value in sorted(Counter(self.counted[version]).items()):
                yield version, node, port, metric, value

    def assigned(self, profile_id: int, version_id: int) -> Mapping[str, str]:
        """Node -> the treatment that a person has there."""
        found = self.assignments.get((profile_id, version_id))
        return {node: one.treatment for node, one in found.items()} if found else UNASSIGNED

    def succeed(self, profile_id: int, version_id: int, node: str) -> None:
        """The person did what counts as a success of an experiment, if they are in it, and still in time."""
        found = self.assignments.get((profile_id, version_id), {}).get(node)
        if found is not None and found.succeeded_at is None and self.now <= found.assigned_at + ATTRIBUTION:
            found.succeeded_at, found.is_changed = self.now, True
            self.counted[version_id].append((node, found.treatment, "succeeded"))

    def touch(self, standing: Standing) -> None:
        """Have this instance written back."""
        if not standing.is_moved and not standing.is_new:
            standing.is_moved = True
            self.touched.append(standing)

    def keep(self, standing: Standing, effects: Effects) -> None:
        """Note what the interpreter asked for, to be written at the end of the turn."""
        self.touch(standing)
        for step in effects.steps:
            self.steps.append((standing, step))
        for node, visit, channel in effects.deliveries:
            self.deliveries.append((standing, node, visit, channel))
        self.counted[standing.version_id] += effects.counts
        for node, treatment in effects.assigned:
            place = self.assignments.setdefault((standing.instance.profile_id, standing.version_id), {})
            place[node] = Assignment(treatment, self.now, is_changed=True)
        person = self.people[standing.instance.profile_id]
        if standing.instance.ended_at is not None:
            person.inside.pop(standing.run, None)
        for event, code in effects.discards:
            self.discard(standing.shard, standing.sandbox_id, person.id, event, code, standing)

    def discard(
        self,
        shard: int,
        sandbox_id: int,
        profile_id: int,
        event: str,
        code: str,
        standing: "Standing | None" = None,
        *,
        journey_id: int | None = None,
        version_id: int | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        if standing is not None:
            journey_id, version_id = standing.journey_id, standing.version_id
        self.discards.append(DiscardRecord(shard, sandbox_id, profile_id, journey_id, version_id, event, code, details))
        if version_id is not None:
            self.counted[version_id].append(("", "", "discarded"))
