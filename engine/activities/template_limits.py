"""How much a template may ask for, so that none, written by mistake or with intent, holds a process up.

The Liquid library bounds loops, output and variables. Here is what it does not: text that takes its lexer for ever to
refuse, ranges that are lists of a billion numbers, and filters that make much of little.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from liquid import BoundTemplate, Environment, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions import LoopExpression
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.exceptions import LiquidSyntaxError, ResourceLimitError
from liquid.expression import Expression

LONGEST_MARKUP = 20_000  # characters from {{ to }}
MOST_WORK = 2_000_000  # characters and items that the filters of one rendering look at and make: some 0.1 s
_BLANKS = re.compile(r"\s{200,}")
_OPENING = re.compile(r"\{[{%]")
_CLOSING = {"{{": "}}", "{%": "%}"}
# Tags whose inside is no markup: (the tag, what closes it). The lexer looks for the end from every one of them.
_WHOLE = tuple(
    (name, re.compile(rf"\{{%-?\s{{0,200}}{name}\b"), re.compile(rf"\{{%-?\s{{0,200}}end{name}\b"))
    for name in ("raw", "doc")
)

_spent: ContextVar[list[int]] = ContextVar("spent")


class Unreadable(Exception):
    """The text would take the lexer too long, and is no template anyway. `place`: where, in characters."""

    def __init__(self, message: str, place: int) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


def require_readable(source: str) -> None:
    """Every {{ and {% is closed, soon, and without blanks by the hundred: then reading costs what its length says."""
    blanks = [found.start() for found in _BLANKS.finditer(source)]
    ends = dict.fromkeys(_CLOSING, -1)
    for found in _OPENING.finditer(source):
        start, opening = found.start(), found.group()
        if ends[opening] < start + 2:
            ends[opening] = source.find(_CLOSING[opening], start + 2)
        end = ends[opening]
        if end < 0:
            raise Unreadable(f"expected '{_CLOSING[opening]}', found the end of the text", start)
        if end - start > LONGEST_MARKUP:
            raise Unreadable(
                f"from {opening} to {_CLOSING[opening]} are more than {LONGEST_MARKUP:,} characters", start
            )
        run = bisect_left(blanks, start)
        if run < len(blanks) and blanks[run] < end:
            raise Unreadable("200 blanks in a row stand in a tag", start)
    for name, opened, closed in _WHOLE:
        *_, last = [-1, *(found.start() for found in opened.finditer(source))]
        if last >= 0 and not closed.search(source, last):
            raise Unreadable(f"the tag {name} is not closed", last)


def require_ranges_in_loops(template: BoundTemplate) -> None:
    """A range such as (1..3) stands where it is walked through one by one, and nowhere else."""
    context = RenderContext(template)
    waiting: list[Node] = list(template.nodes)
    while waiting:
        node = waiting.pop()
        waiting += node.children(context, include_partials=False)
        for expression in _below(node.expressions()):
            if isinstance(expression, RangeLiteral):
                raise LiquidSyntaxError("a range stands in a for or a tablerow only", token=expression.token)


def bound_filters(environment: Environment) -> None:
    """Make every filter pay for what it looks at and what it makes."""
    for name, function in environment.filters.items():
        environment.filters[name] = _paying(name, function)


@contextmanager
def allowance() -> Iterator[None]:
    """What one rendering may spend in filters."""
    token = _spent.set([0])
    try:
        yield
    finally:
        _spent.reset(token)


def _below(expressions: Iterable[Expression]) -> Iterator[Expression]:
    waiting = list(expressions)
    while waiting:
        expression = waiting.pop()
        yield expression
        waiting += [
            inner
            for inner in expression.children()
            if not (isinstance(expression, LoopExpression) and isinstance(inner, RangeLiteral))
        ]


def _paying(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def paying(left: Any, *arguments: Any, **options: Any) -> Any:
        _spend(_size(left) + sum(map(_size, arguments)) + _extra(name, left, arguments))
        result = function(left, *arguments, **options)
        _spend(_size(result))
        return result

    return paying


def _extra(name: str, left: Any, arguments: tuple[Any, ...]) -> int:
    """What some filters cost beyond what they are given."""
    match name, arguments:
        case "uniq", _:
            return len(left) ** 2 // 2 if isinstance(left, list | tuple) else 0  # each is compared with all before it
        case "join", _:
            return (len(left) if isinstance(left, list | tuple) else 1) * (_size(arguments[0]) if arguments else 1)
        case "replace", [old, new]:
            text, old = str(left), str(old)
            return (text.count(old) if old else len(text) + 1) * len(str(new))
    return 0


def _size(value: Any) -> int:
    """Characters and items in it, at every depth; counted no further than it matters."""
    found, waiting = 0, [value]
    while waiting and found <= MOST_WORK:
        inner = waiting.pop()
        match inner:
            case str():
                found += len(inner)
            case dict():
                found += len(inner)
                waiting += inner.values()
            case list() | tuple():
                found += len(inner)
                waiting += inner
            case int():
                found += 1 + inner.bit_length() // 8
            case _:
                found += 1
    return found


def _spend(work: int) -> None:
    spent = _spent.get(None)
    if spent is None:
        return
    spent[0] += work
    if spent[0] > MOST_WORK:
        raise ResourceLimitError("the filters of this template have too much to do", token=None)
