"""Tree -> Python function, made once when an expression is compiled; evaluating never looks at the tree again.

The function is Python source made from the typed tree alone. Nothing an author wrote is ever part of it: names,
texts and numbers are passed beside it, as variables `k1`, `k2`, ... of its namespace.

What makes it fast:
 - objects on the way to a field are looked up once per evaluation, at the head of the function (`p1`, `p2`, ...),
   where an object that is missing becomes an empty one, so that reading a field is one `dict.get`;
 - a comparison looks at the class of a value instead of converting it, and converts only what does not fit at once;
 - functions of constants are evaluated while compiling.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from types import CodeType
from typing import cast

from engine.expressions import operators, tree
from engine.expressions.checking import Checked
from engine.expressions.code import Bound, Code, Dispatch, Frame
from engine.expressions.effort import begin, counting, paid, size
from engine.expressions.facts import Facts
from engine.expressions.functions import FUNCTIONS
from engine.expressions.problems import EvaluationError
from engine.expressions.signatures import Function
from engine.expressions.tree import Node, bare
from engine.expressions.types import (
    BOOLEAN,
    DATE_TIME,
    DATE_TIME_ONLY,
    DECIMAL,
    INTEGER,
    NULL,
    OBJECT,
    STRING,
    UNKNOWN,
    Type,
)
from engine.expressions.values import (
    LARGEST,
    SMALLEST,
    Attribute,
    Value,
    as_decimal,
    as_integer,
    as_list,
    as_objects,
    effort_of,
    reader_of,
)

Evaluate = Callable[[Facts], Value]

EXACT = 2**53  # up to here, an integer compares like the decimal that it stands for
FEW_CALLS = 10  # of functions, in one expression
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
_CONTAINERS = {
    "event": "facts.events",
    "source": "facts.sources",
    "action": "facts.actions",
    "lookup": "facts.lookups",
    "decision": "facts.decisions",
}


def to_python(checked: Checked, expect: Type | None) -> Evaluate:
    """The function that evaluates an expression without problems."""
    assert checked.tree is not None
    writer = _Writer(checked)
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


class _Writer:
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
            return Code(f"({self.raw(node)} is True)", False)
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
                return self._read(node)
            case tree.Call():
                return self._call(node)
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

    def _required(self, node: Node, wanted: Type) -> Code:
        """The value of a node, which is looked at when only then its type is known."""
        code = self.value(node)
        if wanted.is_open or not self.types[node].is_open:
            return code
        return Code(f"{self.use(operators.require)}({code.text}, {self.constant(wanted)})", code.nullable)

    # --- Lists, conditionals, operators ---------------------------------------------------------------------------

    def _list(self, node: tree.ListLiteral) -> Code:
        element = self.types[node].element or UNKNOWN
        items = [self._required(item, element) for item in node.items]
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
        if left.is_constant and right.is_constant and (code := self._evaluated(run, [left, right])):
            return code
        return Code(f"{self.use(run)}({left.text}, {right.text})")

    def _evaluated(self, run: Callable[..., object], arguments: Sequence[Code]) -> Code | None:
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
            return self.raw(inner)
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
                    f"(type({name} := {self.raw(inner)}) is int and {SMALLEST} <= {name} <= {LARGEST}"
                    f" or ({name} := {convert}({name})) is not None)"
                )
                return name
            if self.types[inner] == DECIMAL:
                convert = self.use(as_decimal)
                is_exact = f"type({name}) is int and -{EXACT} <= {name} <= {EXACT}"
                guards.append(
                    f"(type({name} := {self.raw(inner)}) is float or {is_exact}"
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

    # --- Functions ------------------------------------------------------------------------------------------------

    def _call(self, node: tree.Call) -> Code:
        function = FUNCTIONS[node.name]
        types = [self.types[argument] for argument in node.arguments]
        fitting = function.fitting(types)
        arguments = [self.value(argument) for argument in node.arguments]
        kinds = [parameter.kind for parameter in fitting[0][0].parameters]
        for index, argument in enumerate(node.arguments):
            if kinds[index] == "attribute":
                known = self.attributes.get(argument)
                if known is not None:
                    arguments[index] = Code(self.constant(known), False)
                else:
                    arguments[index] = Code(f"{self.use(attribute)}({arguments[index].text})")
        if any(type_.is_open or type_ == NULL for type_ in types):
            code = self._dispatched(function, arguments)
        else:
            code = self._called(function, arguments, types)
        if self.types[node] == DECIMAL and not code.is_constant:
            # The sum of no decimals is 0, the largest of 1 and null is 1: decimals all the same.
            return Code(f"{self.use(operators.widen)}({code.text})", code.nullable)
        return code

    def _dispatched(self, function: Function, arguments: list[Code]) -> Code:
        """A call whose argument types are only known when it happens."""
        name = self.constant(Dispatch(function))
        text = f"{name}({', '.join(('facts', *(code.text for code in arguments)))})"
        return Code(text, function.nulls != "false")

    def _is_paid(self, function: Function, types: Sequence[Type]) -> bool:
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
        return makes_text or "regex" in kinds or bool(self.loops) or self.calls > FEW_CALLS

    def _paid(self, function: Function) -> Callable[..., object]:
        """What the function does, and pays for; one for all of its calls."""
        if function.name not in self.paid:
            self.paid[function.name] = (counting if function.counts else paid)(function.run)
        return self.paid[function.name]

    def _called(self, function: Function, arguments: list[Code], types: Sequence[Type]) -> Code:
        run = function.run
        if self._is_paid(function, types):
            run = self._paid(function)
        if not function.reads_facts and arguments and all(code.is_constant for code in arguments):
            is_null = any(code.constant is None for code in arguments)
            if (not is_null or function.nulls == "handled") and (code := self._evaluated(run, arguments)):
                return code
        name = self.constant(run)
        facts = ("facts",) if function.reads_facts else ()
        if function.nulls == "handled":
            return Code(f"{name}({', '.join((*facts, *(code.text for code in arguments)))})")
        guards, texts = [], []
        for code in arguments:
            if code.nullable:
                temporary = self.temporary()
                guards.append(f"({temporary} := {code.text}) is not None")
                texts.append(temporary)
            else:
                texts.append(code.text)
        call = f"{name}({', '.join((*facts, *texts))})"
        if function.nulls == "false":
            return Code(f"({' and '.join((*guards, call))})", False) if guards else Code(call, False)
        return Code(f"({call} if {' and '.join(guards)} else None)" if guards else call)

    # --- References -----------------------------------------------------------------------------------------------

    def _read(self, node: tree.Reference | tree.Loop | tree.Property) -> Code:
        if isinstance(node, tree.Property):
            raw = f"facts.journey.get({self.constant(node.name)})"
        else:
            raw = self.raw(node)
        found = self.types[node]
        text = raw if found == UNKNOWN else f"{self.use(reader_of(found))}({raw})"
        if isinstance(node, tree.Reference) and node.default is not None:
            name = self.temporary()
            default = self._required(node.default, found)
            return Code(f"({name} if ({name} := {text}) is not None else {default.text})", default.nullable)
        return Code(text)

    def raw(self, node: tree.Reference | tree.Loop) -> str:
        """The JSON value at the end of the path."""
        places = self.places[node]
        if isinstance(node, tree.Loop):
            bound = next(bound for bound in reversed(self.loops) if bound.variable == node.variable)
            return self._path(bound.parameter, bound.element, node.segments, places, node.variable)
        variable = _LOOPS.get(node.source, "")
        if node.params is not None:
            given = ", ".join(f"{self.constant(param.name)}: {self.value(param.value).text}" for param in node.params)
            source, name = (cast(tree.Name, segment).text for segment in node.segments[:2])
            text = f"{self.use(operators.group)}(facts, {self.constant(source)}, {self.constant(name)}, {{{given}}})"
            return self._follow(text, OBJECT, node.segments[2:], places[2:], variable)
        return self._path(_CONTAINERS[node.source], OBJECT, node.segments, places, variable)

    def _path(
        self,
        local: str,
        holder: Type,
        segments: Sequence[tree.Name | tree.Method],
        places: Sequence[Type],
        variable: str,
    ) -> str:
        """Objects at the beginning of the path become local variables; the rest is read where it is used."""
        is_object = holder == OBJECT
        index = 0
        way: list[str] = []  # objects that lie on the way, one after the other
        while (
            index + 1 < len(segments)
            and isinstance(segments[index + 1], tree.Name)
            and isinstance(segments[index], tree.Name)
            and places[index].name in ("object", "map", "unknown")
        ):
            holder = places[index]
            way.append(cast(tree.Name, segments[index]).text)
            if holder == UNKNOWN:
                local, is_object, way = self._place(local, is_object, way, False), False, []
            elif not is_object:
                local, is_object, way = self._place(local, is_object, way, True), True, []
            index += 1
        if way:
            local = self._place(local, is_object, way, True)
        if index == len(segments):
            return local
        head = segments[index]
        if isinstance(head, tree.Name):
            text = self._get(local, is_object, head.text)
            return self._follow(text, places[index], segments[index + 1 :], places[index + 1 :], variable)
        return self._follow(local, holder, segments[index:], places[index:], variable)

    def _get(self, local: str, is_object: bool, name: str) -> str:
        key = self.constant(name)
        if is_object:
            return f"{local}.get({key})"
        return f"({local}.get({key}) if type({local}) is dict else {self.use(operators.project)}({local}, {key}))"

    def _place(self, local: str, is_object: bool, way: Sequence[str], becomes_object: bool) -> str:
        """The local variable for what lies at the end of the way, looked up at the head of the function."""
        frame = self.frame
        if len(way) > 1 and not becomes_object:
            local, way = self._place(local, is_object, way[:-1], True), way[-1:]
        key = (local, tuple(way), becomes_object)
        if key in frame.places:
            return frame.places[key]
        variable = f"p{len(frame.places) + 1}"
        frame.places[key] = variable
        if not is_object or not becomes_object:
            frame.head.append(f"{variable} = {self._get(local, is_object, way[0])}")
        else:
            # Subscripts are faster than get(), and nearly always there is something.
            steps = "".join(f"[{self.constant(name)}]" for name in way)
            frame.head.append(f"try: {variable} = {local}{steps}")
            frame.head.append(f"except (KeyError, TypeError): {variable} = EMPTY")
        if becomes_object:
            frame.head.append(f"if type({variable}) is not dict: {variable} = EMPTY")
        return variable

    def _follow(
        self,
        text: str,
        holder: Type,
        segments: Sequence[tree.Name | tree.Method],
        places: Sequence[Type],
        variable: str,
    ) -> str:
        for segment, place in zip(segments, places, strict=True):
            if isinstance(segment, tree.Name):
                read = operators.member if holder.name in ("object", "map") else operators.project
                text = f"{self.use(read)}({text}, {self.constant(segment.text)})"
            else:
                text = self._method(text, holder, segment, variable)
            holder = place
        return text

    def _method(self, text: str, holder: Type, segment: tree.Method, variable: str) -> str:
        if segment.name == "keys":
            return f"{self.use(operators.keys)}({text})"
        if segment.name == "firstEntryKey":
            return f"{self.use(operators.first_entry_key)}({text})"
        if segment.name == "entry":
            return f"{self.use(operators.entry)}({text}, {self.value(segment.arguments[0]).text})"
        as_items = as_objects if holder.element == OBJECT else (as_list if holder.is_list else operators.listed)
        if segment.name == "all" and segment.arguments and holder.element == OBJECT:  # most rules: in one pass
            return f"{self.use(operators.every_object)}({text}, {self._testing(holder, segment, variable)})"
        items = f"{self.use(as_items)}({text})"
        if segment.name == "at":
            return f"{self.use(operators.at)}({items}, {self.value(segment.arguments[0]).text})"
        choose = {"all": operators.every, "first": operators.first, "last": operators.last}[segment.name]
        if not segment.arguments:
            return f"{self.use(choose)}({items})"
        return f"{self.use(choose)}({items}, {self._testing(holder, segment, variable)})"

    def _testing(self, holder: Type, segment: tree.Method, variable: str) -> str:
        """The arguments that say which elements pass: a test, what it is given, its effort."""
        test, context = self._test(segment.arguments[0], holder.element or UNKNOWN, variable)
        effort = sum(self._effort(node) for node, _ in tree.walk(segment.arguments[0]))
        return f"{test}, {context}, {effort}"

    def _effort(self, node: Node) -> int:
        """The units of evaluating one node, what lies below it left out."""
        if isinstance(node, tree.Call):
            return 30 if FUNCTIONS[node.name].reads_facts else 5  # those of the present moment take 3 us
        return effort_of(self.types.get(node, UNKNOWN)) if isinstance(node, tree.Reference | tree.Loop) else 1

    def _test(self, condition: Node, element: Type, variable: str) -> tuple[str, str]:
        """A condition about the elements of a list as a function, and what is passed to it before the element."""
        outer = self.frame.parameters
        bound = Bound(variable, f"loop{len(self.loops) + 1}", element)
        self.loops.append(bound)
        with self.function((*outer, bound.parameter)) as frame:
            result = self.condition(condition)
        self.finish(frame, result.text)
        self.loops.pop()
        return frame.name, f"({', '.join(('facts', *outer))},)"


_LOOPS = {
    "event": "currentEventField",
    "source": "currentDataPackField",
    "action": "currentActionField",
    "lookup": "currentDatasetLookupField",
}


def attribute(name: Value) -> Attribute | None:
    return Attribute(name) if isinstance(name, str) else None
