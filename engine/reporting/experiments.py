"""What comes of experiments: how each treatment does, which one is ahead, and what follows from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum

from engine.activities.experiment import Experiment as Activity
from engine.errors import JourneyOptError
from engine.instance import HOLDOUT
from engine.models import Counter, Definition, Experiment
from engine.reporting.chances import chances_of_best, shares_by
from engine.store import catalogue as rows

REWEIGH = timedelta(days=7)
SURE = 0.95
LEAST_ASSIGNED = 100  # to each treatment, before one of them may win by itself


class NoSuchTreatment(JourneyOptError):
    """There is no such experiment in the version, or no such treatment in it."""

    code = "experiment.no_such_treatment"
    status = 422


@dataclass(frozen=True, kw_only=True, slots=True)
class Treatment:
    """`share`: of the people who come now, from 0 to 1. `chance`: to be the best of them, from 0 to 1."""

    id: str
    label: str
    share: float
    assigned: int
    succeeded: int
    chance: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """How an experiment stands. `holdout`: (assigned, succeeded) of those who were kept out, None when nobody is."""

    version_id: int
    node: str
    label: str
    success: str
    method: str
    treatments: tuple[Treatment, ...]
    holdout: tuple[int, int] | None
    winner: str
    scaled_at: datetime | None
    scaled_by: str
    reweighed_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Scaled:
    """A treatment that gets everybody from now on."""

    version_id: int
    node: str
    treatment: str


def results(version_id: int) -> list[Results]:
    """How the experiments of a published version stand, those that name a success."""
    graph = Definition.objects.filter(version_id=version_id).values_list("graph", flat=True).first()
    nodes = _experiments_in(graph) if graph else {}
    if not nodes:
        return []
    counted: dict[tuple[str, str, str], int] = {}
    numbers = Counter.objects.filter(version_id=version_id, node__in=nodes, metric__in=("assigned", "succeeded"))
    for node, treatment, metric, value in numbers.values_list("node", "port", "metric").annotate(value=Sum("value")):
        counted[node, treatment, metric] = int(value)
    states = {state.node: state for state in Experiment.objects.filter(version_id=version_id)}
    return [
        _result(version_id, node, label, activity, counted, states.get(node) or Experiment(node=node))
        for node, (label, activity) in nodes.items()
    ]


def scale(*, version_id: int, node: str, treatment: str, by: str, now: datetime) -> None:
    """Give everybody this treatment from now on. NoSuchTreatment."""
    found = next((one for one in results(version_id) if one.node == node), None)
    if found is None or treatment not in {one.id for one in found.treatments}:
        raise NoSuchTreatment(
            "There is no such treatment to give to everybody.", hint="Reload, and choose one of those that are listed."
        )
    state = {"winner": treatment, "scaled_at": now, "scaled_by": by}
    Experiment.objects.update_or_create(version_id=version_id, node=node, defaults=state)
    _tell()


def look_at_all(now: datetime) -> list[Scaled]:
    """Scale the winners of those that want it, and give new shares to the bandits whose week is over."""
    scaled = []
    open_ = Definition.objects.filter(status__in=("live", "resuming")).values_list("version_id", "deployed_at", "graph")
    for version_id, deployed_at, graph in open_:
        if not _experiments_in(graph):
            continue
        for found in results(version_id):
            winner = "" if found.winner else _winner(found, _experiments_in(graph)[found.node][1], now - deployed_at)
            if winner:
                scale(version_id=version_id, node=found.node, treatment=winner, by="", now=now)
                scaled.append(Scaled(version_id=version_id, node=found.node, treatment=winner))
            elif found.method == "bandit" and not found.winner and _is_due(found, deployed_at, now):
                shares = shares_by([one.chance for one in found.treatments])
                state = {"shares": shares, "reweighed_at": now}
                Experiment.objects.update_or_create(version_id=version_id, node=found.node, defaults=state)
                _tell()
    return scaled


def _is_due(found: Results, deployed_at: datetime, now: datetime) -> bool:
    known = any(one.succeeded for one in found.treatments)
    return known and now >= (found.reweighed_at or deployed_at) + REWEIGH


def _winner(found: Results, activity: Activity, age: timedelta) -> str:
    """The treatment that is to get everybody by the settings; '' while there is none."""
    if not activity.auto_scale or not any(one.assigned for one in found.treatments):
        return ""
    ahead = max(found.treatments, key=lambda one: one.chance)
    enough = all(one.assigned >= LEAST_ASSIGNED for one in found.treatments)
    is_late = activity.scale_after is not None and age >= activity.scale_after
    return ahead.id if (enough and ahead.chance >= SURE) or is_late else ""


def _experiments_in(graph: dict[str, Any]) -> dict[str, tuple[str, Activity]]:
    """Node -> (label, settings) of the experiments that name a success."""
    found = {
        node["id"]: (node.get("label") or node["id"], Activity.model_validate(node["settings"]))
        for node in graph["nodes"]
        if node["type"] == Activity.face.kind
    }
    return {node: pair for node, pair in found.items() if pair[1].success}


def _result(
    version_id: int,
    node: str,
    label: str,
    activity: Activity,
    counted: dict[tuple[str, str, str], int],
    state: Experiment,
) -> Results:
    def of(treatment: str) -> tuple[int, int]:
        return counted.get((node, treatment, "assigned"), 0), counted.get((node, treatment, "succeeded"), 0)

    settled = [treatment.share / 100 for treatment in activity.treatments]
    chances = chances_of_best([of(treatment.id) for treatment in activity.treatments])
    return Results(
        version_id=version_id,
        node=node,
        label=label,
        success=activity.success,
        method=activity.method,
        treatments=tuple(
            Treatment(
                id=treatment.id,
                label=treatment.label or treatment.id,
                share=share if not state.winner else float(treatment.id == state.winner),
                assigned=of(treatment.id)[0],
                succeeded=of(treatment.id)[1],
                chance=chance,
            )
            for treatment, share, chance in zip(activity.treatments, state.shares or settled, chances, strict=True)
        ),
        holdout=of(HOLDOUT) if activity.has_holdout else None,
        winner=state.winner,
        scaled_at=state.scaled_at,
        scaled_by=state.scaled_by,
        reweighed_at=state.reweighed_at,
    )


def _tell() -> None:
    with connection.cursor() as cursor:
        rows.touch(cursor)
