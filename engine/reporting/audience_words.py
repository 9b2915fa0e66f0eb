"""What the rule of an audience may say, for its editor."""

from typing import Any

from engine.definition.audience import scope_of_audience
from engine.definition.vocabulary import vocabulary_of
from engine.expressions import Scope
from engine.store.world import world_of


def audience_scope(sandbox_id: int) -> Scope:
    """The names that a rule may use, for who reads rules."""
    return scope_of_audience(world_of(sandbox_id))


def audience_vocabulary(sandbox_id: int) -> dict[str, Any]:
    """The fields of people and of their events, and the functions."""
    return vocabulary_of(audience_scope(sandbox_id))
