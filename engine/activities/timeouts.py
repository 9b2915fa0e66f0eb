"""Waiting for something to happen no longer than so: the settings, what is wrong with them, and what waits."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from engine.activities.base import Behaviour, Listening, PortRule
from engine.activities.durations import Duration
from engine.problems import Problem

PORTS = (PortRule(name="next"), PortRule(name="timeout", label="Timeout", when="timeout_path"))
SETTINGS = ("timeout", "timeout_path")

Timeout = Annotated[
    Duration | None,
    Field(
        title="Wait no longer than",
        description="Without it, people wait here until it happens or the journey times out.",
        json_schema_extra={"format": "duration"},
    ),
]
TimeoutPath = Annotated[
    bool,
    Field(
        title="Set a timeout path",
        description="Off: after the timeout people go on along the normal path.",
        json_schema_extra={"x-when": "timeout"},
    ),
]


def timeout_problems(timeout: Timeout, timeout_path: bool) -> Iterator[Problem]:
    if timeout_path and timeout is None:
        yield Problem(
            code="ERR_TIMEOUT_PATH_WITHOUT_TIMEOUT",
            message="There is a timeout path, but no timeout.",
            hint="Set how long to wait, or switch the timeout path off.",
            field="timeout",
        )


def waits_for(signals: tuple[str, ...], timeout: Timeout, timeout_path: bool) -> Behaviour:
    """The first of these signals leads on; after the timeout its own path does, or the same."""
    port = "timeout" if timeout_path else "next"
    return Behaviour(listening=Listening(signals=signals, delay=timeout, timer_port=port))
