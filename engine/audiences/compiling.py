"""The rule of an audience as SQL, by the types that were kept with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.audiences.ground import People
from engine.definition.audience import check_rule, reads_of
from engine.definition.world import World
from engine.expressions import Checked
from engine.expressions.to_sql import Sql, joined, to_sql
from engine.models import Audience


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Several rules in one query over the people of some shards; a column `c<id>` for the answer of each."""

    columns: str
    joins: str
    parameters: Mapping[str, object]


def checked_rule(audience: Audience, world: World) -> Checked:
    """The kept rule; attributes have the types that they had when it was kept."""
    return check_rule(audience.rule, replace(world, profile_fields=audience.types))


def reads_the_clock(audience: Audience, world: World) -> bool:
    """Whether people enter or leave as time passes."""
    checked = checked_rule(audience, world)
    return not checked.problems and reads_of(checked).clock


def compiled(audience: Audience, world: World, ids: Mapping[str, int], *, now: datetime, for_everybody: bool) -> Sql:
    """The condition of an audience. ExpressionError: what it reads has changed, and it cannot be asked any more."""
    return to_sql(checked_rule(audience, world), People(ids), now=now, for_everybody=for_everybody)


def asked(conditions: Iterable[tuple[int, Sql]]) -> Asked:
    """Conditions of audiences, side by side."""
    found: Sequence[tuple[int, Sql]] = list(conditions)
    parameters: dict[str, Any] = {}
    for _, condition in found:
        parameters |= condition.parameters
    return Asked(
        columns=", ".join(f"coalesce({condition.text}, false) AS c{id}" for id, condition in found),
        joins=joined(join for _, condition in found for join in condition.joins),
        parameters=parameters,
    )
