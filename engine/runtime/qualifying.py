"""Streaming audiences in a turn: who enters or leaves one as something arrives, and what has to be known for that.

What a person did is read with the turn, for the audiences that its stimuli may concern. What turns out to matter only
while the turn decides (an attribute that a journey changes) is looked at in the next turn: nothing is asked of the
database in between.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import orjson
import psycopg

from engine.activities.base import qualified
from engine.catalogue import Catalogue
from engine.definition.compile import Plan
from engine.definition.streaming import Audiences
from engine.expressions import EvaluationError, Facts
from engine.runtime.batch import EMPTY, Batch, Happened, Item, Person, Run
from engine.runtime.entrances import supplements_read
from engine.runtime.recognising import Matched
from engine.store.arrays import integers
from engine.store.queries import query

MOST_EVENTS = 1_000  # of one person; whoever did more is left to the evaluation by SQL
REALIZED = "realized"
Entry = tuple[int, Run, Plan]


def load(
    connection: psycopg.Connection[Any],
    batch: Batch,
    catalogue: Catalogue,
    items: list[Item],
    matched: Mapping[int, Matched],
) -> list[Entry]:
    """Read what deciding will need about audiences; whom a qualification or a read audience may lead into a journey."""
    _memberships(connection, batch, catalogue, items)
    wanted: dict[int, set[str]] = {}  # person -> the definitions whose events have to be read
    entries: list[Entry] = []
    meant: dict[tuple[int, frozenset[int], int], tuple[set[str], list[Plan]]] = {}  # most items mean the same
    for item in items:
        if item.kind == "entry":
            plan = catalogue.open.get(_journey_of(catalogue, item))
            if plan is not None:
                supplements = supplements_read(batch, item, plan)
                entries += [(item.profile_id, (plan.journey_id, supplement), plan) for supplement in supplements]
        audiences = catalogue.audiences.get(item.sandbox_id)
        if audiences is None:
            continue
        audience = item.payload.get("audience", 0) if item.kind == "membership" else 0
        key = (item.sandbox_id, concerned(audiences, item, matched), audience)
        if key not in meant:
            meant[key] = _meaning(catalogue, audiences, *key)
        events, plans = meant[key]
        if events:
            wanted.setdefault(item.profile_id, set()).update(events)
        entries += [(item.profile_id, (plan.journey_id, ""), plan) for plan in plans]
    _histories(connection, batch, wanted)
    namespaces = {plan.namespace for _, _, plan in entries if plan.namespace}
    if namespaces:
        people = integers({profile for profile, _, _ in entries})
        for profile, namespace, value in connection.execute(
            query("turn/load_keys"), {"ids": people, "namespaces": sorted(namespaces)}
        ):
            batch.keys[profile, namespace] = value
    return entries


def _meaning(
    catalogue: Catalogue, audiences: Audiences, sandbox: int, places: frozenset[int], audience: int
) -> tuple[set[str], list[Plan]]:
    """The events that have to be read, and the plans that may begin, when these audiences are asked.

    `audience`: whose change is known already; 0: none.
    """
    reached = audiences.reached_from(places)
    names = {audiences.streamed[place].name for place in reached}
    if audience in audiences.names:
        names.add(audiences.names[audience])
    signals = [qualified(name, is_member=is_member) for name in sorted(names) for is_member in (True, False)]
    plans = [plan for signal in signals for plan in catalogue.starting.get((sandbox, signal), ())]
    return audiences.events_read_by(reached), plans


def _journey_of(catalogue: Catalogue, item: Item) -> int:
    plan = catalogue.plans_known().get(item.payload["version"])
    return plan.journey_id if plan else 0


def _memberships(connection: psycopg.Connection[Any], batch: Batch, catalogue: Catalogue, items: list[Item]) -> None:
    people = {item.profile_id for item in items if item.sandbox_id in catalogue.audiences}
    if not catalogue.asked_for or not people:
        return
    names = {id: name for found in catalogue.audiences.values() for id, name in found.names.items()}
    values = {"ids": integers(people), "audiences": integers(catalogue.asked_for)}
    for profile, audience, is_member in connection.execute(query("turn/load_memberships"), values):
        batch.kept.add((profile, audience))
        if is_member:
            batch.people[profile].audiences[names[audience]] = REALIZED


def concerned(audiences: Audiences, item: Item, matched: Mapping[int, Matched]) -> frozenset[int]:
    """The places of the audiences that an item itself may concern."""
    if item.kind == "event":
        if item.payload.get("new"):
            return audiences.places
        payload = item.payload["p"]
        traits = payload.get("traits") if payload.get("type") == "identify" else None
        return audiences.concerned(
            attributes=traits if isinstance(traits, dict) and "only" not in item.payload else (),
            events=[matcher.name for matcher, _ in matched.get(item.id, ())],
        )
    if item.kind == "membership":
        return _asked(audiences, item.payload)
    return frozenset()


def _asked(audiences: Audiences, payload: Mapping[str, Any]) -> frozenset[int]:
    """The places of those that an item of kind membership names."""
    check = payload.get("check")
    if check == "all":
        return audiences.places
    if check:
        return frozenset(place for place, one in enumerate(audiences.streamed) if one.id in check)
    name = audiences.names.get(payload.get("audience", 0))
    return audiences.concerned(audiences=[name] if name else [])


def _histories(connection: psycopg.Connection[Any], batch: Batch, wanted: Mapping[int, set[str]]) -> None:
    """Read what these people did. Of somebody who did too much, nothing is known."""
    if not wanted:
        return
    for profile, names in wanted.items():
        batch.people[profile].history = {name: [] for name in names}
    counted: dict[int, int] = defaultdict(int)
    outcomes = [orjson.dumps([{"definition": name}]).decode() for name in sorted(set().union(*wanted.values()))]
    values = {"ids": integers(wanted), "outcomes": outcomes, "each": MOST_EVENTS + 1}
    for profile, id, at, payload, did in connection.execute(query("turn/load_events"), values):
        counted[profile] += 1
        history = batch.people[profile].history
        if history is not None:
            for name in history.keys() & {outcome.get("definition") for outcome in did}:
                history[name].append(Happened(at, id, payload))
    for profile, count in counted.items():
        if count > MOST_EVENTS:
            batch.people[profile].history = None


def look(batch: Batch, audiences: Audiences, item: Item, person: Person, first: frozenset[int]) -> list[str]:
    """Ask the streaming audiences at these places, and those that read what changes; the signals of what changed.

    In their order: whatever an audience reads is known before it is asked.
    """
    signals: list[str] = []
    open_ = audiences.worth_asking(first, person.attributes, person.audiences)
    if not open_:
        return signals
    seen = set(open_)
    later: list[int] = []
    members, events, asked = person.audiences, what_they_did(person), audiences.asked
    profile: dict[str, Any] = {"attributes": person.attributes, "events": events}
    facts = Facts(EMPTY, {"Profile": profile}, EMPTY, EMPTY, EMPTY, {}, members, batch.now)
    counting = audiences.counting
    counted = {} if counting.places.isdisjoint(seen) else counting.answers(events, batch.now)
    changed = batch.memberships[person.id]
    for place in open_:  # grows while it is walked: who reads an audience stands after it
        name, id, is_met, needed, readers, said = asked[place]
        is_member = counted.get(place)
        if is_member is None:
            if needed and not needed <= events.keys():
                later.append(id)
                continue
            try:
                is_member = is_met(facts) is True
            except EvaluationError:
                is_member = False  # a rule that does not fit what is known of a person is not met
        if is_member == (name in members):
            continue
        if is_member:
            members[name] = REALIZED
        else:
            del members[name]
        changed[id] = is_member
        signals.append(said[is_member])
        for reader in readers:
            if reader not in seen:
                seen.add(reader)
                insort(open_, reader)
    if later and not (item.kind == "membership" and item.payload.get("check") == later):
        batch.later.append((item, {"check": later}))
    return signals


def what_they_did(person: Person) -> dict[str, list[dict[str, Any]]]:
    """The payloads of a person's events, by definition, newest first: of those that were read."""
    if person.did is None:
        person.did = {
            name: [one.payload for one in (sorted(found, reverse=True, key=_when) if len(found) > 1 else found)]
            for name, found in (person.history or {}).items()
        }
    return person.did


def _when(one: Happened) -> tuple[Any, int]:
    return one.at, one.order
