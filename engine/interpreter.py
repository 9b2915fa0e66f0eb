"""The interpreter: what happens to one instance when something happens. Pure: no clock, no I/O, no Django.

    advance(plan, instance, stimulus, facts, now, regime) -> Effects

An instance stands at a node (`port` is None: a courier is at work, its result is awaited; or, in the state `held`, the
version is paused and the node would act) or at a port with listeners (events and waits behind one port; the first to
fire wins, the others are dropped with it). The caller locks, loads, calls, and writes the effects down; see
engine/runtime.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, assert_never

from engine.activities.base import Change, Deliver, Draw, Go, JumpTo, TakePlace
from engine.chance import chance_of, fixed_chance
from engine.definition.compile import Crossing, Plan
from engine.definition.properties import LONGEST_STAY
from engine.expressions import EvaluationError, Facts
from engine.instance import (
    ALREADY_INSIDE,
    AS_USUAL,
    HOLDOUT,
    NOWHERE,
    ROOM,
    UNASSIGNED,
    ActionResult,
    Doors,
    Effects,
    EventArrived,
    Instance,
    Leave,
    Places,
    Regime,
    Released,
    Step,
    Stimulus,
    Woke,
)

NOTHING_MORE: Mapping[str, dict[str, Any]] = {}
MOST_PENDING = 10  # events kept for an instance while an action is under way
MOST_STEPS = 1_000  # in one turn; a graph has no cycles, so only a broken plan could pass it


@dataclass(slots=True)
class _Walk:
    """One instance on its way, and what has come of it so far."""

    plan: Plan
    instance: Instance
    facts: Facts
    now: datetime
    regime: Regime
    places: Places
    doors: Doors
    assigned: Mapping[str, str]  # node -> the treatment this person has there
    effects: Effects

    @property
    def attributes(self) -> dict[str, Any]:
        """The person's, as they are by now."""
        found = self.facts.sources["Profile"]["attributes"]
        assert isinstance(found, dict)
        return found

    def count(self, node: str, port: str, metric: str) -> None:
        self.effects.counts.append((node, port, metric))

    def step(self, port: str | None, status: str, details: dict[str, Any] | None = None) -> None:
        instance = self.instance
        self.effects.steps.append(Step(instance.visit, instance.node, port, status, details))


def enter(
    plan: Plan,
    *,
    id: int,
    profile_id: int,
    key: str,
    supplemental_key: str = "",
    event: EventArrived,
    facts: Facts,
    now: datetime,
    regime: Regime = AS_USUAL,
    places: Places = ROOM,
    doors: Doors = NOWHERE,
    assigned: Mapping[str, str] = UNASSIGNED,
    is_reentrance: bool = False,
    jumped_from: tuple[int, ...] = (),
    said: Mapping[str, dict[str, Any]] = NOTHING_MORE,
) -> tuple[Instance, Effects]:
    """Begin a run with the event that started it.

    `said`: what else is known from the beginning, by the name under which expressions read it.
    `is_reentrance`: this person was in this journey before. `jumped_from`: the journeys whose jumps led here, the first
    one first.
    """
    expires_at = plan.properties.last_moment(now)
    instance = Instance(
        id=id,
        profile_id=profile_id,
        key=key,
        state="active",
        node=plan.start,
        port=None,
        visit=1,
        timers={},
        wake_at=expires_at,
        entered_at=now,
        moved_at=now,
        expires_at=expires_at,
        ended_at=None,
        context={"events": {**said, plan.said_as[plan.start]: event.payload}},
        supplemental_key=supplemental_key,
    )
    if said:
        instance.context["latest"] = plan.said_as[plan.start]
    if jumped_from:
        instance.context["jumped_from"] = list(jumped_from)
    walk = _Walk(plan, instance, facts, now, regime, places, doors, assigned, Effects(is_taken=True))
    walk.count("", "", "entered")
    walk.count(plan.start, "", "entered")
    facts.events = instance.context["events"]
    facts.journey = journey_properties(plan, instance) if plan.reads_journey else {}
    details: dict[str, Any] = {"entrance": True}
    if is_reentrance:
        details["reentrance"] = True
    if jumped_from:
        details["jumpedFrom"] = str(jumped_from[-1])
    walk.step("next", "transitions", details)
    _follow(walk, "next")
    if plan.reading is not None and instance.ended_at is None and _keeps_snapshot(plan, instance):
        instance.context["profile"] = walk.attributes
    return instance, walk.effects


