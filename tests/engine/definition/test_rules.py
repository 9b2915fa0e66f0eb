"""Everything that can be wrong with a journey: each code has a graph that provokes it, and every code is known here."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import engine
from engine.definition import graph as graphs
from engine.definition import rules
from engine.definition.properties import Properties, properties_problems
from engine.definition.world import AudienceShape, EventShape, JourneyShape, World
from engine.expressions.problems import CODES
from engine.problems import errors_in
from tests.cast import graph, node

LATER, LATEST = "2026-12-01T08:00:00Z", "2026-12-02T08:00:00Z"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WORLD = World(
    events={
        "Order": EventShape(name="Order", namespace="userId"),
        "Cart": EventShape(name="Cart", namespace="userId"),
        "Visit": EventShape(name="Visit", namespace="Email"),
        "Ping": EventShape(name="Ping"),
        "PriceFell": EventShape(name="PriceFell", is_business=True),
        "Booked": EventShape(name="Booked", namespace="userId", supplemental="BookingId"),
    },
    audiences={"Gold": AudienceShape(name="Gold"), "New": AudienceShape(name="New", is_evaluated=False)},
    journeys={8: JourneyShape(id=8, name="Care", is_open=True, start_event="Cart", namespace="userId")},
)
ORDER = node("event-1", event="Order")
CART = node("event-2", event="Cart")
WAIT = node("wait-1", duration="P1D")
HTML = {"html": "<p>Hi</p>"}


def call(**settings):
    return graph([ORDER, node("custom-action-1", url="https://example.org", **settings)], "event-1 > custom-action-1")


def mail(**settings):
    return graph([ORDER, node("email-1", **{"subject": "Hi", **HTML, **settings})], "event-1 > email-1")


def condition(*paths):
    return graph([ORDER, node("condition-1", paths=list(paths))], "event-1 > condition-1")


def update(value):
    return graph(
        [ORDER, node("update-profile-1", fields=[{"field": "a", "value": value}])], "event-1 > update-profile-1"
    )


def jump(**settings):
    return graph([ORDER, node("jump-1", **settings)], "event-1 > jump-1")


def qualification(audience, **settings):
    return graph([node("audience-qualification-1", audience=audience, **settings)])


def read(**settings):
    return graph([node("read-audience-1", audience="Gold", namespace="userId", **settings)])


def business(*more, lines=(), event="PriceFell"):
    """A journey that begins with a business event."""
    begins = node("business-event-1", event=event)
    reads = node("read-audience-1", audience="Gold", namespace="userId")
    return graph([begins, reads, *more], "business-event-1 > read-audience-1", *lines)


PROVOKED = {
    "ERR_BUSINESS_EVENT": graph([node("event-1", event="PriceFell")]),
    "ERR_NO_BUSINESS_EVENT": business(event="Order"),
    "ERR_BUSINESS_WITHOUT_READ": graph(
        [node("business-event-1", event="PriceFell"), WAIT], "business-event-1 > wait-1"
    ),
    "ERR_BUSINESS_IN_FLOW": graph([ORDER, node("business-event-1", event="PriceFell")], "event-1 > business-event-1"),
    "ERR_BUSINESS_MIX": business(CART, lines=("read-audience-1 > event-2",)),
    "ERR_READ_IN_FLOW": graph(
        [ORDER, node("read-audience-1", audience="Gold", namespace="userId")], "event-1 > read-audience-1"
    ),
    "ERR_UNKNOWN_AUDIENCE": qualification("Golt", namespace="userId"),
    "ERR_NEVER_EVALUATED": qualification("New", namespace="userId"),
    "ERR_NO_NAMESPACE": qualification("Gold"),
    "ERR_GRAPH_SHAPE": {"nodes": [{"id": "UPPER", "type": "wait"}]},
    "ERR_NODE_ID_TWICE": graph([ORDER, ORDER]),
    "ERR_DANGLING_EDGE": graph([ORDER], "event-1 > nobody"),
    "ERR_EMPTY": graph([]),
    "ERR_NO_START": graph([WAIT]),
    "ERR_TWO_STARTS": graph([ORDER, CART]),
    "ERR_NOT_CONNECTED": graph([ORDER, WAIT]),
    "ERR_CYCLE": graph(
        [ORDER, WAIT, node("wait-2", duration="P1D")], "event-1 > wait-1", "wait-1 > wait-2", "wait-2 > wait-1"
    ),
    "ERR_TOO_MANY_ACTIVITIES": graph([node(f"wait-{n}", duration="P1D") for n in range(rules.HARD_LIMIT + 1)]),
    "ERR_MANY_ACTIVITIES": graph([node(f"wait-{n}", duration="P1D") for n in range(rules.MOST_ACTIVITIES + 1)]),
    "ERR_UNKNOWN_ACTIVITY": graph([ORDER, node("teleport-1")], "event-1 > teleport-1"),
    "ERR_UNKNOWN_EVENT": graph([node("event-1", event="Nope")]),
    "ERR_UNKNOWN_PORT": graph([ORDER, WAIT], "event-1.sideways > wait-1"),
    "ERR_NAMESPACE": graph([ORDER, node("event-2", event="Visit")], "event-1 > event-2"),
    "ERR_NO_PERSON": graph([node("event-1", event="Ping"), node("email-1", subject="Hi", **HTML)], "event-1 > email-1"),
    "ERR_SUPPLEMENTAL": graph([ORDER, node("event-2", event="Booked")], "event-1 > event-2"),
    "ERR_JUMP_TARGET": jump(journey=7, event="Cart"),
    "ERR_JUMP_EVENT": jump(journey=8, event="Order"),
    "ERR_EXPERIMENT_SUCCESS": graph(
        [ORDER, node("experiment-1", method="bandit", treatments=[{"id": "a", "share": 50}, {"id": "b", "share": 50}])],
        "event-1 > experiment-1",
    ),
    "ERR_SIBLINGS": graph(
        [ORDER, WAIT, node("update-profile-1", fields=[{"field": "a", "value": "1"}])],
        "event-1 > wait-1",
        "event-1 > update-profile-1",
    ),
    "ERR_SAME_EVENT_TWICE": graph(
        [ORDER, CART, node("event-3", event="Cart")], "event-1 > event-2", "event-1 > event-3"
    ),
    "ERR_TWO_TIMEOUTS": graph(
        [ORDER, node("event-2", event="Cart", timeout="PT1H"), node("event-3", event="Order", timeout="PT2H")],
        "event-1 > event-2",
        "event-1 > event-3",
    ),
    "ERR_TIMEOUT_AT_START": graph([node("event-1", event="Order", timeout="PT1H")]),
    "ERR_TIMEOUT_PATH_WITHOUT_TIMEOUT": graph(
        [ORDER, node("event-2", event="Cart", timeout_path=True)], "event-1 > event-2"
    ),
    "ERR_MISSING_SETTING": graph([node("event-1", event="")]),
    "ERR_SETTING": graph([ORDER, node("wait-1", duration="P91D")], "event-1 > wait-1"),
    "ERR_PATH_ID": condition({"id": "a", "condition": "true"}, {"id": "a", "condition": "true"}),
    "ERR_SPLIT_TOTAL": graph(
        [ORDER, node("percentage-split-1", splits=[{"id": "a", "share": 50}, {"id": "b", "share": 40}])],
        "event-1 > percentage-split-1",
    ),
    "ERR_ADDRESS": graph([ORDER, node("custom-action-1", url="ftp://example.org")], "event-1 > custom-action-1"),
    "ERR_ACTION_TIMEOUT": call(timeout="PT31S"),
    "ERR_READ_IN_THE_PAST": read(schedule="once", starts_at="2026-11-24T11:59:00Z"),
    "ERR_READ_BEGAN": read(schedule="weekly", starts_at="2026-11-01T08:00:00Z"),
    "ERR_READ_OVER": read(schedule="daily", repeats_until="2026-11-01T08:00:00Z"),
    "ERR_WAVE_COUNT": read(waves="people", wave_sizes=[{"size": 10}]),
    "ERR_WAVE_TOTAL": read(waves="percent", wave_sizes=[{"size": 10}, {"size": 80}]),
    "ERR_WAVE_INTERVAL": read(waves="equal", wave_interval="PT29M"),
    "ERR_WAVE_STARTS": read(
        waves="dates", wave_starts=[{"starts_at": "2026-12-01T08:00:00Z"}, {"starts_at": "2026-12-01T08:29:00Z"}]
    ),
    "ERR_READ_RATE": read(supplemental_namespace="BookingId", supplemental_expression="#{Profile.attributes.booking}"),
    "ERR_READ_UNTIL": read(schedule="daily", starts_at="2026-12-01T08:00:00Z", repeats_until="2026-11-01T08:00:00Z"),
    "ERR_READ_EVALUATION_WAIT": read(schedule="daily", wait_for_evaluation="PT7H"),
    "ERR_BODY_WITH_GET": call(method="GET", body=[{"name": "a", "value": "1"}]),
    "ERR_TEMPLATE": mail(subject="{% if %}"),
    "ERR_EMPTY_MESSAGE": mail(html=" "),
    "ERR_EXPRESSION_SYNTAX": update("1 +"),
    "ERR_EXPRESSION_UNKNOWN_FUNCTION": update("nope(1)"),
    "ERR_EXPRESSION_UNKNOWN_FIELD": update("@event{Cart.total}"),
    "ERR_EXPRESSION_TYPE": condition({"id": "a", "condition": "1"}),
}
# Of a journey's properties; of a mail that is looked at; of the rules of audiences.
ELSEWHERE = {
    *("ERR_PROPERTY", "ERR_UNKNOWN_RULE_SET", "ERR_PREVIEW", "ERR_EXPRESSION_UNSUPPORTED"),
    *("ERR_AUDIENCE_CIRCLE", "ERR_WAVE_EARLY"),
}


def problems_of(document):
    found, problems = graphs.read(document)
    return problems if found is None else rules.problems_of(found, WORLD, now=NOW)


@pytest.mark.parametrize("code", PROVOKED)
def test_a_mistake_is_found_and_said(code):
    problems = [problem for problem in problems_of(PROVOKED[code]) if problem.code == code]

    assert problems
    assert all(
        problem.message.endswith(".") or "…" in problem.message or ":" in problem.message for problem in problems
    )
    assert all(problem.hint or code.startswith("ERR_EXPRESSION") for problem in problems)


def test_every_code_of_the_engine_is_provoked_here():
    root = Path(engine.__file__).parent
    sources = [
        *(root / "definition").glob("*.py"),
        *(root / "activities").glob("*.py"),
        root / "control.py",
        root / "reporting" / "preview.py",
    ]
    known = {code for path in sources for code in re.findall(r'code="(ERR_\w+)"', path.read_text())}
    known |= {f"ERR_EXPRESSION_{code.upper()}" for code in CODES}

    assert set(PROVOKED) | ELSEWHERE == known


def test_a_sound_journey_has_no_problems():
    drawn = graph(
        [ORDER, CART, WAIT, node("email-1", subject="Hi", **HTML), node("custom-action-1", url="https://example.org")],
        "event-1 > event-2",
        "event-1 > wait-1",
        "event-2 > email-1",
        "wait-1 > email-1",
        "email-1 > custom-action-1",
    )

    assert problems_of(drawn) == []


def test_a_run_for_each_booking_needs_events_of_the_same_kind_and_a_place_to_find_them():
    about = {"supplemental_namespace": "BookingId", "reading_rate": 500}
    drawn = read(**about, supplemental_expression="#{Profile.attributes.bookings.id}")
    drawn["nodes"].append(node("event-2", event="Cart"))
    drawn["edges"].append({"from": {"node": "read-audience-1", "port": "next"}, "to": "event-2"})

    assert [one.code for one in problems_of(drawn)] == ["ERR_SUPPLEMENTAL"]
    drawn["nodes"][1]["settings"]["event"] = "Booked"
    assert problems_of(drawn) == []
    missing = problems_of(read(**about))
    assert [(one.code, one.field) for one in missing] == [("ERR_MISSING_SETTING", "supplemental_expression")]


def test_a_schedule_that_began_goes_on_and_that_is_only_said():
    began = problems_of(PROVOKED["ERR_READ_BEGAN"])

    assert [(one.code, one.severity, one.field) for one in began] == [("ERR_READ_BEGAN", "warning", "starts_at")]


def test_waves_whose_sum_is_not_everybody_are_only_a_warning():
    found = problems_of(PROVOKED["ERR_WAVE_TOTAL"])

    assert [(one.code, one.severity) for one in found] == [("ERR_WAVE_TOTAL", "warning")]


@pytest.mark.parametrize(
    ("settings", "code", "field"),
    [
        ({"waves": "dates", "wave_starts": [{"starts_at": "2026-11-24T11:00:00Z"}, {"starts_at": LATER}]},
         "ERR_READ_IN_THE_PAST", "wave_starts.0.starts_at"),
        ({"waves": "dates", "wave_starts": [{"starts_at": LATER}, {}]},
         "ERR_MISSING_SETTING", "wave_starts.1.starts_at"),
        ({"waves": "dates", "schedule": "once", "wave_starts": [{"starts_at": LATER}, {"starts_at": LATEST}]},
         None, None),
        ({"waves": "equal", "schedule": "daily", "wave_interval": "PT1M"}, None, None),  # of another schedule
        ({"waves": "equal", "wave_count": 11}, "ERR_SETTING", "wave_count"),
    ],
)  # fmt: skip
def test_waves_begin_when_they_can(settings, code, field):
    found = problems_of(read(**settings))

    assert [(one.code, one.field) for one in found] == ([(code, field)] if code else [])


def test_a_wave_before_the_journey_begins_would_bring_nobody():
    drawn = read(waves="dates", wave_starts=[{"starts_at": LATER}, {"starts_at": LATEST}])

    found = rules.problems_of(graphs.Graph.model_validate(drawn), WORLD, Properties(starts_at=LATEST), NOW)

    assert [(one.code, one.field) for one in found] == [("ERR_WAVE_EARLY", "wave_starts.0.starts_at")]


def test_behind_a_business_event_there_is_no_schedule():
    drawn = business()
    drawn["nodes"][1]["settings"] |= {"schedule": "once", "incremental": True}  # without a start: left over

    assert problems_of(drawn) == []


def test_nobody_is_waited_for_by_a_business_event():
    criteria = Properties(exit_criteria=[{"label": "Gone", "event": "PriceFell"}])
    tried = {
        "method": "bandit",
        "success": "PriceFell",
        "treatments": [{"id": "a", "share": 50}, {"id": "b", "share": 50}],
    }
    drawn = graph([ORDER, node("experiment-1", **tried)], "event-1 > experiment-1")

    found = rules.problems_of(graphs.Graph.model_validate(drawn), WORLD, criteria)

    assert [(one.code, one.field) for one in found] == [
        ("ERR_BUSINESS_EVENT", "exit_criteria.0.event"),
        ("ERR_BUSINESS_EVENT", "success"),
    ]


def test_nothing_else_hangs_behind_a_business_event():
    drawn = business(WAIT, lines=("business-event-1 > wait-1",))

    assert "ERR_BUSINESS_WITHOUT_READ" in [one.code for one in problems_of(drawn)]


def test_all_problems_are_said_at_once():
    drawn = graph([node("event-1", event="Nope"), node("wait-1", duration="P91D"), node("email-1", subject="")])

    assert {problem.node for problem in errors_in(problems_of(drawn))} == {"event-1", "wait-1", "email-1"}


def test_many_activities_only_warn():
    nodes = [ORDER, *(node(f"wait-{n}", duration="P1D") for n in range(rules.MOST_ACTIVITIES))]
    lines = ["event-1 > wait-0", *(f"wait-{n} > wait-{n + 1}" for n in range(rules.MOST_ACTIVITIES - 1))]

    assert [problem.severity for problem in problems_of(graph(nodes, *lines))] == ["warning"]


@pytest.mark.parametrize(
    "properties",
    [
        {"reentrance": "perhaps"},
        {"unknown": 1},
        {"reentrance_wait": "P91D"},
        {"activity_timeout": "PT31S"},
        {"activity_timeout": "PT0.5S"},
        {"priority": 101},
        {"rule_set": "x" * 61},
        {"starts_at": "2026-01-02T00:00:00Z", "ends_at": "2026-01-01T00:00:00Z"},
        {"starts_at": "2026-01-02T00:00:00"},
    ],
)
def test_properties_that_make_no_sense(properties):
    assert [problem.code for problem in properties_problems(properties)] == ["ERR_PROPERTY"]


def test_a_rule_set_that_is_not_there_is_a_problem_of_the_journey():
    drawn = graphs.Graph.model_validate(graph([ORDER]))
    known = replace(WORLD, rule_sets=frozenset({"Gentle"}))

    found = rules.problems_of(drawn, known, Properties(rule_set="Gentel"))

    assert [(one.code, one.node, one.field) for one in found] == [("ERR_UNKNOWN_RULE_SET", None, "rule_set")]
    assert rules.problems_of(drawn, known, Properties(rule_set="Gentle")) == []


def test_a_property_is_called_as_its_form_calls_it():
    properties = {"time_zone": "Mars/Base", "exit_criteria": [{"label": "Gone", "event": "Left"}, {"label": ""}]}

    found = {problem.field: problem.message for problem in properties_problems(properties)}

    assert found["time_zone"].startswith("Time zone: There is no time zone 'Mars/Base'.")
    assert found["exit_criteria.1.label"] == "Exit criteria 2, Label is empty."
    properties["exit_criteria"][1]["label"] = "Bought"
    found = {problem.field: problem.message for problem in properties_problems(properties)}
    assert found["exit_criteria.1.event"] == "Exit criteria 2: Choose an event or an audience."


@pytest.mark.parametrize("document", [None, 7, [], "graph", {"nodes": 7}, {"nodes": [7]}, {"nodes": [{"id": "a"}]}])
def test_what_is_no_graph_at_all(document):
    found, problems = graphs.read(document)

    assert found is None
    assert {problem.code for problem in problems} == {"ERR_GRAPH_SHAPE"}


def test_a_graph_is_the_same_in_whatever_order_it_was_drawn():
    nodes = [ORDER, WAIT, CART]
    one = graph(nodes, "event-1 > wait-1", "wait-1 > event-2")
    other = graph(nodes[::-1], "wait-1 > event-2", "event-1 > wait-1", "event-1 > wait-1")

    canonical = [graphs.canonical(graphs.Graph.model_validate(drawn)) for drawn in (one, other)]
    assert canonical[0] == canonical[1]
    assert graphs.canonical(graphs.Graph.model_validate(canonical[0])) == canonical[0]
