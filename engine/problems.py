"""A mistake an author made in a journey, said so that they can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One mistake: a stable code, a sentence, what to do, and where it stands.

    `node` is the id of a node of the graph, or None for the journey as a whole. `field` is a dotted path
    into the node's settings (`paths.0.condition`). `line` and `column` count from 1, inside an expression.
    """

    code: str
    message: str
    hint: str = ""
    severity: Severity = "error"
    node: str | None = None
    field: str | None = None
    line: int | None = None
    column: int | None = None

    def as_json(self) -> dict[str, str | int | None]:
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "hint": self.hint,
            "node": self.node,
            "field": self.field,
            "line": self.line,
            "column": self.column,
        }


def errors_in(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that block publishing."""
    return [problem for problem in problems if problem.severity == "error"]
