"""What each stimulus of a turn does to its person, in memory: calls the interpreter, notes its effects."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from engine import interpreter
from engine.capping import Reached, cap_reached
from engine.catalogue import Catalogue
from engine.definition.compile import Plan
from engine.definition.matching import Matcher
from engine.expressions import Facts
from engine.instance import AS_USUAL, ActionResult, Effects, EventArrived, Leave, Released, Stimulus, Woke
from engine.runtime.batch import EMPTY, Batch, EventRecord, Item, Person, Standing
from engine.runtime.places import Places
from engine.shards import shard_of
from engine.store.ids import Ids

STOPPED = Leave("stopped", "stopped")
RELEASED = Released()
POSTPONE = timedelta(minutes=1)


def facts_of(person: Person, now: datetime) -> Facts:
    """What expressions see of a person; the interpreter fills in events and journey."""
    return Facts(EMPTY, {"Profile": {"attributes": person.attributes}}, EMPTY, EMPTY, EMPTY, {}, EMPTY, now)


class Deciding:
    """One turn's decisions. `matched`: item id -> (matcher, key) pairs, worked out beforehand by `recognise`."""

    def __init__(self, batch: Batch, catalogue: Catalogue, plans: Mapping[int, Plan], ids: Ids, places: Places) -> None:
        self.batch = batch
        self.catalogue = catalogue
        self.plans = plans
        self.ids = ids
        self.places = places

    def take(self, item: Item, matched: list[tuple[Matcher, str]]) -> None:
        match item.kind:
            case "event":
                self._event(item, matched)
            case "due":
                self._wake(self.batch.standings[item.id])
            case "result":
                found = item.payload
                self._move(
                    found["instance"],
                    ActionResult(
                        node=found["node"],
                        visit=found["visit"],
                        is_ok=found["is_ok"],
                        code=found["code"],
                        elapsed_ms=found["elapsed_ms"],
                        response=found.get("response"),
                        message=found.get("message", ""),
                    ),
                )
            case "control":
                standing = self.batch.standings.get(item.payload["instance"])
                if standing is not None and self.catalogue.status.get(standing.version_id) == "stopped":
                    self._advance(standing, STOPPED)
                elif standing is not None and item.payload.get("release"):
                    self._advance(standing, RELEASED)

    def _wake(self, standing: Standing) -> None:
        """Its moment has come, unless something else in this turn moved it on. It never stays due."""
        instance = standing.instance
        if standing.version_id not in self.plans:
            instance.wake_at = self.batch.now + POSTPONE
            self.batch.touch(standing)
        elif (
            instance.ended_at is None
            and instance.wake_at <= self.batch.now
            and not self._advance(standing, Woke()).is_taken
        ):
            raise RuntimeError(f"instance {instance.id} was due, and nothing came of it")

    def _move(self, instance_id: int, stimulus: Stimulus) -> None:
        standing = self.batch.standings.get(instance_id)
        if standing is not None:  # otherwise it has ended, and nothing is to be done
            self._advance(standing, stimulus)

    def _advance(self, standing: Standing, stimulus: Stimulus) -> Effects:
        """Call the interpreter for an active instance. Whatever comes after its version was stopped stops it."""
        plan = self.plans.get(standing.version_id)
        if plan is None or standing.instance.ended_at is not None:
            return Effects()
        if self.catalogue.status.get(standing.version_id) == "stopped":
            stimulus = STOPPED
        person = self.batch.people[standing.instance.profile_id]
        effects = interpreter.advance(
            plan,
            standing.instance,
            stimulus,
            facts_of(person, self.batch.now),
            self.batch.now,
            self.catalogue.regimes.get(standing.version_id, AS_USUAL),
            self.places,
        )
        if effects.is_taken or effects.discards:
            self._apply(person, standing, effects)
        return effects

    def _apply(self, person: Person, standing: Standing, effects: Effects) -> None:
        if effects.changes:
            person.attributes = interpreter.changed(person.attributes, effects.changes)
            person.is_changed = True
        self.batch.keep(standing, effects)

    def _event(self, item: Item, matched: list[tuple[Matcher, str]]) -> None:
        batch, found = self.batch, item.payload
        person = batch.people[item.profile_id]
        payload = found["p"]
        traits = payload.get("traits") if payload.get("type") == "identify" else None
        if isinstance(traits, dict) and traits and "only" not in found:
            person.attributes = {**person.attributes, **traits}
            person.is_changed = True
        outcomes: list[dict[str, Any]] = []
        if item.id in batch.forwarded:
            outcomes += [{"definition": name, "did": "forwarded"} for name in batch.forwarded[item.id]]
        for matcher, key in matched:
            outcomes += self._journeys(
                item, person, matcher, key, EventArrived(matcher.name, matcher.received(payload))
            )
        batch.events.append(EventRecord(item, found["n"], found["m"], payload, found["t"], outcomes))

    def _journeys(
        self, item: Item, person: Person, matcher: Matcher, key: str, event: EventArrived
    ) -> list[dict[str, Any]]:
        """Offer the event to every journey that uses it: first to those inside, then to those it may start."""
        outcomes: list[dict[str, Any]] = []
        concerned: set[int] = set()
        for standing in list(person.inside.values()):
            plan = self.plans.get(standing.version_id)
            if plan is None or event.name not in plan.hears:
                continue
            concerned.add(standing.journey_id)
            effects = self._advance(standing, event)
            if effects.is_taken:
                did = "moved"
            elif effects.discards:
                did = effects.discards[0][1]
            elif event.name not in plan.events_in_flow:
                did = "noExitCriterionMet"
            else:
                did = "notSuitableInitialEvent"
                self.batch.discard(item.shard, item.sandbox_id, person.id, event.name, did, standing)
            outcomes.append({"definition": event.name, "journey": plan.name, "version": plan.version_id, "did": did})
        for plan in self.catalogue.starting.get((item.sandbox_id, event.name), ()):
            if plan.journey_id in concerned:
                continue
            did = self._gate(item, person, plan, key, event)
            outcomes.append({"definition": event.name, "journey": plan.name, "version": plan.version_id, "did": did})
        return outcomes or [{"definition": event.name, "did": "EVENT_WITH_NO_JOURNEY"}]

    def _gate(self, item: Item, person: Person, plan: Plan, key: str, event: EventArrived) -> str:
        """May this person enter? In order: status, dates, already inside, re-entrance, caps. A refusal is a discard."""
        batch = self.batch
        properties = plan.properties
        last = batch.last_entry.get((person.id, plan.journey_id))
        reason, numbers = "", EMPTY
        if self.catalogue.status.get(plan.version_id) == "paused":
            code, reason = "PAUSED_JOURNEY_VERSION", "the journey is paused"
        elif not properties.is_open(batch.now):
            code, reason = "outsideDates", "outside the journey's dates"
        elif plan.journey_id in person.inside:
            code, reason = "reentranceNotAllowed", "still inside"
        elif last is not None and not properties.reentrance:
            code, reason = "reentranceNotAllowed", "was inside before"
        elif last is not None and batch.now < last + properties.reentrance_wait:
            code, reason = "reentranceNotAllowed", "within the re-entrance wait period"
        elif (reached := self._cap_reached(person, plan)) is not None:
            code, reason, numbers = "CAP_REACHED", str(reached), reached.as_json()
        if reason:
            batch.discard(
                item.shard,
                item.sandbox_id,
                person.id,
                event.name,
                code,
                journey_id=plan.journey_id,
                version_id=plan.version_id,
                details={"reason": reason, **numbers},
            )
            return code
        instance, effects = interpreter.enter(
            plan,
            id=self.ids.take(),
            profile_id=person.id,
            key=key,
            event=event,
            facts=facts_of(person, batch.now),
            now=batch.now,
            regime=self.catalogue.regimes.get(plan.version_id, AS_USUAL),
            places=self.places,
            is_reentrance=last is not None,
        )
        standing = Standing(
            instance, shard_of(person.id), item.sandbox_id, plan.journey_id, plan.version_id, is_new=True
        )
        batch.touched.append(standing)
        batch.last_entry[person.id, plan.journey_id] = batch.now
        if plan.version_id in self.catalogue.rule_sets:
            batch.entries.add_one(person.id, self.catalogue.rule_sets[plan.version_id])
        batch.standings[instance.id] = standing
        person.inside[plan.journey_id] = standing
        self._apply(person, standing, effects)
        return "entered"

    def _cap_reached(self, person: Person, plan: Plan) -> Reached | None:
        """The cap of the journey's rule set that this person has come to, if any."""
        rule_set = self.catalogue.rule_sets.get(plan.version_id)
        if rule_set is None:
            return None
        others = {
            standing.journey_id
            for standing in person.inside.values()
            if self.catalogue.rule_sets.get(standing.version_id) == rule_set
        }
        entries = self.batch.entries.of(person.id, rule_set)
        return cap_reached(rule_set, entries=entries, others_inside=len(others - {plan.journey_id}))
