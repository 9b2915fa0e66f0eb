"""What can be wrong with an expression, and what can go wrong while one is evaluated."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from engine.errors import JourneyOptError
from engine.problems import Problem

# The classes of mistakes, in the order in which they are reported.
CODES = ("syntax", "unknown_function", "unknown_field", "type", "unsupported")

MOST_PROBLEMS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpressionProblem(Problem):
    """One mistake in an expression: from character `start` up to, not including, `end`."""

    start: int = 0
    end: int = 0

    def as_json(self) -> dict[str, str | int | None]:
        # Not super(): a slots dataclass is a second class object, which the zero-argument form misses.
        return {**Problem.as_json(self), "from": self.start, "to": self.end}


class ExpressionError(JourneyOptError):
    """An expression cannot be used. `problems` says everything that is wrong with it."""

    code = "expression.invalid"

    def __init__(self, text: str, problems: Sequence[ExpressionProblem]) -> None:
        first = problems[0]
        super().__init__(
            f"The expression is not valid: {first.message}",
            hint=first.hint or "Correct the expression.",
            problems=problems,
        )
        self.text = text


class EvaluationError(JourneyOptError):
    """A value whose type was not known before does not fit where it is used. The node takes its error path."""

    code = "type"


def problem_at(text: str, code: str, start: int, end: int, message: str, hint: str = "") -> ExpressionProblem:
    """The problem with its place in `text`, lines and columns counted from 1."""
    before = text[:start]
    line = before.count("\n") + 1
    column = start - (before.rfind("\n") + 1) + 1
    end = max(start, min(end, len(text)))
    return ExpressionProblem(
        code=code,
        message=message,
        hint=hint,
        line=line,
        column=column,
        start=start,
        end=max(start, min(end, len(text))),
    )


def in_order(problems: Sequence[ExpressionProblem]) -> tuple[ExpressionProblem, ...]:
    """By class, then by place, each said once; of a flood, the first."""
    unique = {(problem.code, problem.start, problem.end, problem.message): problem for problem in problems}
    found = sorted(unique.values(), key=lambda problem: (CODES.index(problem.code), problem.start, problem.end))
    return tuple(found[:MOST_PROBLEMS])


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """A hint that names the closest known names, or ''."""
    if len(name) > 80:
        return ""
    by_lower = {candidate.lower(): candidate for candidate in known[:2000]}
    exact = by_lower.get(name.lower())
    close = [exact] if exact else [by_lower[match] for match in get_close_matches(name.lower(), by_lower, n=2)]
    return f"Did you mean {' or '.join(f'`{match}`' for match in close)}?" if close else ""
