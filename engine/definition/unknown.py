"""Problems with names: what there is not, with what may have been meant. Pure."""

from collections.abc import Collection
from difflib import get_close_matches

from engine.problems import Problem


def unknown_audience(name: str, known: Collection[str], *, field: str, node: str | None = None) -> Problem:
    """That there is no audience of this name."""
    return Problem(
        code="ERR_UNKNOWN_AUDIENCE",
        message=f"There is no audience {name!r}.",
        hint=_meant(name, known) or "Choose another audience, or make this one.",
        node=node,
        field=field,
    )


def unknown_event(name: str, known: Collection[str], *, field: str, node: str | None = None) -> Problem:
    """That there is no event definition of this name."""
    return Problem(
        code="ERR_UNKNOWN_EVENT",
        message=f"There is no event {name!r}.",
        hint=_meant(name, known) or "Choose another event, or define this one.",
        node=node,
        field=field,
    )


def _meant(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"Did you mean {close[0]!r}?" if close else ""