def _keeps_snapshot(plan: Plan, instance: Instance) -> bool:
    """Whether somebody who was read from an audience goes on with the attributes they entered with: until a wait."""
    return instance.port is None or bool(plan.crossings[instance.node, instance.port].signals)


def advance(
    plan: Plan,
    instance: Instance,
    stimulus: Stimulus,
    facts: Facts,
    now: datetime,
    regime: Regime = AS_USUAL,
    places: Places = ROOM,
    doors: Doors = NOWHERE,
    assigned: Mapping[str, str] = UNASSIGNED,
) -> Effects:
    """Move `instance` (in place) as `stimulus` asks. Nothing happens to one that has ended or is not concerned.

    In this order: stop, time to live or the journey's end, exit criteria, then the transition itself.
    """
    walk = _Walk(plan, instance, facts, now, regime, places, doors, assigned, Effects())
    if instance.ended_at is not None:
        return walk.effects
    if isinstance(stimulus, Woke | Released):
        instance.context.pop("profile", None)
    elif "profile" in instance.context:
        facts.sources = {**facts.sources, "Profile": {"attributes": instance.context["profile"]}}
    facts.events = instance.context["events"]
    facts.actions = instance.context.get("actions", {})
    facts.journey = journey_properties(plan, instance) if plan.reads_journey else {}
    if isinstance(stimulus, Leave):
        _leave(walk, stimulus)
    elif now >= instance.expires_at:
        _expire(walk)
    else:
        match stimulus:
            case EventArrived():
                _take_event(walk, stimulus)
            case Woke():
                _wake(walk)
            case ActionResult():
                _take_result(walk, stimulus)
            case Released():
                _release(walk)
            case never:
                assert_never(never)
        if "profile" in instance.context:
            if _keeps_snapshot(plan, instance):
                instance.context["profile"] = walk.attributes
            else:
                del instance.context["profile"]
    return walk.effects


def _expire(walk: _Walk) -> None:
    """The journey has ended, or the person has been inside for as long as anybody may be."""
    walk.effects.is_taken = True
    _leave_place(walk, None)
    ends_at = walk.plan.properties.ends_at
    if ends_at is not None and walk.now >= ends_at:
        _end(walk, "exited", "ended", {"reason": "endDate"})
    else:
        _end(walk, "timed_out", "instanceTimedout")


def _passed(plan: Plan, node: str) -> dict[str, str]:
    return {"previousNodeId": node, "previousNodeName": plan.labels.get(node, node)}


def journey_properties(plan: Plan, instance: Instance) -> dict[str, Any]:
    """`${…}` of the expression language, as they are now. Errors are kept in the instance's context."""
    return {
        "journeyUID": str(plan.journey_id),
        "journeyVersionUID": str(plan.version_id),
        "journeyVersionName": plan.name,
        "journeyVersion": plan.number,
        "instanceUID": str(instance.id),
        "externalKey": instance.key,
        "supplementalId": instance.supplemental_key or None,
        "namespace": plan.namespace or None,
        "sandboxName": plan.sandbox_name or None,
        "profileId": str(instance.profile_id),
        "currentNodeId": instance.node,
        "currentNodeName": plan.labels.get(instance.node, instance.node),
        "name": plan.name,
        **instance.context.get("journey", {}),
    }


def listens_to(plan: Plan, instance: Instance, event: str) -> bool:
    """Whether the instance, where it stands, waits for this signal."""
    if instance.port is None:
        return False
    crossing = plan.crossings.get((instance.node, instance.port))
    return crossing is not None and event in crossing.signals


def _take_event(walk: _Walk, event: EventArrived) -> None:
    instance, effects = walk.instance, walk.effects
    criterion = _met(walk, event)
    if criterion is not None:
        effects.is_taken = True
        _exit(walk, criterion)
    elif instance.state == "held":
        effects.discards.append((event.name, "JOURNEY_IN_PAUSED_STATE"))
    elif instance.port is None:
        pending = instance.context.setdefault("pending", [])
        if len(pending) >= MOST_PENDING:
            effects.discards.append((event.name, "maxInstanceStackEventsReached"))
        else:
            pending.append([event.name, event.payload])
            effects.is_taken = True
    else:
        crossing = walk.plan.crossings.get((instance.node, instance.port))
        if crossing is not None and event.name in crossing.signals:
            effects.is_taken = True
            _fire_event(walk, crossing, event)
            _take_pending(walk)


