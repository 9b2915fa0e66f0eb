"""Step events tell another system everything that happened, in words it can join on."""

from datetime import timedelta

from engine import control
from engine.clock import travel
from engine.reporting import step_events
from tests.cast import graph, node


def draw(shop):
    shop.defines("Signup")
    return shop.publishes(
        graph(
            [
                node("event-1", event="Signup"),
                node("condition-1", paths=[{"id": "a", "condition": '@event{Signup.properties.plan} == "plus"'}]),
                {**node("wait-1", duration="P1D"), "label": "A day"},
            ],
            "event-1 > condition-1",
            "condition-1.a > wait-1",
        )
    )


def test_every_step_of_a_run_names_itself_the_step_before_and_the_run(shop):
    version = draw(shop)
    shop.tracks("Signup", "ana", plan="plus")
    shop.runs()
    with travel(timedelta(days=1, seconds=1)):
        shop.runs()

    rows, following = control.step_events(version_id=version)

    assert [(row["stepID"], row["parentStepID"], row["stepType"]) for row in rows] == [
        ("event-1", None, "Scheduler"),
        ("condition-1", "event-1", "Condition"),
        ("wait-1", "condition-1", "Timer"),
    ]
    assert [row["entrance"] for row in rows] == [True, False, False]
    assert [row["instanceEnded"] for row in rows] == [False, False, True]
    assert rows[2]["stepName"] == "A day"
    assert {row["externalKey"] for row in rows} == {"ana"}
    assert len({row["instanceID"] for row in rows}) == 1
    assert control.step_events(version_id=version, after=following) == ([], None)


def test_whoever_comes_again_is_marked_so(shop):
    version = draw(shop)
    shop.tracks("Signup", "ana", plan="basic")
    shop.runs()
    with travel(timedelta(minutes=6)):
        shop.tracks("Signup", "ana", plan="basic")
        shop.runs()

    rows, _ = control.step_events(version_id=version)

    assert [row["reentrance"] for row in rows if row["entrance"]] == [False, True]


def test_pages_follow_each_other_without_gap_or_repetition(shop, monkeypatch):
    version = draw(shop)
    for number in range(7):
        shop.tracks("Signup", f"user-{number}", plan="basic")
    shop.runs()
    monkeypatch.setattr(step_events, "MOST_RUNS", 3)

    keys, cursor = [], None
    for _ in range(5):
        rows, cursor = control.step_events(version_id=version, after=cursor)
        keys += [row["externalKey"] for row in rows if row["entrance"]]
        if cursor is None:
            break

    assert sorted(keys) == [f"user-{number}" for number in range(7)]


def test_who_passed_a_node_is_found_and_who_did_not_is_not(shop):
    version = draw(shop)
    for user, plan in (("ana", "plus"), ("ben", "basic"), ("cleo", "plus")):
        shop.tracks("Signup", user, plan=plan)
    shop.runs()

    def names(node, state):
        return sorted(row["identity"] for row in control.people(version_id=version, node=node, state=state)[0])

    assert names("condition-1", "entered") == ["ana", "ben", "cleo"]
    assert names("wait-1", "entered") == ["ana", "cleo"]
    assert names("condition-1", "error") == names("", "error") == []
    assert names("", "ended") == ["ben"]


def test_the_path_of_somebody_who_was_anonymous_begins_before_they_were_known(shop):
    shop.defines("Signup", namespace="anonymousId")
    version = shop.publishes(
        graph([node("event-1", event="Signup"), node("wait-1", duration="P1D")], "event-1 > wait-1")
    )
    shop.identifies("ana", city="Oslo")
    shop.post("/v1/track", {"anonymousId": "browser-1", "event": "Signup"})
    shop.runs()

    shop.post("/v1/identify", {"userId": "ana", "anonymousId": "browser-1", "traits": {}})
    shop.runs()

    (person,) = control.people(version_id=version, node="", state="waiting")[0]
    way = control.path(int(person["instance"]))
    assert [step["node"] for step in way["steps"]] == ["event-1"]
    rows, _ = control.step_events(version_id=version)
    assert [row["stepID"] for row in rows] == ["event-1"]
    exported = control.export_profile(sandbox_id=shop.sandbox.pk, profile_id=int(person["profile_id"]))
    assert len(exported["steps"]) == 1
    assert {event["name"] for event in exported["events"]} == {"Signup", "identify"}
