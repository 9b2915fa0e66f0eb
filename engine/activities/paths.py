"""What activities with several paths have in common: every path has an id of its own."""

from collections.abc import Iterator, Sequence

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