def _met(walk: _Walk, event: EventArrived) -> str | None:
    """The name of the first exit criterion that this event meets, or None."""
    for criterion in walk.plan.exits.get(event.name, ()):
        walk.facts.events = {**walk.instance.context["events"], event.name: event.payload}
        try:
            if criterion.is_met(walk.facts) is True:
                return criterion.label
        except EvaluationError:
            pass  # a condition that does not fit the payload is not met
        finally:
            walk.facts.events = walk.instance.context["events"]
    return None


def _fire_event(walk: _Walk, crossing: Crossing, event: EventArrived) -> None:
    node = crossing.signals[event.name]
    name = walk.plan.said_as[node]
    events = walk.instance.context["events"]
    events.pop(name, None)  # re-inserted last: the latest event comes last
    events[name] = event.payload
    if len(events) > 1:
        walk.instance.context["latest"] = name
    _pass(walk, node, "next", "transitions")


def _wake(walk: _Walk) -> None:
    instance = walk.instance
    due = [(moment, node) for node, moment in instance.timers.items() if moment <= walk.now]
    if not due or instance.port is None:
        return
    walk.effects.is_taken = True
    node = min(due)[1]
    crossing = walk.plan.crossings[instance.node, instance.port]
    port = next(port for name, _, port in crossing.timers if name == node)
    _pass(walk, node, port, "timedout" if port == "timeout" else "transitions")
    _take_pending(walk)


def _pass(walk: _Walk, node: str, port: str, status: str) -> None:
    """One of the listeners fired: leave the crossing through it, and drop the others."""
    _leave_place(walk, node)
    walk.instance.visit += 1
    walk.instance.node = node
    walk.step(port, status)
    _follow(walk, port)


def _take_result(walk: _Walk, result: ActionResult) -> None:
    instance = walk.instance
    awaited = instance.port is None and instance.state == "active"
    if not awaited or (instance.node, instance.visit) != (result.node, result.visit):
        return  # told already
    walk.effects.is_taken = True
    context = instance.context
    context.setdefault("actions", {})[instance.node.replace("-", "_")] = {
        **(result.response or {}),
        "jo_status_code": status_code(result.code),
    }
    walk.facts.actions = context["actions"]
    context.setdefault("journey", {})["lastActionExecutionElapsedTime"] = result.elapsed_ms
    details = {"actionExecutionTime": result.elapsed_ms}
    if result.is_ok:
        walk.step("next", "transitions", details)
        _follow(walk, "next")
    else:
        status = {"timedOut": "timedout", "capped": "capped"}.get(result.code, "error")
        context["journey"]["lastExecutedActionErrorCode"] = result.code
        failure = {**details, "actionExecutionError": result.message, "actionExecutionErrorCode": result.code}
        _fail(walk, result.code, status, failure)
    _take_pending(walk)


def status_code(code: str) -> str:
    """What became of a call, as expressions read it: http_<status>, timedout, capped or internalError."""
    if code.isdigit():
        return f"http_{code}"
    return {"timedOut": "timedout", "error": "internalError"}.get(code, code)


def _take_pending(walk: _Walk) -> None:
    """Match the events that came while an action was under way, in their order; what nothing waits for is discarded."""
    instance = walk.instance
    while instance.state == "active" and instance.port is not None and instance.context.get("pending"):
        name, payload = instance.context["pending"].pop(0)
        crossing = walk.plan.crossings[instance.node, instance.port]
        if name in crossing.signals:
            _fire_event(walk, crossing, EventArrived(name, payload))
        else:
            walk.effects.discards.append((name, "notSuitableInitialEvent"))


def _release(walk: _Walk) -> None:
    """Go on from the node at which the instance is held. What came for it meanwhile is lost."""
    if walk.instance.state != "held":
        return
    walk.effects.is_taken = True
    walk.instance.state = "active"
    walk.instance.moved_at = walk.now
    port = _arrive(walk)
    if port is not None:
        _follow(walk, port)
    _take_pending(walk)


