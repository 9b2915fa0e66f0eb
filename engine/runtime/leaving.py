"""Taking instances out of their journeys where no stimulus of their own does: merged, or past processing."""

from datetime import datetime
from typing import Any

import psycopg

from engine import interpreter
from engine.catalogue import Catalogue
from engine.expressions import Facts
from engine.instance import Effects, Leave, Step
from engine.runtime.batch import EMPTY, Batch, Person, Standing
from engine.runtime.writing import write
from engine.store.ids import Ids


def leave(
    connection: psycopg.Connection[Any],
    catalogue: Catalogue,
    ids: Ids,
    standings: list[Standing],
    why: Leave,
    *,
    writer: int,
    now: datetime,
) -> None:
    """End these instances, with the step and the counts that belong to it. Their shards are held."""
    batch = Batch(now=now)
    plans = catalogue.plans(connection, {standing.version_id for standing in standings})
    facts = Facts(EMPTY, {"Profile": {"attributes": {}}}, EMPTY, EMPTY, EMPTY, {}, EMPTY, now)
    for standing in standings:
        instance = standing.instance
        batch.people[instance.profile_id] = Person(instance.profile_id, {})
        plan = plans.get(standing.version_id)
        if plan is not None:
            effects = interpreter.advance(plan, instance, why, facts, now)
        else:  # a version that cannot be compiled: nobody knows which nodes it was counted at
            effects = Effects(counts=[("", "", "ended")])
            effects.steps.append(Step(instance.visit, instance.node, None, "ended", {"reason": why.reason}))
            instance.state, instance.ended_at, instance.moved_at = why.state, now, now
            instance.timers, instance.context = {}, {}
        batch.keep(standing, effects)
    write(connection, batch, ids, writer)
