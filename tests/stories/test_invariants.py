"""Whatever people and marketers do, over whatever journey: nobody is lost, stuck, or counted wrongly."""

import json
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from itertools import count
from typing import Any

from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import clock, control
from engine.clock import travel
from engine.models import Definition, Delivery, Discard, Instance, StepEvent
from tests.cast import Shop, graph, node

EXAMPLES = 500
PEOPLE = ["ana", "bob", "cy"]
EVENTS = ["Start", "Cart", "Visit"]
ABOUT = ["x", "y"]  # what a run is about, where the events of a journey have a supplemental id
CARE = graph([node("event-1", event="Care"), node("wait-1", duration="PT2H")], "event-1 > wait-1")
journeys = count(1)
reached: set[str] = set()  # states that some run was in

STEPS: dict[str, tuple[dict[str, Any], list[str]]] = {  # settings, and the ports they make
    "wait": ({"duration": "PT3H"}, ["next"]),
    "condition": ({"paths": [{"id": "a", "condition": "#{Profile.attributes.n} > 1"}]}, ["a", "other"]),
    "percentage-split": ({"splits": [{"id": "a", "share": 50}, {"id": "b", "share": 50}]}, ["a", "b"]),
    "update-profile": ({"fields": [{"field": "n", "value": "#{Profile.attributes.n, defaultValue : 0} + 1"}]},
                       ["next"]),
    "custom-action": ({"url": "https://example.org"}, ["next"]),
    "profile-cap": ({"limit": 1}, ["nominal", "alternate"]),
    "experiment": ({"treatments": [{"id": "a", "share": 50}, {"id": "b", "share": 50}], "has_holdout": True},
                   ["a", "b"]),
    "targeting": ({"rules": [{"id": "a", "rule": "#{Profile.attributes.n} is null"}], "fallback": False}, ["a"]),
    "jump": ({"event": "Care"}, ["next"]),  # the journey is filled in when there is one
    "time-condition": ({"paths": [{"id": "a", "starts": "00:00", "ends": "12:00"}], "other_cases": False}, ["a"]),
}  # fmt: skip


@st.composite
def drawn(draw: st.DrawFn) -> dict[str, Any]:
    """A journey of up to seven steps behind its start: branches, joins, waits beside events, open ends."""
    nodes = [node("event-1", event="Start")]
    outlets = [("event-1", "next")]
    lines: list[str] = []
    for number in range(1, draw(st.integers(1, 7)) + 1):
        kind = draw(st.sampled_from([*STEPS, "event", "wait", "custom-action"]))
        taken = [draw(st.sampled_from(outlets))]
        if kind == "event":
            event, timeout = draw(st.sampled_from(["Cart", "Visit"])), draw(st.sampled_from([None, "PT2H"]))
            made = node(f"event-{number + 1}", event=event, timeout=timeout, timeout_path=timeout is not None)
            ports = ["next", "timeout"] if timeout else ["next"]
        else:
            made, ports = node(f"{kind}-{number}", **STEPS[kind][0]), STEPS[kind][1]
            made["settings"] = dict(made["settings"])
            if kind in ("custom-action", "jump") and draw(st.booleans()):
                made["settings"]["error_path"], ports = True, ["next", "error"]
        if len(outlets) > 1 and draw(st.booleans()):  # a second way leads here, too
            taken += [outlet for outlet in [draw(st.sampled_from(outlets))] if outlet not in taken]
        nodes.append(made)
        lines += [f"{name}.{port} > {made['id']}" for name, port in taken]
        outlets = [outlet for outlet in outlets if outlet not in taken]
        if kind == "event" and draw(st.booleans()):  # whichever comes first
            beside = node(f"wait-{number + 100}", duration="PT5H")
            nodes.append(beside)
            lines += [f"{name}.{port} > {beside['id']}" for name, port in taken]
            outlets.append((beside["id"], "next"))
        outlets += [(made["id"], port) for port in ports]
    return graph(nodes, *lines)


OPERATIONS = st.one_of(
    st.tuples(st.just("event"), st.sampled_from(PEOPLE), st.sampled_from(EVENTS), st.sampled_from(ABOUT)),
    st.tuples(st.just("event"), st.sampled_from(PEOPLE), st.just("Start"), st.sampled_from(ABOUT)),
    st.tuples(st.just("pass"), st.sampled_from([1, 3, 30])),
    st.tuples(st.just("result"), st.booleans()),
    st.tuples(st.sampled_from(["hold", "hold", "hold", "discard", "resume", "publish", "stop"])),
)