def _follow(walk: _Walk, port: str) -> None:
    """Leave the node by `port`, and go on until the instance stands or ends."""
    plan, instance = walk.plan, walk.instance
    instance.moved_at = walk.now
    instance.timers = {}
    for _ in range(MOST_STEPS):
        node = instance.node
        walk.count(node, port, "left")
        crossing = plan.crossings.get((node, port))
        if crossing is not None:
            _park(walk, port, crossing)
            return
        target = plan.targets.get((node, port))
        if target is None:  # an open port: the End tag
            instance.port = port
            _end(walk, "completed")
            return
        instance.visit += 1
        instance.node, instance.port = target, None
        if plan.reads_journey:
            instance.context.setdefault("journey", {}).update(_passed(plan, node))
            walk.facts.journey = journey_properties(plan, instance)
        walk.count(target, "", "entered")
        next_port = _arrive(walk)
        if next_port is None:
            return
        port = next_port
    raise RuntimeError(f"version {plan.version_id} does not end")


def _arrive(walk: _Walk) -> str | None:
    """Do what the node asks for. The port to leave it by; None when the instance stands here, or is over."""
    plan, instance, facts, effects = walk.plan, walk.instance, walk.facts, walk.effects
    behaviour = plan.behaviours[instance.node]
    assert behaviour.enter is not None
    try:
        if behaviour.acts and not _may_act(walk):
            return None
        if behaviour.reads_clock:
            facts.local = walk.now.astimezone(plan.properties.zone_of(walk.attributes)).replace(tzinfo=None)
        outcome = behaviour.enter(facts, partial(chance_of, instance.id, instance.node, instance.visit))
    except EvaluationError as error:
        _fail(walk, "error", "error", {"error": error.message})
        return None
    if isinstance(outcome, Draw):
        outcome = _drawn(walk, outcome)
    elif isinstance(outcome, TakePlace):
        is_granted = walk.places.take(plan.version_id, instance.node, outcome.limit)
        outcome = outcome.granted if is_granted else outcome.refused
    if isinstance(outcome, Go):
        if not outcome.port:  # no path matched
            walk.count(instance.node, "", "left")
            _end(walk, "completed", "ended")
            return None
        walk.step(outcome.port, "transitions")
        return outcome.port
    if isinstance(outcome, Change):
        effects.changes = {**(effects.changes or {}), **outcome.attributes}
        facts.sources = {**facts.sources, "Profile": {"attributes": changed(walk.attributes, outcome.attributes)}}
        walk.step("next", "transitions")
        return "next"
    if isinstance(outcome, JumpTo):
        refusal = walk.doors.knock(outcome)
        if refusal is None or refusal is ALREADY_INSIDE:
            walk.step("next", "transitions", {"jumpedTo": str(outcome.journey), "jumpSkipped": refusal is not None})
            return "next"
        instance.context.setdefault("journey", {})["lastExecutedActionErrorCode"] = refusal.code
        failure = {"actionExecutionError": refusal.reason, "actionExecutionErrorCode": refusal.code}
        _fail(walk, refusal.code, "error", {**failure, "jumpedTo": str(outcome.journey)})
        return None
    if isinstance(outcome, Deliver):
        effects.deliveries.append((instance.node, instance.visit, outcome.channel))
        instance.port = None
        instance.wake_at = instance.expires_at
        return None
    assert_never(outcome)


def _drawn(walk: _Walk, draw: Draw) -> Go:
    """The way of this person: what they were assigned, or what is drawn now; once there is a winner, the winner's."""
    plan, instance, regime = walk.plan, walk.instance, walk.regime
    node = instance.node
    known = walk.assigned.get(node)
    if known is None:
        go = draw.choose(fixed_chance(plan.version_id, node, instance.profile_id), regime.shares.get(node))
        known = go.port or HOLDOUT
        if draw.is_kept:
            walk.effects.assigned.append((node, known))
            walk.count(node, known, "assigned")
    return Go("") if known == HOLDOUT else Go(regime.winners.get(node, known))


def _may_act(walk: _Walk) -> bool:
    """At a node that acts: whether it does. Otherwise the instance is held here, or has left."""
    instance, regime = walk.instance, walk.regime
    if regime.exit_when is not None and regime.exit_when(walk.facts) is True:
        _exit(walk, regime.exit_label)
        return False
    if not regime.pause:
        return True
    if regime.pause == "hold":
        instance.state, instance.port, instance.timers = "held", None, {}
        instance.wake_at = instance.expires_at
        return False
    walk.count(instance.node, "", "left")
    walk.count(instance.node, "", "forced_exit")
    walk.effects.discards.append(("", "JOURNEY_IN_PAUSED_STATE"))
    _end(walk, "exited", "ended", {"reason": "JOURNEY_IN_PAUSED_STATE"})
    return False


