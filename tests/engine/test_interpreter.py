"""The interpreter, without a database: one instance, one stimulus, at whatever time a test says it is."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import interpreter
from engine.chance import chance_of
from engine.definition.compile import compile_plan
from engine.definition.graph import Graph
from engine.definition.properties import Properties
from engine.definition.world import EventShape, World
from engine.expressions import Facts
from engine.instance import ActionResult, EventArrived, Leave, Woke
from tests.cast import graph, node

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WORLD = World(events={name: EventShape(name=name, namespace="userId") for name in ("Order", "Cart", "Visit")})
ORDER = node("event-1", event="Order")
CALL = node("custom-action-1", url="https://example.org")


def plan_of(drawn, **properties):
    return compile_plan(
        Graph.model_validate(drawn), WORLD, version_id=7, sandbox_id=1, journey_id=3, name="Test", number="1.0",
        properties=Properties(**properties),
    )  # fmt: skip


class Run:
    """One run of a plan, and everything that came of it."""

    def __init__(self, drawn, attributes=None, time_zone="UTC", **payload):
        self.plan = plan_of(drawn, time_zone=time_zone)
        self.attributes = attributes or {}
        self.instance, self.effects = interpreter.enter(
            self.plan,
            id=11,
            profile_id=5,
            key="ana",
            event=EventArrived("Order", payload),
            facts=self._facts(NOON),
            now=NOON,
        )
        self.path = [(step.node, step.port) for step in self.effects.steps]

    def takes(self, stimulus, now=NOON):
        self.effects = interpreter.advance(self.plan, self.instance, stimulus, self._facts(now), now)
        self.path += [(step.node, step.port) for step in self.effects.steps]
        return self.effects

    def _facts(self, now):
        return Facts({}, {"Profile": {"attributes": self.attributes}}, {}, {}, {}, {}, {}, now)


def result(run, *, is_ok=True, code="ok", visit=None, **response):
    return ActionResult(run.instance.node, visit or run.instance.visit, is_ok, code, 12, response or None)


def balance(run_effects) -> dict[str, int]:
    """Node -> how many more entered than left, over some effects."""
    found: dict[str, int] = {}
    for effects in run_effects:
        for name, _, metric in effects.counts:
            if name and metric in ("entered", "left"):
                found[name] = found.get(name, 0) + (1 if metric == "entered" else -1)
    return found


def test_a_journey_that_ends_at_once():
    run = Run(graph([ORDER]))

    assert (run.instance.state, run.path) == ("completed", [("event-1", "next")])
    assert run.effects.steps[0].details == {"entrance": True, "instanceEnded": True}
    assert run.instance.context == {}
    assert balance([run.effects]) == {"event-1": 0}


def test_a_wait_holds_until_its_moment_and_not_a_second_less():
    run = Run(graph([ORDER, node("wait-1", duration="PT1H")], "event-1 > wait-1"))
    assert (run.instance.state, run.instance.wake_at) == ("active", NOON + HOUR)

    assert run.takes(Woke(), NOON + HOUR - timedelta(seconds=1)).is_taken is False
    assert run.takes(Woke(), NOON + HOUR).is_taken is True
    assert run.instance.state == "completed"


@pytest.mark.parametrize(
    ("conditions", "other", "expected"),
    [
        (["1 > 2", "true", "true"], True, ("condition-1", "p1")),
        (["1 > 2"], True, ("condition-1", "other")),
        (["1 > 2"], False, ("condition-1", None)),
    ],
)
def test_the_first_true_path_else_the_other_cases_else_the_end(conditions, other, expected):
    paths = [{"id": f"p{index}", "condition": text} for index, text in enumerate(conditions)]
    run = Run(graph([ORDER, node("condition-1", paths=paths, other_cases=other)], "event-1 > condition-1"))

    assert run.path[-1] == expected
    assert run.instance.state == "completed"


@pytest.mark.parametrize(("has_path", "state", "port"), [(True, "completed", "error"), (False, "error", None)])
def test_a_value_that_does_not_fit_takes_the_error_path_or_ends_in_error(has_path, state, port):
    paths = [{"id": "big", "condition": "@event{Order.total} > 1"}]
    run = Run(
        graph([ORDER, node("condition-1", paths=paths, error_path=has_path)], "event-1 > condition-1"),
        total={"odd": True},
    )

    assert run.instance.state == state
    assert (run.effects.steps[-1].status, run.effects.steps[-1].port) == ("error", port)
    assert ("condition-1", "", "error") in run.effects.counts
    assert (("", "", "error") in run.effects.counts) is not has_path
    assert balance([run.effects])["condition-1"] == 0


def test_what_is_changed_is_seen_by_what_follows():
    run = Run(
        graph(
            [
                ORDER,
                node("update-profile-1", fields=[{"field": "a.b", "value": "1"}]),
                node("condition-1", paths=[{"id": "one", "condition": "#{Profile.attributes.a.b} == 1"}]),
            ],
            "event-1 > update-profile-1",
            "update-profile-1 > condition-1",
        ),
        attributes={"a": {"c": 2}},
    )

    assert run.path[-1] == ("condition-1", "one")
    assert run.effects.changes == {"a.b": 1}
    assert run.attributes == {"a": {"c": 2}}


@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        ({}, {"a": 1}, {"a": 1}),
        ({"a": 1}, {"a": None}, {}),
        ({"a": 1}, {"a.b": 2}, {"a": {"b": 2}}),
        ({"a": {"b": 1, "c": 2}}, {"a.b": None}, {"a": {"c": 2}}),
        ({"a": {"b": {"c": 1}}}, {"a.b.d": 2}, {"a": {"b": {"c": 1, "d": 2}}}),
    ],
)
def test_dotted_changes(before, changes, after):
    given = {**before}

    assert interpreter.changed(before, changes) == after
    assert before == given


def test_an_action_is_awaited_and_its_result_told_once():
    run = Run(
        graph([ORDER, CALL, node("wait-1", duration="PT1H")], "event-1 > custom-action-1", "custom-action-1 > wait-1")
    )
    assert run.effects.deliveries == [("custom-action-1", 2, "http")]
    assert (run.instance.node, run.instance.port) == ("custom-action-1", None)

    told = result(run, answer=1)
    assert run.takes(result(run, visit=9)).is_taken is False
    assert run.takes(told).is_taken is True
    assert run.takes(told).is_taken is False
    assert run.path == [("event-1", "next"), ("custom-action-1", "next")]
    assert run.instance.context["actions"] == {"custom_action_1": {"jo_status_code": "ok", "answer": 1}}


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("http_204", "http_204"),
        ("422", "http_422"),
        ("timedOut", "timedout"),
        ("capped", "capped"),
        ("error", "internalError"),
    ],
)
def test_what_became_of_a_call_is_read_as_its_status_code(code, read):
    nodes = [
        ORDER,
        node("custom-action-1", url="https://example.org", error_path=True),
        node("wait-1", duration="PT1H"),
    ]
    run = Run(graph(nodes, "event-1 > custom-action-1", "custom-action-1.error > wait-1", "custom-action-1 > wait-1"))

    run.takes(result(run, code=code, is_ok=code == "http_204", errorResponse={"why": "sold out"}, jo_status_code="no"))

    answer = run.instance.context["actions"]["custom_action_1"]
    assert answer == {"jo_status_code": read, "errorResponse": {"why": "sold out"}}


@pytest.mark.parametrize(
    ("code", "status"), [("timedOut", "timedout"), ("capped", "capped"), ("500", "error"), ("error", "error")]
)
@pytest.mark.parametrize("has_path", [True, False])
def test_a_failed_action(code, status, has_path):
    nodes = [ORDER, node("custom-action-1", url="https://example.org", error_path=has_path)]
    lines = ["event-1 > custom-action-1"]
    if has_path:
        nodes.append(node("wait-1", duration="PT1H"))
        lines.append("custom-action-1.error > wait-1")
    run = Run(graph(nodes, *lines))
    before = run.effects
    effects = run.takes(result(run, is_ok=False, code=code))

    assert effects.steps[0].status == status
    assert effects.steps[0].details["actionExecutionErrorCode"] == code
    assert run.instance.state == ("active" if has_path else "error")
    assert balance([before, effects])["custom-action-1"] == 0
    if has_path:
        assert run.instance.context["journey"]["lastErrorCode"] == code


def test_events_that_come_while_an_action_is_under_way_are_matched_afterwards_in_their_order():
    cart, visit = node("event-2", event="Cart"), node("event-3", event="Visit")
    run = Run(
        graph([ORDER, CALL, cart, visit], "event-1 > custom-action-1", "custom-action-1 > event-2", "event-2 > event-3")
    )
    for name in ("Visit", "Cart", "Visit"):
        assert run.takes(EventArrived(name, {"n": name})).is_taken

    effects = run.takes(result(run))

    assert run.instance.state == "completed"
    assert run.path[1:] == [("custom-action-1", "next"), ("event-2", "next"), ("event-3", "next")]
    assert effects.discards == [("Visit", "notSuitableInitialEvent")]


def test_only_ten_are_kept():
    run = Run(
        graph([ORDER, CALL, node("event-2", event="Cart")], "event-1 > custom-action-1", "custom-action-1 > event-2")
    )
    taken = [run.takes(EventArrived("Cart", {})).is_taken for _ in range(11)]

    assert taken == [True] * 10 + [False]
    assert run.effects.discards == [("Cart", "maxInstanceStackEventsReached")]


def test_the_first_to_fire_wins_and_the_counts_of_the_others_are_settled():
    siblings = [node("event-2", event="Cart"), node("event-3", event="Visit"), node("wait-1", duration="PT1H")]
    run = Run(graph([ORDER, *siblings], *(f"event-1 > {sibling['id']}" for sibling in siblings)))
    before = run.effects
    effects = run.takes(EventArrived("Visit", {"page": "home"}))

    assert run.path == [("event-1", "next"), ("event-3", "next")]
    assert balance([before, effects]) == {"event-1": 0, "event-2": 0, "event-3": 0, "wait-1": 0}
    assert run.takes(Woke(), NOON + 2 * HOUR).is_taken is False


def test_after_91_days_it_is_over_whatever_comes():
    run = Run(graph([ORDER, node("event-2", event="Cart")], "event-1 > event-2"))
    late = NOON + timedelta(days=91)

    effects = run.takes(EventArrived("Cart", {}), late)

    assert run.instance.state == "timed_out"
    assert [step.status for step in effects.steps] == ["instanceTimedout"]


def test_a_wait_that_would_outlive_the_journey_is_not_begun():
    first, second = node("wait-1", duration="P90D"), node("wait-2", duration="P90D")
    run = Run(graph([ORDER, first, second], "event-1 > wait-1", "wait-1 > wait-2"))

    run.takes(Woke(), NOON + timedelta(days=90))

    assert run.instance.state == "timed_out"


@pytest.mark.parametrize("state", ["stopped", "exited", "error"])
@pytest.mark.parametrize("where", ["port", "node"])
def test_leaving_settles_every_count(state, where):
    behind = CALL if where == "node" else node("wait-1", duration="PT1H")
    run = Run(graph([ORDER, behind], f"event-1 > {behind['id']}"))
    before = run.effects
    effects = run.takes(Leave(state, "because"))

    assert run.instance.state == state
    assert set(balance([before, effects]).values()) == {0}
    assert effects.counts.count(("", "", "ended")) == 1
    assert run.takes(Leave(state, "again")).is_taken is False


def test_the_properties_of_the_journey_are_known_to_expressions():
    run = Run(
        graph(
            [ORDER, node("update-profile-1", fields=[
                {"field": "a", "value": "${journeyVersionName}"}, {"field": "b", "value": "${externalKey}"},
                {"field": "c", "value": "${currentNodeId}"}, {"field": "d", "value": "${previousNodeId}"},
            ])],
            "event-1 > update-profile-1",
        )
    )  # fmt: skip

    assert run.effects.changes == {"a": "Test", "b": "ana", "c": "update-profile-1", "d": "event-1"}


def test_a_plan_knows_whether_they_are_read():
    assert plan_of(graph([ORDER])).reads_journey is False
    assert (
        plan_of(
            graph(
                [ORDER, node("update-profile-1", fields=[{"field": "a", "value": "${journeyUID}"}])],
                "event-1 > update-profile-1",
            )
        ).reads_journey
        is True
    )


def test_chance_is_even_and_the_same_again():
    splits = [{"id": "a", "share": 30}, {"id": "b", "share": 70}]
    plan = plan_of(graph([ORDER, node("percentage-split-1", splits=splits)], "event-1 > percentage-split-1"))
    drawn = [chance_of(id, "percentage-split-1", 2) for id in range(10_000)]
    enter = plan.behaviours["percentage-split-1"].enter
    facts = Facts({}, {}, {}, {}, {}, {}, {}, NOON)
    taken = [enter(facts, lambda chance=chance: chance).port for chance in drawn]

    assert 2_700 < taken.count("a") < 3_300
    assert drawn == [chance_of(id, "percentage-split-1", 2) for id in range(10_000)]
    assert enter(facts, lambda: 0.999999999).port == "b"


def test_what_a_journey_says_of_itself():
    told = {
        "came_from": "${previousNodeName}",
        "kind_of_key": "${namespace}",
        "failed": '${lastNodeNameInError} + " " + ${lastErrorCode}',
        "took": "${lastActionExecutionElapsedTime}",
        "not_known": "${supplementalId}",
    }
    nodes = [
        ORDER,
        {**node("custom-action-1", url="https://example.org", error_path=True), "label": "Tell the shop"},
        node("update-profile-1", fields=[{"field": field, "value": text} for field, text in told.items()]),
    ]
    run = Run(graph(nodes, "event-1 > custom-action-1", "custom-action-1.error > update-profile-1"))

    run.takes(result(run, is_ok=False, code="500"))

    assert run.effects.changes == {
        "came_from": "Tell the shop",
        "kind_of_key": "userId",
        "failed": "Tell the shop 500",
        "took": 12,
        "not_known": None,
    }
