"""docs/reference/expressions.md, written from what the functions say about themselves."""

from pathlib import Path

from engine.expressions.functions import FAMILIES
from engine.expressions.signatures import Family, Function

CHAPTER = 13  # of the functions; their families are its sections


def page() -> str:
    """The whole page: the language (`reference.md` beside this file), with every function in its chapter."""
    language = (Path(__file__).parent / "reference.md").read_text(encoding="utf-8")
    families = [_family(f"{CHAPTER}.{number}", family) for number, family in enumerate(FAMILIES, start=1)]
    return language.replace("<!-- functions -->", "\n\n".join([_INTRODUCTION, *families]))


_INTRODUCTION = (
    "In the signatures, `T` is any one of the single-value types, and a *constant string* is a text in quotes. "
    "A null argument makes the result null where nothing else is said. Whatever does not fit a signature is a `type` "
    "mistake. In the examples, now is 2026-01-15T10:00:00Z."
)


def _family(number: str, family: Family) -> str:
    names = " · ".join(f"[{function.name}](#{function.name.lower()})" for function in family.functions)
    return "\n\n".join([f"### {number} {family.name}", names, *map(_function, family.functions)])


def _function(function: Function) -> str:
    lines = [f"#### {function.name}", "", function.doc]
    if function.deprecated:
        lines[2] += " Deprecated."
    if function.nulls == "false":
        lines[2] += " False when an argument is null."
    lines += ["", "```text", *(f"{function.name}{signature}" for signature in function.signatures), "```", ""]
    lines.append(f"Example: `{function.example}` is `{function.example_result}`.")
    return "\n".join(lines)
