"""Functions of the language: how one is declared, and which of its signatures fits some arguments."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal as OneOf

from engine.expressions.types import STRING, UNKNOWN, Type, fits, list_of, parse_type

# What is special about a parameter. `constant`: a text in quotes is required; `zone`, `unit`: the same, and it must be
# a known one; `regex`: a text, and if it is constant, a valid pattern; `attribute`: names a field of a list's objects.
Kind = OneOf["plain", "constant", "zone", "unit", "regex", "attribute"]
_KINDS: dict[str, Kind] = {
    "constant": "constant",
    "zone": "zone",
    "unit": "unit",
    "regex": "regex",
    "attribute": "attribute",
}
CONSTANT_KINDS = ("constant", "zone", "unit")
# What a null argument makes of the result. `handled`: the function decides.
Nulls = OneOf["null", "false", "handled"]

ANY_SCALAR = Type("T")  # one and the same scalar type wherever it stands in a signature


@dataclass(frozen=True, slots=True)
class Parameter:
    type: Type
    kind: Kind = "plain"

    def __str__(self) -> str:
        return "constant string" if self.kind in CONSTANT_KINDS else str(self.type)


@dataclass(frozen=True, slots=True)
class Signature:
    parameters: tuple[Parameter, ...]
    result: Type

    def __str__(self) -> str:
        return f"({', '.join(map(str, self.parameters))}) -> {self.result}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function: everything that the checker, the compiler, the editor and the reference page know about it."""

    name: str
    family: str
    signatures: tuple[Signature, ...]
    doc: str
    example: str
    example_result: str
    run: Callable[..., object]
    nulls: Nulls = "null"
    reads_facts: bool = False
    counts: bool = False  # the elements of a list, without a look at what is in them
    deprecated: bool = False

    def fitting(self, arguments: Sequence[Type], *, exactly: bool = False) -> list[tuple[Signature, Type]]:
        """The signatures that take these arguments, each with its result type."""
        found = []
        for signature in self.signatures:
            bound = _bind(signature, arguments, exactly)
            if bound is not None:
                found.append((signature, _replace(signature.result, bound)))
        return found

    def result_for(self, arguments: Sequence[Type]) -> Type | None:
        """The type of the result: None when no signature fits, unknown when several do and they differ."""
        results = {result for _, result in self.fitting(arguments)}
        if not results:
            return None
        return results.pop() if len(results) == 1 else UNKNOWN


def _bind(signature: Signature, arguments: Sequence[Type], exactly: bool) -> Type | None:
    """The type that the signature's `T` stands for (unknown when nothing says), or None when it does not fit."""
    if len(signature.parameters) != len(arguments):
        return None
    bound = UNKNOWN
    for parameter, actual in zip(signature.parameters, arguments, strict=True):
        wanted = parameter.type
        variable = ANY_SCALAR in (wanted, wanted.element)
        if variable:
            if wanted.is_list and not actual.is_list:
                if actual.name not in ("null", "unknown"):
                    return None
                continue
            element = actual.element if wanted.is_list else actual
            if element is None or element.name in ("null", "unknown"):
                continue
            if not element.is_scalar or (bound != UNKNOWN and bound != element):
                return None
            bound = element
        elif exactly and actual == list_of(UNKNOWN):
            return None  # elements of several types fit no list of one type
        elif not fits(actual, wanted):
            return None
    return bound


def _replace(result: Type, bound: Type) -> Type:
    if result == ANY_SCALAR:
        return bound
    return list_of(bound) if result.element == ANY_SCALAR else result


_SIGNATURE = re.compile(r"\((.*)\) -> (.+)")


def parse_signature(text: str) -> Signature:
    """`(string, zone) -> dateTime`; `T` is any one scalar type."""
    match = _SIGNATURE.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a signature")
    parameters = tuple(_parameter(part.strip()) for part in match[1].split(",") if part.strip())
    return Signature(parameters, _type(match[2]))


def _parameter(text: str) -> Parameter:
    kind = _KINDS.get(text)
    return Parameter(STRING, kind) if kind else Parameter(_type(text))


def _type(text: str) -> Type:
    if text == "T":
        return ANY_SCALAR
    return list_of(ANY_SCALAR) if text == "list<T>" else parse_type(text)


class Family:
    """The functions of one file, in the order in which they are declared."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.functions: list[Function] = []

    def function(
        self,
        name: str,
        *signatures: str,
        doc: str,
        example: tuple[str, str],
        nulls: Nulls = "null",
        reads_facts: bool = False,
        counts: bool = False,
        deprecated: bool = False,
    ) -> Callable[[Callable[..., object]], Callable[..., object]]:
        """Declare a function of the language; the decorated one is what it does with non-null arguments."""

        def declare(run: Callable[..., object]) -> Callable[..., object]:
            self.functions.append(
                Function(
                    name=name,
                    family=self.name,
                    signatures=tuple(map(parse_signature, signatures)),
                    doc=doc,
                    example=example[0],
                    example_result=example[1],
                    run=run,
                    nulls=nulls,
                    reads_facts=reads_facts,
                    counts=counts,
                    deprecated=deprecated,
                )
            )
            return run

        return declare