def _park(walk: _Walk, port: str, crossing: Crossing) -> None:
    """Stand at a port with listeners. A wait that would outlive the longest stay is not begun."""
    instance, now = walk.instance, walk.now
    last = instance.entered_at + LONGEST_STAY
    timers: dict[str, datetime] = {}
    for name, when, _ in crossing.timers:
        try:
            moment = now + when if isinstance(when, timedelta) else _moment(walk, when(walk.facts))
        except EvaluationError as error:
            instance.visit += 1
            instance.node = name
            walk.count(name, "", "entered")
            _fail(walk, "error", "error", {"error": error.message})
            return
        if moment <= last:
            timers[name] = moment
    instance.port, instance.timers = port, timers
    if not timers and not crossing.signals:
        walk.step(port, "instanceTimedout")
        _end(walk, "timed_out")
        return
    instance.wake_at = min([instance.expires_at, *timers.values()])
    walk.effects.counts += [(name, "", "entered") for name in crossing.nodes]


def _moment(walk: _Walk, local: datetime | None) -> datetime:
    """When a wait ends that ends at a local time. EvaluationError when there is none: nobody is held for ever."""
    try:
        if local is not None:
            return walk.plan.properties.at(local, walk.attributes)
    except OverflowError:
        pass
    raise EvaluationError(
        "There is no moment to wait until for this person.", hint="Give the expression a default value."
    )


def _leave_place(walk: _Walk, fired: str | None) -> None:
    """Take the instance out of the counts of where it stands. What `fired` leaves by is counted by `_follow`."""
    instance = walk.instance
    if instance.port is None:
        if fired is None:
            walk.count(instance.node, "", "left")
        return
    crossing = walk.plan.crossings.get((instance.node, instance.port))
    if crossing is not None:
        walk.effects.counts += [(name, "", "left") for name in crossing.nodes if name != fired]


def _fail(walk: _Walk, code: str, status: str, details: dict[str, Any]) -> None:
    """A node failed: on along its error path if it has one, else the journey ends in error for this person."""
    plan, instance = walk.plan, walk.instance
    node = instance.node
    instance.context.setdefault("journey", {}).update(
        lastErrorCode=code,
        lastNodeUIDInError=node,
        lastNodeNameInError=plan.labels.get(node, node),
        lastNodeTypeInError=plan.kinds.get(node, ""),
    )
    walk.facts.journey = journey_properties(plan, instance) if plan.reads_journey else {}
    walk.count(node, "", "error")
    if plan.behaviours[node].has_error_path:
        walk.step("error", status, details)
        _follow(walk, "error")
    else:
        walk.count(node, "", "left")
        walk.count("", "", "error")
        _end(walk, "error", status, details)


def _exit(walk: _Walk, criterion: str) -> None:
    """An exit criterion is met: the person leaves where they stand."""
    _leave_place(walk, None)
    walk.count(walk.instance.node, "", "exited")
    _end(walk, "exited", "ended", {"reason": "exitCriteria", "exitCriteriaName": criterion})


def _leave(walk: _Walk, leave: Leave) -> None:
    walk.effects.is_taken = True
    _leave_place(walk, None)
    if leave.state == "error":
        walk.effects.counts += [(walk.instance.node, "", "error"), ("", "", "error")]
        _end(walk, leave.state, "error", {"error": leave.reason})
    else:
        _end(walk, leave.state, "ended", {"reason": leave.reason})


def _end(walk: _Walk, state: str, status: str = "", details: dict[str, Any] | None = None) -> None:
    """The run is over; with a `status`, its last step is this one."""
    instance, effects = walk.instance, walk.effects
    if status:
        walk.step(None, status, details)
    instance.state = state
    instance.ended_at = instance.moved_at = walk.now
    instance.timers = {}
    instance.context = {}
    if effects.steps:
        last = effects.steps[-1]
        last.details = {**(last.details or {}), "instanceEnded": True}
    walk.count("", "", "ended")


def changed(attributes: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A copy of `attributes` with dotted paths set; null removes. What stands in the way of a path is replaced."""
    result = dict(attributes)
    for path, value in changes.items():
        *folders, name = path.split(".")
        place = result
        for folder in folders:
            inner = place.get(folder)
            place[folder] = dict(inner) if isinstance(inner, dict) else {}
            place = place[folder]
        if value is None:
            place.pop(name, None)
        else:
            place[name] = value
    return result
