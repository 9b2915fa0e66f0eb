"""Calls of functions: what is known while compiling is computed, what may cost much is paid for."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from engine.expressions import operators, tree
from engine.expressions.effort import counting, paid
from engine.expressions.functions import FUNCTIONS
from engine.expressions.signatures import Function
from engine.expressions.to_python.pieces import Code, Dispatch
from engine.expressions.types import BOOLEAN, DECIMAL, NULL, STRING, Type
from engine.expressions.values import Attribute, Value

if TYPE_CHECKING:
    from engine.expressions.to_python.writing import Writer

FEW_CALLS = 10  # of functions, in one expression


def call(writer: "Writer", node: tree.Call) -> Code:
    function = FUNCTIONS[node.name]
    types = [writer.types[argument] for argument in node.arguments]
    fitting = function.fitting(types)
    arguments = [writer.value(argument) for argument in node.arguments]
    kinds = [parameter.kind for parameter in fitting[0][0].parameters]
    for index, argument in enumerate(node.arguments):
        if kinds[index] == "attribute":
            known = writer.attributes.get(argument)
            if known is not None:
                arguments[index] = Code(writer.constant(known), False)
            else:
                arguments[index] = Code(f"{writer.use(attribute)}({arguments[index].text})")
    if any(type_.is_open or type_ == NULL for type_ in types):
        code = _dispatched(writer, function, arguments)
    else:
        code = _called(writer, function, arguments, types)
    if writer.types[node] == DECIMAL and not code.is_constant:
        # The sum of no decimals is 0, the largest of 1 and null is 1: decimals all the same.
        return Code(f"{writer.use(operators.widen)}({code.text})", code.nullable)
    return code


def _dispatched(writer: "Writer", function: Function, arguments: list[Code]) -> Code:
    """A call whose argument types are only known when it happens."""
    name = writer.constant(Dispatch(function))
    text = f"{name}({', '.join(('facts', *(code.text for code in arguments)))})"
    return Code(text, function.nulls != "false")


def _is_paid(writer: "Writer", function: Function, types: Sequence[Type]) -> bool:
    """Whether a call pays for its work: when it sees a list, makes a text, or looks at texts again and again.

    A few tests of texts need not (paying is 0.3 us): each is at most as much work as the text is long.
    """
    if any(not type_.is_scalar for type_ in types):
        return True
    if STRING not in types:
        return False
    kinds = {parameter.kind for signature in function.signatures for parameter in signature.parameters}
    makes_text = any(
        not signature.result.is_numeric and signature.result != BOOLEAN for signature in function.signatures
    )
    return makes_text or "regex" in kinds or bool(writer.loops) or writer.calls > FEW_CALLS


def _paid(writer: "Writer", function: Function) -> Callable[..., object]:
    """What the function does, and pays for; one for all of its calls."""
    if function.name not in writer.paid:
        writer.paid[function.name] = (counting if function.counts else paid)(function.run)
    return writer.paid[function.name]


def _called(writer: "Writer", function: Function, arguments: list[Code], types: Sequence[Type]) -> Code:
    run = function.run
    if _is_paid(writer, function, types):
        run = _paid(writer, function)
    if not function.reads_facts and arguments and all(code.is_constant for code in arguments):
        is_null = any(code.constant is None for code in arguments)
        if (not is_null or function.nulls == "handled") and (code := writer.evaluated(run, arguments)):
            return code
    name = writer.constant(run)
    facts = ("facts",) if function.reads_facts else ()
    if function.nulls == "handled":
        return Code(f"{name}({', '.join((*facts, *(code.text for code in arguments)))})")
    guards, texts = [], []
    for code in arguments:
        if code.nullable:
            temporary = writer.temporary()
            guards.append(f"({temporary} := {code.text}) is not None")
            texts.append(temporary)
        else:
            texts.append(code.text)
    text = f"{name}({', '.join((*facts, *texts))})"
    if function.nulls == "false":
        return Code(f"({' and '.join((*guards, text))})", False) if guards else Code(text, False)
    return Code(f"({text} if {' and '.join(guards)} else None)" if guards else text)


def attribute(name: Value) -> Attribute | None:
    return Attribute(name) if isinstance(name, str) else None
