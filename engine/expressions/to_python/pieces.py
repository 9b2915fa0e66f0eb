"""What a function that is being written consists of: pieces of Python, loop variables, the function itself."""

from dataclasses import dataclass

from engine.expressions.effort import paid
from engine.expressions.facts import Facts
from engine.expressions.problems import EvaluationError
from engine.expressions.signatures import Function
from engine.expressions.types import STRING, Type
from engine.expressions.values import Attribute, Value, type_of


class _Nothing:
    """Stands for: not a constant."""


_NOTHING = _Nothing()


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of Python that computes a value. `constant` is the value when it is known already."""

    text: str
    nullable: bool = True
    constant: Value = _NOTHING

    @property
    def is_constant(self) -> bool:
        return self.constant is not _NOTHING


@dataclass(frozen=True, slots=True)
class Bound:
    """A loop variable of the language, the Python parameter that carries it, and the type of the element."""

    variable: str
    parameter: str
    element: Type


class Frame:
    """A Python function that is being written."""

    __slots__ = ("head", "level", "name", "parameters", "places", "temporaries")

    def __init__(self, name: str, parameters: tuple[str, ...]) -> None:
        self.name = name
        self.parameters = parameters
        self.head: list[str] = []
        self.places: dict[tuple[str, tuple[str, ...], bool], str] = {}
        self.temporaries = 0
        self.level = 0


class Dispatch:
    """Calls a function with arguments whose types are looked at now, by the rules of the checker."""

    __slots__ = ("function", "run")

    def __init__(self, function: Function) -> None:
        self.function = function
        self.run = paid(function.run)

    def __call__(self, facts: Facts, *arguments: Value) -> Value:
        function = self.function
        types = [STRING if isinstance(argument, Attribute) else type_of(argument) for argument in arguments]
        if not function.fitting(types, exactly=True):
            given = f"({', '.join(map(str, types))})"
            raise EvaluationError(
                f"`{function.name}` does not take {given}.",
                hint=f"It is {' or '.join(f'{function.name}{signature}' for signature in function.signatures[:6])}.",
            )
        if function.nulls != "handled" and None in arguments:
            return False if function.nulls == "false" else None
        return self.run(facts, *arguments) if function.reads_facts else self.run(*arguments)