class World:
    """The journey as marketers and people see it, and the operations that move it.

    `suffix`: of the events that it uses; those with a supplemental id have one. Beside it stands the journey into which
    its jumps lead.
    """

    def __init__(self, shop: Shop, flow: dict[str, Any], time: ExitStack, suffix: str) -> None:
        self.shop, self.flow, self.time, self.suffix = shop, flow, time, suffix
        self.journey, self.target = next(journeys), next(journeys)
        for step in flow["nodes"]:
            if step["type"] == "jump":
                step["settings"]["journey"] = self.target
            elif step["type"] == "event":
                step["settings"]["event"] += suffix
        self.care = shop.publishes(CARE, journey=self.target, name="Care", reentrance_wait="PT30H")
        self.people = {person: f"{person}-{self.journey}" for person in PEOPLE}
        visit = f"Visit{suffix}"
        exits = [{"label": "Out", "event": visit, "condition": f"@event{{{visit}.properties.out}} == true"}]
        self.properties = {"reentrance_wait": "PT0S", "exit_criteria": exits}
        self.version = shop.publishes(flow, journey=self.journey, **self.properties)
        self.paused = ""

    def does(self, operation: tuple[Any, ...]) -> None:
        match operation:
            case ("event", person, name, about):
                self.shop.tracks(f"{name}{self.suffix}", self.people[person], out=person == "ana", about=about)
            case ("pass", hours):
                self.time.enter_context(travel(timedelta(hours=hours)))
            case ("result", is_ok):
                self._answer(is_ok)
            case (("hold" | "discard") as mode,) if not self.paused and self._is_current():
                control.pause(version_id=self.version, mode=mode, now=clock.now())
                self.paused = mode
            case ("resume",) if self.paused:
                control.resume(version_id=self.version, now=clock.now())
                self.shop.runs()
                control.release(version_id=self.version, after=0, most=100, now=clock.now())
                control.settle(version_id=self.version)
                self.paused = ""
            case ("publish",) if not self.paused and self._is_current():
                self.version = self.shop.publishes(self.flow, journey=self.journey, **self.properties)
            case ("stop",) if self._is_current():
                control.stop(version_id=self.version, now=clock.now())
                self.paused = ""
        self.shop.runs()

    def _is_current(self) -> bool:
        return Definition.objects.get(version_id=self.version).status in ("live", "paused")

    def _answer(self, is_ok: bool) -> None:
        """What the other system says to the call that has waited longest, as a courier brings it in."""
        delivery = Delivery.objects.filter(journey_id=self.journey, state="queued").order_by("id").first()
        if delivery is None:
            return
        Delivery.objects.filter(pk=delivery.pk).update(state="sent" if is_ok else "failed", finished_at=clock.now())
        told = {
            "instance": delivery.instance_id, "node": delivery.node, "visit": delivery.visit, "is_ok": is_ok,
            "code": "http_200" if is_ok else "500", "elapsed_ms": 5, "response": {},
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at) "
                "VALUES (%s, %s, %s, 'result', %s, %s)",
                [delivery.shard, delivery.sandbox_id, delivery.profile_id, json.dumps(told), clock.now()],
            )

    # --- What always holds ----------------------------------------------------------------------------------------

    def holds(self) -> None:
        """Asked once for both journeys: no index is by journey, and what all examples left is looked through."""
        both = [self.journey, self.target]
        found = list(Instance.objects.filter(journey_id__in=both))
        awaited = set(Delivery.objects.filter(journey_id=self.journey).values_list("instance_id", "node", "visit"))
        discards = Counter(Discard.objects.filter(journey_id__in=both).values_list("journey_id", "version_id"))
        reached.update(run.state for run in found)
        for journey, flow in ((self.journey, self.flow), (self.target, CARE)):
            runs = [run for run in found if run.journey_id == journey]
            self._one_run_inside_for_each_person(runs)
            self._nobody_is_stuck(runs, flow, awaited)
            self._nothing_happens_after_an_end(runs, journey)
            self._everybody_is_counted(runs, journey, flow, discards)

    def _one_run_inside_for_each_person(self, runs: list[Instance]) -> None:
        assert all(
            bool(run.supplemental_key) == (self.suffix == "Of") for run in runs if run.journey_id == self.journey
        )
        inside = Counter((run.profile_id, run.supplemental_key) for run in runs if run.ended_at is None)
        assert all(number == 1 for number in inside.values()), inside

    def _nobody_is_stuck(self, runs: list[Instance], flow: dict[str, Any], awaited: set[tuple[int, str, int]]) -> None:
        for run in runs:
            if run.ended_at is not None:
                assert (run.timers, run.context) == (None, {}), run
                continue
            assert run.wake_at is not None
            assert run.wake_at <= run.expires_at
            if run.state == "held":
                assert (self.paused, run.version_id) == ("hold", self.version), run
            elif run.port is None:
                assert (run.id, run.node, run.visit) in awaited, run
            else:
                assert run.timers or any(name.startswith("event-") for name in stands_at(run, flow)), run
            assert run.wake_at > clock.now(), "due, and not woken"

    def _nothing_happens_after_an_end(self, runs: list[Instance], journey: int) -> None:
        steps: dict[int, list[Any]] = {}
        people = {run.profile_id for run in runs}  # the index is by them; whose the steps are is asked in the end
        for step in StepEvent.objects.filter(profile_id__in=people, journey_id=journey).order_by("id"):
            steps.setdefault(step.instance_id, []).append(step)
        for run in runs:
            ends = [bool((step.details or {}).get("instanceEnded")) for step in steps[run.id]]
            assert ends == [False] * (len(ends) - 1) + [run.ended_at is not None], (run.state, ends)

    def _everybody_is_counted(
        self, runs: list[Instance], journey: int, flow: dict[str, Any], discards: Counter[tuple[int, int]]
    ) -> None:
        versions = {run.version_id for run in runs} | ({self.version} if journey == self.journey else set())
        for version, counted in control.counts(sorted(versions)).items():
            mine = [run for run in runs if run.version_id == version]
            inside = [run for run in mine if run.ended_at is None]
            total = counted["journey"]
            assert total["entered"] == len(mine)
            assert total["ended"] == len(mine) - len(inside)
            assert total["active"] == len(inside)
            assert total["error"] == sum(run.state == "error" for run in mine)
            assert total["discarded"] == discards[journey, version]
            standing = Counter(name for run in inside for name in stands_at(run, flow))
            shown = {name: found["waiting"] for name, found in counted["nodes"].items() if found["waiting"]}
            assert shown == dict(standing)


