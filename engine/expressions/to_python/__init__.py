"""Tree -> Python function, made once when an expression is compiled; evaluating never looks at the tree again.

The function is Python source made from the typed tree alone. Nothing an author wrote is ever part of it: names,
texts and numbers are passed beside it, as variables `k1`, `k2`, ... of its namespace.

What makes it fast:
 - objects on the way to a field are looked up once per evaluation, at the head of the function (`p1`, `p2`, ...),
   where an object that is missing becomes an empty one, so that reading a field is one `dict.get`;
 - a comparison looks at the class of a value instead of converting it, and converts only what does not fit at once;
 - functions of constants are evaluated while compiling.
"""

from collections.abc import Callable
from functools import lru_cache
from types import CodeType
from typing import cast

from engine.expressions.checking import Checked
from engine.expressions.effort import begin
from engine.expressions.facts import Facts
from engine.expressions.to_python.writing import Writer
from engine.expressions.types import Type
from engine.expressions.values import Value

Evaluate = Callable[[Facts], Value]


def to_python(checked: Checked, expect: Type | None) -> Evaluate:
    """The function that evaluates an expression without problems."""
    assert checked.tree is not None
    writer = Writer(checked)
    begin()  # functions of constants are evaluated now
    with writer.function(()) as frame:
        frame.head.append(f"{writer.use(begin)}()")
        result = writer.result(checked.tree, checked.type, expect)
    writer.finish(frame, result)
    exec(_compiled("\n".join(writer.source)), writer.namespace)
    return cast(Evaluate, writer.namespace[frame.name])


@lru_cache(maxsize=1_000)
def _compiled(source: str) -> CodeType:
    """Expressions that differ in names and constants only have the same source; Python takes 0.15 ms for one."""
    return compile(source, "<expression>", "exec", dont_inherit=True)
