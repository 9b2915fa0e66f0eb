"""The expression language of journeys: conditions, computed values, references to what is known about a person.

Text is checked against a Scope (the names that exist at a place), compiled once into a Python function, and evaluated
with Facts (what is known about one person). The language is described in docs/reference/expressions.md.
"""

from typing import TypedDict

from engine.expressions.checking import Checked, check
from engine.expressions.compiled import Compiled, compile_expression
from engine.expressions.facts import Facts
from engine.expressions.functions import FUNCTIONS
from engine.expressions.problems import EvaluationError, ExpressionError, ExpressionProblem
from engine.expressions.schema import JOURNEY_PROPERTIES, Schema, Scope
from engine.expressions.types import (
    BOOLEAN,
    DATE_ONLY,
    DATE_TIME,
    DATE_TIME_ONLY,
    DECIMAL,
    DURATION,
    INTEGER,
    OBJECT,
    STRING,
    UNKNOWN,
    Type,
    list_of,
    map_of,
    parse_type,
)
from engine.expressions.uses import Field, Uses, references
from engine.expressions.values import to_json, to_text

compile = compile_expression


class FunctionEntry(TypedDict):
    """A function as the editor lists it."""

    name: str
    signatures: list[str]
    doc: str
    example: str


def describe() -> list[FunctionEntry]:
    """The functions of the language, for autocomplete. Deprecated ones are left out."""
    return [
        {
            "name": function.name,
            "signatures": [str(signature) for signature in function.signatures],
            "doc": function.doc,
            "example": function.example,
        }
        for function in FUNCTIONS.values()
        if not function.deprecated
    ]


__all__ = [
    "BOOLEAN",
    "DATE_ONLY",
    "DATE_TIME",
    "DATE_TIME_ONLY",
    "DECIMAL",
    "DURATION",
    "INTEGER",
    "JOURNEY_PROPERTIES",
    "OBJECT",
    "STRING",
    "UNKNOWN",
    "Checked",
    "Compiled",
    "EvaluationError",
    "ExpressionError",
    "ExpressionProblem",
    "Facts",
    "Field",
    "FunctionEntry",
    "Schema",
    "Scope",
    "Type",
    "Uses",
    "check",
    "compile",
    "describe",
    "list_of",
    "map_of",
    "parse_type",
    "references",
    "to_json",
    "to_text",
]
