"""How much room the graph of a journey takes: little left is a warning, more than there is refused."""

import json
from typing import Any

from designer.errors import TooLarge
from engine.activities import all_types
from engine.problems import Problem, Severity

LARGEST = 4 * 1024 * 1024
NEAR = LARGEST * 9 // 10


def measured(graph: object) -> int:
    """Its size in bytes, as it is stored."""
    return len(json.dumps(graph, ensure_ascii=False, separators=(",", ":")).encode())


def require_fits(graph: dict[str, Any]) -> None:
    """Raises TooLarge, with a problem at the step that takes most, when there is no room for it."""
    size = measured(graph)
    if size > LARGEST:
        problem = _problem(graph, size, "error")
        raise TooLarge(problem.message, hint=problem.hint, problems=[problem])


def problems_of(graph: dict[str, Any]) -> list[Problem]:
    """A warning at the step that takes most, once nine tenths of the room are taken."""
    size = measured(graph)
    return [_problem(graph, size, "warning")] if size >= NEAR else []


def _problem(graph: dict[str, Any], size: int, severity: Severity) -> Problem:
    node, sentence = _largest_step(graph)
    return Problem(
        code="ERR_PAYLOAD_LARGE",
        severity=severity,
        message=f"This journey takes {size:,} bytes of the {LARGEST:,} that fit. {sentence}".rstrip(),
        hint="Shorten the messages in it, or split the journey into two.",
        node=node,
    )


def _largest_step(graph: dict[str, Any]) -> tuple[str | None, str]:
    """The id of the step that takes most, and a sentence about it."""
    sizes = [(measured(node), node) for node in graph["nodes"]]
    if not sizes:
        return None, ""
    size, node = max(sizes, key=lambda one: one[0])
    kind = all_types()[node["type"]].face.label if node["type"] in all_types() else node["type"]
    name = node.get("label") or kind
    return node["id"], f"The largest step is “{name}” ({kind}, {node['id']}) with {size:,} bytes."
