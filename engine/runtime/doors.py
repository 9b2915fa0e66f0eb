"""Doors: the ways from one run of a person into other journeys."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.activities.base import JumpTo
from engine.catalogue import Catalogue
from engine.definition.compile import Plan
from engine.instance import ALREADY_INSIDE, EventArrived, Refusal
from engine.runtime.batch import Batch, Person, Run


class Gate(Protocol):
    """What lets people into journeys."""

    batch: Batch
    catalogue: Catalogue

    def refusal(self, person: Person, plan: Plan, supplement: str, promised: tuple[Plan, ...] = ()) -> Refusal | None:
        """Why this person may not enter; `promised`: journeys that they are about to enter."""

    def enter(
        self,
        person: Person,
        plan: Plan,
        key: str,
        supplement: str,
        event: EventArrived,
        jumped_from: tuple[int, ...] = (),
    ) -> None:
        """Begin a run of this person, who may enter."""


@dataclass(slots=True)
class Door:
    """The way from one run of a person into other journeys. `through`: the journeys whose jumps led to this run."""

    gate: Gate
    person: Person
    plan: Plan
    key: str
    supplement: str
    through: tuple[int, ...]
    granted: dict[Run, tuple[Plan, EventArrived]] = field(default_factory=dict)

    def knock(self, jump: JumpTo, /) -> Refusal | None:
        target = self.gate.catalogue.open.get(jump.journey)
        if target is None or target.sandbox_id != self.plan.sandbox_id:
            return Refusal("jumpTargetNotFound", "the target journey is not live")
        if target.start_event != jump.event:
            return Refusal("jumpEventChanged", f"the target journey begins with {target.start_event} by now")
        if target.namespace != self.plan.namespace or target.supplemental not in ("", self.plan.supplemental):
            return Refusal("jumpOtherKey", "the target journey knows people by another key")
        if target.journey_id in (self.plan.journey_id, *self.through):
            return Refusal("jumpLoop", "the person came from the target journey by a jump")
        run = (target.journey_id, self.supplement if target.supplemental else "")
        if run in self.person.inside or run in self.granted:
            return ALREADY_INSIDE
        is_inside = (self.plan.journey_id, self.supplement) in self.person.inside  # else they are entering just now
        promised = (*(() if is_inside else (self.plan,)), *(plan for plan, _ in self.granted.values()))
        refusal = self.gate.refusal(self.person, target, run[1], promised)
        if refusal is None:
            self.granted[run] = (target, EventArrived(jump.event, self._payload(jump)))
        return refusal

    def _payload(self, jump: JumpTo) -> dict[str, Any]:
        """What the target journey receives: the fields that the step names, in the envelope of every event."""
        return {"type": "jump", "event": jump.event, "timestamp": self.gate.batch.now.isoformat(), **jump.payload}

    def open(self) -> None:
        """Their own walk is over: they enter what they may."""
        for (_, supplement), (target, event) in self.granted.items():
            self.gate.enter(self.person, target, self.key, supplement, event, (*self.through, self.plan.journey_id))
