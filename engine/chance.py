"""Numbers in [0, 1) that are drawn from what they decide, and not from a clock or a dice: pure, as all that decides."""

from hashlib import blake2b
from zlib import crc32


def chance_of(instance_id: int, node: str, visit: int) -> float:
    """A number in [0, 1) drawn from who, where and when: the same run replayed takes the same turns."""
    return crc32(f"{instance_id}.{node}.{visit}".encode()) / 2**32


def fixed_chance(version_id: int, node: str, profile_id: int) -> float:
    """A number in [0, 1) that is the same for a person whenever they come to this node of this version."""
    digest = blake2b(f"{version_id}.{node}.{profile_id}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32
