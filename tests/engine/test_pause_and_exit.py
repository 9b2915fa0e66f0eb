"""Paused versions, exit criteria, end dates: the interpreter, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import interpreter
from engine.definition.graph import Graph
from engine.definition.properties import ExitCriterion, Properties
from engine.definition.rules import problems_of
from engine.definition.world import EventShape, World
from engine.instance import AS_USUAL, ActionResult, EventArrived, Regime, Released, Woke
from tests.cast import graph, node
from tests.engine.test_interpreter import CALL, HOUR, NOON, ORDER, WORLD, Run, balance, plan_of, result

WAIT = node("wait-1", duration="PT1H")
HOLD = Regime(pause="hold")
DISCARD = Regime(pause="discard")
WAIT_THEN_CALL = graph([ORDER, WAIT, CALL], "event-1 > wait-1", "wait-1 > custom-action-1")


def moves(run, stimulus, now=NOON, regime=AS_USUAL):
    run.effects = interpreter.advance(run.plan, run.instance, stimulus, run._facts(now), now, regime)
    run.path += [(step.node, step.port) for step in run.effects.steps]
    return run.effects


def entered(drawn, **properties):
    run = Run(drawn)
    if properties:
        run.plan = plan_of(drawn, **properties)
        run.instance, run.effects = interpreter.enter(
            run.plan, id=11, profile_id=5, key="ana", event=EventArrived("Order", {}), facts=run._facts(NOON), now=NOON
        )
    return run


def test_a_wait_goes_on_while_the_version_is_paused_and_people_are_held_at_the_step_that_acts():
    run = entered(WAIT_THEN_CALL)

    moves(run, Woke(), NOON + HOUR, HOLD)

    assert (run.instance.state, run.instance.node, run.instance.port) == ("held", "custom-action-1", None)
    assert run.instance.wake_at == run.instance.expires_at
    assert run.effects.deliveries == []
    assert balance([run.effects])["custom-action-1"] == 1


def test_whoever_is_released_goes_on_from_where_they_are_held():
    run = entered(WAIT_THEN_CALL)
    moves(run, Woke(), NOON + HOUR, HOLD)

    released = moves(run, Released(), NOON + 3 * HOUR)

    assert released.deliveries == [("custom-action-1", 3, "http")]
    assert run.instance.state == "active"
    assert balance([released]) == {}
    assert moves(run, Released(), NOON + 3 * HOUR).is_taken is False
    moves(run, result(run), NOON + 4 * HOUR)
    assert run.instance.state == "completed"


def test_an_event_for_somebody_who_is_held_is_lost():
    run = entered(
        graph([ORDER, WAIT, CALL, node("event-2", event="Cart")], "event-1 > wait-1", "wait-1 > custom-action-1",
              "custom-action-1 > event-2")
    )  # fmt: skip
    moves(run, Woke(), NOON + HOUR, HOLD)

    effects = moves(run, EventArrived("Cart", {}), NOON + 2 * HOUR, HOLD)

    assert (effects.is_taken, effects.discards) == (False, [("Cart", "JOURNEY_IN_PAUSED_STATE")])
    moves(run, Released(), NOON + 3 * HOUR)
    moves(run, result(run), NOON + 3 * HOUR)
    assert (run.instance.node, run.instance.port, run.instance.state) == ("custom-action-1", "next", "active")


def test_with_discard_people_leave_at_the_step_that_acts():
    run = entered(WAIT_THEN_CALL)

    effects = moves(run, Woke(), NOON + HOUR, DISCARD)

    assert run.instance.state == "exited"
    assert effects.discards == [("", "JOURNEY_IN_PAUSED_STATE")]
    assert ("custom-action-1", "", "forced_exit") in effects.counts
    assert balance([effects])["custom-action-1"] == 0
    assert effects.steps[-1].details == {"reason": "JOURNEY_IN_PAUSED_STATE", "instanceEnded": True}


def test_the_time_of_whoever_is_held_runs_on():
    run = entered(WAIT_THEN_CALL)
    moves(run, Woke(), NOON + HOUR, HOLD)

    moves(run, Woke(), NOON + timedelta(days=91), HOLD)

    assert run.instance.state == "timed_out"


def test_an_action_under_way_when_the_version_is_paused_is_not_called_back():
    run = entered(graph([ORDER, CALL], "event-1 > custom-action-1"))

    moves(run, result(run), NOON, HOLD)

    assert run.instance.state == "completed"


# --- Exit criteria ------------------------------------------------------------------------------------------------

BOUGHT = ExitCriterion(label="Bought", event="Cart", condition="@event{Cart.total} > 10")


def test_an_event_that_meets_a_criterion_takes_a_person_out_wherever_they_stand():
    run = entered(WAIT_THEN_CALL, exit_criteria=(BOUGHT,))

    assert moves(run, EventArrived("Cart", {"total": 5})).is_taken is False
    effects = moves(run, EventArrived("Cart", {"total": 50}))

    assert run.instance.state == "exited"
    assert ("event-1", "", "exited") in effects.counts
    assert effects.steps[-1].details == {
        "reason": "exitCriteria", "exitCriteriaName": "Bought", "instanceEnded": True,
    }  # fmt: skip


def test_a_criterion_comes_before_what_listens_in_the_flow():
    drawn = graph([ORDER, node("event-2", event="Cart"), CALL], "event-1 > event-2", "event-2 > custom-action-1")
    run = entered(drawn, exit_criteria=(BOUGHT,))

    moves(run, EventArrived("Cart", {"total": 50}))

    assert (run.instance.state, run.effects.deliveries) == ("exited", [])


def test_a_criterion_takes_out_whoever_is_held_and_whoever_awaits_an_action():
    held = entered(WAIT_THEN_CALL, exit_criteria=(BOUGHT,))
    moves(held, Woke(), NOON + HOUR, HOLD)
    moves(held, EventArrived("Cart", {"total": 50}), NOON + HOUR, HOLD)
    calling = entered(graph([ORDER, CALL], "event-1 > custom-action-1"), exit_criteria=(BOUGHT,))
    awaited = result(calling)
    moves(calling, EventArrived("Cart", {"total": 50}))

    assert (held.instance.state, calling.instance.state) == ("exited", "exited")
    assert moves(calling, awaited).is_taken is False


def test_the_first_criterion_that_is_met_is_named():
    anything = ExitCriterion(label="Any cart", event="Cart")
    run = entered(WAIT_THEN_CALL, exit_criteria=(BOUGHT, anything))

    moves(run, EventArrived("Cart", {"total": "much"}))  # no number: that condition is not met

    assert run.effects.steps[-1].details["exitCriteriaName"] == "Any cart"


def test_whoever_has_the_attribute_leaves_before_a_step_acts():
    run = entered(WAIT_THEN_CALL)
    gold = Regime(
        exit_when=lambda facts: facts.sources["Profile"]["attributes"].get("tier") == "gold", exit_label="Gold"
    )
    run.attributes = {"tier": "gold"}

    effects = moves(run, Woke(), NOON + HOUR, gold)

    assert (run.instance.state, effects.deliveries) == ("exited", [])
    assert ("custom-action-1", "", "exited") in effects.counts
    assert balance([effects])["custom-action-1"] == 0


WORLD_OF_TWO_KEYS = World(
    events={**WORLD.events, "Web": EventShape(name="Web", namespace="anonymousId")}
)  # another namespace


@pytest.mark.parametrize(
    ("criterion", "code", "field"),
    [
        ({"event": "Nope"}, "ERR_UNKNOWN_EVENT", "exit_criteria.0.event"),
        ({"event": "Web"}, "ERR_NAMESPACE", "exit_criteria.0.event"),
        ({"event": "Cart", "condition": "1"}, "ERR_EXPRESSION_TYPE", "exit_criteria.0.condition"),
        ({"event": "Cart", "condition": "nope()"}, "ERR_EXPRESSION_UNKNOWN_FUNCTION", "exit_criteria.0.condition"),
    ],
)
def test_a_criterion_that_cannot_be_kept_is_a_problem_of_the_journey(criterion, code, field):
    properties = Properties(exit_criteria=(ExitCriterion(label="Out", **criterion),))

    found = problems_of(Graph.model_validate(WAIT_THEN_CALL), WORLD_OF_TWO_KEYS, properties)

    assert [(one.code, one.node, one.field) for one in found] == [(code, None, field)]


# --- End date -----------------------------------------------------------------------------------------------------


def test_at_the_end_of_the_journey_whoever_is_inside_leaves():
    ends_at = NOON + timedelta(minutes=30)
    run = entered(WAIT_THEN_CALL, ends_at=ends_at)
    assert run.instance.wake_at == ends_at

    moves(run, Woke(), ends_at)

    assert run.instance.state == "exited"
    assert run.effects.steps[-1].details == {"reason": "endDate", "instanceEnded": True}


def test_a_wait_beyond_the_end_of_the_journey_is_begun_all_the_same():
    drawn = graph([ORDER, node("wait-1", duration="P30D")], "event-1 > wait-1")

    run = entered(drawn, ends_at=datetime(2026, 12, 1, tzinfo=UTC))

    assert run.instance.state == "active"
    assert run.instance.wake_at == datetime(2026, 12, 1, tzinfo=UTC)


def test_a_result_that_comes_after_the_end_moves_nobody():
    run = entered(graph([ORDER, CALL], "event-1 > custom-action-1"), ends_at=NOON + HOUR)

    moves(run, ActionResult("custom-action-1", 2, True, "http_200", 5, None), NOON + HOUR)

    assert run.instance.state == "exited"
