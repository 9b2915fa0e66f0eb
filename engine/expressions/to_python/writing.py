"""The writer of one function: names, nested functions, conditions, operators. Calls and paths are files beside it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from engine.expressions import operators, tree
from engine.expressions.checking import Checked
from engine.expressions.effort import size
from engine.expressions.problems import EvaluationError
from engine.expressions.to_python import calls, paths
from engine.expressions.to_python.pieces import Bound, Code, Frame
from engine.expressions.tree import Node, bare
from engine.expressions.types import BOOLEAN, DATE_TIME, DATE_TIME_ONLY, DECIMAL, INTEGER, STRING, UNKNOWN, Type
from engine.expressions.values import LARGEST, SMALLEST, as_decimal, as_integer

EXACT = 2**53  # up to here, an integer compares like the decimal that it stands for
LARGEST_CONSTANT = 5_000  # units of a value that is computed while compiling, and kept
# Python's own parser stops at 200 nested parentheses; deeper parts become functions of their own.
LEVELS_PER_FUNCTION = 12

_ORDERINGS = {
    "<": operators.is_less,
    "<=": operators.is_at_most,
    ">": operators.is_greater,
    ">=": operators.is_at_least,
}
_ARITHMETIC = {
    "+": operators.plus,
    "-": operators.minus,
    "*": operators.times,
    "/": operators.divided_by,
    "%": operators.remainder,
}
_KINDS = {"numeric": operators.is_numeric, "integer": operators.is_integer, "decimal": operators.is_decimal}


class Writer:
    def __init__(self, checked: Checked) -> None:
        self.types = checked.notes.types
        self.places = checked.notes.places
        self.attributes = checked.notes.attributes
        self.source: list[str] = []
        self.namespace: dict[str, object] = {
            "__builtins__": {},
            "type": type,
            "dict": dict,
            "int": int,
            "float": float,
            "KeyError": KeyError,
            "TypeError": TypeError,
            "EMPTY": operators.EMPTY,
        }
        self.names: dict[tuple[type, object], str] = {}
        self.frames: list[Frame] = []
        self.functions = 0
        self.calls = sum(isinstance(node, tree.Call) for node in checked.notes.types)
        self.paid: dict[str, Callable[..., object]] = {}
        self.loops: list[Bound] = []  # the loop variables around the place being written, innermost last

    # --- Names and functions --------------------------------------------------------------------------------------

    def constant(self, value: object) -> str:
        """The name of a value in the namespace."""
        if value is None or value is True or value is False:
            return str(value)
        # What is equal is shared, where equal means the same: not 0.0 and -0.0, nor one instant with two offsets.
        is_shared = isinstance(value, str | int) or callable(value)
        key = (type(value), value if is_shared else id(value))
        if key in self.names:
            return self.names[key]
        name = f"k{len(self.namespace)}"
        self.namespace[name] = value
        self.names[key] = name
        return name

    def use(self, helper: Callable[..., object]) -> str:
        """The name of one of our own functions in the namespace."""
        name = helper.__name__
        if not name.isidentifier() or self.namespace.setdefault(name, helper) is not helper:
            return self.constant(helper)
        return name

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    @contextmanager
    def function(self, parameters: tuple[str, ...]) -> Iterator[Frame]:
        """Write a Python function while inside."""
        self.functions += 1
        frame = Frame(f"part{self.functions}", parameters)
        self.frames.append(frame)
        yield frame
        self.frames.pop()

    def finish(self, frame: Frame, result: str) -> None:
        self.source.append(f"def {frame.name}({', '.join(('facts', *frame.parameters))}):")
        self.source.extend(f"    {line}" for line in (*frame.head, f"return {result}"))

    def temporary(self) -> str:
        self.frame.temporaries += 1
        return f"t{self.frame.temporaries}"

    def _deeper(self, write: Callable[[Node], Code], node: Node) -> Code:
        """Write a node, in a function of its own when it stands too deep."""
        frame = self.frame
        if frame.level < LEVELS_PER_FUNCTION:
            frame.level += 1
            code = write(node)
            frame.level -= 1
            return code
        with self.function(frame.parameters) as part:
            code = write(node)
        if code.is_constant:
            return code
        self.finish(part, code.text)
        return Code(f"{part.name}({', '.join(('facts', *part.parameters))})", code.nullable)

    # --- Results --------------------------------------------------------------------------------------------------

    def result(self, root: Node, found: Type, expect: Type | None) -> str:
        """The text of what the whole function returns. Where a condition is asked for, null is false."""
        if expect == BOOLEAN:
            return self.condition(root).text
        code = self.value(root)
        if expect == DECIMAL and found == INTEGER:
            return f"{self.use(operators.widen)}({code.text})"
        if expect is not None and expect != UNKNOWN and found.is_open:
            return f"{self.use(operators.require)}({code.text}, {self.constant(expect)})"
        if isinstance(code.constant, list):
            return f"{code.text}.copy()"
        return code.text

    def condition(self, node: Node) -> Code:
        """Python that is True or False: null counts as false."""
        return self._deeper(self._condition, bare(node))

    def _condition(self, node: Node) -> Code:
        found = self.types[node]
        if found == UNKNOWN:
            return Code(f"{self.use(operators.truth)}({self._value(node).text})", False)
        if isinstance(node, tree.Reference | tree.Loop) and not getattr(node, "default", None):
            return Code(f"({paths.raw(self, node)} is True)", False)
        if isinstance(node, tree.Conditional):
            test, then, other = (self.condition(part) for part in (node.condition, node.then, node.otherwise))
            return Code(f"({then.text} if {test.text} else {other.text})", False)
        code = self._value(node)
        if code.is_constant:
            return Code(str(code.constant is True), False, code.constant is True)
        return Code(f"({code.text} is True)", False) if code.nullable else code

    def value(self, node: Node) -> Code:
        """Python whose value is that of the node."""
        return self._deeper(self._value, bare(node))

    def _value(self, node: Node) -> Code:
        match node:
            case tree.Literal():
                return Code(self.constant(node.value), node.value is None, node.value)
            case tree.ListLiteral():
                return self._list(node)
            case tree.Reference() | tree.Loop() | tree.Property():
                return paths.read(self, node)
            case tree.Call():
                return calls.call(self, node)
            case tree.Conditional():
                return self._conditional(node)
            case tree.Logic():
                joined = f" {node.operator} ".join(self.condition(operand).text for operand in node.operands)
                return Code(f"({joined})", False)
            case tree.Not():
                return Code(f"(not {self.condition(node.operand).text})", False)
            case tree.Comparison():
                return self._comparison(node)
            case tree.Arithmetic():
                return self._arithmetic(node)
            case tree.IsNull():
                test = "is not None" if node.negated else "is None"
                return Code(f"({self.value(node.operand).text} {test})", False)
            case tree.IsKind():
                return Code(f"{self.use(_KINDS[node.kind])}({self.value(node.operand).text})", False)
            case tree.HasNull():
                return Code(f"{self.use(operators.has_null)}({self.value(node.operand).text})", False)
        raise AssertionError(node)

    def required(self, node: Node, wanted: Type) -> Code:
        """The value of a node, which is looked at when only then its type is known."""
        code = self.value(node)
        if wanted.is_open or not self.types[node].is_open:
            return code
        return Code(f"{self.use(operators.require)}({code.text}, {self.constant(wanted)})", code.nullable)

    # --- Lists, conditionals, operators ---------------------------------------------------------------------------

    def _list(self, node: tree.ListLiteral) -> Code:
        element = self.types[node].element or UNKNOWN
        items = [self.required(item, element) for item in node.items]
        if all(item.is_constant for item in items):
            values = [item.constant for item in items]
            return Code(self.constant(values), False, values)
        return Code(f"[{', '.join(item.text for item in items)}]", False)

    def _conditional(self, node: tree.Conditional) -> Code:
        test = self.condition(node.condition)
        branches = []
        for branch in (node.then, node.otherwise):
            code = self.value(branch)
            if self.types[node] == DECIMAL and self.types[branch] == INTEGER:
                code = Code(f"{self.use(operators.widen)}({code.text})", code.nullable)
            branches.append(code)
        then, other = branches
        return Code(f"({then.text} if {test.text} else {other.text})", then.nullable or other.nullable)

    def _arithmetic(self, node: tree.Arithmetic) -> Code:
        left, right = self.value(node.left), self.value(node.right)
        run = _ARITHMETIC[node.operator]
        if left.is_constant and right.is_constant and (code := self.evaluated(run, [left, right])):
            return code
        return Code(f"{self.use(run)}({left.text}, {right.text})")

    def evaluated(self, run: Callable[..., object], arguments: Sequence[Code]) -> Code | None:
        """The value of a function of constants, computed now; None when it fails, takes too much, or is large."""
        try:
            value = run(*(argument.constant for argument in arguments))
        except EvaluationError:  # when it is evaluated: that is where errors of values belong
            return None
        return Code(self.constant(value), value is None, value) if size(value) <= LARGEST_CONSTANT else None

    def _comparison(self, node: tree.Comparison) -> Code:
        left, right = self.types[node.left], self.types[node.right]
        same = left == right and left.is_scalar
        numeric = left.is_numeric and right.is_numeric
        if node.operator in ("==", "!="):
            negated = node.operator == "!="
            if numeric:
                return self._guarded(node.left, node.right, "==", negated)
            if same:
                texts = [
                    self._unconverted(operand) if self._is_constant(other) else self.value(operand).text
                    for operand, other in ((node.left, node.right), (node.right, node.left))
                ]
                return Code(f"({texts[0]} {node.operator} {texts[1]})", False)
            text = f"{self.use(operators.equal)}({self.value(node.left).text}, {self.value(node.right).text})"
            return Code(f"(not {text})" if negated else text, False)
        if numeric or (same and left in (DATE_TIME, DATE_TIME_ONLY)):
            return self._guarded(node.left, node.right, node.operator, False)
        ordered = self.use(_ORDERINGS[node.operator])
        return Code(f"{ordered}({self.value(node.left).text}, {self.value(node.right).text})", False)

    def _unconverted(self, node: Node) -> str:
        """An operand of an equality: next to a constant text, a field need not be looked at for its type."""
        inner = bare(node)
        if self.types[node] == STRING and isinstance(inner, tree.Reference | tree.Loop) and self._is_plain(inner):
            return paths.raw(self, inner)
        return self.value(node).text

    def _guarded(self, left: Node, right: Node, operator: str, negated: bool) -> Code:
        """Both operands, looked at for null and class, then compared."""
        guards: list[str] = []
        texts = [self._operand(operand, guards) for operand in (left, right)]
        text = " and ".join((*guards, f"{texts[0]} {operator} {texts[1]}"))
        if operator == "==" and guards and not self._is_constant(left) and not self._is_constant(right):
            # Null equals null.
            return self._null_safe(left, right, negated)
        return Code(f"(not ({text}))" if negated else f"({text})", False)

    def _is_constant(self, node: Node) -> bool:
        inner = bare(node)
        return isinstance(inner, tree.Literal) and inner.value is not None

    def _null_safe(self, left: Node, right: Node, negated: bool) -> Code:
        operator = "!=" if negated else "=="
        return Code(f"({self.value(left).text} {operator} {self.value(right).text})", False)

    def _operand(self, node: Node, guards: list[str]) -> str:
        inner = bare(node)
        if isinstance(inner, tree.Reference | tree.Loop) and self._is_plain(inner):
            name = self.temporary()
            if self.types[inner] == INTEGER:
                convert = self.use(as_integer)
                guards.append(
                    f"(type({name} := {paths.raw(self, inner)}) is int and {SMALLEST} <= {name} <= {LARGEST}"
                    f" or ({name} := {convert}({name})) is not None)"
                )
                return name
            if self.types[inner] == DECIMAL:
                convert = self.use(as_decimal)
                is_exact = f"type({name}) is int and -{EXACT} <= {name} <= {EXACT}"
                guards.append(
                    f"(type({name} := {paths.raw(self, inner)}) is float or {is_exact}"
                    f" or ({name} := {convert}({name})) is not None)"
                )
                return name
        code = self.value(node)
        if not code.nullable:
            return code.text
        name = self.temporary()
        guards.append(f"({name} := {code.text}) is not None")
        return name

    def _is_plain(self, node: tree.Reference | tree.Loop) -> bool:
        return isinstance(node, tree.Loop) or node.default is None