def stands_at(run: Instance, flow: dict[str, Any]) -> list[str]:
    """The nodes at which a run is counted as waiting."""
    if run.port is None:
        return [run.node]
    return [edge["to"] for edge in flow["edges"] if edge["from"] == {"node": run.node, "port": run.port}]


@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(st.data())
def whatever_happens(shop: Shop, data: st.DataObject) -> None:
    with ExitStack() as time:
        world = World(shop, data.draw(drawn()), time, data.draw(st.sampled_from(["", "Of"])))
        starts = [("event", person, "Start", "x") for person in PEOPLE]
        for operation in [*starts, *data.draw(st.lists(OPERATIONS, min_size=2, max_size=12))]:
            world.does(operation)
            world.holds()
        world.does(("resume",))
        world.does(("pass", 92 * 24))
        world.holds()
        assert not Instance.objects.filter(journey_id__in=[world.journey, world.target], ended_at__isnull=True).exists()
        # The next example has the sandbox to itself: these journeys take nobody in any more.
        control.close(version_id=world.care, now=clock.now())
        if world._is_current():
            control.close(version_id=world.version, now=clock.now())


def test_nobody_is_lost_stuck_or_counted_wrongly(shop: Shop) -> None:
    for event in EVENTS:
        shop.defines(event)
        about = f"@event{{{event}Of.properties.about}}"
        shop.defines(f"{event}Of", supplemental_namespace="About", supplemental_expression=about)
    shop.defines("Care")

    with shop.stays_open():
        whatever_happens(shop)

    assert reached == set(Instance.State.values)
    whose = dict(Instance.objects.values_list("id", "profile_id"))
    assert all(whose[run] == person for run, person in StepEvent.objects.values_list("instance_id", "profile_id"))
    assert StepEvent.objects.filter(details__jumpSkipped=False).exists()
    assert StepEvent.objects.filter(details__jumpSkipped=True).exists()
    assert StepEvent.objects.filter(node__startswith="jump", status="error").exists()
