"""Which shard a profile belongs to."""

SHARDS = 64  # fixed: it is part of the primary key of every big table


def shard_of(profile_id: int) -> int:
    """Ids come from one sequence, so the remainder spreads people evenly."""
    return profile_id % SHARDS
