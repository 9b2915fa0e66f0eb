"""What each stimulus of a turn does to its person, in memory: calls the interpreter, notes its effects."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from engine import interpreter
from engine.activities.base import qualified
from engine.capping import PERIODS, Reached, cap_reached
from engine.catalogue import Catalogue
from engine.definition.compile import Plan
from engine.definition.matching import Matcher
from engine.definition.streaming import Audiences
from engine.expressions import Facts
from engine.instance import (
    AS_USUAL,
    NOWHERE,
    ActionResult,
    Effects,
    EventArrived,
    Leave,
    Refusal,
    Released,
    Stimulus,
    Woke,
)
from engine.interpreter import NOTHING_MORE
from engine.runtime import qualifying
from engine.runtime.batch import EMPTY, MOST_RUNS, Batch, EventRecord, Happened, Item, Person, Run, Standing
from engine.runtime.doors import Door
from engine.runtime.entrances import said_by_read, supplements_for, supplements_read
from engine.runtime.places import Places
from engine.shards import shard_of
from engine.store.ids import Ids

STOPPED = Leave("stopped", "stopped")
TAKEN_OUT = Leave("exited", "forceReentrance")
RELEASED = Released()
Said = Mapping[str, dict[str, Any]]
POSTPONE = timedelta(minutes=1)
MOST_ROUNDS = 10  # of one stimulus: journeys change attributes, audiences change with them, journeys hear of it
LATEST = 2**62  # what happens in this turn came after everything that is kept


def facts_of(person: Person, now: datetime) -> Facts:
    """What expressions see of a person; the interpreter fills in events and journey."""
    profile: dict[str, Any] = {"attributes": person.attributes}
    return Facts(EMPTY, {"Profile": profile}, EMPTY, EMPTY, EMPTY, {}, person.audiences, now)


class Deciding:
    """One turn's decisions. `matched`: item id -> (matcher, key) pairs, worked out beforehand by `recognise`."""

    def __init__(self, batch: Batch, catalogue: Catalogue, plans: Mapping[int, Plan], ids: Ids, places: Places) -> None:
        self.batch = batch
        self.catalogue = catalogue
        self.plans = plans
        self.ids = ids
        self.places = places
        self._starting = frozenset(signal for _, signal in catalogue.starting)

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
                elif standing is not None and item.payload.get("leave"):
                    self._advance(standing, Leave("exited", str(item.payload["leave"])))
                elif standing is not None and item.payload.get("release"):
                    self._advance(standing, RELEASED)
            case "membership":
                self._membership(item)
            case "entry":
                self._read(item)
        if self.catalogue.audiences:
            self._settle(item)

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
        door = None
        if plan.jumps:
            through = tuple(standing.instance.context.get("jumped_from", ()))
            door = Door(self, person, plan, standing.instance.key, standing.instance.supplemental_key, through)
        effects = interpreter.advance(
            plan,
            standing.instance,
            stimulus,
            facts_of(person, self.batch.now),
            self.batch.now,
            self.catalogue.regimes.get(standing.version_id, AS_USUAL),
            self.places,
            door or NOWHERE,
            self.batch.assigned(person.id, standing.version_id),
        )
        if effects.is_taken or effects.discards:
            self._apply(person, standing, effects)
            if door is not None:
                door.open()
        return effects

    def _apply(self, person: Person, standing: Standing, effects: Effects) -> None:
        if effects.changes:
            person.attributes = interpreter.changed(person.attributes, effects.changes)
            person.is_changed = True
            if self.catalogue.audiences:
                person.changed.update([path.partition(".")[0] for path in effects.changes])
        self.batch.keep(standing, effects)

    def _event(self, item: Item, matched: list[tuple[Matcher, str]]) -> None:
        batch, found = self.batch, item.payload
        person = batch.people[item.profile_id]
        payload = found["p"]
        traits = payload.get("traits") if payload.get("type") == "identify" else None
        if isinstance(traits, dict) and traits and "only" not in found:
            person.attributes = {**person.attributes, **traits}
            person.is_changed = True
        audiences = self.catalogue.audiences.get(item.sandbox_id)
        signals = self._qualify(item, person, audiences, matched) if audiences else []
        outcomes: list[dict[str, Any]] = []
        if item.id in batch.forwarded:
            outcomes += [{"forwarded": name, "did": "forwarded"} for name in batch.forwarded[item.id]]
        outcomes += [{"definition": name, "did": "business"} for name in found.get("business", ())]
        for matcher, key in matched:
            for version, node in self.catalogue.successes.get((item.sandbox_id, matcher.name), ()):
                batch.succeed(person.id, version, node)
            outcomes += self._journeys(
                item, person, matcher, key, EventArrived(matcher.name, matcher.received(payload))
            )
        batch.events.append(EventRecord(item, found["n"], found["m"], payload, found["t"], outcomes))
        self._tell(item, person, signals)

    def _journeys(
        self, item: Item, person: Person, matcher: Matcher, key: str, event: EventArrived
    ) -> list[dict[str, Any]]:
        """Offer the event to every journey that uses it: first to those inside, then to those it may start."""
        outcomes: list[dict[str, Any]] = []
        concerned: set[Run] = set()
        named = self.batch.supplements.get((item.id, matcher.name))
        for standing in list(person.inside.values()):
            plan = self.plans.get(standing.version_id)
            if plan is None or event.name not in plan.hears:
                continue
            if (
                named is not None
                and plan.supplemental == matcher.supplemental_namespace
                and standing.run[1] not in named
            ):
                continue  # it is about something else
            concerned.add(standing.run)
            effects = self._advance(standing, event)
            if effects.is_taken:
                did = "moved"
            elif effects.discards:
                did = effects.discards[0][1]
            elif event.name not in plan.signals_in_flow:
                did = "noExitCriterionMet"
            else:
                did = "notSuitableInitialEvent"
                self.batch.discard(item.shard, item.sandbox_id, person.id, event.name, did, standing)
            outcomes.append({"definition": event.name, "journey": plan.name, "version": plan.version_id, "did": did})
        for plan in self.catalogue.starting.get((item.sandbox_id, event.name), ()):
            supplements = supplements_for(self.batch, item, event.name, plan)
            dids = [
                self._gate(item, person, plan, key, supplement, event)
                for supplement in supplements
                if (plan.journey_id, supplement) not in concerned
            ]
            if not supplements:
                dids = ["EXTERNAL_KEY_COMPUTATION_ERROR"]
                self._discard_entry(item, plan, event, dids[0], "no supplemental id")
            outcomes += [
                {"definition": event.name, "journey": plan.name, "version": plan.version_id, "did": did} for did in dids
            ]
        return outcomes or [{"definition": event.name, "did": "EVENT_WITH_NO_JOURNEY"}]

    def _qualify(
        self, item: Item, person: Person, audiences: Audiences, matched: list[tuple[Matcher, str]]
    ) -> list[str]:
        """The audiences that the person enters or leaves by an event: it happened before anybody hears of it."""
        found = item.payload
        if person.history is not None:
            at = datetime.fromisoformat(found["t"])
            person.did = None
            for matcher, _ in matched:
                if matcher.name in person.history:
                    person.history[matcher.name].append(Happened(at, LATEST + item.id, found["p"]))
        return qualifying.look(
            self.batch, audiences, item, person, qualifying.concerned(audiences, item, {item.id: matched})
        )

    def _membership(self, item: Item) -> None:
        """The person is in an audience, or no longer: it was written when it was found out. Or: look again."""
        audiences = self.catalogue.audiences.get(item.sandbox_id)
        if audiences is None:
            return
        person = self.batch.people[item.profile_id]
        signals = qualifying.look(self.batch, audiences, item, person, qualifying.concerned(audiences, item, {}))
        name = audiences.names.get(item.payload.get("audience", 0))
        if name is not None:
            signals.insert(0, qualified(name, is_member=item.payload["is_member"]))
        self._tell(item, person, signals)

    def _settle(self, item: Item) -> None:
        """Journeys changed attributes: the audiences that read these are asked, until nothing changes any more."""
        person = self.batch.people[item.profile_id]
        audiences = self.catalogue.audiences.get(item.sandbox_id)
        for _ in range(MOST_ROUNDS):
            if not person.changed or audiences is None:
                break
            changed, person.changed = person.changed, set()
            places = audiences.concerned(attributes=changed)
            self._tell(item, person, qualifying.look(self.batch, audiences, item, person, places))
        if person.changed and audiences is not None:  # two journeys that answer each other: not all in one transaction
            ids = [audiences.streamed[place].id for place in audiences.concerned(attributes=person.changed)]
            if ids:
                self.batch.later.append((item, {"check": ids}))
        person.changed = set()

    def _tell(self, item: Item, person: Person, signals: list[str]) -> None:
        """The person entered these audiences, or left them: journeys that listen hear of it, and begin by it."""
        if not person.inside and self._starting.isdisjoint(signals):
            return
        audiences = self.catalogue.audiences.get(item.sandbox_id)
        for signal in signals:
            starting = self.catalogue.starting.get((item.sandbox_id, signal), ())
            listening = [
                standing
                for standing in person.inside.values()
                if (plan := self.plans.get(standing.version_id)) is not None and signal in plan.hears
            ]
            if not starting and not listening:
                continue
            status, _, name = signal.partition(":")
            id = audiences.ids.get(name, 0) if audiences else 0
            payload = {
                "status": status,
                "audience": name,
                "audienceId": str(id),
                "lastQualificationTime": self.batch.now.isoformat(),
            }
            event = EventArrived(signal, payload)
            concerned = {standing.run for standing in listening}
            for standing in listening:
                self._advance(standing, event)
            for plan in starting:
                run = (plan.journey_id, "")
                if run in concerned:
                    continue
                if (person.id, run) in self.batch.foreseen:
                    self._enter_by_audience(item, person, plan, event)
                elif id:  # found out just now: the next turn knows what it takes to let them in
                    self.batch.later.append((item, {"audience": id, "is_member": status == "realized"}))

    def _enter_by_audience(
        self,
        item: Item,
        person: Person,
        plan: Plan,
        event: EventArrived,
        supplement: str = "",
        said: Said = NOTHING_MORE,
    ) -> None:
        key = self.batch.keys.get((person.id, plan.namespace))
        if key is not None:
            self._gate(item, person, plan, key, supplement, event, said)
        else:
            reason = f"no identity of {plan.namespace}"
            self._discard_entry(item, plan, event, "ERROR_INSTANCE_BAD_NAMESPACE", reason)

    def _discard_entry(self, item: Item, plan: Plan, event: EventArrived, code: str, reason: str) -> None:
        self.batch.discard(
            item.shard, item.sandbox_id, item.profile_id, event.name, code,
            journey_id=plan.journey_id, version_id=plan.version_id, details={"reason": reason, **_read_by(item)},
        )  # fmt: skip

    def _read(self, item: Item) -> None:
        """A read audience brings the person: they enter, or are refused.

        Who was to leave before may have entered since, by an older run: they leave now.
        """
        person = self.batch.people[item.profile_id]
        version, run = item.payload["version"], item.payload["run"]
        plan = self.plans.get(version) or self.catalogue.plans_known().get(version)
        is_open = plan is not None and self.catalogue.open.get(plan.journey_id) is plan
        before = len(self.batch.touched)
        if plan is not None and plan.reading is not None and is_open:
            said = said_by_read(plan, item, self.batch.now)
            event, more = EventArrived("", said), NOTHING_MORE
            if plan.reading.event:
                event = EventArrived(plan.reading.event, self.batch.answered.get(run, {}))
                more = {plan.said_as[plan.reads_at]: said}
            supplements = supplements_read(self.batch, item, plan)
            for supplement in supplements:
                standing = person.inside.get((plan.journey_id, supplement))
                if standing is not None and plan.reading.force_reentrance:
                    self._advance(standing, TAKEN_OUT)
                self._enter_by_audience(item, person, plan, event, supplement, more)
            if not supplements:
                self._discard_entry(item, plan, event, "EXTERNAL_KEY_COMPUTATION_ERROR", "no supplemental id")
        entered = any(standing.is_new for standing in self.batch.touched[before:])
        self.batch.read[run, entered] += 1

    def _gate(
        self,
        item: Item,
        person: Person,
        plan: Plan,
        key: str,
        supplement: str,
        event: EventArrived,
        said: Said = NOTHING_MORE,
    ) -> str:
        """Let this person enter, or refuse them with a discard. What came of it, in a word."""
        refusal = self.refusal(person, plan, supplement)
        if refusal is not None:
            self.batch.discard(
                item.shard,
                item.sandbox_id,
                person.id,
                event.name,
                refusal.code,
                journey_id=plan.journey_id,
                version_id=plan.version_id,
                details={"reason": refusal.reason, **refusal.details, **_read_by(item)},
            )
            return refusal.code
        self.enter(person, plan, key, supplement, event, said=said)
        return "entered"

    def refusal(self, person: Person, plan: Plan, supplement: str, promised: tuple[Plan, ...] = ()) -> Refusal | None:
        """Why this person may not enter. In order: status, dates, already inside, re-entrance, too many runs, caps.

        `promised`: journeys that they are about to enter.
        """
        batch, properties = self.batch, plan.properties
        run = (plan.journey_id, supplement)
        last = batch.last_entry.get((person.id, run))
        if self.catalogue.status.get(plan.version_id) == "paused":
            return Refusal("PAUSED_JOURNEY_VERSION", "the journey is paused")
        if not properties.is_open(batch.now):
            return Refusal("outsideDates", "outside the journey's dates")
        if run in person.inside:
            return Refusal("reentranceNotAllowed", "still inside")
        if last is not None and not properties.reentrance:
            return Refusal("reentranceNotAllowed", "was inside before")
        if last is not None and plan.reading is None and batch.now < last + properties.reentrance_wait:
            return Refusal("reentranceNotAllowed", "within the re-entrance wait period")
        if supplement and person.runs_in(plan.journey_id) >= MOST_RUNS:
            return Refusal("maxConcurrentInstances", f"inside {MOST_RUNS} times already, as often as anybody may be")
        reached = self._cap_reached(person, plan, promised)
        if reached is not None:
            return Refusal("CAP_REACHED", str(reached), reached.as_json())
        return None

    def _cap_reached(self, person: Person, plan: Plan, promised: tuple[Plan, ...]) -> Reached | None:
        """The cap of the journey's rule set that this person has come to; what is promised counts as entered."""
        rule_sets = self.catalogue.rule_sets
        rule_set = rule_sets.get(plan.version_id)
        if rule_set is None:
            return None
        coming = [other.journey_id for other in promised if rule_sets.get(other.version_id) == rule_set]
        others = {
            standing.journey_id for standing in person.inside.values() if rule_sets.get(standing.version_id) == rule_set
        }.union(coming)
        entered = self.batch.entries.of(person.id, rule_set)
        entries = {period: entered.get(period, 0) + len(coming) for period in PERIODS}
        return cap_reached(rule_set, entries=entries, others_inside=len(others - {plan.journey_id}))

    def enter(
        self,
        person: Person,
        plan: Plan,
        key: str,
        supplement: str,
        event: EventArrived,
        jumped_from: tuple[int, ...] = (),
        said: Said = NOTHING_MORE,
    ) -> None:
        """Begin a run of this person, who may enter."""
        batch = self.batch
        run = (plan.journey_id, supplement)
        door = Door(self, person, plan, key, supplement, jumped_from) if plan.jumps else None
        instance, effects = interpreter.enter(
            plan,
            id=self.ids.take(),
            profile_id=person.id,
            key=key,
            supplemental_key=supplement,
            event=event,
            facts=facts_of(person, batch.now),
            now=batch.now,
            regime=self.catalogue.regimes.get(plan.version_id, AS_USUAL),
            places=self.places,
            doors=door or NOWHERE,
            assigned=batch.assigned(person.id, plan.version_id),
            is_reentrance=(person.id, run) in batch.last_entry,
            jumped_from=jumped_from,
            said=said,
        )
        standing = Standing(
            instance, shard_of(person.id), plan.sandbox_id, plan.journey_id, plan.version_id, is_new=True
        )
        batch.touched.append(standing)
        batch.last_entry[person.id, run] = batch.now
        if plan.version_id in self.catalogue.rule_sets:
            batch.entries.add_one(person.id, self.catalogue.rule_sets[plan.version_id])
        batch.standings[instance.id] = standing
        person.inside[run] = standing
        self._apply(person, standing, effects)
        if door is not None:
            door.open()


def _read_by(item: Item) -> dict[str, Any]:
    """The run of a read audience that brought a person, so that whom it could not let in are counted by it."""
    return {"run": item.payload["run"]} if item.kind == "entry" else {}
