"""What changed between two graphs, in sentences a marketer would use."""

import pytest

from engine import control
from tests.cast import graph, node

WAIT = node("wait-1", duration="P2D")
MAIL = node("email-1", subject="Hi", html="<p>Hi</p>")
ORDER = node("event-1", event="Order")
FLOW = ["event-1 > wait-1", "wait-1 > email-1"]


def sentences(before, after, was=None, now=None):
    found = control.differences(before, after, properties_before=was or {}, properties_after=now or {})
    return [change["sentence"] for change in found]


def test_nothing_changed_when_only_places_did():
    moved = graph([ORDER, {**WAIT, "position": {"x": 900, "y": 4}}, MAIL], *FLOW)

    assert sentences(graph([ORDER, WAIT, MAIL], *FLOW), moved) == []


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (WAIT, node("wait-1", duration="P3D"), "Wait (wait-1): Wait for: 2 days became 3 days."),
        (WAIT, {**WAIT, "label": "Two days"}, "Wait (wait-1) is now called “Two days”."),
        (WAIT, {**WAIT, "description": "x"}, "Wait (wait-1) has another description."),
        (
            node("condition-1", paths=[{"id": "a", "label": "Large", "condition": "true"}]),
            node("condition-1", paths=[{"id": "a", "label": "Large", "condition": "false"}]),
            "Condition (condition-1): Paths, Large, Condition: “true” became “false”.",
        ),
        (
            node("condition-1", paths=[{"id": "a", "condition": "true"}]),
            node(
                "condition-1", paths=[{"id": "a", "condition": "true"}, {"id": "b", "label": "B", "condition": "1 < 2"}]
            ),
            "Condition (condition-1): Paths, B is new.",
        ),
        (
            node("condition-1", paths=[{"id": "a", "condition": "true"}, {"id": "b", "condition": "true"}]),
            node("condition-1", paths=[{"id": "b", "condition": "true"}, {"id": "a", "condition": "true"}]),
            "Condition (condition-1): Paths, order: “a, b” became “b, a”.",
        ),
        (
            node("event-9", event="Order", timeout=None),
            node("event-9", event="Order", timeout="PT1H30M"),
            "Event (event-9): Wait no longer than is now 1 hour 30 minutes.",
        ),
        (
            node("custom-action-1", url="https://a.example"),
            node("custom-action-1", url="https://a.example", error_path=True),
            "Custom action (custom-action-1): Add an alternative path in case of a timeout or an error: off became on.",
        ),
    ],
)
def test_a_setting_is_told_with_what_it_was(before, after, sentence):
    assert sentences(graph([before]), graph([after])) == [sentence]


def test_steps_and_lines_that_come_and_go():
    before = graph([ORDER, WAIT, MAIL], *FLOW)
    after = graph([ORDER, MAIL, node("update-profile-1", fields=[{"field": "a", "value": "1"}])],
                  "event-1 > email-1", "email-1 > update-profile-1")  # fmt: skip

    assert sentences(before, after) == [
        "Update profile (update-profile-1) is new.",
        "Wait (wait-1) is gone.",
        "E-mail (email-1) leads to Update profile (update-profile-1).",
        "Event (event-1) leads to E-mail (email-1).",
    ]


def test_properties_are_told_with_their_defaults():
    assert sentences(graph([ORDER]), graph([ORDER]), {}, {"reentrance_wait": "PT1H", "time_zone": "Europe/Paris"}) == [
        "Re-entrance wait period: 5 minutes became 1 hour.",
        "Time zone: “UTC” became “Europe/Paris”.",
    ]


def test_what_has_mistakes_is_compared_all_the_same():
    before = graph(
        [{**node("wait-1"), "settings": {"duration": "soon"}}, {**node("teleport-1"), "settings": {"to": "Mars"}}]
    )
    after = graph(
        [{**node("wait-1"), "settings": {"duration": "later"}}, {**node("teleport-1"), "settings": {"to": "Venus"}}]
    )

    assert sentences(before, after, {"x": 1}, {"time_zone": "Nowhere"}) == [
        "Time zone: nothing became “Nowhere”.",
        "teleport (teleport-1): to: “Mars” became “Venus”.",
        "Wait (wait-1): Wait for: “soon” became “later”.",
    ]
