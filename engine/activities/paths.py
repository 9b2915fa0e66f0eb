"""What activities with several paths have in common: ids of their own, and a path for other cases."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from engine.activities.base import Go, PortRule
from engine.problems import Problem

RESERVED = {"next", "other", "error", "timeout", "fallback", "nominal", "alternate"}


def path_problems(field: str, ids: Sequence[str]) -> Iterator[Problem]:
    for index, path in enumerate(ids):
        if path in ids[:index] or path in RESERVED:
            yield Problem(
                code="ERR_PATH_ID",
                message=f"The path id {path!r} is used twice or is reserved.",
                hint="Give every path an id of its own, such as path-2.",
                field=f"{field}.{index}.id",
            )


NO_MATCH = Go("")  # no path matched and there is none for other cases: the journey ends for this person
PATHS = PortRule(each="paths", label_field="label")
OTHER_CASES = PortRule(name="other", label="Other cases", when="other_cases")
OtherCases = Annotated[
    bool,
    Field(title="Show a path for other cases", description="Off: the journey ends for people who match no path."),
]


def otherwise(other_cases: bool) -> Go:
    """Where people go who match no path."""
    return Go("other") if other_cases else NO_MATCH
