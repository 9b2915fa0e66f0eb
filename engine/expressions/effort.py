"""How much one evaluation may do: no data and no expression may hold a worker, or its memory.

An evaluation begins with `MOST` units and pays for what grows with the data: elements looked at, characters read or
made. A unit is about 0.1 us of work and 40 bytes of new data, so `MOST` is about 30 ms and 10 MB (measured, with the
worst expressions found: tests/benchmarks/results.md, "hostile expression"). Units are counted, never timed: the same
expression over the same data always comes to the same end, however busy the machine is.
"""

from collections.abc import Callable
from threading import local
from typing import Any

from engine.expressions.problems import EvaluationError

MOST = 250_000
LIMIT = "limit"  # the code of the error


class _Left(local):
    units = MOST


_left = _Left()


def begin() -> None:
    """A new evaluation."""
    _left.units = MOST


def spend(units: int) -> None:
    """EvaluationError with the code `limit` when the evaluation has done enough."""
    _left.units -= units
    if _left.units < 0:
        raise EvaluationError(
            "The expression would do more work than one evaluation may.",
            hint="Look at shorter lists or texts, or choose from them with fewer conditions inside of each other.",
            code=LIMIT,
        )


def size(value: Any) -> int:
    """The units of looking at a value, or of making it."""
    kind = type(value)
    if kind is str:
        return len(value) >> 3
    if kind is list:
        return 4 * len(value) + sum([size(item) for item in value])
    if kind is dict:
        return 4 * len(value) + sum([size(item) for item in value.values()])
    return 1


def paid(run: Callable[..., object]) -> Callable[..., object]:
    """The function, which pays for what it is given, and for what it makes."""

    def call(*arguments: object) -> object:
        spend(sum(map(size, arguments)))
        made = run(*arguments)
        spend(size(made))
        return made

    return call


def counting(run: Callable[..., object]) -> Callable[..., object]:
    """The function, which only counts the elements of a list, and pays for their number."""

    def call(values: Any) -> object:
        spend(4 * len(values) if type(values) is list else 1)
        return run(values)

    return call
