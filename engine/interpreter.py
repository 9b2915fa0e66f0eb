"""The interpreter: what happens to one instance when something happens. Pure: no clock, no I/O, no Django.

    advance(plan, instance, stimulus, facts, now) -> Effects

An instance stands at a node (`port` is None: a courier is at work, its result is awaited) or at a port with listeners
(events and waits behind one port; the first to fire wins, the others are dropped with it). The caller locks, loads,
calls, and writes the effects down; see engine/runtime.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, assert_never
from zlib import crc32

from engine.activities.base import Change, Deliver, Go
from engine.definition.compile import Crossing, Plan
from engine.definition.properties import LONGEST_STAY
from engine.expressions import EvaluationError, Facts

MOST_PENDING = 10  # events kept for an instance while an action is under way
MOST_STEPS = 1_000  # in one turn; a graph has no cycles, so only a broken plan could pass it


@dataclass(slots=True)
class Instance:
    """One run of one version for one key. `timers`: node -> when it fires. `context`: see `new_context`."""

    id: int
    profile_id: int
    key: str
    state: str
    node: str
    port: str | None
    visit: int
    timers: dict[str, datetime]
    wake_at: datetime
    entered_at: datetime
    moved_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventArrived:
    """An event that the journey uses, of this person. `name` is that of the event definition."""

    name: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Woke:
    """The instance's moment has come."""


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What came of a delivery. `code`: 'ok', an HTTP status, 'timedOut', 'capped' or 'error'."""

    node: str
    visit: int
    is_ok: bool
    code: str
    elapsed_ms: int
    response: dict[str, Any] | None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Leave:
    """The instance ends where it stands: its version was stopped, its person merged, or it cannot be processed."""

    state: Literal["stopped", "exited", "error"]
    reason: str


Stimulus = EventArrived | Woke | ActionResult | Leave


@dataclass(slots=True)
class Step:
    """One processed node, for the record. `status` as in the step events: transitions, ended, error, timedout…"""

    visit: int
    node: str
    port: str | None
    status: str
    details: dict[str, Any] | None = None


@dataclass(slots=True)
class Effects:
    """What the interpreter asks for. `counts`: (node, port, metric), each to be counted once more."""

    steps: list[Step] = field(default_factory=list)
    deliveries: list[tuple[str, int, str]] = field(default_factory=list)  # (node, visit, channel)
    changes: dict[str, Any] | None = None  # dotted attribute -> value
    counts: list[tuple[str, str, str]] = field(default_factory=list)
    discards: list[tuple[str, str]] = field(default_factory=list)  # (event, code)
    is_taken: bool = False  # the stimulus moved the instance, or was kept for later


def enter(
    plan: Plan,
    *,
    id: int,
    profile_id: int,
    key: str,
    event: EventArrived,
    facts: Facts,
    now: datetime,
    is_reentrance: bool = False,
) -> tuple[Instance, Effects]:
    """Begin a run with the event that started it. `is_reentrance`: this person was in this journey before."""
    instance = Instance(
        id=id,
        profile_id=profile_id,
        key=key,
        state="active",
        node=plan.start,
        port=None,
        visit=1,
        timers={},
        wake_at=now + LONGEST_STAY,
        entered_at=now,
        moved_at=now,
        expires_at=now + LONGEST_STAY,
        ended_at=None,
        context={"events": {event.name: event.payload}},
    )
    effects = Effects(is_taken=True)
    counts = effects.counts
    counts.append(("", "", "entered"))
    counts.append((plan.start, "", "entered"))
    facts.events = instance.context["events"]
    facts.journey = journey_properties(plan, instance) if plan.reads_journey else {}
    entrance = {"entrance": True, "reentrance": True} if is_reentrance else {"entrance": True}
    effects.steps.append(Step(1, plan.start, "next", "transitions", entrance))
    _follow(plan, instance, "next", facts, now, effects)
    return instance, effects


def advance(plan: Plan, instance: Instance, stimulus: Stimulus, facts: Facts, now: datetime) -> Effects:
    """Move `instance` (in place) as `stimulus` asks. Nothing happens to one that has ended or is not concerned.

    In this order: stop, time to live, then the transition itself.
    """
    effects = Effects()
    if instance.state != "active":
        return effects
    facts.events = instance.context["events"]
    facts.actions = instance.context.get("actions", {})
    facts.journey = journey_properties(plan, instance) if plan.reads_journey else {}
    if isinstance(stimulus, Leave):
        _leave(plan, instance, stimulus, now, effects)
        return effects
    if now >= instance.expires_at:
        effects.is_taken = True
        _leave_place(plan, instance, None, effects)
        _end(instance, "timed_out", now, effects, Step(instance.visit, instance.node, None, "instanceTimedout"))
        return effects
    match stimulus:
        case EventArrived():
            _take_event(plan, instance, stimulus, facts, now, effects)
        case Woke():
            _wake(plan, instance, facts, now, effects)
        case ActionResult():
            _take_result(plan, instance, stimulus, facts, now, effects)
        case never:
            assert_never(never)
    return effects


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
        "namespace": plan.namespace or None,
        "sandboxName": plan.sandbox_name or None,
        "profileId": str(instance.profile_id),
        "currentNodeId": instance.node,
        "currentNodeName": plan.labels.get(instance.node, instance.node),
        "name": plan.name,
        **instance.context.get("journey", {}),
    }


def listens_to(plan: Plan, instance: Instance, event: str) -> bool:
    """Whether the instance, where it stands, waits for this event."""
    if instance.port is None:
        return False
    crossing = plan.crossings.get((instance.node, instance.port))
    return crossing is not None and event in crossing.events


def _take_event(
    plan: Plan, instance: Instance, event: EventArrived, facts: Facts, now: datetime, effects: Effects
) -> None:
    if instance.port is None:
        pending = instance.context.setdefault("pending", [])
        if len(pending) >= MOST_PENDING:
            effects.discards.append((event.name, "maxInstanceStackEventsReached"))
        else:
            pending.append([event.name, event.payload])
            effects.is_taken = True
        return
    crossing = plan.crossings.get((instance.node, instance.port))
    if crossing is None or event.name not in crossing.events:
        return
    effects.is_taken = True
    _fire_event(plan, instance, crossing, event, facts, now, effects)
    _take_pending(plan, instance, facts, now, effects)


def _fire_event(
    plan: Plan,
    instance: Instance,
    crossing: Crossing,
    event: EventArrived,
    facts: Facts,
    now: datetime,
    effects: Effects,
) -> None:
    node = crossing.events[event.name]
    events = instance.context["events"]
    events.pop(event.name, None)  # re-inserted last: the latest event comes last
    events[event.name] = event.payload
    _pass(plan, instance, node, "next", "transitions", facts, now, effects)


def _wake(plan: Plan, instance: Instance, facts: Facts, now: datetime, effects: Effects) -> None:
    due = [(moment, node) for node, moment in instance.timers.items() if moment <= now]
    if not due or instance.port is None:
        return
    effects.is_taken = True
    node = min(due)[1]
    port = next(port for name, _, port in plan.crossings[instance.node, instance.port].timers if name == node)
    _pass(plan, instance, node, port, "timedout" if port == "timeout" else "transitions", facts, now, effects)
    _take_pending(plan, instance, facts, now, effects)


def _pass(
    plan: Plan, instance: Instance, node: str, port: str, status: str, facts: Facts, now: datetime, effects: Effects
) -> None:
    """One of the listeners fired: leave the crossing through it, and drop the others."""
    _leave_place(plan, instance, node, effects)
    instance.visit += 1
    instance.node = node
    effects.steps.append(Step(instance.visit, node, port, status))
    _follow(plan, instance, port, facts, now, effects)


def _take_result(
    plan: Plan, instance: Instance, result: ActionResult, facts: Facts, now: datetime, effects: Effects
) -> None:
    if instance.port is not None or (instance.node, instance.visit) != (result.node, result.visit):
        return  # told already
    effects.is_taken = True
    node = instance.node
    context = instance.context
    context.setdefault("actions", {})[node.replace("-", "_")] = {
        **(result.response or {}),
        "jo_status_code": status_code(result.code),
    }
    facts.actions = context["actions"]
    context.setdefault("journey", {})["lastActionExecutionElapsedTime"] = result.elapsed_ms
    details = {"actionExecutionTime": result.elapsed_ms}
    if result.is_ok:
        effects.steps.append(Step(instance.visit, node, "next", "transitions", details))
        _follow(plan, instance, "next", facts, now, effects)
    else:
        status = {"timedOut": "timedout", "capped": "capped"}.get(result.code, "error")
        context["journey"]["lastExecutedActionErrorCode"] = result.code
        failure = {**details, "actionExecutionError": result.message, "actionExecutionErrorCode": result.code}
        _fail(plan, instance, node, result.code, status, failure, facts, now, effects)
    _take_pending(plan, instance, facts, now, effects)


def status_code(code: str) -> str:
    """What became of a call, as expressions read it: http_<status>, timedout, capped or internalError."""
    if code.isdigit():
        return f"http_{code}"
    return {"timedOut": "timedout", "error": "internalError"}.get(code, code)


def _take_pending(plan: Plan, instance: Instance, facts: Facts, now: datetime, effects: Effects) -> None:
    """Match the events that came while an action was under way, in their order; what nothing waits for is discarded."""
    while instance.state == "active" and instance.port is not None and instance.context.get("pending"):
        name, payload = instance.context["pending"].pop(0)
        crossing = plan.crossings[instance.node, instance.port]
        if name in crossing.events:
            _fire_event(plan, instance, crossing, EventArrived(name, payload), facts, now, effects)
        else:
            effects.discards.append((name, "notSuitableInitialEvent"))


def _follow(plan: Plan, instance: Instance, port: str, facts: Facts, now: datetime, effects: Effects) -> None:
    """Leave the node by `port`, and go on until the instance stands or ends."""
    steps, counts = effects.steps, effects.counts
    node = instance.node
    instance.moved_at = now
    instance.timers = {}
    for _ in range(MOST_STEPS):
        counts.append((node, port, "left"))
        crossing = plan.crossings.get((node, port))
        if crossing is not None:
            _park(plan, instance, node, port, crossing, facts, now, effects)
            return
        target = plan.targets.get((node, port))
        if target is None:  # an open port: the End tag
            instance.node, instance.port = node, port
            _end(instance, "completed", now, effects, None)
            return
        node = target
        instance.visit += 1
        if plan.reads_journey:
            instance.context.setdefault("journey", {}).update(_passed(plan, instance.node))
        instance.node = node
        if plan.reads_journey:
            facts.journey = journey_properties(plan, instance)
        counts.append((node, "", "entered"))
        behaviour = plan.behaviours[node]
        assert behaviour.enter is not None
        try:
            outcome = behaviour.enter(facts, partial(chance_of, instance.id, node, instance.visit))
        except EvaluationError as error:
            _fail(plan, instance, node, "error", "error", {"error": error.message}, facts, now, effects)
            return
        if isinstance(outcome, Go):
            port = outcome.port
            if not port:  # no path matched
                steps.append(Step(instance.visit, node, None, "ended"))
                counts.append((node, "", "left"))
                _end(instance, "completed", now, effects, None)
                return
            steps.append(Step(instance.visit, node, port, "transitions"))
        elif isinstance(outcome, Change):
            effects.changes = {**(effects.changes or {}), **outcome.attributes}
            attributes = facts.sources["Profile"]["attributes"]
            assert isinstance(attributes, dict)
            facts.sources = {**facts.sources, "Profile": {"attributes": changed(attributes, outcome.attributes)}}
            port = "next"
            steps.append(Step(instance.visit, node, port, "transitions"))
        elif isinstance(outcome, Deliver):
            effects.deliveries.append((node, instance.visit, outcome.channel))
            instance.port = None
            instance.wake_at = instance.expires_at
            return
        else:
            assert_never(outcome)
    raise RuntimeError(f"version {plan.version_id} does not end")


def _park(
    plan: Plan,
    instance: Instance,
    node: str,
    port: str,
    crossing: Crossing,
    facts: Facts,
    now: datetime,
    effects: Effects,
) -> None:
    """Stand at a port with listeners. A wait that would outlive the journey is not begun."""
    timers: dict[str, datetime] = {}
    for name, when, _ in crossing.timers:
        try:
            moment = now + when if isinstance(when, timedelta) else _moment(plan, when(facts))
        except EvaluationError as error:
            instance.visit += 1
            instance.node = name
            effects.counts.append((name, "", "entered"))
            _fail(plan, instance, name, "error", "error", {"error": error.message}, facts, now, effects)
            return
        if moment <= instance.expires_at:
            timers[name] = moment
    instance.node, instance.port, instance.timers = node, port, timers
    if not timers and not crossing.events:
        _end(instance, "timed_out", now, effects, Step(instance.visit, node, port, "instanceTimedout"))
        return
    instance.wake_at = min(timers.values()) if timers else instance.expires_at
    effects.counts += [(name, "", "entered") for name in crossing.nodes]


def _moment(plan: Plan, local: datetime | None) -> datetime:
    """When a wait ends that ends at a local time. EvaluationError when there is none: nobody is held for ever."""
    try:
        if local is not None:
            return plan.properties.at(local)
    except OverflowError:
        pass
    raise EvaluationError(
        "There is no moment to wait until for this person.", hint="Give the expression a default value."
    )


def _leave_place(plan: Plan, instance: Instance, fired: str | None, effects: Effects) -> None:
    """Take the instance out of the counts of where it stands. What `fired` leaves by is counted by `_follow`."""
    if instance.port is None:
        if fired is None:
            effects.counts.append((instance.node, "", "left"))
        return
    crossing = plan.crossings.get((instance.node, instance.port))
    if crossing is not None:
        effects.counts += [(name, "", "left") for name in crossing.nodes if name != fired]


def _fail(
    plan: Plan,
    instance: Instance,
    node: str,
    code: str,
    status: str,
    details: dict[str, Any],
    facts: Facts,
    now: datetime,
    effects: Effects,
) -> None:
    """A node failed: on along its error path if it has one, else the journey ends in error for this person."""
    instance.context.setdefault("journey", {}).update(
        lastErrorCode=code,
        lastNodeUIDInError=node,
        lastNodeNameInError=plan.labels.get(node, node),
        lastNodeTypeInError=plan.kinds.get(node, ""),
    )
    facts.journey = journey_properties(plan, instance) if plan.reads_journey else {}
    effects.counts.append((node, "", "error"))
    if plan.behaviours[node].has_error_path:
        effects.steps.append(Step(instance.visit, node, "error", status, details))
        _follow(plan, instance, "error", facts, now, effects)
    else:
        effects.counts.append((node, "", "left"))
        effects.counts.append(("", "", "error"))
        _end(instance, "error", now, effects, Step(instance.visit, node, None, status, details))


def _leave(plan: Plan, instance: Instance, leave: Leave, now: datetime, effects: Effects) -> None:
    effects.is_taken = True
    _leave_place(plan, instance, None, effects)
    if leave.state == "error":
        effects.counts += [(instance.node, "", "error"), ("", "", "error")]
        step = Step(instance.visit, instance.node, None, "error", {"error": leave.reason})
    else:
        step = Step(instance.visit, instance.node, None, "ended", {"reason": leave.reason})
    _end(instance, leave.state, now, effects, step)


def _end(instance: Instance, state: str, now: datetime, effects: Effects, step: Step | None) -> None:
    instance.state = state
    instance.ended_at = instance.moved_at = now
    instance.timers = {}
    instance.context = {}
    if step is not None:
        effects.steps.append(step)
    if effects.steps:
        last = effects.steps[-1]
        last.details = {**(last.details or {}), "instanceEnded": True}
    effects.counts.append(("", "", "ended"))


def chance_of(instance_id: int, node: str, visit: int) -> float:
    """A number in [0, 1) drawn from who, where and when: the same run replayed takes the same turns."""
    return crc32(f"{instance_id}.{node}.{visit}".encode()) / 2**32


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
